"""Site files and saved states on disk: read with care, written whole or not at all."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
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


class FileError(Exception):
    """A file that can't be used; the message names it, and the place in it."""


def read_site_file(path: Path) -> dict[str, Any]:
    """The site of a YAML or JSON file, checked against the schema; raises FileError."""
    data = _parsed(path)
    problem = _problem(data)
    if problem:
        raise FileError(f"{path}: {problem}")
    site: dict[str, Any] = data
    return {**site, "site": {"name": _NAME, **site["site"]}}


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Put a saved state in the place of the one before; raises FileError."""
    draft = path.with_name(f"{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8") as stream:
            json.dump(state, stream, ensure_ascii=False, separators=(",", ":"))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except (OSError, TypeError, ValueError, RecursionError) as error:
        draft.unlink(missing_ok=True)
        raise FileError(f"{path}: can't be written: {error}") from None


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path}: can't be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise FileError(f"{path}: is no text in UTF-8 (byte {error.start})") from None
    # Saved states are large, and JSON: its own parser is much faster than YAML's.
    if text.lstrip()[:1] == "{":
        try:
            return json.loads(text)
        except RecursionError:
            raise FileError(f"{path}: is nested too deeply") from None
        except ValueError as error:
            if path.suffix == ".json":
                raise FileError(f"{path}: is no JSON: {error}") from None
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise FileError(f"{path}: is neither YAML nor JSON: {_in_one_line(error)}") from None
    except (RecursionError, ValueError) as error:
        raise FileError(f"{path}: can't be read: {_in_one_line(error)}") from None


def _problem(data: Any) -> str | None:
    """What is wrong with a site file, and where; the place that is deepest says most."""
    validator = jsonschema.Draft202012Validator(bookings_fixtures.schema())
    errors = list(validator.iter_errors(data))
    if not errors:
        return None
    error = min(errors, key=_weight)
    place = _place(error.absolute_path)
    return f"{place + ': ' if place else ''}{_in_one_line(error.message)[:300]}"


def _weight(error: jsonschema.ValidationError) -> tuple[bool, int]:
    # What only some kinds of thing must have is often missing because the kind is wrong.
    conditional = not {"then", "else"}.isdisjoint(error.absolute_schema_path)
    return conditional, -len(error.absolute_path)


def _place(steps: Any) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path


def _in_one_line(error: object) -> str:
    return " ".join(str(error).split())
