"""Several services as one booking: made whole, decided on whole, and never changed in part."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import frozen

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.arranged import stored
from bookings_contract.suites.support.calls import unknown_id
from bookings_contract.suites.support.in_a_row import bodies, gapless
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Also
from bookings_contract.testkit.scenario import Scenario

CREATE, CANCEL = "createMultiServiceBooking", "cancelMultiServiceBooking"
CONFIRM, DECLINE = "confirmMultiServiceBooking", "declineMultiServiceBooking"
# How a whole is decided on, what its parts are listed as, and what becomes of them.
DECISIONS = {
    CONFIRM: ("confirmBookingsInfo", "CONFIRMED"),
    DECLINE: ("declineBookingsInfo", "DECLINED"),
}
QUIET: Mapping[str, Any] = {"participantNotification": {"notifyParticipants": False}}

each_decision = pytest.mark.parametrize("operation", DECISIONS)


@frozen
class Whole:
    """A booking of several services, with its parts in the order asked for."""

    id: str
    parts: tuple[Seen, ...]

    def infos(self) -> list[dict[str, Any]]:
        """Every part at its revision."""
        return [{"bookingId": part.id, "revision": part.revision} for part in self.parts]


@pytest.mark.judges("MULTI-1")
def test_several_services_are_answered_in_the_order_asked_for(scenario: Scenario) -> None:
    asked = bodies(scenario.given, 3)
    answer = created(scenario.client, asked)
    if not scenario.expect.accepted(answer, "MULTI-1", circumstance="three in a row"):
        return
    shown = [part.get("booking") or {} for part in answer.at("multiServiceBooking", "bookings")]
    order = [one.get("externalUserId") for one in shown]
    wanted = [one["externalUserId"] for one in asked]
    scenario.expect.equal("MULTI-1", order, wanted, of="order of external ids", at=answer)


@pytest.mark.judges("MULTI-1")
def test_where_one_part_cannot_be_booked_none_of_them_is(scenario: Scenario) -> None:
    asked = bodies(scenario.given, 2)
    slot = {**asked[1]["bookedEntity"]["slot"]}
    unknown = dict.fromkeys(("serviceId", "scheduleId"), unknown_id(scenario.given))
    asked[1]["bookedEntity"] = {"slot": {**slot, **unknown}}
    answer = created(scenario.client, asked)
    if not answer.refused:
        raise NotJudged(f"an unknown service was answered {answer.summary}")
    scenario.given.settle()
    external = asked[0]["externalUserId"]
    found = scenario.given.find({"externalUserId": external})
    made = [str(one) for one in found if one.raw.get("externalUserId") == external]
    scenario.expect.that(
        "MULTI-1",
        not made,
        expected="nothing is booked where one part can't be",
        actual=f"of a call that was refused there is {', '.join(made)}",
        circumstance="the last one can't be booked",
    )


@pytest.mark.judges("MULTI-2")
@each_decision
def test_all_parts_are_decided_on_together(operation: str, scenario: Scenario) -> None:
    named, status = DECISIONS[operation]
    whole = booked(scenario, 2)
    answer = decide(scenario.client, operation, whole, whole.infos())
    if answer.refused and operation == DECLINE:
        raise NotJudged(f"what needs no approval is not declined (DECLINE-2): {answer.summary}")
    if not scenario.expect.accepted(answer, "MULTI-2", circumstance=operation):
        return
    now = [stored(scenario.given, part).status for part in whole.parts]
    about = f"{operation}, all parts"
    scenario.expect.equal(
        "MULTI-2", now, [status] * 2, of=f"statuses ({named})", circumstance=about
    )


@pytest.mark.judges("MULTI-2")
@pytest.mark.parametrize("wrong", ["missing", "twice", "stale"])
@each_decision
def test_each_part_is_named_once_and_at_its_revision(
    operation: str, wrong: str, scenario: Scenario
) -> None:
    whole = booked(scenario, 2)
    before = [stored(scenario.given, part) for part in whole.parts]
    infos = whole.infos()
    sent = {
        "missing": infos[:1],
        "twice": [*infos, infos[0]],
        "stale": [infos[0], {**infos[1], "revision": "77"}],
    }[wrong]
    answer = decide(scenario.client, operation, whole, sent)
    also: list[Also] = ["DECLINE-2"] if operation == DECLINE else []
    also += [("MULTI-2", "missing")] if wrong == "twice" else []
    about = f"{operation}, {wrong}"
    scenario.expect.refused(answer, "MULTI-2", wrong, also=also, circumstance=about)
    for part in before:
        scenario.expect.unchanged(part, f"{operation} with a part {wrong}")


@pytest.mark.judges("MULTI-2")
def test_canceling_takes_all_parts(scenario: Scenario) -> None:
    whole = booked(scenario, 2)
    answer = cancel(scenario.client, whole)
    if not scenario.expect.accepted(answer, "MULTI-2", circumstance=CANCEL):
        return
    now = [stored(scenario.given, part).status for part in whole.parts]
    about = f"{CANCEL}, all parts"
    scenario.expect.equal("MULTI-2", now, ["CANCELED"] * 2, of="statuses", circumstance=about)
    again = cancel(scenario.client, whole)
    also: list[Also] = [("MULTI-2", "declined")]
    about = f"{CANCEL}, all are off"
    scenario.expect.refused(again, "MULTI-2", "canceled", also=also, circumstance=about)


@pytest.mark.judges("MULTI-3")
def test_a_part_is_not_canceled_alone(scenario: Scenario) -> None:
    part = booked(scenario, 2).parts[0]
    before = stored(scenario.given, part)
    answer = scenario.client.act("cancelBooking", before)
    scenario.expect.refused(answer, "MULTI-3", circumstance="cancelBooking")
    scenario.expect.unchanged(before, "canceling a part alone")


@pytest.mark.judges("MULTI-3")
def test_a_part_is_not_moved_alone(scenario: Scenario) -> None:
    part = booked(scenario, 2).parts[0]
    before = stored(scenario.given, part)
    elsewhere = scenario.given.slot(gapless(scenario.given))
    answer = scenario.client.act("rescheduleBooking", before, {"slot": elsewhere.slot})
    scenario.expect.refused(answer, "MULTI-3", circumstance="rescheduleBooking")
    scenario.expect.unchanged(before, "moving a part alone")


@pytest.mark.judges("MULTI-4")
def test_nine_services_are_one_booking_or_too_many(scenario: Scenario) -> None:
    if not scenario.client.target.ours:
        raise NotJudged("nine appointments in a row are too many to take on a shared target")
    answer = created(scenario.client, bodies(scenario.given, 9))
    if answer.refused:
        scenario.expect.reading("MULTI-4", "B", actual=answer.summary)
        return
    parts = answer.at("multiServiceBooking", "bookings")
    letter = "A" if len(parts) == 9 else None
    scenario.expect.reading("MULTI-4", letter, actual=f"{answer.summary}, {len(parts)} of 9 made")


# What these tests share


def created(client: Client, asked: Sequence[Mapping[str, Any]]) -> Answer:
    body = {"multiServiceBookingType": "SEQUENTIAL_BOOKINGS", "returnFullEntity": True}
    return client.call(CREATE, body={**QUIET, **body, "bookings": list(asked)})


def booked(scenario: Scenario, number: int) -> Whole:
    """A booking of several services that may still be decided on either way."""
    answer = created(scenario.client, bodies(scenario.given, number))
    if not answer.accepted:
        raise NotJudged(f"several services at once: {answer.summary}")
    whole = answer.at("multiServiceBooking")
    parts = [scenario.given.read(one["bookingId"]) for one in whole["bookings"]]
    seen = tuple(part for part in parts if part is not None)
    if len(seen) < number:
        raise NotJudged("the reader does not show the parts")
    return Whole(whole["id"], seen)


def decide(
    client: Client, operation: str, whole: Whole, infos: Sequence[Mapping[str, Any]]
) -> Answer:
    named, _ = DECISIONS[operation]
    body = {**QUIET, "multiServiceBookingId": whole.id, named: list(infos)}
    return client.call(operation, path={"multiServiceBookingId": whole.id}, body=body)


def cancel(client: Client, whole: Whole) -> Answer:
    return client.call(CANCEL, path={"multiServiceBookingId": whole.id}, body=dict(QUIET))
