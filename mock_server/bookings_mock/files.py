"""Site files and saved states on disk, read with care: whatever a path leads to, it ends soon."""

import json
import math
import os
import stat
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import orjson
import yaml

import bookings_fixtures

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]
    # A time stays the text that it is in JSON.
    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in _SafeLoader.yaml_implicit_resolvers.items()
    }


# A site without a name of its own: ids follow from it.
_NAME = "site"


# How much is told of what a file holds, and of a path besides.
_MOST_SAID, _LONGEST_PATH = 500, 4096


def in_one_line(said: object, most: int = _MOST_SAID) -> str:
    """What is said of a file's content: bounded, and without marks that steer a terminal."""
    text = " ".join(str(said)[: 2 * most].split())
    plain = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
    return plain if len(plain) <= most else f"{plain[:most]}…"


class FileError(Exception):
    """A file that can't be used; the message names it, and the place in it.

    `more` are the messages of what else is wrong with it.
    """

    def __init__(self, message: str, more: Iterable[str] = ()) -> None:
        most = _MOST_SAID + _LONGEST_PATH
        super().__init__(in_one_line(message, most))
        self.more = tuple(in_one_line(one, most) for one in more)


def read_site_file(path: Path) -> dict[str, Any]:
    """The site of a YAML or JSON file, checked against the schema; raises FileError."""
    data = _parsed(path)
    problems = [f"{path}: {one}" for one in _problems(data)]
    if problems:
        raise FileError(problems[0], problems[1:])
    site: dict[str, Any] = data
    return {**site, "site": {"name": _NAME, **site["site"]}}


def is_site(data: Any) -> bool:
    """Whether it is the content of a site file: the fast way, which says nothing of the rest."""
    return _checker().is_valid(data)


@cache
def _checker() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(bookings_fixtures.schema())


def no_file(mode: int) -> str | None:
    """What it is instead, where it is no regular file by its `st_mode`."""
    return None if stat.S_ISREG(mode) else _OTHERS.get(stat.S_IFMT(mode), "no regular file")


_OTHERS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a FIFO (a named pipe)",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _parsed(path: Path) -> Any:
    text = _text(path)
    if not text.strip():
        raise FileError(f"{path}: is empty: nothing was ever saved there, so remove it")
    # Saved states are large, and JSON: its own parser is much faster than YAML's.
    is_json = text.lstrip()[:1] == "{"
    try:
        data = _from_json(path, text) if is_json else None
        return _plain(path, _from_yaml(path, text) if data is None else data)
    except RecursionError:
        raise FileError(f"{path}: is nested too deeply") from None


def _from_json(path: Path, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        if path.suffix == ".json" or len(text) > _limit("yamlCharacters"):
            raise FileError(f"{path}: is no JSON: {in_one_line(error)}") from None
    return None


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _from_yaml(path: Path, text: str) -> Any:
    most = _limit("yamlCharacters")
    if len(text) > most:
        raise FileError(f"{path}: has more than {most} characters: write it as JSON")
    try:
        data = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise FileError(f"{path}: is neither YAML nor JSON: {in_one_line(error)}") from None
    except ValueError as error:
        raise FileError(f"{path}: can't be read: {in_one_line(error)}") from None
    most = _limit("yamlValues")
    if _written_out(data, {}) > most:
        raise FileError(f"{path}: holds more than {most} values, its aliases written out: use JSON")
    return data


def _written_out(value: Any, known: dict[int, float]) -> float:
    """How many values it is with every alias written out; without end where one holds itself."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in known:
        known[id(value)] = math.inf
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_written_out(part, known) for part in parts)
    return known[id(value)]


def _plain(path: Path, data: Any) -> Any:
    """The data, if JSON can carry all of it: whatever is kept of it will be answered one day."""
    try:
        orjson.dumps(data)
    except TypeError as error:
        raise FileError(f"{path}: holds what no answer can carry: {in_one_line(error)}") from None
    return data


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"{path}: can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is no text in UTF-8 (byte {error.start})") from None


def _bytes(path: Path) -> bytes:
    """What is in a regular file; nothing else is opened: it might wait, or never end."""
    _require_file(path, path.stat())
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(number, "rb") as stream:
        _require_file(path, os.fstat(number))
        return stream.read()


def _require_file(path: Path, found: os.stat_result) -> None:
    kind = no_file(found.st_mode)
    if kind:
        raise FileError(f"{path}: is {kind}, and no file that could be read")
    if found.st_size > _limit("bytes"):
        raise FileError(f"{path}: is larger than {_limit('bytes')} bytes")


def _limit(name: str) -> int:
    return int(bookings_fixtures.schema()["x-limits"][name])


def _problems(data: Any) -> list[str]:
    """What is wrong with a site file, and where; first the place that is deepest, it says most."""
    if is_site(data):
        return []
    validator = jsonschema.Draft202012Validator(bookings_fixtures.schema())
    errors = list(validator.iter_errors(data))
    unkind = [_thing(one) for one in errors if not _is_conditional(one) and _is_of_kind(one)]
    told = [one for one in errors if not _is_conditional(one) or _thing(one) not in unkind]
    return [_said(one) for one in sorted(told, key=_weight)]


def _said(error: jsonschema.ValidationError) -> str:
    place = in_one_line(_place(error.absolute_path), 150)
    return f"{place + ': ' if place else ''}{in_one_line(_wording(error), 300)}"


def _wording(error: jsonschema.ValidationError) -> str:
    # Of forms that exclude each other the validator only says that none fits.
    own = error.schema.get("errorMessage") if isinstance(error.schema, Mapping) else None
    if own is None:
        return error.message
    return f"{in_one_line(repr(error.instance), 100)} {own}" if own.startswith("is ") else own


def _weight(error: jsonschema.ValidationError) -> tuple[bool, int, str]:
    # The validator itself goes through the names in no order that comes again.
    return _is_conditional(error), -len(error.absolute_path), _said(error)


def _is_conditional(error: jsonschema.ValidationError) -> bool:
    """What only some kinds of thing must have, which is often missing because the kind is wrong."""
    return not {"then", "else"}.isdisjoint(error.absolute_schema_path)


def _is_of_kind(error: jsonschema.ValidationError) -> bool:
    thing = error.instance
    if "kind" in [*error.absolute_path][-1:]:
        return True
    return error.validator == "required" and isinstance(thing, Mapping) and "kind" not in thing


def _thing(error: jsonschema.ValidationError) -> list[str | int]:
    """The service or caller that an error is about."""
    return [*error.absolute_path][:2]


def _place(steps: Any) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path
