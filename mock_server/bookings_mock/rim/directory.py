"""Leads on whoever asks for a path that is not served: to the nearest ones, or away from here."""

import re
from difflib import get_close_matches

from attrs import frozen

from bookings_mock.rim.answers import Answer
from bookings_mock.rim.contract import Contract, Listed
from bookings_mock.rim.errors import error

# Longer paths are compared and quoted so far only.
_LONGEST = 200
_NEAREST = 3
_PARAMETER = re.compile(r"\{\w+\}")
_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\b[0-9]+\b")


@frozen
class NotServed:
    """An operation of the API that is not served: what to say of it, and which lead on."""

    says: str
    instead: tuple[str, ...]


class Directory:
    """The operations by their paths, to be told apart from all others."""

    def __init__(self, contract: Contract) -> None:
        self._refusal = contract.refusal("unknownPath")
        self._by_id = {one.id: one for one in contract.listing}
        listed = {path: one for one in contract.listing for path in one.paths}
        self._by_form = {_PARAMETER.sub("{}", path): one for path, one in listed.items()}
        self._sections = {_section(path) for path in listed}

    def not_served(self, path: str) -> Answer:
        """The answer where there is no operation."""
        shown, near = path[:_LONGEST], self._nearest(path[:_LONGEST])
        outside = not near and _section(shown) not in self._sections
        reason = f"this mock serves no operation at {shown}{_hint(near, outside)}"
        return self._refused(reason, near, outside)

    def left_out(self, method: str, path: str, known: NotServed) -> Answer:
        """The answer where there is an operation that is known and not served."""
        near = [self._by_id[one] for one in known.instead]
        reason = f"this mock does not serve {method} {path[:_LONGEST]}: {known.says}"
        return self._refused(f"{reason}{_hint(near, False) if near else ''}", near, False)

    def _refused(self, reason: str, near: list[Listed], outside: bool) -> Answer:
        refused = {
            "code": self._refusal["code"],
            "description": reason,
            "data": {"outside": outside, "nearest": [one.shown for one in near]},
        }
        body = error(reason, {"applicationError": refused})
        return Answer(self._refusal["status"], body, reason=reason)

    def _nearest(self, path: str) -> list[Listed]:
        forms = get_close_matches(_ID.sub("{}", path), self._by_form, n=_NEAREST, cutoff=0.75)
        return list(dict.fromkeys(self._by_form[form] for form in forms))


def _hint(near: list[Listed], outside: bool) -> str:
    if near:
        ways = ", ".join(f"{one.method} {one.paths[0]}" for one in near)
        return f"; the nearest: {ways}"
    where = ", which is outside of what it knows of the API" if outside else ""
    return f"{where}; GET /_mock lists what there is"


def _section(path: str) -> tuple[str, ...]:
    """Where in the API a path belongs: by its first two segments."""
    return tuple(path.strip("/").split("/")[:2])
