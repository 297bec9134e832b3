"""What the mock shows in a browser: its own pages, and a script for the pages of others.

A page shows what its control answers as JSON, and works without a script: its buttons are forms.
Every word and address in it is somebody else's and stands there as text. Only a page that tells its
code to the page around it has a script, which is allowed by its hash and nothing else is.
"""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import orjson
from attrs import frozen
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

# What stands in the script where its settings belong.
_SETTINGS = '"SETTINGS"'
_TITLES = {
    "auth": "Log in",
    "login": "Log in",
    "logout": "Logged out",
    "bookingsCheckout": "Book",
    "bookingsBook": "Book",
}
_HEADERS = {
    "x-content-type-options": "nosniff",
    # Not "no-referrer": browsers then send no origin with a form either.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


@frozen
class Page:
    """HTML, and the headers that it is sent with."""

    html: str
    headers: Mapping[str, str]


def page(name: str, shown: Mapping[str, Any], where: str = "") -> Page:
    """The page of this name: that of an operation, which shows its answer, or "refused".

    `where` is the page's own address, which its forms are sent to.
    """
    telling = _text("telling.js") if _tells(shown) else ""
    style = _text("style.css")
    html = (
        _environment()
        .get_template(f"{name}.html")
        .render(**shown, where=where, style=Markup(style), telling=Markup(telling), titles=_TITLES)
    )
    return Page(html, {**_HEADERS, "content-security-policy": _policy(style, telling)})


def script(name: str, settings: Mapping[str, Any]) -> str:
    """A script of this package with its settings written into it."""
    # Without "<", a line can't end a script element wherever somebody puts it.
    written = orjson.dumps(dict(settings)).decode().replace("<", "\\u003c")
    return _text(name).replace(_SETTINGS, written, 1)


def followable(address: str) -> bool:
    """Whether an address is one of the web: any other could run as a script, or open an app."""
    try:
        parts = urlsplit(address.strip())
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def _tells(shown: Mapping[str, Any]) -> bool:
    return any("message" in way for way in shown.get("redirect", {}).get("ways", ()))


def _policy(style: str, telling: str) -> str:
    """What the page may do; one that tells what is in it is told to be put into a frame."""
    allowed = {
        "default-src": "'none'",
        "style-src": _hash(style),
        "form-action": "'self'",
        "base-uri": "'none'",
        **({"script-src": _hash(telling)} if telling else {"frame-ancestors": "'none'"}),
    }
    return "; ".join(f"{name} {what}" for name, what in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("bookings_mock", "pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["followable"] = followable
    made.filters["json"] = lambda value: orjson.dumps(value).decode()
    return made


@cache
def _text(name: str) -> str:
    return (files("bookings_mock.pages") / name).read_text("utf-8")
