"""Asks a world that was read for all that the document lets anybody ask without naming anything.

What is listed is checked against the schemas of its answers. So whatever the document comes to list
is looked at here without a word.
"""

import sys
from collections.abc import Awaitable, Iterator, Mapping
from copy import copy
from typing import Any, TypeAlias

import orjson
from attrs import evolve, frozen

from bookings_mock.call import Call, NotThere
from bookings_mock.callers import OWNER, Caller
from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.handlers import HANDLERS
from bookings_mock.mock import Mock
from bookings_mock.rim.contract import Contract
from bookings_mock.rim.operations import Operation, compile_operation
from bookings_openapi.schemas import followed

Json: TypeAlias = Mapping[str, Any]

# In what a read is told what is wanted.
_WANTED = ("query", "search", "filter")
_READING = ("query", "search", "list", "count", "get", "mock")
# Two show nothing of a world, the last one what events show, and signs each.
_LEFT_OUT = ("mockDocument", "mockHealth", "mockWebhooks")


@frozen
class Read:
    """An operation that lists something, and the body that asks for all of it."""

    operation: Operation
    body: Any


class Rehearsal:
    """All reads of a document, compiled: they are the same for every mock that serves it."""

    def __init__(self, contract: Contract) -> None:
        self.shapes = contract.shapes
        self.reads = tuple(_reads(contract))

    def problems(self, call: Call) -> Iterator[str]:
        """What a world can't answer, or not as the document says; `call` says in which world."""
        whole = evolve(call, mock=_on_one_page(call.mock))
        for read in self.reads:
            try:
                yield from _problems(whole, read)
            except (RuleBroken, NotThere):
                continue  # A refusal is an answer.
            except Exception as error:  # Whatever fails now would have failed when it was asked.
                yield f"{read.operation.id} can't be answered: {error!r}"


def _on_one_page(mock: Mock) -> Mock:
    """The mock as it lists all that there is: page by page would take many times as long."""
    listing = copy(mock)
    listing.grammars = {
        name: evolve(one, default_limit=sys.maxsize, max_limit=None)
        for name, one in mock.grammars.items()
    }
    return listing


def _reads(contract: Contract) -> Iterator[Read]:
    for path, item in contract.document["paths"].items():
        for method in ("get", "post"):
            name = item.get(method, {}).get("operationId", "")
            if _is_read(method, name):
                declared = contract.operation(path, method)
                operation = compile_operation(
                    declared, HANDLERS[name], contract.shapes, contract.bounds
                )
                for body in _silent(contract, declared, operation):
                    yield Read(operation, body)


def _is_read(method: str, operation: str) -> bool:
    return operation.startswith(_READING) and (method == "get" or not operation.startswith("mock"))


def _silent(contract: Contract, declared: Json, operation: Operation) -> Iterator[Any]:
    """The body that says nothing of what is wanted, if the operation takes such a one."""
    if any(one.required for one in operation.parameters) or operation.id in _LEFT_OUT:
        return
    if "200" not in operation.answers:
        return  # A text for browsers, which has no schema to be held against.
    if operation.body is None:
        yield None
        return
    content = declared["requestBody"].get("content", {}).get("application/json", {})
    schema = declared.get("x-encoded-query", content)["schema"]
    fields = followed(contract.schemas, schema).get("properties", {})
    named = [name for name in _WANTED if name in fields][:1]
    body: Json = {name: {} for name in named}
    if operation.body.holds(body):
        yield body


def _problems(call: Call, read: Read) -> Iterator[str]:
    operation = read.operation
    caller = None if operation.open else _owner(call)
    answer = _said(
        operation.handler(evolve(call, operation=operation.id, caller=caller, body=read.body))
    )
    if "200" not in operation.answers:
        return  # What is no JSON says nothing of the world.
    for one in operation.answers["200"].violations(answer).listed:
        yield f"no {operation.id}: {one.field} {one.description}"
    orjson.dumps(answer)


def _owner(call: Call) -> Caller:
    """Somebody who may see everything."""
    site = call.world.site
    return Caller(name=OWNER, kind=OWNER, token="", site=site.name, id=site.id)


def _said(answering: Awaitable[Any]) -> Any:
    """What a handler answers that waits for nothing, as none does."""
    steps = answering.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise RuntimeError("a handler waits for something")
