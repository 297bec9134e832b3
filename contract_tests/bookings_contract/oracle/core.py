"""Sees each exchange, says what it shows of the rules, and remembers what is known from then on.

Nothing is sent from here, and nothing is known of how anything is sent.
"""

from collections.abc import Iterable, Iterator

from attrs import define, evolve, field

from bookings_contract.findings.exchange import CONTROL, GUID, Exchange
from bookings_contract.findings.operations import operation
from bookings_contract.findings.verdicts import Finding, Kept, Reading
from bookings_contract.oracle import events
from bookings_contract.oracle.attending import SETS, Set, missing
from bookings_contract.oracle.bulk import BULK, Bulk
from bookings_contract.oracle.case import SINGLE, WRITES, Case
from bookings_contract.oracle.event_list import is_list, of_story
from bookings_contract.oracle.known_facts import KnownFacts
from bookings_contract.oracle.memory import MAKING, Memory
from bookings_contract.oracle.pages import ATTENDANCE, READS
from bookings_contract.oracle.querying import Walks
from bookings_contract.oracle.request import (
    Request,
    as_declared,
    broken_in_shape,
    refusing,
    request_of,
    results,
)
from bookings_contract.oracle.rulings import Ruling
from bookings_contract.oracle.shadow import Raw, Shadow
from bookings_contract.oracle.stories import story, up_to
from bookings_contract.oracle.trusted import before_a_write

Told = Finding | Kept | Reading

SETTING, GETTING = "setAttendance", "getAttendance"
# The status that stands for an item of a bulk call that was not done.
NOT_DONE = 428
# What comes of reading something that is not what it should be.
UNREADABLE = (AttributeError, KeyError, IndexError, TypeError, ValueError)


@define
class Oracle:
    """What is known of a target's bookings by the exchanges so far."""

    facts: KnownFacts = field(factory=KnownFacts)
    log: list[Exchange] = field(factory=list)
    _memory: Memory = field(init=False)
    _walks: Walks = field(factory=Walks)

    def __attrs_post_init__(self) -> None:
        self._memory = Memory(self.facts)

    @property
    def shadows(self) -> dict[str, Shadow]:
        """What is known of each booking met, by its id."""
        return self._memory.shadows

    def observe(self, exchange: Exchange) -> Iterator[Told]:
        """What an exchange shows of the rules; it is taken in whether or not anybody listens."""
        return iter([self._told(ruling) for ruling in self._taken_in(exchange)])

    def _taken_in(self, exchange: Exchange) -> list[Ruling]:
        if exchange.operation == CONTROL:
            return self._at_the_controls(exchange)
        self.log.append(exchange)
        if exchange.method != operation(exchange.operation).method:
            self._memory.disturbed(exchange)
            return []
        request = request_of(exchange)
        try:
            return list(self._rulings(exchange, request))
        except UNREADABLE:
            # Anything may stand in an answer that has not the declared shape; otherwise it is ours.
            if request.plain and as_declared(exchange):
                raise
            self._memory.disturbed(exchange)
            return []

    def _at_the_controls(self, exchange: Exchange) -> list[Ruling]:
        """What the list of events shows; whoever changes something there leaves nothing certain."""
        memory = self._memory
        if not exchange.reads:
            memory.forget()
        elif exchange.succeeded and is_list(exchange.path):
            accounts = memory.ledger.looked(exchange, memory.shadows)
            return [ruling for account in accounts for ruling in events.judged(account)]
        return []

    def _told(self, ruling: Ruling) -> Told:
        said = ruling.recorded()
        if isinstance(said, Finding):
            told = story(up_to(ruling.at, self.log), ruling.about)
            return evolve(said, story=told, aside=said.aside and of_story(said.aside, told))
        if isinstance(said, Kept):
            self._memory.obeyed.add(said.rule)
        return said

    def _rulings(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        if exchange.operation in (SETTING, GETTING):
            yield from broken_in_shape(exchange, request.body)
            yield from self._attendance(exchange, request)
        elif exchange.reads:
            yield from self._read(exchange, request) if exchange.succeeded else ()
        else:
            yield from broken_in_shape(exchange, request.body)
            yield from self._write(exchange, request)

    # Writes

    def _write(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        if exchange.operation in MAKING:
            yield from self._made(exchange, request)
        elif exchange.operation in SINGLE:
            yield from self._decided_in_bulk(exchange, request)
        elif request.booking_id is not None and request.moves:
            shown = exchange.booking
            id = self._memory.known_as(request.booking_id)
            own = shown is not None and self._memory.known_as(shown.id) == id
            after = shown.raw if shown is not None and own else None
            yield from self._moved(exchange, request, id, request.plain_body, after)
        else:
            self._memory.disturbed(exchange)

    def _moved(
        self,
        exchange: Exchange,
        request: Request,
        id: str,
        body: Raw,
        after: Raw | None,
        status: int | None = None,
        code: str | None = None,
    ) -> Iterator[Ruling]:
        """One booking's part in a call; `status` and `code` are its own where it is one of many."""
        status = exchange.status if status is None else status
        accepted = 200 <= status < 300
        known = self.shadows.get(id, Shadow(id))
        checked = operation(exchange.operation).revised
        case = Case(
            operation=exchange.operation,
            exchange=exchange,
            body=body,
            plain=request.plain,
            accepted=accepted,
            refused=refusing(status),
            code=code or exchange.code,
            scene=self._memory.scene(exchange),
            before=before_a_write(known, self.facts, body, after if accepted else None, checked),
            after=after,
        )
        yield from WRITES.judge(exchange.operation, case)
        self._memory.moved(case, id)

    def _decided_in_bulk(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        details = request.plain_body.get("details")
        if not exchange.succeeded or not isinstance(details, list) or not request.plain:
            self._memory.disturbed(exchange)
            return
        answered = results(exchange)
        ids = [self._memory.known_as(str(body.get("bookingId"))) for body in details]
        for number, body in enumerate(details):
            result = answered.get(number)
            if result is None or ids.count(ids[number]) > 1:
                self._memory.blur(ids[number], exchange)
                continue
            status = exchange.status if result.success else NOT_DONE
            item = result.item if result.success else None
            yield from self._moved(exchange, request, ids[number], body, item, status, result.code)

    def _made(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        if not exchange.succeeded and not refusing(exchange.status):
            self._memory.disturbed(exchange)
            return
        for case, id in self._creations(exchange, request):
            yield from WRITES.judge(exchange.operation, case)
            self._memory.born(case, id)
        items = request.plain_body.get("createBookingsInfo")
        if exchange.succeeded and isinstance(items, list) and request.plain:
            with_entities = bool(request.plain_body.get("returnFullEntity"))
            yield from BULK.judge(exchange.operation, Bulk(exchange, len(items), with_entities))

    def _creations(self, exchange: Exchange, request: Request) -> Iterator[tuple[Case, str | None]]:
        """Each booking that was to be made, with the id of the one that was."""
        if exchange.operation == "createBooking":
            shown, status = exchange.booking, exchange.status
            raw, id = (shown.raw, shown.id) if shown else (None, None)
            yield self._creation(exchange, request, request.plain_body, raw, status, None), id
            return
        items = request.plain_body.get("createBookingsInfo")
        if not exchange.succeeded:
            return
        answered = results(exchange)
        for number, item in enumerate(items if isinstance(items, list) else ()):
            result = answered.get(number)
            if result is None or not isinstance(item, dict):
                self._memory.lost = True
                continue
            status = exchange.status if result.success else NOT_DONE
            case = self._creation(exchange, request, item, result.item, status, result.code)
            yield case, result.id if result.success else None

    def _creation(
        self,
        exchange: Exchange,
        request: Request,
        whole: Raw,
        raw: Raw | None,
        status: int,
        code: str | None,
    ) -> Case:
        booking = whole.get("booking")
        return Case(
            operation=exchange.operation,
            exchange=exchange,
            body=booking if isinstance(booking, dict) else {},
            plain=request.plain,
            accepted=200 <= status < 300,
            refused=refusing(status),
            code=code or exchange.code,
            scene=self._memory.scene(exchange),
            after=raw,
            whole=whole,
        )

    # Reads

    def _read(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        memory = self._memory
        page = self._walks.page(exchange, request.plain, memory.scene(exchange), memory.writes)
        if page is None:
            return
        yield from READS.judge(exchange.operation, page)
        if exchange.operation == ATTENDANCE:
            found = missing(page, memory.sheet)
            yield from (found,) if found else ()
        for raw in page.records:
            ruling = memory.seen(raw, page)
            yield from (ruling,) if ruling else ()
        self._walks.go_on(page)

    # Attendance

    def _attendance(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        memory, answer = self._memory, exchange.json
        shown = answer.get("attendance") if isinstance(answer, dict) else None
        shown = shown if isinstance(shown, dict) and exchange.succeeded else None
        sent = request.plain_body.get("attendance")
        body: Raw = sent if isinstance(sent, dict) and request.plain else {}
        if exchange.operation == GETTING:
            body = {"id": (GUID.findall(exchange.path) or [None])[0]}
        case = Set(
            body=body,
            shown=shown,
            sheet=memory.sheet,
            accepted=exchange.succeeded,
            refused=refusing(exchange.status),
            alone=self.facts.alone,
            summary=f"{exchange.status} {exchange.code or ''}".strip(),
        )
        yield from SETS.judge(exchange.operation, case)
        if exchange.operation == SETTING and shown and shown.get("id"):
            memory.writes += 1
            memory.sheet = memory.sheet.after(shown)
            # Whether that updates the booking is nowhere said.
            memory.ledger.loosen([str(shown.get("bookingId"))], exchange)
        elif exchange.operation == SETTING:
            memory.disturbed(exchange)


def observe_all(exchanges: Iterable[Exchange], facts: KnownFacts | None = None) -> Iterator[Told]:
    """What traffic that was recorded shows of the rules; whoever sent it was not alone."""
    oracle = Oracle(facts or KnownFacts())
    for exchange in sorted(exchanges, key=lambda one: one.started):
        yield from oracle.observe(exchange)
