"""Ways of reading bookings: by the V2 reader, else by the V1 list, which shows less of each.

What the V1 list does not show can't be compared: whoever asks for it learns that it is not judged.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol, cast

from bookings_contract.findings.exchange import Answer, NotOffered, Seen
from bookings_contract.findings.problems import NotJudged, NotReached

READER, LIST = "queryExtendedBookings", "listBookingsV1"
# The status of a booking that nothing shows.
UNKNOWN = "?"
NEITHER = "the target has neither a reader nor a V1 list"

# The words of V1 for those statuses of V2 that have one of their own.
WORDS = {"CREATED": "PENDING_CHECKOUT", "PENDING": "PENDING_APPROVAL"}
# And those that V1 gives them by its own account of what they mean.
OTHER_WORDS = {"CREATED": ("PENDING",), "PENDING": ("PENDING_CHECKOUT",)}
V2_WORDS = {word: status for status, word in WORDS.items()}
# What a list that shows only confirmed bookings unasked has to be asked for.
STATUSES = ("CREATED", "CONFIRMED", "CANCELED", "PENDING", "DECLINED")
# What both ways of reading show alike: the status as a word, and moments however written.
ALIKE = ("status",)
MOMENTS = ("startDate", "endDate")


class Caller(Protocol):
    """Whoever can call operations by their ids."""

    def call(self, operation_id: str, *, query: Any = None, body: object = None) -> Answer:
        """Calls one, as the owner."""
        ...

    def offers(self, operation_id: str) -> bool:
        """Whether nothing is known against the target's having it."""
        ...


def find(client: Caller, filter: Mapping[str, object], limit: int = 100) -> list[Seen]:
    """The bookings that a filter of the reader finds, by whichever way of reading there is.

    Raises NotJudged where there is none that takes the filter, NotReached where reading is refused.
    """
    if client.offers(READER):
        try:
            return _by_reader(client, filter, limit)
        except NotOffered:
            pass  # From now on it is known to be absent.
    if not client.offers(LIST):
        raise NotJudged(NEITHER)
    return list(_by_list(client, filter, limit))


def _by_reader(client: Caller, filter: Mapping[str, object], limit: int) -> list[Seen]:
    query = {"filter": dict(filter), "cursorPaging": {"limit": limit}}
    answer = client.call(READER, body={"query": query})
    if not answer.accepted:
        raise NotReached(f"reading bookings was answered {answer.summary}")
    return answer.bookings


def _by_list(client: Caller, filter: Mapping[str, object], limit: int) -> Iterator[Seen]:
    if len(filter) != 1 or not filter.keys() <= {"id", "status"}:
        unknown = ", ".join(filter.keys() - {"id", "status"}) or "two filters"
        raise NotJudged(f"the target has no reader, and its V1 list can't be asked by {unknown}")
    ((key, wanted),) = filter.items()
    several = wanted["$in"] if isinstance(wanted, Mapping) else [wanted]
    for one in several:
        if key == "status":
            yield from _listed(client, {"status": [str(one), WORDS.get(str(one), str(one))]}, limit)
        else:
            yield from _named(client, str(one))


def _named(client: Caller, booking: str) -> Iterator[Seen]:
    """The one booking of this id; a list may show only confirmed ones unless asked for others."""
    words = [*STATUSES, *WORDS.values()]
    for asked in ({"bookingId": booking}, {"bookingId": booking, "status": words}):
        found = [one for one in _listed(client, asked, 1) if one.id == booking]
        if found:
            yield found[0]
            return


def _listed(client: Caller, filter: Mapping[str, object], limit: int) -> Iterator[Seen]:
    query = {"query.filter.stringValue": json.dumps(filter), "query.paging.limit": limit}
    try:
        answer = client.call(LIST, query=query)
    except NotOffered as absent:
        raise NotJudged(f"{NEITHER} ({absent.exchange.status})") from absent
    if not answer.accepted:
        raise NotReached(f"reading bookings by the V1 list was answered {answer.summary}")
    for number in range(len(answer.at("bookingsEntries"))):
        yield glimpsed(answer.at("bookingsEntries", number, "booking"))


# What the V1 list shows of a booking


class Unshown(str):
    """A value that this way of reading does not show; whoever compares it learns that."""

    __slots__ = ()

    def _missing(self, *_: object) -> NoReturn:
        raise NotJudged("the target has no reader, and the V1 list shows no revision")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __int__ = _missing
    isdigit = _missing
    __hash__ = str.__hash__


class Unseen:
    """What the reader shows around a booking, where there is no reader: any look at it tells so."""

    def _missing(self, *_: object) -> NoReturn:
        raise NotJudged("the target has no reader, which alone shows what surrounds a booking")

    __eq__ = __bool__ = __getitem__ = __contains__ = __iter__ = __len__ = __getattr__ = _missing
    __hash__ = object.__hash__


class Glimpse(dict[str, Any]):
    """As much of a booking as the V1 list shows, under V2's names."""

    def __missing__(self, key: str) -> NoReturn:
        raise NotJudged(f"the target has no reader, and the V1 list shows no {key} as V2 has it")

    def get(self, key: str, default: Any = None) -> Any:
        """The value; what the list never shows is not simply absent."""
        return self[key]

    def __eq__(self, other: object) -> bool:
        raise NotJudged("the target has no reader, and the V1 list shows too little to compare")

    __hash__ = None


def glimpsed(entry: Mapping[str, Any]) -> Seen:
    """A booking of the V1 list."""
    word = str(entry.get("status"))
    entity = entry.get("bookedEntity") or {}
    single, several = entity.get("singleSession") or {}, entity.get("setOfSessions") or {}
    shown = Glimpse(
        id=entry.get("id"),
        status=V2_WORDS.get(word, word),
        startDate=single.get("start") or several.get("firstSessionStart"),
        endDate=single.get("end") or several.get("lastSessionEnd"),
        contactDetails=(entry.get("formInfo") or {}).get("contactDetails") or {},
    )
    if not shown["id"]:
        raise NotReached("the V1 list shows a booking without its id")
    around = cast(Mapping[str, Any], Unseen())
    return Seen(str(shown["id"]), shown["status"], Unshown("?"), shown, around)


def unseen(booking: str) -> Seen:
    """A booking that nothing shows, known by its id alone."""
    around = cast(Mapping[str, Any], Unseen())
    return Seen(booking, UNKNOWN, Unshown("?"), Glimpse(id=booking), around)


def is_glimpse(booking: Seen) -> bool:
    """Whether only the V1 list has shown it."""
    return isinstance(booking.raw, Glimpse)


def alike(booking: Seen, other: Seen) -> dict[str, Any]:
    """What can be compared of a booking with another sight of it, of which one is a glimpse."""
    there = {key for key in (*ALIKE, *MOMENTS) if _has(booking, key) and _has(other, key)}
    return {key: _plain(key, booking.raw[key]) for key in sorted(there)}


def _has(booking: Seen, key: str) -> bool:
    return key in booking.raw and booking.raw[key] is not None


def _plain(key: str, value: Any) -> Any:
    if key not in MOMENTS:
        return value
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return value
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).isoformat(timespec="seconds")
