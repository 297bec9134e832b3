"""Texts that say something, sealed by the world that they are of: nothing is stored of them.

The same words have the same text every time, and no other world, nor another seed, takes it.
"""

import base64
import hashlib
import hmac

import orjson

_SEAL = 18


def seal(said: tuple[str, ...], purpose: str, secret: bytes) -> str:
    """A URL-safe text of more than 32 characters that says the words, for one purpose only."""
    shown = _shown(said)
    return f"{shown}.{_seal_of(shown, purpose, secret)}"


def read(text: str, words: int) -> tuple[str, ...] | None:
    """What a text says, sealed or not; None for what is none of so many words."""
    shown, _, _ = text.partition(".")
    try:
        said = orjson.loads(base64.urlsafe_b64decode(shown + "=" * (-len(shown) % 4)))
    except ValueError:
        return None
    if not isinstance(said, list) or len(said) != words:
        return None
    found = tuple(str(word) for word in said)
    return found if shown == _shown(found) else None


def is_genuine(text: str, purpose: str, secret: bytes) -> bool:
    """Whether the world with this secret has sealed the text for this purpose."""
    shown, _, sealed = text.partition(".")
    return hmac.compare_digest(_seal_of(shown, purpose, secret).encode(), sealed.encode())


def _shown(said: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")


def _seal_of(shown: str, purpose: str, secret: bytes) -> str:
    digest = hmac.new(secret + purpose.encode(), shown.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_SEAL]).decode()
