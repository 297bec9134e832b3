"""Envelopes: how answers look whatever was asked, and what is made of requests that are odd."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest

from bookings_contract.findings.exchange import Answer, Exchange, Seen, differences, redacted
from bookings_contract.findings.operations import document, operation as described
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import (
    KINDS,
    accepted_as_well,
    booked,
    cells,
    created,
    looked,
    of_rule,
    other_revision,
    reached,
    refused,
    refused_as_invalid,
    unknown_id,
    valid,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# ── Successes and refusals ────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("SHAPE-1", "SHAPE-4")
@pytest.mark.parametrize(("operation", "kind"), cells("SHAPE-1"))
def test_a_success_is_answered_in_its_declared_shape(
    operation: str, kind: str, scenario: Scenario
) -> None:
    # Every answer is judged in passing; here it only has to be a success.
    reached(valid(scenario.given, operation, kind).sent(scenario.client))


# What shows bookings, which an answer without any says nothing of.
READS = ("queryExtendedBookings", "query", "listBookingsV1", "queryBookingsV1")


@pytest.mark.judges("SHAPE-1", "SHAPE-4")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", READS)
def test_a_booking_is_shown_in_its_declared_shape(
    operation: str, kind: str, scenario: Scenario
) -> None:
    scenario.given.booking(kind, "CONFIRMED")
    reached(valid(scenario.given, operation).sent(scenario.client))


def _status(client: Client, given: Given) -> Answer:
    return client.act("confirmBooking", given.booking("class", "CONFIRMED"))


def _stale(client: Client, given: Given) -> Answer:
    booking = given.booking()
    return client.act("cancelBooking", booking, revision=other_revision(booking, 1))


def _too_many(client: Client, given: Given) -> Answer:
    place = given.session()
    if place.capacity is None:
        raise NotJudged(f"the target file names no capacity of {place.service.name}")
    return client.call("createBooking", body=given.body(place, participants=place.capacity + 1))


def _unknown_choice(client: Client, given: Given) -> Answer:
    service = given.service("class", variants=True, book="open")
    return client.call("createBooking", body=given.body(service, choices={"no such variant": 1}))


def _no_seats(client: Client, given: Given) -> Answer:
    booking = given.booking("appointment")
    return client.act("updateNumberOfParticipants", booking, {"totalParticipants": 1})


def _to(what: str) -> Callable[[Client, Given], Answer]:
    def call(client: Client, given: Given) -> Answer:
        known = unknown_id(given) if what == "unknown" else "no-guid"
        path = {"bookingId": known}
        return client.call("confirmBooking", path=path, body={"revision": "1"})

    return call


def _by(caller: str | None) -> Callable[[Client, Given], Answer]:
    return lambda client, given: client.call("createBooking", body=given.body(), caller=caller)


def _unreadable(client: Client, given: Given) -> Answer:
    json = {"content-type": "application/json"}
    return client.call("createBooking", raw=b'{"booking": ', headers=json)


# A typical refusal of each sort, by the rule that it breaks, and the case of its answer.
REFUSALS: Mapping[tuple[str, str | None], Callable[[Client, Given], Answer]] = {
    ("AUTH-1", None): _by(None),
    ("AUTH-2", None): _by("stranger"),
    ("SHAPE-3", None): lambda client, given: client.call("createBooking", body={}),
    ("SHAPE-8", None): _unreadable,
    ("LOOKUP-1", None): _to("unknown"),
    ("LOOKUP-2", None): _to("no guid"),
    ("REVISION-3", None): _stale,
    ("CONFIRM-1", None): _status,
    ("CREATE-3", None): _unknown_choice,
    ("CREATE-7", "session"): _too_many,
    ("PARTICIPANTS-1", None): _no_seats,
}

each_refusal = pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(*key, id=key[0]) for key in REFUSALS]
)


@pytest.mark.judges("SHAPE-2", "SHAPE-4")
@each_refusal
def test_a_refusal_is_answered_in_the_one_shape_of_errors(
    rule: str, case: str | None, scenario: Scenario
) -> None:
    # Every answer is judged in passing; here it only has to be a refusal.
    refused(REFUSALS[rule, case](scenario.client, scenario.given))


@pytest.mark.judges("SHAPE-9")
@each_refusal
def test_a_refusal_has_the_status_and_code_of_its_rule(
    rule: str, case: str | None, scenario: Scenario
) -> None:
    answer = refused(REFUSALS[rule, case](scenario.client, scenario.given))
    scenario.expect.refused(answer, rule, case)


@pytest.mark.judges("SHAPE-9", needs=("callers.member",))
@pytest.mark.parametrize("operation", of_rule("AUTH-6"))
def test_what_is_not_a_members_own_is_refused_by_its_rule(
    operation: str, scenario: Scenario
) -> None:
    others = valid(scenario.given, operation)
    scenario.expect.refused(refused(others.sent(scenario.client, caller="member")), "AUTH-6")


# ── Requests of another shape ─────────────────────────────────────────────────────────────────────

# What is put into a valid body in place of what is due, and the field that is wrong then.
MISSHAPEN: Mapping[str, tuple[str, Mapping[str, Any], str | None]] = {
    "a booking that is a text": ("createBooking", {"booking": "yes"}, None),
    "a total that is a text": ("createBooking", {"booking": {"totalParticipants": "many"}}, None),
    "no booked entity": ("createBooking", {"booking": {"bookedEntity": None}}, None),
    "an e-mail address that is none": (
        "createBooking",
        {"booking": {"contactDetails": {"email": "nobody"}}},
        "email",
    ),
    "a status that is none": ("createBooking", {"booking": {"status": "NO_SUCH"}}, "status"),
    "a slot that is a text": ("rescheduleBooking", {"slot": "tomorrow"}, None),
    "a slot left out": ("rescheduleBooking", {"slot": None}, None),
    "an unknown payment status": ("confirmBooking", {"paymentStatus": "NO_SUCH"}, "paymentStatus"),
    "an unknown payment status on declining": (
        "declineBooking",
        {"paymentStatus": "NO_SUCH"},
        "paymentStatus",
    ),
    "an unknown payment status on deciding": (
        "confirmOrDeclineBooking",
        {"paymentStatus": "NO_SUCH"},
        "paymentStatus",
    ),
    "an unknown payment status on marking": (
        "markBookingAsPending",
        {"paymentStatus": "NO_SUCH"},
        "paymentStatus",
    ),
    "settings that are a text": ("cancelBooking", {"flowControlSettings": "none"}, None),
    "participants that are a text": (
        "updateNumberOfParticipants",
        {"totalParticipants": "many"},
        None,
    ),
    "a namespace left out": ("updateExtendedFields", {"namespace": None}, None),
    "a namespace too long": ("updateExtendedFields", {"namespace": "n" * 165}, "namespace"),
    "data that is a text": ("updateExtendedFields", {"namespaceData": "text"}, None),
    "a query that is a text": ("queryExtendedBookings", {"query": "all"}, None),
    "a form left out": ("registerToWaitlist", {"formInfo": None}, None),
}


@pytest.mark.judges("SHAPE-3")
@pytest.mark.parametrize("what", MISSHAPEN)
def test_a_request_of_another_shape_is_a_validation_error(what: str, scenario: Scenario) -> None:
    operation, wrong, field = MISSHAPEN[what]
    call = valid(scenario.given, operation)
    body = _changed(call.body or {}, wrong)
    answer = (
        scenario.client.call(operation, body=body)
        if call.made is None
        else scenario.client.act(operation, call.made, body)
    )
    if not refused_as_invalid(scenario.expect, answer, "SHAPE-3", what):
        return
    named = [violation.get("field") for violation in answer.violations]
    scenario.expect.that(
        "SHAPE-3",
        named and all(isinstance(name, str) and name for name in named),
        expected="a validationError, each violation with its field",
        actual=f"{answer.summary or 'no violation'}, the fields {named}",
        circumstance=what,
        at=answer,
    )
    if field is not None:
        scenario.expect.that(
            "SHAPE-3",
            any(field in str(name) for name in named),
            expected=f"a violation of {field}",
            actual=f"violations of {', '.join(map(str, named)) or 'nothing'}",
            circumstance=what,
            at=answer,
        )
    if call.made is not None:
        scenario.expect.unchanged(call.made, what)


@pytest.mark.judges("SHAPE-3")
@pytest.mark.parametrize("body", [[], "text", 7], ids=["a list", "a text", "a number"])
@pytest.mark.parametrize("operation", ["createBooking", "confirmBooking", "queryExtendedBookings"])
def test_a_body_that_is_no_object_is_a_validation_error(
    operation: str, body: object, scenario: Scenario
) -> None:
    path = {"bookingId": scenario.given.booking().id} if operation == "confirmBooking" else {}
    answer = scenario.client.call(operation, path=path, body=body)
    refused_as_invalid(scenario.expect, answer, "SHAPE-3", "a body that is no object")


def _changed(body: Mapping[str, Any], wrong: Mapping[str, Any]) -> dict[str, Any]:
    """The body with other values in it; None leaves a field out."""
    changed = dict(body)
    for key, value in wrong.items():
        known = changed.get(key)
        both = isinstance(known, Mapping) and isinstance(value, Mapping)
        changed[key] = _changed(known or {}, value) if both else value
    return {key: value for key, value in changed.items() if value is not None}


# ── Bodies that can't be read ─────────────────────────────────────────────────────────────────────

READS_BODIES = [name for name in of_rule("SHAPE-8") if "requestBody" in described(name).definition]


def _cut(body: bytes) -> bytes:
    return body[:-1]


def _not_utf8(body: bytes) -> bytes:
    return body[:-1] + (b"," if len(body) > len(b"{}") else b"") + b'"note": "\xff"}'


UNREADABLE: Mapping[str, tuple[Callable[[bytes], bytes], str, str | None]] = {
    "cut short": (_cut, "application/json", None),
    "a form": (lambda body: b"booking=yes", "application/json", None),
    "not UTF-8": (_not_utf8, "application/json", None),
    "XML by its media type": (lambda body: body, "application/xml", "media_type"),
}


@pytest.mark.judges("SHAPE-8")
@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("operation", READS_BODIES)
def test_a_body_that_cannot_be_read_is_refused(
    operation: str, what: str, scenario: Scenario
) -> None:
    spoil, media_type, case = UNREADABLE[what]
    call = valid(scenario.given, operation)
    revised = {"revision": call.booking.revision} if described(operation).revised else {}
    raw = spoil(orjson.dumps({**revised, **(call.body or {})}))
    named = (
        {} if call.made is None else dict.fromkeys(described(operation).parameters, call.made.id)
    )
    path = {**named, **call.how.get("path", {})}
    headers = {"content-type": media_type}
    caller = call.how.get("caller", "owner")
    answer = scenario.client.call(operation, path=path, raw=raw, headers=headers, caller=caller)
    scenario.expect.refused(answer, "SHAPE-8", case, circumstance=what)
    if call.made is not None:
        scenario.expect.unchanged(call.made, f"a body that is {what}")


@pytest.mark.judges("SHAPE-8")
def test_a_body_that_is_too_large_is_refused(scenario: Scenario) -> None:
    limit = int(document()["x-limits"]["bodyBytes"])
    body = {**scenario.given.body("class"), "note": "n" * limit}
    answer = scenario.client.call("createBooking", body=body)
    if answer.accepted:
        raise NotJudged(f"the target reads bodies of more than {limit} bytes")
    scenario.expect.refused(answer, "SHAPE-8", "too_large", circumstance="too large")


# ── Ids that contradict each other ────────────────────────────────────────────────────────────────


@pytest.mark.judges("SHAPE-5", needs=("reader",))
@pytest.mark.parametrize("operation", [op for op in of_rule("SHAPE-5") if op != "getAttendance"])
def test_which_of_two_ids_counts(operation: str, scenario: Scenario) -> None:
    call, other = valid(scenario.given, operation), valid(scenario.given, operation)
    before = [_shown(one.booking, scenario.given) for one in (call, other)]
    (name,) = described(operation).parameters
    answer = call.sent(scenario.client, {name: other.booking.id})
    scenario.given.settle()
    done = [_differs(one, scenario.given) for one in before]
    letter = None
    if answer.refused and done == [False, False]:
        letter = "A"
        scenario.expect.refused(answer, "SHAPE-5")
    elif answer.accepted and done == [True, False] and _answers(call.booking, answer):
        letter = "B"
    changed = [words for words, so in zip(("the path's", "the other"), done, strict=True) if so]
    state = f"{' and '.join(changed) or 'no'} booking changed"
    scenario.expect.reading("SHAPE-5", letter, actual=f"{answer.summary}, {state}")


@pytest.mark.judges("SHAPE-5")
@pytest.mark.parametrize("operation", [op for op in of_rule("SHAPE-5") if op != "getAttendance"])
def test_the_same_id_may_be_said_twice(operation: str, scenario: Scenario) -> None:
    call = valid(scenario.given, operation)
    (name,) = described(operation).parameters
    answer = call.sent(scenario.client, {name: call.booking.id})
    accepted_as_well(
        scenario.expect,
        answer,
        "SHAPE-5",
        lambda: call.sent(scenario.client),
        "the same id twice",
    )


@pytest.mark.judges("SHAPE-5")
def test_which_of_two_attendances_is_answered(scenario: Scenario) -> None:
    path, other = (valid(scenario.given, "getAttendance").how["path"] for _ in range(2))
    answer = scenario.client.call("getAttendance", path=path, query=other)
    letter = "A" if answer.refused else None
    if answer.refused:
        scenario.expect.refused(answer, "SHAPE-5")
    elif answer.accepted and answer.at("attendance", "id") == path["attendanceId"]:
        letter = "B"
    scenario.expect.reading("SHAPE-5", letter, actual=answer.summary)


def _shown(booking: Seen, given: Given) -> Seen:
    shown = given.read(booking)
    if shown is None:
        raise NotReached("the reader does not show the booking")
    return shown


def _differs(before: Seen, given: Given) -> bool:
    return bool(differences(before.extended, _shown(before, given).extended))


def _answers(booking: Seen, answer: Answer) -> bool:
    """Whether the answer speaks of this booking, if it shows one at all."""
    shown = answer.exchange.booking
    return shown is None or shown.id.lower() == booking.id.lower()


# ── Fields that are read-only ─────────────────────────────────────────────────────────────────────

ANOTHER = "0b5c7f1e-6d2a-4c39-9e84-1a2b3c4d5e6f"
LONG_AGO = "1999-12-31T23:59:59.000Z"

# multiServiceBookingInfo is not among them: a code of its own refuses it.
READ_ONLY: Mapping[str, Any] = {
    "id": ANOTHER,
    "revision": "77",
    "createdDate": LONG_AGO,
    "updatedDate": LONG_AGO,
    "startDate": LONG_AGO,
    "endDate": LONG_AGO,
    "createdBy": {"wixUserId": ANOTHER},
    "doubleBooked": True,
    "paymentStatus": "PAID",
    "formId": ANOTHER,
    "appId": ANOTHER,
    "createdByAppId": ANOTHER,
}


@pytest.mark.judges("SHAPE-6")
@pytest.mark.parametrize("operation", ["createBooking", "bulkCreateBooking"])
@pytest.mark.parametrize("name", READ_ONLY)
def test_a_read_only_field_that_is_sent_is_ignored(
    name: str, operation: str, scenario: Scenario
) -> None:
    creation = scenario.given.body("class", **{name: READ_ONLY[name]})
    _ignored((name,), operation, creation, scenario)


@pytest.mark.judges("SHAPE-6")
@pytest.mark.parametrize("kind", KINDS)
def test_all_read_only_fields_together_are_ignored(kind: str, scenario: Scenario) -> None:
    creation = scenario.given.body(kind, **READ_ONLY)
    _ignored(READ_ONLY, "createBooking", creation, scenario)


@pytest.mark.judges("SHAPE-6")
@pytest.mark.parametrize("kind", KINDS)
def test_the_title_of_what_is_booked_is_ignored(kind: str, scenario: Scenario) -> None:
    body = scenario.given.body(kind)
    body["booking"]["bookedEntity"] = {**body["booking"]["bookedEntity"], "title": "Not its title"}
    answer = scenario.client.call("createBooking", body=body)
    if scenario.expect.accepted(answer, "SHAPE-6", circumstance="title"):
        title = answer.booking.raw["bookedEntity"].get("title")
        scenario.expect.that(
            "SHAPE-6",
            title != "Not its title",
            expected="the service's own title",
            actual=title,
            circumstance="title",
            at=answer,
        )


@pytest.mark.judges("SHAPE-6")
def test_the_id_of_a_new_attendance_is_ignored(scenario: Scenario) -> None:
    call = valid(scenario.given, "setAttendance")
    sent = {**(call.body or {})["attendance"], "id": ANOTHER}
    answer = call.sent(scenario.client, {"attendance": sent})
    if scenario.expect.accepted(answer, "SHAPE-6", circumstance="attendance"):
        scenario.expect.that(
            "SHAPE-6",
            answer.at("attendance", "id") != ANOTHER,
            expected="an id of the server's own",
            actual="the id that was sent",
            circumstance="attendance",
            at=answer,
        )


def _ignored(
    names: Mapping[str, object] | tuple[str, ...],
    operation: str,
    creation: dict[str, Any],
    scenario: Scenario,
) -> None:
    bulk = {"createBookingsInfo": [creation], "returnFullEntity": True}
    answer = scenario.client.call(
        operation, body=creation if operation == "createBooking" else bulk
    )
    plain = {**creation, "booking": _writable(creation["booking"])}
    if not accepted_as_well(
        scenario.expect,
        answer,
        "SHAPE-6",
        lambda: scenario.client.call("createBooking", body=plain),
        operation,
    ):
        return
    # In bulk, an item that fails is answered within a success.
    whole = operation == "createBooking" or answer.at("results", 0).get("item")
    if not scenario.expect.that(
        "SHAPE-6",
        whole,
        expected="the booking, made without what is read-only",
        actual="no booking in the result",
        circumstance=operation,
        at=answer,
    ):
        return
    booking = created(answer)
    _without(names, booking, scenario.expect, at=answer)
    shown = looked(scenario.given, booking)
    if shown is not None:
        _without(names, shown, scenario.expect)


def _writable(booking: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in booking.items() if name not in READ_ONLY}


def _without(
    names: Mapping[str, object] | tuple[str, ...],
    booking: Seen,
    expect: Expect,
    at: Answer | None = None,
) -> None:
    for name in names:
        expect.that(
            "SHAPE-6",
            booking.raw.get(name) != READ_ONLY[name],
            expected=f"{name} as the server has it",
            actual=f"{name} as it was sent",
            circumstance=name,
            at=at,
        )


# ── What is not offered ───────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("SHAPE-10")
def test_whether_the_writer_reads(scenario: Scenario) -> None:
    booking = scenario.given.booking()
    scenario.given.settle()
    answer = _got(scenario.client, booking.id)
    letter = "A" if answer.refused else "B" if _id_of(answer) == booking.id else None
    scenario.expect.reading("SHAPE-10", letter, actual=answer.summary)


@pytest.mark.judges("SHAPE-10")
def test_the_writer_reads_no_booking_that_is_not_there(scenario: Scenario) -> None:
    scenario.given.booking()
    answer = _got(scenario.client, unknown_id(scenario.given))
    # Refused it is by either reading.
    scenario.expect.refused(answer, "SHAPE-10", also=["LOOKUP-1"], circumstance="another id")


def _id_of(answer: Answer) -> object:
    body = answer.exchange.json if answer.accepted else None
    shown = body.get("booking", body) if isinstance(body, dict) else None
    return shown.get("id") if isinstance(shown, dict) else None


# ── Media types ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("SHAPE-11")
def test_what_json_does_that_is_said_to_be_plain_text(scenario: Scenario) -> None:
    body = scenario.given.body("class")
    headers = {"content-type": "text/plain"}
    answer = scenario.client.call("createBooking", raw=orjson.dumps(body), headers=headers)
    if answer.refused:
        scenario.expect.refused(answer, "SHAPE-11")
    scenario.given.settle()
    there = bool(booked(scenario.given, body))
    letter = {(True, False): "A", (False, True): "B"}.get((answer.refused, there))
    told = f"{answer.summary}, and there is {'a' if there else 'no'} booking"
    scenario.expect.reading("SHAPE-11", letter, actual=told)


def _got(client: Client, booking_id: str) -> Answer:
    """The answer to a GET on a booking's path, which no operation of the document is."""
    create = described("createBooking")
    path = f"{create.url({}, client.target.paths)}/{booking_id}"
    owner = client.target.caller("owner").token
    headers = {"authorization": f"{owner}@{client.world}" if client.world else owner}
    response, started, seconds = client.wire.send("GET", path, headers, None)
    exchange = Exchange(
        operation=create.id,
        caller="owner",
        method="GET",
        url=f"{client.target.url}{path}",
        path=path,
        request_headers=redacted(headers),
        request_text="",
        status=response.status_code,
        headers={key.lower(): value for key, value in response.headers.items()},
        text=response.text,
        started=started,
        seconds=seconds,
        reads=True,
    )
    client.record.add(exchange)
    return Answer(exchange)
