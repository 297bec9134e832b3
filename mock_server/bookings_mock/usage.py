"""What may be written as the command's values; whatever else is refused with what to write."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from urllib.parse import urlsplit

PORTS = (0, 65535)


def port(text: str) -> int:
    """A port of this machine; 0 stands for any that is free."""
    low, high = PORTS
    number = _whole(text)
    if number is None or not low <= number <= high:
        raise ArgumentTypeError(
            f"{text!r} is no port: write a number from {low} to {high}, such as 8080; "
            "0 picks a free one"
        )
    return number


def positive(what: str) -> Callable[[str], int]:
    """A number of something of which there is at least one; `what` says what leaving it out is."""

    def read(text: str) -> int:
        number = _whole(text)
        if number is None or number < 1:
            raise ArgumentTypeError(
                f"{text!r} is not a number of 1 or more: write such a number, or leave it out "
                f"for {what}"
            )
        return number

    return read


def whole(text: str) -> int:
    """Any whole number."""
    number = _whole(text.removeprefix("-"))
    if number is None:
        raise ArgumentTypeError(f"{text!r} is no whole number: write digits, such as 7")
    return -number if text.startswith("-") else number


def seconds(text: str) -> float:
    """A time to wait, in seconds."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < _FOR_EVER:
        raise ArgumentTypeError(
            f"{text!r} is no number of seconds: write one above 0 and below {_FOR_EVER}, such as 5"
        )
    return number


def origin(text: str) -> str:
    """An origin as browsers send it, or "*" for any."""
    try:
        parts = urlsplit(text)
        plain = bool(parts.hostname) and parts.path in ("", "/") and parts.port != 0
    except ValueError:
        plain = False
    if text not in ("*", "null") and not (plain and parts.scheme and not parts.query):
        raise ArgumentTypeError(
            f"{text!r} is no origin: write scheme, host and port, such as http://localhost:5173"
        )
    return text


def host(text: str) -> str:
    """A name or address, without a port; one in brackets is an IPv6 address, as in a URL."""
    bare = text.removeprefix("[").removesuffix("]")
    if not bare or "/" in bare or bare.isspace():
        raise ArgumentTypeError(
            f"{text!r} is no host: write a name or an address, such as 127.0.0.1 or ::1"
        )
    return bare


# A day: nobody waits longer for a head or a body.
_FOR_EVER = 86_400
# No number of more digits is meant by anyone, and reading one takes its time.
_MOST_DIGITS = 18


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
