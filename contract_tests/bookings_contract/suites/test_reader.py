"""Query Extended Bookings, what surrounds a booking: each part only where it was asked for."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.suites.support.attending import confirmed, set_attendance
from bookings_contract.suites.support.calls import reached
from bookings_contract.suites.support.queries import QUERY
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

FLAGS = {
    "allowedActions": "withBookingAllowedActions",
    "attendance": "withBookingAttendanceInfo",
    "bookingPolicySettings": "withBookingPolicySettings",
}
# What the policy held needs not have been kept, and attendance not have been set.
ALWAYS_KNOWN = ("allowedActions",)
UNASKED: tuple[Mapping[str, Any], ...] = ({}, dict.fromkeys(FLAGS.values(), False))


@pytest.mark.judges("READER-3")
@pytest.mark.parametrize("flags", UNASKED, ids=["left out", "false"])
def test_nothing_surrounds_a_booking_unasked(flags: Mapping[str, Any], scenario: Scenario) -> None:
    answer = _read(scenario, flags)
    for part in FLAGS:
        _absent(scenario.expect, answer, part, "nothing asked for")


@pytest.mark.judges("READER-3")
@pytest.mark.parametrize("asked", FLAGS)
def test_only_what_was_asked_for_surrounds_a_booking(asked: str, scenario: Scenario) -> None:
    answer = _read(scenario, {FLAGS[asked]: True})
    for part in FLAGS:
        if part != asked:
            _absent(scenario.expect, answer, part, f"{asked} asked for")
        elif part in ALWAYS_KNOWN:
            scenario.expect.that(
                "READER-3",
                _entry(answer).get(part),
                expected=f"{part}, as {FLAGS[part]} asks for it",
                actual="none",
                circumstance=f"{asked} asked for",
                at=answer,
            )


@pytest.mark.judges("READER-3")
@pytest.mark.parametrize("kind", ["appointment", "class", "course"])
def test_all_that_was_asked_for_surrounds_every_booking(kind: str, scenario: Scenario) -> None:
    bookings = [scenario.given.booking(kind, status) for status in ("CREATED", "CONFIRMED")]
    scenario.given.settle()
    query = {"filter": {"id": {"$in": [booking.id for booking in bookings]}}}
    for flags in (dict.fromkeys(FLAGS.values(), True), {}):
        answer = reached(scenario.client.call(QUERY, body={"query": query, **flags}))
        parts = [
            [part for part in (ALWAYS_KNOWN if flags else FLAGS) if entry.get(part)]
            for entry in answer.at("extendedBookings")
        ]
        scenario.expect.equal(
            "READER-3",
            parts,
            [list(ALWAYS_KNOWN) if flags else []] * len(parts),
            of="what surrounds each booking:",
            circumstance=f"{kind}, everything {'asked for' if flags else 'left out'}",
            at=answer,
        )


@pytest.mark.judges("READER-3")
@pytest.mark.parametrize("asked", FLAGS)
def test_one_flag_alone_is_not_undone_by_the_others(asked: str, scenario: Scenario) -> None:
    flags = {flag: part == asked for part, flag in FLAGS.items()}
    answer = _read(scenario, flags)
    about = f"{asked} true, the others false"
    for part in FLAGS:
        if part != asked:
            _absent(scenario.expect, answer, part, about)
        elif part in ALWAYS_KNOWN:
            scenario.expect.that(
                "READER-3",
                _entry(answer).get(part),
                expected=f"{part}, as {FLAGS[part]} asks for it",
                actual="none",
                circumstance=about,
                at=answer,
            )


@pytest.mark.judges("READER-3")
def test_attendance_asked_for_is_the_one_that_was_set(scenario: Scenario) -> None:
    story = confirmed(scenario.given, "class")
    reached(set_attendance(scenario.client, story, "NOT_ATTENDED"))
    scenario.given.settle()
    flags = {FLAGS["attendance"]: True}
    body = {"query": {"filter": {"id": story.booking.id}}, **flags}
    answer = reached(scenario.client.call(QUERY, body=body))
    shown = _entry(answer).get("attendance") or {}
    scenario.expect.equal(
        "READER-3",
        shown.get("status"),
        "NOT_ATTENDED",
        of="attendance status",
        circumstance="attendance asked for",
        at=answer,
    )


def _read(scenario: Scenario, flags: Mapping[str, Any]) -> Answer:
    booking = scenario.given.booking("class")
    scenario.given.read(booking)
    body = {"query": {"filter": {"id": booking.id}}, **flags}
    return reached(scenario.client.call(QUERY, body=body))


def _entry(answer: Answer) -> Mapping[str, Any]:
    found: Mapping[str, Any] = answer.at("extendedBookings", 0)
    return found


def _absent(expect: Expect, answer: Answer, part: str, about: str) -> None:
    shown = _entry(answer).get(part)
    expect.that(
        "READER-3",
        shown is None,
        expected=f"no {part} without {FLAGS[part]}",
        actual=f"{part} {shown}",
        circumstance=about,
        at=answer,
    )
