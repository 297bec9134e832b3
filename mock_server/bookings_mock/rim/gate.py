"""What stands before every operation: whose pages may ask, and to whom the controls are closed.

The API is open to the pages of every origin (CORS), as far as the rule book's reading has it. The
mock's controls are not: a page that is open in the same browser could rewrite the mock. They answer
under a name that is the mock's own (so that no foreign name can be rebound to it), and only to
their own pages and to clients that are no page.
"""

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware

from bookings_mock.callers import DEFAULT_WORLD
from bookings_mock.domain.rules import envelopes
from bookings_mock.mock import Mock
from bookings_mock.rim.answers import Answer, Exchange
from bookings_mock.rim.contract import Contract
from bookings_mock.rim.errors import error

ANY = "*"
# Longer ones are not quoted back.
_LONGEST = 100
# What a browser says of a page that sends no Origin, and asks for more than to show the answer.
_FOREIGN = frozenset({"cross-site", "same-site"})
_LOOKS = frozenset({"GET", "HEAD"})
_NO_NAME = frozenset("%/?#\\")


class Gate:
    """Lets through to the operations what may go there.

    `hosts` are the names under which the controls answer besides those of the machine itself,
    `origins` those whose pages may use them; "*" is all of them.
    """

    def __init__(
        self, mock: Mock, contract: Contract, hosts: Iterable[str] = (), origins: Iterable[str] = ()
    ) -> None:
        self._mock = mock
        self._hosts = frozenset(ANY if host == ANY else _name(host) for host in hosts)
        cors = contract.cors
        self._api = _policy(cors, cors["origins"])
        self._controls = _policy(cors, [origin.lower().rstrip("/") for origin in origins])
        self._for_pages = contract.open_to_pages
        self._let_through = cors["preflight"]["status"]
        self._closed = contract.refusal("closedDoor")["status"]

    def instead(self, exchange: Exchange) -> Answer | None:
        """The answer to what is no call: a preflight, or a control's that may not be made."""
        if exchange.is_control and (reason := self._foreign(exchange)):
            return Answer(self._closed, error(reason), reason=reason)
        policy = self._policy(exchange)
        asked = exchange.header(b"access-control-request-method")
        if policy is None or exchange.method != "OPTIONS" or not asked:
            return None
        response = policy.preflight_response(Headers(raw=_preflight(exchange)))
        if response.status_code != 200:
            return None  # What is asked for is not allowed; OPTIONS is then as any other method.
        told = {k: v for k, v in response.headers.items() if k == "vary" or k.startswith("access-")}
        return Answer(self._let_through, None, headers=told)

    def headers(self, exchange: Exchange) -> Mapping[str, str]:
        """What an answer says to the browser of a page of another origin."""
        policy = self._policy(exchange)
        # A page that lets nothing in by itself is told that it may.
        open_ = exchange.path in self._for_pages
        loadable = {"cross-origin-resource-policy": "cross-origin"} if open_ else {}
        if policy is None:
            return loadable
        simple = {name.lower(): value for name, value in policy.simple_headers.items()}
        told = {**loadable, **simple}
        if policy.allow_all_origins:
            return told
        return {**told, "access-control-allow-origin": _origin(exchange), "vary": "Origin"}

    def _policy(self, exchange: Exchange) -> CORSMiddleware | None:
        """What is allowed to the page that asks, if it is one and anything is."""
        if exchange.is_control:
            policy = self._api if exchange.path in self._for_pages else self._controls
            open_ = True
        else:
            rules = self._mock.rules_in(DEFAULT_WORLD)
            policy, open_ = self._api, rules(envelopes.open_to_pages)()
        origin = _origin(exchange)
        return policy if origin and open_ and policy.is_allowed_origin(origin) else None

    def _foreign(self, exchange: Exchange) -> str | None:
        """Why the controls are closed to a request, None if they are not."""
        host = exchange.header(b"host")
        if host and not self._is_ours(host, exchange.address):
            return (
                f"the mock's controls don't answer as {host[:_LONGEST]!r}; ask as localhost, "
                "or start the mock with --allow-host and that name"
            )
        if exchange.path in self._for_pages:
            return None
        if self._is_page(exchange) and not self._is_welcome(exchange):
            origin = _origin(exchange) or "another site"
            return (
                f"the mock's controls are closed to the pages of {origin[:_LONGEST]}; "
                "start the mock with --allow-origin and that origin to let them in"
            )
        return None

    def _is_ours(self, host: str, address: str | None) -> bool:
        name = _name(host)
        ours = ANY in self._hosts or name in self._hosts or name == (address or "").lower()
        return bool(name) and (ours or _is_loopback(name))

    def _is_page(self, exchange: Exchange) -> bool:
        if exchange.header(b"origin"):
            return True
        # To be led to a control is no more than to see it, unless something is sent along.
        mode = exchange.header(b"sec-fetch-mode").lower()
        navigates = mode == "navigate" and exchange.method in _LOOKS
        return exchange.header(b"sec-fetch-site").lower() in _FOREIGN and not navigates

    def _is_welcome(self, exchange: Exchange) -> bool:
        origin = _origin(exchange)
        return origin == exchange.base_url.lower() or self._controls.is_allowed_origin(origin)


def _name(host: str) -> str:
    """The name of a host, without its port; "" for what is none."""
    # Nothing in a name is escaped, and an address goes on behind these.
    if not _NO_NAME.isdisjoint(host):
        return ""
    try:
        parts = urlsplit(f"//{host}")
        plain = parts.username is None and parts.port != 0
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if plain else ""


def _origin(exchange: Exchange) -> str:
    return exchange.header(b"origin").lower()


def _preflight(exchange: Exchange) -> list[tuple[bytes, bytes]]:
    # A draft that browsers gave up; where it is still asked for, nothing depends on the answer.
    draft = b"access-control-request-private-network"
    return [one for one in exchange.raw_headers if one[0] != draft]


def _policy(declared: Mapping[str, Any], origins: Iterable[str]) -> CORSMiddleware:
    """Starlette's account of the standard; it is asked, and answers no request itself."""
    return CORSMiddleware(
        _nobody,
        allow_origins=tuple(origins),
        allow_methods=declared["methods"],
        allow_headers=declared["headers"],
        expose_headers=declared["exposed"],
        max_age=declared["maxAgeSeconds"],
    )


async def _nobody(*_: Any) -> None:
    """The application that a policy stands before: none."""


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
