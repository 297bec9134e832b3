"""Knows how a row of rules.yaml becomes a value, and when a row is malformed.

It does not know what the rules say, nor how one is obeyed or judged.
"""

import json
from collections.abc import Collection, Hashable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml
from attrs import frozen

from bookings_openapi import bundled

RULES = "rules.yaml"
LEVELS = ("MUST", "OBSERVED", "EITHER", "ADVICE")
NEEDS = frozenset(
    {"control", "webhook", "receiver", "reader", "namespace", "may_notify", "exclusive_session"}
)
NEED_FAMILIES = ("callers.", "services.")


@frozen
class Source:
    """Where a promise is made: the title of a page and a section of it."""

    page: str
    section: str


@frozen
class Answer:
    """How a call that breaks a rule is refused.

    The mock sends the first status and the first code; all of them are tolerated. Without codes any
    code will do, or none. So it will with `any_code`: no code is published then, and those listed
    are a guess. With `any_status` the status is one, and any 4xx will do. `top_code` was seen
    beside message and details; nobody is held to it.
    """

    status: tuple[int, ...]
    codes: tuple[str, ...]
    any_code: bool = False
    any_status: bool = False
    top_code: str | None = None


@frozen
class Circumstance:
    """A part of a rule that has a level of its own."""

    level: str
    text: str


@frozen
class Rule:
    """One row of the rule book: a promise, where it is made, and what breaking it is answered with.

    `operations` holds operationIds, or "*" alone for every operation of the API; it is empty where
    a receiver of events is judged. Judging takes all of the `needs`. `answers` goes by case,
    `circumstances` by name. An EITHER rule, and no other, has `readings` by "A", "B", "C" and the
    `default` among them.
    """

    id: str
    level: str
    text: str
    sources: tuple[Source, ...]
    operations: tuple[str, ...]
    needs: tuple[str, ...]
    answers: Mapping[str, Answer]
    circumstances: Mapping[str, Circumstance]
    readings: Mapping[str, str]
    default: str | None
    note: str | None

    def answer(self, case: str | None = None) -> Answer | None:
        """Return the answer for a case, else the default one, else None."""
        return self.answers.get(case or "default", self.answers.get("default"))


@frozen
class Book:
    """A whole rule book: its rules by id in file order, and the operations yet to come."""

    rules: Mapping[str, Rule]
    coming: frozenset[str]


def rules() -> Mapping[str, Rule]:
    """Return every Rule by its id, in the order of rules.yaml; the mapping is read-only."""
    return _book().rules


def coming() -> frozenset[str]:
    """Return the operationIds that rules name and the document does not have yet."""
    return _book().coming


def read(text: str) -> Book:
    """Read a rule book from YAML text shaped like rules.yaml.

    Raises ValueError, naming the row and the key, if a row is not what Rule describes.
    """
    return _read(yaml.load(text, _Loader))


def parsed(text: str) -> str:
    """The YAML text of a rule book as JSON; raises ValueError where a row stands twice."""
    return json.dumps(yaml.load(text, _Loader))


def from_json(text: str) -> Book:
    """Read a rule book that was `parsed` before; raises ValueError as `read` does."""
    return _read(json.loads(text))


def _read(tree: Any) -> Book:
    top = _keys("rules.yaml", tree, required=("coming", "rules"))
    rows = _mapping("rules.yaml: rules", top["rules"])
    return Book(
        rules=MappingProxyType({id: _rule(id, row) for id, row in rows.items()}),
        coming=frozenset(_names("rules.yaml: coming", top["coming"])),
    )


@cache
def _book() -> Book:
    built = bundled.kept().get(RULES)
    if built:
        return from_json(built)
    return read((files("bookings_openapi") / RULES).read_text("utf-8"))


def _rule(id: str, raw: Any) -> Rule:
    row = _keys(
        id,
        raw,
        required=("level", "text", "sources", "operations"),
        optional=("needs", "answer", "circumstances", "readings", "default", "note"),
    )
    level = _level(f"{id}: level", row["level"])
    readings, default = _readings(id, level, row)
    return Rule(
        id=id,
        level=level,
        text=_text(f"{id}: text", row["text"]),
        sources=_sources(f"{id}: sources", row["sources"]),
        operations=_operations(f"{id}: operations", row["operations"]),
        needs=_needs(f"{id}: needs", row.get("needs", [])),
        answers=_answers(f"{id}: answer", row.get("answer", {})),
        circumstances=_circumstances(f"{id}: circumstances", row.get("circumstances", {})),
        readings=readings,
        default=default,
        note=_text(f"{id}: note", row["note"]) if "note" in row else None,
    )


def _readings(id: str, level: str, row: Mapping[str, Any]) -> tuple[Mapping[str, str], str | None]:
    if level != "EITHER":
        for key in ("readings", "default"):
            if key in row:
                raise ValueError(f"{id}: {key}: only an EITHER rule has one")
        return MappingProxyType({}), None
    where = f"{id}: readings"
    readings = {
        name: _text(f"{where}.{name}", text)
        for name, text in _mapping(where, row.get("readings")).items()
    }
    if list(readings) not in (["A", "B"], ["A", "B", "C"]):
        raise ValueError(f"{where}: an EITHER rule has A and B, or A, B and C, in this order")
    if row.get("default") not in readings:
        raise ValueError(f"{id}: default: is none of {', '.join(readings)}")
    return MappingProxyType(readings), row["default"]


def _sources(where: str, raw: Any) -> tuple[Source, ...]:
    rows = [
        (f"{where}[{i}]", _keys(f"{where}[{i}]", row, required=("page", "section")))
        for i, row in enumerate(_list(where, raw))
    ]
    return tuple(
        Source(_text(f"{at}.page", row["page"]), _text(f"{at}.section", row["section"]))
        for at, row in rows
    )


def _operations(where: str, raw: Any) -> tuple[str, ...]:
    names = _names(where, raw)
    if "*" in names and len(names) > 1:
        raise ValueError(f"{where}: '*' stands for all and therefore alone")
    return names


def _needs(where: str, raw: Any) -> tuple[str, ...]:
    needs = _names(where, raw)
    for need in needs:
        if need not in NEEDS and not need.startswith(NEED_FAMILIES):
            raise ValueError(f"{where}: nobody can fulfil {need}")
    return needs


def _answers(where: str, raw: Any) -> Mapping[str, Answer]:
    cases = _mapping(where, raw)
    return MappingProxyType({case: _answer(f"{where}.{case}", cases[case]) for case in cases})


def _answer(where: str, raw: Any) -> Answer:
    optional = ("any_code", "any_status", "top_code")
    row = _keys(where, raw, required=("status", "codes"), optional=optional)
    status = _list(f"{where}.status", row["status"])
    # A bool is an int to Python, and `true` is no status.
    if not status or any(type(s) is not int or not 400 <= s <= 499 for s in status):
        raise ValueError(f"{where}.status: is not a list of 4xx statuses")
    codes = _names(f"{where}.codes", row["codes"])
    top = _text(f"{where}.top_code", row["top_code"]) if "top_code" in row else None
    return Answer(
        tuple(status), codes, _flag(row, where, "any_code"), _status_open(row, where), top
    )


def _status_open(row: Mapping[str, Any], where: str) -> bool:
    """A refusal whose code is published nowhere has no published status either, unless it says."""
    return _flag(row, where, "any_status", _flag(row, where, "any_code"))


def _flag(row: Mapping[str, Any], where: str, name: str, default: bool = False) -> bool:
    flag = row.get(name, default)
    if not isinstance(flag, bool):
        raise ValueError(f"{where}.{name}: is neither true nor false")
    return flag


def _circumstances(where: str, raw: Any) -> Mapping[str, Circumstance]:
    return MappingProxyType(
        {name: _circumstance(f"{where}.{name}", row) for name, row in _mapping(where, raw).items()}
    )


def _circumstance(where: str, raw: Any) -> Circumstance:
    row = _keys(where, raw, required=("level", "text"))
    return Circumstance(_level(f"{where}.level", row["level"]), _text(f"{where}.text", row["text"]))


def _keys(
    where: str, raw: Any, *, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    row = _mapping(where, raw)
    for key in required:
        if key not in row:
            raise ValueError(f"{where}: {key}: is missing")
    for key in row:
        if key not in required and key not in optional:
            raise ValueError(f"{where}: {key}: is not a key that belongs here")
    return row


def _mapping(where: str, raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        raise ValueError(f"{where}: is not a mapping of names")
    return raw


def _list(where: str, raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise ValueError(f"{where}: is not a list")
    return raw


def _names(where: str, raw: Any) -> tuple[str, ...]:
    names = tuple(_text(where, name) for name in _list(where, raw))
    if len(set(names)) < len(names):
        raise ValueError(f"{where}: names something twice")
    return names


def _text(where: str, raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"{where}: is not a text")
    return raw


def _level(where: str, raw: Any) -> str:
    if raw not in LEVELS:
        raise ValueError(f"{where}: is none of {', '.join(LEVELS)}")
    return str(raw)


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader, but a key that stands twice is refused: a row would be lost silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ValueError(f"rules.yaml: {key.value}: stands a second time in line {line}")
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping
