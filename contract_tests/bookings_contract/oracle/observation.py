"""Whether what is read of a booking is what was answered last; and by which rule if not."""

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from bookings_contract.findings.checks import Shows
from bookings_contract.oracle.known_facts import KnownFacts
from bookings_contract.oracle.rulings import Ruling, breach, within
from bookings_contract.oracle.shadow import UNKNOWN, Raw, Shadow, revision_of, taking
from bookings_contract.oracle.trusted import trusted

NOTHING_CHANGED = "REVISION-6"
# The rule by which a fact came to be what it is, by the call that made it so.
MADE_BY: Mapping[str, Mapping[str, str]] = {
    "status": {
        "createBooking": "CREATE-4",
        "bulkCreateBooking": "CREATE-4",
        "confirmBooking": "CONFIRM-1",
        "declineBooking": "DECLINE-1",
        "cancelBooking": "CANCEL-1",
        "rescheduleBooking": "RESCHEDULE-7",
        "markBookingAsPending": "PENDING-1",
        "confirmOrDeclineBooking": "CONFIRMATION-6",
        "bulkConfirmOrDeclineBooking": "CONFIRMATION-6",
    },
    "payment": {
        "createBooking": "CREATE-12",
        "bulkCreateBooking": "CREATE-12",
        "confirmBooking": "CONFIRM-5",
        "declineBooking": "DECLINE-4",
        "confirmOrDeclineBooking": "CONFIRMATION-8",
        "bulkConfirmOrDeclineBooking": "CONFIRMATION-8",
    },
    "flagged": {
        "confirmBooking": "CONFIRM-7",
        "confirmOrDeclineBooking": "CONFIRMATION-2",
        "bulkConfirmOrDeclineBooking": "CONFIRMATION-2",
    },
    "place": {
        "createBooking": "CREATE-6",
        "bulkCreateBooking": "CREATE-6",
        "rescheduleBooking": "RESCHEDULE-3",
    },
    "count": {
        "createBooking": "CREATE-22",
        "bulkCreateBooking": "CREATE-22",
        "rescheduleBooking": "RESCHEDULE-5",
        "updateNumberOfParticipants": "PARTICIPANTS-4",
    },
    "revision": {
        "createBooking": "REVISION-1",
        "bulkCreateBooking": "REVISION-1",
        "confirmBooking": "REVISION-2",
        "declineBooking": "REVISION-2",
        "cancelBooking": "REVISION-2",
        "rescheduleBooking": "REVISION-2",
        "updateNumberOfParticipants": "REVISION-2",
        "markBookingAsPending": "REVISION-2",
        "confirmOrDeclineBooking": "REVISION-2",
        "bulkConfirmOrDeclineBooking": "REVISION-2",
        "updateExtendedFields": "REVISION-7",
        "setBookingSubmissionId": "REVISION-7",
    },
    "namespaces": {"updateExtendedFields": "EXTENDED-1"},
}


@frozen
class Difference:
    """A fact that was read otherwise than it was known."""

    fact: str
    known: object
    shown: object


def differences(known: Shadow, raw: Raw) -> Iterator[Difference]:
    """How a sight of a booking differs from what was known, the weightiest first."""
    seen = Shadow(known.id).seen_as(raw)
    for fact in ("status", "payment", "count", "flagged"):
        was, became = getattr(known, fact), getattr(seen, fact)
        if UNKNOWN not in (was, became) and was != became:
            yield Difference(fact, was, became)
    if known.taking is not UNKNOWN and (now := taking(raw)) and not within(known.taking, now):
        yield Difference("count", known.taking, now)
    was_there, there = known.place, seen.place
    if was_there and there and was_there.id and there.id and not was_there.is_same(there):
        yield Difference("place", was_there.id, there.id)
    begin = was_there.start if was_there else None, there.start if there else None
    if None not in begin and begin[0] != begin[1] and there and not there.id:
        yield Difference("place", *begin)
    number = revision_of(raw)
    if number is not None and number not in known.revision:
        yield Difference("revision", known.revision.exact or f"≥ {known.revision.low}", number)
    if known.namespaces and isinstance(fields := raw.get("extendedFields"), dict):
        stored = fields.get("namespaces")
        if not within(known.namespaces, stored or {}):
            yield Difference("namespaces", dict(known.namespaces), stored)


@frozen
class Observation:
    """A booking as a reader shows it, beside what is known of it."""

    raw: Raw
    known: Shadow
    facts: KnownFacts
    started: float
    # How it differs from what is known.
    found: tuple[Difference, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        same = self.raw == self.known.raw
        object.__setattr__(self, "found", () if same else tuple(differences(self.known, self.raw)))

    @property
    def holds(self) -> bool:
        """Whether it shows what is known to hold now."""
        return not self.found

    @property
    def late(self) -> bool:
        """Whether it shows what held before, where not every reader need have noticed yet."""
        newer, older = self.known, self.known.earlier
        while older is not None and newer.since >= self.started - self.facts.settle_s:
            if not any(differences(older, self.raw)):
                return True
            newer, older = older, older.earlier
        return False

    @property
    def newer(self) -> bool:
        """Whether it is of a later revision, which somebody else may have made."""
        number, exact = revision_of(self.raw), self.known.revision.high
        return number is not None and exact is not None and number > exact

    @property
    def unsettled(self) -> bool:
        """Whether the last write is too new for every reader to know all of it."""
        settle = self.facts.settle_s
        return bool(settle) and self.known.since >= self.started - settle

    def ruling(self) -> Ruling | None:
        """The rule that is broken if it shows what can't be."""
        if not trusted(self.known, self.facts):
            return self._at_one_revision()
        if self.holds or self.late or self.unsettled:
            return None
        if self.newer and not self.facts.alone:
            return None
        return self._told(self.found[0])

    def _at_one_revision(self) -> Ruling | None:
        """What others may change: only one revision can't be two things."""
        number, known = revision_of(self.raw), self.known
        if number is None or number != known.revision.exact or known.status is UNKNOWN:
            return None
        shown = self.raw.get("status")
        if shown == known.status or not isinstance(shown, str):
            return None
        return self._told(Difference("status", known.status, shown))

    def _told(self, difference: Difference) -> Ruling | None:
        rule = self.known.because.get(difference.fact)
        if self.known.doubts:
            # Where it is open what a call does, refusing it and doing it all the same is neither.
            done = difference.fact != "revision"
            rule = (self.known.doubts[0].rule if done else None) or NOTHING_CHANGED
        if rule is None:
            return None
        name = NAMES.get(difference.fact, difference.fact)
        wanted = "nothing changed by what was refused" if self.known.doubts else "as answered"
        return breach(
            f"{name} {difference.known}, {wanted}",
            f"{name} {difference.shown} read back",
            rule,
            about=(self.known.id,),
            check=_check(difference),
        )


NAMES = {"payment": "paymentStatus", "flagged": "doubleBooked", "count": "participants"}


def _check(difference: Difference) -> Shows | None:
    """What the reader had to show, where one field says it."""
    field = {"status": "status", "payment": "paymentStatus", "flagged": "doubleBooked"}
    if difference.fact not in field:
        return None
    place = ("extendedBookings", 0, "booking", field[difference.fact])
    return Shows(((place, difference.known),))
