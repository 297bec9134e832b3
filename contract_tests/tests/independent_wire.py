"""What the independent server asks of requests, and its query language: data and two walks."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

Shape = Any  # A dict of fields, [part, least, most] for a list, or a test of one value.


class Refused(Exception):
    """A refusal: its status, and the code or the fields that it names."""

    def __init__(self, status: int, code: str | None = None, *fields: str) -> None:
        super().__init__(code)
        said = {"description": "We are sorry.", "code": code, "data": {}}
        violations = [{"description": "is not understood", "field": one} for one in fields]
        wrong = {"validationError": {"fieldViolations": violations}} if fields else {}
        details = {"applicationError": said} if code else wrong
        self.status, self.body = status, {"details": details, "message": "Not like this."}


def invalid(*fields: str) -> Refused:
    """The refusal of a request that is not what the pages describe."""
    return Refused(400, None, *fields)


def wrong(shape: Shape, value: Any, at: str = "") -> Iterator[str]:
    """The fields that are not of a shape; a name with `!` has to be there, null is not there."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            yield at or "body"
            return
        for key, part in shape.items():
            name, where = key.rstrip("!"), f"{at}.{key}".strip(".!")
            if value.get(name) is not None:
                yield from wrong(part, value[name], where)
            elif key != name:
                yield where
    elif isinstance(shape, list):
        part, least, most = shape
        if not isinstance(value, list) or not least <= len(value) <= most:
            yield at
            return
        for number, one in enumerate(value):
            yield from wrong(part, one, f"{at}[{number}]")
    elif not shape(value):
        yield at


def text(least: int = 0, most: int = 10**6) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and least <= len(value) <= most


def number(least: int = -(2**31), most: int = 2**31) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def like(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value, re.I))


def one_of(words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words.split()


def a(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: type(value) in kinds


GUID, TEXT, FLAG, OBJECT = (
    like(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    text(),
    a(bool),
    a(dict),
)
STRINGS = lambda v: isinstance(v, dict) and all(isinstance(one, str) for one in v.values())  # noqa: E731
REVISION = lambda v: like(r"[0-9]{1,18}")(v) or number(0)(v)  # noqa: E731
STATUS = "CREATED CONFIRMED CANCELED PENDING DECLINED WAITING_LIST"
PAYMENT = one_of("UNDEFINED NOT_PAID PAID PARTIALLY_PAID REFUNDED EXEMPT FAILED")
NOTE = {"notifyParticipants": FLAG, "message": text(0, 5000), "metadata": STRINGS}
NAMED = {"name": text(0, 255)}
CHOICE = {
    "optionId!": GUID,
    "choiceId": GUID,
    "custom": TEXT,
    "dateTime": NAMED,
    "participantRange": NAMED,
    "duration": {**NAMED, "minutes!": number(1, 44639)},
}
CHOICES = {
    "serviceChoices!": [{"numberOfParticipants": number(1), "choices": [CHOICE, 0, 5]}, 1, 20]
}
LOCATION = {
    "id": GUID,
    "name": TEXT,
    "formattedAddress": TEXT,
    "formattedAddressTranslated": text(0, 512),
    "locationType": one_of("UNDEFINED OWNER_BUSINESS OWNER_CUSTOM CUSTOM"),
}
RESOURCE = {"id": GUID, "name": text(0, 40), "email": text(0, 500), "scheduleId": GUID}
SELECTION = {
    "resourceTypeId": GUID,
    "requestedGender": {"gender": one_of("ANY_MALE ANY_FEMALE")},
    "selectionMethod": one_of("SPECIFIC_RESOURCE ANY_RESOURCE NO_SELECTION"),
}
SLOT = {
    "sessionId": TEXT,
    "serviceId": TEXT,
    "scheduleId": TEXT,
    "eventId": text(36, 250),
    "startDate": TEXT,
    "endDate": TEXT,
    "timezone": TEXT,
    "resource": RESOURCE,
    "allDay": FLAG,
    "location": LOCATION,
    "resourceSelections": [SELECTION, 0, 3],
}
ADDRESS = {
    "streetAddress": dict.fromkeys(("number", "name", "apt"), TEXT),
    "addressLine": TEXT,
    "geocode": dict.fromkeys(("latitude", "longitude"), a(int, float)),
    "subdivisions": [{"code": TEXT, "name": TEXT}, 0, 999],
    "country": like("[a-z]{2}"),
    **dict.fromkeys(
        (
            "subdivision",
            "city",
            "postalCode",
            "addressLine2",
            "hint",
            "formattedAddress",
            "countryFullname",
        ),
        TEXT,
    ),
}
CONTACT = {
    "contactId": GUID,
    "email": like(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"),
    "fullAddress": ADDRESS,
    "countryCode": like("[a-z]{2}"),
    **dict.fromkeys(("firstName", "lastName", "phone", "timeZone"), TEXT),
}
FIELD = {
    "id!": GUID,
    "value": TEXT,
    "label": TEXT,
    "valueType": one_of("SHORT_TEXT LONG_TEXT CHECK_BOX"),
}
ADD_ON = {"id": GUID, "groupId": GUID, "quantity": number(1, 1000)}
SCHEDULE = {"scheduleId": TEXT, "serviceId": GUID, "timezone": TEXT}
BOOKING = {
    "bookedEntity!": {"slot": SLOT, "schedule": SCHEDULE, "tags": [TEXT, 0, 999]},
    "contactDetails": CONTACT,
    "totalParticipants": number(1),
    "participantsChoices": CHOICES,
    "additionalFields": [FIELD, 0, 999],
    "status": one_of(STATUS),
    "externalUserId": TEXT,
    "formSubmissionId": GUID,
    "depositSelected": FLAG,
    "selectedPaymentOption": one_of("UNDEFINED OFFLINE ONLINE MEMBERSHIP MEMBERSHIP_OFFLINE"),
    "bookedAddOns": [ADD_ON, 0, 21],
    "extendedFields": {
        "namespaces": lambda v: all(map(OBJECT, v.values())) if isinstance(v, dict) else False
    },
}
FLOW = {
    "flowControlSettings": dict.fromkeys(
        (
            "skipAvailabilityValidation",
            "skipBusinessConfirmation",
            "skipSelectedPaymentOptionValidation",
            "skipAddOnValidation",
            "ignoreReschedulePolicy",
            "ignoreCancellationPolicy",
            "withRefund",
            "checkAvailabilityValidation",
            "allowAddOnChanges",
            "waiveCancellationFee",
        ),
        FLAG,
    )
}
ACT = {"bookingId": GUID, "revision!": REVISION, "participantNotification": NOTE, **FLOW}
DECIDE = {**ACT, "sendSmsReminder": FLAG, "paymentStatus": PAYMENT, "doubleBooked": FLAG}
CREATE = {
    "booking!": BOOKING,
    "formSubmission": OBJECT,
    "sendSmsReminder": FLAG,
    "participantNotification": NOTE,
    **FLOW,
}
PARTICIPANTS = {"totalParticipants": number(1), "participantsChoices": CHOICES}
QUERY = {
    "filter": OBJECT,
    "cursorPaging": {"limit": number(1), "cursor": text(0, 16000)},
    "sort": [{"fieldName!": text(0, 512), "order": one_of("ASC DESC")}, 0, 99],
    "paging": {"limit": number(1), "offset": number(0)},
}
ATTENDANCE = {
    "bookingId!": GUID,
    "status!": one_of("NOT_SET ATTENDED NOT_ATTENDED"),
    "sessionId": TEXT,
    "eventId": text(36, 250),
    "numberOfAttendees": number(1),
}
BODIES: dict[str, Shape] = {
    "create": CREATE,
    "bulk": {"createBookingsInfo!": [CREATE, 1, 40], "returnFullEntity": FLAG},
    "confirm": DECIDE,
    "decline": DECIDE,
    "cancel": {**ACT, "waiveCharges": FLAG},
    "reschedule": {**ACT, **PARTICIPANTS, "slot!": SLOT, "bookedAddOns": [ADD_ON, 0, 21]},
    "recount": {**ACT, **PARTICIPANTS},
    "decide": {"bookingId": GUID, "paymentStatus": PAYMENT},
    "extend": {"id": TEXT, "namespace!": text(1, 164), "namespaceData": OBJECT},
    "query": {
        "query!": QUERY,
        **dict.fromkeys(
            (
                "withBookingAllowedActions",
                "withBookingAttendanceInfo",
                "withBookingConferencingDetails",
                "withBookingPolicySettings",
                "withBookingFeeDetails",
                "withEcomOrder",
            ),
            FLAG,
        ),
    },
    "attend": {"attendance!": ATTENDANCE, "participantNotification": NOTE},
    "attendances": {"query!": QUERY},
}

# The query language: which field takes which operators.
SAME, ANY, DATES = "$eq $ne $in", "$hasSome $hasAll", "$eq $ne $gt $gte $lt $lte $in $nin"
PLACES = [
    f"bookedEntity.item.slot.{key}"
    for key in (
        "sessionId",
        "eventId",
        "serviceId",
        "scheduleId",
        "resource.id",
        "location.id",
        "location.locationType",
    )
]
PLACES += [
    f"bookedEntity.item.schedule.{key}"
    for key in ("scheduleId", "serviceId", "location.id", "location.locationType")
]
WORDS = [
    "id",
    "contactDetails.contactId",
    "contactDetails.email",
    "status",
    "paymentStatus",
    "externalUserId",
    "selectedPaymentOption",
    "createdBy.contactId",
    "createdBy.id.appId",
    "createdBy.id.wixUserId",
    "createdBy.id.memberId",
    "createdBy.id.anonymousVisitorId",
]
COUNTED = "participantsInfo.type.participantsChoices.serviceChoices.choices"
READER = {
    **dict.fromkeys(PLACES + WORDS, SAME),
    "doubleBooked": "$eq $ne",
    "bookedEntity.tags": ANY,
    **dict.fromkeys(("createdDate", "startDate", "endDate", "updatedDate"), DATES),
    "participantsInfo.type.totalParticipants.value": DATES,
    f"{COUNTED}.optionId": ANY,
    f"{COUNTED}.choice.custom.value": ANY,
}
ATTENDANCES = {
    **dict.fromkeys(
        ("id", "bookingId", "sessionId", "eventId", "status"), "$eq $ne $in $nin $hasSome"
    ),
    "numberOfAttendees": f"{DATES} $hasSome",
}
V1 = {
    **dict.fromkeys(("bookingId", "contactId", "sessionId", "scheduleId", "status"), "$eq $in"),
    **dict.fromkeys(("startTime", "endTime"), "$gt $gte $lt $lte"),
}


def ordered(
    rows: list[dict[str, Any]], sort: list[dict[str, Any]], fields: dict[str, str]
) -> list[dict[str, Any]]:
    for key in reversed(sort):
        if key["fieldName"] not in fields:
            raise invalid("query.sort.fieldName")
        values = {row["id"]: found(row, key["fieldName"]) for row in rows}
        rows = sorted(rows, key=lambda row: values[row["id"]], reverse=key.get("order") == "DESC")
    return rows


def found(row: dict[str, Any], field: str) -> list[Any]:
    """The values that a row has at a field, by the names that the fields have on the wire."""
    values: list[Any] = [row]
    for step in field.replace(".id.", ".").split("."):
        if step in ("item", "type", "value", "participantsInfo", "choice"):
            continue
        inner = [one.get(step) for one in values if isinstance(one, dict)]
        values = [part for one in inner for part in (one if isinstance(one, list) else [one])]
    return [_comparable(field, one) for one in values if one is not None]


def _comparable(field: str, value: Any) -> Any:
    if not field.endswith(("Date", "Time")) or value is None:
        return value
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise invalid(f"query.filter.{field}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def holds(
    filter: dict[str, Any], row: dict[str, Any], fields: dict[str, str], only: int = 99
) -> bool:
    """Whether a row passes; every part is looked at, so that a wrong one is always refused."""
    parts = list(filter.items())[:only]
    passed = [_part(key, asked, row, fields, only) for key, asked in parts]
    return all(passed)


def _part(key: str, asked: Any, row: dict[str, Any], fields: dict[str, str], only: int) -> bool:
    if key in ("$and", "$or", "$not"):
        parts = asked if isinstance(asked, list) else [asked]
        if not parts or not all(map(OBJECT, parts)) or (key != "$not" and parts is not asked):
            raise invalid(f"query.filter.{key}")
        passed = [holds(part, row, fields) for part in (parts[:only] if key == "$and" else parts)]
        return any(passed) if key == "$or" else all(passed) if key == "$and" else not any(passed)
    if key not in fields:
        raise invalid(f"query.filter.{key}")
    plain = not isinstance(asked, dict)
    tests = {"$in" if isinstance(asked, list) else "$eq": asked} if plain else asked
    passed = [_passes(op, want, key, row, fields) for op, want in tests.items()]
    return all(passed)


def _passes(op: str, want: Any, field: str, row: dict[str, Any], fields: dict[str, str]) -> bool:
    several = op in ("$in", "$nin", "$hasSome", "$hasAll")
    implied = op in ("$in", "$eq")  # What a bare value means is taken for every field.
    if not (implied or op in fields[field].split()) or (several and not isinstance(want, list)):
        raise invalid(f"query.filter.{field}")
    have = found(row, field)
    if several:
        shared = [_comparable(field, one) for one in want]
        hits = [one in have for one in shared]
        return all(hits) if op == "$hasAll" else not any(hits) if op == "$nin" else any(hits)
    goal = _comparable(field, want)
    if isinstance(goal, dict | list):
        raise invalid(f"query.filter.{field}")
    if op in ("$eq", "$ne"):
        equal = goal in have if goal is not None else not have
        if field == "doubleBooked":
            equal = bool(goal) is bool(have and have[0])
        return equal is (op == "$eq")
    compare = {"$gt": "__gt__", "$gte": "__ge__", "$lt": "__lt__", "$lte": "__le__"}[op]
    dated = field.endswith(("Date", "Time"))
    if isinstance(goal, datetime) != dated or type(goal) in (str, bool, type(None)):
        raise invalid(f"query.filter.{field}")
    return any(getattr(one, compare)(goal) for one in have)
