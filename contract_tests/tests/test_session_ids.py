"""A session has a sessionId and an eventId: whichever of them a server shows, it is one session."""

from typing import Any

import pytest

from bookings_contract.findings.verdicts import Finding
from bookings_contract.oracle import Oracle

from .traffic import FACTS, SESSION, YOGA, Traffic, id_of, slot

EVENT, ELSEWHERE = "event-of-36-characters-0123456789abcd", "event-of-36-characters-0123456789efgh"
# Each as an answer shows a session that was asked for by its sessionId.
SHOWN = {
    "both": {"sessionId": SESSION, "eventId": EVENT},
    "eventId": {"eventId": EVENT},
    "sessionId": {"sessionId": SESSION},
}
by_each = pytest.mark.parametrize("ids", SHOWN.values(), ids=SHOWN.keys())


def broken(traffic: Traffic) -> list[str]:
    oracle = Oracle(FACTS)
    said = [one for exchange in traffic.exchanges for one in oracle.observe(exchange)]
    return [one.rule for one in said if isinstance(one, Finding)]


def entity(ids: dict[str, str]) -> dict[str, Any]:
    return {"slot": {"serviceId": YOGA, **ids}}


def _full(traffic: Traffic, ids: dict[str, str]) -> None:
    traffic.makes(asked={"totalParticipants": 2}, bookedEntity=entity(ids))
    traffic.acts("confirmBooking", "CONFIRMED")


@by_each
def test_a_session_that_is_full_may_refuse_whichever_id_it_shows(ids: dict[str, str]) -> None:
    traffic = Traffic()
    _full(traffic, ids)
    traffic.shows(1, filter={"id": id_of(1)})
    traffic.fails()
    assert not broken(traffic)


@by_each
def test_a_session_is_overbooked_whichever_id_it_shows(ids: dict[str, str]) -> None:
    traffic = Traffic()
    _full(traffic, ids)
    traffic.makes(2, bookedEntity=entity(ids))
    assert broken(traffic)


@by_each
def test_a_session_is_the_same_when_its_other_id_is_read_later(ids: dict[str, str]) -> None:
    traffic = Traffic()
    traffic.makes(bookedEntity=entity(ids))
    traffic.shows(1, filter={"id": id_of(1)}, bookedEntity=entity(SHOWN["both"]))
    assert not broken(traffic)


@by_each
def test_a_booking_may_have_moved_there_whichever_id_is_shown(ids: dict[str, str]) -> None:
    traffic = Traffic()
    traffic.makes(bookedEntity=entity({"eventId": ELSEWHERE}))
    traffic.acts("rescheduleBooking", asked=slot(), bookedEntity=entity(ids))
    assert not broken(traffic)


@by_each
def test_the_list_finds_a_session_by_an_id_that_bookings_need_not_show(ids: dict[str, str]) -> None:
    traffic = Traffic()
    traffic.makes(bookedEntity=entity(ids))
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.lists((1, "CONFIRMED"), filter={"sessionId": SESSION})
    assert not broken(traffic)


def test_the_list_shows_no_booking_of_another_session() -> None:
    traffic = Traffic()
    traffic.makes(bookedEntity=entity(SHOWN["both"]))
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.lists((1, "CONFIRMED"), filter={"sessionId": "another"})
    assert broken(traffic) == ["LIST-2"]
