"""What is remembered of the bookings from one exchange to the next."""

from attrs import define, evolve, field

from bookings_contract.findings.exchange import GUID, Exchange
from bookings_contract.findings.operations import operation
from bookings_contract.oracle.attending import Sheet
from bookings_contract.oracle.case import Case, Scene
from bookings_contract.oracle.known_facts import KnownFacts
from bookings_contract.oracle.ledger import Ledger
from bookings_contract.oracle.observation import MADE_BY, Observation
from bookings_contract.oracle.pages import READER, Page
from bookings_contract.oracle.request import refusing
from bookings_contract.oracle.rulings import Ruling
from bookings_contract.oracle.shadow import UNKNOWN, Doubt, Raw, Shadow, Span, Unknown, named
from bookings_contract.oracle.trusted import trusted

MAKING = ("createBooking", "bulkCreateBooking")
EXTENDING = "updateExtendedFields"
# The rule on a status that a new booking was asked to have.
ASKED_FOR = "CREATE-10"
# Bookings come of it that no answer shows.
HIDING = ("registerToWaitlist", "createMultiServiceBooking")


@define
class Memory:
    """The shadows of the bookings met, and what else is known."""

    facts: KnownFacts
    shadows: dict[str, Shadow] = field(factory=dict)
    sheet: Sheet = field(factory=lambda: Sheet({}))
    # Rules that were seen to refuse what they have to.
    obeyed: set[str] = field(factory=set)
    # How often something was, or may have been, written.
    writes: int = 0
    # Something may have been made that nobody can name.
    lost: bool = False
    ledger: Ledger = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.ledger = Ledger(self.facts)

    def scene(self, exchange: Exchange) -> Scene:
        """All that is known when an exchange begins."""
        obeyed = frozenset(self.obeyed)
        return Scene(self.facts, self.shadows, self.lost, obeyed, exchange.started)

    def known_as(self, id: str) -> str:
        """The id as the booking was first shown: in other letters it is the same GUID."""
        if id in self.shadows:
            return id
        alike = (known for known in self.shadows if known.lower() == id.lower())
        return next(alike, id)

    # Writes

    def moved(self, case: Case, id: str) -> None:
        """Remembers what a call did to its booking."""
        known = self.shadows.get(id)
        self.ledger.moved(case, id)
        if case.refused:
            if known is not None:
                doubt = Doubt(self.writes, case.move.open.get(case.was or ""))
                self.shadows[id] = evolve(known, doubts=(*known.doubts, doubt))
            return
        self.writes += 1
        if not case.accepted or (case.after is None and case.operation != EXTENDING):
            self.blur(id, case.exchange)
        else:
            # What is answered of a booking that nobody made tells nothing more.
            before = known or Shadow(id, haunted=self.facts.alone and not self.lost)
            answered = case.after is not None
            self.shadows[id] = (
                self._after(before, case.after or {}, case)
                if answered
                else self._extended(before, case)
            )

    def born(self, case: Case, id: str | None) -> None:
        """Remembers a booking that was made, if any was."""
        if not case.accepted:
            return
        self.writes += 1
        if id is None:
            self.lost = True
            return
        self.ledger.born(case, id)
        fresh = Shadow(
            id,
            flow=case.flow if case.plain else UNKNOWN,
            own=True,
            made_by=case.exchange.caller,
            restless=bool(case.whole.get("formSubmission")) or not case.plain,
            since=end(case.exchange),
        )
        self.shadows[id] = self._after(fresh, case.after, case) if case.after else fresh

    def _after(self, before: Shadow, raw: Raw, case: Case) -> Shadow:
        after = evolve(
            before.seen_as(raw),
            because={**before.because, **_reasons(case)},
            since=end(case.exchange),
            earlier=self._earlier(before, case.exchange),
        )
        if after.entity is not UNKNOWN:
            after = evolve(after, entity=named(after.entity, _asked_for(case), surely=True))
        old, new = before.place, after.place
        if old is None or new is None or old.is_same(new) or before.count is UNKNOWN:
            return after
        return evolve(after, left=(*before.left, (old, before.count)))

    def _extended(self, before: Shadow, case: Case) -> Shadow:
        """Data was stored; whether that raises the revision is open."""
        name, data = case.body.get("namespace"), case.body.get("namespaceData")
        known = case.plain and isinstance(name, str) and isinstance(data, dict)
        rules = {fact: MADE_BY[fact][EXTENDING] for fact in ("revision", "namespaces")}
        return evolve(
            before,
            namespaces={**before.namespaces, str(name): data} if known else {},
            revision=before.revision.later(1),
            because={**before.because, **rules},
            doubts=(),
            raw={},
            since=end(case.exchange),
            earlier=self._earlier(before, case.exchange),
        )

    def _earlier(self, before: Shadow, exchange: Exchange) -> Shadow | None:
        """What held before, where readers may be late; no more of it than can matter."""
        if not self.facts.settle_s:
            return None
        recent = before.since >= exchange.started - self.facts.settle_s
        return before if recent else evolve(before, earlier=None)

    # Reads

    def seen(self, raw: Raw, page: Page) -> Ruling | None:
        """Remembers a booking that was read, and says what it breaks to be shown like that."""
        id = raw.get("id")
        if not isinstance(id, str) or page.name != READER:
            return None
        known = self.shadows.get(id)
        if known is None:
            # It starts as it is met.
            by = page.exchange.caller if self.facts.alone else None
            met = Shadow(id, made_by=by).seen_as(raw)
            self.shadows[id] = evolve(met, since=end(page.exchange))
            return None
        sight = Observation(raw, known, self.facts, page.exchange.started)
        ruling = sight.ruling()
        if ruling is not None or self._others_moved(sight):
            self.shadows[id] = evolve(known.blurred(), because={}).seen_as(raw)
        elif sight.holds or (sight.newer and not self.facts.alone):
            self.shadows[id] = evolve(known.seen_as(raw), namespaces=_namespaces(known, raw))
        return ruling

    def _others_moved(self, sight: Observation) -> bool:
        changed = not sight.holds and not sight.late
        return changed and not trusted(sight.known, self.facts)

    # What nobody can follow

    def disturbed(self, exchange: Exchange) -> None:
        """Something may have been done to whatever is named, and to more than that."""
        if exchange.reads and exchange.method == operation(exchange.operation).method:
            return
        if refusing(exchange.status):
            return
        self.writes += 1
        told = (exchange.path, exchange.request_text, exchange.text)
        for id in {id for text in told for id in GUID.findall(text)}:
            self.blur(id, exchange)
        if exchange.operation in (*HIDING, *MAKING) or not exchange.succeeded:
            self.lost = True
        if "ttendance" in exchange.operation:
            self.sheet = Sheet({}, lost=True)
        self._bought(exchange)

    def _bought(self, exchange: Exchange) -> None:
        """An order names none of the bookings that it moves; a cart may hold what is in it."""
        said = operation(exchange.operation).definition
        if "x-orders" in said:
            for id in list(self.shadows):
                self.blur(id, exchange)
        if "x-orders" in said or "x-holds" in said:
            self.lost = True

    def blur(self, id: str, exchange: Exchange) -> None:
        """Nothing is certain of this booking any more; less so after a call that was not answered.

        Such a call may be carried out at any time, also after others that were made later.
        """
        id = self.known_as(id)
        self.ledger.loosen([id], exchange)
        known = self.shadows.get(id)
        if known is not None:
            haunted = known.haunted or not exchange.succeeded
            blurred = evolve(known.blurred(), since=end(exchange), raw={}, haunted=haunted)
            self.shadows[id] = blurred

    def forget(self) -> None:
        """Somebody was at the controls: nothing is certain any more."""
        for id in self.shadows:
            self.shadows[id] = evolve(self.shadows[id].blurred(), revision=Span(), raw={})
        self.lost = True
        self.writes += 1
        self.sheet = Sheet({}, lost=True)
        self.ledger.forget()


def end(exchange: Exchange) -> float:
    """When an answer was there."""
    return exchange.started + exchange.seconds


def _asked_for(case: Case) -> Raw | Unknown:
    """The booked entity that a call asked for."""
    if not case.plain:
        return UNKNOWN
    return case.body if case.body.get("slot") else case.body.get("bookedEntity") or UNKNOWN


def _reasons(case: Case) -> dict[str, str]:
    """The rules by which a call made the facts what they are now."""
    made = {fact: by[case.operation] for fact, by in MADE_BY.items() if case.operation in by}
    if case.before is None and case.body.get("status") and "status" in made:
        made["status"] = ASKED_FOR
    if case.was is not None and case.was in case.move.open:
        made["status"] = made["place"] = made["count"] = case.move.open[case.was]
    if case.flow.get("checkAvailabilityValidation") and "flagged" in made:
        made["flagged"] = "CONFIRM-8"
    if case.before is not None and case.before.restless:
        made.pop("revision", None)
    return made


def _namespaces(known: Shadow, raw: Raw) -> Raw:
    fields = raw.get("extendedFields")
    stored = fields.get("namespaces") if isinstance(fields, dict) else None
    return stored if isinstance(stored, dict) else known.namespaces
