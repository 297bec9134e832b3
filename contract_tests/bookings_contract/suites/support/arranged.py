"""What several suites arrange and read alike: services, seats to count, variants to choose."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define

from bookings_contract.findings.checks import Accepted, Refused
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given

UNKNOWN = "00000000-0000-4000-8000-000000000000"
# Where a caller may not book so many at once, whatever is free.
POLICY = 403


# Services


def plain(
    given: Given, kind: str, *, waits: bool = False, exclusive: bool | None = None
) -> Service:
    """A service without variants that may be booked, moved and canceled freely.

    One that `waits` asks for the owner's approval; others only where there is none that doesn't.
    """
    wanted: dict[str, Any] = {
        "variants": False,
        "exclusive": exclusive,
        "book": "open",
        "cancel": "allowed",
        "reschedule": "allowed",
    }
    if found := given.client.target.all_services(kind, manual_approval=waits, **wanted):
        return found[0]
    return given.service(kind, manual_approval=True if waits else None, **wanted)


def plain_for(given: Given, kind: str, status: str) -> Service:
    """The plain service of a kind that bookings get into the status most plainly with."""
    try:
        # That others can be declined at all is open.
        return plain(given, kind, waits=status in ("PENDING", "DECLINED"))
    except NotJudged:
        return plain(given, kind)


def varied(given: Given, kind: str) -> Service:
    """A service with one option of several variants, so that one choice says all."""

    def one_option(service: Service) -> bool:
        return len(service.choices) == 1

    return given.service(
        kind, variants=True, where=one_option, book="open", reschedule="allowed",
        lacking=f"{kind} with one option of several variants",
    )  # fmt: skip


# Time and seats


def taken_by_one(given: Given, place: Place) -> None:
    """A booked time takes no other booking; where several resources may serve, nothing is sure."""
    if place.service.resource_id is None and given.accepts(place):
        raise NotJudged(f"{place.service.name} takes several bookings at a time")


def counted_place(given: Given, kind: str, seats: int = 1, *, waits: bool = False) -> Place:
    """A class session or a course that nobody else books, the smallest with that many seats."""
    service = plain(given, kind, waits=waits, exclusive=True)
    if kind == "course":
        return given.course(service)
    for size in _sizes(service, seats):
        try:
            return given.session(service, capacity=size)
        except NotJudged:
            continue
    return given.session(service, exclusive=True)


def another_session(given: Given, place: Place, *, alike: bool = True) -> Place:
    """Another session of the class that nobody else books, as large unless it need not be."""
    if alike:
        return given.session(place.service, capacity=place.capacity)
    return given.session(place.service, exclusive=True)


def _sizes(service: Service, seats: int) -> list[int]:
    sizes = {session.capacity for session in service.sessions if session.capacity is not None}
    return sorted(size for size in sizes if size >= seats)


@define
class Seats:
    """Counts the seats of places by trying to book them: a CREATED booking holds none."""

    client: Client
    given: Given
    expect: Expect

    def left(self, place: Place, at_least: int = 1) -> int:
        """How many there are before the story begins; too few leave the rule not judged.

        Those of a target that never refuses, or refuses for its policy, can't be counted.
        """
        if place.capacity is not None:
            self._tried(place, place.capacity + 1)
        left = self.given.seats_left(place)
        if left < at_least:
            raise NotJudged(f"{place.service.name} has {left} seats left, {at_least} are needed")
        return left

    def exactly(
        self, rule: str, place: Place, left: int, where: str, circumstance: str | None = None
    ) -> bool:
        """So many are left there now, neither fewer nor more."""
        return self.at_least(rule, place, left, where, circumstance) and self.at_most(
            rule, place, left, where, circumstance
        )

    def at_most(
        self, rule: str, place: Place, left: int, where: str, circumstance: str | None = None
    ) -> bool:
        """No more than so many are left there now."""
        more = self._tried(place, left + 1)
        return self.expect.that(
            rule,
            not more.accepted,
            expected=f"{left} seats left {where}",
            actual=f"{left + 1} are booked",
            circumstance=circumstance,
            at=more,
            check=Refused(),
        )

    def at_least(
        self, rule: str, place: Place, left: int, where: str, circumstance: str | None = None
    ) -> bool:
        """No fewer than so many are left there now."""
        if not left:
            return True
        fitting = self._tried(place, left)
        return self.expect.that(
            rule,
            fitting.accepted,
            expected=f"{left} seats left {where}",
            actual=f"{left} are refused: {fitting.summary}",
            circumstance=circumstance,
            at=fitting,
            check=Accepted(),
        )

    def _tried(self, place: Place, participants: int) -> Answer:
        body = self.given.body(place, participants=participants)
        answer = self.client.call("createBooking", body=body)
        if answer.status == POLICY:
            raise NotJudged(f"the policy of {place.service.name}, not its seats, limits bookings")
        if not (answer.accepted or answer.status in (409, 428)):
            raise NotReached(f"trying {participants} seats was answered {answer.summary}")
        return answer


def headcount(seen: Seen) -> int | None:
    """How many take part in a booking, by its total or its choices."""
    parts = _parts(seen)
    return sum(number for number, _ in parts) if parts else seen.total_participants


# Variants


def choices(given: Given, place: Place, numbers: Mapping[str, int]) -> dict[str, Any]:
    """participantsChoices that take these variants of the place's service."""
    chosen: dict[str, Any] = given.body(place, choices=numbers)["booking"]["participantsChoices"]
    return chosen


def unknown_choices(what: str, service: Service) -> dict[str, Any]:
    """participantsChoices that the service does not have, in the way that `what` says."""
    option, known = service.choices[0].option_id, service.choices[0].values[0]
    parts = {
        "an unknown value": [(option, "No such variant")],
        "an unknown option": [(UNKNOWN, known)],
        "a known and an unknown value": [(option, known), (option, "No such variant")],
    }
    return {
        "serviceChoices": [
            {"numberOfParticipants": 1, "choices": [{"optionId": which, "custom": value}]}
            for which, value in parts[what]
        ]
    }


UNKNOWN_CHOICES = ("an unknown value", "an unknown option", "a known and an unknown value")


def chosen(seen: Seen) -> list[str]:
    """The variants that a booking shows, in words that compare: "2 Adult"."""
    return sorted(f"{number} {' '.join(values)}".rstrip() for number, values in _parts(seen))


def _parts(seen: Seen) -> list[tuple[int, list[str]]]:
    shown = (seen.raw.get("participantsChoices") or {}).get("serviceChoices") or []
    return [
        (part.get("numberOfParticipants") or 1, sorted(_values(part))) for part in shown if part
    ]


def _values(part: Mapping[str, Any]) -> Iterator[str]:
    for choice in part.get("choices") or []:
        yield str(choice.get("custom") or choice.get("choiceId") or choice.get("optionId"))


# What became of a booking


def stored(given: Given, booking: Seen) -> Seen:
    """The booking as the reader shows it now; without it nothing can be said of its state."""
    found = given.read(booking)
    if found is None:
        raise NotJudged(f"the reader does not show a {booking.status} booking")
    return found


def whereabouts(seen: Seen) -> tuple[object, ...]:
    """What tells one booked slot from another."""
    return tuple(seen.slot.get(key) for key in ("sessionId", "eventId", "startDate", "endDate"))


def as_it_is_or_not(before: Seen, answer: Answer, after: Seen) -> str | None:
    """A: refused, and its status stays. B: answered, and nothing of it changes."""
    if after.status != before.status:
        return None
    if answer.refused:
        return "A"
    same = answer.accepted and after.revision == before.revision
    return "B" if same and answer.booking.status == before.status else None


def moved_or_not(before: Seen, answer: Answer, after: Seen) -> str | None:
    """A: refused and where it was. B: accepted and elsewhere."""
    stayed = whereabouts(after) == whereabouts(before)
    if answer.refused and stayed:
        return "A"
    return "B" if answer.accepted and not stayed else None


def resized_or_not(before: Seen, answer: Answer, after: Seen, number: int) -> str | None:
    """A: refused and as many as before. B: accepted and as many as asked for."""
    if answer.refused and headcount(after) == headcount(before):
        return "A"
    return "B" if answer.accepted and headcount(after) == number else None
