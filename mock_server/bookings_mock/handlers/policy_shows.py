"""A booking policy as the API shows it, with the defaults that the API has for what it lacks."""

from typing import Any

from bookings_mock.domain.catalog import BookingPolicy, Policy
from bookings_mock.domain.times import rfc3339


def show_policy(one: BookingPolicy) -> dict[str, Any]:
    """A policy with every part of it."""
    return {
        "id": one.id,
        "revision": str(one.revision),
        "name": one.name,
        "default": one.default,
        **show_terms(one.policy),
        **one.details,
        "createdDate": rfc3339(one.created),
        "updatedDate": rfc3339(one.updated),
    }


def show_terms(policy: Policy) -> dict[str, Any]:
    """What customers may do, part by part."""
    return {
        "customPolicyDescription": {"enabled": False, "description": ""},
        "limitEarlyBookingPolicy": _since(
            "earliestBookingInMinutes", policy.book_from_minutes, 10080
        ),
        "limitLateBookingPolicy": _since("latestBookingInMinutes", policy.book_until_minutes, 1440),
        "bookAfterStartPolicy": {"enabled": False},
        "cancellationPolicy": _until("Cancellation", policy.cancel, policy.cancel_until_minutes),
        "reschedulePolicy": _until(
            "Reschedule", policy.reschedule, policy.reschedule_until_minutes
        ),
        "waitlistPolicy": {
            "enabled": policy.waitlist_capacity is not None,
            "capacity": policy.waitlist_capacity or 10,
            "reservationTimeInMinutes": policy.waitlist_window,
        },
        # Only the capacity limits how many a booking is for: this is the greatest there can be.
        "participantsPolicy": {"maxParticipantsPerBooking": 1000},
        "resourcesPolicy": {"enabled": False, "autoAssignAllowed": False},
        "cancellationFeePolicy": {
            "enabled": False,
            "cancellationWindows": [],
            "autoCollectFeeEnabled": True,
        },
        "saveCreditCardPolicy": {"enabled": False},
        "intakeFormPolicy": {"enabled": False},
    }


def _since(name: str, minutes: int | None, default: int) -> dict[str, Any]:
    return {"enabled": minutes is not None, name: default if minutes is None else minutes}


def _until(what: str, word: str, minutes: int | None) -> dict[str, Any]:
    return {
        "enabled": word == "allowed",
        f"limitLatest{what}": minutes is not None,
        f"latest{what}InMinutes": 1440 if minutes is None else minutes,
        "allowAnonymous": word == "allowed",
    }
