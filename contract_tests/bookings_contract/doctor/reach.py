"""Whether somebody answers at the address, whether that is the API, and whether it knows the owner.

Each diagnosis reads exchanges or an error; only the functions at the end ask.
"""

import base64
import email.utils
import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from bookings_contract.doctor.asking import (
    CREATE,
    READER,
    Asking,
    absent,
    as_a_stranger,
    refused_as,
    summary_of,
)
from bookings_contract.doctor.check import Check, fine, skipped, wrong
from bookings_contract.doctor.silence import URL, silence
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.problems import Unanswered
from bookings_contract.target.model import Target

SKEW = timedelta(seconds=60)
SITE_HEADER = "wix-site-id"
# What a gateway says when there is nobody behind it.
NOBODY_BEHIND = (502, 503, 504)
LIST = "listBookingsV1"
# What has to be well before anything else can be seen.
BARRING = ("address", "token of owner", "site of owner", f"header {SITE_HEADER}")


# Somebody else answers


def redirected(exchanges: Sequence[Exchange]) -> Check | None:
    """The API is said to be elsewhere."""
    sent = [e for e in exchanges if 300 <= e.status < 400 and e.headers.get("location")]
    if not sent or len(sent) < len(exchanges):
        return None
    return wrong(
        "redirected",
        "address",
        seen=f"{summary_of(sent[0])}, to {sent[0].headers['location']}",
        expected="an answer; redirects are not followed",
        change=f"{URL}: where it leads to",
    ).decisive


def nobody_behind(exchanges: Sequence[Exchange]) -> Check | None:
    """A gateway answers for a server that does not."""
    if not all(e.status in NOBODY_BEHIND for e in exchanges):
        return None
    return wrong(
        "gateway",
        "address",
        seen=summary_of(exchanges[0]),
        expected="an answer of the API: is the server behind this address running?",
        change=f"{URL}, or start the server",
    ).decisive


def somebody_else(exchanges: Sequence[Exchange]) -> Check | None:
    """Nothing that is answered is JSON, or nothing of the API is found by any of its paths."""
    foreign = all(not isinstance(e.json, dict) for e in exchanges)
    if not foreign and not all(absent(e) for e in exchanges):
        return None
    kind = exchanges[0].headers.get("content-type", "no content type")
    return wrong(
        "wrong-host",
        "address",
        seen=f"{summary_of(exchanges[0])} ({kind}), and nothing of the API by any other path",
        expected="the API's JSON",
        change=f"{URL}: another host, or the part of the path that comes before /bookings/…",
    ).decisive


def wrong_paths(target: Target, own: Exchange, other: Exchange, family: str) -> Check | None:
    """The writer is served by the other family of paths."""
    if not absent(own) or absent(other):
        return None
    return wrong(
        "wrong-paths",
        "paths",
        seen=f"{own.method} {own.path} {own.status}, but {other.path} {other.status}",
        expected=f"the writer by its {target.paths} paths",
        change=f'[target] paths = "{family}"',
    ).decisive


# Who calls


def unknown_owner(
    target: Target, created: Exchange, reads: Sequence[Exchange], now: datetime
) -> Check | None:
    """The owner is not let in, wherever there is something to be let into."""
    asked = [e for e in reads if not absent(e)] or [created]
    if created.succeeded or not all(as_a_stranger(e) for e in asked):
        return None
    return site_header_missing(target, asked) or stranger("owner", target, asked, now)


def stranger(caller: str, target: Target, exchanges: Sequence[Exchange], now: datetime) -> Check:
    """A caller's token is not known, or not any more."""
    key = f"[callers.{caller}] token"
    late = expiry(target.callers[caller].token)
    if (late and late <= now) or any(_says(e, "expired") for e in exchanges):
        since = f" (it ended {late.isoformat(timespec='minutes')})" if late else ""
        return wrong(
            "token-expired",
            f"token of {caller}",
            seen=f"{summary_of(exchanges[0])}{since}",
            expected="a token that still holds",
            change=f"{key}: get a new one",
        ).decisive
    return wrong(
        "token-unknown",
        f"token of {caller}",
        seen=summary_of(exchanges[0]),
        expected="a token that the target knows",
        change=f"{key}, or the environment variable that it names",
    ).decisive


def expiry(token: str) -> datetime | None:
    """When a token that tells of itself (a JWT, with or without a prefix) ends."""
    for part in token.removeprefix("Bearer ").split("."):
        try:
            told = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            return datetime.fromtimestamp(told["exp"]).astimezone()
        except (ValueError, KeyError, TypeError, OverflowError, OSError):
            continue
    return None


def site_header_missing(target: Target, exchanges: Sequence[Exchange]) -> Check | None:
    """The target asks which site is meant."""
    asking = [e for e in exchanges if not e.succeeded and _says(e, "site-id", "site id", "siteid")]
    if not asking:
        return None
    has = any(name.lower() == SITE_HEADER for name in target.headers)
    return wrong(
        "site-header-wrong" if has else "site-header-missing",
        f"header {SITE_HEADER}",
        seen=summary_of(asking[0]),
        expected="the site that is meant, which an API key has to name",
        change=f"[headers] {SITE_HEADER}",
    ).decisive


def not_installed(exchanges: Sequence[Exchange]) -> Check | None:
    """Wix Bookings is not on the owner's site."""
    refused = [e for e in exchanges if refused_as(e, "AUTH-10")]
    if not refused:
        return None
    return wrong(
        "not-installed",
        "site of owner",
        seen=summary_of(refused[0]),
        expected="a site on which Wix Bookings is installed",
        change="[callers.owner] token (or [headers] wix-site-id): one of such a site",
    ).decisive


def clock_skew(exchange: Exchange) -> Check:
    """The target's clock and ours, by the Date of its answers."""
    date = exchange.headers.get("date")
    try:
        there = email.utils.parsedate_to_datetime(date or "").timestamp()
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError):
        return skipped("clock", "the target sends no Date")
    apart = abs(there - exchange.started)
    if apart <= SKEW.total_seconds() + exchange.seconds:
        return fine("clock", "the same as ours")
    return wrong(
        "clock-skew",
        "clock",
        seen=f"Date: {date}, {round(apart)} s from the clock here",
        expected=f"less than {round(SKEW.total_seconds())} s: times ahead are reckoned by it",
        change="the clock of this machine or of the target; sessions and slots of services if the "
        "target lives at another time",
    )


# What is asked


def checks(asking: Asking) -> Iterator[Check]:
    """From the address to the owner; ends at what keeps all else from being seen."""
    target = asking.target
    try:
        own = asking.ask(CREATE, body={})
    except Unanswered as error:
        yield silence(target.url, error)
        return
    family = other_family(target)
    other = asking.by_paths(family)
    asked = [own, other.ask(CREATE, body={}), asking.ask(LIST)]
    other.close()
    reads = [asked[2], *([asking.look()] if asking.can(READER) else [])]
    every = [own, asked[1], *reads]
    problem = (
        redirected(every)
        or nobody_behind(every)
        or unknown_owner(target, own, reads, asking.now())
        or somebody_else(every)
    )
    if problem:
        yield problem
        return
    yield fine("address", f"{target.url} answers")
    yield clock_skew(own)
    problem = site_header_missing(target, every) or not_installed(every)
    if problem:
        yield problem
        return
    yield fine("token of owner", "known")
    yield wrong_paths(target, own, asked[1], family) or fine("paths", target.paths)


def other_family(target: Target) -> Literal["documented", "sdk"]:
    """The paths by which the target is not asked."""
    return "sdk" if target.paths == "documented" else "documented"


def control(asking: Asking) -> Check:
    """Whether the controls are those of a mock."""
    address = asking.target.control
    if address is None:
        return skipped("control", "no [control] url is named")
    try:
        response, _, _ = asking.client.wire.send("GET", f"{address}/site", {}, None)
        told = response.json()
    except (Unanswered, ValueError) as error:
        return _no_control(address, str(error))
    if isinstance(told, dict) and told.get("product") == "bookings-mock":
        return fine("control", "a bookings-mock")
    return _no_control(address, f"{response.status_code} {response.text[:60]!r}")


def _no_control(address: str, seen: str) -> Check:
    return wrong(
        "control-not-a-mock",
        "control",
        seen=f"{address}/site: {seen}",
        expected="the controls of a bookings-mock",
        change="[control] url, or take it out",
    ).decisive


def _says(exchange: Exchange, *words: str) -> bool:
    told = f"{exchange.text} {exchange.headers.get('www-authenticate', '')}".lower()
    return any(word in told for word in words)
