"""Miniatures of the form of answers: what is right in substance and wrong on the wire."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.miniatures.envelopes import ghosts
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.rim import bodies
from bookings_mock.rim.answers import Answer, Bend, Exchange


def _of(exchange: Exchange, *operations: str) -> bool:
    """Whether the exchange is one of these operations; without any, one of the API at all."""
    known = exchange.operation.id if exchange.operation else None
    if operations:
        return known in operations
    return not exchange.path.startswith("/_mock")


def _retold(change: Callable[[str, Any], Any], value: Any) -> Any:
    """JSON with each field's value changed by the field's name."""
    if isinstance(value, list):
        return [_retold(change, one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {key: change(key, _retold(change, inner)) for key, inner in value.items()}


def _saying(change: Callable[[str, Any], Any], *operations: str) -> Bend:
    """Successes, of some operations or of all, with their fields changed."""

    def bend(exchange: Exchange, answer: Answer) -> Answer:
        if answer.status != 200 or not _of(exchange, *operations):
            return answer
        return evolve(answer, body=_retold(change, answer.body))

    return bend


def _number(key: str, value: Any) -> Any:
    return int(value) if key == "revision" and isinstance(value, str) else value


def _without_zone(key: str, value: Any) -> Any:
    dated = key in ("createdDate", "updatedDate") and isinstance(value, str)
    return value.removesuffix("Z") if dated else value


def _in_seconds(key: str, value: Any) -> Any:
    return 1700000000 if key in ("createdDate", "updatedDate") else value


def _lower(key: str, value: Any) -> Any:
    return value.lower() if key == "status" and isinstance(value, str) else value


def _without_revision(exchange: Exchange, answer: Answer) -> Answer:
    if answer.status != 200 or not _of(exchange, "queryExtendedBookings"):
        return answer
    shown = [
        {**entry, "booking": {k: v for k, v in entry["booking"].items() if k != "revision"}}
        for entry in answer.body["extendedBookings"]
    ]
    return evolve(answer, body={**answer.body, "extendedBookings": shown})


def _bare_booking(exchange: Exchange, answer: Answer) -> Answer:
    if answer.status != 200 or not _of(exchange, "cancelBooking"):
        return answer
    return evolve(answer, body=answer.body["booking"])


def _success_as(status: int, *operations: str) -> Bend:
    def bend(exchange: Exchange, answer: Answer) -> Answer:
        changed = answer.status == 200 and _of(exchange, *operations)
        return evolve(answer, status=status) if changed else answer

    return bend


def _empty_success(exchange: Exchange, answer: Answer) -> Answer:
    if answer.status != 200 or not _of(exchange, "cancelBooking"):
        return answer
    return evolve(answer, body={})


def _refused_with_200(exchange: Exchange, answer: Answer) -> Answer:
    refused = answer.status >= 400 and _of(exchange, "declineBooking")
    return evolve(answer, status=200) if refused else answer


def _unlabelled_refusals(exchange: Exchange, answer: Answer) -> Answer:
    if answer.status < 400:
        return answer
    headers = {k: v for k, v in answer.headers.items() if k != "x-wix-request-id"}
    return evolve(answer, headers=headers)


def _invalid_as_428(exchange: Exchange, answer: Answer) -> Answer:
    details = answer.body.get("details", {}) if isinstance(answer.body, dict) else {}
    invalid = answer.status == 400 and "validationError" in details
    return evolve(answer, status=428) if invalid else answer


def _fields_without_names(exchange: Exchange, answer: Answer) -> Answer:
    """Violations whose field is named, but empty."""
    if answer.status != 400 or not _of(exchange, "createBooking"):
        return answer
    return evolve(
        answer, body=_retold(lambda key, value: "" if key == "field" else value, answer.body)
    )


def _details_as_text(exchange: Exchange, answer: Answer) -> Answer:
    if answer.status != 404 or not _of(exchange) or not isinstance(answer.body, dict):
        return answer
    return evolve(answer, body={**answer.body, "details": "not found"})


def _coded(rule: str, status: int, code: str) -> Bend:
    """Refusals by one rule with another status and code."""

    def bend(exchange: Exchange, answer: Answer) -> Answer:
        if answer.rule != rule:
            return answer
        error = {"applicationError": {"code": code, "description": answer.reason or ""}}
        return evolve(answer, status=status, body={**answer.body, "details": error})

    return bend


def _nobody_is_canceled(exchange: Exchange, answer: Answer) -> Answer:
    return ghosts(exchange, answer) if _of(exchange, "cancelBooking") else answer


def _bad_json_fails(exchange: Exchange, answer: Answer) -> Answer:
    """500 where a body is not JSON; what is too large or no JSON by its type is refused."""
    unread = answer.rule == "SHAPE-8" and "not JSON" in str(answer.reason)
    return evolve(answer, status=500, body={"message": "", "details": {}}) if unread else answer


def _shaped(name: str, about: str, bend: Bend) -> Miniature:
    return Miniature(name=name, rule="SHAPE-1", about=about, bend=bend)


ANSWERS: tuple[Miniature, ...] = (
    _shaped("revision-is-a-number", "revisions are answered as numbers", _saying(_number)),
    _shaped("dates-in-seconds", "createdDate and updatedDate are seconds", _saying(_in_seconds)),
    _shaped("dates-without-zone", "dates are answered without a zone", _saying(_without_zone)),
    _shaped("created-in-bulk-is-201", "201 for bulk calls", _success_as(201, "bulkCreateBooking")),
    _shaped("attendance-is-201", "201 where attendance is set", _success_as(201, "setAttendance")),
    _shaped("canceled-is-empty", "a cancelation answers an empty object", _empty_success),
    _shaped("canceled-is-bare", "a cancelation answers the booking unwrapped", _bare_booking),
    _shaped("reader-without-revision", "the reader's bookings lack a revision", _without_revision),
    Miniature(
        name="refused-with-200",
        rule="DECLINE-1",
        about="a refused decline is a 200 with an error in its body",
        bend=_refused_with_200,
    ),
    Miniature(
        name="status-in-lower-case",
        rule="CREATE-4",
        about="statuses are answered in lower case",
        bend=_saying(_lower, "createBooking", "confirmBooking", "cancelBooking"),
    ),
    Miniature(
        name="refusals-without-request-id",
        rule="SHAPE-4",
        about="refusals, and no other answers, lack x-wix-request-id",
        bend=_unlabelled_refusals,
    ),
    Miniature(
        name="invalid-is-428",
        rule="SHAPE-3",
        about="what does not fit its schema is refused with 428",
        bend=_invalid_as_428,
    ),
    Miniature(
        name="violations-of-nothing",
        rule="SHAPE-3",
        about="the violations of a new booking name an empty field",
        bend=_fields_without_names,
    ),
    Miniature(
        name="details-are-text",
        rule="SHAPE-2",
        about="the details of what is not found are a text",
        bend=_details_as_text,
    ),
    Miniature(
        name="forbidden-is-not-found",
        rule="SHAPE-9",
        about="what belongs to another member is said not to exist",
        bend=_coded("AUTH-6", 404, "BOOKING_NOT_FOUND"),
    ),
    Miniature(
        name="stale-is-400",
        rule="SHAPE-9",
        about="a stale revision is refused as a bad request",
        bend=_coded("REVISION-3", 400, "INVALID_REVISION"),
    ),
    Miniature(
        name="missing-is-400",
        rule="SHAPE-9",
        about="an unknown booking is refused as a bad request",
        bend=_coded("LOOKUP-1", 400, "BOOKING_NOT_FOUND"),
    ),
    Miniature(
        name="nobody-is-canceled",
        rule="LOOKUP-1",
        about="canceling a booking that never was is answered as if it had been",
        bend=_nobody_is_canceled,
    ),
    Miniature(
        name="bad-json-is-500",
        rule="SHAPE-8",
        about="a body that is not JSON is a failure of the server",
        bend=_bad_json_fails,
    ),
    Miniature(
        name="any-media-type",
        rule="SHAPE-8",
        about="JSON is read whatever media type it is said to be",
        replaces={bodies.json_media_type: lambda content_type: None},
    ),
)
