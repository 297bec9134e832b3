"""Rules of several services that are one booking."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from bookings_mock.domain.booking import CANCELED, DECLINED, Booking, Course
from bookings_mock.domain.rulebook import Refusal, either, rule
from bookings_mock.domain.service import APPOINTMENT


@rule("MULTI-1")
def made_whole() -> bool:
    """Where one part can't be booked, none of them is."""
    return True


@rule("MULTI-1")
def in_sequence(parts: Sequence[Booking]) -> Refusal | None:
    """The parts are appointments at one place, each beginning when the one before it ends."""
    if any(part.kind != APPOINTMENT or isinstance(part.entity, Course) for part in parts):
        return Refusal("only appointments are booked together", field="bookings")
    if any(one.end != other.start for one, other in pairwise(parts)):
        return Refusal("each has to begin when the one before it ends", field="bookings")
    if len({_place(part) for part in parts}) > 1:
        return Refusal("all have to be at one location", field="bookings")
    return None


@either("MULTI-4")
def few_enough(reading: str, parts: int, most: int) -> Refusal | None:
    """As many as the schema lets through are taken (A), or fewer by the narrower source (B)."""
    if reading == "A" or parts <= most:
        return None
    return Refusal(f"must not have more than {most} items", field="bookings")


@rule("MULTI-2")
def known(parts: Collection[Booking]) -> str | None:
    """The whole has to be there."""
    return None if parts else "there is no booking of several services with this id"


@rule("MULTI-2")
def named_once(sent: Sequence[str]) -> Refusal | None:
    """No part is named twice."""
    twice = next((one for one in sent if sent.count(one) > 1), None)
    return Refusal(f"{twice} is named more than once", case="twice") if twice else None


@rule("MULTI-2")
def all_named(sent: Collection[str], parts: Mapping[str, Booking]) -> Refusal | None:
    """Every part is named, and nothing else."""
    foreign = next((one for one in sent if one not in parts), None)
    if foreign:
        return Refusal(f"{foreign} is no part of this booking", case="foreign")
    missing = next((one for one in parts if one not in sent), None)
    return Refusal(f"not all bookings were sent: {missing}", case="missing") if missing else None


@rule("MULTI-2")
def revision_of_part(part: Booking, passed: str | None) -> Refusal | None:
    """Each part is passed at its revision."""
    if passed is None:
        return Refusal(f"the revision of {part.id} is missing", case="no_revision")
    if passed == str(part.revision):
        return None
    return Refusal(f"{part.id} is at revision {part.revision}, not {passed}", case="stale")


@rule("MULTI-2")
def any_left(parts: Collection[Booking], status: str) -> Refusal | None:
    """Where every part is there already, there is nothing to do."""
    if any(part.status != status for part in parts):
        return None
    return Refusal(f"all bookings are {status} already", case=status.lower())


@rule("MULTI-2")
def left_to_cancel(parts: Sequence[Booking]) -> list[Booking]:
    """What canceling takes: whatever is not off yet."""
    return [part for part in parts if part.status not in (CANCELED, DECLINED)]


@rule("MULTI-3")
def stands_alone(booking: Booking) -> str | None:
    """A part of a larger booking is neither moved nor canceled alone."""
    if booking.whole_id is None:
        return None
    return f"the booking is a part of {booking.whole_id}, and is changed with it only"


def _place(part: Booking) -> object:
    location = None if isinstance(part.entity, Course) else part.entity.location
    return (location or {}).get("id") or (location or {}).get("locationType")
