"""Finds the target that a user means: in a target file, or by asking a mock what it is.

It sends nothing but the one question whether a URL is our mock.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import httpx
from attrs import evolve

from bookings_contract.findings.bounds import GREETING
from bookings_contract.findings.exchange import leaves
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.sanitise import line
from bookings_contract.target.model import (
    CALLERS,
    Caller,
    Choice,
    Secret,
    Service,
    Session,
    Slots,
    Target,
)
from bookings_contract.target.received import Excessive
from bookings_contract.target.rows import build, names_of, require_known, require_table
from bookings_contract.target.transport import first_answer

# What of a caller may be read from the environment, by a file that the user named.
SECRETS = ("token", "client_secret")
ENV = "env:"
# So much of what is wrong with a description is told: some of it is the server's own words.
MOST_SAID = 400

MODEL = """\
  [target]
  url = "https://www.wixapis.com"
  [callers.owner]
  token = "env:BOOKINGS_TOKEN"
  [services.yoga]
  kind = "class"
  id = "…"
  schedule_id = "…"
  sessions = [{id = "…", capacity = 10}]"""


def read_toml(path: Path | str) -> Target:
    """The target that a target file describes."""
    file = Path(path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"The target file {file} can't be read: {error.strerror}."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The target file {file} is not TOML: {error}.") from error
    try:
        return _target(data)
    except ConfigurationError as error:
        raise ConfigurationError(f"The target file {file}: {error}") from None


def from_site(site: Mapping[str, Any], url: str | None = None) -> Target:
    """The target that a mock describes itself as; `url` is where it was met.

    Raises ConfigurationError if it asks for anything out of the environment of whoever judges it.
    """
    data = {key: site[key] for key in ("target", "callers", "services") if key in site}
    for place, value in leaves(data):
        if isinstance(value, str) and value.startswith(ENV):
            raise ConfigurationError(_asks_too_much(place))
    data["target"] = dict(_table(data, "target"))
    if url is not None:
        data["target"]["url"] = url
    target = _target(data, known_only=False)
    return evolve(
        target,
        control=f"{target.url}/_mock",
        product=site.get("product"),
        version=None if site.get("version") is None else str(site["version"])[:40],
    )


def _asks_too_much(place: Iterable[str | int]) -> str:
    return (
        f"{'.'.join(map(str, place))} is to be read from the environment of whoever judges it. "
        "Only a target file of yours may ask for that: no bookings-mock does. If you trust this "
        "server, describe it with --target FILE."
    )


def recognise(
    url: str, transport: httpx.BaseTransport | None = None, within: float = GREETING
) -> Target | None:
    """The mock that answers at the URL within so many seconds, or None if something else does."""
    try:
        answer = first_answer(f"{url.rstrip('/')}/_mock/site", transport, within)
    except httpx.UnsupportedProtocol as error:
        raise ConfigurationError(f"{url} is no URL: begin it with http:// or https://.") from error
    except Excessive as error:
        raise ConfigurationError(f"{url} does not end what it answers: {error}.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"Nothing answers at {url} ({str(error)[:200]}). Is it running, and is the address "
            "right?"
        ) from error
    site = answer.holds
    ours = answer.status_code == 200 and isinstance(site, dict)
    if not ours or site.get("product") != "bookings-mock":
        return None
    try:
        return from_site(site, url.rstrip("/"))
    except ConfigurationError as error:
        told = line(str(error))[:MOST_SAID]
        raise ConfigurationError(f"{url} describes itself at /_mock/site: {told}") from error


def locate(url: str | None, file: Path | str | None, within: float = GREETING) -> Target | None:
    """The target that a user's URL and target file name; None where neither was given.

    A mock has so many seconds to say what it is.
    """
    if file is not None:
        named = read_toml(file)
        return named if url is None else evolve(named, url=url.rstrip("/"))
    if url is None:
        return None
    found = recognise(url, within=within)
    if found is None:
        raise ConfigurationError(
            f"{url} is not a bookings-mock, so the judge knows neither its callers nor its "
            f"services. Describe them in a target file and pass it with --target FILE:\n\n{MODEL}"
        )
    return found


def _target(data: Mapping[str, Any], known_only: bool = True) -> Target:
    sections = ("target", "headers", "callers", "services", "control", "webhooks", "throttle")
    if known_only:
        require_known(data, sections, "the file")
    head = dict(_table(data, "target"))
    if "url" not in head:
        raise ConfigurationError('it names no address: write [target] url = "https://…".')
    if not isinstance(head["url"], str) or not head["url"].startswith(("http://", "https://")):
        raise ConfigurationError(f"[target] url is {head['url']!r}; begin it with http or https.")
    head["url"] = head["url"].rstrip("/")
    callers = {
        name: build(
            Caller, {**_named(name), **_with_token(name, row)}, f"[callers.{name}]", known_only
        )
        for name, row in _table(data, "callers").items()
    }
    if "owner" not in callers:
        raise ConfigurationError(
            'it names no owner, who makes the arrangements: write [callers.owner] token = "env:…".'
        )
    services = {
        name: _service(name, row, known_only) for name, row in _table(data, "services").items()
    }
    extra = {
        "headers": {key: _secret(value) for key, value in _table(data, "headers").items()},
        "callers": callers,
        "services": services,
        "control": _control(_table(data, "control")),
        "webhooks": _table(data, "webhooks"),
        "requests_per_minute": _table(data, "throttle").get("requests_per_minute"),
    }
    return build(Target, {**head, **extra}, "[target]", known_only)


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A section, empty where there is none."""
    section = data.get(name, {})
    require_table(section, f"[{name}]")
    return cast(Mapping[str, Any], section)


def _service(name: str, row: Mapping[str, Any], known_only: bool) -> Service:
    where = f"[services.{name}]"
    require_table(row, where)
    if known_only:
        for key, kind in (("sessions", Session), ("choices", Choice)):
            for part in row.get(key, ()):
                require_table(part, f"{where} {key}")
                require_known(part, names_of(kind), f"{where} {key}")
        require_table(row.get("slots", {}), f"{where} slots")
        require_known(row.get("slots", {}), names_of(Slots), f"{where} slots")
    return build(Service, {"name": name, **row}, where, known_only)


def _control(section: Mapping[str, Any]) -> str | None:
    url = section.get("url")
    return None if url is None else str(url).rstrip("/")


def _named(name: str) -> dict[str, str]:
    return {"name": name, "kind": CALLERS[name]} if name in CALLERS else {"name": name}


def _with_token(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    require_table(row, f"[callers.{name}]")
    if "token" not in row:
        raise ConfigurationError(f'[callers.{name}] has no token: write token = "env:NAME".')
    return {**row, **{key: _secret(row[key]) for key in SECRETS if key in row}}


def _secret(value: Any) -> str:
    """The value itself, or the one of the environment variable that it names."""
    if not isinstance(value, str):
        raise ConfigurationError(f"{str(value)[:40]!r} is no text, as tokens and headers are.")
    if not value.startswith(ENV):
        return value
    name = value.removeprefix(ENV)
    if name not in os.environ:
        raise ConfigurationError(f"the environment variable {name} is not set: export {name}=…")
    return Secret(os.environ[name])


def unset(file: Path) -> dict[str, str]:
    """The environment variables that a target file reads and nobody has set, by their places.

    Nothing of a file that is not there, or is no TOML: `read_toml` says what is wrong with it.
    """
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}
    named = {f"[headers] {key}": value for key, value in _rows(data.get("headers"))}
    for name, row in _rows(data.get("callers")):
        named |= {f"[callers.{name}] {key}": value for key, value in _rows(row) if key in SECRETS}
    variables = {
        place: value.removeprefix(ENV)
        for place, value in named.items()
        if isinstance(value, str) and value.startswith(ENV)
    }
    return {place: name for place, name in variables.items() if name not in os.environ}


def _rows(section: object) -> Iterable[tuple[str, Any]]:
    return section.items() if isinstance(section, dict) else ()
