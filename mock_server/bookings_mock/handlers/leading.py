"""What checkout URLs and redirect sessions have in common: whose they are, and the way back."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from attrs import evolve

from bookings_mock.call import Call, NotThere
from bookings_mock.domain.purchase import Purchase, Redirect

OPEN, USED, EXPIRED = "OPEN", "USED", "EXPIRED"


def purchase_of(call: Call, wanted: str) -> tuple[Call, Purchase]:
    """A cart or checkout, and the call in its own site; raises NotThere."""
    for there in _everywhere(call):
        purchase = there.world.purchases.get(wanted.lower())
        if purchase:
            return there, purchase
    raise NotThere(f"the world {call.world.name} has no cart or checkout {wanted}")


def redirect_of(call: Call, wanted: str) -> tuple[Call, Redirect]:
    """A redirect session, and the call in its own site; raises NotThere."""
    for there in _everywhere(call):
        found = there.world.redirects.get(wanted.lower())
        if found:
            return there, found
    raise NotThere(f"the world {call.world.name} has no redirect session {wanted}")


def _everywhere(call: Call) -> list[Call]:
    """The call in each site of its world: an address says nothing of a site."""
    sites = call.mock.worlds.sites(call.world.name)
    return [evolve(call, world=one, ground=call.mock.ground(one)) for one in sites.values()]


def state_of(call: Call, session: Redirect) -> str:
    """Whether a session leads on, has led to what it was for, or is too old for that."""
    purchase = call.world.purchases.get(session.paid_for or "")
    if session.spent or (purchase and (purchase.order_id or purchase.completed)):
        return USED
    life = timedelta(seconds=call.mock.limits["loginCodeSeconds"])
    expires = session.intent == "auth" and call.ground.now >= session.created + life
    return EXPIRED if expires else OPEN


def with_query(address: str, more: Mapping[str, str]) -> str:
    """An address with more in its query; as it is where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *more.items()])
    return urlunsplit(parts._replace(query=query))


def with_fragment(address: str, more: Mapping[str, str]) -> str:
    """An address with something behind its `#`; as it is where it is none."""
    try:
        return urlunsplit(urlsplit(address)._replace(fragment=urlencode(more)))
    except ValueError:
        return address
