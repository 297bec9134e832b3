"""Tokens for apps, visitors and members, by the grants that the official client uses."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bookings_mock.call import Call
from bookings_mock.callers import APP, DEFAULT_WORLD, MEMBER, OWNER, VISITOR, Caller, is_world_name
from bookings_mock.handlers.handler import Handler
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
    known = call.mock.tokens.find(text.partition("@")[0])
    here = call.mock.worlds.get(caller.site, world)
    client = known.client_id if known else caller.client_id
    shown = {
        "active": True,
        "subjectType": _SUBJECTS[caller.kind],
        "subjectId": caller.id,
        "exp": _epoch(known.expires) if known else None,
        "iat": _epoch(known.issued) if known else None,
        "clientId": client,
        "siteId": here.site.id,
        "instanceId": known.instance_id if known else None,
    }
    return {key: value for key, value in shown.items() if value is not None}


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
    app = next((one for one in own if _same(one.client_secret, secret)), None)
    if app is None:
        raise TokenRefused("invalid_client", "no app of this site has this client_secret")
    here = call.mock.worlds.get(app.site, world)
    made = _issue(call, app, here, app, _life(call, "accessTokenSeconds"))
    return _shown(call, made)


def _anonymous(call: Call) -> dict[str, Any]:
    app, world = _client(call)
    visitor = call.mock.tokens.visitor(app.site, world.name, world.issued)
    return _with_refresh(call, visitor, world, app)


def _member_by_code(call: Call) -> dict[str, Any]:
    """The code is that of a member: the name, id or token of one stands for it here."""
    app, world = _client(call)
    code = _given(call, "code")
    named = (one for one in _members(call, app.site) if code in (one.name, one.id, one.token))
    member = next(named, None)
    if member is None:
        raise TokenRefused("invalid_grant", "the code is of no member of this site")
    return _with_refresh(call, member, world, app)


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
    if voucher is None or voucher.kind not in (OWNER, APP) or voucher.site != visitor.site:
        raise TokenRefused("invalid_client", "the Authorization ends with no API key of this site")
    wanted = _given(call, "memberId").lower()
    member = next((one for one in _members(call, visitor.site) if one.id == wanted), None)
    if member is None:
        raise TokenRefused("invalid_grant", "the site has no member with this id")
    known = call.mock.tokens.find(visiting.strip().partition("@")[0])
    app = call.mock.clients.get(known.client_id) if known else None
    here = call.mock.worlds.get(visitor.site, world)
    return _with_refresh(call, member, here, app or voucher)


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
    now, tokens = world.clock(), call.mock.tokens
    return tokens.keep(
        Issued(
            text=tokens.text(kind, caller, world.name, world.issued),
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
    if not _same(app.client_secret, _given(call, "clientSecret")):
        raise TokenRefused("invalid_client", "the client_secret is not that of the app")
    return app, world


def _refresh_token(call: Call, app: Caller) -> Issued:
    known = call.mock.tokens.find(_given(call, "refreshToken"))
    if known is None or known.kind != REFRESH or known.client_id != (app.client_id or "").lower():
        raise TokenRefused("invalid_grant", "the refresh_token was not issued to this client")
    return known


def _members(call: Call, site: str) -> list[Caller]:
    return [one for one in call.mock.callers.values() if (one.kind, one.site) == (MEMBER, site)]


def _given(call: Call, name: str) -> str:
    """A field of the body in either spelling; raises TokenRefused where it is missing."""
    snake = "".join(f"_{one.lower()}" if one.isupper() else one for one in name)
    value = call.body.get(name) or call.body.get(snake)
    if not value:
        raise TokenRefused("invalid_request", f"{snake} is missing")
    return str(value)


def _same(known: str | None, sent: str) -> bool:
    return known is not None and hmac.compare_digest(known.encode(), sent.encode())


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
