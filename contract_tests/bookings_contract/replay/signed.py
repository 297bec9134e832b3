"""Whether a key verifies what was delivered of events, by nothing but the standard library.

Tests that are written for a reader's use carry this code with them.
"""

import base64
import hashlib
import json
import time

# What stands before a SHA-256 digest that is signed by RS256 (RFC 8017, section 9.2).
SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")


def wrong_with(delivery: dict[str, str], public_key: str) -> str:
    """What is wrong with a delivery, empty if nothing is."""
    try:
        head, payload, signature = delivery["token"].split(".")
        if json.loads(decoded(head))["alg"] != "RS256":
            return "the token is not signed by RS256"
        if not verified(f"{head}.{payload}".encode(), decoded(signature), public_key):
            return "the key does not verify the token"
        claims = json.loads(decoded(payload))
        message = json.loads(claims["data"])
        event = json.loads(message["data"])
        if "exp" in claims and claims["exp"] < time.time():
            return "the token has expired"
        if event["id"] != delivery["eventId"]:
            return "the token carries another event"
        if message["eventType"] != f"{event['entityFqdn']}_{event['slug']}":
            return f"the event travels as {message['eventType']}"
    except (IndexError, KeyError, TypeError, ValueError) as unreadable:
        return f"the token can't be read: {unreadable!r}"
    return ""


def verified(text: bytes, signature: bytes, public_key: str) -> bool:
    """Whether a text was signed by RS256 with the key whose public half this is, in PEM."""
    modulus, exponent = numbers_of(public_key)
    size = (modulus.bit_length() + 7) // 8
    digest = SHA_256 + hashlib.sha256(text).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    signed: int = pow(int.from_bytes(signature, "big"), exponent, modulus)
    return len(signature) == size and signed.to_bytes(size, "big") == padded


def numbers_of(public_key: str) -> list[int]:
    """The modulus and the exponent of an RSA key in PEM."""
    lines = public_key.strip().splitlines()
    whole, _ = first_of(base64.b64decode("".join(lines[1:-1])))
    _, bits = first_of(whole)
    key, _ = first_of(first_of(bits)[0][1:])
    modulus, rest = first_of(key)
    return [int.from_bytes(number, "big") for number in (modulus, first_of(rest)[0])]


def first_of(der: bytes) -> tuple[bytes, bytes]:
    """The contents of the first value, and what follows it."""
    length, start = der[1], 2
    if length > 127:
        start += length - 128
        length = int.from_bytes(der[2:start], "big")
    return der[start : start + length], der[start + length :]


def decoded(text: str) -> bytes:
    """Bytes that are written without the padding at their end."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
