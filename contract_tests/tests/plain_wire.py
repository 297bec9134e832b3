"""What plain_server.py stands on instead of a web framework: routes, JSON, refusals, http.server.

It knows nothing of bookings; the names of paths and fields stand in plain_wire.toml.
"""

import functools
import json
import re
import tomllib
import uuid
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

NAMES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
HOME = timezone(timedelta(hours=2))
READ_ONLY = ("id", "revision", "paymentStatus", "startDate", "endDate", "doubleBooked")
FREE = ("tags", "metadata", "filter", "formSubmission", "namespaceData")
UNFIT = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


class Refusal(Exception):
    def __init__(self, status, code=None, field=None):
        self.status, text = status, f"not like this: {field or code or status}"
        details = {"applicationError": {"code": code, "description": text}} if code else {}
        details |= {"validationError": {"fieldViolations": [{"field": field}]}} if field else {}
        self.body = {"details": details, "message": text}


def demand(holds, status, code=None, field=None):
    if not holds:
        raise Refusal(status, code, field)


@functools.cache
def said(table, name):
    return next((said for names, said in NAMES[table].items() if re.fullmatch(names, name)), "")


# Bodies


def read(text):
    """JSON of which null counts as nothing, and of a repeated key the first."""

    def first(pairs):
        return {key: value for key, value in reversed(pairs) if value is not None}

    return json.loads(text, object_pairs_hook=first, parse_constant=int)


def check(name, value):
    shape = said("bodies", name)
    demand(re.fullmatch(shape, json.dumps(value, ensure_ascii=False), re.S), 400, field=name)
    if name in FREE or shape == ".*":
        return
    if isinstance(value, list):
        parts = [("item", one) for one in value]
    else:
        parts = value.items() if isinstance(value, dict) else ()
    for key, one in parts:
        check(key, one)


def sent(headers, body):
    demand("json" in headers.get("content-type", "json"), 415)
    found = read(body.decode())
    for name in ("booking", "attendance"):
        if isinstance(found.get(name), dict):
            found[name] = {key: one for key, one in found[name].items() if key not in READ_ONLY}
    check("body", found)
    return found


def moment(text, zone=HOME):
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(HOME)


def span(asked, zone):
    """The two dates of a slot; a time zone or a date that is none is refused."""
    try:
        there = ZoneInfo(asked.get("timezone", zone))
    except (KeyError, OSError, ValueError):
        raise Refusal(400, "INVALID_TIME_ZONE") from None
    try:
        start, end = (moment(asked[name], there) for name in ("startDate", "endDate"))
    except (KeyError, OverflowError, ValueError):
        raise Refusal(400, "INVALID_DATE_FORMAT") from None
    demand(start < end, 400, "INVALID_DATE_FORMAT")
    return start.isoformat(), end.isoformat()


# Serving


def routed(server, method, path, headers, body):
    """The answer of the method whose route it is, as status, headers and body."""
    try:
        status, answer = 200, _asked(server, method, urlsplit(path), headers, body)
    except Refusal as refusal:
        status, answer = refusal.status, refusal.body
    except UNFIT:
        status, answer = 400, Refusal(400, field="body").body
    label = {"content-type": "application/json", "x-wix-request-id": str(uuid.uuid4())}
    return status, label, json.dumps(answer).encode()


def _asked(server, method, url, headers, body):
    caller = server.callers.get(headers.get("authorization"))
    demand(caller, 401)
    for route, told in NAMES["routes"].items():
        if match := re.fullmatch(route, f"{method} {url.path}"):
            name, *roles = told.split()
            demand(role(caller) in roles, 403, "PERMISSION_DENIED")
            asked = dict(parse_qsl(url.query)) if method == "GET" else sent(headers, body)
            overrides = asked.get("flowControlSettings", {}) if method == "POST" else {}
            demand(
                role(caller) not in ("member", "visitor") or not any(overrides.values()),
                403,
                "PERMISSION_DENIED",
            )
            return getattr(server, name)(caller, asked, *match.groups())
    raise Refusal(404)


def role(caller):
    """What a caller is: an app is what its scopes make of it."""
    scopes = " ".join(caller.get("scopes", ()))
    app = "app" if "MANAGE" in scopes else "reader" if "READ" in scopes else "nobody"
    return app if caller["kind"] == "app" else caller["kind"]


class Answering:
    """Whoever answers requests; a transport may hand them in as well as http.server."""

    def answer(self, method, path, headers, body):
        return routed(self, method, path, headers, body)


def serve(server, port):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, label, answer = server.answer(self.command, self.path, headers, body)
            self.send_response(status)
            for name, value in {**label, "content-length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_DELETE = do_PUT = do_PATCH = do_POST  # noqa: N815

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as listening:
        listening.serve_forever()
