"""Which events are due: what was done to each booking since the list of events was last read.

Nothing is judged here. Events of before the first look at the list are nobody's business.
"""

from collections.abc import Iterable, Iterator, Mapping

from attrs import define, evolve, field, frozen

import bookings_openapi
from bookings_contract.findings.exchange import GUID, Exchange
from bookings_contract.oracle.case import Case
from bookings_contract.oracle.event_list import Key, by_key, slug_of
from bookings_contract.oracle.known_facts import KnownFacts
from bookings_contract.oracle.shadow import UNKNOWN, Shadow, revision_of
from bookings_contract.oracle.trusted import trusted
from bookings_contract.testkit.events import KINDS_OF_EVENTS, OWN, UPDATED, Event, is_aside

# The clocks that say when a call began and how long it took may differ by so many seconds.
HAIR = 0.01
WAITING = "WAITING_LIST"

# What tells that a booking has come to a status.
SLUGS: Mapping[str, str] = {
    status: slug
    for move in bookings_openapi.lifecycle().values()
    if move.sources and len(move.results) == len(move.events)
    for status, slug in zip(move.results, move.events, strict=True)
}


@frozen
class Deed:
    """What was done to a booking, and the kind of event that has to come of it, or may."""

    case: Case
    slug: str
    certain: bool = False

    @property
    def ended(self) -> float:
        """When it was answered."""
        return _end(self.case.exchange)


@frozen
class Account:
    """What was told of one booking since the last look, beside what was done to it."""

    id: str
    shadow: Shadow
    look: Exchange
    events: tuple[Event, ...]
    # What was done and is still to be told, and what was refused.
    deeds: tuple[Deed, ...]
    refused: tuple[Case, ...]
    # Nothing else can have been done to the booking.
    whole: bool
    # The list tells of this booking at all.
    covered: bool
    # An event has to be there by now if its deed ended before this.
    settled: float
    # What the list tells under each id.
    by_id: Mapping[str, frozenset[Key]]

    @property
    def slugs(self) -> Iterator[str]:
        """The kinds of event that were told, or are to be."""
        met = [*(deed.slug for deed in self.deeds), *map(slug_of, self.events)]
        return (slug for slug in dict.fromkeys(met) if slug in KINDS_OF_EVENTS)

    def due(self, slug: str) -> list[Deed]:
        """What an event of this kind may tell."""
        return [deed for deed in self.deeds if deed.slug == slug]

    def overdue(self, slug: str) -> list[Deed]:
        """What one has to have told by now."""
        return [deed for deed in self.due(slug) if deed.certain and deed.ended <= self.settled]

    def reported(self, slug: str) -> list[Event]:
        """The events of this kind, but for those that only say what else has told already."""
        return [e for e in self.events if slug_of(e) == slug and not is_aside(e)]

    def asides(self, slug: str) -> list[Event]:
        """Events of this kind that say which action is behind them."""
        return [e for e in self.events if slug_of(e) == slug and is_aside(e)]


@define
class Ledger:
    """What was done to each booking, until an event has told it."""

    facts: KnownFacts
    _deeds: dict[str, list[Deed]] = field(factory=dict)
    _refused: dict[str, list[Case]] = field(factory=dict)
    # Bookings whose every change since the last look is known, but for those to which anything may
    # have been done, each with the time of that.
    _followed: set[str] = field(factory=set)
    _loose: dict[str, float] = field(factory=dict)
    # What the last look showed, None before the first one; and all that was ever shown.
    _seen: frozenset[Key] | None = None
    _met: set[Key] = field(factory=set)
    _url: str | None = None

    # What is done

    def born(self, case: Case, id: str) -> None:
        """Takes down that a booking was made."""
        self._followed.add(id)
        self.moved(case, id)

    def moved(self, case: Case, id: str) -> None:
        """Takes down what a call did to its booking."""
        if case.refused:
            self._refused.setdefault(id, []).append(case)
        elif case.accepted:
            self._deeds.setdefault(id, []).extend(_deeds(case))
            if not case.plain:
                told = (case.exchange.path, case.exchange.request_text)
                self.loosen((id for text in told for id in GUID.findall(text)), case.exchange)

    def loosen(self, ids: Iterable[str], exchange: Exchange) -> None:
        """Takes down that an exchange may have done anything to bookings."""
        self._loose.update(dict.fromkeys(ids, _end(exchange)))

    def forget(self) -> None:
        """Begins anew with the next look."""
        self._seen = None

    # What is told

    def looked(self, look: Exchange, shadows: Mapping[str, Shadow]) -> list[Account]:
        """Bookings that something was done to, or is told of.

        There are none at a first look, nor at a list that no longer tells what it told before.
        """
        listed = by_key(look)
        if listed is None:
            self.forget()
            return []
        seen = self._seen if look.url == self._url else None
        known = seen is not None and seen <= listed.keys()
        new = {key: event for key, event in listed.items() if key not in self._met}
        self._seen, self._url = frozenset(listed), look.url
        self._met.update(listed)
        settled = look.started - self.facts.settle_s + (HAIR if self.facts.alone else 0.0)
        accounts = [*self._accounts(look, listed, new, shadows, settled)] if known else []
        self._close(new, settled, known)
        met = {id for id, shadow in shadows.items() if shadow.since <= settled}
        self._followed = self._followed | met if known else met
        return accounts

    def _accounts(
        self,
        look: Exchange,
        listed: Mapping[Key, Event],
        new: Mapping[Key, Event],
        shadows: Mapping[str, Shadow],
        settled: float,
    ) -> Iterator[Account]:
        by_id: dict[str, frozenset[Key]] = {}
        for key in listed:
            by_id[key[0]] = by_id.get(key[0], frozenset()) | {key}
        covered = {booking for _, _, booking, _ in listed}
        for id in dict.fromkeys([*self._deeds, *(key[2] for key in new)]):
            if id in shadows and self._concerns(shadows[id]):
                yield Account(
                    id=id,
                    shadow=shadows[id],
                    look=look,
                    events=tuple(event for key, event in new.items() if key[2] == id),
                    deeds=tuple(self._deeds.get(id, ())),
                    refused=tuple(self._refused.get(id, ())),
                    whole=self._whole(shadows[id]),
                    covered=id in covered or self._done_here(id),
                    settled=settled,
                    by_id=by_id,
                )

    def _concerns(self, shadow: Shadow) -> bool:
        """Whether a booking is nobody else's, or something was done to it all the same."""
        return self.facts.alone or shadow.own or shadow.id in self._deeds

    def _done_here(self, id: str) -> bool:
        """Whether something was done to it on the one site whose events are listed, for certain."""
        return self.facts.alone and any(d.case.by_an_owner for d in self._deeds.get(id, ()))

    def _whole(self, shadow: Shadow) -> bool:
        """Whether all that was done to a booking is known.

        One on a waiting list may move up whenever another leaves.
        """
        if shadow.id in self._loose or shadow.id not in self._followed:
            return False
        deeds = self._deeds.get(shadow.id, ())
        statuses = {shadow.status, *(deed.case.was for deed in deeds if deed.case.before)}
        return trusted(shadow, self.facts) and not statuses & {UNKNOWN, WAITING, None}

    def _close(self, new: Iterable[Key], settled: float, known: bool) -> None:
        """Keeps what is still to be told; elsewhere than in a world of one's own it may be late.

        What a first look may have told already need not be told again.
        """
        told = [(slug, id) for _, slug, id, _ in new]
        for id, deeds in self._deeds.items():
            kept = []
            for deed in sorted(deeds, key=lambda deed: not deed.certain):
                if (deed.slug, id) in told:
                    told.remove((deed.slug, id))
                elif (late := deed.ended > settled) or not self.facts.alone:
                    kept.append(evolve(deed, certain=deed.certain and late and known))
            self._deeds[id] = kept
        self._deeds = {id: deeds for id, deeds in self._deeds.items() if deeds}
        self._refused.clear()
        self._loose = {id: time for id, time in self._loose.items() if time > settled}


def _end(exchange: Exchange) -> float:
    return exchange.started + exchange.seconds


def _deeds(case: Case) -> Iterator[Deed]:
    """What an accepted call may have told."""
    move, status = case.move, (case.done or {}).get("status")
    became = SLUGS.get(str(status))
    own = became if len(move.results) > 1 else move.events[0]
    if own is not None:
        yield Deed(case, own, certain=_certain(case))
    also = {became} if case.was != status or case.before is None else set()
    if case.settled_otherwise:
        # Whatever is answered where it is open what the call does, it may have been told.
        also |= {*move.events, UPDATED}
    yield from (Deed(case, slug) for slug in sorted(also - {own, None}, key=str) if slug)


def _certain(case: Case) -> bool:
    """Whether the call has to tell its own event: whether it certainly changed something."""
    named = case.operation in bookings_openapi.rules()[OWN].operations
    if not named or not case.plain or (case.settled_otherwise and not _moved_on(case)):
        return False
    before, became = case.before, revision_of(case.done or {})
    if before is None:
        return True
    if case.done is None:
        name, data = case.body.get("namespace"), case.body.get("namespaceData")
        # Under an id that no answer has shown, a booking that is known by another may be meant.
        shown = before.revision.low > 0
        return shown and bool(data) and before.namespaces.get(str(name)) != data
    sent = case.body.get("revision") if case.move.revision_checked else None
    was = before.revision.exact if sent is None else revision_of({"revision": sent})
    return was is not None and became is not None and became > was


def _moved_on(case: Case) -> bool:
    """Whether a call did just what it does elsewhere, though it is open whether it does."""
    became = (case.done or {}).get("status")
    return case.was not in (None, became) and (became,) == case.move.results
