"""The mock as a whole: its sites, callers, worlds and rules, put together once at the start."""

import random
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from attrs import frozen

from bookings_mock.callers import Caller
from bookings_mock.clock import Clock
from bookings_mock.domain.ground import Ground, Move
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.service import Site
from bookings_mock.query import Grammar
from bookings_mock.site import read_callers, read_site
from bookings_mock.world import World, Worlds


@frozen
class EventKind:
    """How the document declares the events of one slug: variant, and fields of an action's body."""

    entity: str
    variant: str
    fields: frozenset[str]


class Mock:
    """Everything that outlives a request.

    `home` is the site file that is served first; `neighbours` the other sites that its callers may
    belong to. `writable` names the fields of a booking that a caller can write, and which fields of
    their items not; `grammars` say what the queries of each operation may name.
    """

    def __init__(
        self,
        home: Mapping[str, Any],
        neighbours: Iterable[Mapping[str, Any]],
        rules: Rulebook,
        moves: Mapping[str, Move],
        grammars: Mapping[str, Grammar],
        event_kinds: Mapping[str, EventKind],
        writable: Mapping[str, frozenset[str]],
        world_limit: int,
        clock: Clock,
        seed: int,
    ) -> None:
        self.rules = rules
        self.moves = moves
        self.grammars = grammars
        self.event_kinds = event_kinds
        self.writable = writable
        self.clock = clock
        self.seed = seed
        self.home = home
        files = [home, *neighbours]
        self.callers: dict[str, Caller] = {
            caller.token: caller for file in reversed(files) for caller in read_callers(file)
        }
        self._files = {file["site"]["name"]: file for file in files}
        self._sites: dict[tuple[str, date], Site] = {}
        self.worlds = Worlds(self._make_world, world_limit)
        self._random = random.Random(f"{seed}/requests")

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
            rules=self.rules,
            moves=self.moves,
            now=self.clock(),
            new_id=world.new_id,
        )

    def new_request_id(self) -> str:
        """A correlation id for one exchange."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def _make_world(self, site: str, name: str) -> World:
        return World(self._site_today(site), name, self.seed)

    def _site_today(self, name: str) -> Site:
        # Relative times count from the day on which a world is made: a server that has run for
        # weeks still offers sessions that lie ahead.
        now = self.clock()
        key = (name, now.date())
        if key not in self._sites:
            self._sites[key] = read_site(self._files[name], now)
        return self._sites[key]
