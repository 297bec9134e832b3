"""Whose fault it is that reading an answer failed: the target's, if the document says otherwise.

Whoever reads an answer may take it to be as declared. Where it is not, whatever comes of it (a text
where an object should be has no fields) is told as what it is: an answer of another shape.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

import bookings_openapi
from bookings_contract.findings.exchange import CONTROL, Exchange
from bookings_contract.findings.problems import Misshapen, Unjudged
from bookings_contract.findings.verdicts import Finding
from bookings_contract.testkit import shapes
from bookings_contract.testkit.record import Record
from bookings_openapi.schemas import compiled, rooted, translated

# What is reported of the error itself, which may hold what was answered.
SAID = 120


def blamed(error: Exception, exchanges: Iterable[Exchange]) -> Exception:
    """What to tell instead of an error: Misshapen, if one of the answers is not as declared."""
    if isinstance(error, Unjudged):
        return error
    for exchange in reversed([*exchanges]):
        wrong = _wrong_with(exchange)
        if wrong is not None:
            what = f"{type(error).__name__}: {error}"[:SAID]
            name = f"the control {exchange.path}" if exchange.operation == CONTROL else None
            return Misshapen(
                f"{name or exchange.operation} answered in another shape than is declared "
                f"({wrong}), which can't be read ({what})"
            )
    return error


@contextmanager
def blaming(record: Record) -> Iterator[None]:
    """What fails in here is blamed on an answer on record that is not as declared, if one is."""
    try:
        yield
    except Exception as error:
        instead = blamed(error, record.seen)
        if instead is error:
            raise
        raise instead from error


def _wrong_with(exchange: Exchange) -> str | None:
    """How an answer differs from what is declared, however little that matters."""
    if exchange.operation == CONTROL:
        return _first(_shown_as(exchange), exchange.json)
    for said in shapes.observe(exchange):
        if isinstance(said, Finding) and said.rule != shapes.REQUEST_ID:
            return said.actual
    return None


def _first(validator: jsonschema_rs.Draft4Validator | None, body: Any) -> str | None:
    if validator is None:
        return None
    for problem in validator.iter_errors(body):
        where = ".".join(map(str, problem.instance_path)) or "the body"
        return f"{where}: {shapes.brief(problem.message)}"
    return None


# The controls of a mock, which the API's own document leaves out


def _shown_as(exchange: Exchange) -> jsonschema_rs.Draft4Validator | None:
    """What an answer of a mock's controls has to be."""
    path, method = urlsplit(exchange.path).path, exchange.method.lower()
    for pattern, name in _controls():
        if re.search(pattern, path):
            return _validator(name, method)
    return None


@functools.cache
def _document() -> Mapping[str, Any]:
    return bookings_openapi.load()


@functools.cache
def _controls() -> tuple[tuple[str, str], ...]:
    """Every path of the controls, as a pattern of what a request's path ends with."""
    paths = [path for path in _document()["paths"] if path.startswith("/_mock")]
    return tuple((re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)) + "$", path) for path in paths)


@functools.cache
def _validator(path: str, method: str) -> jsonschema_rs.Draft4Validator | None:
    definition = _document()["paths"][path].get(method, {})
    content = definition.get("responses", {}).get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return None
    return compiled(rooted(translated(schema), _components()))


@functools.cache
def _components() -> Mapping[str, Any]:
    components: Mapping[str, Any] = translated(_document()["components"])
    return components
