"""Asks a target like a guest: whatever it answers is handed out, and what was booked is taken back.

What it says of an answer is read from the rule book; no status or code is written here.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

import httpx
from attrs import define, evolve, field

import bookings_openapi
from bookings_contract.findings import refusals
from bookings_contract.findings.exchange import Answer, Exchange, NotOffered, Seen
from bookings_contract.target.model import Target
from bookings_contract.target.places import Place, PlacePool
from bookings_contract.testkit.client import NOT_OFFERED, Client, Wire
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.pace import Pace

READER, CREATE, SERVICE = "queryExtendedBookings", "createBooking", "getService"


@define
class Asking:
    """One examination's way to the target, and the hours by which it goes."""

    client: Client
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    name: str = "judge"
    # A booking that the owner made here, for what needs one.
    booked: Seen | None = None
    # Where it was made.
    place: Place | None = None
    _given: Given = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._given = Given(self.client, PlacePool(self.target), self.name)

    @classmethod
    def of(
        cls,
        target: Target,
        transport: httpx.BaseTransport | None,
        now: Callable[[], datetime],
        deadline: float | None = None,
    ) -> "Asking":
        """A way of its own: on a mock a world, elsewhere a name."""
        name = f"judge-doctor-{uuid.uuid4().hex[:8]}"
        world = name if target.ours else None
        wire = Wire(target, transport, pace=_impatient(deadline))
        return cls(Client(wire, world=world), now, name)

    @property
    def target(self) -> Target:
        """What is examined."""
        return self.client.target

    def by_paths(self, paths: Literal["documented", "sdk"]) -> "Asking":
        """The same, by the paths of this family."""
        elsewhere = evolve(self.target, paths=paths)
        wire = self.client.wire
        wire = Wire(elsewhere, wire.transport, pace=_impatient(wire.pace.deadline))
        return Asking(Client(wire, self.client.record, self.client.world), self.now, self.name)

    def __enter__(self) -> "Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Takes back what was booked, and leaves."""
        self.client.tidy()
        self.client.wire.close()

    def can(self, operation: str) -> bool:
        """Whether the target file lets the operation be asked for."""
        return operation not in self.target.without

    def ask(self, operation: str, **how: object) -> Exchange:
        """The exchange, whatever is answered; raises Unanswered or Throttled."""
        try:
            answer: Answer = self.client.call(operation, **how)  # type: ignore[arg-type]
        except NotOffered as absent:
            return absent.exchange
        return answer.exchange

    def look(self, caller: str = "owner", **how: object) -> Exchange:
        """A page of at most one booking."""
        query = {"query": {"cursorPaging": {"limit": 1}}}
        return self.ask(READER, body=query, caller=caller, **how)

    def describe(self, service_id: str) -> Exchange | None:
        """What the target says of a service, None where it is not to be asked."""
        if not self.can(SERVICE):
            return None
        return self.ask(SERVICE, path={"serviceId": service_id})

    def book(self, place: Place, caller: str = "owner", **how: object) -> Exchange:
        """Tries a CREATED booking, which holds no seat; it is canceled in the end."""
        exchange = self.ask(CREATE, body=self._given.body(place, **how), caller=caller)  # type: ignore[arg-type]
        if exchange.succeeded and caller == "owner" and exchange.booking is not None:
            self.booked, self.place = exchange.booking, place
        return exchange


def refused_as(exchange: Exchange, rule: str, case: str | None = None) -> bool:
    """Whether it was refused as the rule book has it for this rule."""
    answer = bookings_openapi.rules()[rule].answer(case)
    return answer is not None and refusals.fits(exchange.status, exchange.code, answer)


def refused_for(exchange: Exchange, rule: str) -> bool:
    """Whether it was refused with one of the codes that the rule names, in any of its cases."""
    answers = bookings_openapi.rules()[rule].answers.values()
    return exchange.code is not None and any(exchange.code in one.codes for one in answers)


def as_a_stranger(exchange: Exchange) -> bool:
    """Whether nobody knows who asks: a refusal for lack of permission says that somebody does."""
    return refused_as(exchange, "AUTH-1") and not refused_for(exchange, "AUTH-2")


def absent(exchange: Exchange) -> bool:
    """Whether nobody serves the operation: not found, and nothing of the API's says what."""
    return exchange.status in NOT_OFFERED and exchange.code is None


def service_of(exchange: Exchange | None) -> Mapping[str, object] | None:
    """The service that an answer describes."""
    if exchange is None or not exchange.succeeded or not isinstance(exchange.json, dict):
        return None
    described = exchange.json.get("service")
    return described if isinstance(described, dict) else None


def summary_of(exchange: Exchange) -> str:
    """An answer in a few words: its operation, status, code and message."""
    body = exchange.json if isinstance(exchange.json, dict) else {}
    message = body.get("message")
    told = f": {message.splitlines()[0][:120]}" if isinstance(message, str) and message else ""
    fields = ", ".join(str(one.get("field")) for one in exchange.violations)
    where = f" on {fields}" if fields else ""
    code = f" {exchange.code}" if exchange.code else ""
    return f"{exchange.operation} answered {exchange.status}{code}{where}{told}"


def _impatient(deadline: float | None) -> Pace:
    """Whoever is asked too fast says so at once: that is what is looked for."""
    return Pace(deadline=deadline, patience=0.0)
