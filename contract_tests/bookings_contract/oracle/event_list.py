"""What a list of events shows: which events, each of which kind, and about which booking."""

import json
from collections.abc import Sequence

from attrs import evolve

from bookings_contract.findings.exchange import Exchange
from bookings_contract.oracle.shadow import Raw, revision_of
from bookings_contract.testkit.events import KINDS_OF_EVENTS, LISTED, Event, carried

# The same for events that tell the same: id, kind, booking, and the revision that they carry.
Key = tuple[str, str, str, str]


def is_list(path: str) -> bool:
    """Whether a control's path is that of the events."""
    return path.partition("?")[0].rstrip("/").endswith(f"/{LISTED}")


def slug_of(event: Event) -> str:
    """The kind of an event."""
    return str(event.get("slug"))


def about(event: Event) -> str:
    """The booking that an event is about, by its own word, else by what it carries."""
    named = event.get("entityId")
    return named if isinstance(named, str) else str(_carried(event).get("id"))


def _carried(event: Event) -> Raw:
    """The booking in an event, whatever is said of its kind."""
    slug = slug_of(event)
    kinds = [slug] if slug in KINDS_OF_EVENTS else KINDS_OF_EVENTS
    return next((found for kind in kinds if (found := carried(event, kind))), {})


def of_story(look: Exchange, story: Sequence[Exchange]) -> Exchange:
    """A look at the list as it would be after no more than a story: what follows is left out."""
    rows = (by_key(look) or {}).values()
    kept = [event for event in rows if _led_to(event, story)]
    return evolve(look, text=json.dumps({LISTED: kept}))


def _led_to(event: Event, story: Sequence[Exchange]) -> bool:
    """Whether an event is of a booking of the story, and not of what was done to it later."""
    id, number = about(event), revision_of(_carried(event))
    met = [exchange for exchange in story if id in exchange.text or id in exchange.path]
    seen = [exchange.booking for exchange in met]
    known = [revision_of(one.raw) for one in seen if one is not None and one.id == id]
    latest = max((one for one in known if one is not None), default=None)
    return bool(met) and (number is None or latest is None or number <= latest)


def by_key(look: Exchange) -> dict[Key, Event] | None:
    """The events of a list, each once, or None if it is none.

    An event that comes again tells nothing new.
    """
    body = look.json
    rows = body.get(LISTED) if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return None
    return {_key(row): row for row in rows}


def _key(event: Event) -> Key:
    told = (event.get("id"), event.get("slug"), about(event), _carried(event).get("revision"))
    id, slug, booking, revision = map(str, told)
    return id, slug, booking, revision
