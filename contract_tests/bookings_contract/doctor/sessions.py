"""Whether the sessions of a class are the target's: there, its own, ahead, with seats left."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen

from bookings_contract.doctor.asking import Asking, absent, refused_as, refused_for, summary_of
from bookings_contract.doctor.check import Check, several, wrong
from bookings_contract.findings.exchange import Exchange
from bookings_contract.target.model import Service, Session
from bookings_contract.target.places import Place

SHOWN = "getEventTimeSlot"
# How many sessions of a class are looked at.
MOST = 60


@frozen
class Observation:
    """A session of the target file, and what the target shows of it; None for an unknown one."""

    session: Session
    slot: Mapping[str, Any] | None

    def number(self, key: str) -> int | None:
        """A count of seats."""
        value = (self.slot or {}).get(key)
        return value if isinstance(value, int) else None

    @property
    def start(self) -> datetime | None:
        """When it begins; shown as a wall time of UTC, which was asked for."""
        text = (self.slot or {}).get("localStartDate")
        try:
            return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
        except ValueError:
            return None


def places(service: Service, asking: Asking) -> Iterator[Place]:
    """Where the service can be booked from now on: the shared sessions, and the roomiest, first."""
    now = asking.now()
    if service.kind == "course":
        yield Place(service)
    elif service.kind == "class":
        ahead = [s for s in service.sessions if not _begun(s.start, now)]
        for session in sorted(ahead, key=lambda s: (s.exclusive, -(s.capacity or 0))):
            yield Place(service, session=session)
    elif service.slots is not None:
        for start in service.slots.starts():
            if start.tzinfo is None or start > now:
                yield Place(service, start=start)


def without_resource(place: Place) -> Place:
    """The same, with whoever is free."""
    return evolve(place, service=evolve(place.service, resource_id=None))


def checks(asking: Asking, service: Service) -> Iterator[Check]:
    """What is wrong with the sessions of a class, each kind of fault once."""
    if service.kind != "class":
        return
    ahead = [place.session for place in places(service, asking) if place.session is not None]
    shown = [_shown(asking, session) for session in ahead[:MOST]] if asking.can(SHOWN) else []
    if shown and all(shown):
        yield from compared(service, [one for one in shown if one is not None])
    else:
        yield from _tried(asking, service, ahead[:MOST])


def compared(service: Service, observations: Sequence[Observation]) -> Iterator[Check]:
    """What is wrong with sessions that the target shows."""
    for name, key, is_wrong, words in _FAULTS:
        odd = [one for one in observations if is_wrong(one, service)]
        if odd:
            yield wrong(
                name,
                f"sessions of {service.name}",
                seen=several(words(one) for one in odd),
                expected=_EXPECTED[name],
                change=f"[services.{service.name}] sessions, {key}",
            )


def _absent(one: Observation, service: Service) -> bool:
    return one.slot is None


def _elsewhere(one: Observation, service: Service) -> bool:
    named = (one.slot or {}).get("serviceId")
    return named is not None and str(named).lower() != service.id.lower()


def _moved(one: Observation, service: Service) -> bool:
    start = datetime.fromisoformat(one.session.start) if one.session.start else None
    return bool(start and start.tzinfo and one.start and start != one.start)


def _resized(one: Observation, service: Service) -> bool:
    total = one.number("totalCapacity")
    return total is not None and one.session.capacity not in (None, total)


def _occupied(one: Observation, service: Service) -> bool:
    total, left = one.number("totalCapacity"), one.number("remainingCapacity")
    return bool(one.session.exclusive and total is not None and left is not None and left < total)


def _full(one: Observation, service: Service) -> bool:
    return one.number("remainingCapacity") == 0 and not one.session.exclusive


_Fault = tuple[str, str, Callable[[Observation, Service], bool], Callable[[Observation], str]]
_FAULTS: Sequence[_Fault] = (
    ("session-unknown", "id", _absent, lambda one: f"{one.session.id} is unknown"),
    (
        "session-of-another",
        "id",
        _elsewhere,
        lambda one: f"{one.session.id} is of service {(one.slot or {}).get('serviceId')}",
    ),
    (
        "session-moved",
        "start",
        _moved,
        lambda one: f"{one.session.id} begins {one.start}, not {one.session.start}",
    ),
    (
        "capacity-differs",
        "capacity",
        _resized,
        lambda one: (
            f"{one.session.id} has {one.number('totalCapacity')} seats, not {one.session.capacity}"
        ),
    ),
    (
        "exclusive-taken",
        "exclusive",
        _occupied,
        lambda one: (
            f"{one.session.id} has {one.number('remainingCapacity')} of "
            f"{one.number('totalCapacity')} seats left"
        ),
    ),
    ("session-full", "id", _full, lambda one: f"{one.session.id} has no seat left"),
)
_EXPECTED = {
    "session-unknown": "sessions of the site",
    "session-of-another": "sessions of this service",
    "session-moved": "sessions when the target file says they are",
    "capacity-differs": "the capacity that the target file says",
    "exclusive-taken": "nobody in an exclusive session",
    "session-full": "a seat in each",
}


# What is asked


def _shown(asking: Asking, session: Session) -> Observation | None:
    """What the target shows of a session, None where it does not show sessions."""
    exchange = asking.ask(SHOWN, path={"eventId": session.id}, query={"timeZone": "UTC"})
    if refused_as(exchange, "LOOKUP-3", "session") and not absent(exchange):
        return Observation(session, None)
    slot = exchange.json.get("timeSlot") if isinstance(exchange.json, dict) else None
    return Observation(session, slot) if isinstance(slot, dict) else None


def _tried(asking: Asking, service: Service, ahead: Sequence[Session]) -> Iterator[Check]:
    """What is wrong with sessions that can only be tried."""
    if not service.allows("book"):
        return
    attempts = {s.id: asking.book(Place(service, session=s)) for s in ahead}
    lost = {id: e for id, e in attempts.items() if refused_for(e, "CREATE-8")}
    full = {id: e for id, e in attempts.items() if refused_for(e, "CREATE-7")}
    if lost:
        yield _untried(service, "session-unknown", "id", lost)
    if full:
        yield _untried(service, "session-full", "id", full)
    seats = {
        s.id: e for s in ahead if s.id not in full | lost and (e := _whole(asking, service, s))
    }
    if seats:
        yield _untried(service, "exclusive-taken", "exclusive, or capacity", seats)


def _whole(asking: Asking, service: Service, session: Session) -> Exchange | None:
    """The refusal of as many participants as an exclusive session has seats."""
    if not session.exclusive or (session.capacity or 1) < 2 or service.variants > 1:
        return None
    place = Place(service, session=session)
    exchange = asking.book(place, participants=session.capacity)
    return exchange if refused_for(exchange, "CREATE-7") else None


def _untried(service: Service, name: str, key: str, odd: Mapping[str, Exchange]) -> Check:
    return wrong(
        name,
        f"sessions of {service.name}",
        seen=several(f"{id}: {summary_of(exchange)}" for id, exchange in odd.items()),
        expected=_EXPECTED[name],
        change=f"[services.{service.name}] sessions, {key}",
    )


def _begun(start: str | None, now: datetime) -> bool:
    moment = datetime.fromisoformat(start) if start else None
    return moment is not None and moment.tzinfo is not None and moment <= now
