"""Decides who calls, in which world, and whether they may."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from attrs import frozen

from bookings_mock import booking_tokens
from bookings_mock.callers import DEFAULT_WORLD, VISITOR, Caller, is_world_name
from bookings_mock.domain.rulebook import rule_of
from bookings_mock.domain.rules import anonymous, envelopes, reading
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
    mock: Mock, operation: Operation, authorization: str, site_id: str, rules: Mapping[str, Rule]
) -> Access:
    """The caller and world of an API call; raises RuleBroken where it may not be made.

    `site_id` is the one that was sent beside the Authorization, "" if none was.
    """
    caller, world = mock.known(authorization)
    followed = mock.rules_in(world)
    followed.require(envelopes.known_token, caller is not None and world is not None)
    caller = caller or next(c for c in mock.callers.values() if c.site == mock.home_name)
    followed.require(envelopes.may_call, caller.kind, operation.callers)
    if operation.id in rules["AUTH-8"].operations:
        followed.require(envelopes.may_book, caller.kind)
    if operation.id in rules["AUTH-12"].operations:
        followed.require(envelopes.may_query, caller.kind)
    if caller.kind == "app":
        named = (one for one in _SCOPES if operation.id in rules[rule_of(one)].operations)
        guard = next(named, envelopes.has_scope)
        followed.require(guard, caller.scopes, operation.scopes)
    own = followed(reading.site_of_caller)(caller.site, mock.home_name)
    site = mock.worlds.get(own, world or DEFAULT_WORLD)
    followed.require(envelopes.names_its_site, caller.kind, site_id, site.site.id)
    if operation.id in rules[rule_of(envelopes.bookings_installed)].operations:
        followed.require(envelopes.bookings_installed, site.site.installed)
    return Access(caller, site)


def guest(mock: Mock, token: str) -> Access:
    """Whoever holds a booking's token, and its world; raises RuleBroken for any other text."""
    said = booking_tokens.read(token)
    there = said is not None and mock.worlds.known(said.world) is not None
    site, name = (said.site, said.world) if said and there else (mock.home_name, DEFAULT_WORLD)
    world = mock.worlds.get(site, name)
    genuine = said is not None and there and booking_tokens.is_genuine(said, world.secret)
    mock.rules_in(name).require(anonymous.genuine, genuine)
    return Access(_nobody(mock, token), world)


def _nobody(mock: Mock, token: str) -> Caller:
    """A visitor whom nobody knows but by the token."""
    identity = str(uuid5(NAMESPACE_URL, token))
    return Caller(name="guest", kind=VISITOR, token="", site=mock.home_name, id=identity)


def control(mock: Mock, authorization: str, query: Mapping[str, object]) -> Access:
    """The world that a control is about: the token's, else the one that `?world=` names."""
    caller, world = mock.known(authorization)
    named = query.get("world")
    name = world if caller else named if isinstance(named, str) else DEFAULT_WORLD
    if name is None or not is_world_name(name):
        raise ShapeBroken([Violation("world", "must match [A-Za-z0-9_.-]{1,64}", "FORMAT")])
    site = caller.site if caller else mock.home_name
    return Access(caller, mock.worlds.get(site, name))
