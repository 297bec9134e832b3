"""Judges every answer in passing by the shape that the document declares for it.

It sees one exchange at a time and knows no state.
"""

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

import bookings_openapi
from bookings_contract.findings.checks import Shaped
from bookings_contract.findings.exchange import CONTROL, Exchange, without_nulls
from bookings_contract.findings.operations import document, operation
from bookings_contract.findings.parsing import Unparsable, parse
from bookings_contract.findings.verdicts import Finding, Kept, level_of
from bookings_openapi.schemas import ASSERTIONS, compiled, rooted, translated

SUCCESS, ERROR, VIOLATIONS, REQUEST_ID = RULES = ("SHAPE-1", "SHAPE-2", "SHAPE-3", "SHAPE-4")


def observe(exchange: Exchange) -> Iterator[Finding | Kept]:
    """What this one answer says about the four rules of shape."""
    if exchange.operation == CONTROL or not exchange.status:
        return  # No answer of the API.
    if exchange.succeeded:
        yield _judged(SUCCESS, _success(exchange))
    elif exchange.status >= 400:
        yield _judged(ERROR, _error(exchange))
        if _is_validation_error(exchange):
            yield _judged(VIOLATIONS, _violations(exchange))
    yield _judged(REQUEST_ID, _request_id(exchange))


def _judged(rule: str, complaint: tuple[str, str] | None) -> Finding | Kept:
    if complaint is None:
        return Kept(rule)
    expected, actual = complaint
    level = level_of(bookings_openapi.rules()[rule])
    return Finding(rule, level, expected, actual, check=Shaped(rule))


def _success(exchange: Exchange) -> tuple[str, str] | None:
    if exchange.status != 200:
        return "200", str(exchange.status)
    if exchange.json is None:
        return "JSON", _not_json(exchange)
    return _misshapen(exchange, f"an answer as {exchange.operation} declares it")


def _error(exchange: Exchange) -> tuple[str, str] | None:
    expected = "the error shape, {message, details}"
    if exchange.json is None:
        return expected, f"{exchange.status}, {_not_json(exchange)}"
    found = _misshapen(exchange, expected)
    return None if found is None else (expected, f"{exchange.status}, {found[1]}")


def _violations(exchange: Exchange) -> tuple[str, str] | None:
    expected = "a validation error: 400, each violation with its field"
    if exchange.status != 400:
        return expected, str(exchange.status)
    if not exchange.violations:
        return expected, "400 without a violation"
    for violation in exchange.violations:
        if not isinstance(violation.get("field"), str) or not violation["field"]:
            return expected, f"400, a violation without a field: {violation.get('description')}"
    return None


def _request_id(exchange: Exchange) -> tuple[str, str] | None:
    if exchange.headers.get("x-wix-request-id"):
        return None
    return "a header x-wix-request-id", f"{exchange.status} without it"


def _is_validation_error(exchange: Exchange) -> bool:
    body = exchange.json
    details = body.get("details") if isinstance(body, dict) else None
    return isinstance(details, dict) and bool(details.get("validationError"))


def _not_json(exchange: Exchange) -> str:
    if not exchange.text:
        return "an empty body"
    media = exchange.headers.get("content-type", "no media type")
    try:
        parse(exchange.text)
    except Unparsable as why:
        return f"{media} that is {'no JSON' if str(why).startswith('no JSON') else why}"
    return f"{media} that is null"


def _misshapen(exchange: Exchange, expected: str) -> tuple[str, str] | None:
    validator = _validator(exchange.operation, exchange.status)
    if validator is None:
        return None
    # What is required is missed, also where it is null.
    for problem in validator.iter_errors(without_nulls(exchange.json)):
        where = ".".join(str(part) for part in problem.instance_path) or "the body"
        return expected, f"{where}: {brief(problem.message)}"
    return None


def brief(message: str) -> str:
    """The two ends of a long message."""
    return message if len(message) <= 160 else f"{message[:80]} … {message[-77:]}"


@functools.cache
def _validator(name: str, status: int) -> jsonschema_rs.Draft4Validator | None:
    schema = operation(name).answer(status)
    if schema is None:
        return None
    return compiled(rooted(translated(_own(schema)), _components()))


@functools.cache
def _components() -> Mapping[str, Any]:
    components: Mapping[str, Any] = translated(_own(document()["components"]))
    return components


@functools.cache
def request_validator(name: str) -> jsonschema_rs.Draft4Validator | None:
    """What a body of this operation has to be, rules apart; None if it takes none."""
    body = operation(name).definition.get("requestBody")
    media = None if body is None else body["content"].get("application/json")
    if media is None:
        return None
    return compiled(rooted(translated(_own(media["schema"])), _components()))


def wrong_in_request(exchange: Exchange) -> tuple[str, str] | None:
    """Where the body of a request is not of the declared shape, and why; None where it is."""
    validator = request_validator(exchange.operation)
    if validator is None or not exchange.request_text:
        return None
    # A field that is null may be taken for one that is absent, and as well for the null it is.
    if validator.is_valid(exchange.request_json):
        return None
    for problem in validator.iter_errors(without_nulls(exchange.request_json)):
        where = ".".join(str(part) for part in problem.instance_path) or "the body"
        return where, brief(problem.message)
    return None


def _own(node: Any) -> Any:
    """A schema without the keywords that make up a rule of their own, which judges them itself."""
    if isinstance(node, list):
        return [_own(part) for part in node]
    if not isinstance(node, dict):
        return node
    dropped = ASSERTIONS if "x-rule" in node else frozenset()
    return {key: _own(value) for key, value in node.items() if key not in dropped}
