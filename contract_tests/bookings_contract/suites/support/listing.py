"""Shared by the suites about the V1 list: asking it, reading its answers, bookings to look for."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import define

import bookings_openapi
from bookings_contract.findings.checks import Meets
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import reached
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given, What
from bookings_contract.testkit.readback import WORDS

LIST = "listBookingsV1"
# The written forms of the paging parameters; one that works is enough.
FORMS = ("", ".value")
SECOND = timedelta(seconds=1)
PAGE, PAGES = 100, 50

# A filter as a mapping, or as JSON written by hand; None asks without one.
Filter = Mapping[str, object] | str | None


# Asking


def query_list(
    client: Client,
    filter: Filter = None,
    *,
    limit: int | None = None,
    offset: int | None = None,
    form: str = "",
    caller: str = "owner",
    more: Mapping[str, object] | None = None,
) -> Answer:
    """What the list answers; `more` are further parameters."""
    query: dict[str, object] = {}
    if filter is not None:
        query["query.filter.stringValue"] = (
            filter if isinstance(filter, str) else json.dumps(filter)
        )
    if limit is not None:
        query[f"query.paging.limit{form}"] = limit
    if offset is not None:
        query[f"query.paging.offset{form}"] = offset
    return client.call(LIST, query={**query, **(more or {})}, caller=caller)


def bookings(answer: Answer) -> list[Mapping[str, Any]]:
    """The bookings of an answer, in its order; a refusal shows none."""
    if not answer.accepted:
        return []
    entries = answer.at("bookingsEntries")
    return [answer.at("bookingsEntries", n, "booking") for n in range(len(entries))]


def ids(answer: Answer) -> list[str]:
    """The ids of an answer, in its order."""
    return [str(booking.get("id")) for booking in bookings(answer)]


def everything(client: Client, filter: Filter, caller: str = "owner") -> tuple[list[str], bool]:
    """All ids that pages lead to, and whether the end was met."""
    known: list[str] = []
    for form in FORMS:
        known = ids(query_list(client, filter, caller=caller))
        for _ in range(PAGES):
            page = query_list(
                client, filter, limit=PAGE, offset=len(known), form=form, caller=caller
            )
            found = ids(page)
            if page.accepted and not found:
                return known, True
            new = [one for one in found if one not in known]
            if not new:
                break
            known += new
    return known, False


def shown_alone(client: Client, given: Given, one: Seen) -> tuple[Answer, Mapping[str, Any]]:
    """The booking as the list shows it; where it isn't shown unasked, by its status."""
    given.settle()
    word = WORDS.get(one.status, one.status)
    for filter in ({"bookingId": one.id}, {"bookingId": one.id, "status": [one.status, word]}):
        answer = query_list(client, filter)
        for booking in bookings(answer):
            if booking.get("id") == one.id:
                return answer, booking
    raise NotReached(f"the list does not show a {one.status} booking by its id")


@define
class Listing:
    """Judges which of some bookings a list finds, whoever else's it finds as well."""

    client: Client
    given: Given
    expect: Expect

    def judged(
        self,
        rule: str,
        filter: Filter,
        *,
        finds: Sequence[Seen] = (),
        leaves: Sequence[Seen] = (),
        circumstance: str | None = None,
        caller: str = "owner",
    ) -> bool:
        """The list finds the ones, each once, and leaves out the others."""
        self.given.settle()
        answer = query_list(self.client, filter, caller=caller)
        if not self.expect.accepted(answer, rule, circumstance=circumstance):
            return False
        missing = self.missing(filter, finds, answer, caller)
        shown = ids(answer)
        twice = [one for one in finds if shown.count(one.id) > 1]
        surplus = [one for one in leaves if one.id in shown]
        wrong = {"without": missing, "twice": twice, "with": surplus}
        return self.expect.that(
            rule,
            not any(wrong.values()),
            expected=f"a list with {_named(finds)} and without {_named(leaves)}",
            actual=", ".join(f"{how} {_named(ones)}" for how, ones in wrong.items() if ones),
            circumstance=circumstance,
            at=answer,
            check=Meets(tuple(b.id for b in finds), tuple(b.id for b in leaves)),
        )

    def missing(
        self, filter: Filter, wanted: Sequence[Seen], answer: Answer, caller: str = "owner"
    ) -> list[Seen]:
        """Those that the answer does not show, nor any page after it."""
        absent = _absent(wanted, ids(answer))
        if not absent:
            return []
        known, whole = everything(self.client, filter, caller)
        absent = _absent(wanted, known)
        if absent and not whole and not self.client.target.ours:
            raise NotJudged("the V1 list is too long to be walked to its end")
        return absent


def _absent(wanted: Iterable[Seen], shown: Sequence[str]) -> list[Seen]:
    return [one for one in wanted if one.id not in shown]


def _named(found: Sequence[Seen]) -> str:
    words = [f"the {one.status} {one.id[:8]}…" for one in found]
    return ", ".join(words) or "any other"


def expect_unlisted(
    listing: Listing, rule: str, filter: Filter, one: Seen, caller: str, about: str
) -> None:
    """The list does not show it on any page; refusing to answer is as good."""
    listing.given.settle()
    answer = query_list(listing.client, filter, caller=caller)
    if not (answer.accepted or answer.refused):
        raise NotReached(f"the list was answered {answer.summary}")
    found = one.id in ids(answer)
    known, _ = ([], True) if found or answer.refused else everything(listing.client, filter, caller)
    listing.expect.that(
        rule,
        not found and one.id not in known,
        expected=f"a list without the booking {one.id[:8]}…, which is not the caller's",
        actual=f"{answer.status}, with it",
        circumstance=about,
        at=answer,
        check=Meets((), (one.id,)),
    )


# Bookings to look for


def confirmed(given: Given, what: What = "class", **body: Any) -> Seen:
    """A CONFIRMED booking, which no list leaves out unasked.

    The site's owner may ask for that status at creation; where it isn't answered, it is confirmed.
    """
    place = given.place(what)
    asked = given.body(place, **{**body, "status": "CONFIRMED"})
    answer = given.client.call("createBooking", body=asked)
    if not answer.accepted:
        return given.booking(place, "CONFIRMED", **body)
    if answer.booking.status == "CONFIRMED":
        return answer.booking
    made = reached(given.client.act("confirmBooking", answer.booking)).booking
    if made.status != "CONFIRMED":
        raise NotReached(f"a CONFIRMED booking was wanted, {made.status} was answered")
    return made


def sessions(given: Given, number: int) -> list[Place]:
    """So many sessions of one class."""
    first = given.session()
    places = [first, *(given.session(first.service) for _ in range(number - 1))]
    if len({place.session_id for place in places}) < number:
        raise NotJudged(f"the target file names too few sessions of {first.service.name}")
    return places


def contact(given: Given, booking: Seen) -> str:
    """The contact that a booking is for; it may be known a moment after the booking is."""
    if booking.contact_id is not None:
        return booking.contact_id
    shown = given.read(booking, until=lambda seen: seen.contact_id is not None)
    if shown is None or shown.contact_id is None:
        raise NotJudged("no contactId is shown for a booking")
    return shown.contact_id


def same_contact(given: Given, booking: Seen) -> dict[str, Any]:
    """contactDetails of another booking for the same contact."""
    known = booking.raw.get("contactDetails") or {}
    kept = {key: known[key] for key in ("firstName", "lastName", "email") if known.get(key)}
    return {**kept, "contactId": contact(given, booking)}


def of_one_contact(given: Given, places: Sequence[Place]) -> list[Seen]:
    """CONFIRMED bookings for one contact that nobody else books for, in the order of the places."""
    made = [confirmed(given, places[0])]
    details = same_contact(given, made[0])
    made += [confirmed(given, place, contactDetails=details) for place in places[1:]]
    if {contact(given, one) for one in made} != {details["contactId"]}:
        raise NotJudged("bookings made for one contactId are shown with another")
    return made


def made_by(given: Given, caller: str, what: What) -> Seen:
    """A booking that a member made, for the contact that it is."""
    known = given.client.target.caller(caller).contact_id
    details = {"firstName": "Judge", **({"contactId": known} if known else {})}
    body = given.body(what, contactDetails=details)
    answer = given.client.call("createBooking", body=body, caller=caller)
    refusal = bookings_openapi.rules()["AUTH-8"].answer()
    if refusal and answer.refused and answer.status in refusal.status:
        raise NotJudged("members may not create bookings here (the second reading of AUTH-8)")
    made = reached(answer).booking
    creator = made.raw.get("createdBy") or {}
    if len({known, made.contact_id, creator.get("contactId")} - {None}) > 1:
        raise NotJudged("a member's booking is for another contact than the member's own")
    return made


# What a filter says of a booking


def moment(booking: Seen, key: str) -> datetime:
    """A date of a booking, such as startDate."""
    try:
        found = datetime.fromisoformat(str(booking.raw.get(key) or booking.slot.get(key)))
    except ValueError:
        raise NotJudged(f"no readable {key} is shown for a booking") from None
    if found.tzinfo is None:
        raise NotJudged(f"the {key} shown for a booking says no time zone")
    return found.astimezone(UTC)


def written(time: datetime) -> str:
    """A time as the pages write it in a filter."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def session_of(booking: Seen) -> str:
    """The session that a booking is made to."""
    return _told(booking.slot.get("sessionId") or booking.slot.get("eventId"), "sessionId")


def schedule_of(booking: Seen) -> str:
    """The schedule that a booking, or its session, is of."""
    found = booking.slot.get("scheduleId") or booking.schedule.get("scheduleId")
    return _told(found, "scheduleId")


def value(given: Given, key: str, booking: Seen) -> object:
    """What a filter by this key says to find the booking."""
    if key == "startTime":
        start = moment(booking, "startDate")
        return {"$gte": written(start), "$lt": written(start + SECOND)}
    if key == "endTime":
        end = moment(booking, "endDate")
        return {"$gt": written(end - SECOND), "$lte": written(end)}
    if key == "contactId":
        return contact(given, booking)
    if key == "sessionId":
        return session_of(booking)
    if key == "scheduleId":
        return schedule_of(booking)
    return booking.status if key == "status" else booking.id


def asking(given: Given, key: str | None, one: Seen) -> Mapping[str, object] | None:
    """A filter by this key that the booking passes; without a key, none."""
    return None if key is None else {key: value(given, key, one)}


def unlike(given: Given, keys: Collection[str]) -> tuple[Seen, Seen]:
    """Two bookings that differ in all of these filter keys.

    Both are CONFIRMED unless the status is among the keys: the list may hide others unasked.
    """
    here, there = sessions(given, 2)
    one = confirmed(given, here)
    # A class's sessions share its schedule, so the other one is a course's.
    where: What = "course" if "scheduleId" in keys else there
    canceled = "status" in keys
    other = given.booking(where, "CANCELED") if canceled else confirmed(given, where)
    if _alike(given, keys, one, other) and where == "course":
        # A course may begin together with a session of the class.
        one = confirmed(given, there)
    if alike := _alike(given, keys, one, other):
        raise NotJudged(f"no two places of the target differ in {alike}")
    return one, other


def _alike(given: Given, keys: Collection[str], one: Seen, other: Seen) -> str:
    """The keys by which a filter would find both."""
    return ", ".join(key for key in keys if value(given, key, one) == value(given, key, other))


def _told(found: object, key: str) -> str:
    if not found:
        raise NotJudged(f"no {key} is shown for a booking")
    return str(found)
