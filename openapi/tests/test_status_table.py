"""Status by operation, written by hand from the API's pages and compared with x-lifecycle.

Neither program reads this table. Each cell says what follows and where that is written: "moves to",
"stays", "refused", or "open" with the rule that leaves it open, where the pages are silent or
disagree.
"""

import pytest

from bookings_openapi import Move, lifecycle

WRITER = "Wix Bookings V2 API"
TYPINGS = "typings of @wix/bookings"

# These make bookings, which have no status before.
MAKERS = {"createBooking", "bulkCreateBooking"}

TABLE: dict[str, dict[str, tuple[str, str]]] = {
    "confirmBooking": {
        "CREATED": ("moves to CONFIRMED", f"{WRITER}, Confirm Booking: named as a source"),
        "PENDING": ("moves to CONFIRMED", f"{WRITER}, Confirm Booking: named as a source"),
        "CONFIRMED": ("refused", f"{WRITER}, Confirm Booking: only three sources, not this"),
        "CANCELED": ("refused", f"{WRITER}, Confirm Booking: only three sources, not this"),
        "DECLINED": ("refused", f"{WRITER}, Confirm Booking: only three sources, not this"),
        "WAITING_LIST": ("moves to CONFIRMED", f"{WRITER}, Confirm Booking: named as a source"),
    },
    "declineBooking": {
        "CREATED": ("open: DECLINE-2", f"{WRITER}, Decline Booking: two sentences disagree"),
        "PENDING": ("moves to DECLINED", f"{WRITER}, Decline Booking: a source in both sentences"),
        "CONFIRMED": ("refused", f"{WRITER}, Decline Booking: a source in neither sentence"),
        "CANCELED": ("refused", f"{WRITER}, Decline Booking: a source in neither sentence"),
        "DECLINED": ("refused", f"{WRITER}, Decline Booking: a source in neither sentence"),
        "WAITING_LIST": ("open: DECLINE-2", f"{WRITER}, Decline Booking: two sentences disagree"),
    },
    "cancelBooking": {
        "CREATED": ("moves to CANCELED", f"{WRITER}, Cancel Booking: no source is shut out"),
        "PENDING": ("moves to CANCELED", f"{WRITER}, Cancel Booking: no source is shut out"),
        "CONFIRMED": ("moves to CANCELED", f"{WRITER}, Cancel Booking: no source is shut out"),
        "CANCELED": ("open: CANCEL-5", f"{WRITER}, Cancel Booking: silent on ended bookings"),
        "DECLINED": ("open: CANCEL-5", f"{WRITER}, Cancel Booking: silent on ended bookings"),
        "WAITING_LIST": ("moves to CANCELED", f"{WRITER}, Cancel Booking: no source is shut out"),
    },
    "rescheduleBooking": {
        "CREATED": ("stays", f"{WRITER}, Reschedule Booking: names no status, in or out"),
        "PENDING": ("stays", f"{WRITER}, Reschedule Booking: names no status, in or out"),
        "CONFIRMED": ("stays", f"{WRITER}, Reschedule Booking: names no status, in or out"),
        "CANCELED": ("open: RESCHEDULE-8", f"{WRITER}, Reschedule Booking: silent on ended ones"),
        "DECLINED": ("open: RESCHEDULE-8", f"{WRITER}, Reschedule Booking: silent on ended ones"),
        "WAITING_LIST": ("stays", f"{WRITER}, Reschedule Booking: names no status, in or out"),
    },
    "updateNumberOfParticipants": {
        "CREATED": ("stays", f"{WRITER}, Update Number Of Participants: names no status"),
        "PENDING": ("stays", f"{WRITER}, Update Number Of Participants: names no status"),
        "CONFIRMED": ("stays", f"{WRITER}, Update Number Of Participants: names no status"),
        "CANCELED": ("open: PARTICIPANTS-6", f"{WRITER}, Update Number Of Participants: silent"),
        "DECLINED": ("open: PARTICIPANTS-6", f"{WRITER}, Update Number Of Participants: silent"),
        "WAITING_LIST": ("stays", f"{WRITER}, Update Number Of Participants: names no status"),
    },
    "updateExtendedFields": {
        "CREATED": ("stays", f"{WRITER}, Update Extended Fields: no word of status"),
        "PENDING": ("stays", f"{WRITER}, Update Extended Fields: no word of status"),
        "CONFIRMED": ("stays", f"{WRITER}, Update Extended Fields: no word of status"),
        "CANCELED": ("stays", f"{WRITER}, Update Extended Fields: no word of status"),
        "DECLINED": ("stays", f"{WRITER}, Update Extended Fields: no word of status"),
        "WAITING_LIST": ("stays", f"{WRITER}, Update Extended Fields: no word of status"),
    },
    "setBookingSubmissionId": {
        "CREATED": ("stays", f"{TYPINGS}, setBookingSubmissionId: no word of status"),
        "PENDING": ("stays", f"{TYPINGS}, setBookingSubmissionId: no word of status"),
        "CONFIRMED": ("stays", f"{TYPINGS}, setBookingSubmissionId: no word of status"),
        "CANCELED": ("stays", f"{TYPINGS}, setBookingSubmissionId: no word of status"),
        "DECLINED": ("stays", f"{TYPINGS}, setBookingSubmissionId: no word of status"),
        "WAITING_LIST": ("stays", f"{TYPINGS}, setBookingSubmissionId: no word of status"),
    },
    "markBookingAsPending": {
        "CREATED": ("moves to PENDING", f"{TYPINGS}, markBookingAsPending"),
        "PENDING": ("open: PENDING-6", f"{TYPINGS}, markBookingAsPending: silent on the others"),
        "CONFIRMED": ("open: PENDING-6", f"{TYPINGS}, markBookingAsPending: silent on the others"),
        "CANCELED": ("open: PENDING-6", f"{TYPINGS}, markBookingAsPending: silent on the others"),
        "DECLINED": ("open: PENDING-6", f"{TYPINGS}, markBookingAsPending: silent on the others"),
        "WAITING_LIST": ("open: PENDING-6", f"{TYPINGS}, markBookingAsPending: silent on these"),
    },
    "confirmOrDeclineBooking": {
        "CREATED": (
            "moves to CONFIRMED, PENDING or DECLINED",
            f"{WRITER}, How Bookings Are Confirmed or Declined: after Create Booking",
        ),
        "PENDING": ("open: CONFIRMATION-9", f"{WRITER}, Confirm Or Decline Booking: silent"),
        "CONFIRMED": ("open: CONFIRMATION-9", f"{WRITER}, Confirm Or Decline Booking: silent"),
        "CANCELED": ("open: CONFIRMATION-9", f"{WRITER}, Confirm Or Decline Booking: silent"),
        "DECLINED": ("open: CONFIRMATION-9", f"{WRITER}, Confirm Or Decline Booking: silent"),
        "WAITING_LIST": ("open: CONFIRMATION-9", f"{WRITER}, Confirm Or Decline Booking: silent"),
    },
}

CELLS = [
    pytest.param(operation, status, said, id=f"{operation}-{status}")
    for operation, row in TABLE.items()
    for status, (said, _) in row.items()
]


@pytest.mark.parametrize(("operation_id", "status", "said"), CELLS)
def test_the_lifecycle_says_what_the_pages_say(operation_id: str, status: str, said: str) -> None:
    assert _said(lifecycle()[operation_id], status) == said


def test_the_table_has_every_operation_and_every_status() -> None:
    assert set(TABLE) == set(lifecycle()) - MAKERS
    # Booking Object, status: its six values.
    statuses = {"CREATED", "CONFIRMED", "CANCELED", "PENDING", "DECLINED", "WAITING_LIST"}
    assert all(set(row) == statuses for row in TABLE.values())


def test_a_booking_begins_as_created() -> None:
    # createBooking, SDK: created in this status unless another one was asked for.
    for name in MAKERS & set(lifecycle()):
        assert lifecycle()[name].results == ("CREATED",)
        assert lifecycle()[name].sources == frozenset()
        assert lifecycle()[name].events == ("created",)


def test_the_kinds_of_service_that_are_shut_out() -> None:
    shut = {name: set(move.not_for) for name, move in lifecycle().items() if move.not_for}
    assert shut == {
        "rescheduleBooking": {"course"},  # Reschedule Booking: appointments and classes only
        "updateNumberOfParticipants": {"appointment"},  # Update Number: classes and courses only
    }


def test_the_operations_that_ask_for_a_revision() -> None:
    # Booking Object, revision; the other requests have no such field.
    asking = {name for name, move in lifecycle().items() if move.revision_checked}
    assert asking == {
        "confirmBooking",
        "declineBooking",
        "cancelBooking",
        "rescheduleBooking",
        "updateNumberOfParticipants",
        "markBookingAsPending",
    }


def test_the_events_that_each_operation_triggers() -> None:
    # The event pages' slugs; the last two are known to the typings and to current pages only.
    changes = {name: move.events for name, move in lifecycle().items() if name not in MAKERS}
    assert changes == {
        "rescheduleBooking": ("rescheduled",),
        "confirmBooking": ("confirmed",),
        "updateExtendedFields": ("updated",),
        "setBookingSubmissionId": ("updated",),
        "declineBooking": ("declined",),
        "cancelBooking": ("canceled",),
        "updateNumberOfParticipants": ("number_of_participants_updated",),
        "markBookingAsPending": ("markedAsPending",),
        "confirmOrDeclineBooking": ("confirmed", "markedAsPending", "declined"),
    }


def _said(move: Move, status: str) -> str:
    if status in move.open:
        return f"open: {move.open[status]}"
    if status not in move.sources:
        return "refused"
    if not move.results:
        return "stays"
    *most, last = move.results
    return f"moves to {', '.join(most)} or {last}" if most else f"moves to {last}"
