"""Availability: how a service is shown is how it acts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import of_rule, reached
from bookings_contract.suites.support.creations import granted
from bookings_contract.suites.support.openings import APPOINTMENTS, SESSIONS, View, view
from bookings_contract.target.model import Service
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.scenario import Scenario

RULE = "AVAILABILITY-9"
LISTS = {SESSIONS: "class", APPOINTMENTS: "appointment"}
# On the very limit nobody is judged, nor as long as a run may take.
MARGIN = timedelta(minutes=5)
PAYING = {"online": "ONLINE", "inPerson": "OFFLINE"}


def _shown(client: Client, service: Service) -> Mapping[str, Any]:
    answer = reached(client.call("getService", path={"serviceId": service.id}))
    shown: Mapping[str, Any] = answer.at("service")
    return shown


def _now(client: Client) -> datetime:
    if client.target.ours:
        return datetime.fromisoformat(client.control("GET", "clock")["now"])
    return datetime.now(UTC)


# ── The policy ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", of_rule(RULE))
def test_a_policy_is_shown_with_the_times_as_with_the_service(
    operation: str, scenario: Scenario
) -> None:
    plain = view(scenario.given, operation, LISTS[operation])
    now = _now(scenario.client)
    for service in scenario.client.target.all_services(LISTS[operation]):
        scenario.expect.new_story()
        shown = _shown(scenario.client, service)
        looked = View(operation, (service,), plain.start, plain.start + timedelta(days=31))
        answer = reached(scenario.client.call(operation, body=looked.body()))
        wrong = [said for slot in answer.at("timeSlots") for said in _odds(shown, slot, now)]
        scenario.expect.that(
            RULE,
            not wrong,
            expected=f"times of {service.name} as its policy is shown",
            actual=wrong[0] if wrong else "",
            circumstance=f"{operation}, policy",
            at=answer,
        )


def _odds(shown: Mapping[str, Any], slot: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """In what a time contradicts its service; what either leaves out says nothing."""
    said = slot.get("bookingPolicyViolations") or {}
    start = datetime.fromisoformat(slot["localStartDate"]).replace(tzinfo=UTC)
    for name, expected in _expected(shown, start, now):
        if expected is not None and said.get(name) not in (None, expected):
            yield f"{name} {said[name]} for {slot['localStartDate']}"
        if expected and slot.get("bookable"):
            yield f"{slot['localStartDate']} bookable in spite of {name}"


def _expected(
    shown: Mapping[str, Any], start: datetime, now: datetime
) -> Iterator[tuple[str, bool | None]]:
    policy = shown.get("bookingPolicy") or {}
    enabled = (shown.get("onlineBooking") or {}).get("enabled")
    yield "bookOnlineDisabled", None if enabled is None else not enabled
    early = _before(policy, "limitEarlyBookingPolicy", "earliestBookingInMinutes", start)
    yield "tooEarlyToBook", _passed(now, early, unlimited=False, passed=False)
    late = _before(policy, "limitLateBookingPolicy", "latestBookingInMinutes", start)
    yield "tooLateToBook", _passed(now, late, unlimited=None if start < now else False, passed=True)


def _before(
    policy: Mapping[str, Any], name: str, minutes: str, start: datetime
) -> datetime | bool | None:
    """The hour of a limit, False for no limit, None where that is not said."""
    limit = policy.get(name)
    if not isinstance(limit, Mapping) or limit.get("enabled") is None:
        return None
    if not limit["enabled"]:
        return False
    return start - timedelta(minutes=limit[minutes]) if limit.get(minutes) else None


def _passed(
    now: datetime, limit: datetime | bool | None, *, unlimited: bool | None, passed: bool
) -> bool | None:
    """Whether the policy speaks against it now; None where that can't be told."""
    if limit is False:
        return unlimited
    if not isinstance(limit, datetime) or abs(now - limit) < MARGIN:
        return None
    return (now > limit) is passed


# ── Approval, seats, payment ──────────────────────────────────────────────────────────────────────


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("approval", [False, True], ids=["plain", "with approval"])
def test_what_is_shown_to_ask_for_approval_does(approval: bool, scenario: Scenario) -> None:
    service = scenario.given.service("class", manual_approval=approval, variants=False, book="open")
    shown = (_shown(scenario.client, service).get("onlineBooking") or {}).get(
        "requireManualApproval"
    )
    if shown is None:
        raise NotJudged("the service does not say whether it asks for approval")
    booking = scenario.given.booking(service)
    settled = reached(scenario.client.act("confirmOrDeclineBooking", booking)).booking
    scenario.expect.equal(
        RULE,
        settled.status,
        "PENDING" if shown else "CONFIRMED",
        of="status",
        circumstance="approval",
    )


@pytest.mark.judges(RULE, needs=("exclusive_session",))
@pytest.mark.parametrize("more", [0, 1], ids=["all", "one more"])
def test_a_session_has_as_many_seats_as_it_shows(more: int, scenario: Scenario) -> None:
    place = scenario.given.session(exclusive=True)
    slot = reached(scenario.client.call("getEventTimeSlot", path={"eventId": place.session_id}))
    total = slot.at("timeSlot").get("totalCapacity")
    if slot.at("timeSlot").get("remainingCapacity") != total or not isinstance(total, int):
        raise NotJudged("no empty session is shown with its seats")
    body = scenario.given.body(place, participants=total + more)
    answer = scenario.client.call("createBooking", body=body)
    said = f"seats, {'one more' if more else 'all'}"
    if more:
        scenario.expect.that(
            RULE,
            answer.refused,
            expected=f"{total + 1} refused where {total} seats are shown",
            actual=answer.summary,
            circumstance=said,
            at=answer,
        )
    else:
        granted(scenario, answer, RULE, circumstance=said)


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("way", PAYING)
def test_what_is_shown_as_a_way_to_pay_is_one(way: str, scenario: Scenario) -> None:
    for service in scenario.client.target.all_services(variants=False, book="open"):
        scenario.expect.new_story()
        options = (_shown(scenario.client, service).get("payment") or {}).get("options") or {}
        if options.get(way):
            body = scenario.given.body(service, selectedPaymentOption=PAYING[way])
            answer = scenario.client.call("createBooking", body=body)
            granted(scenario, answer, RULE, circumstance=f"paid {way}")
