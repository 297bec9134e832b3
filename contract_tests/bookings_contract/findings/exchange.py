"""What was asked and what was answered: one exchange, and how a booking looked in it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from attrs import field, frozen

from bookings_contract.findings.parsing import Unparsable, parse
from bookings_contract.findings.problems import NotJudged, Unreadable

# What stands for the operation where a target's controls were asked, which no document declares.
CONTROL = "control"
SECRET = ("authorization", "cookie", "set-cookie", "proxy-authorization")
GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@frozen
class Seen:
    """A booking as one answer showed it."""

    id: str
    status: str
    revision: str
    raw: Mapping[str, Any] = field(repr=False, eq=False)
    # What the reader shows around the booking; None where the writer answered.
    extended: Mapping[str, Any] | None = field(default=None, repr=False, eq=False)

    @classmethod
    def of(cls, raw: Mapping[str, Any], extended: Mapping[str, Any] | None = None) -> "Seen":
        """A booking of an answer; one without its three marks is unreadable."""
        if not isinstance(raw, Mapping):
            raise Unreadable("what is answered as a booking is no object")
        missing = [key for key in ("id", "status", "revision") if raw.get(key) is None]
        if missing:
            raise Unreadable(f"an answered booking lacks {', '.join(missing)}")
        odd = [key for key in ("id", "status") if not isinstance(raw[key], str)]
        if odd or not isinstance(raw["revision"], str | int):
            raise Unreadable(f"an answered booking has no text as {(*odd, 'revision')[0]}")
        return cls(raw["id"], raw["status"], str(raw["revision"]), raw, extended)

    @property
    def payment_status(self) -> str | None:
        """How far it is paid."""
        return self.raw.get("paymentStatus")

    @property
    def double_booked(self) -> bool:
        """Whether it is shown as double booked."""
        return bool(self.raw.get("doubleBooked"))

    @property
    def slot(self) -> Mapping[str, Any]:
        """The booked slot, empty for a course."""
        return _object(self._entity.get("slot"), "bookedEntity.slot")

    @property
    def schedule(self) -> Mapping[str, Any]:
        """The booked schedule, empty for appointments and classes."""
        return _object(self._entity.get("schedule"), "bookedEntity.schedule")

    @property
    def _entity(self) -> Mapping[str, Any]:
        return _object(self.raw.get("bookedEntity"), "bookedEntity")

    @property
    def total_participants(self) -> int | None:
        """How many take part, where all book the same variant."""
        return self.raw.get("totalParticipants")

    @property
    def contact_id(self) -> str | None:
        """The contact it is booked for."""
        return self._contact.get("contactId")

    @property
    def email(self) -> str | None:
        """The address it was booked with."""
        return self._contact.get("email")

    @property
    def _contact(self) -> Mapping[str, Any]:
        return _object(self.raw.get("contactDetails"), "contactDetails")

    def __str__(self) -> str:
        return f"{self.status}, revision {self.revision}"


@frozen
class Exchange:
    """One request and its answer, complete but for the caller's secrets."""

    operation: str
    caller: str | None
    method: str
    url: str
    path: str
    request_headers: Mapping[str, str]
    request_text: str
    status: int
    headers: Mapping[str, str]
    text: str
    started: float
    seconds: float
    reads: bool = False
    request_json: Any = field(init=False, repr=False, eq=False)
    json: Any = field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "request_json", parsed(self.request_text))
        object.__setattr__(self, "json", parsed(self.text))

    @property
    def succeeded(self) -> bool:
        """Whether the call was accepted."""
        return 200 <= self.status < 300

    @property
    def code(self) -> str | None:
        """The application code of a refusal."""
        return code_of(self.json)

    @property
    def violations(self) -> tuple[Mapping[str, Any], ...]:
        """The field violations of a validation error."""
        found = _details(self.json, "validationError").get("fieldViolations")
        return tuple(v for v in found if isinstance(v, dict)) if isinstance(found, list) else ()

    @property
    def booking(self) -> Seen | None:
        """The booking that the answer shows, if it shows exactly one."""
        raw = self.json.get("booking") if isinstance(self.json, dict) else None
        extended = None
        if raw is None and isinstance(self.json, dict):
            entries = self.json.get("extendedBookings")
            if isinstance(entries, list) and len(entries) == 1 and isinstance(entries[0], dict):
                extended, raw = entries[0], entries[0].get("booking")
        try:
            return Seen.of(raw, extended) if isinstance(raw, dict) else None
        except Unreadable:
            return None


@frozen
class Answer:
    """The answer to the call just made, for a test to read."""

    exchange: Exchange
    # The booking's status and revision as last seen before, for "revision 2 → 3".
    before: Seen | None = None

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.exchange.status

    @property
    def accepted(self) -> bool:
        """Whether the call succeeded."""
        return self.exchange.succeeded

    @property
    def refused(self) -> bool:
        """Whether the call was refused: any 4xx."""
        return 400 <= self.exchange.status < 500

    @property
    def json(self) -> Any:
        """The body; an answer that holds no JSON is unreadable."""
        if self.exchange.json is None:
            raise Unreadable(f"{self.exchange.operation} answered no JSON ({self.summary})")
        return self.exchange.json

    @property
    def booking(self) -> Seen:
        """The booking that the answer shows; an answer without one is unreadable."""
        found = self.exchange.booking
        if found is None:
            raise Unreadable(f"{self.exchange.operation} answered no booking ({self.summary})")
        return found

    @property
    def bookings(self) -> list[Seen]:
        """The bookings that the reader answered."""
        entries = self.at("extendedBookings")
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise Unreadable(
                f"{self.exchange.operation} answered no list of bookings ({self.summary})"
            )
        return [Seen.of(entry.get("booking") or {}, entry) for entry in entries]

    @property
    def code(self) -> str | None:
        """The application code of a refusal."""
        return self.exchange.code

    @property
    def violations(self) -> tuple[Mapping[str, Any], ...]:
        """The field violations of a validation error."""
        return self.exchange.violations

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a validation error names."""
        return tuple(str(violation.get("field")) for violation in self.violations)

    @property
    def rule(self) -> str | None:
        """The rule that a mock of ours says was broken."""
        return self.exchange.headers.get("x-bookings-rule")

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, by lower-case name."""
        return self.exchange.headers

    def at(self, *path: str | int) -> Any:
        """The value at a path of the JSON; an answer without it is unreadable."""
        value = self.json
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                where = ".".join(str(part) for part in path)
                raise Unreadable(
                    f"{self.exchange.operation} answered no {where} ({self.summary})"
                ) from None
        return value

    @property
    def summary(self) -> str:
        """The answer in a few words: "200, CONFIRMED, revision 2 → 3"."""
        booking = self.exchange.booking
        if booking is None:
            return " ".join(part for part in (str(self.status), complaint(self.exchange)) if part)
        same = self.before is None or self.before.revision == booking.revision
        revision = (
            booking.revision
            if same or self.before is None
            else (f"{self.before.revision} → {booking.revision}")
        )
        return f"{self.status}, {booking.status}, revision {revision}"


def complaint(exchange: Exchange) -> str:
    """What a refusal says is wrong: its code, else the fields, else nothing."""
    if exchange.code:
        return exchange.code
    fields = [str(violation.get("field")) for violation in exchange.violations]
    return f"on {', '.join(fields)}" if fields else ""


def code_of(body: Any) -> str | None:
    """The application code of an answer's body."""
    code = _details(body, "applicationError").get("code")
    return None if code is None else str(code)


def parsed(text: str) -> Any:
    """The JSON of a text, or None where it is none that can be read."""
    try:
        return parse(text) if text else None
    except Unparsable:
        return None


def encoded(body: object) -> bytes:
    """A body as JSON; numbers that answers hold may be larger than any server counts."""
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError:
        return json.dumps(body, ensure_ascii=True).encode()


def redacted(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by lower-case name, without what is secret."""
    return {key.lower(): "…" if key.lower() in SECRET else value for key, value in headers.items()}


def without_nulls(node: Any) -> Any:
    """JSON without the members that are null: no page says that a null is more than an absence."""
    if isinstance(node, dict):
        return {key: without_nulls(part) for key, part in node.items() if part is not None}
    return [without_nulls(part) for part in node] if isinstance(node, list) else node


def leaves(
    node: Any, at: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The values that a JSON document holds in the end, each with its place."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, (*at, key))
    else:
        yield at, node


def differences(before: Any, after: Any, where: str = "") -> list[str]:
    """What changed between two shown values: "status CREATED → CONFIRMED", field by field."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted(before.keys() | after.keys())
        return [
            line
            for key in keys
            for line in differences(
                before.get(key), after.get(key), f"{where}.{key}" if where else key
            )
        ]
    return [] if before == after else [f"{where} {_brief(before)} → {_brief(after)}"]


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _object(node: Any, where: str) -> Mapping[str, Any]:
    """A part of a booking, empty where there is none; anything else there is unreadable."""
    if not (node is None or isinstance(node, Mapping)):
        raise Unreadable(f"an answered booking has no object as {where}")
    return node or {}


def _details(body: Any, kind: str) -> Mapping[str, Any]:
    details = body.get("details") if isinstance(body, dict) else None
    found = details.get(kind) if isinstance(details, dict) else None
    return found if isinstance(found, dict) else {}


class NotOffered(NotJudged):
    """The target lacks an operation; `exchange` holds the answer that says so."""

    def __init__(self, reason: str, exchange: Exchange) -> None:
        super().__init__(reason)
        self.exchange = exchange
