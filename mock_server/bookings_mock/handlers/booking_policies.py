"""Booking policies, the policies that bookings were made under, and what canceling costs."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import Booking
from bookings_mock.domain.catalog import BookingPolicy, Policy, found
from bookings_mock.domain.rules import catalog as rules_of
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.catalog_shows import derived_id
from bookings_mock.handlers.entities import Json, Kind, counting, getting, known, querying
from bookings_mock.handlers.handler import Handler, visible
from bookings_mock.handlers.policy_shows import show_policy


def _every(call: Call) -> Iterator[Json]:
    return map(show_policy, call.world.site.catalog.policies)


POLICIES = Kind("bookingPolicy", "bookingPolicies", _every)


async def strictest(call: Call) -> Any:
    """Get Strictest Booking Policy: of each part the strictest of those named."""
    ids = call.body["bookingPolicyIds"]
    for one in ids:
        known(call, POLICIES, one)
    named = [found(call.world.site.catalog.policies, one) for one in ids]
    policies = [one.policy for one in named if one is not None] or [Policy()]
    shown = show_policy(BookingPolicy(id="", name="", policy=_strictest(policies)))
    return {"bookingPolicy": {**shown, "id": None, "name": None, "revision": None}}


def _strictest(policies: list[Policy]) -> Policy:
    return Policy(
        cancel="forbidden" if any(p.cancel == "forbidden" for p in policies) else "allowed",
        reschedule="forbidden" if any(p.reschedule == "forbidden" for p in policies) else "allowed",
        book_from_minutes=_least(p.book_from_minutes for p in policies),
        book_until_minutes=_most(p.book_until_minutes for p in policies),
        cancel_until_minutes=_most(p.cancel_until_minutes for p in policies),
        reschedule_until_minutes=_most(p.reschedule_until_minutes for p in policies),
    )


def _least(minutes: Iterator[int | None]) -> int | None:
    return min((one for one in minutes if one is not None), default=None)


def _most(minutes: Iterator[int | None]) -> int | None:
    return max((one for one in minutes if one is not None), default=None)


async def set_default(call: Call) -> Any:
    """Set Default Booking Policy."""
    named = known(call, POLICIES, call.path["bookingPolicyId"])
    site = call.world.site
    before = next(one for one in site.catalog.policies if one.default)
    changed = tuple(_default(one, named["id"], call) for one in site.catalog.policies)
    call.world.change(evolve(site, catalog=evolve(site.catalog, policies=changed)))
    now = next(one for one in changed if one.default)
    previous = next(one for one in changed if one.id == before.id)
    return {
        "currentDefaultBookingPolicy": show_policy(now),
        "previousDefaultBookingPolicy": show_policy(previous),
    }


def _default(one: BookingPolicy, chosen: str, call: Call) -> BookingPolicy:
    if one.default is (one.id == chosen):
        return one
    revision = one.revision + 1
    return evolve(one, default=not one.default, revision=revision, updated=call.ground.now)


# What a booking keeps of a policy.
_KEPT = (
    "id", "revision", "name", "customPolicyDescription", "default", "cancellationPolicy",
    "reschedulePolicy", "cancellationFeePolicy", "saveCreditCardPolicy",
)  # fmt: skip


async def snapshots(call: Call) -> Any:
    """List Policy Snapshots By Booking Ids: a booking keeps the policy that it was made under."""
    bookings = [_of_caller(call, one) for one in call.query["bookingIds"]]
    return {"bookingPolicySnapshots": [_snapshot(call, one) for one in bookings if one]}


def _of_caller(call: Call, booking_id: str) -> Booking | None:
    booking = call.world.booking(booking_id.lower())
    own = booking if booking and visible(call, booking) else None
    call.ground.rules.require(rules_of.there, own, "policy snapshot", "snapshot")
    return own


def _snapshot(call: Call, booking: Booking) -> dict[str, Any]:
    service = call.world.site.service(booking.entity.service_id)
    named = found(call.world.site.catalog.policies, service.policy_id if service else None)
    policy = named or BookingPolicy(id=booking.id, name="")
    shown = show_policy(evolve(policy, policy=booking.policy))
    return {
        "id": derived_id(booking.id, "policy"),
        "bookingId": booking.id,
        "policy": {key: shown[key] for key in _KEPT if key in shown},
        "createdDate": rfc3339(booking.created),
    }


async def fees(call: Call) -> Any:
    """List Booking Fees By Booking Ids: no policy of the mock takes a fee."""
    return {"bookingFees": [], "pagingMetadata": {"count": 0, "cursors": {}, "hasNext": False}}


OPERATIONS: Mapping[str, Handler] = {
    "queryBookingPolicies": querying(POLICIES),
    "countBookingPolicies": counting(POLICIES),
    "getBookingPolicy": getting(POLICIES, "bookingPolicyId"),
    "getStrictestBookingPolicy": strictest,
    "setDefaultBookingPolicy": set_default,
    "listPolicySnapshotsByBookingIds": snapshots,
    "listBookingFeesByBookingIds": fees,
}
