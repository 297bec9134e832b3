"""The oracle, fed with exchanges made by hand: silent at right ones, and at wrong ones the rule."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import evolve

from bookings_contract.findings.verdicts import Finding, Kept, Reading
from bookings_contract.oracle import KnownFacts, Oracle, Trust, observe_all
from bookings_contract.oracle.observer import OracleObserver
from bookings_contract.testkit.record import Record

from .traffic import (
    ASKED_FOR,
    COURSE,
    FACTS,
    HAIRCUT,
    OPTION,
    OTHER,
    REQUESTS,
    SCHEDULE,
    SESSION,
    Traffic,
    id_of,
    slot,
)

Story = Callable[[Traffic, bool], None]


def findings(traffic: Traffic, facts: KnownFacts = FACTS) -> list[Finding]:
    oracle = Oracle(facts)
    said = [one for exchange in traffic.exchanges for one in oracle.observe(exchange)]
    return [one for one in said if isinstance(one, Finding)]


def broken(traffic: Traffic, facts: KnownFacts = FACTS) -> list[str]:
    return [finding.rule for finding in findings(traffic, facts)]


def _requested(traffic: Traffic, **asked: Any) -> None:
    """A booking of a service that asks for the owner's approval."""
    traffic.makes(asked={"bookedEntity": slot(ASKED_FOR, REQUESTS), **asked})


def _full(traffic: Traffic) -> None:
    """A session of two, both of them taken by the second booking."""
    traffic.makes(2, asked={"totalParticipants": 2})
    traffic.acts("confirmBooking", "CONFIRMED", number=2)


def _appointment(traffic: Traffic) -> None:
    booked = {
        "slot": {
            "serviceId": HAIRCUT,
            "startDate": "2031-03-03T09:00:00Z",
            "endDate": "2031-03-03T10:00:00Z",
        }
    }
    traffic.makes(asked={"bookedEntity": booked})


def _booked_past_the_end(traffic: Traffic, wrong: bool) -> None:
    _full(traffic)
    if wrong:
        traffic.makes()
    else:
        traffic.fails()


def _refused_though(rule_of: Callable[[Traffic], None]) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        rule_of(traffic)
        if wrong:
            traffic.fails({"totalParticipants": 2})
        else:
            traffic.makes(9, asked={"totalParticipants": 2})

    return story


def _canceled(traffic: Traffic) -> None:
    _full(traffic)
    traffic.acts("cancelBooking", "CANCELED", number=2)


def _declined(traffic: Traffic) -> None:
    traffic.makes(2, asked={"totalParticipants": 2})
    traffic.acts("declineBooking", "DECLINED", number=2)


def _left(traffic: Traffic) -> None:
    _full(traffic)
    there = slot(OTHER)
    traffic.acts(
        "rescheduleBooking", number=2, asked={"slot": {"sessionId": OTHER}}, bookedEntity=there
    )


def _decided(payment: str, right: str, false: str, **flag: Any) -> Story:
    """One more than there are seats is decided on."""

    def story(traffic: Traffic, wrong: bool) -> None:
        traffic.makes(1)
        _full(traffic)
        answer = {"paymentStatus": payment, **({} if wrong else flag)}
        asked = {"paymentStatus": payment}
        became = false if wrong else right
        traffic.acts("confirmOrDeclineBooking", became, asked=asked, **answer)

    return story


def _with(make: Callable[[Traffic], None], name: str, right: str, false: str) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        make(traffic)
        traffic.acts(name, false if wrong else right)

    return story


def _accepted_or_denied(make: Callable[[Traffic], None], name: str, became: str) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        make(traffic)
        if wrong:
            traffic.acts(name, became)
        else:
            traffic.denies(name)

    return story


def _of_canceled(traffic: Traffic) -> None:
    traffic.makes()
    traffic.acts("cancelBooking", "CANCELED")


def _paid(name: str, became: str) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        traffic.makes()
        shown = "UNDEFINED" if wrong else "PAID"
        traffic.acts(name, became, asked={"paymentStatus": "PAID"}, paymentStatus=shown)

    return story


def _made_with(
    asked: Mapping[str, Any], right: Mapping[str, Any], false: Mapping[str, Any]
) -> Story:
    return lambda traffic, wrong: traffic.makes(asked=asked, **(false if wrong else right))


def _stale(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    traffic.acts("confirmBooking", "CONFIRMED")
    asked = {"revision": "1"}
    if wrong:
        traffic.acts("cancelBooking", "CANCELED", asked=asked)
    else:
        traffic.denies("cancelBooking", asked=asked, status=409, code="")


def _raised(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    traffic.acts("cancelBooking", "CANCELED", **({"revision": "3"} if wrong else {}))


def _refused_but_done(traffic: Traffic, wrong: bool) -> None:
    _of_canceled(traffic)
    traffic.denies("confirmBooking")
    traffic.shows(1, filter={"id": id_of(1)}, **({"revision": "3"} if wrong else {}))


def _open_but_done(traffic: Traffic, wrong: bool) -> None:
    _declined(traffic)
    traffic.denies("cancelBooking", number=2)
    traffic.shows(2, filter={"id": id_of(2)}, **({"status": "CANCELED"} if wrong else {}))


def _told_but_not_done(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    traffic.acts("markBookingAsPending", "PENDING")
    shown = {"status": "CREATED"} if wrong else {}
    traffic.shows(1, filter={"id": id_of(1)}, **shown)


def _moved(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    there = slot() if wrong else slot(OTHER)
    traffic.acts("rescheduleBooking", asked={"slot": {"sessionId": OTHER}}, bookedEntity=there)


def _moved_and_changed(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.acts(
        "rescheduleBooking",
        "CREATED" if wrong else None,
        asked={"slot": {"sessionId": OTHER}},
        bookedEntity=slot(OTHER),
    )


def _course(traffic: Traffic) -> None:
    booked = {"schedule": {"scheduleId": SCHEDULE, "serviceId": COURSE}}
    traffic.makes(asked={"bookedEntity": booked})


def _move_of_a_course(traffic: Traffic, wrong: bool) -> None:
    _course(traffic)
    asked = {"slot": {"sessionId": OTHER}}
    if wrong:
        traffic.acts("rescheduleBooking", asked=asked)
    else:
        traffic.denies("rescheduleBooking", asked=asked)


def _resized_appointment(traffic: Traffic, wrong: bool) -> None:
    _appointment(traffic)
    asked = {"totalParticipants": 2}
    if wrong:
        traffic.acts("updateNumberOfParticipants", asked=asked, totalParticipants=2)
    else:
        traffic.denies("updateNumberOfParticipants", asked=asked)


def _resized(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    count = 1 if wrong else 2
    asked = {"totalParticipants": 2}
    traffic.acts("updateNumberOfParticipants", asked=asked, totalParticipants=count)


def _moved_to_a_full_one(traffic: Traffic, wrong: bool) -> None:
    _full(traffic)
    traffic.makes(asked={"bookedEntity": slot(OTHER)})
    asked = {"slot": {"sessionId": SESSION}}
    if wrong:
        traffic.acts("rescheduleBooking", asked=asked, bookedEntity=slot())
    else:
        traffic.denies("rescheduleBooking", asked=asked, code="SESSION_CAPACITY_EXCEEDED")


def _approval(traffic: Traffic) -> None:
    _requested(traffic)


def _approval_skipped(traffic: Traffic) -> None:
    _requested(traffic, flowControlSettings={"skipBusinessConfirmation": True})


def _skipped(traffic: Traffic) -> None:
    traffic.makes(1, asked={"flowControlSettings": {"skipAvailabilityValidation": True}})
    _full(traffic)


def _choice(traffic: Traffic, wrong: bool) -> None:
    row = {"numberOfParticipants": 1, "choices": [{"optionId": OPTION, "custom": "Nobody"}]}
    asked = {"totalParticipants": None, "participantsChoices": {"serviceChoices": [row]}}
    if wrong:
        traffic.makes(asked=asked)
    else:
        traffic.fails(asked, code="INVALID_SERVICE_CHOICES")


def _extended(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    asked = {"namespace": "@acme/crews", "namespaceData": {"crewSize": 4}}
    traffic.says("updateExtendedFields", asked, asked)
    stored = {} if wrong else {"@acme/crews": {"crewSize": 4}}
    shown = {"extendedFields": {"namespaces": stored}, "revision": "2"}
    traffic.shows(1, filter={"id": id_of(1)}, **shown)


def _filtered(traffic: Traffic, wrong: bool) -> None:
    traffic.makes(1)
    _full(traffic)
    numbers = (1, 2) if wrong else (2,)
    traffic.shows(*numbers, filter={"status": "CONFIRMED"})


def _walked(traffic: Traffic, wrong: bool) -> None:
    for number in (1, 2, 3):
        traffic.makes(number)
    found = [{"booking": traffic.bookings[number]} for number in (1, 2, 3)]
    first = {"extendedBookings": found[:2], "pagingMetadata": {"cursors": {"next": "c1"}}}
    traffic.says("queryExtendedBookings", {"query": {"cursorPaging": {"limit": 2}}}, first)
    rest = {"extendedBookings": [] if wrong else found[2:]}
    traffic.says("queryExtendedBookings", {"query": {"cursorPaging": {"cursor": "c1"}}}, rest)


def _counted(traffic: Traffic, wrong: bool) -> None:
    traffic.makes(1)
    traffic.makes(2)
    traffic.says("countExtendedBookings", {"filter": {}}, {"count": 3 if wrong else 2})


def _asked_for_more(traffic: Traffic, wrong: bool) -> None:
    traffic.makes(1)
    entry = {"booking": traffic.bookings[1]} | (
        {"allowedActions": {"cancel": True}} if wrong else {}
    )
    traffic.says("queryExtendedBookings", {"query": {}}, {"extendedBookings": [entry]})


def _listed(filter: Mapping[str, Any], *right: tuple[int, str]) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        traffic.makes(1)
        _full(traffic)
        entries = ((1, "CREATED"), (2, "CONFIRMED")) if wrong else right
        traffic.lists(*entries, filter=filter)

    return story


def _called_otherwise(traffic: Traffic, wrong: bool) -> None:
    traffic.makes(1)
    word = "CONFIRMED" if wrong else "PENDING_CHECKOUT"
    traffic.lists((1, word), filter={"bookingId": id_of(1)})


def _attended(traffic: Traffic, wrong: bool) -> None:
    traffic.makes(1)
    for number, status in ((1, "ATTENDED"), (2 if wrong else 1, "NOT_ATTENDED")):
        asked = {"bookingId": id_of(1), "sessionId": SESSION, "status": status}
        shown = {**asked, "id": id_of(50 + number), "numberOfAttendees": 1}
        traffic.says("setAttendance", {"attendance": asked}, {"attendance": shown})


def _attended_by_two(traffic: Traffic, wrong: bool) -> None:
    for number in (1, 2):
        traffic.makes(number)
        asked = {"bookingId": id_of(number), "sessionId": SESSION, "status": "ATTENDED"}
        shown = {**asked, "id": id_of(50 if wrong else 50 + number), "numberOfAttendees": 1}
        traffic.says("setAttendance", {"attendance": asked}, {"attendance": shown})


def _got(traffic: Traffic, wrong: bool) -> None:
    _attended(traffic, False)
    shown = {"id": id_of(51), "bookingId": id_of(1), "sessionId": SESSION, "status": "NOT_ATTENDED"}
    shown |= {"numberOfAttendees": 7 if wrong else 1}
    traffic.says("getAttendance", None, {"attendance": shown}, path=id_of(51))


def _nobodys(traffic: Traffic, wrong: bool) -> None:
    if wrong:
        traffic.acts("confirmBooking", "CONFIRMED")
    else:
        traffic.denies("confirmBooking", status=404, code="BOOKING_NOT_FOUND")


def _in_bulk(counted: bool) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        item = {"booking": {"bookedEntity": slot(), "totalParticipants": 1}}
        results = [
            {"itemMetadata": {"id": id_of(n), "originalIndex": 0 if wrong and not counted else n,
                              "success": True}}
            for n in (0, 1)
        ]  # fmt: skip
        failures = 1 if wrong and counted else 0
        answer = {"results": results, "bulkActionMetadata": {"totalFailures": failures}}
        traffic.says("bulkCreateBooking", {"createBookingsInfo": [item, item]}, answer)

    return story


def _revision_missing(traffic: Traffic, wrong: bool) -> None:
    traffic.makes()
    if wrong:
        traffic.acts("cancelBooking", "CANCELED", asked={"revision": None})
    else:
        traffic.refuses("cancelBooking", {}, 400, None)


def _id_no_guid(traffic: Traffic, wrong: bool) -> None:
    body = {"booking": {"id": "x", "status": "CONFIRMED", "revision": "2", "bookedEntity": {}}}
    if wrong:
        traffic.says("confirmBooking", {"revision": "1"}, body, path="no-guid")
    else:
        traffic.refuses("confirmBooking", {"revision": "1"}, 400, None, path="no-guid")


STORIES: Mapping[str, Story] = {
    "LOOKUP-1": _nobodys,
    "LOOKUP-2": _id_no_guid,
    "REVISION-1": _made_with({}, {}, {"revision": "0"}),
    "REVISION-2": _raised,
    "REVISION-3": _stale,
    "REVISION-4": _revision_missing,
    "REVISION-6": _refused_but_done,
    "CREATE-3": _choice,
    "CREATE-4": _made_with({}, {}, {"status": "PENDING"}),
    "CREATE-7": _booked_past_the_end,
    "CREATE-11": _made_with({"status": "CONFIRMED"}, {}, {"status": "WAITING_LIST"}),
    "CREATE-12": _made_with({}, {}, {"paymentStatus": "NOT_PAID"}),
    "CREATE-22": _made_with({"externalUserId": "u-1"}, {}, {"externalUserId": None}),
    "BULK-3": _in_bulk(counted=True),
    "BULK-5": _in_bulk(counted=False),
    "CONFIRM-1": _accepted_or_denied(_of_canceled, "confirmBooking", "CONFIRMED"),
    "CONFIRM-5": _paid("confirmBooking", "CONFIRMED"),
    "DECLINE-1": _accepted_or_denied(_of_canceled, "declineBooking", "DECLINED"),
    "DECLINE-3": _refused_though(_declined),
    "DECLINE-4": _paid("declineBooking", "DECLINED"),
    "PENDING-1": _told_but_not_done,
    "CONFIRMATION-1": _decided("NOT_PAID", "DECLINED", "CONFIRMED"),
    "CONFIRMATION-2": _decided("PAID", "CONFIRMED", "DECLINED", doubleBooked=True),
    "CONFIRMATION-3": _with(_approval, "confirmOrDeclineBooking", "PENDING", "CONFIRMED"),
    "CONFIRMATION-4": _with(_approval_skipped, "confirmOrDeclineBooking", "CONFIRMED", "PENDING"),
    "CONFIRMATION-5": _with(_skipped, "confirmOrDeclineBooking", "CONFIRMED", "DECLINED"),
    "CONFIRMATION-8": _paid("confirmOrDeclineBooking", "CONFIRMED"),
    "RESCHEDULE-1": _move_of_a_course,
    "RESCHEDULE-3": _moved,
    "RESCHEDULE-4": _moved_to_a_full_one,
    "RESCHEDULE-7": _moved_and_changed,
    "CANCEL-1": _with(lambda traffic: traffic.makes(), "cancelBooking", "CANCELED", "DECLINED"),
    "CANCEL-3": _refused_though(_canceled),
    "CANCEL-5": _open_but_done,
    "PARTICIPANTS-1": _resized_appointment,
    "PARTICIPANTS-4": _resized,
    "EXTENDED-1": _extended,
    "LIST-2": _listed({"status": "CONFIRMED"}, (2, "CONFIRMED")),
    "LIST-5": _listed({"sessionId": SESSION, "status": "CONFIRMED"}, (2, "CONFIRMED")),
    "LIST-14": _called_otherwise,
    "READER-1": _filtered,
    "READER-2": _walked,
    "READER-3": _asked_for_more,
    "READER-5": _counted,
    "ATTENDANCE-1": _attended,
    "ATTENDANCE-2": _got,
}


@pytest.mark.parametrize("rule", STORIES)
def test_a_wrong_story_breaks_its_rule_and_no_other(rule: str) -> None:
    traffic = Traffic()
    STORIES[rule](traffic, True)
    assert set(broken(traffic)) == {rule}


@pytest.mark.parametrize("rule", STORIES)
def test_a_right_story_breaks_nothing(rule: str) -> None:
    traffic = Traffic()
    STORIES[rule](traffic, False)
    assert not findings(traffic)


@pytest.mark.parametrize("trust", [Trust.OWN, Trust.NOTHING])
@pytest.mark.parametrize("rule", STORIES)
def test_a_right_story_breaks_nothing_where_others_are_at_work(rule: str, trust: Trust) -> None:
    traffic = Traffic()
    STORIES[rule](traffic, False)
    assert not findings(traffic, evolve(FACTS, trust=trust))


def test_a_moved_bookings_old_seats_are_free() -> None:
    traffic = Traffic()
    _refused_though(_left)(traffic, True)
    assert broken(traffic) == ["RESCHEDULE-3"]


def test_the_attendance_of_one_booking_is_not_of_another() -> None:
    traffic = Traffic()
    _attended_by_two(traffic, True)
    assert broken(traffic) == ["ATTENDANCE-1"]
    traffic = Traffic()
    _attended_by_two(traffic, False)
    assert not findings(traffic)


def test_an_appointment_has_one_object_whatever_session_is_named() -> None:
    traffic = Traffic()
    _attendance(traffic, 1, SESSION)
    _attendance(traffic, 1, id_of(70))
    _attendance(traffic, 1, SESSION)
    assert not findings(traffic)


def test_what_a_request_does_not_say_plainly_is_nobodys_object() -> None:
    traffic = Traffic()
    _attendance(traffic, 1, SESSION)
    asked = {"bookingId": id_of(1), "eventId": SESSION, "status": "ATTENDED"}
    shown = {**asked, "id": id_of(50), "numberOfAttendees": 1}
    traffic.says("setAttendance", {"attendance": asked, "unheard of": 1}, {"attendance": shown})
    assert not findings(traffic)


def _attendance(traffic: Traffic, booking: int, session: str) -> None:
    asked = {"bookingId": id_of(booking), "eventId": session, "status": "ATTENDED"}
    shown = {**asked, "id": id_of(50), "numberOfAttendees": 1}
    traffic.says("setAttendance", {"attendance": asked}, {"attendance": shown})


# What is not known is not judged


def test_the_sessions_that_are_named_for_an_appointment_may_be_the_same() -> None:
    traffic = Traffic()
    traffic.makes(1, {"bookedEntity": {"slot": {"serviceId": HAIRCUT}}})
    for session in (SESSION, OTHER):
        asked = {"bookingId": id_of(1), "sessionId": session, "status": "ATTENDED"}
        shown = {**asked, "id": id_of(51), "numberOfAttendees": 1}
        traffic.says("setAttendance", {"attendance": asked}, {"attendance": shown})
    assert not findings(traffic)


def test_after_a_server_error_a_booking_may_be_anything() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.falls_silent("confirmBooking")
    traffic.shows(1, filter={"id": id_of(1)}, status="CONFIRMED", revision="2")
    traffic.shows(1, filter={"id": id_of(1)}, status="CREATED", revision="1")
    assert not findings(traffic)


def test_after_a_creation_that_was_not_answered_seats_are_not_counted() -> None:
    traffic = Traffic()
    traffic.falls_silent("createBooking", {"booking": {}})
    traffic.fails({"totalParticipants": 2})
    assert not findings(traffic)


def test_after_somebody_was_at_the_controls_nothing_is_certain() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.controls()
    traffic.shows(1, filter={"id": id_of(1)}, status="DECLINED", revision="1")
    assert not findings(traffic)


def test_a_booking_first_met_in_a_read_starts_there() -> None:
    traffic = Traffic()
    traffic.bookings[1] = {"id": id_of(1), "status": "CANCELED", "revision": "4"}
    traffic.shows(1, filter={"id": id_of(1)})
    traffic.acts("confirmBooking", "CONFIRMED")
    assert broken(traffic) == ["CONFIRM-1"]


def test_what_somebody_else_may_have_changed_is_not_held_against_the_server() -> None:
    traffic = Traffic()
    traffic.bookings[1] = {"id": id_of(1), "status": "CREATED", "revision": "1"}
    traffic.shows(1, filter={"id": id_of(1)})
    traffic.shows(1, filter={"id": id_of(1)}, status="CANCELED", revision="2")
    assert broken(traffic, evolve(FACTS, trust=Trust.OWN)) == []


def test_in_recorded_traffic_the_revision_that_was_named_says_what_a_booking_was() -> None:
    traffic = Traffic()
    traffic.bookings[1] = {"id": id_of(1), "status": "CANCELED", "revision": "4"}
    traffic.shows(1, filter={"id": id_of(1)})
    traffic.acts("confirmBooking", "CONFIRMED")
    found = [one for one in observe_all(traffic.exchanges) if isinstance(one, Finding)]
    assert [one.rule for one in found] == ["CONFIRM-1"]


def test_in_recorded_traffic_an_order_may_have_paid_for_a_booking() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.acts("confirmBooking", "CONFIRMED", paymentStatus="PAID")
    assert not [one for one in observe_all(traffic.exchanges) if isinstance(one, Finding)]


def test_a_reader_may_be_late_where_the_target_settles_late() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.shows(1, filter={"id": id_of(1)}, status="CREATED", revision="1")
    assert not findings(traffic, evolve(FACTS, settle_s=5.0))
    assert findings(traffic)


def test_a_reader_that_stays_late_is_wrong() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.now += 60
    traffic.shows(1, filter={"id": id_of(1)}, status="CREATED", revision="1")
    assert broken(traffic, evolve(FACTS, settle_s=5.0)) == ["CONFIRM-1"]


def test_a_form_submission_raises_the_revision_by_itself() -> None:
    traffic = Traffic()
    traffic.makes()
    made = traffic.exchanges.pop()
    sent = {**made.request_json, "formSubmission": {"name": "Ada"}}
    traffic.says("createBooking", sent, made.json)
    traffic.shows(1, filter={"id": id_of(1)}, revision="2")
    assert not findings(traffic)


def test_a_request_in_other_words_is_not_taken_at_its_word() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.acts("confirmBooking", "CONFIRMED", asked={"payment_status": "PAID"})
    assert not findings(traffic)


def test_a_null_that_the_document_does_not_allow_may_be_refused() -> None:
    traffic = Traffic()
    traffic.makes()
    nulled = {"flowControlSettings": {"checkAvailabilityValidation": None}}
    traffic.refuses("confirmBooking", traffic._asked("confirmBooking", "1", nulled), 400, None)
    assert not findings(traffic)


def test_a_refusal_may_have_reasons_of_its_own_for_who_is_no_owner() -> None:
    traffic = Traffic()
    traffic.makes()
    refused = traffic._asked("confirmBooking", "1", None)
    traffic.refuses("confirmBooking", refused, 428, "NO_MEMBERSHIP", caller="member")
    assert not findings(traffic)


# What is said


def test_a_story_holds_the_writes_about_the_booking_and_no_others() -> None:
    traffic = Traffic()
    traffic.makes(1)
    traffic.makes(2)
    traffic.shows(1, 2, filter={})
    traffic.acts("cancelBooking", "CANCELED", number=1)
    traffic.acts("confirmBooking", "CONFIRMED", number=1)
    (found,) = findings(traffic)
    told = [exchange.operation for exchange in found.story]
    assert told == ["createBooking", "cancelBooking", "confirmBooking"]


def test_a_story_of_seats_tells_who_has_them() -> None:
    traffic = Traffic()
    _booked_past_the_end(traffic, True)
    (found,) = findings(traffic)
    told = [exchange.operation for exchange in found.story]
    assert told == ["createBooking", "confirmBooking", "createBooking"]


@pytest.mark.parametrize("refused", [True, False])
def test_which_reading_is_followed_is_said_and_never_broken(refused: bool) -> None:
    traffic = Traffic()
    _of_canceled(traffic)
    if refused:
        traffic.denies("cancelBooking")
    else:
        same = {"revision": "2"}
        traffic.acts("cancelBooking", asked=same, **same)
    oracle = Oracle(FACTS)
    said = [one for exchange in traffic.exchanges for one in oracle.observe(exchange)]
    assert not [one for one in said if isinstance(one, Finding)]
    assert Reading("CANCEL-5", "A" if refused else "B") in said


def test_what_was_obeyed_is_said_too() -> None:
    traffic = Traffic()
    _booked_past_the_end(traffic, False)
    oracle = Oracle(FACTS)
    said = [one for exchange in traffic.exchanges for one in oracle.observe(exchange)]
    assert Kept("CREATE-7") in said


# What makes no sense


NONSENSE: tuple[Any, ...] = ("text", 7, True, None, [], {}, [1], {"slot": [1]}, ["a", {}])


@pytest.mark.parametrize("thing", NONSENSE)
@pytest.mark.parametrize("field", ["bookedEntity", "totalParticipants", "status", "contactDetails"])
def test_nonsense_that_is_sent_is_no_fault_of_the_server(field: str, thing: Any) -> None:
    traffic = Traffic()
    traffic.makes(asked={field: thing})
    traffic.refuses("createBooking", {"booking": {field: thing}}, 400, None)
    traffic.refuses("createBooking", {"booking": thing}, 400, None)
    for name in ("confirmBooking", "rescheduleBooking", "confirmOrDeclineBooking"):
        traffic.refuses(name, {"slot": thing, "paymentStatus": thing}, 400, None)
    for operation in ("queryExtendedBookings", "queryAttendance", "countExtendedBookings"):
        traffic.says(operation, {"query": thing, "filter": thing}, {"count": 1})
        query = {"filter": thing, "sort": thing, "cursorPaging": {"limit": thing}}
        traffic.says(operation, {"query": query}, {"extendedBookings": []})
    # A server that takes it breaks the rules on shape, or has not so many seats.
    told = {"CREATE-1", "CREATE-2", "CREATE-7", "READER-1"}
    assert not {found.rule for found in findings(traffic)} - told


@pytest.mark.parametrize("thing", NONSENSE)
@pytest.mark.parametrize("field", ["bookedEntity", "participantsChoices", "revision", "status"])
def test_nonsense_that_is_answered_is_no_fault_of_the_oracle(field: str, thing: Any) -> None:
    traffic = Traffic()
    traffic.makes(**{field: thing})
    traffic.shows(1, filter={"id": id_of(1)})
    traffic.says("confirmBooking", {"revision": "1"}, {"booking": thing})
    traffic.says("queryExtendedBookings", {"query": {}}, {"extendedBookings": thing})
    traffic.says("bulkCreateBooking", {"createBookingsInfo": [{}]}, {"results": thing})
    traffic.says("setAttendance", {"attendance": {}}, {"attendance": thing})
    traffic.says("listBookingsV1", None, {"bookingsEntries": thing})
    findings(traffic)


# Beside a test


def test_what_was_overheard_is_told_unless_the_test_has_a_breach_of_its_own() -> None:
    overheard = Finding("CONFIRM-1", "MUST", "refused", "200")
    quiet, loud = Record(in_passing=[overheard]), Record(in_passing=[overheard])
    loud.note(Finding("CANCEL-3", "MUST", "2 seats", "1 seat"))
    for record in (quiet, loud):
        record.adopt_passing()
    assert [found.rule for found in quiet.findings.values()] == ["CONFIRM-1"]
    assert [found.rule for found in loud.findings.values()] == ["CANCEL-3"]


def test_a_rider_tells_what_is_broken_and_not_what_is_kept() -> None:
    traffic = Traffic()
    STORIES["CONFIRM-1"](traffic, True)
    record = Record()
    observer = OracleObserver(Oracle(FACTS), record.in_passing)
    assert not [said for exchange in traffic.exchanges for said in observer.observe(exchange)]
    record.adopt_passing()
    assert [found.rule for found in record.findings.values()] == ["CONFIRM-1"]
