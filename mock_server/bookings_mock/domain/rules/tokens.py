"""Rules of tokens: who gets one, how long it holds, and what is told of it."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bookings_mock.domain.rulebook import rule


@rule("TOKEN-1")
def secret_is(known: str | None, sent: str) -> bool:
    """An app proves itself by its own secret."""
    return known is not None and hmac.compare_digest(known.encode(), sent.encode())


@rule("TOKEN-1")
def code_names(code: str, *names: str | None) -> bool:
    """The code that a login ended with stands for the member who logged in."""
    return code in names


@rule("TOKEN-1")
def issued_to(client_id: str, asking: str) -> bool:
    """A token is refreshed for the client that it was issued to."""
    return client_id == asking


@rule("TOKEN-1")
def vouches(key_is_of_the_site: bool) -> bool:
    """Who vouches for a member holds an API key of the member's site."""
    return key_is_of_the_site


@rule("TOKEN-2")
def holds(expires: datetime | None, now: datetime) -> bool:
    """A token works until it expires, and not after; one that does not expire works for good."""
    return expires is None or now < expires


@rule("TOKEN-3")
def told_of(known: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a token is whose it is, for whom it was issued, and until when it holds."""
    return {key: value for key, value in known.items() if value is not None}
