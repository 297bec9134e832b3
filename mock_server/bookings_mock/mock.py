"""The mock as a whole: its sites, callers, worlds and rules, put together once at the start."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from attrs import frozen

from bookings_mock.callers import Caller, split_token
from bookings_mock.chance import Chance
from bookings_mock.clock import Clock, WorldClock
from bookings_mock.domain.ground import Checkout, Ground, Move
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.rules import tokens
from bookings_mock.domain.service import Site
from bookings_mock.outbox import Keys
from bookings_mock.query import Grammar
from bookings_mock.shared import Shared
from bookings_mock.site import read_callers, read_site
from bookings_mock.tokens import ACCESS, Tokens, clients
from bookings_mock.world import World, Worlds

# Sites that are held read: worlds of one day share one, and clocks may name any number of days.
_SITES = 32


@frozen
class EventKind:
    """How the document declares the events of one slug: variant, and fields of an action's body."""

    entity: str
    variant: str
    fields: frozenset[str]


@frozen
class Happening:
    """Something that falls due in a world at a time; `fire` lets it happen, once and for all.

    `more` says that other things may fall due by it.
    """

    time: datetime
    what: str
    about: str
    fire: Callable[[], Awaitable[None] | None]
    more: bool = False


def reading_problem(rule: str, letter: str, known: Mapping[str, Iterable[str]]) -> str | None:
    """What is wrong with choosing this reading, None if nothing is."""
    if rule not in known:
        near = get_close_matches(rule, known, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return f"there is no rule {rule[:64]!r} with readings{hint}"
    if letter not in known[rule]:
        return f"{rule} has the readings {', '.join(known[rule])}, not {letter[:64]!r}"
    return None


# What falls due in a world up to a moment and has not happened yet.
Due = Callable[["Mock", World, datetime], Iterable[Happening]]


class Mock:
    """Everything that outlives a request.

    `home` is the site file that is served first; `neighbours` the other sites that its callers may
    belong to. `writable` names the fields of a booking that a caller can write, and which fields of
    their items not; `grammars` say what the queries of each operation may name. `clock` is the
    machine's, or one that stands: every world begins with it; ids, keys and tokens are drawn from
    `chance`. `due` are asked what happens by itself when a world's clock moves; `readings` names
    the letters of each EITHER rule, `strict` the ADVICE rules that refuse. `document` is what is
    shown to those who ask for it.
    """

    def __init__(
        self,
        home: Mapping[str, Any],
        neighbours: Iterable[Mapping[str, Any]],
        rules: Rulebook,
        moves: Mapping[str, Move],
        checkout: Checkout,
        grammars: Mapping[str, Grammar],
        event_kinds: Mapping[str, EventKind],
        writable: Mapping[str, frozenset[str]],
        world_limit: int,
        clock: Clock,
        chance: Chance,
        due: Iterable[Due] = (),
        readings: Mapping[str, Iterable[str]] | None = None,
        strict: Iterable[str] = (),
        journal_limit: int = 1000,
        snapshot_limit: int = 100,
        limits: Mapping[str, int] | None = None,
        operations: Iterable[str] = (),
        rate_limit: int | None = None,
        document: Mapping[str, Any] | None = None,
        listing: Iterable[Mapping[str, str]] = (),
    ) -> None:
        self.rules = rules
        self.document = document or {}
        self.listing = tuple(listing)
        self.moves = moves
        self.checkout = checkout
        self.grammars = grammars
        self.event_kinds = event_kinds
        self.keys = Keys()
        self.writable = writable
        self.clock = clock
        self._beginning = clock if isinstance(clock, WorldClock) else WorldClock(clock)
        self.chance = chance
        self.due = tuple(due)
        self.readings = {rule: tuple(letters) for rule, letters in (readings or {}).items()}
        self.strict = frozenset(strict)
        self.journal_limit = journal_limit
        self.snapshot_limit = snapshot_limit
        self.home = home
        files = [home, *neighbours]
        self.callers: dict[str, Caller] = {
            caller.token: caller for file in reversed(files) for caller in read_callers(file)
        }
        self.limits = dict(limits or {})
        self.operations = frozenset(operations)
        self.rate_limit = rate_limit
        self.clients = clients(self.callers)
        self.tokens = Tokens(chance, self.limits.get("tokens", 1))
        self._files = {file["site"]["name"]: file for file in files}
        # By the day that they were read for, the one that was used last at the end.
        self._sites: dict[tuple[str, date], Site] = {}
        self.worlds = Worlds(self._make_world, world_limit, self._begin)
        self._random = chance.source("requests")

    @property
    def home_name(self) -> str:
        """The name of the site that the mock was started for."""
        return str(self.home["site"]["name"])

    def ground(self, world: World) -> Ground:
        """What a move in this world stands on now."""
        return Ground(
            site=world.site,
            calendar=world,
            contacts=world,
            rules=world.shared.rules,
            moves=self.moves,
            now=world.clock(),
            new_id=world.new_id,
        )

    def known(self, authorization: str) -> tuple[Caller | None, str | None]:
        """Who calls, and the world that is meant, None where it can't be named.

        A token that was issued brings its world along, and stands for nobody once it has expired.
        """
        text, world = split_token(authorization)
        caller = self.callers.get(text)
        token = None if caller else self.tokens.find(text)
        if token is None:
            return caller, world
        suffixed = "@" in authorization
        shared = self.worlds.known(token.world)
        now = (shared.clock if shared else self._beginning)()
        rules = shared.rules if shared else self.rules
        holds = token.kind == ACCESS and rules(tokens.holds)(token.expires, now)
        elsewhere = suffixed and world != token.world
        return (token.caller if holds and not elsewhere else None), token.world

    def rules_in(self, world: str | None) -> Rulebook:
        """The rules as a world follows them, by its name."""
        shared = self.worlds.known(world)
        return shared.rules if shared else self.rules

    def new_request_id(self) -> str:
        """A correlation id for one exchange."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def has_site(self, name: str) -> bool:
        """Whether it serves a site of this name."""
        return name in self._files

    def look_ahead(self) -> None:
        """Read the site now, so that what is wrong with it is said before anyone asks for it."""
        read_site(self._files[self.home_name], self._beginning())

    def _begin(self) -> Shared:
        return Shared(self._beginning, self.rules, self.journal_limit)

    def _make_world(self, site: str, name: str, shared: Shared) -> World:
        return World(self._site_on(site, shared.clock()), name, shared, self.chance)

    def _site_on(self, name: str, now: datetime) -> Site:
        # Relative times count from the day on which a world is made: a server that has run for
        # weeks still offers sessions that lie ahead. That day is the site's own, not UTC's.
        zone = ZoneInfo(self._files[name]["site"].get("timezone", "UTC"))
        key = (name, now.astimezone(zone).date())
        # A running server's relative times may come upon any day, also one with a gap.
        site = self._sites.pop(key, None) or read_site(self._files[name], now, strict=False)
        self._sites[key] = site
        if len(self._sites) > _SITES:
            del self._sites[next(iter(self._sites))]
        return site
