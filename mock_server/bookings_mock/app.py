"""Wires the mock: the document goes to Connexion, the rules to the domain, the sites to worlds."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

from connexion import AsyncApp
from connexion.exceptions import ResolverError
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.resolver import Resolution, Resolver
from starlette.types import ASGIApp

import bookings_fixtures
import bookings_openapi
from bookings_mock.clock import Clock, wall_clock
from bookings_mock.domain.ground import Move
from bookings_mock.domain.rulebook import Rulebook, registered, rule_of
from bookings_mock.handlers import HANDLERS
from bookings_mock.miniatures import named
from bookings_mock.mock import Mock
from bookings_mock.rim.contract import Contract, contract, rules_in_schemas
from bookings_mock.rim.middleware import Rim


def create_app(
    site: str | Mapping[str, Any] = "studio",
    *,
    clock: Clock = wall_clock,
    seed: int = 0,
    breaks: Iterable[str] = (),
    readings: Mapping[str, str] | None = None,
) -> ASGIApp:
    """A mock as an ASGI application, with worlds of its own.

    `site` is the name of a fixture or the contents of a site file; `clock` answers the hour in
    UTC; the same `seed` gives the same ids; `breaks` are rule ids or names of miniatures (raises
    LookupError for one that does not exist); `readings` choose sides of EITHER rules, "A" by
    default.
    """
    miniatures = tuple(named(name) for name in breaks)
    made = _contract(frozenset(m.rule for m in miniatures if m.in_document))
    replaced = {old: new for m in miniatures for old, new in m.replaces.items()}
    home = bookings_fixtures.load(site) if isinstance(site, str) else site
    mock = Mock(
        home=home,
        neighbours=[bookings_fixtures.load(name) for name in _neighbours(home)],
        rules=Rulebook(replaced, dict(readings or {})),
        moves=_moves(),
        grammars=made.grammars,
        event_kinds=made.event_kinds,
        writable=made.writable,
        world_limit=made.world_limit,
        clock=clock,
        seed=seed,
    )
    bends = tuple(m.bend for m in miniatures if m.bend)
    rim = partial(Rim, mock=mock, contract=made, bends=bends)
    app = AsyncApp("bookings_mock", middlewares=[rim, LifespanMiddleware])
    app.add_api(made.document, resolver=ById(HANDLERS), base_path="")
    served: ASGIApp = app
    return served


def obeyed() -> frozenset[str]:
    """The ids of all rules that the mock obeys."""
    in_code = frozenset(rule_of(function) for function in registered())
    return in_code | rules_in_schemas(bookings_openapi.load()) | _OBEYED_BY_THE_RIM


# Envelopes have no function of their own: every answer goes through the one place that makes them.
_OBEYED_BY_THE_RIM = frozenset(
    {"SHAPE-1", "SHAPE-2", "SHAPE-3", "SHAPE-4", "SHAPE-9", "SHAPE-10", "REVISION-6"}
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


@cache
def _contract(broken: frozenset[str]) -> Contract:
    return contract(bookings_openapi.load(), bookings_openapi.rules(), without=broken)


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


def _neighbours(home: Mapping[str, Any]) -> list[str]:
    callers = (home.get("callers") or {}).values()
    return sorted({one["site"] for one in callers if one.get("site")} - {home["site"]["name"]})
