"""Wires the mock: the document goes to Connexion, the rules to the domain, the sites to worlds."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from copy import copy
from functools import cache, lru_cache, partial
from operator import itemgetter
from typing import Any

from attrs import frozen
from connexion import AsyncApp
from connexion.exceptions import ResolverError
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.resolver import Resolution, Resolver
from starlette.types import ASGIApp

import bookings_fixtures
import bookings_openapi
from bookings_mock import saved
from bookings_mock.chance import Seeded, Unguessable
from bookings_mock.clock import Clock, wall_clock
from bookings_mock.domain.ground import Checkout, Move, Order
from bookings_mock.domain.rulebook import Rulebook, registered, rule_of
from bookings_mock.handlers import HANDLERS, reminders
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures import Miniature, named
from bookings_mock.mock import Mock, reading_problem
from bookings_mock.rim.contract import Contract, contract, rules_in_schemas
from bookings_mock.rim.gate import Gate
from bookings_mock.rim.middleware import Rim, Sleep
from bookings_mock.saved.rehearsal import Rehearsal

# How many documents are kept that were read; those of miniatures differ, and take up room.
FEW = 4


def create_app(
    site: str | Mapping[str, Any] = "studio",
    *,
    clock: Clock = wall_clock,
    seed: int = 0,
    random_keys: bool = False,
    breaks: Iterable[str] = (),
    readings: Mapping[str, str] | None = None,
    strict: Iterable[str] = (),
    rate_limit: int | None = None,
    max_worlds: int | None = None,
    allow_hosts: Iterable[str] = (),
    allow_origins: Iterable[str] = (),
    sleep: Sleep = asyncio.sleep,
) -> ASGIApp:
    """A mock as an ASGI application, with worlds of its own.

    `site` is the name of a fixture or the contents of a site file; `clock` answers the hour in
    UTC, `frozen_at(moment)` is one that stands; the same `seed` gives the same ids; with
    `random_keys` ids, tokens and what seals cursors are drawn where nobody can know; `breaks` are
    rule ids or names of miniatures; `readings` choose sides of EITHER rules, "A" by default;
    `strict` names the ADVICE rules that refuse; `rate_limit` is how often each caller may call in
    a minute, `max_worlds` how many worlds there can be, as many as the document says by default;
    `allow_hosts` are names under which the mock's controls answer besides those of the machine,
    `allow_origins` origins whose pages may use them; `sleep` waits where a delay is asked
    for. Raises LookupError for a name or letter that does not exist, SiteError for a site that
    can't be read.
    """
    return build(
        site,
        clock=clock,
        seed=seed,
        random_keys=random_keys,
        breaks=breaks,
        readings=readings,
        strict=strict,
        rate_limit=rate_limit,
        max_worlds=max_worlds,
        allow_hosts=allow_hosts,
        allow_origins=allow_origins,
        sleep=sleep,
    ).app


@frozen
class Built:
    """A mock and the ASGI application that serves it."""

    app: ASGIApp
    mock: Mock


def build(
    site: str | Mapping[str, Any] = "studio",
    *,
    clock: Clock = wall_clock,
    seed: int = 0,
    random_keys: bool = False,
    breaks: Iterable[str] = (),
    readings: Mapping[str, str] | None = None,
    strict: Iterable[str] = (),
    rate_limit: int | None = None,
    max_worlds: int | None = None,
    allow_hosts: Iterable[str] = (),
    allow_origins: Iterable[str] = (),
    sleep: Sleep = asyncio.sleep,
) -> Built:
    """As `create_app`, with the mock itself at hand."""
    miniatures = tuple(named(name) for name in breaks)
    wrong = Wrong(
        frozenset(m.rule for m in miniatures if m.in_document),
        frozenset(rewritten for m in miniatures for rewritten in m.rewrites.items()),
    )
    made = _contract(wrong)
    replaced = {old: new for m in miniatures for old, new in m.replaces.items()}
    home = bookings_fixtures.load(site) if isinstance(site, str) else site
    followed = dict(readings or {})
    _require_readings(followed)
    mock = Mock(
        home=home,
        neighbours=[bookings_fixtures.load(name) for name in _neighbours(home)],
        rules=Rulebook(replaced, followed),
        moves=_moves(),
        checkout=_checkout(),
        grammars=made.grammars,
        event_kinds=made.event_kinds,
        writable=made.writable,
        world_limit=max_worlds or made.world_limit,
        clock=clock,
        chance=Unguessable() if random_keys else Seeded(seed),
        due=(reminders.falls_due,),
        readings=_readings(),
        strict=_advice(strict),
        journal_limit=made.journal_limit,
        snapshot_limit=made.snapshot_limit,
        limits=made.limits,
        operations=made.operations,
        rate_limit=rate_limit,
        document=bookings_openapi.load(controls=False),
        listing=[one.shown for one in made.listing],
    )
    mock.look_ahead()
    if "world" in home:
        saved.restore(mock, home["world"], _rehearsal())
    bends = tuple(m.bend for m in miniatures if m.bend)
    gate = Gate(mock, made, allow_hosts, allow_origins)
    rim = partial(Rim, mock=mock, contract=made, gate=gate, bends=bends, sleep=sleep)
    app = AsyncApp("bookings_mock", middlewares=[rim, LifespanMiddleware])
    app.middleware.apis.append(_served(wrong, _handlers(miniatures)))
    return Built(app, mock)


def obeyed() -> frozenset[str]:
    """The ids of all rules that the mock obeys."""
    in_code = frozenset(rule_of(function) for function in registered())
    return in_code | rules_in_schemas(bookings_openapi.load()) | _OBEYED_BY_THE_RIM


# Envelopes have no function of their own: every answer goes through the one place that makes them.
_OBEYED_BY_THE_RIM = frozenset(
    {"SHAPE-1", "SHAPE-2", "SHAPE-3", "SHAPE-4", "SHAPE-9", "REVISION-6"}
)


class ById(Resolver):
    """Resolves an operation by its id alone: the document names no Python."""

    def __init__(self, handlers: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__()
        self._handlers = handlers

    def resolve(self, operation: Any) -> Resolution:
        """The handler of an operation; raises ResolverError where the mock has none."""
        handler = self._handlers.get(operation.operation_id)
        if handler is None:
            raise ResolverError(f"the mock has no handler for {operation.operation_id}")
        return Resolution(handler, operation.operation_id)


def _handlers(miniatures: Iterable[Miniature]) -> Mapping[str, Handler]:
    """What serves each operation, wrapped by the miniatures that are about it."""
    handlers = dict(HANDLERS)
    for miniature in miniatures:
        for operation, wrap in miniature.handlers.items():
            handlers[operation] = wrap(handlers[operation])
    return handlers


@cache
def _readings() -> Mapping[str, tuple[str, ...]]:
    return {r.id: tuple(r.readings) for r in bookings_openapi.rules().values() if r.readings}


def _require_readings(chosen: Mapping[str, str]) -> None:
    for rule, letter in chosen.items():
        problem = reading_problem(rule, letter, _readings())
        if problem:
            raise LookupError(problem)


def _advice(named: Iterable[str]) -> frozenset[str]:
    """The rules that are to refuse; raises LookupError for one that is no advice."""
    known = [rule.id for rule in bookings_openapi.rules().values() if rule.level == "ADVICE"]
    chosen = frozenset(named)
    for name in sorted(chosen - set(known)):
        raise LookupError(f"{name!r} is no advice; there are {', '.join(known)}")
    return chosen


@frozen
class Wrong:
    """In what the document of a mock differs: rules that it lacks, and what it has elsewhere."""

    without: frozenset[str] = frozenset()
    rewritten: frozenset[tuple[str, Hashable]] = frozenset()


@lru_cache(maxsize=FEW)
def _contract(wrong: Wrong) -> Contract:
    document, rules = bookings_openapi.load(), bookings_openapi.rules()
    return contract(document, rules, wrong.without, sorted(wrong.rewritten, key=itemgetter(0)))


@cache
def _rehearsal() -> Rehearsal:
    return Rehearsal(_contract(Wrong()))


def _served(wrong: Wrong, handlers: Mapping[str, Handler]) -> Any:
    """The document, its operations resolved to these handlers."""
    api = copy(_read(wrong))
    api.kwargs = {**api.kwargs, "resolver": ById(handlers)}
    return api


@lru_cache(maxsize=FEW)
def _read(wrong: Wrong) -> Any:
    """The document as Connexion has read and checked it: once, for every mock that serves it."""
    reader = AsyncApp("bookings_mock", middlewares=[])
    reader.add_api(_contract(wrong).document, resolver=ById(HANDLERS), base_path="")
    (api,) = reader.middleware.apis
    return api


@cache
def _moves() -> Mapping[str, Move]:
    return {
        operation: Move(
            operation=operation,
            sources=move.sources,
            results=move.results,
            open=move.open,
            not_for=move.not_for,
            events=move.events,
        )
        for operation, move in bookings_openapi.lifecycle().items()
    }


@cache
def _checkout() -> Checkout:
    table = bookings_openapi.checkout()
    return Checkout(
        orders={
            order: {
                way: Order(sources=row.sources, results=row.results, rule=row.rule)
                for way, row in ways.items()
            }
            for order, ways in table.orders.items()
        },
        no_order=table.no_order,
        events=table.events,
    )


def _neighbours(home: Mapping[str, Any]) -> list[str]:
    callers = (home.get("callers") or {}).values()
    return sorted({one["site"] for one in callers if one.get("site")} - {home["site"]["name"]})
