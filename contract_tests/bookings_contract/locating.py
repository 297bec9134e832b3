"""Finds the target that a user means: in a target file, or by asking a mock what it is.

It sends nothing but the one question whether a URL is our mock.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
from attrs import evolve

from bookings_contract.problems import ConfigurationError
from bookings_contract.rows import build, names_of, require_known
from bookings_contract.target import CALLERS, Caller, Choice, Service, Session, Slots, Target

# What of a caller may be read from the environment.
SECRETS = ("token", "client_secret")

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
    """The target that a mock describes itself as; `url` is where it was met."""
    data = {key: site[key] for key in ("target", "callers", "services") if key in site}
    data["target"] = dict(data.get("target", {}))
    if url is not None:
        data["target"]["url"] = url
    target = _target(data, known_only=False)
    return evolve(
        target,
        control=f"{target.url}/_mock",
        product=site.get("product"),
        version=site.get("version"),
    )


def recognise(url: str, transport: httpx.BaseTransport | None = None) -> Target | None:
    """The mock that answers at the URL, or None if something else does."""
    try:
        with httpx.Client(transport=transport, timeout=10) as client:
            answer = client.get(f"{url.rstrip('/')}/_mock/site")
    except httpx.UnsupportedProtocol as error:
        raise ConfigurationError(f"{url} is no URL: begin it with http:// or https://.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"Nothing answers at {url} ({error}). Is it running, and is the address right?"
        ) from error
    try:
        site = answer.json()
    except ValueError:
        return None
    ours = answer.status_code == 200 and isinstance(site, dict)
    if not ours or site.get("product") != "bookings-mock":
        return None
    return from_site(site, url.rstrip("/"))


def locate(url: str | None, file: Path | str | None) -> Target | None:
    """The target that a user's URL and target file name; None where neither was given."""
    if file is not None:
        named = read_toml(file)
        return named if url is None else evolve(named, url=url.rstrip("/"))
    if url is None:
        return None
    found = recognise(url)
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
    head = dict(data.get("target", {}))
    if "url" not in head:
        raise ConfigurationError('it names no address: write [target] url = "https://…".')
    if not isinstance(head["url"], str) or not head["url"].startswith(("http://", "https://")):
        raise ConfigurationError(f"[target] url is {head['url']!r}; begin it with http or https.")
    head["url"] = head["url"].rstrip("/")
    callers = {
        name: build(
            Caller, {**_named(name), **_with_token(name, row)}, f"[callers.{name}]", known_only
        )
        for name, row in data.get("callers", {}).items()
    }
    if "owner" not in callers:
        raise ConfigurationError(
            'it names no owner, who makes the arrangements: write [callers.owner] token = "env:…".'
        )
    services = {
        name: _service(name, row, known_only) for name, row in data.get("services", {}).items()
    }
    extra = {
        "headers": {key: _secret(value) for key, value in data.get("headers", {}).items()},
        "callers": callers,
        "services": services,
        "control": _control(data.get("control", {})),
        "webhooks": data.get("webhooks", {}),
        "requests_per_minute": data.get("throttle", {}).get("requests_per_minute"),
    }
    return build(Target, {**head, **extra}, "[target]", known_only)


def _service(name: str, row: Mapping[str, Any], known_only: bool) -> Service:
    where = f"[services.{name}]"
    if known_only:
        for key, kind in (("sessions", Session), ("choices", Choice)):
            for part in row.get(key, ()):
                require_known(part, names_of(kind), f"{where} {key}")
        require_known(row.get("slots", {}), names_of(Slots), f"{where} slots")
    return build(Service, {"name": name, **row}, where, known_only)


def _control(section: Mapping[str, Any]) -> str | None:
    url = section.get("url")
    return None if url is None else str(url).rstrip("/")


def _named(name: str) -> dict[str, str]:
    return {"name": name, "kind": CALLERS[name]} if name in CALLERS else {"name": name}


def _with_token(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    if "token" not in row:
        raise ConfigurationError(f'[callers.{name}] has no token: write token = "env:NAME".')
    return {**row, **{key: _secret(row[key]) for key in SECRETS if key in row}}


def _secret(value: str) -> str:
    """The value itself, or the one of the environment variable that it names."""
    if not value.startswith("env:"):
        return value
    name = value.removeprefix("env:")
    if name not in os.environ:
        raise ConfigurationError(f"the environment variable {name} is not set: export {name}=…")
    return os.environ[name]


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
        place: value.removeprefix("env:")
        for place, value in named.items()
        if isinstance(value, str) and value.startswith("env:")
    }
    return {place: name for place, name in variables.items() if name not in os.environ}


def _rows(section: object) -> Iterable[tuple[str, Any]]:
    return section.items() if isinstance(section, dict) else ()
