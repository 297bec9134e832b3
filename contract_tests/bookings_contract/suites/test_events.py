"""Booking events: which call sends which, what each says of itself, and of what was before."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from attrs import frozen

import bookings_openapi
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.arranged import choices, chosen, plain_for, stored, varied
from bookings_contract.suites.support.calls import (
    KINDS,
    cells,
    created,
    elsewhere,
    of_rule,
    other_revision,
    participants,
    reached,
    refused,
    unknown_id,
    valid,
)
from bookings_contract.suites.support.creations import instant
from bookings_contract.suites.support.deciding import fillable, full
from bookings_contract.suites.support.listening import events, events_during
from bookings_contract.target.places import Place
from bookings_contract.testkit.events import (
    KINDS_OF_EVENTS,
    PARTS,
    Event,
    body_fields,
    carried,
    complaints,
    is_aside,
    own_slug,
    summary,
    variant,
    wrong_around,
    wrong_inside,
)
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# A webhook would do as well; a target's controls show the same.
NEEDS = ("control",)
MOVES = bookings_openapi.lifecycle()


# ── Which are sent ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("EVENT-1", needs=NEEDS)
@pytest.mark.parametrize("revised", [False, True], ids=["new", "revised"])
@pytest.mark.parametrize(("operation", "kind"), cells("EVENT-1"))
def test_a_successful_call_sends_its_own_event_once(
    operation: str, kind: str, revised: bool, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind, revised=revised)
    answer, told = events_during(scenario.given, lambda: call.sent(scenario.client))
    _judge_own_once(operation, reached(answer), told, scenario.expect)


@pytest.mark.judges("EVENT-1", needs=NEEDS)
@pytest.mark.parametrize("outcome", MOVES["confirmOrDeclineBooking"].results)
def test_the_event_of_a_decision_is_that_of_its_outcome(outcome: str, scenario: Scenario) -> None:
    booking = _undecided(outcome, scenario)
    operation = "confirmOrDeclineBooking"
    answer, told = events_during(scenario.given, lambda: scenario.client.act(operation, booking))
    if reached(answer).booking.status != outcome:
        raise NotReached(f"{outcome} was to be decided, {answer.summary} was answered")
    _judge_own_once(operation, answer, told, scenario.expect)


def _undecided(outcome: str, scenario: Scenario) -> Seen:
    if outcome == "DECLINED":
        return full(scenario, "class")[1]
    waits = outcome == "PENDING"
    return scenario.given.booking(
        scenario.given.service("class", manual_approval=waits, variants=False, book="open")
    )


@pytest.mark.judges("EVENT-1", needs=NEEDS)
def test_a_bulk_call_sends_an_event_for_each_booking_that_it_makes(scenario: Scenario) -> None:
    place, left = fillable(scenario, "class")
    scenario.given.booking(place, "CONFIRMED", participants=left)
    items = [scenario.given.body(where) for where in ("class", place, "appointment")]
    body = {"createBookingsInfo": items, "returnFullEntity": True}
    answer, told = events_during(
        scenario.given, lambda: scenario.client.call("bulkCreateBooking", body=body)
    )
    made = [one["item"]["id"] for one in reached(answer).at("results") if one.get("item")]
    slug = own_slug("bulkCreateBooking")
    scenario.expect.that(
        "EVENT-1",
        sorted(_about(told, slug)) == sorted(made) and not _strange(told, slug),
        expected=f"{slug} once for each of the {len(made)} bookings made",
        actual=f"{summary(told)}, about {len(set(_about(told, slug)))} bookings",
        at=answer,
    )


def _about(told: list[Event], slug: str) -> list[str]:
    return [str(event.get("entityId")) for event in told if event.get("slug") == slug]


def _strange(told: list[Event], slug: str) -> list[Event]:
    """Events of the known kinds that nothing has led to; unknown kinds may be anybody's."""
    known = [event for event in told if event.get("slug") in KINDS_OF_EVENTS]
    return [event for event in known if event.get("slug") != slug and not is_aside(event)]


def _judge_own_once(operation: str, answer: Answer, told: list[Event], expect: Expect) -> None:
    slug = _slug(operation, answer)
    own = [event for event in told if event.get("slug") == slug and not is_aside(event)]
    # An update is its own event, whether or not it says what is behind it.
    aside = slug == "updated" and any(map(is_aside, told))
    expect.that(
        "EVENT-1",
        (len(own) == 1 or (aside and not own)) and not _strange(told, slug),
        expected=f"{slug} once",
        actual=summary(told),
        circumstance=PARTS.get(operation),
        at=answer,
    )


def _slug(operation: str, answer: Answer) -> str:
    """The event that the call was to send; decisions have one for each outcome."""
    many = len(MOVES[operation].results) > 1
    return own_slug(operation, answer.booking.status if many else None)


def _too_late(operation: str) -> list[str]:
    """The statuses from which the operation is certainly refused."""
    move = MOVES[operation]
    settled = ("CONFIRMED", "DECLINED", "CANCELED")
    return [status for status in settled if status not in move.sources | move.open.keys()]


def _refusals() -> Iterator[Any]:
    for operation in of_rule("EVENT-1"):
        move = MOVES[operation]
        ways = ["no token"]
        if not move.sources:
            ways += ["a field missing", "nothing available"]
        else:
            ways += ["an unknown booking"]
            ways += ["another revision"] if move.revision_checked else []
            ways += ["a wrong status"] if _too_late(operation) else []
        for way in ways:
            if (operation, way) != ("bulkCreateBooking", "nothing available"):
                yield pytest.param(operation, way, id=f"{operation}-{way}")


@pytest.mark.judges("EVENT-1", needs=NEEDS)
@pytest.mark.parametrize(("operation", "way"), list(_refusals()))
def test_a_refused_call_sends_none(operation: str, way: str, scenario: Scenario) -> None:
    call = _refused_call(operation, way, scenario)
    answer, told = events_during(scenario.given, call)
    refused(answer)
    known = [event for event in told if event.get("slug") in KINDS_OF_EVENTS]
    scenario.expect.that(
        "EVENT-1",
        not known,
        expected="no event of a refused call",
        actual=summary(known),
        circumstance=PARTS.get(operation, f"refused for {way}"),
        at=answer,
    )


def _refused_call(operation: str, way: str, scenario: Scenario) -> Any:
    if way == "nothing available":
        place, left = fillable(scenario, "class")
        scenario.given.booking(place, "CONFIRMED", participants=left)
        body = scenario.given.body(place)
        return lambda: scenario.client.call(operation, body=body)
    if way == "a field missing":
        wrong, good = scenario.given.body("class", bookedEntity=None), scenario.given.body("class")
        bulk = {"createBookingsInfo": [good, wrong]}
        return lambda: scenario.client.call(
            operation, body=bulk if operation.startswith("bulk") else wrong
        )
    if way == "a wrong status":
        booking = scenario.given.booking("class", _too_late(operation)[0])
        return lambda: scenario.client.act(operation, booking)
    call = valid(scenario.given, operation)
    if way == "no token":
        return lambda: call.sent(scenario.client, caller=None)
    if way == "an unknown booking":
        return lambda: call.sent(scenario.client, to=unknown_id(scenario.given))
    return lambda: call.sent(scenario.client, revision=other_revision(call.booking, 1))


# ── What each says of itself ──────────────────────────────────────────────────────────────────────


@pytest.mark.judges("EVENT-2", needs=NEEDS)
@pytest.mark.parametrize(("operation", "kind"), cells("EVENT-2"))
def test_an_event_says_what_it_is_about(operation: str, kind: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation, kind)
    answer, told = events_during(scenario.given, lambda: call.sent(scenario.client))
    slug = _slug(operation, reached(answer))
    booking = created(answer) if call.made is None else call.booking
    if not told:
        raise NotReached("no event was sent")
    named = [e for e in told if e.get("entityId") == booking.id]
    own = [e for e in named if e.get("slug") == slug]
    if not own and any(e.get("slug") in KINDS_OF_EVENTS for e in named):
        raise NotReached(f"another event than {slug} was sent")  # EVENT-1 speaks of that.
    scenario.expect.that(
        "EVENT-2",
        own,
        expected=f"an event with the slug {slug} and the booking's id as entityId",
        actual="; ".join(f"{e.get('slug')} of {e.get('entityId')}" for e in told),
        at=answer,
    )
    for event in own:
        _judge_envelope(event, slug, answer, scenario.expect)
        _judge_contents(event, slug, booking, answer, scenario.expect)


def _judge_envelope(event: Event, slug: str, answer: Answer, expect: Expect) -> None:
    wrong = wrong_around(event, slug)
    expect.that(
        "EVENT-2",
        not wrong,
        expected=f"the fields that every event has, with {variant(slug)}",
        actual="; ".join(wrong),
        at=answer,
    )


def _judge_contents(event: Event, slug: str, booking: Seen, answer: Answer, expect: Expect) -> None:
    wrong = wrong_inside(event, slug, booking.id)
    expect.that(
        "EVENT-2",
        not wrong,
        expected=f"{variant(slug)} as it is declared, with the booking",
        actual="; ".join(wrong),
        circumstance="contents",
        at=answer,
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


@pytest.mark.judges("EVENT-2", needs=NEEDS)
@pytest.mark.parametrize(("operation", "kind"), cells("EVENT-2"))
def test_an_event_carries_the_booking_as_it_is_then(
    operation: str, kind: str, scenario: Scenario
) -> None:
    call = valid(scenario.given, operation, kind)
    answer, told = events_during(scenario.given, lambda: call.sent(scenario.client))
    slug = _slug(operation, reached(answer))
    after = stored(scenario.given, created(answer) if call.made is None else call.booking)
    own = [e for e in told if e.get("slug") == slug and e.get("entityId") == after.id]
    if not own:
        raise NotReached(f"no event {slug} of the booking was sent")
    _judge_as_it_is(carried(own[0], slug), after, "EVENT-2", "contents", answer, scenario.expect)


def _judge_as_it_is(
    shown: Mapping[str, Any], after: Seen, rule: str, about: str, answer: Answer, expect: Expect
) -> None:
    was = (shown.get("status"), str(shown.get("revision")))
    expect.equal(
        rule,
        was,
        (after.status, after.revision),
        of="the booking in the event",
        circumstance=about,
        at=answer,
    )


@pytest.mark.judges("EVENT-2", needs=NEEDS)
def test_every_event_has_an_id_of_its_own(scenario: Scenario) -> None:
    place = scenario.given.place("class")
    items = [scenario.given.body(place) for _ in range(2)]
    reached(scenario.client.call("bulkCreateBooking", body={"createBookingsInfo": items}))
    booking = scenario.given.booking(place, "CONFIRMED")
    booking = reached(
        scenario.client.act(
            "updateNumberOfParticipants", booking, participants(scenario.given, place, 2)
        )
    ).booking
    last = reached(scenario.client.act("cancelBooking", booking))
    ids = [event.get("id") for event in events(scenario.given)]
    if len(ids) < 2:
        raise NotReached(f"{len(ids)} events were sent")
    scenario.expect.equal("EVENT-2", len(set(ids)), len(ids), of="distinct ids", at=last)


# ── What actions say of what was before ───────────────────────────────────────────────────────────


@frozen
class Action:
    """An operation on a booking of one kind in one status."""

    operation: str
    kind: str
    status: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.kind}-{self.status}"

    @property
    def words(self) -> str:
        """The circumstance in a report."""
        return f"{self.operation}, {self.kind} from {self.status}"


def _actions() -> Iterator[Action]:
    for operation in of_rule("EVENT-4"):
        move = MOVES[operation]
        for status in sorted(move.sources - move.open.keys()):
            for kind in KINDS:
                if kind not in move.not_for and (status != "WAITING_LIST" or kind == "class"):
                    yield Action(operation, kind, status)


@pytest.mark.judges("EVENT-4", needs=NEEDS)
@pytest.mark.parametrize("action", [pytest.param(one, id=str(one)) for one in _actions()])
def test_an_action_tells_what_was_before(action: Action, scenario: Scenario) -> None:
    place = scenario.given.place(plain_for(scenario.given, action.kind, action.status))
    before = stored(scenario.given, scenario.given.booking(place, action.status))
    body = _changing(action, place, scenario.given)
    answer, told = events_during(
        scenario.given, lambda: scenario.client.act(action.operation, before, body)
    )
    slug = _slug(action.operation, reached(answer))
    _judge_action(slug, before, answer, told, action.words, scenario.expect)


@pytest.mark.judges("EVENT-4", needs=NEEDS)
@pytest.mark.parametrize("operation", ["updateNumberOfParticipants", "rescheduleBooking"])
def test_an_action_tells_which_variants_were_booked_before(
    operation: str, scenario: Scenario
) -> None:
    service = varied(scenario.given, "class")
    former, new = service.choices[0].values[:2]
    place = scenario.given.place(service)
    before = stored(scenario.given, scenario.given.booking(place, choices={former: 1}))
    body: dict[str, Any] = {"participantsChoices": choices(scenario.given, place, {new: 2})}
    if operation == "rescheduleBooking":
        body["slot"] = elsewhere(scenario.given, place).slot
    answer, told = events_during(
        scenario.given, lambda: scenario.client.act(operation, before, body)
    )
    slug = _slug(operation, reached(answer))
    _judge_action(slug, before, answer, told, f"{operation}, with variants", scenario.expect)


def _changing(action: Action, place: Place, given: Given) -> dict[str, Any]:
    """A body that changes what the event has to remember."""
    if action.operation == "updateNumberOfParticipants":
        return participants(given, place, 2)
    if action.operation == "rescheduleBooking":
        return {"slot": elsewhere(given, place).slot}
    flow = {"skipPendingApprovalServiceValidation": True}
    if action.operation == "markBookingAsPending" and not place.service.manual_approval:
        return {"paymentStatus": "PAID", "flowControlSettings": flow}
    return {} if action.operation == "cancelBooking" else {"paymentStatus": "PAID"}


def _judge_action(
    slug: str, before: Seen, answer: Answer, told: list[Event], about: str, expect: Expect
) -> None:
    own = [e for e in told if e.get("slug") == slug and e.get("entityId") == before.id]
    if not own:
        raise NotReached(f"no event {slug} of the booking was sent")
    wrong = [text for inside, text in complaints(own[0], slug, "EVENT-4") if inside]
    if not expect.that(
        "EVENT-4",
        not wrong,
        expected=f"a body of {slug} as it is declared",
        actual="; ".join(wrong),
        circumstance=about,
        at=answer,
    ):
        return
    body = own[0]["actionEvent"]["body"]
    _judge_as_it_is(body["booking"], answer.booking, "EVENT-4", about, answer, expect)
    for name, was in _former(before).items():
        if name in body_fields(slug) and body.get(name) is not None:
            expect.equal(
                "EVENT-4",
                _comparable(name, body[name]),
                was,
                of=name,
                circumstance=about,
                at=answer,
            )


def _former(before: Seen) -> dict[str, object]:
    """What was really before, by the names under which an event tells it."""
    told = {
        "previousStatus": before.status,
        "previousPaymentStatus": before.payment_status,
        "previousStartDate": before.raw.get("startDate"),
        "previousEndDate": before.raw.get("endDate"),
        "previousBookedEntity": before.raw.get("bookedEntity"),
        "previousTotalParticipants": before.total_participants,
        "previousParticipantsChoices": before.raw.get("participantsChoices"),
    }
    return {name: _comparable(name, was) for name, was in told.items() if was is not None}


def _comparable(name: str, value: Any) -> object:
    """A value in the form in which two ways of writing the same are equal."""
    if name.endswith("Date"):
        return instant(value)
    if name == "previousParticipantsChoices":
        return chosen(Seen("", "", "", {"participantsChoices": value}))
    if name == "previousBookedEntity":
        slot = _object(_object(value).get("slot"))
        return (slot.get("sessionId") or slot.get("eventId"), instant(slot.get("startDate")))
    return value
