"""The pages that redirect sessions lead to: what people can do there, and where they go then."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from attrs import evolve

from bookings_mock import login_codes
from bookings_mock.call import Call
from bookings_mock.callers import MEMBER, VISITOR, Caller
from bookings_mock.domain import lifecycle
from bookings_mock.domain.purchase import CHECKOUT, Redirect
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.handlers import purchases
from bookings_mock.handlers.acting import owner_of
from bookings_mock.handlers.handler import Handler, committed
from bookings_mock.handlers.leading import OPEN, redirect_of, state_of, with_fragment, with_query
from bookings_mock.handlers.reads import read_creation

LOGGED_IN, BOOKED, LEFT = "LOGGED_IN", "BOOKED", "LEFT"
NO_PAGE = "this mock has no such page: the session is kept as it was asked for"
GUEST = {"firstName": "Guest", "email": "guest@example.com"}

Way = dict[str, Any]


async def look(call: Call) -> Any:
    """Where a redirect session leads, and each way on from there."""
    there, found = redirect_of(call, call.path["redirectId"])
    return {"redirect": _shown(there, found)}


async def follow(call: Call) -> Any:
    """Do what people do on the page: log in, book, or go away."""
    there, found = redirect_of(call, call.path["redirectId"])
    wanted, member = call.body["outcome"], call.body.get("member")
    ways = [one for one in _ways(there, found) if one["outcome"] == wanted]
    way = next((one for one in ways if member in (None, one.get("member"))), None)
    if way is None and ways:
        known = ", ".join(one["member"] for one in ways if "member" in one) or "nobody by name"
        raise RuleBroken("SHAPE-3", f"no such member can do that: {known} can", field="member")
    if way is None:
        state = state_of(there, found)
        instead = f"the page has no way to {wanted} so"
        reason = instead if state == OPEN else f"the session is {state}: make another"
        raise RuleBroken("SHAPE-3", reason, field="outcome")
    if wanted == BOOKED:
        found = _booked(there, found, call.body.get("contactDetails") or GUEST)
        way = {}
    return {"redirect": {**_shown(there, found), **way}}


def _shown(call: Call, found: Redirect) -> dict[str, Any]:
    paid_for = found.paid_for
    onward = purchases.page(call, "pay", paid_for, redirect=found.id) if paid_for else None
    leads = {"leadsTo": onward} if onward else {}
    silent = found.asked.get("prompt") == "none"
    ways = _ways(call, found)
    return {
        "id": found.id,
        "intent": found.intent,
        "state": state_of(call, found),
        "asked": found.asked,
        "callbacks": found.callbacks,
        **_wanted(call, found),
        **leads,
        "ways": ways,
        "atOnce": bool(leads) or (silent and any("message" in one for one in ways)),
        **({} if leads or ways else {"note": NO_PAGE}),
    }


def _ways(call: Call, found: Redirect) -> list[Way]:
    page = _PAGES.get(found.intent)
    done = found.paid_for or state_of(call, found) != OPEN
    return [] if page is None or done else page(call, found)


# Logging in and out


def _authorising(call: Call, found: Redirect) -> list[Way]:
    """Each member can log in; unasked only whom a session names, as nobody else is logged in."""
    request, silent = found.asked["authRequest"], found.asked.get("prompt") == "none"
    named = request.get("sessionToken")
    members = [] if silent and not named else _members(call, named)
    world = call.world
    codes = {
        one.name: login_codes.mint(world.site.name, world.name, found.id, one.name, world.secret)
        for one in members
    }
    ways = [
        {"outcome": LOGGED_IN, "member": name, **_sent(request, {"code": code})}
        for name, code in codes.items()
    ]
    denied = ("login_required", "nobody is logged in") if silent else _DENIED
    if silent and ways:
        return ways
    refused = {"error": denied[0], "error_description": denied[1]}
    return [*ways, {"outcome": LEFT, **_sent(request, refused)}]


_DENIED = ("access_denied", "the member went away")


def _sent(request: Mapping[str, Any], said: dict[str, str]) -> Way:
    """How the client is told: by a message to the page around, else behind its own address."""
    state, address = request.get("state"), request.get("redirectUri")
    said = {**said, **({"state": state} if state else {})}
    mode = request.get("responseMode") or "fragment"
    if not address or mode == "web_message":
        return {"message": said}
    return {"sendsTo": (with_query if mode == "query" else with_fragment)(address, said)}


def _logging_in(call: Call, found: Redirect) -> list[Way]:
    ways = [
        {"outcome": LOGGED_IN, "member": one.name, **_back(found, "true")} for one in _members(call)
    ]
    return [*ways, *_leaving(call, found)]


def _leaving(call: Call, found: Redirect) -> list[Way]:
    return [{"outcome": LEFT, **_back(found, "false")}]


def _back(found: Redirect, member: str) -> Way:
    address = found.callbacks.get("postFlowUrl")
    return {"sendsTo": with_query(address, {"wixMemberLoggedIn": member})} if address else {}


def _members(call: Call, named: str | None = None) -> list[Caller]:
    """The members of the site, or whom a session's token names: by name, id or token."""
    site = call.world.site.name
    here = [one for one in call.mock.callers.values() if (one.kind, one.site) == (MEMBER, site)]
    return [one for one in here if not named or named in (one.name, one.id, one.token)]


# Booking


def _wanted(call: Call, found: Redirect) -> dict[str, Any]:
    """What a session asks to book: nothing where the site has no such service."""
    slot = (found.asked.get("slotAvailability") or {}).get("slot") or {}
    named = (one for one in call.world.site.services if one.id == slot.get("serviceId"))
    service = next(named, None)
    if service is None:
        return {}
    start = {"start": slot["startDate"]} if slot.get("startDate") else {}
    money = {"price": f"{Decimal(service.price):.2f}", "currency": service.currency}
    return {"wanted": {"name": service.title, **start, **money}}


def _booking(call: Call, found: Redirect) -> list[Way]:
    return [{"outcome": BOOKED}, *_leaving(call, found)]


def _booked(call: Call, found: Redirect, contact: Mapping[str, Any]) -> Redirect:
    """The booking of the slot that was asked for, and a checkout for it."""
    call = evolve(call, caller=_customer(call, found), operation="createBooking")
    slot = found.asked["slotAvailability"].get("slot") or {}
    body = {
        "booking": {
            "bookedEntity": _entity(slot),
            "contactDetails": contact,
            "totalParticipants": 1,
        }
    }
    wish = read_creation(call, body)
    booking = lifecycle.create(wish, call.ground)
    committed(evolve(call, body=body), booking, None, wish.notification)
    own = {"appId": call.mock.document["x-apps"]["bookings"], "catalogItemId": booking.id}
    items = purchases.read_items(call, [{"catalogReference": own, "quantity": 1}])
    checkout = purchases.make(call, CHECKOUT, items, "WEB", None, contact.get("email"))
    found = evolve(found, checkout_id=checkout.id)
    call.world.keep(call.world.redirects, found.id, found)
    return found


def _entity(slot: Mapping[str, Any]) -> dict[str, Any]:
    """A slot, or a course where no time is said."""
    if not any(slot.get(name) for name in ("startDate", "eventId", "sessionId")):
        return {"schedule": slot}
    return {
        "slot": {**slot, "location": slot.get("location") or {"locationType": "OWNER_BUSINESS"}}
    }


def _customer(call: Call, found: Redirect) -> Caller:
    """Who asked for the session, as a customer of the site."""
    site = call.world.site.name
    for kind, name in ((VISITOR, "anonymousVisitorId"), (MEMBER, "memberId")):
        number = found.identity.get(name)
        if number:
            known = [one for one in _members(call) if one.id == number]
            return known[0] if known else Caller(kind, kind, "", site, number)
    return owner_of(call)


_PAGES: Mapping[str, Callable[[Call, Redirect], list[Way]]] = {
    "auth": _authorising,
    "login": _logging_in,
    "logout": _leaving,
    "bookingsCheckout": _booking,
    "bookingsBook": _leaving,
}

OPERATIONS: Mapping[str, Handler] = {"mockRedirect": look, "mockFollowRedirect": follow}
