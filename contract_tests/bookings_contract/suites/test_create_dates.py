"""Create Booking, and Reschedule after it: when a booking begins and ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.creations import KINDS, anywhere, granted, instant, looks
from bookings_contract.target.places import Place
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

# Without summer time, from one hour behind Greenwich to nine before it.
ZONES = ("Africa/Lagos", "Atlantic/Cape_Verde", "Africa/Harare", "Asia/Dubai", "Asia/Tokyo")
NEVER = {"startDate": "2030-02-03T04:05:06Z", "endDate": "2030-02-03T05:05:06Z"}


@pytest.mark.judges("CREATE-13")
@pytest.mark.parametrize("sent", [False, True], ids=["left out", "contradicted"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_begins_and_ends_with_what_is_booked(
    kind: str, sent: bool, scenario: Scenario
) -> None:
    place = anywhere(scenario.given, kind)
    body = scenario.given.body(place)
    if sent:
        body["booking"] |= NEVER
    answer = scenario.client.call("createBooking", body=body)
    if not granted(scenario, answer, "CREATE-13", circumstance=kind):
        return
    for seen, at in looks(scenario, answer):
        _judge_dates(seen, place, scenario.expect, at)


@pytest.mark.judges("CREATE-13")
@pytest.mark.parametrize("kind", ["class", "appointment"])
def test_a_rescheduled_booking_begins_and_ends_with_its_new_slot(
    kind: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(kind, "CONFIRMED")
    place = scenario.given.place(kind)
    answer = scenario.client.act("rescheduleBooking", booking, {"slot": place.slot})
    if not answer.accepted:
        raise NotReached(f"rescheduling was answered {answer.summary}")
    for seen, at in looks(scenario, answer):
        _judge_dates(seen, place, scenario.expect, at)


@pytest.mark.judges("CREATE-13", needs=("services.appointment",))
def test_a_slot_without_offsets_is_meant_in_its_time_zone(scenario: Scenario) -> None:
    place = anywhere(scenario.given, "appointment")
    if place.start is None or place.end is None:
        raise NotJudged(f"the target file names no slots of {place.service.name}")
    zone = _zone(place)
    local = [at.astimezone(zone).replace(tzinfo=None) for at in (place.start, place.end)]
    start, end = (moment.isoformat() for moment in local)
    slot = {**place.slot, "timezone": zone.key, "startDate": start, "endDate": end}
    body = scenario.given.body(place, bookedEntity={"slot": slot})
    answer = scenario.client.call("createBooking", body=body)
    if not granted(scenario, answer, "CREATE-13", circumstance="no offset"):
        return
    for seen, at in looks(scenario, answer):
        _judge_dates(seen, place, scenario.expect, at)


def _zone(place: Place) -> ZoneInfo:
    """A zone whose hours, taken for those of another, would be a slot as well, if there is one."""
    starts = place.service.slots.starts() if place.service.slots else ()
    for zone in map(ZoneInfo, ZONES):
        local = place.start.astimezone(zone).replace(tzinfo=UTC) if place.start else None
        if local in starts:
            return zone
    return ZoneInfo(ZONES[-1])


def _judge_dates(seen: Seen, place: Place, expect: Expect, at: Answer | None) -> None:
    kind = place.service.kind
    if kind == "course":
        _judge_course(seen, place, expect, at)
        return
    known = _period(place)
    zone = seen.slot.get("timezone")
    for name, expected in zip(("startDate", "endDate"), known, strict=True):
        of_slot = instant(seen.slot.get(name), zone)
        for source, moment in (("of the slot shown", of_slot), ("of what was booked", expected)):
            if moment is not None:
                _judge_instant(seen, name, moment, f"{source}, {kind}", expect, at)


def _judge_course(seen: Seen, place: Place, expect: Expect, at: Answer | None) -> None:
    sessions = place.service.sessions
    starts = [moment for session in sessions if (moment := instant(session.start))]
    ends = [moment for session in sessions if (moment := instant(session.end))]
    shown = seen.schedule
    first = instant(shown.get("firstSessionStart"), shown.get("timezone"))
    last = instant(shown.get("lastSessionEnd"), shown.get("timezone"))
    for name, moment in (("startDate", first), ("endDate", last)):
        if moment is not None:
            _judge_instant(seen, name, moment, "of the schedule shown", expect, at)
    if not starts or not ends:
        raise NotJudged(f"the target file names no session dates of {place.service.name}")
    for name, moment in (("startDate", min(starts)), ("endDate", max(ends))):
        if expect.given.client.target.ours:
            _judge_instant(seen, name, moment, "of the course", expect, at)
        else:
            # A target file may name only some of the sessions.
            _judge_bound(seen, name, moment, expect, at)


def _judge_instant(
    seen: Seen, name: str, expected: datetime, circumstance: str, expect: Expect, at: Answer | None
) -> None:
    expect.that(
        "CREATE-13",
        instant(seen.raw.get(name), "UTC") == expected,
        expected=f"{name} {expected.isoformat()}",
        actual=f"{name} {seen.raw.get(name)}",
        circumstance=circumstance,
        at=at,
    )


def _judge_bound(
    seen: Seen, name: str, session: datetime, expect: Expect, at: Answer | None
) -> None:
    shown = instant(seen.raw.get(name), "UTC")
    within = shown is not None and (shown <= session if name == "startDate" else shown >= session)
    expect.that(
        "CREATE-13",
        within,
        expected=f"{name} not {'after' if name == 'startDate' else 'before'} {session.isoformat()}",
        actual=f"{name} {seen.raw.get(name)}",
        circumstance="around all sessions of the course",
        at=at,
    )


def _period(place: Place) -> tuple[datetime | None, datetime | None]:
    if place.session is not None:
        return instant(place.session.start), instant(place.session.end)
    return place.start, place.end
