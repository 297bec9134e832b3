"""Rules on a booking that is made, alone or as one of many."""

from collections.abc import Iterator
from typing import Any

from bookings_contract.findings.checks import Holds
from bookings_contract.oracle.case import WRITES, Case
from bookings_contract.oracle.known_facts import Offer, Room
from bookings_contract.oracle.rulings import Ruling, breach, equal, held, within
from bookings_contract.oracle.shadow import Raw, headcount, moment

MAKING = ("createBooking", "bulkCreateBooking")
FIRST = "1"
# What comes back just as it was sent; an object may have grown.
KEPT = ("externalUserId", "contactDetails", "additionalFields", "totalParticipants")
# Parts of the contact that a server may have another word on: whose it is, and how it is written.
NOT_AS_SENT = frozenset({"contactId", "phone", "timeZone", "fullAddress"})


@WRITES.rule("CREATE-4")
def created_first(case: Case) -> Ruling | None:
    """A new booking is CREATED unless asked otherwise."""
    if case.done is None or not case.plain or case.body.get("status"):
        return None
    (first,) = case.move.results
    shown = case.done.get("status")
    return equal("status", shown, first, check=Holds("status", first, shown))


@WRITES.rule("REVISION-1")
def first_revision(case: Case) -> Ruling | None:
    """A new booking's revision is the first, a string of digits."""
    if case.done is None:
        return None
    shown = case.done.get("revision")
    return equal("revision", shown, FIRST, check=Holds("revision", FIRST, shown))


@WRITES.rule("CREATE-12")
def unpaid_first(case: Case) -> Ruling | None:
    """A new booking's payment status is UNDEFINED."""
    shown = (case.done or {}).get("paymentStatus")
    if shown is None:
        return None
    check = Holds("paymentStatus", "UNDEFINED", shown)
    return equal("paymentStatus", shown, "UNDEFINED", check=check)


@WRITES.rule("CREATE-21")
def made_at_one_time(case: Case) -> Ruling | None:
    """A new booking was changed when it was made."""
    made, changed = ((case.done or {}).get(key) for key in ("createdDate", "updatedDate"))
    if made is None or changed is None:
        return None
    return equal("updatedDate", moment(changed), moment(made), circumstance="dates")


@WRITES.rule("CREATE-22")
def comes_back_as_sent(case: Case) -> Ruling | None:
    """What the caller may write comes back."""
    if case.done is None or not case.plain or case.whole.get("formSubmission"):
        return None
    for field, value in _as_sent(case.body):
        if not within(value, case.done.get(field)):
            shown = case.done.get(field)
            return breach(f"{field} {value}", f"{field} {shown}", circumstance=field)
    return held()


def _as_sent(asked: Raw) -> Iterator[tuple[str, Any]]:
    for field in KEPT:
        value = asked.get(field)
        if field == "contactDetails" and isinstance(value, dict):
            yield field, {k: v for k, v in value.items() if v and k not in NOT_AS_SENT}
        elif value:
            yield field, value


@WRITES.rule("CREATE-22")
def the_payment_option_too(case: Case) -> Ruling | None:
    """So does the payment option, which UNDEFINED leaves open."""
    asked = case.body.get("selectedPaymentOption")
    if case.done is None or not case.plain or asked in (None, "UNDEFINED"):
        return None
    shown = case.done.get("selectedPaymentOption")
    return equal("selectedPaymentOption", shown, asked, circumstance="selectedPaymentOption")


@WRITES.rule("CREATE-22")
def as_many_as_were_sent(case: Case) -> Ruling | None:
    """And the number of participants, by whatever choices."""
    asked, shown = headcount(case.body), headcount(case.done or {})
    if not case.plain or asked is None or shown is None:
        return None
    return equal("participants", shown, asked)


@WRITES.rule("CREATE-6")
def the_sessions_own_times(case: Case) -> Ruling | None:
    """A session that is named is booked at its own time, whatever the caller said of it."""
    if case.done is None or not case.plain:
        return None
    asked = (case.body.get("bookedEntity") or {}).get("slot") or {}
    room = case.scene.facts.rooms.get(asked.get("sessionId") or asked.get("eventId") or "")
    shown = (case.done.get("bookedEntity") or {}).get("slot") or {}
    if room is None:
        return None
    for field, own in (("startDate", room.start), ("endDate", room.end)):
        was, became = moment(asked.get(field)), moment(shown.get(field), shown.get("timezone"))
        if was is None or became is None or was == moment(own):
            continue
        # Only a time that is just what the caller said tells whose word counts.
        if became == was:
            return breach(f"{field} {own}, the session's", f"{field} {shown.get(field)}")
        return held()
    return None


@WRITES.rule("CREATE-8")
def sessions_that_exist(case: Case) -> Ruling | None:
    """A class is booked by a session that it has."""
    if not case.plain:
        return None
    slot = (case.body.get("bookedEntity") or {}).get("slot") or {}
    offer = case.scene.facts.offers.get(slot.get("serviceId") or "")
    named = slot.get("eventId") or slot.get("sessionId")
    if offer is None or offer.kind != "class" or not named:
        return None
    room = case.scene.facts.rooms.get(named)
    strange = room.service_id != offer.id if room else case.scene.facts.alone
    if not strange:
        return None
    if case.accepted and room is not None and _booked_there(case, room):
        return None
    if case.accepted:
        return breach("refused: the class has no such session", case.summary)
    return held() if case.refused else None


def _booked_there(case: Case, room: Room) -> bool:
    """Whether the session's own class was booked, whatever a caller said beside the session."""
    shown = ((case.done or {}).get("bookedEntity") or {}).get("slot") or {}
    own = case.scene.facts.offers.get(room.service_id)
    return own is not None and own.kind == "class" and shown.get("serviceId") == own.id


@WRITES.rule("CREATE-9")
def booked_as_its_kind(case: Case) -> Ruling | None:
    """A course is booked by schedule, the others by slot."""
    entity = case.body.get("bookedEntity") or {}
    offer = case.scene.offer(entity) if case.plain else None
    if offer is None or bool(entity.get("slot")) == bool(entity.get("schedule")):
        return None
    # Whether a class may be booked by its schedule is open.
    if bool(entity.get("schedule")) == (offer.kind == "course") or offer.kind == "class":
        return None
    if case.accepted:
        how = "schedule" if entity.get("schedule") else "slot"
        return breach(f"refused: a {offer.kind} is not booked by {how}", case.summary)
    return held() if case.refused else None


@WRITES.rule("CREATE-3")
def choices_of_the_service(case: Case) -> Ruling | None:
    """Choices that the service does not have are refused."""
    offer = case.scene.offer(case.body.get("bookedEntity") or {}) if case.plain else None
    return unknown_choices(case, offer)


def unknown_choices(case: Case, offer: Offer | None) -> Ruling | None:
    """Whether a call was accepted that names choices which the service does not have."""
    strange = _strange(case.body, offer) if offer and case.plain else None
    if strange is None:
        return None
    if case.accepted:
        return breach(f"refused: the service has no choice {strange}", case.summary)
    return held() if case.refused else None


def _strange(asked: Raw, offer: Offer) -> str | None:
    rows = (asked.get("participantsChoices") or {}).get("serviceChoices") or ()
    for choice in (one for row in rows for one in row.get("choices") or ()):
        option, value = choice.get("optionId"), choice.get("custom")
        if not offer.options or option is None:
            return None
        if option not in offer.options:
            return str(option)
        if value is not None and value not in offer.options[option]:
            return str(value)
    return None
