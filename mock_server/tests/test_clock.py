"""The clock of a world: set, advanced, frozen, let go; and what goes by it."""

import gc
from datetime import UTC, datetime, timedelta

import pytest

import bookings_fixtures
from bookings_mock.clock import ClockError, WorldClock, frozen_at, read_duration, read_moment
from bookings_mock.domain.service import Site

CLOCK = "/_mock/clock"
MOMENT = datetime(2031, 2, 28, 9, 30, tzinfo=UTC)
SAID = "2031-02-28T09:30:00.000Z"


def _move(api, world="default", **move):
    answer = api.http.post(CLOCK, json=move, params={"world": world})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _stop(api, moment, world="default"):
    return _move(api, world, set=moment.isoformat(), freeze=True)


def _start(booking):
    return datetime.fromisoformat(booking["startDate"])


def _site(**policy):
    site = bookings_fixtures.load("studio")
    for name in ("yoga", "haircut"):
        site["services"][name]["policy"] = policy
    return site


def test_a_world_has_the_machines_hour_until_somebody_moves_it(api):
    shown = api.http.get(CLOCK).json()
    assert not shown["frozen"]
    assert abs(datetime.fromisoformat(shown["now"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_clock_is_set_and_stands_and_is_advanced(api):
    assert _stop(api, MOMENT) == {"now": SAID, "frozen": True, "fired": []}
    assert _move(api, advance="P1DT30M")["now"] == "2031-03-01T10:00:00.000Z"
    assert _move(api, advance=90)["now"] == "2031-03-01T10:01:30.000Z"
    assert api.http.get(CLOCK).json() == {"now": "2031-03-01T10:01:30.000Z", "frozen": True}
    assert api.http.get("/_mock/site").json()["site"]["now"] == "2031-03-01T10:01:30.000Z"


def test_a_clock_that_runs_runs_on_from_where_it_was_set(api):
    moved = _move(api, set=SAID)
    assert not moved["frozen"]
    assert MOMENT <= datetime.fromisoformat(moved["now"]) < MOMENT + timedelta(minutes=1)
    _move(api, freeze=True)
    assert _move(api, freeze=False)["frozen"] is False
    assert _move(api, real=True)["now"] < SAID


def test_each_world_has_its_own_clock_and_its_sites_share_it(api):
    _stop(api, MOMENT, "past")
    assert api.http.get(CLOCK, params={"world": "other"}).json()["frozen"] is False
    annex = api.http.get(CLOCK, headers={"authorization": "other-site-token@past"}).json()
    assert annex == {"now": SAID, "frozen": True}
    api.http.post("/_mock/reset?world=past")
    assert api.http.get(CLOCK, params={"world": "past"}).json()["frozen"] is False


@pytest.mark.parametrize(
    "move",
    [
        {},
        {"set": "tomorrow"},
        {"set": "0001-01-01T00:00:00Z"},
        {"advance": "1 day"},
        {"advance": "P"},
        {"advance": -1},
        {"advance": "P999999999W"},
        {"advance": True},
        {"real": False},
        {"freeze": "yes"},
        {"foward": 1},
    ],
)
def test_a_move_that_cannot_be_made_is_refused_and_moves_nothing(api, move):
    _stop(api, MOMENT)
    answer = api.http.post(CLOCK, json=move)
    assert answer.status_code == 400, answer.text
    assert answer.json()["details"]["validationError"]["fieldViolations"]
    assert api.http.get(CLOCK).json()["now"] == SAID


def test_bookings_and_events_are_dated_by_the_worlds_clock(serve):
    api = serve(clock=frozen_at(MOMENT))
    booking = api.booked()
    assert booking["createdDate"] == booking["updatedDate"] == SAID
    _move(api, advance=1)
    assert api.done(api.act(booking, "confirm"))["updatedDate"] == "2031-02-28T09:30:01.000Z"
    times = [event["eventTime"] for event in api.http.get("/_mock/events").json()["events"]]
    assert times == [SAID, "2031-02-28T09:30:01.000Z"]


def test_what_has_begun_is_booked_no_more(api):
    begin = datetime.fromisoformat(api.session()["start"])
    _stop(api, begin)
    assert api.create().headers["x-bookings-rule"] == "CREATE-17"
    _stop(api, begin - timedelta(milliseconds=1))
    assert api.create().status_code == 200


def test_a_mock_can_begin_at_a_moment(serve):
    api = serve(clock=frozen_at(MOMENT))
    assert api.http.get(CLOCK, params={"world": "any"}).json() == {"now": SAID, "frozen": True}
    first = datetime.fromisoformat(api.session()["start"])
    assert first == datetime(2031, 3, 3, 7, tzinfo=UTC)


def test_sessions_count_from_the_sites_own_day_whichever_world_was_made_first(serve):
    late = datetime(2031, 7, 1, 22, 30, tzinfo=UTC)
    one = serve(clock=frozen_at(late + timedelta(hours=1)))
    other = serve(clock=frozen_at(late + timedelta(hours=1)))
    other.http.post(CLOCK, json={"set": late.isoformat()}, params={"world": "earlier"})
    shown = [api.http.get("/_mock/sessions?world=new").json() for api in (one, other)]
    assert shown[0] == shown[1]


# Reminders


def _reminded(api, **session):
    booking = api.booked(
        session=session, contactDetails={"email": "ada@example.com", "phone": "+353 1 555 0100"}
    )
    return api.done(api.act(booking, "confirm", sendSmsReminder=True))


def _reminders(api):
    return [
        (message["bookingId"], message["sent"])
        for message in api.http.get("/_mock/messages").json()["messages"]
        if message["kind"] == "reminder"
    ]


def test_advancing_sends_the_reminders_that_fall_due_in_their_order(api):
    later, sooner = _reminded(api, nth=13), _reminded(api, nth=12)
    assert _reminders(api) == [(later["id"], False), (sooner["id"], False)]
    moved = _stop(api, _start(later))
    assert [one["about"] for one in moved["fired"]] == [sooner["id"], later["id"]]
    due = _start(sooner) - timedelta(hours=24)
    assert datetime.fromisoformat(moved["fired"][0]["time"]) == due
    assert _reminders(api) == [(sooner["id"], True), (later["id"], True)]
    assert _move(api, advance="P1D")["fired"] == []


def test_a_reminder_that_went_out_is_not_taken_back(api):
    booking = _reminded(api)
    _stop(api, _start(booking) - timedelta(hours=24))
    api.done(api.act(booking, "cancel"))
    assert _reminders(api) == [(booking["id"], True)]


def test_a_reminder_of_what_was_canceled_never_goes_out(api):
    booking = _reminded(api)
    api.done(api.act(booking, "cancel"))
    assert _stop(api, _start(booking))["fired"] == []
    assert _reminders(api) == []


def test_whoever_moves_after_a_reminder_is_reminded_again(api):
    booking = _reminded(api)
    _stop(api, _start(booking) - timedelta(hours=20))
    slot = {"sessionId": api.session(capacity=10)["id"]}
    moved = api.done(api.act(booking, "reschedule", slot=slot))
    assert _reminders(api) == [(booking["id"], True), (booking["id"], False)]
    assert len(_stop(api, _start(moved))["fired"]) == 1


# Policies


def test_the_booking_window_opens_and_closes_before_the_start(serve):
    api = serve(site=_site(book_from_minutes=600, book_until_minutes=60))
    begin = datetime.fromisoformat(api.session()["start"])
    found = []
    for minutes in (601, 600, 60, 59):
        _stop(api, begin - timedelta(minutes=minutes))
        answer = api.create()
        found.append((answer.status_code, answer.headers.get("x-bookings-rule")))
    assert found == [(403, "CREATE-17"), (200, None), (200, None), (403, "CREATE-17")]


@pytest.mark.parametrize(
    ("move", "rule", "setting", "service"),
    [
        ("cancel", "CANCEL-4", "ignoreCancellationPolicy", "yoga"),
        ("cancel", "CANCEL-4", "ignoreCancellationPolicy", "haircut"),
        ("reschedule", "RESCHEDULE-6", "ignoreReschedulePolicy", "yoga"),
        ("reschedule", "RESCHEDULE-6", "ignoreReschedulePolicy", "haircut"),
    ],
)
def test_a_policy_holds_against_the_clock(serve, move, rule, setting, service):
    api = serve(site=_site(**{f"{move}_until_minutes": 120}))
    booking = api.booked(service)
    slot = api.entity(service, nth=13)["slot"]
    body = {"slot": slot} if move == "reschedule" else {}
    _stop(api, _start(booking) - timedelta(minutes=119))
    assert api.act(booking, move, **body).headers["x-bookings-rule"] == rule
    assert not _allowed(api, booking)[move]
    _stop(api, _start(booking) - timedelta(minutes=120))
    assert _allowed(api, booking)[move]
    _stop(api, _start(booking) - timedelta(minutes=119))
    ignored = {**body, "flowControlSettings": {setting: True}}
    assert api.act(booking, move, **ignored).status_code == 200


def _allowed(api, booking):
    query = {"query": {"filter": {"id": booking["id"]}}, "withBookingAllowedActions": True}
    path = "/_api/bookings-reader/v2/extended-bookings/query"
    (entry,) = api.post(path, query).json()["extendedBookings"]
    (listed,) = api.http.get(
        "/bookings/v1/bookings",
        params={"withBookingAllowedActions": "true"},
        headers={"authorization": "owner-token"},
    ).json()["bookingsEntries"]
    assert listed["allowedActions"] == entry["allowedActions"]
    return entry["allowedActions"]


def test_a_bookings_policy_is_that_of_its_creation_and_counts_from_its_present_start(serve):
    api = serve(site=_site(cancel_until_minutes=120))
    booking = api.booked()
    moved = api.done(api.act(booking, "reschedule", slot=api.entity("yoga", nth=13)["slot"]))
    _stop(api, _start(booking))
    assert api.act(moved, "cancel").status_code == 200


def test_the_site_tells_its_policies(serve):
    policy = serve(site=_site(cancel_until_minutes=120)).services["yoga"]["policy"]
    assert policy == {
        "book": "open",
        "cancel": "allowed",
        "reschedule": "allowed",
        "cancel_until_minutes": 120,
    }


# The same again


def test_under_a_frozen_clock_the_same_requests_give_the_same_bytes(serve):
    def played():
        api = serve(clock=frozen_at(MOMENT), seed=7)
        answers = [api.create(), api.create("choir", participants=3), api.create("haircut")]
        booking = api.booked("workshop")
        answers += [api.act(booking, "confirm"), api.act(booking, "confirm"), api.settle(booking)]
        answers.append(api.post("/_api/bookings-reader/v2/extended-bookings/query", {"query": {}}))
        for control in ("site", "sessions", "events", "messages", "clock", "requests", "readings"):
            answers.append(api.http.get(f"/_mock/{control}"))
        answers.append(api.http.post(CLOCK, json={"advance": "P9D"}))
        return [(answer.status_code, answer.content) for answer in answers]

    assert played() == played()


# The clock by itself


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("P1D", 86400), ("PT90M", 5400), ("P1W", 604800), ("PT0.5S", 0.5), ("P1DT1H1M1S", 90061)],
)
def test_a_duration_is_read(text, seconds):
    assert read_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P1Y", "P-1D", "PT1M2H", "p1d"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ClockError, match="no ISO duration"):
        read_duration(text)


def test_a_moment_without_an_offset_is_meant_in_utc():
    assert read_moment("2031-02-28T09:30") == MOMENT
    assert read_moment("2031-02-28T10:30+01:00") == MOMENT


def test_moving_a_clock_makes_another():
    clock = WorldClock(wall=lambda: MOMENT)
    assert clock.advanced(timedelta(days=1))() == MOMENT + timedelta(days=1)
    assert clock() == MOMENT


def test_days_that_clocks_were_once_set_to_take_no_memory(serve):
    api, before = serve(), _sites_held()
    for day in range(100):
        began = datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=day)
        api.http.post("/_mock/reset", json={"now": began.isoformat()}).raise_for_status()
        assert api.create().status_code == 200
    assert _sites_held() - before < 50


def _sites_held():
    return sum(isinstance(one, Site) for one in gc.get_objects())
