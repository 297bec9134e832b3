"""What the suites about availability share: three views of what can be booked, read alike."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged, NotReached, Unreadable
from bookings_contract.suites.support.calls import reached
from bookings_contract.target.model import Service
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given

CALENDAR, APPOINTMENTS = "queryAvailability", "listAvailabilityTimeSlots"
SESSIONS, SESSION = "listEventTimeSlots", "getEventTimeSlot"
# The kind of resource that staff is, the same on every site.
STAFF = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"
# As many as a page may hold, so that one page is the answer.
ALL = 1000
WEEK = timedelta(days=7)


@frozen
class Entry:
    """One time or session, as far as all views show it alike."""

    key: tuple[object, ...]
    service: str
    start: datetime
    end: datetime
    bookable: bool | None
    open: int | None
    place: Mapping[str, Any]
    # Who is shown as free, and whether there are more of them.
    resources: frozenset[str]
    more: bool = False


@frozen
class View:
    """One way to look at what can be booked, of some services within a time."""

    operation: str
    services: tuple[Service, ...]
    start: datetime
    end: datetime

    @property
    def ids(self) -> list[str]:
        """The services that are looked at."""
        return [service.id for service in self.services]

    def body(self, **more: Any) -> dict[str, Any]:
        """The question; `more` adds to the calendar's filter, or to a list's own fields."""
        if self.operation == CALENDAR:
            days = {"startDate": instant(self.start), "endDate": instant(self.end)}
            return {"query": {"filter": {"serviceId": self.ids, **days, **more}}}
        days = {"fromLocalDate": wall(self.start), "toLocalDate": wall(self.end)}
        paging = {"cursorPaging": {"limit": ALL}, "timeZone": "UTC"}
        if self.operation == APPOINTMENTS:
            named = {"serviceId": self.ids[0], "includeResourceTypeIds": [STAFF]}
            return {**named, **days, **paging, **more}
        return {"serviceIds": self.ids, **days, **paging, **more}

    def seen(self, client: Client, **more: Any) -> tuple[Answer, list[Entry]]:
        """What is answered, with the answer itself."""
        return self.entries(reached(client.call(self.operation, body=self.body(**more))))

    def entries(self, answer: Answer) -> tuple[Answer, list[Entry]]:
        """The entries of an answer, which has to be a whole one."""
        if self.operation != CALENDAR and more_of(self.operation, answer):
            raise NotJudged(f"{self.operation} answers more than {ALL} at once")
        return answer, self.page(answer)

    def page(self, answer: Answer) -> list[Entry]:
        """The entries of an answer."""
        if self.operation == CALENDAR:
            return [_of_calendar(one) for one in answer.at("availabilityEntries")]
        return [_of_slots(one) for one in answer.at("timeSlots")]


def view(given: Given, operation: str, kind: str, number: int = 1) -> View:
    """A week of the first services of a kind, from the first day on that they are known for."""
    target = given.client.target
    found = target.all_services(kind, variants=False, book="open")
    known = [service for service in found if _times(given, service)]
    if len(known) < number:
        raise NotJudged(f"the target file names too few services of kind {kind} with their times")
    services = tuple(sorted(known, key=lambda one: one.manual_approval)[:number])
    first = min(_times(given, services[0])).replace(hour=0, minute=0, second=0, microsecond=0)
    return View(operation, services, first, first + WEEK)


def _times(given: Given, service: Service) -> list[datetime]:
    """When the times and sessions begin that the target file names and that lie ahead."""
    texts = [one.start for one in service.sessions if one.start]
    times = [datetime.fromisoformat(text) for text in texts]
    times += service.slots.starts() if service.slots else ()
    zoned = [one.astimezone(UTC) for one in times if one.tzinfo is not None]
    now = datetime.now(UTC)
    return [one for one in zoned if given.client.target.ours or one > now]


def page_of(operation: str) -> str:
    """The name of the object that says how to go on."""
    return "pagingMetadata" if operation == SESSIONS else "cursorPagingMetadata"


def cursor_of(operation: str, answer: Answer) -> str | None:
    """The cursor to the next page; None at the end."""
    page = answer.json.get(page_of(operation)) or {}
    return (page.get("cursors") or {}).get("next") if more_of(operation, answer) else None


def more_of(operation: str, answer: Answer) -> bool:
    """Whether there is a next page."""
    return bool((answer.json.get(page_of(operation)) or {}).get("hasNext"))


def instant(moment: datetime) -> str:
    """A moment as the calendar is asked for it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wall(moment: datetime) -> str:
    """A moment as the time slots are asked for it, in UTC."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def same(one: Iterable[Entry], other: Iterable[Entry]) -> bool:
    """Whether two answers tell the same of the same times, in whatever order."""
    return {entry.key: entry for entry in one} == {entry.key: entry for entry in other}


def settled(given: Given, looked: View) -> Sequence[Entry]:
    """What a view shows, with something that can't be booked any more among it where we may."""
    (service, *_) = looked.services
    if given.client.target.ours and service.kind == "class":
        given.booking(given.session(service, capacity=1), "CONFIRMED")
    elif given.client.target.ours:
        given.booking(given.slot(service), "CONFIRMED")
    given.settle()
    found = looked.seen(given.client)[1]
    if not found:
        raise NotReached(f"{looked.operation} shows nothing of {service.name}")
    return found


def _of_calendar(one: Mapping[str, Any]) -> Entry:
    slot = one.get("slot") or {}
    resource = slot.get("resource") or {}
    start, end = _moment(slot.get("startDate")), _moment(slot.get("endDate"))
    place, service = slot.get("location") or {}, _lower(slot.get("serviceId"))
    named = slot.get("eventId") or slot.get("sessionId")
    key = (service, start, end, _lower(place.get("id")), _lower(resource.get("id")), named)
    resources = frozenset({_lower(resource["id"])} if resource.get("id") else ())
    spots = one.get("openSpots")
    return Entry(key, service, start, end, one.get("bookable"), spots, place, resources)


def _of_slots(one: Mapping[str, Any]) -> Entry:
    groups = one.get("availableResources") or ()
    start, end = _moment(one.get("localStartDate")), _moment(one.get("localEndDate"))
    place, service = one.get("location") or {}, _lower(one.get("serviceId"))
    key = (
        service,
        start,
        end,
        _lower(place.get("id")),
        (one.get("eventInfo") or {}).get("eventId"),
    )
    resources = frozenset(_lower(r.get("id")) for g in groups for r in g.get("resources") or ())
    more = any(group.get("hasMoreAvailableResources") for group in groups)
    spots = one.get("bookableCapacity")
    return Entry(key, service, start, end, one.get("bookable"), spots, place, resources, more)


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise Unreadable(f"a time that is shown is none: {text}") from None
    # Time slots are asked for in UTC, and have no offset.
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _lower(text: object) -> str:
    return str(text or "").lower()
