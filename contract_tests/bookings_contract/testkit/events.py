"""Booking events as the document declares them: kinds, shapes, and what each one carries.

Of the rules it knows nothing but which of them a part of a schema belongs to.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import jsonschema_rs

import bookings_openapi
from bookings_contract.findings.operations import document
from bookings_openapi import Move
from bookings_openapi.schemas import ASSERTIONS, compiled, is_date_time, rooted, translated

# The rules on which events are sent, on what each says of itself, and of what was before.
OWN, ENVELOPE, ACTION = "EVENT-1", "EVENT-2", "EVENT-4"
UPDATED = "updated"
# Operations of which it is a circumstance by itself which events they send.
PARTS: Mapping[str, str] = {
    "confirmOrDeclineBooking": "confirm_or_decline",
    "markBookingAsPending": "mark_as_pending",
}
# A time that is local and said to be in UTC is off by half an hour at least.
NEARLY_AT_ONCE = timedelta(minutes=20)

Event = Mapping[str, Any]
# The control that lists them, and the list in its answer.
LISTED = "events"

# By slug: the eventType that it travels under, its variant, its schema.
_DECLARED: Mapping[str, Any] = document()["components"]["schemas"]["DomainEvent"]
KINDS_OF_EVENTS: Mapping[str, Mapping[str, Any]] = _DECLARED["x-events"]
# The same of attendance: an event of another entity, which says nothing of a booking.
EVENTS_OF_ATTENDANCE: Mapping[str, Mapping[str, Any]] = _DECLARED["x-attendance-events"]


def own_slug(operation: str, status: str | None = None) -> str:
    """The event that an operation sends; where it leads to several statuses, by the status."""
    move: Move = bookings_openapi.lifecycle()[operation]
    if len(move.results) < 2:
        return move.events[0]
    return dict(zip(move.results, move.events, strict=True))[str(status)]


def is_aside(event: Event) -> bool:
    """Whether it is a further `updated` that says which action is behind it."""
    return event.get("slug") == UPDATED and bool(event.get("originatedFrom"))


def summary(found: list[Event]) -> str:
    """Events in a few words."""
    return ", ".join(str(event.get("slug")) for event in found) or "no event"


def entity_name(slug: str) -> str:
    """The entityFqdn of an event, which its eventType begins with."""
    return str(KINDS_OF_EVENTS[slug]["eventType"]).removesuffix(f"_{slug}")


def of_removals(found: list[Event]) -> list[Event]:
    """The events among them that say that attendance was removed."""
    types = {row["eventType"] for row in EVENTS_OF_ATTENDANCE.values()}
    return [one for one in found if f"{one.get('entityFqdn')}_{one.get('slug')}" in types]


def removed(event: Event) -> tuple[str, Mapping[str, Any] | None]:
    """What was removed by an event's word: its id, and what is said of it, None if nothing is."""
    contents = _object(event.get(EVENTS_OF_ATTENDANCE[str(event["slug"])]["variant"]))
    shown = contents.get("deletedEntity")
    return str(event.get("entityId")), shown if isinstance(shown, dict) else None


def variant(slug: str) -> str:
    """The field that an event's contents come in."""
    return str(KINDS_OF_EVENTS[slug]["variant"])


def carried(event: Event, slug: str) -> Mapping[str, Any]:
    """The booking that an event carries, empty if it carries none."""
    contents = _object(event.get(variant(slug)))
    if variant(slug) == "actionEvent":
        return _object(_object(contents.get("body")).get("booking"))
    return _object(contents.get("entity") or contents.get("currentEntity"))


def body(event: Event) -> Mapping[str, Any]:
    """What an action's event says of the action, empty if it says nothing."""
    return _object(_object(event.get("actionEvent")).get("body"))


def body_fields(slug: str) -> Mapping[str, Any]:
    """The declared fields of an action's body."""
    part = _schema_of(slug)["allOf"][1]["properties"]["actionEvent"]["properties"]["body"]
    name = part["$ref"].rsplit("/", 1)[-1]
    fields: Mapping[str, Any] = document()["components"]["schemas"][name]["properties"]
    return fields


def complaints(event: Event, slug: str, rule: str) -> list[tuple[bool, str]]:
    """What is wrong with an event's shape as far as one rule goes: whether inside, and what."""
    contents = {kind["variant"] for kind in KINDS_OF_EVENTS.values()}
    found = []
    for problem in _validator(slug, rule).iter_errors(event):
        path = [str(step) for step in problem.instance_path]
        where = ".".join(path) or "the event"
        found.append((bool(path) and path[0] in contents, f"{where}: {problem.message[:120]}"))
    return found


def wrong_around(event: Event, slug: str) -> list[str]:
    """What is wrong with what an event says of itself, its contents apart."""
    others = {kind["variant"] for kind in KINDS_OF_EVENTS.values()} - {variant(slug)}
    wrong = [text for inside, text in complaints(event, slug, ENVELOPE) if not inside]
    wrong += [] if event.get("id") else ["it has no id"]
    wrong += [f"{name} beside {variant(slug)}" for name in others if event.get(name) is not None]
    if event.get("entityFqdn") != entity_name(slug):
        wrong.append(f"entityFqdn {event.get('entityFqdn')}")
    if not is_date_time(str(event.get("eventTime"))):
        wrong.append(f"eventTime {event.get('eventTime')}")
    return wrong


def wrong_inside(event: Event, slug: str, booking_id: str) -> list[str]:
    """What is wrong with what an event carries, which is to be this booking."""
    wrong = [text for inside, text in complaints(event, slug, ENVELOPE) if inside]
    shown = carried(event, slug)
    if shown.get("id") != booking_id:
        wrong.append(f"the booking in it is {shown.get('id')}")
    happened, updated = _instant(event.get("eventTime")), _instant(shown.get("updatedDate"))
    if happened and updated and not _at_once(happened - updated, slug):
        wrong.append(f"it was at {event['eventTime']}, and changed the booking at {updated}")
    return wrong


def _at_once(after: timedelta, slug: str) -> bool:
    # What apps keep with a booking may be stored without a mark on the booking itself.
    return after > -NEARLY_AT_ONCE and (after < NEARLY_AT_ONCE or slug == UPDATED)


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _schema_of(slug: str) -> Mapping[str, Any]:
    name = KINDS_OF_EVENTS[slug]["schema"]["$ref"].rsplit("/", 1)[-1]
    schema: Mapping[str, Any] = document()["components"]["schemas"][name]
    return schema


@cache
def _validator(slug: str, rule: str) -> jsonschema_rs.Draft4Validator:
    schema = translated(_of_rule(KINDS_OF_EVENTS[slug]["schema"], rule))
    return compiled(rooted(schema, _components(rule)))


@cache
def _components(rule: str) -> Mapping[str, Any]:
    components: Mapping[str, Any] = translated(_of_rule(document()["components"], rule))
    return components


def _of_rule(node: Any, rule: str) -> Any:
    """A schema without the keywords that make up other rules."""
    if isinstance(node, list):
        return [_of_rule(part, rule) for part in node]
    if not isinstance(node, dict):
        return node
    dropped = ASSERTIONS if node.get("x-rule", rule) != rule else frozenset()
    return {key: _of_rule(value, rule) for key, value in node.items() if key not in dropped}
