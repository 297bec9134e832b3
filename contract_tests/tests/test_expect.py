"""What expectations record, tried on canned answers."""

from collections.abc import Callable

from attrs import evolve

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.verdicts import Finding, Kept, Left, Reading
from bookings_contract.target.model import Caller, Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

from .conftest import BOOKING, Canned


def confirmed(client: Client, status: str = "CANCELED", revision: str = "2") -> Answer:
    booking = Seen(BOOKING, status, revision, {})
    return client.act("confirmBooking", booking)


def only_finding(expect: Expect) -> Finding:
    (finding,) = expect.record.findings.values()
    return finding


def test_any_4xx_keeps_a_rule_that_refuses(server: Canned, client: Client, expect: Expect) -> None:
    server.refuses(428, "INVALID_BOOKING_STATUS")
    assert expect.refused(confirmed(client), "CONFIRM-1")
    assert list(expect.record.kept) == [Kept("CONFIRM-1"), Kept("SHAPE-9")]


def test_another_status_or_code_breaks_shape_9_and_not_the_rule(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.refuses(422, "NOPE")
    assert expect.refused(confirmed(client), "CONFIRM-1")
    assert list(expect.record.kept) == [Kept("CONFIRM-1")]
    finding = only_finding(expect)
    assert (finding.rule, finding.level) == ("SHAPE-9", "OBSERVED")
    assert finding.expected.startswith("CONFIRM-1 refused with 428 INVALID_BOOKING_STATUS or ")
    assert finding.actual == "422 NOPE"


def test_the_answer_of_another_rule_that_the_call_breaks_will_do(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.refuses(409)
    expect.refused(confirmed(client), "CONFIRM-1", also=["REVISION-3"])
    assert Kept("SHAPE-9") in expect.record.kept


def test_a_caller_of_another_site_may_be_in_the_way_of_any_rule_of_the_call(
    server: Canned, make_client: Callable[..., Client], target: Target
) -> None:
    callers = {**target.callers, "other_site": Caller("other_site", "other-token")}
    client = make_client(on=evolve(target, callers=callers))
    expect = Expect(client.record, Given(client, PlacePool(client.target)))
    path = {"bookingId": BOOKING}
    for caller in ("other_site", "owner"):
        server.refuses(403, "PERMISSION_DENIED")
        answer = client.call("confirmBooking", path=path, body={}, caller=caller)
        expect.refused(answer, "LOOKUP-1")
        if caller == "other_site":
            assert Kept("SHAPE-9") in expect.record.kept
    assert only_finding(expect).rule == "SHAPE-9"


def test_a_call_that_should_be_refused_and_is_not_says_what_it_did(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.books("CANCELED", "2")
    booking = client.call("createBooking", body={}).booking
    server.books("CONFIRMED", "3")
    answer = client.act("confirmBooking", booking)
    assert not expect.refused(answer, "CONFIRM-1", circumstance="from CANCELED")
    finding = only_finding(expect)
    assert finding.expected == "refused, nothing changed (428 INVALID_BOOKING_STATUS)"
    assert finding.actual == "200, CONFIRMED, revision 2 → 3"
    assert (finding.level, finding.circumstance) == ("MUST", "from CANCELED")
    assert [e.operation for e in finding.story] == ["createBooking", "confirmBooking"]


def test_a_server_fault_is_no_refusal(server: Canned, client: Client, expect: Expect) -> None:
    server.refuses(500)
    assert not expect.refused(confirmed(client), "CONFIRM-1")
    assert only_finding(expect).actual == "500"


def test_a_refused_call_that_should_succeed_breaks_the_rule(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.refuses(428, "INVALID_BOOKING_STATUS")
    assert not expect.accepted(confirmed(client, "CREATED", "1"), "CONFIRM-1")
    assert only_finding(expect).actual == "428 INVALID_BOOKING_STATUS"


def test_a_refused_call_that_changed_something_breaks_revision_6_alone(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.refuses(428, "INVALID_BOOKING_STATUS")
    server.shows("CONFIRMED", "3")
    before = Seen(BOOKING, "CANCELED", "2", {"status": "CANCELED", "revision": "2"})
    expect.refused(client.act("confirmBooking", before), "CONFIRM-1")
    assert not expect.unchanged(before, "confirming it")
    finding = only_finding(expect)
    assert finding.rule == "REVISION-6"
    assert finding.actual == "revision 2 → 3, status CANCELED → CONFIRMED"
    assert [e.operation for e in finding.story] == ["confirmBooking", "queryExtendedBookings"]


def test_everything_that_the_reader_shows_has_to_stay(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.shows("CANCELED", "2", title="before")
    before = expect.given.read(BOOKING)
    assert before is not None
    server.refuses(428, "INVALID_BOOKING_STATUS")
    client.act("confirmBooking", before)
    server.shows("CANCELED", "2", title="after")
    assert not expect.unchanged(before)
    assert only_finding(expect).actual == "booking.title before → after"


def test_null_and_absent_are_the_same(server: Canned, client: Client, expect: Expect) -> None:
    server.shows("CANCELED", "2", doubleBooked=None)
    before = expect.given.read(BOOKING)
    assert before is not None
    server.refuses(428, "INVALID_BOOKING_STATUS")
    client.act("confirmBooking", before)
    server.shows("CANCELED", "2")
    assert expect.unchanged(before)


def test_an_accepted_call_may_change_things(server: Canned, client: Client, expect: Expect) -> None:
    server.books("CONFIRMED", "3")
    confirmed(client)
    assert expect.unchanged(Seen(BOOKING, "CANCELED", "2", {}))
    assert not expect.record.kept
    assert not expect.record.findings


def test_without_a_reader_revision_6_is_left_with_the_reason(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.refuses(428, "INVALID_BOOKING_STATUS")
    confirmed(client)
    server.refuses(404)
    server.refuses(501)
    expect.unchanged(Seen(BOOKING, "CANCELED", "2", {}))
    reason = "the target has neither a reader nor a V1 list (501)"
    assert list(expect.record.left) == [Left("REVISION-6", reason)]


def test_a_circumstance_of_the_rule_has_its_own_level(expect: Expect) -> None:
    expect.that("AUTH-1", False, expected="401", actual="200", circumstance="every_operation")
    assert only_finding(expect).level == "OBSERVED"


def test_a_reading_is_noted_and_no_reading_is_an_observed_breach(expect: Expect) -> None:
    expect.reading("CANCEL-5", "A", actual="428")
    assert list(expect.record.readings) == [Reading("CANCEL-5", "A", "428")]
    expect.reading("CANCEL-5", None, actual="500")
    assert (only_finding(expect).level, only_finding(expect).actual) == ("OBSERVED", "500")


def test_a_story_leaves_out_reads_that_explain_nothing(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.books()
    booking = client.call("createBooking", body={}).booking
    server.shows("CREATED", "1")
    expect.given.read(booking)
    server.books("DECLINED", "2")
    answer = client.act("confirmBooking", booking)
    expect.equal("CONFIRM-1", answer.booking.status, "CONFIRMED", of="status")
    assert [e.operation for e in only_finding(expect).story] == ["createBooking", "confirmBooking"]


def test_a_story_keeps_the_read_where_a_booking_was_first_met(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.says(200, {"registrationId": "1"})
    client.call("registerToWaitlist", body={})
    server.shows("WAITING_LIST", "1")
    booking = expect.given.read(BOOKING)
    assert booking is not None
    server.refuses(428)
    expect.accepted(client.act("confirmBooking", booking), "CONFIRM-1")
    told = [e.operation for e in only_finding(expect).story]
    assert told == ["registerToWaitlist", "queryExtendedBookings", "confirmBooking"]


def test_a_new_story_forgets_what_came_before(
    server: Canned, client: Client, expect: Expect
) -> None:
    server.books()
    booking = client.call("createBooking", body={}).booking
    expect.new_story()
    server.refuses(428)
    expect.accepted(client.act("confirmBooking", booking), "CONFIRM-1")
    assert [e.operation for e in only_finding(expect).story] == ["confirmBooking"]
