"""Makes cases speak of what is there: real sessions, own bookings, current revisions.

It changes a case before it is sent, and leaves alone what is wrong in it on purpose. On a target
that others use too, it sees to it that a case sends no message, names nobody and touches nothing
but the judge's own.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from attrs import define, field

import bookings_openapi
from bookings_contract.findings.exchange import GUID, Exchange, Seen
from bookings_contract.findings.operations import operation
from bookings_contract.findings.problems import Unjudged
from bookings_contract.target.model import KINDS, Service
from bookings_contract.target.places import Place
from bookings_contract.testkit import readback
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.shapes import request_validator

Where = tuple[str | int, ...]

# How often a case on a mock speaks of what is there; elsewhere it always does.
OFTEN = 0.8
# How many bookings the fuzzing of one operation makes for itself on a target that others use.
FEW = 6

# What a booking need not have, and what makes most targets refuse one that was made up.
OPTIONAL = (
    *("status", "selectedPaymentOption", "formSubmissionId", "bookedAddOns", "additionalFields"),
    *("extendedFields", "depositSelected"),
)
# Whoever or whatever else could be meant.
PERSONAL = ("phone", "contactId", "formSubmission", "customFormFields", "formSubmissionId")
QUIET = {"notifyParticipants": False, "sendSmsReminder": False}


@define
class Arranging:
    """One test's arrangements for its cases."""

    given: Given
    exclusive: frozenset[frozenset[str]]
    random: Random
    _own: list[Seen] = field(factory=list)
    _attendances: list[str] = field(factory=list)
    _number: int = 0

    @property
    def guest(self) -> bool:
        """Whether others use the target too."""
        return not self.given.client.target.ours

    def settle(
        self, name: str, path: Mapping[str, Any], body: Any, linked: bool = False
    ) -> tuple[dict[str, Any], Any]:
        """Path parameters and body as they are to be sent; a linked case has its ids already."""
        wrong = _wrong(name, body)
        booking = None if linked else self._booking(name, body)
        sent = dict(path)
        if not linked:
            sent = {key: self._id(key, value, booking) for key, value in path.items()}
            sent |= self._credential(name)
        if isinstance(body, dict):
            body = copy.deepcopy(body)
            self._settle_one_of_several(body, wrong, ())
            if self._often():
                self._speak_of_what_is_there(body, wrong, booking)
            self._repeat_ids(body, sent, wrong)
        if self.guest:
            body = self._polite(name, body)
        return sent, body

    def meet(self, exchange: Exchange) -> None:
        """Remembers what an answer shows."""
        booking = exchange.booking
        if booking is not None:
            known = [index for index, one in enumerate(self._own) if one.id == booking.id]
            if known:
                self._own[known[0]] = booking
            elif not exchange.reads:
                self._own.append(booking)
        found = exchange.json.get("attendance") if isinstance(exchange.json, dict) else None
        if isinstance(found, dict) and isinstance(found.get("id"), str):
            self._attendances.append(found["id"])

    # Inside

    def _often(self) -> bool:
        return self.guest or self.random.random() < OFTEN

    def _booking(self, name: str, body: Any) -> Seen | None:
        """A booking that the operation may act on: a new one, or one that has been through more."""
        in_path = _OF_BOOKINGS.intersection(operation(name).parameters) and not _of_purchases(name)
        in_body = {"bookingId", "bookingIds"}.intersection(_keys(body))
        if not (in_path or in_body) or not self._often():
            return None
        move = bookings_openapi.lifecycle().get(name)
        return self._one_of(sorted(move.sources) if move else ["CONFIRMED"])

    def _one_of(self, sources: Sequence[str]) -> Seen | None:
        """A new booking in one of the statuses, or one that is there; None if none can be."""
        fresh = len(self._own) < FEW if self.guest else self.random.random() < OFTEN
        if fresh or not self._own:
            try:
                status = self.random.choice([*sources, "CREATED"])
                made = self.given.booking(self._bookable(), status)
                self._own.append(made)
                return made
            except Unjudged:
                pass
        return self.random.choice(self._own) if self._own else None

    def _bookable(self) -> Service | str:
        """A service that takes bookings, whichever it is; else the plainest of a kind."""
        found = self.given.client.target.all_services(book="open")
        choices: list[Service | str] = [*found, *KINDS]
        return self.random.choice(choices)

    def _attended(self) -> None:
        """Makes an attendance object, if there is none yet."""
        try:
            booking = self.given.booking("class", "CONFIRMED")
            event = booking.slot.get("eventId") or booking.slot.get("sessionId")
            attendance = {"bookingId": booking.id, "eventId": event, "status": "ATTENDED"}
            answer = self.given.client.call("setAttendance", body={"attendance": attendance})
        except Unjudged:
            return
        self._own.append(booking)
        self.meet(answer.exchange)

    def _id(self, key: str, value: Any, booking: Seen | None) -> Any:
        """An id of the path: of what is there, unless it is no id on purpose."""
        if not isinstance(value, str) or not (key == "id" or GUID.fullmatch(value)):
            return value
        if key in _OF_BOOKINGS:
            return value if booking is None else booking.id
        if key == "attendanceId" and (not self._attendances or not self._often()):
            self._attended()
        known = self._ids().get(key)
        return self.random.choice(known) if known and self._often() else value

    def _credential(self, name: str) -> dict[str, str]:
        """The token of a booking of its own, for an operation whose path holds one."""
        parameter = operation(name).definition.get("x-credential")
        if parameter is None or not self._often():
            return {}
        booking = self._one_of(["CONFIRMED"])
        if booking is None:
            return {}
        try:
            path = {"bookingId": booking.id}
            answer = self.given.client.call("getAnonymousActionToken", path=path)
        except Unjudged:
            return {}
        return {parameter: str(answer.at("token"))} if answer.accepted else {}

    def _settle_one_of_several(self, node: Any, wrong: frozenset[Where], at: Where) -> None:
        """Of fields that can't stand together all but one go."""
        if isinstance(node, dict):
            for names in sorted(self.exclusive, key=sorted):
                there = sorted(name for name in names if name in node)
                for name in there[: len(there) - 1]:
                    if not _touched(wrong, (*at, name)):
                        del node[name]
        for key, part in _parts(node):
            self._settle_one_of_several(part, wrong, (*at, key))

    def _speak_of_what_is_there(
        self, body: dict[str, Any], wrong: frozenset[Where], booking: Seen | None
    ) -> None:
        for where, node in _infos(body):
            self._book(node, wrong, where)
        if isinstance(body.get("slot"), dict) and not _touched(wrong, ("slot",)):
            place = self._place("class")
            if place is not None:
                body["slot"] = place.slot
        self._name(body, wrong, (), booking)

    def _name(self, node: Any, wrong: frozenset[Where], at: Where, booking: Seen | None) -> None:
        """Ids name what is there, and a revision is the booking's."""
        known = self._ids()
        # What only the V1 list shows has neither a revision nor a session that are known.
        seen = None if booking is None or readback.is_glimpse(booking) else booking
        for key, part in _parts(node):
            where = (*at, key)
            if key in ("bookedEntity", "slot"):
                continue  # Booked as a whole, or wrong on purpose.
            if isinstance(part, dict | list):
                self._name(part, wrong, where, booking)
            elif _touched(wrong, where) or not isinstance(node, dict):
                continue
            elif booking is not None and key == "bookingId":
                node[key] = booking.id
            elif seen is not None and key == "revision":
                node[key] = seen.revision
            elif seen is not None and key in ("eventId", "sessionId") and "bookingId" in node:
                node[key] = seen.slot.get("eventId") or seen.slot.get("sessionId") or part
            elif key in known and isinstance(part, str):
                node[key] = self.random.choice(known[key])
        for key, ids in known.items():
            several = node.get(f"{key}s") if isinstance(node, dict) else None
            if isinstance(several, list) and not _touched(wrong, (*at, f"{key}s")):
                node[f"{key}s"] = list(dict.fromkeys(self.random.choice(ids) for _ in several))

    def _book(self, booking: dict[str, Any], wrong: frozenset[Where], at: Where) -> None:
        """Makes it a booking of something that can be booked."""
        place = self._place(self.random.choice(KINDS))
        if place is None:
            return
        plain = self.given.body(place)["booking"]
        if _free(booking, "bookedEntity", wrong, at):
            booking["bookedEntity"] = plain["bookedEntity"]
        counted = ("totalParticipants", "participantsChoices")
        free = any(_free(booking, key, wrong, at) for key in counted)
        if free and not any(_touched(wrong, (*at, key)) for key in counted):
            for key in counted:
                booking.pop(key, None)
            booking |= {key: plain[key] for key in counted if key in plain}
        contact = booking.get("contactDetails")
        if self.random.random() < OFTEN:
            for key in OPTIONAL:
                if not _touched(wrong, (*at, key)):
                    booking.pop(key, None)
            if isinstance(contact, dict) and not _touched(wrong, (*at, "contactDetails")):
                contact.pop("contactId", None)

    def _place(self, kind: str) -> Place | None:
        for wanted in (kind, "class", "course"):
            try:
                return self.given.place(wanted)
            except Unjudged:
                continue
        return None

    def _repeat_ids(
        self, body: dict[str, Any], path: Mapping[str, Any], wrong: frozenset[Where]
    ) -> None:
        """An id that the body repeats is the path's."""
        for key, value in path.items():
            if key in body and not _touched(wrong, (key,)):
                body[key] = value

    # Manners

    def _polite(self, name: str, body: Any) -> Any:
        """Whatever a case says, nobody is written to, and nobody else is meant."""
        if isinstance(body, dict) and not operation(name).reads:
            notification = body.get("participantNotification")
            told = notification if isinstance(notification, dict) else {}
            body["participantNotification"] = {**told, "notifyParticipants": False}
        form = body.get("formInfo") if isinstance(body, dict) else None
        if isinstance(form, dict):
            # Only by its address can a registration be found again, and taken back.
            contact = form.get("contactDetails")
            form["contactDetails"] = {**(contact if isinstance(contact, dict) else {}), "email": ""}
        return self._pinned(body)

    def _pinned(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._pinned(part) for part in node]
        if not isinstance(node, dict):
            return node
        pinned = {k: self._pinned(part) for k, part in node.items() if k not in PERSONAL}
        pinned |= {key: value for key, value in QUIET.items() if key in pinned}
        if "email" in pinned:
            self._number += 1
            pinned["email"] = f"{self.given.name}-fuzz-{self._number}@example.com"
        for key, known in self._ids().items():
            if isinstance(pinned.get(key), str) and pinned[key] not in known:
                pinned[key] = known[0]
            several = pinned.get(f"{key}s")
            if isinstance(several, list):
                pinned[f"{key}s"] = [one for one in several if one in known]
        return pinned

    def _ids(self) -> dict[str, Sequence[str]]:
        """What ids may be named: the target's own, by the field that names them."""
        services = self.given.client.target.services.values()
        sessions = [session.id for service in services for session in service.sessions]
        found: dict[str, Sequence[str | None]] = {
            "serviceId": [service.id for service in services],
            "scheduleId": [service.schedule_id for service in services],
            "sessionId": sessions,
            "eventId": sessions,
            "bookingId": [booking.id for booking in self._own],
            "attendanceId": self._attendances,
        }
        known = {key: [one for one in ids if one] for key, ids in found.items()}
        return {key: ids for key, ids in known.items() if ids}


# What a path calls the id of a booking.
_OF_BOOKINGS = frozenset({"bookingId", "id"})


def _of_purchases(name: str) -> bool:
    """Whether an operation's ids are those of carts, checkouts and orders."""
    return "eCommerce" in operation(name).definition["tags"]


def _wrong(name: str, body: Any) -> frozenset[Where]:
    """Where a body is not what the document asks for."""
    validator = request_validator(name)
    if validator is None or not isinstance(body, dict):
        return frozenset()  # Nothing in such a body could be put right.
    return frozenset(tuple(error.instance_path) for error in validator.iter_errors(body))


def _touched(wrong: frozenset[Where], at: Where) -> bool:
    """Whether something is wrong at the place or below; what is to be wrong has to stay so."""
    return any(where[: len(at)] == at for where in wrong)


def _free(node: Mapping[str, Any], key: str, wrong: frozenset[Where], at: Where) -> bool:
    """Whether a field may be written: it is right, or is lacking where all else is right."""
    return not _touched(wrong, (*at, key)) if key in node else not wrong


def _parts(node: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(node, dict):
        yield from list(node.items())
    elif isinstance(node, list):
        yield from enumerate(node)


def _keys(node: Any) -> Iterator[str]:
    """Every key in a body, however deep."""
    for key, part in _parts(node):
        if isinstance(key, str):
            yield key
        yield from _keys(part)


def _infos(body: Mapping[str, Any]) -> Iterator[tuple[Where, dict[str, Any]]]:
    """The bookings to be made that a body holds."""
    if isinstance(body.get("booking"), dict):
        yield ("booking",), body["booking"]
    together = body.get("bookings")
    for index, part in enumerate(together if isinstance(together, list) else ()):
        if isinstance(part, dict) and "bookedEntity" in part:
            yield ("bookings", index), part
    several = body.get("createBookingsInfo")
    for index, info in enumerate(several if isinstance(several, list) else ()):
        if isinstance(info, dict) and isinstance(info.get("booking"), dict):
            yield ("createBookingsInfo", index, "booking"), info["booking"]
