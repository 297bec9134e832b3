"""Decides who calls, in which world, and whether they may."""

from collections.abc import Mapping

from attrs import frozen

from bookings_mock.callers import DEFAULT_WORLD, Caller, is_world_name
from bookings_mock.domain.rulebook import rule_of
from bookings_mock.domain.rules import envelopes, reading
from bookings_mock.mock import Mock
from bookings_mock.rim.operations import Operation
from bookings_mock.rim.violations import ShapeBroken, Violation
from bookings_mock.world import World
from bookings_openapi import Rule

# The rule that asks for a scope names the operations that it is about.
_SCOPES = (envelopes.has_scope, envelopes.may_list, envelopes.may_read)


@frozen
class Access:
    """The caller, if one is due, and the world that the call is about."""

    caller: Caller | None
    world: World


def authorised(
    mock: Mock, operation: Operation, authorization: str, rules: Mapping[str, Rule]
) -> Access:
    """The caller and world of an API call; raises RuleBroken where it may not be made."""
    caller, world = mock.known(authorization)
    followed = mock.rules_in(world)
    followed.require(envelopes.known_token, caller is not None and world is not None)
    caller = caller or next(c for c in mock.callers.values() if c.site == mock.home_name)
    followed.require(envelopes.may_call, caller.kind, operation.callers)
    if operation.id in rules["AUTH-8"].operations:
        followed.require(envelopes.may_book, caller.kind)
    if caller.kind == "app":
        named = (one for one in _SCOPES if operation.id in rules[rule_of(one)].operations)
        guard = next(named, envelopes.has_scope)
        followed.require(guard, caller.scopes, operation.scopes)
    own = followed(reading.site_of_caller)(caller.site, mock.home_name)
    site = mock.worlds.get(own, world or DEFAULT_WORLD)
    followed.require(envelopes.bookings_installed, site.site.installed)
    return Access(caller, site)


def control(mock: Mock, authorization: str, query: Mapping[str, object]) -> Access:
    """The world that a control is about: the token's, else the one that `?world=` names."""
    caller, world = mock.known(authorization)
    named = query.get("world")
    name = world if caller else named if isinstance(named, str) else DEFAULT_WORLD
    if name is None or not is_world_name(name):
        raise ShapeBroken([Violation("world", "must match [A-Za-z0-9_.-]{1,64}", "FORMAT")])
    site = caller.site if caller else mock.home_name
    return Access(caller, mock.worlds.get(site, name))
