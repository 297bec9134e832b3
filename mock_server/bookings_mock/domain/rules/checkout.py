"""Rules of the checkout: what the orders of eCommerce do to a booking."""

from collections.abc import Mapping

from bookings_mock.domain.rulebook import either, rule

Results = tuple[str, ...]


@either("CHECKOUT-1")
def when_created_for_approval(reading: str, results: Mapping[str, Results]) -> Results:
    """An order that was created makes what the owner has to approve PENDING (A), or not yet (B)."""
    return results[reading]


@rule("CHECKOUT-2")
def when_approved(results: Results) -> Results:
    """Where an approved order leads."""
    return results


@rule("CHECKOUT-3")
def when_declined(results: Results) -> Results:
    """Where a declined order leads."""
    return results


@rule("CHECKOUT-4")
def duplicate(conflict: bool) -> bool:
    """Whether a booking whose order is approved came second."""
    return conflict


@either("CHECKOUT-5")
def when_created(reading: str, results: Mapping[str, Results]) -> Results:
    """An order that was created leaves CREATED (A), or leads to CONFIRMED (B) or PENDING (C)."""
    return results[reading]


@rule("CHECKOUT-6")
def payment_of_the_order(given: str | None, present: str) -> str:
    """The payment status is the order's, where that has one."""
    return given or present
