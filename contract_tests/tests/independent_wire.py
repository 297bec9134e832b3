"""What the independent server asks of requests: their shapes as data, and a walk over them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Shape = Any  # A dict of fields, [part, least, most] for a list, or a test of one value.
Json = dict[str, Any]


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
NEW_RESOURCE = {
    **RESOURCE,
    "name": text(0, 1200),
    "transparency": one_of("UNKNOWN_TRANSPARENCY OPAQUE TRANSPARENT"),
}
NEW_SLOT = {**SLOT, "resource": NEW_RESOURCE}
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
    "reschedule": {**ACT, **PARTICIPANTS, "slot!": NEW_SLOT, "bookedAddOns": [ADD_ON, 0, 21]},
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
    "attend": {
        "attendance!": ATTENDANCE,
        "participantNotification": {**NOTE, "message": text(1, 5000)},
    },
    "attendances": {"query!": QUERY},
}


def once(pairs: list[tuple[str, Any]]) -> Json:
    """Of a key that is said twice the first counts."""
    return dict(reversed(pairs))


def read(deed: str, headers: Json, body: bytes) -> Json:
    if not headers.get("content-type", "application/json").startswith("application/json"):
        raise Refused(415)
    if len(body) > 1_000_000:
        raise Refused(413)
    try:
        asked = json.loads(body.decode(), object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Refused(400) from None
    if fields := list(wrong(BODIES[deed], asked)):
        raise Refused(400, None, *fields)
    return asked
