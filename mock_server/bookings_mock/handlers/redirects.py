"""Redirect sessions: ways to the site's pages and back; what they are for is kept with them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from bookings_mock.call import Call
from bookings_mock.domain.purchase import CART, CHECKOUT, Redirect
from bookings_mock.handlers import purchases
from bookings_mock.handlers.handler import Handler

# What a request holds beside its one intent.
_ASIDE = frozenset({"callbacks", "preferences", "origin"})


async def create(call: Call) -> Any:
    """Create Redirect Session."""
    redirect = _made(call)
    _keep(call, redirect)
    return {"redirectSession": _shown(call, redirect)}


def _keep(call: Call, redirect: Redirect) -> None:
    """Keep a session; the oldest is forgotten for it where there are too many: nobody ends one."""
    world = call.world
    if len(world.redirects) >= call.mock.limits["redirects"]:
        world.forget(world.redirects, next(iter(world.redirects)))
    world.keep(world.redirects, redirect.id, redirect)


def _made(call: Call) -> Redirect:
    body, caller = call.body, call.caller
    assert caller is not None
    intent = next(name for name in body if name in _intents(call))
    if intent == "ecomCheckout":
        purchases.found(call, (CHECKOUT, CART), body[intent]["checkoutId"])
    return Redirect(
        id=call.world.new_id(),
        created=call.ground.now,
        intent=intent,
        asked=body[intent] or {},
        callbacks=body.get("callbacks") or {},
        preferences=body.get("preferences") or {},
        identity=caller.identity,
        origin=body.get("origin"),
    )


def _intents(call: Call) -> frozenset[str]:
    """The intents that the document knows."""
    schemas = call.mock.document["components"]["schemas"]
    return frozenset(schemas["CreateRedirectSessionRequest"]["properties"]) - _ASIDE


def _shown(call: Call, redirect: Redirect) -> dict[str, Any]:
    address = purchases.page(call, "redirects", redirect.id)
    endpoint, _, query = address.partition("?")
    return {
        "id": redirect.id,
        "fullUrl": address,
        "urlDetails": {"endpoint": endpoint, "searchParams": dict(parse_qsl(query))},
        "sessionToken": None,
        "shortUrl": "",
    }


OPERATIONS: Mapping[str, Handler] = {"createRedirectSession": create}
