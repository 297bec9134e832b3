"""Rules on every move: from which status, to which, with which revision."""

from bookings_contract.findings.checks import Holds
from bookings_contract.findings.refusals import by_status
from bookings_contract.oracle.case import WRITES, Case
from bookings_contract.oracle.rulings import Ruling, breach, equal, follows, held
from bookings_contract.oracle.shadow import Raw, moment, revision_of

WAITING = "WAITING_LIST"

# What an operation leads to where its move has no rule of its own.
RESULTS = {
    "cancelBooking": "CANCEL-1",
    "rescheduleBooking": "RESCHEDULE-7",
    "markBookingAsPending": "PENDING-1",
    "confirmOrDeclineBooking": "CONFIRMATION-6",
    "bulkConfirmOrDeclineBooking": "CONFIRMATION-6",
}
# Whose raise of the revision is promised in other words than that of the rest.
RAISED_FOR_CERTAIN = ("rescheduleBooking", "cancelBooking", "updateNumberOfParticipants")
# What being refused means for a rule that leaves that open; being accepted means the other.
REFUSED_IS = {
    "CANCEL-5": ("A", "B"),
    "RESCHEDULE-8": ("A", "B"),
    "PARTICIPANTS-6": ("A", "B"),
    "PENDING-6": ("A", "B"),
    "CONFIRMATION-9": ("A", "B"),
    "DECLINE-2": ("B", "A"),
}


@WRITES.table()
def only_from_its_sources(case: Case) -> Ruling | None:
    """A booking moves only from where the table lets it."""
    move, was = case.move, case.was
    if was is None or move.rule is None or was in move.sources or was in move.open:
        return None
    if case.accepted:
        return breach("refused, nothing changed", f"from {was}: {case.summary}", move.rule)
    return held(move.rule) if case.refused else None


@WRITES.table()
def not_for_every_kind(case: Case) -> Ruling | None:
    """Some kinds of service are shut out."""
    rule = case.move.not_for.get(case.kind or "")
    if rule is None:
        return None
    if case.accepted:
        return breach(f"refused for the booking of a {case.kind}", case.summary, rule)
    return held(rule) if case.refused else None


@WRITES.table()
def to_its_result(case: Case) -> Ruling | None:
    """An accepted call leads to where the table says."""
    rule = case.move.rule or RESULTS.get(case.operation)
    if case.before is None or case.done is None or rule is None:
        return None
    became = case.done.get("status")
    legal = set(case.move.results)
    if case.was is not None and (not legal or case.was in case.move.open):
        legal.add(case.was)
    elif case.was is None and (not legal or case.move.open):
        return None  # It may have stayed what it was.
    if case.flow.get("skipBusinessConfirmation") and case.was == "PENDING":
        legal = {"CONFIRMED"} if case.operation == "rescheduleBooking" and case.plain else legal
    if became in legal:
        return held(rule)
    if case.was is not None and case.was in case.move.open:
        rule = case.move.open[case.was]
    wanted = " or ".join(sorted(legal))
    check = Holds("status", wanted, became)
    return breach(f"status {wanted}", f"status {became}", rule, check=check)


@WRITES.table()
def as_it_is_read(case: Case) -> Ruling | None:
    """Which reading an open status is treated by."""
    rule = case.move.open.get(case.was or "")
    if rule not in REFUSED_IS or not case.plain or not case.current or not case.by_an_owner:
        return None
    if case.kind is None or case.kind in case.move.not_for:
        return None
    refused, accepted = REFUSED_IS[rule]
    if case.accepted:
        return follows(accepted, rule)
    return follows(refused, rule) if by_status(case.exchange.status, rule) else None


@WRITES.rule("CREATE-11")
def never_to_the_waiting_list(case: Case) -> Ruling | None:
    """No call of this API makes a booking wait."""
    waiting = case.before is None and case.body.get("status") == WAITING
    if waiting and case.refused and case.plain:
        return held()
    shown = (case.done or {}).get("status")
    if shown == WAITING and case.before is None:
        return breach("a booking in any other status, or a refusal", case.summary)
    if shown == WAITING and case.was not in (None, WAITING):
        return breach(f"any status but {WAITING}", f"{case.was} → {shown}")
    return None


@WRITES.rule("REVISION-2")
def raised_by_one(case: Case) -> Ruling | None:
    """An accepted call raises the revision by exactly one."""
    before, shown = case.before, revision_of(case.done or {})
    if before is None or before.restless or shown is None:
        return None
    known = [number for number in (before.revision.exact, _sent(case)) if number is not None]
    if not known:
        return None
    legal = {number + 1 for number in known}
    if case.settled_otherwise:
        legal.update(known)  # It may have been answered as it is.
    if shown in legal:
        return held()
    certain = case.operation in RAISED_FOR_CERTAIN
    return breach(
        f"revision {known[0]} → {known[0] + 1}",
        f"revision {known[0]} → {shown}",
        circumstance=None if certain else "status_changes",
        check=Holds("revision", str(known[0] + 1), str(shown)),
    )


@WRITES.rule("REVISION-3")
def the_current_one(case: Case) -> Ruling | None:
    """A revision that is not the booking's is refused."""
    sent = _sent(case)
    if case.before is None or sent is None or not case.plain:
        return None
    known = case.before.revision
    if sent in known:
        return None
    if case.accepted:
        there = known.exact or f"{known.low} or later"
        return breach("refused, nothing changed", f"revision {sent} of {there}: {case.summary}")
    return held() if case.refused else None


@WRITES.rule("REVISION-3")
def nothing_but_the_current_one(case: Case) -> Ruling | None:
    """The revision that was answered last is the one to send next."""
    before = case.before
    conflict = case.refused and case.exchange.status == 409 and case.code is None
    if not conflict or before is None or not case.plain or not case.scene.facts.alone:
        return None
    if not case.move.revision_checked or not case.current:
        return None
    rule = "REVISION-6" if before.doubts else before.because.get("revision")
    rule = rule if rule in ("REVISION-6", "REVISION-7") else None
    return breach(f"revision {_sent(case)} taken as the current one", case.summary, rule)


@WRITES.rule("REVISION-5")
def never_back_in_time(case: Case) -> Ruling | None:
    """A booking's updatedDate never goes back."""
    shown = moment((case.done or {}).get("updatedDate"))
    if case.before is None or case.before.updated is None or shown is None:
        return None
    if shown >= case.before.updated:
        return held()
    return breach(f"updatedDate {case.before.updated.isoformat()} or later", shown.isoformat())


@WRITES.rule("CREATE-13", "createBooking", "bulkCreateBooking", "rescheduleBooking")
def from_first_to_last(case: Case) -> Ruling | None:
    """A booking begins and ends with what is booked."""
    return dates_of_the_place(case.done or {})


def dates_of_the_place(raw: Raw) -> Ruling | None:
    """Whether a booking's own dates are those of its slot or schedule."""
    entity = raw.get("bookedEntity") or {}
    slot, course = entity.get("slot") or {}, entity.get("schedule") or {}
    part = slot or course
    begin, end = ("startDate", "endDate") if slot else ("firstSessionStart", "lastSessionEnd")
    own = moment(raw.get("startDate")), moment(raw.get("endDate"))
    zone = part.get("timezone")
    booked = moment(part.get(begin), zone), moment(part.get(end), zone)
    for name, mine, its in zip(("startDate", "endDate"), own, booked, strict=True):
        if mine is not None and its is not None and mine != its:
            return equal(name, mine.isoformat(), its.isoformat())
    return held() if None not in (*own, *booked) else None


@WRITES.rule("LOOKUP-1")
def nothing_that_is_not_there(case: Case) -> Ruling | None:
    """A booking that nobody made is not found."""
    scene = case.scene
    if case.before is None or case.before.own or not scene.facts.alone or scene.lost:
        return None
    if case.before.raw or case.before.revision.low:
        return None  # Somebody has shown it.
    if case.accepted:
        return breach("not found: nobody made this booking", case.summary)
    return held() if case.refused and case.plain else None


def _sent(case: Case) -> int | None:
    sent = case.body.get("revision")
    known = case.move.revision_checked and isinstance(sent, str) and sent.isdecimal()
    return int(sent) if known and isinstance(sent, str) else None
