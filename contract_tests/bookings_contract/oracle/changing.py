"""Rules on moving a booking, on its participants, and on the data that apps keep with it."""

from bookings_contract.findings.refusals import by_status
from bookings_contract.oracle.case import WRITES, Case
from bookings_contract.oracle.creating import unknown_choices
from bookings_contract.oracle.rulings import Ruling, breach, equal, follows, held, within
from bookings_contract.oracle.seats import beyond
from bookings_contract.oracle.shadow import UNKNOWN, headcount, moment, taking

OVERLAPPING = "RESCHEDULE-9"


@WRITES.rule("RESCHEDULE-3")
def moved_to_where_it_was_asked(case: Case) -> Ruling | None:
    """A booking that was moved is there."""
    asked, shown = case.body.get("slot"), _slot(case)
    if not isinstance(asked, dict) or shown is None or not case.plain or case.done is None:
        return None
    rule = case.move.open.get(case.was or "")
    session = asked.get("eventId") or asked.get("sessionId")
    if session is not None and case.kind == "class":
        key = "eventId" if asked.get("eventId") else "sessionId"
        if session in (shown.get("eventId"), shown.get("sessionId")):
            return held(rule)
        if not shown.get(key):
            return None
        return breach(f"moved to session {session}", f"session {shown.get('sessionId')}", rule)
    if case.kind != "appointment":
        return None
    wanted = moment(asked.get("startDate"), asked.get("timezone"))
    became = moment(shown.get("startDate"), shown.get("timezone"))
    if wanted is None or became is None:
        return None
    if wanted == became:
        return held(rule)
    there = case.before.place if case.before else None
    own = there is not None and there.start is not None and there.end is not None
    if own and rule is None and there.start <= wanted < there.end:  # type: ignore[union-attr, operator]
        rule = OVERLAPPING
    return breach(f"moved to {wanted.isoformat()}", f"at {became.isoformat()}", rule)


@WRITES.rule("RESCHEDULE-5")
def choices_kept_or_taken(case: Case) -> Ruling | None:
    """Participants that are left out are kept; those that are given are taken."""
    before, shown = case.before, taking(case.done or {})
    if before is None or shown is None or not case.plain:
        return None
    given = taking(case.body)
    wanted = given or before.taking
    if wanted is UNKNOWN:
        return None
    if within(wanted, shown):
        return held()
    return breach(f"participants {wanted}", f"participants {shown}")


@WRITES.rule("RESCHEDULE-5")
def choices_that_exist(case: Case) -> Ruling | None:
    """Given choices have to exist."""
    return unknown_choices(case, case.offer)


@WRITES.rule("RESCHEDULE-2")
def a_session_of_the_class(case: Case) -> Ruling | None:
    """A class moves to a session of its own."""
    slot = case.body.get("slot")
    if not isinstance(slot, dict) or case.offer is None or case.offer.kind != "class":
        return None
    named = slot.get("eventId") or slot.get("sessionId")
    room = case.scene.facts.rooms.get(named or "")
    own = room is not None and room.service_id == case.offer.id
    if named is None or own or not case.plain or (room is None and not case.scene.facts.alone):
        return None
    if case.accepted:
        return breach("refused: it is no session of the class", case.summary)
    return held() if case.refused else None


@WRITES.rule("PARTICIPANTS-4")
def as_many_as_asked_for(case: Case) -> Ruling | None:
    """An update changes the number to the one that was asked for."""
    asked, shown = headcount(case.body), headcount(case.done or {})
    if asked is None or shown is None or not case.plain:
        return None
    rule = case.move.open.get(case.was or "")
    return equal("participants", shown, asked, rule)


@WRITES.rule("PARTICIPANTS-3")
def choices_to_update(case: Case) -> Ruling | None:
    """Choices that the service does not have are refused."""
    return unknown_choices(case, case.offer)


@WRITES.rule("PARTICIPANTS-5")
def more_than_are_left(case: Case) -> Ruling | None:
    """Whether a booking may grow beyond the seats that are left."""
    before, asked = case.before, headcount(case.body)
    place = before.place if before else None
    if before is None or place is None or asked is None or before.count is UNKNOWN:
        return None
    if asked <= before.count or case.was not in case.move.sources or not case.plain:
        return None
    if not beyond(case.scene, place, asked, without=before.id):
        return None
    if case.accepted:
        return follows("B")
    full = case.refused_without_cause and by_status(case.exchange.status, "PARTICIPANTS-5")
    return follows("A") if full else None


@WRITES.rule("EXTENDED-1")
def answered_as_stored(case: Case) -> Ruling | None:
    """The answer shows the namespace and its data."""
    answer = case.exchange.json
    if not case.accepted or not case.plain or not isinstance(answer, dict):
        return None
    for field in ("namespace", "namespaceData"):
        if field in case.body and not within(case.body[field], answer.get(field)):
            return breach(f"{field} {case.body[field]}", f"{field} {answer.get(field)}")
    return held()


def _slot(case: Case) -> dict[str, object] | None:
    entity = (case.done or {}).get("bookedEntity")
    found = entity.get("slot") if isinstance(entity, dict) else None
    return found if isinstance(found, dict) else None
