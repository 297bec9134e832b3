"""The contract's operations as the judge calls them, read from the document and nothing else."""

import functools
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from attrs import frozen

import bookings_openapi
from bookings_openapi.schemas import followed

# Operations that only these sources describe, and deprecated ones: a target may do without them.
RECENT = (
    "current reference",
    "earlier reference",
    "typings of @wix/bookings",
    "typings of @wix/ecom",
    "typings of @wix/redirects",
    "recorded official client",
)
METHODS = ("get", "put", "post", "delete", "patch")


@frozen
class Operation:
    """One operation: where it lives, and what it takes and answers."""

    id: str
    method: str
    path: str
    sdk_path: str
    reads: bool
    recent: bool
    revised: bool
    answers: Mapping[str, Mapping[str, Any]]
    definition: Mapping[str, Any]

    def url(self, values: Mapping[str, object], paths: str = "documented") -> str:
        """The path with its parameters filled in."""
        template = self.sdk_path if paths == "sdk" else self.path
        for name, value in values.items():
            template = template.replace(f"{{{name}}}", quote(str(value), safe=":"))
        if "{" in template:
            raise ValueError(f"{self.id} needs {template[template.index('{') :]}")
        return template

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(part.split("}")[0] for part in self.path.split("{")[1:])

    def answer(self, status: int) -> Mapping[str, Any] | None:
        """The declared schema of an answer, or None if the document declares none."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None


@functools.cache
def document() -> Mapping[str, Any]:
    """The API's document, without the mock's controls."""
    return bookings_openapi.load(controls=False)


@functools.cache
def operations() -> Mapping[str, Operation]:
    """Every operation of the API, by its operationId."""
    return {operation.id: operation for operation in _operations(document())}


def operation(name: str) -> Operation:
    """The operation of this operationId."""
    if name not in operations():
        raise LookupError(f"the document has no operation {name}")
    return operations()[name]


@functools.cache
def codes_of(status: int) -> frozenset[str]:
    """The error codes that the document names for a status, whatever the operation."""
    named = (one.definition.get("x-codes", {}) for one in operations().values())
    return frozenset(code for codes in named for code in codes.get(str(status), ()))


def _operations(api: Mapping[str, Any]) -> Iterator[Operation]:
    moves = bookings_openapi.lifecycle()
    for path, item in api["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(api, path, method, item, moves)


def _operation(
    api: Mapping[str, Any],
    path: str,
    method: str,
    item: Mapping[str, Any],
    moves: Mapping[str, Any],
) -> Operation:
    definition = item[method]
    name = definition["operationId"]
    move = moves.get(name)
    return Operation(
        id=name,
        method=method.upper(),
        path=path,
        sdk_path=item.get("x-client-path", path),
        reads=_reads(name, method),
        # What is deprecated may be gone by now.
        recent=definition.get("x-source", {}).get("page") in RECENT
        or bool(definition.get("deprecated")),
        revised=bool(move and move.revision_checked),
        answers=dict(_answers(api, definition)),
        definition=definition,
    )


def _reads(name: str, method: str) -> bool:
    return method == "get" or name.startswith(("query", "count", "list", "get", "search"))


def _answers(
    api: Mapping[str, Any], definition: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for status, answer in definition["responses"].items():
        content = followed(api, answer).get("content", {})
        media = content.get("application/json")
        if media is not None and "schema" in media:
            yield str(status), media["schema"]
