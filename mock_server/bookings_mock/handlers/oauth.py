"""Tokens for apps, visitors and members, by the grants that the official client uses."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from attrs import evolve

from bookings_mock import login_codes
from bookings_mock.call import Call
from bookings_mock.callers import (
    APP,
    DEFAULT_WORLD,
    MEMBER,
    OWNER,
    VISITOR,
    Caller,
    is_world_name,
    split_token,
)
from bookings_mock.domain import logins
from bookings_mock.domain.rules import tokens
from bookings_mock.domain.service import Site
from bookings_mock.handlers.handler import Handler
from bookings_mock.login_codes import LoginCode
from bookings_mock.tokens import ACCESS, REFRESH, Issued, TokenRefused
from bookings_mock.world import World

_SUBJECTS = {APP: "APP", MEMBER: "MEMBER", VISITOR: "VISITOR", OWNER: "USER"}


async def token(call: Call) -> Any:
    """Create Access Token, of either spelling."""
    return _granted(call, _GRANTS)


async def access(call: Call) -> Any:
    """The earlier way to a token, which lives for minutes."""
    return _granted(call, _EARLIER)


async def info(call: Call) -> Any:
    """Token Info: whom a token stands for, as long as it holds."""
    text = call.body["token"]
    caller, world = call.mock.known(text)
    if caller is None or world is None:
        return {"active": False}
    known = call.mock.tokens.find(split_token(text)[0])
    site = call.mock.worlds.get(caller.site, world).site
    client = known.client_id if known else caller.client_id or _first_client(call, caller.site)
    own = known.instance_id if known else None
    return call.ground.rules(tokens.told_of)(
        {
            "active": True,
            "subjectType": _SUBJECTS[caller.kind],
            "subjectId": caller.id,
            "exp": _epoch(known.expires) if known else None,
            "iat": _epoch(known.issued) if known else None,
            "clientId": client,
            "accountId": _of_site(site, "account"),
            "siteId": site.id,
            "instanceId": own or (_of_site(site, f"instance/{client}") if client else None),
        }
    )


def _first_client(call: Call, site: str) -> str | None:
    """The app that tokens of a site file count as issued to."""
    own = (one.client_id for one in call.mock.clients.values() if one.site == site)
    return next(own, None)


def _of_site(site: Site, what: str) -> str:
    """An id that follows from that of the site: its account, or an app's instance there."""
    return str(uuid5(UUID(site.id), what))


Grant = Callable[[Call], dict[str, Any]]


def _granted(call: Call, grants: Mapping[str, Grant]) -> dict[str, Any]:
    asked = _given(call, "grantType")
    if asked not in grants:
        known = ", ".join(grants)
        raise TokenRefused("unsupported_grant_type", f"{asked[:64]!r} is none of {known}")
    return grants[asked](call)


def _client_credentials(call: Call) -> dict[str, Any]:
    app, world = _trusted(call)
    instance = _given(call, "instanceId")
    made = _issue(call, app, world, app, _life(call, "accessTokenSeconds"), instance)
    return {**_shown(call, made), "token_type": "Bearer"}


def _stripped(call: Call) -> dict[str, Any]:
    """An app's own token for one that is bound to somebody's session."""
    secret = _given(call, "clientSecret")
    caller, world = call.mock.known(_given(call, "accessToken"))
    if caller is None or world is None:
        raise TokenRefused("invalid_grant", "the access_token is unknown or has expired")
    # The call names no client: its secret has to do, among the apps of the token's site.
    own = (one for one in call.mock.clients.values() if one.site == caller.site)
    same = call.ground.rules(tokens.secret_is)
    app = next((one for one in own if same(one.client_secret, secret)), None)
    if app is None:
        raise TokenRefused("invalid_client", "no app of this site has this client_secret")
    here = call.mock.worlds.get(app.site, world)
    made = _issue(call, app, here, app, _life(call, "accessTokenSeconds"))
    return _shown(call, made)


def _anonymous(call: Call) -> dict[str, Any]:
    app, world = _client(call)
    visitor = call.mock.tokens.visitor(app.site, world.name, world.count_issued)
    return _with_refresh(call, visitor, world, app)


def _member_by_code(call: Call) -> dict[str, Any]:
    """The code is that of a member: a login's, or the name, id or token of one."""
    app, world = _client(call)
    text = _given(call, "code")
    login = login_codes.read(text)
    if login is not None:
        return _logged_in(call, app, login)
    names = call.ground.rules(tokens.code_names)
    members = _members(call, app.site)
    member = next((one for one in members if names(text, one.name, one.id, one.token)), None)
    if member is None:
        raise TokenRefused("invalid_grant", "the code is of no member of this site")
    return _with_refresh(call, member, world, app)


def _logged_in(call: Call, app: Caller, login: LoginCode) -> dict[str, Any]:
    """Tokens for who logged in on the page of a redirect session, in the world of that, once."""
    there = call.mock.worlds.known(login.world) is not None
    world = call.mock.worlds.get(app.site, login.world) if there else None
    redirect = world.redirects.get(login.redirect_id) if world else None
    members = [one for one in _members(call, app.site) if one.name == login.member]
    if (
        world is None
        or redirect is None
        or not members
        or login.site != app.site
        or not login_codes.is_genuine(login, world.secret)
    ):
        raise TokenRefused("invalid_grant", "the code is of no login of this site")
    sent = {"verifier": _said(call, "codeVerifier"), "redirect_uri": _said(call, "redirectUri")}
    life = _life(call, "loginCodeSeconds")
    reason = logins.refusal(redirect, _given(call, "clientId"), sent, world.clock(), life)
    if reason:
        raise TokenRefused("invalid_grant", reason)
    world.keep(world.redirects, redirect.id, evolve(redirect, spent=True))
    return _with_refresh(call, members[0], world, app)


def _refreshed(call: Call) -> dict[str, Any]:
    app, _ = _client(call)
    known = _refresh_token(call, app)
    here = call.mock.worlds.get(known.caller.site, known.world)
    made = _issue(call, known.caller, here, app, _life(call, "accessTokenSeconds"))
    return {**_shown(call, made), "token_type": "Bearer", "refresh_token": known.text}


def _member_by_key(call: Call) -> dict[str, Any]:
    """A member whom somebody else knows: vouched for by an API key, beside a visitor's token."""
    visiting, _, key = call.authorization.partition(",")
    visitor, world = call.mock.known(visiting)
    voucher, _ = call.mock.known(key)
    if visitor is None or world is None or visitor.kind != VISITOR:
        raise TokenRefused("invalid_grant", "the Authorization begins with no visitor's token")
    known_key = (
        voucher is not None and voucher.kind in (OWNER, APP) and voucher.site == visitor.site
    )
    if not call.ground.rules(tokens.vouches)(known_key):
        raise TokenRefused("invalid_client", "the Authorization ends with no API key of this site")
    wanted = _given(call, "memberId").lower()
    member = next((one for one in _members(call, visitor.site) if one.id == wanted), None)
    if member is None:
        raise TokenRefused("invalid_grant", "the site has no member with this id")
    known = call.mock.tokens.find(visiting.strip().partition("@")[0])
    app = call.mock.clients.get(known.client_id) if known else None
    here = call.mock.worlds.get(visitor.site, world)
    return _with_refresh(call, member, here, app or voucher or member)


def _install_code(call: Call) -> dict[str, Any]:
    app, world = _trusted(call)
    _given(call, "code")
    return _earlier(call, app, world)


def _earlier_refreshed(call: Call) -> dict[str, Any]:
    app, _ = _trusted(call)
    known = _refresh_token(call, app)
    here = call.mock.worlds.get(known.caller.site, known.world)
    made = _issue(call, known.caller, here, app, _life(call, "earlierTokenSeconds"))
    return {"access_token": made.text, "refresh_token": known.text}


def _earlier(call: Call, app: Caller, world: World) -> dict[str, Any]:
    made = _issue(call, app, world, app, _life(call, "earlierTokenSeconds"))
    refresh = _issue(call, app, world, app, None)
    return {"access_token": made.text, "refresh_token": refresh.text}


def _with_refresh(call: Call, caller: Caller, world: World, app: Caller) -> dict[str, Any]:
    made = _issue(call, caller, world, app, _life(call, "accessTokenSeconds"))
    refresh = _issue(call, caller, world, app, None)
    return {**_shown(call, made), "token_type": "Bearer", "refresh_token": refresh.text}


def _issue(
    call: Call,
    caller: Caller,
    world: World,
    app: Caller,
    life: timedelta | None,
    instance: str | None = None,
) -> Issued:
    """A new token of the caller in the world; one that does not expire is for refreshing."""
    kind = ACCESS if life else REFRESH
    now, known = world.clock(), call.mock.tokens
    return known.keep(
        Issued(
            text=known.text(kind, caller, world.name, world.count_issued),
            kind=kind,
            caller=caller,
            world=world.name,
            client_id=(app.client_id or app.id).lower(),
            issued=now,
            expires=now + life if life else None,
            instance_id=instance,
        )
    )


def _shown(call: Call, made: Issued) -> dict[str, Any]:
    life = made.expires - made.issued if made.expires else timedelta(0)
    return {"access_token": made.text, "expires_in": int(life.total_seconds())}


def _client(call: Call) -> tuple[Caller, World]:
    """The app that asks, and the world that it asks for: a suffix of its id, else `?world=`."""
    sent, at, named = _given(call, "clientId").partition("@")
    app = call.mock.clients.get(sent.lower())
    if app is None or (at and not is_world_name(named)):
        raise TokenRefused("invalid_client", "the client_id is of no app of this site")
    world = named or call.query.get("world") or DEFAULT_WORLD
    return app, call.mock.worlds.get(app.site, world)


def _trusted(call: Call) -> tuple[Caller, World]:
    app, world = _client(call)
    same = call.ground.rules(tokens.secret_is)
    if not same(app.client_secret, _given(call, "clientSecret")):
        raise TokenRefused("invalid_client", "the client_secret is not that of the app")
    return app, world


def _refresh_token(call: Call, app: Caller) -> Issued:
    known = call.mock.tokens.find(_given(call, "refreshToken"))
    own = call.ground.rules(tokens.issued_to)
    if (
        known is None
        or known.kind != REFRESH
        or not own(known.client_id, (app.client_id or "").lower())
    ):
        raise TokenRefused("invalid_grant", "the refresh_token was not issued to this client")
    return known


def _members(call: Call, site: str) -> list[Caller]:
    return [one for one in call.mock.callers.values() if (one.kind, one.site) == (MEMBER, site)]


def _given(call: Call, name: str) -> str:
    """A field of the body in either spelling; raises TokenRefused where it is missing."""
    value = _said(call, name)
    if not value:
        raise TokenRefused("invalid_request", f"{_snake(name)} is missing")
    return value


def _said(call: Call, name: str) -> str | None:
    """A field of the body in either spelling, None where it is missing or empty."""
    value = call.body.get(name) or call.body.get(_snake(name))
    return str(value) if value else None


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)


def _life(call: Call, name: str) -> timedelta:
    return timedelta(seconds=call.mock.limits[name])


def _epoch(moment: datetime | None) -> str | None:
    return None if moment is None else str(int(moment.timestamp()))


_GRANTS: Mapping[str, Grant] = {
    "client_credentials": _client_credentials,
    "strip_bound_session": _stripped,
    "anonymous": _anonymous,
    "refresh_token": _refreshed,
    "authorization_code": _member_by_code,
    "authorized_client": _member_by_key,
}
_EARLIER: Mapping[str, Grant] = {
    "authorization_code": _install_code,
    "refresh_token": _earlier_refreshed,
}

OPERATIONS: Mapping[str, Handler] = {
    "createAccessToken": token,
    "createEarlierAccessToken": access,
    "getTokenInfo": info,
}
