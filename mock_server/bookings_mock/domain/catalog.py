"""What a site offers besides its services: categories, staff, resource types and policies."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from attrs import field, frozen

# Before all times: what an old state or a test says no time of.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@frozen
class Policy:
    """What customers may do by themselves; minutes count back from the start."""

    book: str = "open"
    cancel: str = "allowed"
    reschedule: str = "allowed"
    book_from_minutes: int | None = None
    book_until_minutes: int | None = None
    cancel_until_minutes: int | None = None
    reschedule_until_minutes: int | None = None
    # How many can wait for a full session of a class, None where nobody can.
    waitlist_capacity: int | None = None
    waitlist_minutes: int | None = None

    @property
    def waitlist_window(self) -> int:
        """For how many minutes a freed place is kept for each who waits."""
        return self.waitlist_minutes or 10


@frozen(kw_only=True)
class Entry:
    """Anything of the catalog. `details` are what was written and no rule reads, as written."""

    id: str
    created: datetime = EARLIEST
    updated: datetime = EARLIEST
    revision: int = 1
    details: Mapping[str, Any] = field(factory=dict)


E = TypeVar("E", bound=Entry)


@frozen
class Hours:
    """Working hours that come again each week; minutes count from the midnight of the wall."""

    day: int
    start: int
    end: int
    # The event that says so, where one does.
    event_id: str | None = None


# When whoever has no hours of their own works: Monday to Friday, nine to five.
BUSINESS_HOURS = tuple(Hours(day, 9 * 60, 17 * 60) for day in range(5))


# How far apart the places of categories are, so that one fits between two.
GAP = 65536


@frozen(kw_only=True)
class Category(Entry):
    """A heading that services are listed under; `position` is its place among the others."""

    name: str
    position: int = 0


@frozen(kw_only=True)
class StaffMember(Entry):
    """Someone who provides services. What is booked is the resource, and not the person."""

    name: str
    resource_id: str
    schedule_id: str
    email: str | None = None
    phone: str | None = None
    provider: bool = True
    # Whether they work in hours of their own, and not when the business is open.
    own_hours: bool = False
    hours: tuple[Hours, ...] = ()


@frozen(kw_only=True)
class ResourceType(Entry):
    """What resources are alike in: staff, rooms, boats."""

    name: str


@frozen(kw_only=True)
class BookingPolicy(Entry):
    """A policy by its name, which services share; whether they are open is each one's own."""

    name: str
    policy: Policy = Policy()
    default: bool = False


@frozen
class Catalog:
    """All of it; each part is in the order in which it was made."""

    categories: tuple[Category, ...] = ()
    staff: tuple[StaffMember, ...] = ()
    resource_types: tuple[ResourceType, ...] = ()
    policies: tuple[BookingPolicy, ...] = ()
    # When the business is open.
    hours: tuple[Hours, ...] = BUSINESS_HOURS


def found(entries: tuple[E, ...], entry_id: str | None) -> E | None:
    """The entry with this id, in whatever case it is written."""
    wanted = (entry_id or "").lower()
    return next((one for one in entries if one.id.lower() == wanted), None)
