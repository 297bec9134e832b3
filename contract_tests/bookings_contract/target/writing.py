"""Writes target files: one for a target that is known, and a template for one that is not.

`locating.read_toml` reads them; every key is explained in the template.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from typing import Any

from attrs import asdict, fields

from bookings_contract.findings.sanitise import STEERING
from bookings_contract.target.model import CALLERS, Caller, Service, Target

_BARE = re.compile(r"[A-Za-z0-9_-]+")
# What has a section of its own, and what only a mock can tell of itself.
_ELSEWHERE = (
    *("headers", "callers", "services", "control", "webhooks", "requests_per_minute"),
    *("product", "version"),
)

HEAD = """\
# What the judge knows of {url}; `bookings-contract target --template` explains every key.
#
# For another implementation: change [target] url, the callers' tokens (better: "env:NAME", read
# from the environment), the ids and the times; take out what it lacks. Then ask
# `bookings-contract doctor --target FILE` whether all is well.
"""
SESSIONS = "# Mark a session as exclusive only where nobody but the judge books it."
CONTROL = "# Only a bookings-mock has controls: take this out for anything else."
MESSAGES = "# Whether messages may be sent: false where the participants could be real."


def template() -> str:
    """A target file with every key explained, to be filled in."""
    return (files("bookings_contract") / "template.toml").read_text("utf-8")


def as_toml(target: Target) -> str:
    """The target file that is read as this target, but for the mock's own name and version."""
    parts = [
        HEAD.format(url=target.url),
        "\n".join(_head(target)),
        *(_caller(caller) for caller in target.callers.values()),
        *(_service(service) for service in target.services.values()),
    ]
    if target.headers:
        parts.append(_section("headers", target.headers))
    if target.webhooks:
        parts.append(_section("webhooks", target.webhooks))
    if target.requests_per_minute is not None:
        parts.append(_section("throttle", {"requests_per_minute": target.requests_per_minute}))
    if target.control is not None:
        parts.append(f"{CONTROL}\n" + _section("control", {"url": target.control}))
    return "\n".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def _head(target: Target) -> Iterator[str]:
    yield "[target]"
    for attribute in fields(Target):
        value = getattr(target, attribute.name)
        if attribute.name in _ELSEWHERE or value is None:
            continue
        if attribute.name == "may_notify" and value:
            yield MESSAGES
        yield _line(attribute.name, sorted(value) if isinstance(value, frozenset) else value)


def _caller(caller: Caller) -> str:
    row = _filled(caller)
    if caller.kind == CALLERS.get(caller.name, "owner"):
        row.pop("kind", None)
    elif caller.name in CALLERS:
        row["kind"] = caller.kind
    return _section(f"callers.{_key(caller.name)}", row)


def _service(service: Service) -> str:
    return _section(f"services.{_key(service.name)}", _filled(service))


def _filled(known: Caller | Service) -> dict[str, Any]:
    """What is said of it beyond what goes without saying; its name stands in the section's head."""
    unsaid = {attribute.name: attribute.default for attribute in fields(type(known))}
    return {
        key: value
        for key, value in asdict(known).items()
        if key != "name" and value not in ((), {}) and value != unsaid[key]
    }


def _section(name: str, row: Mapping[str, Any]) -> str:
    lines = [f"[{name}]"]
    for key, value in row.items():
        if key == "sessions":
            lines += [SESSIONS] if any(one["exclusive"] for one in value) else []
            lines += _listed(key, value)
        else:
            lines.append(_line(key, value))
    return "\n".join(lines) + "\n"


def _listed(key: str, values: Iterable[Mapping[str, Any]]) -> list[str]:
    """One line for each."""
    return [f"{key} = [", *(f"  {_value(value)}," for value in values), "]"]


def _line(key: str, value: Any) -> str:
    return f"{_key(key)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    """A value as TOML has it, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        parts = (_line(key, one) for key, one in value.items() if one is not None)
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    return str(value) if isinstance(value, int | float) else _text(str(value))


def _text(text: str) -> str:
    """A basic string, with an escape for whatever would steer who reads it."""
    written = json.dumps(text, ensure_ascii=False)
    return STEERING.sub(_escape, written)


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    # TOML knows no halves of characters.
    number = 0xFFFD if 0xD800 <= number < 0xE000 else number
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"
