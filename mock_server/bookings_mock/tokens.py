"""Tokens that were issued: for whom, in which world, and until when."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from attrs import frozen

from bookings_mock.callers import VISITOR, Caller

ACCESS, REFRESH = "access", "refresh"


@frozen
class Issued:
    """A token and all that it stands for; one without `expires` holds for good."""

    text: str
    kind: str
    caller: Caller
    world: str
    client_id: str
    issued: datetime
    expires: datetime | None = None
    instance_id: str | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it still holds."""
        return self.expires is None or now < self.expires


class TokenRefused(Exception):
    """No token is issued: an `error` of RFC 6749, and in words why."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class Tokens:
    """Every token that was issued and is remembered, the latest ones up to a bound.

    They outlive a reset of their world, or a client that keeps its token would be shut out by it.
    The texts follow from the seed, from whom they are for, and from how many were issued before.
    """

    def __init__(self, seed: int, limit: int) -> None:
        self._seed = seed
        self._limit = limit
        self._issued: dict[str, Issued] = {}

    def find(self, text: str) -> Issued | None:
        """The token with this text, expired or not."""
        return self._issued.get(text)

    def keep(self, token: Issued) -> Issued:
        """Remember a token; the oldest is forgotten for it where there are too many."""
        self._issued.pop(token.text, None)
        self._issued[token.text] = token
        if len(self._issued) > self._limit:
            del self._issued[next(iter(self._issued))]
        return token

    def text(self, kind: str, caller: Caller, world: str, counted: dict[str, int]) -> str:
        """The text of a caller's next token; `counted` is how many of each there were."""
        number = _next(counted, f"{kind}/{caller.id}")
        drawn = self._drawn(kind, caller.site, world, caller.id, str(number))
        return f"{kind[0]}t-{drawn.hex()[:48]}"

    def visitor(self, site: str, world: str, counted: dict[str, int]) -> Caller:
        """The next visitor whom nobody knows yet."""
        number = _next(counted, VISITOR)
        drawn = self._drawn(VISITOR, site, world, str(number))
        identity = str(UUID(bytes=drawn[:16], version=4))
        return Caller(name=VISITOR, kind=VISITOR, token="", site=site, id=identity)

    def _drawn(self, *names: str) -> bytes:
        return hashlib.sha256("/".join((str(self._seed), *names)).encode()).digest()


def _next(counted: dict[str, int], key: str) -> int:
    counted[key] = counted.get(key, 0) + 1
    return counted[key]


def clients(callers: Mapping[str, Caller]) -> dict[str, Caller]:
    """The apps by the client id that they ask for tokens with."""
    return {one.client_id.lower(): one for one in callers.values() if one.client_id}
