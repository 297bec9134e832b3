"""Tokens that were issued: for whom, in which world, and until when."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from attrs import frozen

from bookings_mock.callers import VISITOR, Caller
from bookings_mock.chance import Chance

ACCESS, REFRESH = "access", "refresh"
# Counts one more of a sort, and answers how many there are then.
Count: TypeAlias = Callable[[str], int]


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


class TokenRefused(Exception):
    """No token is issued: an `error` of RFC 6749, and in words why."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class Tokens:
    """Every token that was issued and is remembered, the latest ones up to a bound.

    They outlive a reset of their world, or a client that keeps its token would be shut out by it.
    Each text is drawn for its caller and for how many there were before.
    """

    def __init__(self, chance: Chance, limit: int) -> None:
        self._chance = chance
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

    def text(self, kind: str, caller: Caller, world: str, count: Count) -> str:
        """The text of a caller's next token; `count` says the how-manieth of its sort it is."""
        # A visitor comes only once, and there may be any number of them: they are counted together.
        number = count(f"{kind}/{VISITOR if caller.name == VISITOR else caller.id}")
        drawn = self._chance.key(kind, caller.site, world, caller.id, str(number))
        return f"{kind[0]}t-{drawn.hex()[:48]}"

    def visitor(self, site: str, world: str, count: Count) -> Caller:
        """The next visitor whom nobody knows yet."""
        number = count(VISITOR)
        drawn = self._chance.key(VISITOR, site, world, str(number))
        identity = str(UUID(bytes=drawn[:16], version=4))
        return Caller(name=VISITOR, kind=VISITOR, token="", site=site, id=identity)


def clients(callers: Mapping[str, Caller]) -> dict[str, Caller]:
    """The apps by the client id that they ask for tokens with."""
    return {one.client_id.lower(): one for one in callers.values() if one.client_id}
