"""Compares what the typings of the official client say with the document; fails on what is news.

`python clients/freshness.py` reads `typings.json` (written from the locked packages by
`proof/typings.mjs`) and names each field, limit, enum value and error code that only one side has.
What is known and meant is in `accepted.json`: why, and the differences that it is true of, where
`*` stands for anything. One that is there no longer fails as well.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

from bookings_openapi import load

HERE = Path(__file__).parent
# The share of their fields that two messages have in common if they are versions of one.
_ALIKE = 0.6


def main() -> int:
    """Say what is news; answers the exit code."""
    accepted = [one for some in _read("accepted.json").values() for one in some]
    differences = sorted(set(_differences(_read("typings.json"), load())))
    used = set()
    news = []
    for one in differences:
        fitting = [pattern for pattern in accepted if fnmatchcase(one, pattern)]
        used.update(fitting)
        if not fitting:
            news.append(one)
    for one in news:
        print(f"freshness: news, mend it or say why in accepted.json: {one}", file=sys.stderr)
    for pattern in accepted:
        if pattern not in used:
            print(f"freshness: nothing fits {pattern!r} any more: remove it", file=sys.stderr)
    print(f"{len(differences)} differences from the typings, {len(news)} of them news")
    return 1 if news or used != set(accepted) else 0


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))


def _differences(typings: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    yield from _codes(typings, document)
    for name, schema in document["components"]["schemas"].items():
        ours = _properties(schema, document)
        told = _meant([one["messages"].get(name) for one in typings.values()], ours)
        if told:
            yield from _fields(name, told, ours)
        yield from _values(name.removesuffix("Input"), schema, typings)


def _values(name: str, schema: Mapping[str, Any], typings: Mapping[str, Any]) -> Iterator[str]:
    listed = schema.get("enum") or schema.get("x-open-enum") or ()
    ours: Message = {one: {} for one in listed if one is not None}
    enums = [one["enums"].get(name) for one in typings.values()]
    known = _meant([{one: {} for one in some} for some in enums if some], ours)
    if known and ours:
        yield from _sides(f"enum {name}", set().union(*known), set(ours))


Message: TypeAlias = Mapping[str, Mapping[str, Any]]


def _meant(candidates: Sequence[Message | None], ours: Message) -> list[Message]:
    """Several modules have messages of one name: those that are much like ours are meant."""
    found = [one for one in candidates if one]
    likest = max((_likeness(one, ours) for one in found), default=0)
    return [one for one in found if _likeness(one, ours) >= min(likest, _ALIKE)]


def _likeness(one: Message, other: Message) -> float:
    return len(set(one) & set(other)) / (len(set(one) | set(other)) or 1)


def _codes(typings: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    operations = {
        one["operationId"]: one
        for item in document["paths"].values()
        for one in item.values()
        if isinstance(one, Mapping) and "operationId" in one
    }
    for module in typings.values():
        for name, codes in module["codes"].items():
            if name in operations:
                ours = operations[name].get("x-codes", {}).values()
                yield from _sides(
                    f"code {name}", set(codes), {code for some in ours for code in some}
                )


def _fields(name: str, told: Sequence[Message], ours: Message) -> Iterator[str]:
    yield from _sides(f"field {name}", set().union(*told), set(ours))
    for message in told:
        for field, limits in message.items():
            for limit, value in limits.items():
                mine = _limit(ours.get(field, {}), limit)
                if field in ours and mine != value:
                    yield f"limit {name}.{field} {limit}: {value} in the typings, {mine} here"


def _limit(schema: Mapping[str, Any], name: str) -> Any:
    """A limit of a field; one that a rule answers for stands in a part of it."""
    parts = [schema, *schema.get("allOf", ())]
    return next((one[name] for one in parts if name in one), None)


def _sides(what: str, typings: set[str], document: set[str]) -> Iterator[str]:
    for one in typings - document:
        yield f"{what}.{one}: in the typings only"
    for one in document - typings:
        yield f"{what}.{one}: in the document only"


def _properties(schema: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a schema, those of what it is made of included."""
    found: dict[str, Any] = {}
    schema = _resolved(schema, document)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            found |= _properties(part, document)
    own = schema.get("properties", {})
    return found | {name: _resolved(one, document) for name, one in own.items()}


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        place: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            place = place[step.replace("~1", "/").replace("~0", "~")]
        schema = place
    return schema


if __name__ == "__main__":
    sys.exit(main())
