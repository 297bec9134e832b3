"""Keeps secrets out of all that is written: reports, stories, baselines, messages, errors.

Answers are masked like requests, for a target may say again what it was sent, as it is or encoded.
"""

import base64
import html
import json
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import takewhile
from typing import Any, TypeVar, cast
from urllib.parse import quote, quote_plus, unquote

from attrs import evolve, fields, frozen, has

from bookings_contract.findings.exchange import Exchange, leaves
from bookings_contract.findings.problems import ConfigurationError, Fault
from bookings_contract.findings.sanitise import MARK, USERINFO, unsigned
from bookings_contract.findings.verdicts import Outcome
from bookings_contract.target.model import Secret, Target

T = TypeVar("T")

# What is shorter is no secret, and part of many words.
LEAST = 6
# So much of the beginning of a secret gives it away: messages may cut off the rest.
STEM = 12
# Headers whose values are no secret; what else a target file sends along may be.
PLAIN_HEADERS = ("accept", "accept-language", "content-type", "user-agent")
# Where the names are the target's words as well; they have come in small letters.
HEADERS = frozenset(("headers", "request_headers"))
# What answers and requests call secrets that no target file holds.
ISSUED = ("access_token", "accesstoken", "refresh_token", "refreshtoken", "client_secret")
# The judge's own words of an exchange or a finding: a secret that looks like one of them stays.
OWN = frozenset(
    ("operation", "caller", "method", "rule", "circumstance", "level", "seen_by", "name")
)
# How a single character is written where it may not stand itself: in URLs, JSON and HTML.
ESCAPE = re.compile(r"%[0-9a-f]{2}|\\[ux][0-9a-f]{2}|&(?:#x?[0-9a-f]|[a-z]{2,4};)", re.IGNORECASE)
SCHEME = re.compile(r"^(?:Bearer|Basic|Token)\s+", re.IGNORECASE)


@frozen
class Mask:
    """Everything that may not be written, in every form in which it might come by."""

    words: tuple[str, ...] = ()
    # The secrets themselves, to be known also where single characters of them are escaped.
    bare: tuple[str, ...] = ()

    @classmethod
    def of(cls, target: Target, outcomes: Iterable[Outcome] = ()) -> "Mask":
        """What the target's owner keeps to himself, and what was issued meanwhile."""
        issued = () if target.ours else _issued(outcomes)
        return cls.over((*secrets_of(target), *issued))

    @classmethod
    def over(cls, secrets: Iterable[str]) -> "Mask":
        """These secrets, however they are encoded."""
        bare = {SCHEME.sub("", secret).strip() for secret in secrets}
        forms = {form for one in bare if len(one) >= LEAST for form in _forms(one)}
        words = sorted((form for form in forms if len(form) >= LEAST), key=len, reverse=True)
        return cls(tuple(words), tuple(one for one in words if one in bare))

    def text(self, text: str) -> str:
        """The text without secrets."""
        for word in self.words:
            if word[:STEM] in text:
                text = _without(word, text)
        if ESCAPE.search(text):
            for word in self.bare:
                text = _without_escaped(word, text)
        return unsigned(text)

    def value(self, value: T) -> T:
        """Any value of a report without secrets in its texts; the judge's own words stay."""
        return cast(T, self._masked(value, {}))

    def _masked(self, value: Any, met: dict[int, Any]) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return type(value)(self._masked(one, met) for one in value)
        if isinstance(value, Mapping):
            return self._masked_by_keys(value, met)
        if not has(type(value)):
            return value
        if id(value) not in met:
            met[id(value)] = self._evolved(value, met)
        return met[id(value)]

    def _masked_by_keys(self, value: Mapping[Any, Any], met: dict[int, Any]) -> dict[Any, Any]:
        """A mapping; of what is counted under keys that look alike then, the sum."""
        masked: dict[Any, Any] = {}
        for key, one in value.items():
            name, held = self._key(key), self._masked(one, met)
            masked[name] = masked[name] + held if name in masked else held
        return masked

    def _key(self, key: Any) -> Any:
        """A key: the judge's own word, or one with words of the target's after it."""
        if not isinstance(key, tuple):
            return key
        own, *others = key
        return own, *(self.text(one) if isinstance(one, str) else one for one in others)

    def _evolved(self, value: Any, met: dict[int, Any]) -> Any:
        old = {
            one.name: getattr(value, one.name)
            for one in fields(type(value))
            if one.init and one.name not in OWN
        }
        new = {name: self._masked(held, met) for name, held in old.items()}
        for name in HEADERS & new.keys():
            new[name] = {_lowered(self).text(key): held for key, held in new[name].items()}
        return value if new == old else evolve(value, **new)


@contextmanager
def discreetly(target: Target) -> Iterator[None]:
    """Whatever goes wrong here is told without the target's secrets."""
    try:
        yield
    except (ConfigurationError, BrokenPipeError):
        raise
    except Exception:
        raise Fault(Mask.of(target).text(traceback.format_exc())) from None


def secrets_of(target: Target) -> Iterator[str]:
    """Tokens, keys and the values of headers. What a mock says of itself is no secret of anyone."""
    known = [value for c in target.callers.values() for value in (c.token, c.client_secret)]
    known += [v for name, v in target.headers.items() if name.lower() not in PLAIN_HEADERS]
    yield from (one for one in known if one and is_secret(one, target))
    yield from _of_address(target.url)


def is_secret(value: str, target: Target) -> bool:
    """Whether a token or header is told nobody: a mock's are known, unless the user hid them."""
    return isinstance(value, Secret) or not target.ours


# Inside


def _of_address(url: str) -> Iterator[str]:
    """The password in an address, and what is sent of it."""
    found = USERINFO.search(url)
    user, _, password = found[0].partition(":") if found else ("", "", "")
    if password:
        yield unquote(password)
        yield base64.b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()


@cache
def _lowered(mask: Mask) -> Mask:
    return Mask(*(tuple(one.lower() for one in words) for words in (mask.words, mask.bare)))


def _issued(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The tokens that answers hand out, and the secrets that requests show for them."""
    for exchange in _told(outcomes):
        for body in (exchange.request_json, exchange.json):
            for at, value in leaves(body):
                if at and str(at[-1]).lower() in ISSUED and isinstance(value, str):
                    yield value


def _told(outcomes: Iterable[Outcome]) -> Iterator[Exchange]:
    for outcome in outcomes:
        for finding in outcome.findings:
            yield from finding.story
            yield from (finding.aside,) if finding.aside else ()


def _forms(secret: str) -> Iterator[str]:
    """The secret, quoted for URLs and JSON, as Python shows it, in hexadecimal and in base64."""
    raw = secret.encode("utf-8", "surrogatepass")
    yield secret
    for quoted in (quote(raw), quote(raw, safe=""), quote_plus(raw)):
        yield quoted
        yield re.sub("%..", lambda found: found[0].lower(), quoted)
    yield from (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield repr(secret)[1:-1]
    yield from (raw.hex(), raw.hex().upper())
    yield from _base64(raw)


def _base64(raw: bytes) -> Iterator[str]:
    """Wherever it stands within what is encoded: what its neighbours have a part in is left out."""
    for before in range(3):
        start = (0, 2, 3)[before]
        end = (before + len(raw)) * 8 // 6
        encoded = base64.b64encode(b"\0" * before + raw).decode()[start:end]
        yield encoded
        yield encoded.replace("+", "-").replace("/", "_")


def _without(word: str, text: str) -> str:
    """The text with the mark for the word, or for as much of it as stands there."""
    parts, end = [], 0
    at = text.find(word[:STEM])
    while at >= 0:
        parts += [text[end:at], MARK]
        alike = zip(word, text[at : at + len(word)], strict=False)
        end = at + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], alike))
        at = text.find(word[:STEM], end)
    return "".join([*parts, text[end:]])


def _without_escaped(word: str, text: str) -> str:
    """The same, whichever characters of the word are escaped, each in a way of its own."""
    stem = re.compile("".join(map(_written, word[:STEM])))
    parts, end = [], 0
    found = stem.search(text)
    while found:
        parts += [text[end : found.start()], MARK]
        end = found.end()
        for character in word[STEM:]:
            further = re.compile(_written(character)).match(text, end)
            if further is None:
                break
            end = further.end()
        found = stem.search(text, end)
    return "".join([*parts, text[end:]])


@cache
def _written(character: str) -> str:
    """The pattern of a character, however it is escaped."""
    number = ord(character)
    in_url = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass").hex()
    in_json = "".join(rf"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    in_html = rf"&#0{{0,9}}{number};|&#x0{{0,9}}{number:x};|{re.escape(html.escape(character))}"
    escaped = rf"{in_url}|{in_json}|\\x{number:02x}|{in_html}"
    return rf"(?:{re.escape(character)}|(?i:{escaped}))"
