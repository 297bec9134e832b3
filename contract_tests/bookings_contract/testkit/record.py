"""What one test has seen and found so far; its client and its expectations write here."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from attrs import define, evolve, field

from bookings_contract.findings.coverage import Watcher
from bookings_contract.findings.exchange import CONTROL, GUID, Exchange, Seen, leaves
from bookings_contract.findings.verdicts import Finding, Kept, Left, Outcome, Reading, Said

Observer = Callable[[Exchange], Iterable[Finding | Kept]]


@define
class Record:
    """One test's notes."""

    # Which rules are asked about; what is found about others is let go. None is all.
    wanted: frozenset[str] | None = None
    exchanges: list[Exchange] = field(factory=list)
    findings: dict[tuple[str | None, ...], Finding] = field(factory=dict)
    kept: dict[Kept, None] = field(factory=dict)
    readings: dict[Reading, None] = field(factory=dict)
    left: dict[Left, None] = field(factory=dict)
    breach: str | None = None
    not_judged: str | None = None
    unanswered: bool = False
    error: str | None = None
    # What the oracle found in passing, until the test is over.
    in_passing: list[Finding] = field(factory=list)
    _chapter: int = 0
    _watcher: Watcher = field(factory=Watcher)
    # What the target's controls showed last, since the last call.
    _aside: Callable[[], Exchange] | None = None
    # And all that they ever showed.
    _asides: list[Callable[[], Exchange]] = field(factory=list)

    def add(self, exchange: Exchange, observers: Iterable[Observer] = ()) -> Seen | None:
        """Takes an exchange in; answers how its booking looked before it."""
        self.exchanges.append(exchange)
        self._aside = None
        for observer in observers:
            for said in observer(exchange):
                self.note(said, passing=True)
        return self._watcher.see(exchange)

    def intervene(self, exchange: Exchange) -> None:
        """Takes in what the target's controls were told to do: a step of the story."""
        self.exchanges.append(exchange)
        self._aside = None

    def look(self, aside: Callable[[], Exchange]) -> None:
        """Takes in what the target's controls show: no part of a story, yet evidence of one."""
        self._aside = aside
        self._asides.append(aside)

    @property
    def seen(self) -> list[Exchange]:
        """Every exchange, and after them what the target's controls showed."""
        return [*self.exchanges, *(aside() for aside in self._asides)]

    def note(
        self,
        said: Said,
        at: Exchange | None = None,
        passing: bool = False,
    ) -> None:
        """Keeps a record if its rule is asked about; a finding gets its story."""
        if isinstance(said, Finding) and not passing and self.breach is None:
            self.breach = said.rule
        if self.wanted is not None and said.rule not in self.wanted:
            return
        if isinstance(said, Finding):
            self._find(said, at, passing)
        elif isinstance(said, Kept):
            self.kept[said] = None
        elif isinstance(said, Reading):
            self.readings[said] = None
        else:
            self.left[said] = None

    def _find(self, finding: Finding, at: Exchange | None, passing: bool) -> None:
        latest = not self.exchanges or at is self.exchanges[-1]
        aside = None
        if self._aside and not passing and (at is None or latest) and not finding.shown_by_answer:
            aside = self._aside()
        # What the controls show comes of everything that was done, whatever the story leaves out.
        exchanges = self.exchanges if aside else self._chapters_up_to(at)
        story = about_last(exchanges) if passing else trimmed(exchanges)
        told = evolve(finding, story=finding.story or story, aside=finding.aside or aside)
        self.findings.setdefault(told.identity, told)

    def _chapters_up_to(self, at: Exchange | None) -> Sequence[Exchange]:
        chapter = self.exchanges[self._chapter :]
        ends = [n for n, exchange in enumerate(chapter, 1) if exchange is at]
        return chapter[: ends[-1]] if ends else chapter

    def adopt_passing(self) -> None:
        """Takes in what was in_passing, unless the test has a breach of its own to tell of.

        What follows from one breach is best told once, by the test that knows what it is about.
        """
        if self.breach is None:
            for finding in self.in_passing:
                self.note(finding, passing=True)
        self.in_passing.clear()

    def speaks_of(self, rule: str) -> bool:
        """Whether anything was written down about the rule."""
        said: tuple[Iterable[Said], ...] = (self.kept, self.readings, self.left)
        found = any(finding.rule == rule for finding in self.findings.values())
        return found or any(one.rule == rule for kind in said for one in kind)

    @property
    def last_write_succeeded(self) -> bool:
        """Whether the newest call that could change something was accepted."""
        told = (e for e in self.exchanges if e.operation != CONTROL)
        writes = [exchange for exchange in told if not exchange.reads]
        return bool(writes) and writes[-1].succeeded

    def begin(self) -> None:
        """Starts a new story: what came before explains nothing of what follows."""
        self._chapter = len(self.exchanges)

    def outcome(
        self, test: str, suite: str, rules: tuple[str, ...], seconds: float, node: str = ""
    ) -> Outcome:
        """What the test has to say, now that it is over."""
        return Outcome(
            test=test,
            suite=suite,
            rules=rules,
            node=node,
            findings=tuple(self.findings.values()),
            kept=tuple(self.kept),
            readings=tuple(self.readings),
            left=tuple(self.left),
            breach=self.breach,
            not_judged=self.not_judged,
            unanswered=self.unanswered,
            error=self.error,
            coverage=self._watcher.coverage,
            seconds=seconds,
        )


def trimmed(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The exchanges without the reads that explain nothing.

    Every write stays, and the last exchange whatever it is; a read stays only if an id or a cursor
    that a later request names was first met there, or a revision that no write told.
    """
    if not exchanges:
        return ()
    *earlier, last = exchanges
    writes = [exchange for exchange in earlier if not exchange.reads]
    told = [*writes, last]
    kept = {id(exchange) for exchange in told} | {
        id(read) for read in _introductions(earlier, told)
    }
    return tuple(exchange for exchange in exchanges if id(exchange) in kept)


def _introductions(earlier: Sequence[Exchange], told: Sequence[Exchange]) -> Iterator[Exchange]:
    for exchange in told:
        for guid in GUID.findall(exchange.path):
            met = _first_met(guid, earlier)
            if met is not None and met.reads:
                yield met
        yield from _looked_up(exchange, earlier)
        for at, value in leaves(exchange.request_json):
            page = _first_met(value, earlier) if at[-1:] == ("cursor",) and value else None
            if page is not None and page.reads:
                yield page
                yield from _introductions(earlier, [page])


def _looked_up(exchange: Exchange, earlier: Sequence[Exchange]) -> Iterator[Exchange]:
    """The read that told a request's revision, where the write before did not tell it."""
    ids = GUID.findall(exchange.path)
    body = exchange.request_json
    if not ids or not isinstance(body, dict) or "revision" not in body:
        return
    silent = False
    for one in earlier[: _index(exchange, earlier)]:
        if one.booking is not None and one.booking.id == ids[0]:
            if silent and one.reads:
                yield one
            silent = False
        elif ids[0] in one.path:
            silent |= one.succeeded and not one.reads


def _index(exchange: Exchange, earlier: Sequence[Exchange]) -> int:
    return next((n for n, one in enumerate(earlier) if one is exchange), len(earlier))


def _first_met(word: object, earlier: Sequence[Exchange]) -> Exchange | None:
    return next((e for e in earlier if str(word) in e.text or str(word) in e.request_text), None)


def about_last(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The last exchange, after the writes that made the booking it is about."""
    if not exchanges:
        return ()
    *earlier, last = exchanges
    named = set(GUID.findall(last.path)) | set(GUID.findall(last.request_text))
    made = [e for e in earlier if not e.reads and e.booking and e.booking.id in named]
    return (*made, last)
