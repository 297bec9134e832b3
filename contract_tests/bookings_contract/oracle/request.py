"""What a request says, if it says it in the document's own words; and what a bulk answer says."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema_rs
from attrs import frozen

import bookings_openapi
from bookings_contract.findings.exchange import GUID, Exchange, without_nulls
from bookings_contract.findings.operations import document, operation
from bookings_contract.findings.verdicts import Finding
from bookings_contract.oracle.rulings import Ruling, breach
from bookings_contract.oracle.shadow import Raw
from bookings_contract.testkit import shapes
from bookings_contract.testkit.shapes import request_validator
from bookings_openapi.schemas import compiled, followed, rooted, translated

JSON = "application/json"
# Answers of 4xx that leave open whether anything was done.
OPEN_ENDED = frozenset({408, 499})
# Data of the caller's own, whose keys mean nothing here.
FREE = frozenset({"formSubmission", "namespaceData", "namespaces", "metadata", "filter"})


@frozen
class Request:
    """One request: its body without what is null, and the same again if it is plain.

    A request that is not plain asks for nothing that could be relied on.
    """

    plain_body: Raw
    body: Raw
    plain: bool
    booking_id: str | None
    # It is one of the life cycle's operations on a booking.
    moves: bool


@frozen
class Result:
    """What became of one item of a bulk call."""

    success: bool
    id: str | None
    item: Raw | None
    code: str | None


def request_of(exchange: Exchange) -> Request:
    """The request, and whether it is plain: just what the document describes, and no more."""
    sent = without_nulls(exchange.request_json)
    body = sent if isinstance(sent, dict) else {}
    ids = GUID.findall(exchange.path.partition("?")[0])
    id = ids[0] if ids else None
    move = bookings_openapi.lifecycle().get(exchange.operation)
    plain = _plain(exchange, body, id)
    return Request(
        plain_body=body if plain else {},
        body=body,
        plain=plain,
        booking_id=id,
        moves=move is not None and bool(move.sources),
    )


def _plain(exchange: Exchange, body: Raw, id: str | None) -> bool:
    """Whether there is one way only to understand the request."""
    if "requestBody" not in operation(exchange.operation).definition:
        return True
    kind = exchange.request_headers.get("content-type", JSON)
    if not kind.startswith(JSON) or not isinstance(exchange.request_json, dict):
        return False
    repeated = body.get("bookingId") or body.get("id")
    if id is not None and repeated is not None and repeated != id:
        return False
    if not body.keys() <= _properties(exchange.operation).keys() or in_snake_case(body):
        return False
    validator = request_validator(exchange.operation)
    # As it was sent: whether null is as good as nothing is the field's own matter.
    return validator is None or validator.is_valid(exchange.request_json)


def in_snake_case(node: Any) -> bool:
    """Whether a field is written in snake case, which may be a field or nothing at all."""
    if isinstance(node, dict):
        return any(
            "_" in key or in_snake_case(part) for key, part in node.items() if key not in FREE
        )
    return isinstance(node, list) and any(in_snake_case(part) for part in node)


@cache
def _properties(name: str) -> Mapping[str, Any]:
    schema = _body_schema(name)
    whole = {} if schema is None else followed(document(), schema)
    found: Mapping[str, Any] = whole.get("properties", {})
    return found


def broken_in_shape(exchange: Exchange, body: Raw) -> Iterator[Ruling]:
    """Rules that stand in the document itself, and were broken by a call that was accepted."""
    if not exchange.succeeded:
        return
    validator = _with_rules(exchange.operation)
    understood = isinstance(exchange.request_json, dict) and not in_snake_case(body)
    if validator is not None and understood and not validator.is_valid(body):
        schema = _rooted(exchange.operation)
        for problem in validator.iter_errors(body):
            rule = _rule_beside(list(problem.schema_path), schema)
            if rule in _RULES:
                where = ".".join(str(part) for part in problem.instance_path) or "the body"
                why = f"{where}: accepted ({exchange.status}), though {problem.message[:120]}"
                yield breach("refused (400)", why, rule)
                break
    named = exchange.operation in _RULES["LOOKUP-2"].operations
    if named and not GUID.search(exchange.path.partition("?")[0]):
        yield breach("refused (400): the id is no GUID", str(exchange.status), "LOOKUP-2")


_RULES = bookings_openapi.rules()


def _rule_beside(path: list[str | int], schema: Any) -> str | None:
    """The id on the schema that holds the failing keyword, or on one around it."""
    rule = None
    node = schema
    for step in path:
        if isinstance(node, Mapping):
            rule = node.get("x-rule") or rule
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            return rule
    return rule


def _body_schema(name: str) -> Mapping[str, Any] | None:
    body = operation(name).definition.get("requestBody")
    media = None if body is None else body["content"].get(JSON)
    return None if media is None else media["schema"]


@cache
def _rooted(name: str) -> dict[str, Any]:
    schema = _body_schema(name) or {}
    return rooted(translated(schema), _components())


@cache
def _components() -> Any:
    return translated(document()["components"])


@cache
def _with_rules(name: str) -> jsonschema_rs.Draft4Validator | None:
    return None if _body_schema(name) is None else compiled(_rooted(name))


def refusing(status: int) -> bool:
    """Whether a status says that nothing was done."""
    return 400 <= status < 500 and status not in OPEN_ENDED


def as_declared(exchange: Exchange) -> bool:
    """Whether an answer has the shape that the document declares for it."""
    return not any(isinstance(said, Finding) for said in shapes.observe(exchange))


def results(exchange: Exchange) -> dict[int, Result]:
    """What a bulk answer says of each item, by the item's index; nothing of one named twice."""
    found: dict[int, Result] = {}
    twice: set[int] = set()
    body = exchange.json
    rows = body.get("results") if isinstance(body, dict) else None
    for row in rows if isinstance(rows, list) else ():
        meta = row.get("itemMetadata") if isinstance(row, dict) else None
        index = meta.get("originalIndex") if isinstance(meta, dict) else None
        if not isinstance(meta, dict) or not isinstance(index, int):
            continue
        twice |= {index} & found.keys()
        found[index] = _result(meta, row.get("item"))
    return {index: result for index, result in found.items() if index not in twice}


def _result(meta: Mapping[str, Any], item: Any) -> Result:
    error = meta.get("error")
    id = meta.get("id")
    return Result(
        success=bool(meta.get("success")),
        id=id if isinstance(id, str) else None,
        item=item if isinstance(item, dict) and item.get("status") else None,
        code=error.get("code") if isinstance(error, dict) else None,
    )
