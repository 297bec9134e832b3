"""The query language of the independent server: fields, operators, and who passes."""

from datetime import UTC, datetime
from typing import Any

from .independent_wire import OBJECT, invalid

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
