"""Rules on seats: who may have some, and whose they were when nobody should have."""

from collections.abc import Iterator

from bookings_contract.findings.checks import Accepted, Refused
from bookings_contract.oracle.case import WRITES, Case, Scene
from bookings_contract.oracle.rulings import Ruling, breach, held
from bookings_contract.oracle.shadow import UNKNOWN, Place, Raw, Shadow, headcount, place_of
from bookings_openapi import rules

# By which rule those in a status hold no seat.
FREED_BY = {"CREATED": "CREATE-5", "CANCELED": "CANCEL-3", "DECLINED": "DECLINE-3"}
RESIZED = "PARTICIPANTS-4"
CIRCUMSTANCES = {"DECLINE-3": "seats"}


def over(case: Case) -> bool | None:
    """Whether the booking wants more than is left beside the others; None if that is not known."""
    before = case.before
    place = before.place if before else None
    if before is None or place is None or before.count is UNKNOWN:
        return None
    return beyond(case.scene, place, before.count, without=before.id)


def room(case: Case) -> int | None:
    """How many seats are left beside the others for certain not to be more."""
    place = case.before.place if case.before else None
    if place is None or case.before is None:
        return None
    capacity = case.scene.capacity(place)
    return None if capacity is None else capacity - case.scene.taken(place, case.before.id).low


def beyond(scene: Scene, place: Place, count: int, without: str | None = None) -> bool | None:
    """Whether so many are too many; None if that is not known."""
    capacity = scene.capacity(place)
    if capacity is None or not scene.settled(place):
        return None
    wanted = 1 if place.id is None else count
    taken = scene.taken(place, without)
    if taken.low + wanted > capacity:
        return True
    # That a time is free is more than other bookings tell: there are hours of work, too.
    certain = taken.high is not None and place.id is not None
    return False if certain and (taken.high or 0) + wanted <= capacity else None


@WRITES.rule("CREATE-7")
def no_more_than_there_are(case: Case) -> Ruling | None:
    """A place is booked only while it has seats left."""
    if not case.plain:
        return None
    entity: Raw = case.body.get("bookedEntity") or {}
    place, count = place_of(entity), headcount(case.body)
    if place is None or count is None or case.scene.facts.at_odds(entity):
        return None
    full = beyond(case.scene, place, count)
    if full is None or case.flow.get("skipAvailabilityValidation"):
        return None
    if full and case.accepted:
        return _overbooked(case, place, count)
    if full:
        return held() if case.refused else None
    # Items of one call may be in each other's way, and both fail.
    in_bulk = case.operation == "bulkCreateBooking"
    if in_bulk or not _for_want_of_seats(case) or not _bookable(case):
        return None
    culprit, about = blamed(case.scene, (place, count), None)
    circumstance = CIRCUMSTANCES.get(culprit or "")
    wanted = f"accepted: {count} of {case.scene.capacity(place)} seats are free"
    return breach(
        wanted, case.summary, culprit, about=about, circumstance=circumstance, check=Accepted()
    )


def _overbooked(case: Case, place: Place, count: int) -> Ruling:
    there = list(case.scene.there(place))
    capacity = case.scene.capacity(place) or 0
    taken = case.scene.taken(place).low
    rule = None
    if count <= capacity and "CREATE-7" in case.scene.obeyed:
        # Seats are looked at, so somebody's are forgotten.
        rule = next((rule for one in there for rule in _gained(one)), "CONFIRM-6")
        rule = "BULK-2" if case.operation == "bulkCreateBooking" else rule
    wanted = f"refused: {taken} of {capacity} seats are taken, and {count} more wanted"
    about = tuple(one.id for one in there)
    check = Refused() if rule is None else None
    return breach(wanted, case.summary, rule, about=about, check=check)


def _gained(shadow: Shadow) -> Iterator[str]:
    if shadow.left:
        yield "RESCHEDULE-3"
    if shadow.because.get("count") == RESIZED:
        yield RESIZED


@WRITES.rule("RESCHEDULE-4")
def no_move_to_where_nothing_is_free(case: Case) -> Ruling | None:
    """A booking moves only to where there are seats for it."""
    before, moved = case.before, _moved(case)
    if before is None or moved is None or not case.plain or case.done is None:
        return None
    if case.flow.get("skipAvailabilityValidation"):
        return None
    count = headcount(case.body) or before.count
    here = before.place is not None and before.place.meets(moved)
    if count is UNKNOWN or here or not beyond(case.scene, moved, count, without=before.id):
        return None
    about = tuple(one.id for one in case.scene.there(moved, without=before.id))
    return breach(
        "refused: too few seats are left there", case.summary, about=about, check=Refused()
    )


def _moved(case: Case) -> Place | None:
    slot = case.body.get("slot")
    entity = case.before.entity if case.before else UNKNOWN
    if not isinstance(slot, dict) or entity is UNKNOWN:
        return None
    own = entity.get("slot") or {}
    known = {k: own[k] for k in ("serviceId", "timezone", "resource") if own.get(k)}
    wanted = {**known, **slot}
    if case.kind == "appointment":
        wanted = {k: v for k, v in wanted.items() if k not in ("sessionId", "eventId")}
    return place_of({"slot": wanted, "tags": entity.get("tags")})


def blamed(
    scene: Scene, wanted: Case | tuple[Place, int], default: str | None
) -> tuple[str | None, tuple[str, ...]]:
    """The rule by which seats ought to be free that were not, if only one comes into question."""
    without = None
    if isinstance(wanted, Case):
        before = wanted.before
        place = before.place if before else None
        if before is None or place is None:
            return default, ()
        without = before.id
    else:
        place, _ = wanted
    ghosts = [
        (rule, one.id)
        for one in scene.shadows.values()
        if one.id != without
        for rule in _kept_by(one, place)
    ]
    rules_named = {rule for rule, _ in ghosts}
    about = tuple(id for _, id in ghosts) + tuple(s.id for s in scene.there(place, without))
    return (rules_named.pop() if len(rules_named) == 1 else default), about


def _kept_by(shadow: Shadow, place: Place) -> Iterator[str]:
    """The rules that a booking's seats are free by."""
    here = shadow.place
    if here is not None and here.meets(place) and shadow.status in FREED_BY:
        yield FREED_BY[str(shadow.status)]
    if any(left.meets(place) for left, _ in shadow.left):
        yield "RESCHEDULE-3"


def _for_want_of_seats(case: Case) -> bool:
    codes = {code for answer in rules()["CREATE-7"].answers.values() for code in answer.codes}
    return case.refused and case.code in codes and case.by_an_owner


def _bookable(case: Case) -> bool:
    entity: Raw = case.body.get("bookedEntity") or {}
    offer = case.scene.offer(entity)
    return offer is not None and offer.bookable and offer.kind != "appointment"
