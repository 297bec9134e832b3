"""Sees each exchange, says what it shows of the rules, and remembers what is known from then on.

Nothing is sent from here, and nothing is known of how anything is sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import define, evolve, field

from bookings_contract.exchange import CONTROL, GUID, Exchange
from bookings_contract.operations import operation
from bookings_contract.oracle.attending import SETS, Set, Sheet, missing
from bookings_contract.oracle.case import SINGLE, WRITES, Case, Scene
from bookings_contract.oracle.grounds import Grounds
from bookings_contract.oracle.pages import (
    ATTENDANCE,
    COUNT,
    READER,
    READS,
    V1,
    Page,
    Walk,
    body_of,
    list_filter,
    list_query,
    rows,
    walked_on,
)
from bookings_contract.oracle.rulings import Ruling
from bookings_contract.oracle.shadow import UNKNOWN, Doubt, Raw, Shadow, Span, revision_of
from bookings_contract.oracle.sights import MADE_BY, Sight
from bookings_contract.oracle.stories import story
from bookings_contract.oracle.taken import Request, broken_in_shape, results, taken
from bookings_contract.oracle.trusted import before_a_write, trusted
from bookings_contract.verdicts import Finding, Kept, Reading

Told = Finding | Kept | Reading

CREATIONS = ("createBooking", "bulkCreateBooking")
EXTENDING = "updateExtendedFields"
# What is told by nobody else: bookings come of it that no answer shows.
HIDING = "registerToWaitlist"
# Answers that leave open whether anything was done.
OPEN_ENDED = frozenset({408, 499})


@define
class Oracle:
    """What is known of a target's bookings by the exchanges so far."""

    grounds: Grounds = field(factory=Grounds)
    shadows: dict[str, Shadow] = field(factory=dict)
    log: list[Exchange] = field(factory=list)
    _lost: bool = False
    _obeyed: set[str] = field(factory=set)
    _walks: dict[str, Walk] = field(factory=dict)
    _sheet: Sheet = field(factory=lambda: Sheet({}))
    _writes: int = 0

    def observe(self, exchange: Exchange) -> Iterator[Told]:
        """What an exchange shows of the rules; it is taken in whether or not anybody listens."""
        return iter(list(self._observed(exchange)))

    def _observed(self, exchange: Exchange) -> Iterator[Told]:
        if exchange.operation == CONTROL:
            self._forget()
            return
        self.log.append(exchange)
        asked = operation(exchange.operation)
        if exchange.method != asked.method:
            self._disturbed(exchange)
            return
        for ruling in self._rulings(exchange):
            if ruling.broken is None and ruling.rule and ruling.reading is None:
                self._obeyed.add(ruling.rule)
            said = ruling.said()
            if isinstance(said, Finding):
                said = evolve(said, story=story(self.log, ruling.about))
            yield said

    def _rulings(self, exchange: Exchange) -> Iterator[Ruling]:
        if exchange.reads:
            if exchange.succeeded:
                yield from self._read(exchange)
            elif exchange.operation == "getAttendance":
                yield from self._attendance(exchange)
            return
        request = taken(exchange)
        yield from broken_in_shape(exchange)
        if exchange.operation == "setAttendance":
            yield from self._attendance(exchange)
        elif exchange.operation in CREATIONS:
            yield from self._made(exchange, request)
        elif exchange.operation in SINGLE:
            yield from self._decided_in_bulk(exchange, request)
        elif request.booking_id is not None and request.moves:
            yield from self._written(exchange, request)
        else:
            self._disturbed(exchange)

    @property
    def scene(self) -> Scene:
        """All that is known now."""
        now = self.log[-1].started if self.log else 0.0
        return Scene(self.grounds, self.shadows, self._lost, frozenset(self._obeyed), now)

    # Writes

    def _written(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        id = str(request.booking_id)
        shown = exchange.booking
        after = shown.raw if shown is not None and shown.id == id else None
        case = self._case(exchange, request, id, request.asked, after, exchange.status)
        yield from WRITES.judge(exchange.operation, case)
        self._take(case, request, id)

    def _case(
        self,
        exchange: Exchange,
        request: Request,
        id: str,
        asked: Raw,
        after: Raw | None,
        status: int,
        code: str | None = None,
    ) -> Case:
        known = self.shadows.get(id, Shadow(id))
        checked = operation(exchange.operation).revised
        accepted = 200 <= status < 300
        led = after if accepted else None
        return Case(
            operation=exchange.operation,
            exchange=exchange,
            asked=asked,
            plain=request.plain,
            accepted=accepted,
            refused=400 <= status < 500 and status not in OPEN_ENDED,
            code=code or exchange.code,
            scene=self.scene,
            before=before_a_write(known, self.grounds, asked, led, checked),
            after=after,
        )

    def _take(self, case: Case, request: Request, id: str) -> None:
        """Remembers what a write did to its booking."""
        known = self.shadows.get(id)
        if case.refused:
            if known is not None:
                doubt = Doubt(len(self.log), case.move.open.get(case.was or ""))
                self.shadows[id] = evolve(known, doubts=(*known.doubts, doubt))
            return
        self._writes += 1
        before = known or Shadow(id)
        if not case.accepted or (case.after is None and case.operation != EXTENDING):
            if known is not None:
                self.shadows[id] = evolve(known.blurred(), since=_end(case.exchange))
            return
        if case.after is None:
            self.shadows[id] = self._extended(before, case)
        else:
            self.shadows[id] = self._after(before, case.after, case)

    def _after(self, before: Shadow, raw: Raw, case: Case) -> Shadow:
        made = {fact: rules[case.operation] for fact, rules in MADE_BY.items()
                if case.operation in rules}
        if case.was is not None and case.was in case.move.open:
            made["status"] = made["place"] = made["count"] = case.move.open[case.was]
        if case.flow.get("checkAvailabilityValidation") and "flagged" in made:
            made["flagged"] = "CONFIRM-8"
        if case.before is not None and case.before.restless:
            made.pop("revision", None)
        after = evolve(
            before.seen_as(raw),
            because={**before.because, **made},
            since=_end(case.exchange),
            earlier=self._earlier(before),
        )
        return self._left(before, after)

    def _left(self, before: Shadow, after: Shadow) -> Shadow:
        old, new = before.place, after.place
        if old is None or new is None or old == new or before.count is UNKNOWN:
            return after
        return evolve(after, left=(*before.left, (old, before.count)))

    def _extended(self, before: Shadow, case: Case) -> Shadow:
        """Data was stored; whether that raises the revision is open."""
        name, data = case.asked.get("namespace"), case.asked.get("namespaceData")
        stored = dict(before.namespaces)
        if case.plain and isinstance(name, str) and isinstance(data, dict):
            stored[name] = data
        else:
            stored.clear()
        rules = {fact: MADE_BY[fact][EXTENDING] for fact in ("revision", "namespaces")}
        return evolve(
            before,
            namespaces=stored,
            revision=before.revision.later(1),
            because={**before.because, **rules},
            doubts=(),
            raw={},
            since=_end(case.exchange),
            earlier=self._earlier(before),
        )

    def _earlier(self, before: Shadow) -> Shadow | None:
        """What held before, where readers may be late; no more of it than can matter."""
        if not self.grounds.settle_s:
            return None
        now = self.log[-1].started
        recent = before.since >= now - self.grounds.settle_s
        return before if recent else evolve(before, earlier=None)

    def _decided_in_bulk(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        details = request.asked.get("details")
        if not exchange.succeeded or not isinstance(details, list) or not request.plain:
            self._disturbed(exchange)
            return
        ids = [str(one.get("bookingId")) for one in details]
        answered = results(exchange)
        for number, asked in enumerate(details):
            result = answered.get(number)
            if result is None or ids.count(ids[number]) > 1:
                self._blur(ids[number])
                continue
            status = 200 if result.success else 428
            case = self._case(
                exchange, request, ids[number], asked, result.item, status, result.code
            )
            yield from WRITES.judge(exchange.operation, case)
            self._take(case, request, ids[number])

    # Bookings that are made

    def _made(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        if not exchange.succeeded and not 400 <= exchange.status < 500:
            self._disturbed(exchange)
            self._lost = True
            return
        for case, id in self._creations(exchange, request):
            yield from WRITES.judge(exchange.operation, case)
            self._born(case, id)
        if exchange.operation == "bulkCreateBooking" and exchange.succeeded:
            yield from self._bulk(exchange, request)

    def _creations(
        self, exchange: Exchange, request: Request
    ) -> Iterator[tuple[Case, str | None]]:
        if exchange.operation == "createBooking":
            shown = exchange.booking
            raw = shown.raw if shown else None
            yield self._creation(exchange, request, request.asked, raw, exchange.status, None), (
                shown.id if shown else None
            )
            return
        items = request.asked.get("createBookingsInfo")
        if not exchange.succeeded or not isinstance(items, list):
            return
        answered = results(exchange)
        for number, item in enumerate(items):
            result = answered.get(number)
            if result is None or not isinstance(item, dict):
                self._lost = True
                continue
            status = 200 if result.success else 428
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
            asked=booking if isinstance(booking, dict) else {},
            plain=request.plain,
            accepted=200 <= status < 300,
            refused=400 <= status < 500,
            code=code or exchange.code,
            scene=self.scene,
            after=raw,
            whole=whole,
        )

    def _born(self, case: Case, id: str | None) -> None:
        """Remembers a booking that was made."""
        if not case.accepted:
            return
        self._writes += 1
        if id is None:
            self._lost = True
            return
        fresh = Shadow(
            id,
            flow=case.flow if case.plain else UNKNOWN,
            own=True,
            made_by=case.exchange.caller,
            restless=bool(case.whole.get("formSubmission")) or not case.plain,
            since=_end(case.exchange),
        )
        self.shadows[id] = self._after(fresh, case.after, case) if case.after else fresh

    def _bulk(self, exchange: Exchange, request: Request) -> Iterator[Ruling]:
        from bookings_contract.oracle.bulk import BULK, Bulk

        items = request.asked.get("createBookingsInfo")
        if isinstance(items, list) and request.plain:
            asked = bool(request.asked.get("returnFullEntity"))
            yield from BULK.judge(exchange.operation, Bulk(exchange, len(items), asked))

    # Reads

    def _read(self, exchange: Exchange) -> Iterator[Ruling]:
        if exchange.operation == "getAttendance":
            yield from self._attendance(exchange)
            return
        page = self._page(exchange)
        if page is None:
            return
        yield from READS.judge(exchange.operation, page)
        if exchange.operation == ATTENDANCE:
            found = missing(page, self._sheet)
            yield from (found,) if found else ()
        if exchange.operation == READER:
            yield from self._sighted(page)
        self._walk_on(page)

    def _sighted(self, page: Page) -> Iterator[Ruling]:
        for raw in page.records:
            id = raw.get("id")
            if not isinstance(id, str):
                continue
            known = self.shadows.get(id)
            if known is None:
                self.shadows[id] = self._met(id, raw, page)
                continue
            sight = Sight(raw, known, self.grounds, page.exchange.started)
            ruling = sight.ruling()
            if ruling is not None:
                yield ruling
                self.shadows[id] = evolve(known.blurred(), because={}).seen_as(raw)
            elif sight.holds or (sight.newer and not self.grounds.alone):
                seen = known.seen_as(raw)
                self.shadows[id] = evolve(seen, namespaces=_namespaces(known, raw))
            elif not sight.late and not trusted(known, self.grounds):
                self.shadows[id] = evolve(known.blurred(), because={}).seen_as(raw)

    def _met(self, id: str, raw: Raw, page: Page) -> Shadow:
        """A booking that is first met in a read: it starts as it is."""
        by = page.exchange.caller if self.grounds.alone else None
        return evolve(Shadow(id, made_by=by).seen_as(raw), since=_end(page.exchange))

    def _page(self, exchange: Exchange) -> Page | None:
        makers: Mapping[str, Callable[[Exchange], Page]] = {
            READER: self._reader_page,
            ATTENDANCE: self._attendance_page,
            COUNT: self._counted,
            V1: self._listed,
        }
        maker = makers.get(exchange.operation)
        return maker(exchange) if maker else None

    def _reader_page(self, exchange: Exchange) -> Page:
        found = list(rows(exchange.json, "extendedBookings", "booking"))
        page = self._queried(exchange, tuple(record for _, record in found))
        return evolve(page, entries=tuple(entry for entry, _ in found))

    def _attendance_page(self, exchange: Exchange) -> Page:
        found = rows(exchange.json, "attendances", None)
        return self._queried(exchange, tuple(record for _, record in found))

    def _queried(self, exchange: Exchange, records: tuple[Raw, ...]) -> Page:
        body = body_of(exchange)
        query = body.get("query") if isinstance(body.get("query"), dict) else {}
        paging = query.get("cursorPaging") or query.get("paging") or {}
        cursor = paging.get("cursor") if isinstance(paging, dict) else None
        limit = paging.get("limit") if isinstance(paging, dict) else None
        offset = paging.get("offset") if isinstance(paging, dict) else None
        begun = self._walks.get(str(cursor)) if cursor else self._begun(exchange, query)
        walk = begun or Walk(None, caller=exchange.caller)
        next_one = _next(exchange)
        full = len(records) >= (limit or DEFAULT_PAGE) if offset is not None or not cursor else True
        by_offset = "paging" in query and bool(query.get("paging"))
        return Page(
            exchange=exchange,
            scene=self.scene,
            walk=walk,
            records=records,
            request=body,
            limit=limit if isinstance(limit, int) else None,
            first=not cursor,
            last=not next_one and not offset and not (by_offset and full),
            quiet=begun is not None and walk.writes == self._writes and walk.caller == exchange.caller,
            plain=taken(exchange).plain and begun is not None,
        )

    def _begun(self, exchange: Exchange, query: Mapping[str, Any]) -> Walk:
        filter, sort = query.get("filter"), query.get("sort")
        return Walk(
            filter if isinstance(filter, dict) else {},
            tuple(sort) if isinstance(sort, list) else (),
            writes=self._writes,
            caller=exchange.caller,
        )

    def _counted(self, exchange: Exchange) -> Page:
        walk = self._begun(exchange, body_of(exchange))
        return Page(exchange, self.scene, walk, (), plain=taken(exchange).plain)

    def _listed(self, exchange: Exchange) -> Page:
        query, once = list_query(exchange)
        known = set(query) <= {"query.filter.stringValue", "withBookingAllowedActions"}
        filter = list_filter(query.get("query.filter.stringValue"))
        walk = Walk(filter, ("sort",) if "query.sort" in query else (), caller=exchange.caller)
        records = tuple(record for _, record in rows(exchange.json, "bookingsEntries", "booking"))
        paged = any(".paging." in key for key in query)
        return Page(
            exchange,
            self.scene,
            walk,
            records,
            last=known and not paged and len(records) < DEFAULT_LIST,
            plain=once and filter is not None,
        )

    def _walk_on(self, page: Page) -> None:
        cursor = _next(page.exchange)
        if cursor and page.plain:
            self._walks[cursor] = walked_on(page.walk, page)

    # Attendance

    def _attendance(self, exchange: Exchange) -> Iterator[Ruling]:
        request, body = taken(exchange), exchange.json
        shown = body.get("attendance") if isinstance(body, dict) else None
        shown = shown if isinstance(shown, dict) and exchange.succeeded else None
        if exchange.operation == "getAttendance":
            asked: Raw = {"id": (GUID.findall(exchange.path) or [None])[0]}
        else:
            sent = request.asked.get("attendance")
            asked = sent if isinstance(sent, dict) and request.plain else {}
        case = Set(
            asked=asked,
            shown=shown,
            sheet=self._sheet,
            accepted=exchange.succeeded,
            refused=400 <= exchange.status < 500,
            alone=self.grounds.alone,
            said=f"{exchange.status} {exchange.code or ''}".strip(),
        )
        yield from SETS.judge(exchange.operation, case)
        if exchange.operation == "setAttendance" and not 400 <= exchange.status < 500:
            self._writes += 1
            lost = shown is None or not shown.get("id")
            self._sheet = evolve(self._sheet, objects={}, lost=True) if lost else self._kept(shown)

    def _kept(self, shown: Raw | None) -> Sheet:
        return self._sheet.after(shown) if shown else self._sheet

    # What nobody can follow

    def _disturbed(self, exchange: Exchange) -> None:
        """Something may have been done to whatever is named, and to more than that."""
        if exchange.reads and exchange.method == operation(exchange.operation).method:
            return
        if 400 <= exchange.status < 500 and exchange.status not in OPEN_ENDED:
            return
        self._writes += 1
        for id in {*GUID.findall(exchange.path), *GUID.findall(exchange.request_text),
                   *GUID.findall(exchange.text)}:
            self._blur(id)
        if exchange.operation in (HIDING, *CREATIONS) or not exchange.succeeded:
            self._lost = True
        if "ttendance" in exchange.operation:
            self._sheet = Sheet({}, lost=True)

    def _blur(self, id: str) -> None:
        known = self.shadows.get(id)
        if known is not None:
            self.shadows[id] = evolve(known.blurred(), since=_end(self.log[-1]), raw={})

    def _forget(self) -> None:
        """Somebody was at the controls: nothing is certain any more."""
        for id in self.shadows:
            self.shadows[id] = evolve(self.shadows[id].blurred(), revision=Span(), raw={})
        self._lost = True
        self._writes += 1
        self._sheet = Sheet({}, lost=True)


def observe_all(exchanges: Iterable[Exchange], grounds: Grounds | None = None) -> Iterator[Told]:
    """What traffic that was recorded shows of the rules; whoever sent it was not alone."""
    oracle = Oracle(grounds or Grounds())
    for exchange in sorted(exchanges, key=lambda one: one.started):
        yield from oracle.observe(exchange)


# How much a page holds when nobody says; beyond that there may be more.
DEFAULT_PAGE: int = operation(READER).definition["x-paging"]["default"]
DEFAULT_LIST: int = operation(V1).definition["x-paging"]["default"]


def _next(exchange: Exchange) -> str | None:
    body = exchange.json
    paging = body.get("pagingMetadata") if isinstance(body, dict) else None
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    found = cursors.get("next") if isinstance(cursors, dict) else None
    return str(found) if found else None


def _namespaces(known: Shadow, raw: Raw) -> Raw:
    fields = raw.get("extendedFields")
    stored = fields.get("namespaces") if isinstance(fields, dict) else None
    return stored if isinstance(stored, dict) else known.namespaces


def _end(exchange: Exchange) -> float:
    return exchange.started + exchange.seconds


__all__ = ["Oracle", "observe_all", "revision_of"]
