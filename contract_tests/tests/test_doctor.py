"""Each misconfiguration made for real, and named with what to change."""

import base64
import email.utils
import json
import socket
import ssl
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from attrs import define, evolve, field

from bookings_contract.doctor import Check, Health, culprits, examine, found
from bookings_contract.doctor.written import checks as written
from bookings_contract.embedded import embedded
from bookings_contract.target.model import Caller, Choice, Service, Session, Slots, Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.given import Given

from .spoilt import (
    NOT_FOUND,
    PAGE,
    Answering,
    failing,
    guest,
    instead,
    only,
    with_caller,
    with_service,
    with_session,
)

UNKNOWN = "00000000-0000-4000-8000-00000000abcd"
Mock = tuple[Target, httpx.BaseTransport]


@pytest.fixture(scope="module")
def whole() -> Iterator[Mock]:
    with embedded() as found:
        yield found


@pytest.fixture
def site(whole: Mock) -> Mock:
    target, way = whole
    return guest(target), way


def ailments(target: Target, way: httpx.BaseTransport | Answering, **how: Any) -> list[Check]:
    transport = way if isinstance(way, httpx.BaseTransport) else httpx.MockTransport(way)
    return found(examine(target, transport, **how))


def assert_named(checks: list[Check], name: str, change: str) -> Check:
    """One thing is wrong, by this name, and this is what to change; nothing is left unsaid."""
    assert [check.name for check in checks] == [name]
    assert change in checks[0].change
    assert checks[0].seen
    assert checks[0].expected
    return checks[0]


# A target that is configured right


def test_a_target_that_is_configured_right_has_nothing_wrong(site: Mock) -> None:
    checks = examine(*site)
    assert found(checks) == []
    assert [c.about for c in checks if c.health is Health.NOT_CHECKED] == ["control", "clock"]


def test_a_mock_that_describes_itself_has_nothing_wrong(whole: Mock) -> None:
    target, way = whole
    checks = examine(evolve(target, services={"yoga": target.services["yoga"]}), way)
    assert found(checks) == []
    assert [check.about for check in checks if check.seen == "a bookings-mock"] == ["control"]


def test_what_the_doctor_booked_is_canceled_and_never_held_a_seat(site: Mock) -> None:
    target, way = site
    asked: list[dict[str, Any]] = []

    def heard(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/bookings/v2/bookings":
            asked.append(json.loads(request.content))
        return way.handle_request(request)

    examine(target, httpx.MockTransport(heard))
    bookings = [body["booking"] for body in asked if body]
    assert len(bookings) > 4
    assert all("status" not in booking for booking in bookings)
    assert all(b["contactDetails"]["email"].endswith("@example.com") for b in bookings)
    assert all(b["participantNotification"] == {"notifyParticipants": False} for b in asked if b)
    given = Given(Client(Wire(target, way)), PlacePool(target))
    assert given.find({"status": ["CREATED", "CONFIRMED", "PENDING"]}) == []


# What is written


HOUR = datetime(2031, 3, 1, tzinfo=UTC)
AHEAD = Session("ahead", "2031-03-02T09:00:00Z", "2031-03-02T10:00:00Z", 10)


def a_target(**changes: Any) -> Target:
    yoga = Service("yoga", "class", "1", sessions=[AHEAD])
    plain = Target("http://t", callers={"owner": Caller("owner", "t")}, services={"yoga": yoga})
    return evolve(plain, **changes)


def a_service(kind: str = "class", **changes: Any) -> Target:
    sessions = {"sessions": [AHEAD]} if kind == "class" else {}
    return a_target(services={"yoga": Service("yoga", kind, "1", **{**sessions, **changes})})


OWNER = Caller("owner", "t")
WRITTEN = [
    ("placeholder", a_service(schedule_id="…"), "[services.yoga] schedule_id"),
    ("token-empty", a_target(callers={"owner": Caller("owner", " ")}), "[callers.owner] token"),
    ("header-empty", a_target(headers={"wix-site-id": ""}), "[headers] wix-site-id"),
    (
        "callers-alike",
        a_target(callers={"owner": OWNER, "member": Caller("member", "t")}),
        "[callers.member] token",
    ),
    ("operation-unknown", a_target(without=["registerWaitlist"]), "[target] without"),
    ("no-services", a_target(services={}), "[services.<name>]"),
    ("session-twice", a_service(sessions=[AHEAD, AHEAD]), "[services.yoga] sessions"),
    ("timezone-unknown", a_service(timezone="Mars/Base"), "[services.yoga] timezone"),
    ("policy-word", a_service(policy={"cancel": "never"}), "[services.yoga] policy"),
    ("no-sessions", a_service(sessions=[]), "[services.yoga] sessions"),
    ("no-slots", a_service("appointment"), "[services.yoga] slots"),
    ("no-schedule-id", a_service("course"), "[services.yoga] schedule_id"),
    (
        "time-without-zone",
        a_service(sessions=[Session("s", "2031-03-02T09:00:00")]),
        "[services.yoga] sessions",
    ),
    (
        "session-backward",
        a_service(sessions=[evolve(AHEAD, end="2031-03-02T08:00:00Z")]),
        "start and end",
    ),
    (
        "session-past",
        a_service(sessions=[AHEAD, Session("past", "2031-02-02T09:00:00Z")]),
        "[services.yoga] sessions",
    ),
    (
        "slots-past",
        a_service("appointment", slots=Slots("2031-02-28T23:30:00Z", 60, 4)),
        "[services.yoga] slots",
    ),
]


@pytest.mark.parametrize(("name", "target", "change"), WRITTEN, ids=[case[0] for case in WRITTEN])
def test_what_is_written_wrong_is_named_without_asking(
    name: str, target: Target, change: str
) -> None:
    assert_named(found(written(target, HOUR)), name, change)


def test_what_was_seen_in_the_file_is_not_said_again_when_the_target_says_it(site: Mock) -> None:
    target, way = site
    checks = ailments(with_service(target, "yoga", timezone="Mars/Base"), way)
    assert [check.name for check in checks] == ["timezone-unknown"]


def test_what_is_written_right_is_left_alone() -> None:
    assert found(written(a_target(), HOUR)) == []


# Nobody answers, or somebody else


def caused(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("no connection")
    error.__cause__ = cause
    return error


SILENT = [
    ("refused", caused(ConnectionRefusedError(111, "Connection refused"))),
    ("host-unknown", caused(socket.gaierror(-2, "Name or service not known"))),
    ("tls", caused(ssl.SSLCertVerificationError("certificate verify failed"))),
    ("timeout", httpx.ReadTimeout("the read operation timed out")),
    ("not-http", httpx.RemoteProtocolError("illegal status line")),
    ("unreachable", httpx.ReadError("something else")),
]


@pytest.mark.parametrize(("name", "error"), SILENT, ids=[case[0] for case in SILENT])
def test_whoever_can_not_be_reached_is_told_why(name: str, error: Exception, site: Mock) -> None:
    found = assert_named(ailments(site[0], failing(error)), name, "[target] url")
    assert site[0].url in found.seen


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:9", "refused"),
        ("http://no-such-host.invalid", "host-unknown"),
        ("http://[::1", "url-invalid"),
        ("http://", "url-invalid"),
    ],
)
def test_addresses_of_real_life_that_nobody_answers_at(url: str, name: str, site: Mock) -> None:
    assert_named(found(examine(evolve(site[0], url=url))), name, "[target] url")


ELSEWHERE = [
    ("wrong-host", PAGE),
    ("wrong-host", httpx.Response(404, text="not found")),
    ("wrong-host", httpx.Response(404, json={"error": "Not Found"})),
    ("gateway", httpx.Response(503, text="<html>nobody here</html>")),
    ("redirected", httpx.Response(301, headers={"location": "https://elsewhere.test/"})),
]


@pytest.mark.parametrize(("name", "answer"), ELSEWHERE)
def test_somebody_else_is_not_taken_for_the_api(
    name: str, answer: httpx.Response, site: Mock
) -> None:
    target, way = site
    assert_named(ailments(target, instead(way, answer)), name, "[target] url")


def test_the_other_family_of_paths_is_found(site: Mock) -> None:
    target, way = site
    by_sdk = instead(way, NOT_FOUND, "/bookings/v2/bookings")
    checks = ailments(only(target, "yoga"), by_sdk)
    assert_named(checks, "wrong-paths", '[target] paths = "sdk"')


def test_controls_that_are_no_mocks_are_named_and_left_alone(site: Mock) -> None:
    target, way = site
    other = evolve(only(target, "yoga"), control=f"{target.url}/_mock")
    checks = ailments(other, instead(way, PAGE, "/_mock"))
    assert_named(checks, "control-not-a-mock", "[control] url")


def test_a_clock_that_is_wrong_is_named(site: Mock) -> None:
    target, way = site
    late = email.utils.format_datetime(datetime.now(UTC) - timedelta(minutes=7))

    def dated(request: httpx.Request) -> httpx.Response:
        answer = way.handle_request(request)
        answer.headers["date"] = late
        return answer

    assert_named(ailments(only(target, "yoga"), dated), "clock-skew", "clock")


def test_a_limit_of_requests_is_named(site: Mock) -> None:
    target, way = site
    left = iter(range(12))

    def limited(request: httpx.Request) -> httpx.Response:
        if next(left, None) is None:
            return httpx.Response(429, json={"message": "slow down", "details": {}})
        return way.handle_request(request)

    assert_named(ailments(target, limited), "rate-limited", "[throttle] requests_per_minute")


# Callers


def a_jwt(**claims: object) -> str:
    told = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"OauthNG.JWS.e30.{told}.signature"


CALLERS: list[tuple[str, Callable[[Target], Target], str]] = [
    ("token-unknown", lambda t: with_caller(t, "owner", token="nobody"), "[callers.owner] token"),
    ("token-unknown", lambda t: with_caller(t, "member", token="nobody"), "[callers.member] token"),
    ("token-expired", lambda t: with_caller(t, "owner", token=a_jwt(exp=1)), "get a new one"),
    (
        "not-installed",
        lambda t: with_caller(t, "owner", token="bare-site-token"),
        "[callers.owner]",
    ),
    ("scope-missing", lambda t: with_caller(t, "app", token="stranger-token"), "[callers.app]"),
    (
        "callers-swapped",
        lambda t: with_caller(t, "member", token="Bearer owner-token"),
        "[callers.member] token",
    ),
    (
        "callers-swapped",
        lambda t: with_caller(t, "app", token="Bearer owner-token"),
        "[callers.app] token",
    ),
    ("caller-id", lambda t: with_caller(t, "member", member_id=UNKNOWN), "member_id"),
    ("caller-id", lambda t: with_caller(t, "member", contact_id=UNKNOWN), "contact_id"),
]


@pytest.mark.parametrize(("name", "spoil", "change"), CALLERS)
def test_a_caller_that_is_somebody_else_is_named(
    name: str, spoil: Callable[[Target], Target], change: str, site: Mock
) -> None:
    target, way = site
    assert_named(ailments(spoil(only(target, "yoga")), way), name, change)


def test_a_visitor_who_is_let_into_nothing_is_not_taken_for_a_stranger(whole: Mock) -> None:
    target, way = whole
    visitor = evolve(target.callers["visitor"], token="nobody")
    owner = target.callers["owner"]
    known = evolve(only(guest(target), "yoga"), callers={"owner": owner, "visitor": visitor})
    checks = examine(known, way)
    assert found(checks) == []
    assert next(c.seen for c in checks if c.about == "caller visitor").endswith("not allowed")


def test_two_tokens_of_one_person_are_no_two_callers(site: Mock) -> None:
    target, way = site
    other = Caller("other_member", "Bearer member-token", "member")
    both = evolve(only(target, "yoga"), callers={**target.callers, "other_member": other})
    assert_named(ailments(both, way), "callers-alike", "[callers.other_member] token")


def test_an_owner_who_may_not_book_is_named(site: Mock) -> None:
    target, way = site
    checks = ailments(with_caller(only(target, "yoga"), "owner", token="reader-token"), way)
    assert {check.name for check in checks} == {"scope-missing"}
    assert all("[callers.owner] token" in check.change for check in checks)


@pytest.mark.parametrize(
    ("headers", "name"),
    [({}, "site-header-missing"), ({"wix-site-id": "another"}, "site-header-wrong")],
)
def test_a_site_that_has_to_be_named_is_named(
    headers: dict[str, str], name: str, site: Mock
) -> None:
    target, way = site

    def asking(request: httpx.Request) -> httpx.Response:
        if request.headers.get("wix-site-id") == "mine":
            return way.handle_request(request)
        body = {"message": "wix-site-id header is missing or unknown", "details": {}}
        return httpx.Response(400, json=body)

    small = only(target, "yoga")
    assert_named(ailments(evolve(small, headers=headers), asking), name, "[headers] wix-site-id")
    assert ailments(evolve(small, headers={"wix-site-id": "mine"}), asking) == []


# Services


CHOICES = [Choice(UNKNOWN, ["Adult", "Student"])]
SERVICES: list[tuple[str, Callable[[Target], Target], str]] = [
    ("service-unknown", lambda t: with_service(t, "yoga", id=UNKNOWN), "[services.yoga] id"),
    ("service-unknown", lambda t: with_service(t, "haircut", id=UNKNOWN), "[services.haircut] id"),
    (
        "schedule-mismatch",
        lambda t: with_service(t, "spanish", schedule_id=UNKNOWN),
        "[services.spanish] schedule_id",
    ),
    (
        "wrong-kind",
        lambda t: with_service(t, "spanish", kind="class"),
        '[services.spanish] kind = "course"',
    ),
    (
        "wrong-kind",
        lambda t: with_service(t, "yoga", kind="course"),
        '[services.yoga] kind = "class"',
    ),
    (
        "resource-unknown",
        lambda t: with_service(t, "haircut", resource_id=UNKNOWN),
        "[services.haircut] resource_id",
    ),
    (
        "no-free-slot",
        lambda t: with_service(
            t, "haircut", slots=evolve(t.services["haircut"].slots, start="2099-01-01T03:00:00Z")
        ),
        "[services.haircut] slots",
    ),
    (
        "choices",
        lambda t: with_service(t, "pilates", choices=CHOICES),
        "[services.pilates] choices",
    ),
    ("choices", lambda t: with_service(t, "pilates", choices=[]), "[services.pilates] choices"),
    (
        "manual-approval-differs",
        lambda t: with_service(t, "yoga", manual_approval=True),
        "[services.yoga] manual_approval",
    ),
    (
        "policy-differs",
        lambda t: with_service(t, "yoga", policy={"cancel": "forbidden"}),
        "[services.yoga] policy",
    ),
    (
        "length-differs",
        lambda t: with_service(t, "haircut", length=25),
        "[services.haircut] length",
    ),
    (
        "longest-differs",
        lambda t: with_service(t, "rehearsal", longest=120),
        "[services.rehearsal] longest",
    ),
    ("capacity-differs", lambda t: with_service(t, "spanish", capacity=9), "[services.spanish]"),
    ("session-unknown", lambda t: with_session(t, "yoga", id=UNKNOWN), "sessions, id"),
    (
        "session-of-another",
        lambda t: with_session(t, "yoga", id=t.services["pilates"].sessions[0].id, start=None),
        "sessions, id",
    ),
    (
        "session-moved",
        lambda t: with_session(t, "yoga", start="2099-01-01T09:00:00Z", end=None),
        "sessions, start",
    ),
    ("capacity-differs", lambda t: with_session(t, "yoga", capacity=3), "sessions, capacity"),
]


@pytest.mark.parametrize(("name", "spoil", "change"), SERVICES)
def test_a_service_that_is_described_wrong_is_named(
    name: str, spoil: Callable[[Target], Target], change: str, site: Mock
) -> None:
    target, way = site
    small = evolve(target, callers={"owner": target.callers["owner"]})
    wrongs = [check for check in ailments(spoil(small), way) if change in check.change]
    assert_named(wrongs, name, change)


def test_a_service_that_is_closed_is_named(whole: Mock) -> None:
    target, way = whole
    gala = evolve(target.services["gala"], policy={"book": "open"})
    checks = ailments(evolve(guest(target), services={"gala": gala}), way)
    assert {check.name for check in checks} == {"booking-closed", "policy-differs"}


@pytest.fixture
def taken(site: Mock) -> Mock:
    """A site where somebody else holds seats: all of one session, and one of another."""
    target, way = site
    elsewhere = with_caller(only(target, "yoga"), "owner", token=f"owner-token@{uuid.uuid4()}")
    given = Given(Client(Wire(elsewhere, way)), PlacePool(elsewhere))
    for capacity in (1, 2):
        given.booking(given.session(capacity=capacity), "CONFIRMED")
    return elsewhere, way


def test_an_exclusive_session_with_somebody_in_it_is_named(taken: Mock) -> None:
    check = assert_named(ailments(*taken), "exclusive-taken", "sessions, exclusive")
    assert "0 of 1 seats left" in check.seen
    assert "1 of 2 seats left" in check.seen


def test_a_shared_session_that_is_full_is_named(taken: Mock) -> None:
    target, way = taken
    sessions = [evolve(one, exclusive=False) for one in target.services["yoga"].sessions]
    checks = ailments(with_service(target, "yoga", sessions=sessions), way)
    assert_named(checks, "session-full", "[services.yoga] sessions")


SHOWS = ("services", "time-slots", "no-such-thing")
UNSHOWN: list[tuple[str, Callable[[Target], Target], str]] = [
    ("session-unknown", lambda t: with_session(t, "yoga", id=UNKNOWN), "[services.yoga] sessions"),
    ("service-unknown", lambda t: with_service(t, "yoga", id=UNKNOWN), "[services.yoga] id"),
    ("wrong-kind", lambda t: with_service(t, "yoga", kind="course"), "[services.yoga] kind"),
    (
        "schedule-unknown",
        lambda t: with_service(t, "spanish", schedule_id=UNKNOWN),
        "[services.spanish] schedule_id",
    ),
    (
        "resource-unknown",
        lambda t: with_service(t, "haircut", resource_id=UNKNOWN),
        "[services.haircut] resource_id",
    ),
    (
        "exclusive-taken",
        lambda t: with_service(
            t, "yoga", sessions=[evolve(t.services["yoga"].sessions[-1], capacity=12)]
        ),
        "[services.yoga] sessions, exclusive, or capacity",
    ),
]


@pytest.mark.parametrize(("name", "spoil", "change"), UNSHOWN)
def test_a_target_that_shows_no_services_is_asked_by_booking(
    name: str, spoil: Callable[[Target], Target], change: str, site: Mock
) -> None:
    target, way = site
    blind = instead(way, NOT_FOUND, *SHOWS)
    small = evolve(target, callers={"owner": target.callers["owner"]})
    assert_named(ailments(spoil(small), blind), name, change)


# What else a target offers


def test_a_target_that_lacks_what_only_todays_pages_know_is_well(site: Mock) -> None:
    target, way = site
    checks = examine(only(target, "yoga"), httpx.MockTransport(instead(way, NOT_FOUND, *SHOWS)))
    assert found(checks) == []
    assert any("not judged: queryServices" in check.seen for check in checks)


def test_an_operation_that_is_absent_is_named(site: Mock) -> None:
    target, way = site
    checks = ailments(only(target, "yoga"), instead(way, NOT_FOUND, "/reschedule", "no-such-thing"))
    assert_named(checks, "operation-absent", '[target] without = ["rescheduleBooking"]')


def test_a_reader_that_is_absent_is_named(site: Mock) -> None:
    target, way = site
    without = instead(way, NOT_FOUND, "/v2/extended-bookings/query", "no-such-thing")
    checks = ailments(only(target, "yoga"), without)
    assert_named(checks, "reader-absent", '[target] without = ["queryExtendedBookings"]')


@define
class Late:
    """A reader that shows bookings some seconds after they were made, by a clock of its own."""

    own: httpx.BaseTransport
    seconds: float
    now: float = 0.0
    made: dict[str, float] = field(factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self.own.handle_request(request)
        answer.read()
        if request.url.path == "/bookings/v2/bookings" and answer.status_code == 200:
            self.made[answer.json()["booking"]["id"]] = self.now
        if "extended-bookings/query" in request.url.path and b'"id"' in request.content:
            wanted = json.loads(request.content)["query"]["filter"]["id"]
            if self.now - self.made.get(str(wanted), self.now) < self.seconds:
                return httpx.Response(200, json={"extendedBookings": []})
        return answer

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_reads_that_come_late_are_named_with_how_late(site: Mock) -> None:
    target, way = site
    late = Late(way, 3.0)
    small = with_caller(only(target, "yoga"), "owner")
    checks = ailments(small, late, sleep=late.sleep, clock=late.clock)
    assert_named(checks, "settle-too-short", "[target] settle_s = 6")
    patient = evolve(small, settle_s=6)
    assert ailments(patient, late, sleep=late.sleep, clock=late.clock) == []


def test_a_reader_that_never_shows_a_booking_is_left_to_the_judge(site: Mock) -> None:
    target, way = site
    never = Late(way, 1e9)
    small = with_caller(only(target, "yoga"), "owner")
    checks = examine(small, httpx.MockTransport(never), sleep=never.sleep, clock=never.clock)
    assert found(checks) == []
    assert any(c.about == "settle_s" and c.health is Health.NOT_CHECKED for c in checks)


def test_a_namespace_that_is_not_configured_is_named(site: Mock) -> None:
    target, way = site
    answer = httpx.Response(400, json={"message": "no such namespace", "details": {}})
    refusing = instead(way, answer, "update_extended_fields")
    small = evolve(only(target, "yoga"), namespace="@nobody/app")
    assert_named(ailments(small, refusing), "namespace-unknown", "[target] namespace")


# What an implementation is to blame for


@pytest.mark.parametrize("broken", ["CREATE-21", "AUTH-5", "SHAPE-2"])
def test_a_wrong_implementation_is_no_wrong_configuration(broken: str) -> None:
    with embedded(breaks=[broken]) as (target, way):
        checks = examine(only(guest(target), "yoga", "haircut"), way, thorough=False)
    assert culprits(checks, booked_nothing=False) == []
