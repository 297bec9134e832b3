"""Hears what a target's controls show: the events and the messages that a call has led to.

It knows how the document declares an event, and nothing of the rules about them.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jsonschema_rs

import bookings_openapi
from bookings_contract.exchange import Answer
from bookings_contract.given import Given
from bookings_contract.operations import document
from bookings_openapi import Move
from bookings_openapi.schemas import ASSERTIONS, compiled, rooted, translated

Event = Mapping[str, Any]

# By slug: the eventType that it travels under, its variant, its schema.
KINDS_OF_EVENTS: Mapping[str, Mapping[str, Any]] = document()["components"]["schemas"][
    "DomainEvent"
]["x-events"]


def events(given: Given) -> list[Event]:
    """All events so far, the oldest first."""
    given.settle()
    told: list[Event] = given.client.control("GET", "events")["events"]
    return told


def notifications(given: Given) -> list[Mapping[str, Any]]:
    """All notifications sent so far, the oldest first; reminders are another matter."""
    given.settle()
    sent = given.client.control("GET", "messages")["messages"]
    return [message for message in sent if message.get("kind") == "notification"]


def heard(given: Given, call: Callable[[], Answer]) -> tuple[Answer, list[Event]]:
    """The answer to a call, and the events that came with it."""
    before = len(events(given))
    answer = call()
    return answer, events(given)[before:]


def sent_by(given: Given, call: Callable[[], Answer]) -> tuple[Answer, list[Mapping[str, Any]]]:
    """The answer to a call, and the notifications that came with it."""
    before = len(notifications(given))
    answer = call()
    return answer, notifications(given)[before:]


def own_slug(operation: str, status: str | None = None) -> str:
    """The event that an operation sends; where it leads to several statuses, by the status."""
    move: Move = bookings_openapi.lifecycle()[operation]
    if len(move.results) < 2:
        return move.events[0]
    return dict(zip(move.results, move.events, strict=True))[str(status)]


def is_aside(event: Event) -> bool:
    """Whether it is a further `updated` that says which action is behind it."""
    return event.get("slug") == "updated" and bool(event.get("originatedFrom"))


def summary(told: list[Event]) -> str:
    """Events in a few words."""
    return ", ".join(str(event.get("slug")) for event in told) or "no event"


def entity_name(slug: str) -> str:
    """The entityFqdn of an event, which its eventType begins with."""
    return str(KINDS_OF_EVENTS[slug]["eventType"]).removesuffix(f"_{slug}")


def variant(slug: str) -> str:
    """The field that an event's contents come in."""
    return str(KINDS_OF_EVENTS[slug]["variant"])


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
