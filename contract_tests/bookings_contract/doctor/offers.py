"""What else a target offers: its operations, how soon reads show a write, a namespace."""

import math
import uuid
from collections.abc import Callable, Iterator, Mapping

from bookings_contract.doctor.asking import READER, Asking, absent, refused_as, summary_of
from bookings_contract.doctor.check import Check, fine, several, skipped, wrong
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.operations import Operation, operations
from bookings_contract.findings.problems import Unanswered

# How long a write may take to be seen before it is given up on, beyond settle_s.
PATIENCE_S = 10.0
PAUSE_S = 0.25
NAMESPACE = "updateExtendedFields"
# What gets a token, or answers otherwise for whatever has no body.
UNASKED = ("createAccessToken", "createEarlierAccessToken", "getTokenInfo")

Sleep = Callable[[float], None]
Clock = Callable[[], float]


# Operations


def operation_absent(missing: list[Operation], known: frozenset[str]) -> Check:
    """Operations of the API's own pages are not served."""
    names = sorted(known | {one.id for one in missing})
    return wrong(
        "operation-absent",
        "operations",
        seen=f"{several((one.id for one in missing), 6)} not found, and no error says what",
        expected="every operation of the API's pages, or that the target is without it",
        change=f"[target] without = {_listed(names)}",
    )


def reader_absent(exchange: Exchange, known: frozenset[str]) -> Check:
    """The reader is not served, by which bookings are read back."""
    return wrong(
        "reader-absent",
        "reader",
        seen=f"{exchange.method} {exchange.path} {exchange.status}",
        expected="a reader, or that the target is without it: bookings are read back by it",
        change=f"[target] without = {_listed(sorted(known | {READER}))}",
    )


def offered(asking: Asking) -> Iterator[Check]:
    """Which operations are served, asked in a way that changes nothing."""
    known = asking.target.without
    nowhere = _nonsense(asking)
    answers = {
        one.id: asking.ask(one.id, path=_nobody(one), body=None if one.method == "GET" else {})
        for one in operations().values()
        if one.id not in known and one.id not in UNASKED
    }
    missing = [operations()[name] for name, one in answers.items() if _like(one, nowhere)]
    reader = [answers[one.id] for one in missing if one.id == READER]
    due = [one for one in missing if not one.recent]
    if reader:
        yield reader_absent(reader[0], known)
    if due:
        yield operation_absent(due, known)
    later = [one.id for one in missing if one.recent and one.id != READER]
    if not reader and not due:
        words = f"; not offered, so not judged: {several(later, 40)}" if later else ""
        yield fine("operations", f"{len(answers) - len(missing)} offered{words}")


def _nobody(one: Operation) -> Mapping[str, object]:
    return {name: str(uuid.uuid4()) for name in one.parameters}


def _nonsense(asking: Asking) -> tuple[object, ...]:
    """How the target answers a path that nobody serves."""
    path = f"/bookings/v2/{uuid.uuid4()}/no-such-thing"
    answer = asking.client.send("createBooking", "POST", path, {}, b"{}").exchange
    return (answer.status, _form(answer))


def _like(answer: Exchange, nowhere: tuple[object, ...]) -> bool:
    """Whether nobody serves this: an unknown booking may look alike where no code is given."""
    if not absent(answer):
        return False
    return answer.status != 404 or (answer.status, _form(answer)) == nowhere


def _form(answer: Exchange) -> object:
    """What is the same about answers to different paths: their keys, and words without ids."""
    if not isinstance(answer.json, dict):
        return type(answer.json).__name__
    words = str(answer.json.get("message")).split()
    return sorted(answer.json), [word for word in words if word.isalpha()]


def _listed(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


# Patience


def settling(asking: Asking, sleep: Sleep, clock: Clock) -> Check:
    """Whether reads show a booking that the owner has just made within settle_s."""
    written = asking.target.settle_s
    if asking.place is None or not asking.can(READER):
        return skipped("settle_s", "there is no booking, or no reader, to see it by")
    booking, started = asking.book(asking.place).booking, clock()
    if booking is None:
        return skipped("settle_s", "a place that could be booked can't be any more")
    query = {"query": {"filter": {"id": booking.id}, "cursorPaging": {"limit": 1}}}
    while True:
        answer = asking.ask(READER, body=query)
        waited = clock() - started
        if answer.booking is not None and answer.booking.id == booking.id:
            return _settled(waited, written)
        if absent(answer) or not answer.succeeded:
            return skipped("settle_s", summary_of(answer))
        if waited > written + PATIENCE_S:
            reason = f"the reader has not shown a new booking in {waited:.0f} s"
            return skipped("settle_s", reason)
        sleep(PAUSE_S)


def _settled(waited: float, written: float) -> Check:
    # The answer that shows it took its time as well, so that one at once is never late.
    if waited <= max(written, PAUSE_S):
        return fine("settle_s", "a new booking is read back in time")
    return wrong(
        "settle-too-short",
        "settle_s",
        seen=f"a new booking was read back after {waited:.1f} s",
        expected=f"settle_s = {written:g} to be enough",
        change=f"[target] settle_s = {math.ceil(2 * waited)}",
    ).decisive


# Namespace


def namespace(asking: Asking) -> Check:
    """Whether extended fields can be stored in the namespace that is named."""
    name = asking.target.namespace
    if name is None or asking.booked is None or not asking.can(NAMESPACE):
        return skipped("namespace", "none is named, or there is no booking to try it on")
    body = {"namespace": name, "namespaceData": {"judge": "doctor"}}
    try:
        answer = asking.ask(NAMESPACE, path={"id": asking.booked.id}, body=body)
    except Unanswered as error:
        return skipped("namespace", str(error))
    if not refused_as(answer, "EXTENDED-2"):
        return (
            fine("namespace", name)
            if answer.succeeded
            else skipped("namespace", summary_of(answer))
        )
    return wrong(
        "namespace-unknown",
        "namespace",
        seen=summary_of(answer),
        expected=f"extended fields in {name}",
        change="[target] namespace",
    )
