"""The deprecated V1 list: its filter in a query parameter, its bookings in an older shape."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.policy import allowed_actions
from bookings_mock.domain.rules import reading
from bookings_mock.domain.v1 import project
from bookings_mock.handlers.finding import BookingIndex, Lookup, OwnIndex, by_id, refused
from bookings_mock.handlers.handler import Handler, visible
from bookings_mock.handlers.shows import TAGS
from bookings_mock.query import Field, Fields, Grammar, Key, QueryRefused, read_page, select, window
from bookings_mock.world import World

_TIMES = ("startTime", "endTime")
_COMPARISONS = ("$eq", "$gt", "$gte", "$lt", "$lte")


async def list_(call: Call) -> Any:
    """List Bookings: what the caller may see, newest first unless asked otherwise."""
    call.ground.rules.require(reading.projection_accepted, _wanted(call) is not None)
    with_actions = bool(call.query.get("withBookingAllowedActions"))
    entries = [entry(call, booking, with_actions) for booking in _listed(call)]
    return {"bookingsEntries": entries}


def _listed(call: Call) -> list[Booking]:
    fields = fields_of(call.world)
    grammar = grammar_of(call)
    newest_first = call.ground.rules(reading.newest_first)()
    secret = call.world.secret
    try:
        sort = _sort(call)
        wanted = {"filter": _filter(call, grammar), "sort": sort, "paging": _paging(call)}
        # Ties follow the order asked for, or a walk upwards would miss what is made meanwhile.
        descending = sort[-1].get("order") == "DESC" if sort else newest_first
        page = read_page(wanted, grammar, fields, newest(fields, descending), secret)
    except QueryRefused as error:
        raise refused(error, "LIST-11") from None
    # A member's own bookings come before any page is cut, or pages would show how many others are.
    index = OwnIndex(call, BookingIndex(call.world, LOOKUPS))
    running = call.world.newest_first() if descending else call.world.bookings()
    own = (one for one in running if visible(call, one))
    if call.world.in_time and page.where.candidates(index) is None:
        return window(page, own)
    return select(page, lambda: own, index, secret).records


def entry(call: Call, booking: Booking, with_actions: bool) -> dict[str, Any]:
    """A booking in V1, with what may be done with it where that was asked for."""
    service = call.world.site.service(booking.entity.service_id)
    assert service is not None
    shown = project(booking, service, TAGS[booking.kind], call.ground.rules)
    shown = call.ground.rules(reading.projected)(shown, _wanted(call))
    answered: dict[str, Any] = {"booking": call.ground.rules(reading.v1_entry)(shown)}
    if with_actions:
        told = call.ground.rules(reading.actions_told)
        answered["allowedActions"] = told(allowed_actions(booking, service, call.ground.now))
    return answered


def _wanted(call: Call) -> list[str] | None:
    """The fields that were asked for, None where nothing was; no set of fields has a name here."""
    if not any(f"query.{name}" in call.query for name in ("fields", "fieldsets")):
        return None
    return [name.partition(".")[0] for name in call.query.get("query.fields") or ()]


def _filter(call: Call, grammar: Grammar) -> Mapping[str, Any]:
    rules = call.ground.rules
    sent = _json(call, "query.filter.stringValue")
    if not sent:
        return rules(reading.without_filter)()
    if not isinstance(sent, dict):
        rules.require(reading.filter_understood, "the filter must be a JSON object")
        return {}
    return conditions(call, grammar, sent)


def conditions(call: Call, grammar: Grammar, sent: dict[str, Any]) -> Mapping[str, Any]:
    """The conditions of a V1 filter that count; raises RuleBroken for what can't be one."""
    rules = call.ground.rules
    for name in [name for name in sent if name not in grammar.filters]:
        problem = f"Field '{name}' is not declared as filterable"
        rules.require(reading.filter_understood, problem)
        del sent[name]
    counting = rules(reading.all_keys)(rules(reading.list_keys)(sent))
    return {name: _value(call, name, value) for name, value in counting.items()}


def _value(call: Call, name: str, value: Any) -> Any:
    if name in _TIMES:
        return _bounds(call, name, value if isinstance(value, dict) else {"$eq": value})
    if name != "status":
        return value
    if isinstance(value, dict):
        return {operator: _words(operand) for operator, operand in value.items()}
    return _words(value)


def _words(value: Any) -> Any:
    """Words of either vocabulary as V2's statuses."""
    if isinstance(value, list):
        return [_words(word) for word in value]
    return reading.v2_status(value) if isinstance(value, str) else value


def _bounds(call: Call, name: str, bounds: Mapping[str, Any]) -> Mapping[str, Any]:
    """The bounds of a time that count; raises RuleBroken for comparisons that are not taken."""
    named = call.mock.grammars[call.operation].filters[name]
    others = [one for one in bounds if one in _COMPARISONS and one not in named]
    problem = f"Operator '{others[0]}' is not supported for field '{name}'" if others else None
    call.ground.rules.require(reading.other_operators, problem)
    taken = {_operator(call, one, others): value for one, value in bounds.items()}
    return call.ground.rules(reading.list_bounds)(taken)


def _operator(call: Call, operator: str, others: list[str]) -> str:
    if operator not in others:
        return operator
    return call.ground.rules(reading.other_operator_means)(operator)


def _sort(call: Call) -> list[Any]:
    sent = _json(call, "query.sort")
    if not call.ground.rules(reading.sort_honoured)():
        return []
    entries = [sent] if isinstance(sent, dict) else sent or []
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise QueryRefused("must be a JSON list of sortings", field="query.sort")
    return entries


def _paging(call: Call) -> dict[str, Any]:
    """Limit and offset, in either written form of the parameters."""
    limit, offset = (
        call.query.get(f"query.paging.{name}", call.query.get(f"query.paging.{name}.value"))
        for name in ("limit", "offset")
    )
    limit, offset = call.ground.rules(reading.list_window)(limit, offset)
    return {"limit": limit, "offset": offset}


def _json(call: Call, parameter: str) -> Any:
    text = call.query.get(parameter)
    if not text:
        return None
    rules = call.ground.rules
    try:
        orjson.loads(text)  # As strict as with a body: no half of a character, no depth, no NaN.
        return json.loads(text, object_pairs_hook=rules(reading.first_of_each))
    except (ValueError, RecursionError):
        rules.require(reading.filter_understood, f"{parameter} is not JSON")
        return None


def grammar_of(call: Call) -> Grammar:
    """The document's, with every comparison of times: whether those are taken is LIST-12's."""
    grammar = call.mock.grammars[call.operation]
    return evolve(grammar, filters={**grammar.filters, **dict.fromkeys(_TIMES, _COMPARISONS)})


def fields_of(world: World) -> Fields[Booking]:
    """The fields of V1, and the place in the order in which bookings were made."""
    return {**FIELDS, "number": Field(lambda booking: world.number(booking.id), "number")}


def newest(fields: Fields[Booking], descending: bool) -> tuple[Key[Booking], ...]:
    """By the time of making, from the newest on or towards it."""
    # Two bookings of one millisecond stand in the order in which they were made.
    return tuple(Key(name, fields[name], descending) for name in ("createdDate", "number"))


FIELDS: Mapping[str, Field[Booking]] = {
    "id": Field(lambda booking: booking.id, "guid"),
    "bookingId": Field(lambda booking: booking.id, "guid"),
    "contactId": Field(lambda booking: booking.contact.get("contactId"), "guid"),
    "sessionId": Field(lambda booking: booking.session_id),
    "scheduleId": Field(lambda booking: booking.entity.schedule_id),
    "startTime": Field(lambda booking: booking.start, "date"),
    "endTime": Field(lambda booking: booking.end, "date"),
    "status": Field(lambda booking: booking.status),
    "created": Field(lambda booking: booking.created, "date"),
    "createdDate": Field(lambda booking: booking.created, "date"),
}

LOOKUPS: Mapping[str, Lookup] = {
    "id": by_id,
    "bookingId": by_id,
    "contactId": lambda world, value: world.of_contact(value),
    "sessionId": lambda world, value: world.in_session(value),
    "scheduleId": lambda world, value: world.on_schedule(value),
    "status": lambda world, value: world.with_status(value),
}

OPERATIONS: Mapping[str, Handler] = {"listBookingsV1": list_}
