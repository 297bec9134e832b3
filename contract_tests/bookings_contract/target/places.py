"""Which session, slot or course a test books next, so that tests stay out of each other's way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import define, field, frozen

from bookings_contract.findings.problems import NotJudged
from bookings_contract.target.model import Service, Session, Target


@frozen
class Place:
    """Something that can be booked: a session of a class, a slot of an appointment, a course."""

    service: Service
    session: Session | None = None
    start: datetime | None = None

    @property
    def capacity(self) -> int | None:
        """The seats there are; an appointment has one."""
        if self.service.kind == "appointment":
            return 1
        if self.session is not None and self.session.capacity is not None:
            return self.session.capacity
        return self.service.capacity

    @property
    def length(self) -> timedelta:
        """How long an appointment takes."""
        slots = self.service.slots
        return timedelta(minutes=self.service.length or (slots.step if slots else 0))

    @property
    def end(self) -> datetime | None:
        """When an appointment ends."""
        return self.start + self.length if self.start else None

    @property
    def session_id(self) -> str:
        """The session that is booked."""
        if self.session is None:
            raise NotJudged(f"{self.service.name} is booked without a session")
        return self.session.id

    @property
    def slot(self) -> dict[str, Any]:
        """The slot as createBooking and rescheduleBooking take it."""
        known = {
            "serviceId": self.service.id,
            "scheduleId": self.service.schedule_id,
            "timezone": self.service.timezone,
        }
        if self.session is not None:
            return _given({"sessionId": self.session.id, **known})
        if self.start is None or self.end is None:
            raise NotJudged(f"{self.service.name} is booked by its schedule, not by a slot")
        return _given(
            {
                **known,
                "startDate": self.start.isoformat(),
                "endDate": self.end.isoformat(),
                "resource": _given({"id": self.service.resource_id}),
                "location": self.service.location,
            }
        )

    @property
    def entity(self) -> dict[str, Any]:
        """The booked entity as createBooking takes it."""
        if self.service.kind == "course":
            schedule = {
                "scheduleId": self.service.schedule_id,
                "serviceId": self.service.id,
                "timezone": self.service.timezone,
            }
            return {"schedule": _given(schedule)}
        return {"slot": self.slot}


@define
class PlacePool:
    """The places of a target, each handed out once where there are enough.

    A test in a world of its own has one to itself; elsewhere one serves the whole run, and each
    test takes its places out of it by a share of its own.
    """

    target: Target
    _used: Counter[object] = field(factory=Counter)
    # How often a place was ever taken: what was given back comes after what is untouched.
    _worn: Counter[object] = field(factory=Counter)
    _taken: list[object] = field(factory=list)

    def share(self) -> "PlacePool":
        """The same places for one test, which can give back those that it took."""
        return PlacePool(self.target, self._used, self._worn)

    def give_back(self) -> None:
        """What was taken here is free again: whoever took it has left nothing there."""
        self._used.subtract(self._taken)
        self._taken.clear()

    def session(self, service: Service, capacity: int | None, exclusive: bool) -> Place:
        """The next unused session, the roomiest first; `capacity` asks for one of that size."""
        fitting = [
            session
            for session in self._ahead(service)
            if (capacity is None or session.capacity == capacity)
            and (not exclusive or session.exclusive or self.target.ours)
        ]
        strict = capacity is not None or exclusive
        # Shared seats first: the exclusive ones are few, and seat rules need them.
        roomiest = sorted(fitting, key=lambda s: (s.exclusive and not self.target.ours, -_room(s)))
        chosen = self._next(roomiest, lambda session: session.id, strict)
        if chosen is None:
            guest = exclusive and not self.target.ours
            raise NotJudged(_no_session(service, capacity, guest, bool(fitting)))
        return Place(service, session=chosen)

    def slot(self, service: Service) -> Place:
        """The next unused appointment slot."""
        starts = service.slots.starts() if service.slots else ()
        chosen = self._next(starts, lambda start: (service.resource_id, start), strict=True)
        if chosen is None:
            raise NotJudged(f"the target file names too few slots of {service.name}")
        return Place(service, start=chosen)

    def _ahead(self, service: Service) -> Iterator[Session]:
        """The sessions that have not begun; only a mock's clock may differ from ours."""
        now = datetime.now().astimezone()
        for session in service.sessions:
            start = datetime.fromisoformat(session.start) if session.start else None
            zoned = start is not None and start.tzinfo is not None
            if self.target.ours or start is None or not zoned or start > now:
                yield session

    def _next(self, places: Iterable[Any], key: Any, strict: bool) -> Any:
        """The first of the least used places; where strict, only an unused one."""

        def wear(place: Any) -> tuple[int, int]:
            # Where seats are shared, nobody minds who was there before.
            return self._used[key(place)], self._worn[key(place)] if strict else 0

        found = min(places, key=wear, default=None)
        if found is None or (strict and self._used[key(found)]):
            return None
        self._used[key(found)] += 1
        self._worn[key(found)] += 1
        self._taken.append(key(found))
        return found


def _room(session: Session) -> int:
    return session.capacity or 0


def _no_session(service: Service, capacity: int | None, exclusive: bool, some: bool) -> str:
    size = f" of capacity {capacity}" if capacity is not None else ""
    alone = " with exclusive = true" if exclusive else ""
    few = "too few sessions" if some else "no session"
    return f"the target file names {few}{size}{alone} of {service.name}"


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
