"""Waitlist: who gets onto the waiting list, and for what."""

from typing import Any

import pytest

from bookings_contract.client import Client
from bookings_contract.exchange import Seen
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.places import Place
from bookings_contract.problems import NotJudged, NotReached
from bookings_contract.suites.creations import NOWHERE, alone, seats


@pytest.mark.judges("WAITLIST-1", needs=("services.class", "exclusive_session"))
def test_registering_for_a_full_session_makes_a_waiting_booking(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = alone(bookings_given, "class")
    bookings_given.booking(place, "CONFIRMED", participants=seats(place))
    _registered(place, "full", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("WAITLIST-1")
def test_registering_for_a_session_with_room_makes_a_waiting_booking(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    place = bookings_given.session()
    _registered(place, "with room", bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("WAITLIST-1")
@pytest.mark.parametrize("kind", ["course", "appointment", "unknown"])
def test_only_class_sessions_have_a_waiting_list(
    kind: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    body = bookings_given.registration("class")
    body["waitingResource"]["sessionId"] = _session_of(kind, bookings_given)
    answer = bookings_client.call("registerToWaitlist", body=body)
    bookings_expect.refused(answer, "WAITLIST-1", circumstance=f"session of {kind}")
    if answer.refused:
        bookings_given.settle()
        bookings_expect.that(
            "WAITLIST-1",
            not (made := _waiting(body, bookings_given)),
            expected="nobody waits after a refusal",
            actual=", ".join(str(seen) for seen in made),
            circumstance=f"session of {kind}",
        )


def _session_of(kind: str, given: Given) -> str:
    if kind == "unknown":
        return NOWHERE
    if kind == "course":
        course = given.course().service
        if not course.sessions:
            raise NotJudged(f"the target file names no sessions of {course.name}")
        return course.sessions[0].id
    booked = given.booking("appointment", "CONFIRMED").slot
    session = booked.get("sessionId") or booked.get("eventId")
    if not session:
        raise NotReached("a confirmed appointment shows no session")
    return str(session)


def _registered(
    place: Place, circumstance: str, client: Client, given: Given, expect: Expect
) -> None:
    body = given.registration(place)
    answer = client.call("registerToWaitlist", body=body)
    if not answer.accepted and not client.target.ours:
        # How a registration has to look is published nowhere.
        raise NotReached(f"registering to the waitlist was answered {answer.said}")
    if not expect.accepted(answer, "WAITLIST-1", circumstance=circumstance):
        return
    given.settle()
    sessions = [seen.slot.get("sessionId") for seen in _waiting(body, given)]
    events = [seen.slot.get("eventId") for seen in _waiting(body, given)]
    expect.that(
        "WAITLIST-1",
        place.session_id in sessions + events,
        expected="a WAITING_LIST booking for the session",
        actual=f"such a booking for {sessions}" if sessions else "none",
        circumstance=circumstance,
    )


def _waiting(body: dict[str, Any], given: Given) -> list[Seen]:
    """Who waits after a registration; its contact tells whose booking it is."""
    email = body["formInfo"]["contactDetails"]["email"]
    return [seen for seen in given.find({"status": "WAITING_LIST"}) if seen.email == email]
