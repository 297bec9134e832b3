"""Miniatures of revisions: single operations that count, check or date otherwise than the rest."""

from datetime import timedelta
from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import envelopes
from bookings_mock.handlers.reads import read_participants
from bookings_mock.miniatures.further.ways import under
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import never
from bookings_mock.rim.answers import Answer, Exchange


def _not_older(booking: Booking, passed: str | None) -> str | None:
    return None if int(passed or 0) >= booking.revision else "an older revision was passed"


def _or_none_at_all(booking: Booking, passed: str | None) -> Refusal | None:
    return None if passed == "0" else envelopes.current_revision(booking, passed)


def _as_text(booking: Booking, passed: str | None) -> str | None:
    return None if str(passed) >= str(booking.revision) else "an older revision was passed"


def _previous_too(booking: Booking, passed: str | None) -> Refusal | None:
    lately = passed == str(booking.revision - 1)
    return None if lately else envelopes.current_revision(booking, passed)


def _refused_but_resized(exchange: Exchange, answer: Answer) -> Answer:
    """A refused update of the participants is stored all the same."""
    call = exchange.call
    refused = call is not None and answer.status >= 400
    if call is None or not refused or call.operation != "updateNumberOfParticipants":
        return answer
    booking, wanted = call.world.booking(call.path["bookingId"]), read_participants(call.body)
    if booking and wanted:
        call.world.put(evolve(booking, participants=wanted))
    return answer


def _refused_but_counted(exchange: Exchange, answer: Answer) -> Answer:
    """A refused reschedule raises the revision."""
    call = exchange.call
    if call is None or answer.status < 400 or call.operation != "rescheduleBooking":
        return answer
    booking = call.world.booking(call.path["bookingId"])
    if booking:
        call.world.put(evolve(booking, revision=booking.revision + 1))
    return answer


def _refused_but_paid(exchange: Exchange, answer: Answer) -> Answer:
    """A refused confirmation sets the payment status."""
    call = exchange.call
    if call is None or answer.status < 400 or call.operation != "confirmBooking":
        return answer
    booking, paid = call.world.booking(call.path["bookingId"]), call.body.get("paymentStatus")
    if booking and paid:
        call.world.put(evolve(booking, payment_status=paid))
    return answer


def _on(operation: str, **bends: Any) -> dict[str, Any]:
    return {operation: under({getattr(envelopes, name): bend for name, bend in bends.items()})}


REVISIONS: tuple[Miniature, ...] = (
    Miniature(
        name="rescheduling-raises-by-two",
        rule="REVISION-2",
        about="rescheduling, and nothing else, raises the revision by two",
        handlers=_on("rescheduleBooking", next_revision=lambda revision: revision + 2),
    ),
    Miniature(
        name="participants-keep-the-revision",
        rule="REVISION-2",
        about="updating the participants leaves the revision",
        handlers=_on("updateNumberOfParticipants", next_revision=lambda revision: revision),
    ),
    Miniature(
        name="checkout-keeps-the-revision",
        rule="REVISION-2",
        about="Confirm Or Decline leaves the revision",
        handlers=_on("confirmOrDeclineBooking", next_revision=lambda revision: revision),
    ),
    Miniature(
        name="stale-cancelations-are-accepted",
        rule="REVISION-3",
        about="canceling, and nothing else, takes any revision",
        handlers=_on("cancelBooking", current_revision=never),
    ),
    Miniature(
        name="stale-participants-are-accepted",
        rule="REVISION-3",
        about="updating the participants, and nothing else, takes any revision",
        handlers=_on("updateNumberOfParticipants", current_revision=never),
    ),
    Miniature(
        name="newer-revisions-are-accepted",
        rule="REVISION-3",
        about="only an older revision is refused, one that does not exist yet is not",
        replaces={envelopes.current_revision: _not_older},
    ),
    Miniature(
        name="the-previous-revision-will-do",
        rule="REVISION-3",
        about="the revision before the current one is accepted as well",
        replaces={envelopes.current_revision: _previous_too},
    ),
    Miniature(
        name="revision-zero-is-accepted",
        rule="REVISION-3",
        about="revision 0 passes for any",
        replaces={envelopes.current_revision: _or_none_at_all},
    ),
    Miniature(
        name="revisions-are-compared-as-text",
        rule="REVISION-3",
        about="revisions are compared letter by letter, and only an older one is refused",
        replaces={envelopes.current_revision: _as_text},
    ),
    Miniature(
        name="confirming-leaves-the-date",
        rule="REVISION-5",
        about="updatedDate does not move when a booking is confirmed",
        handlers=_on("confirmBooking", update_time=lambda booking, now: booking.updated),
    ),
    Miniature(
        name="canceling-sets-the-date-back",
        rule="REVISION-5",
        about="updatedDate goes back by an hour when a booking is canceled",
        handlers=_on("cancelBooking", update_time=lambda booking, now: now - timedelta(hours=1)),
    ),
    Miniature(
        name="refused-participants-are-stored",
        rule="REVISION-6",
        about="an update of the participants that is refused is stored all the same",
        bend=_refused_but_resized,
    ),
    Miniature(
        name="refused-moves-raise-the-revision",
        rule="REVISION-6",
        about="a refused reschedule, and no other refusal, raises the revision",
        bend=_refused_but_counted,
    ),
    Miniature(
        name="stale-cancelations-in-bulk-are-accepted",
        rule="REVISION-3",
        about="canceling in bulk, and nothing else, takes any revision",
        handlers=_on("bulkCancelBooking", current_revision=never),
    ),
    Miniature(
        name="canceling-in-bulk-keeps-the-revision",
        rule="REVISION-2",
        about="canceling in bulk leaves the revision",
        handlers=_on("bulkCancelBooking", next_revision=lambda revision: revision),
    ),
    Miniature(
        name="deciding-in-bulk-leaves-the-date",
        rule="REVISION-5",
        about="updatedDate does not move when a booking is decided on in bulk",
        handlers=_on(
            "bulkConfirmOrDeclineBooking", update_time=lambda booking, now: booking.updated
        ),
    ),
    Miniature(
        name="moving-leaves-the-date",
        rule="REVISION-5",
        about="updatedDate does not move when a booking is rescheduled",
        handlers=_on("rescheduleBooking", update_time=lambda booking, now: booking.updated),
    ),
    Miniature(
        name="refused-confirmations-are-paid",
        rule="REVISION-6",
        about="the payment status of a confirmation that is refused is stored all the same",
        bend=_refused_but_paid,
    ),
)
