"""Create Booking: which statuses may be asked for besides CREATED, and by whom."""

import pytest

from bookings_contract.client import Client
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.suites.creating import (
    OPERATIONS,
    Creation,
    asked,
    exists,
    looked_for,
    refused,
)
from bookings_contract.suites.creations import KINDS, anywhere

RULE = "CREATE-10"
OTHERS = ("PENDING", "DECLINED", "CANCELED")
CUSTOMERS = [
    pytest.param(name, marks=pytest.mark.judges(RULE, needs=(f"callers.{name}",)))
    for name in ("member", "visitor")
]


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whether_who_manages_bookings_may_ask_for_confirmed(
    operation: str,
    kind: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    body = bookings_given.body(bookings_given.place(kind), status="CONFIRMED")
    creation = asked(bookings_client, operation, body, "app")
    if creation.answer.refused:
        bookings_expect.refused(creation.answer, RULE, "caller", also=[(RULE, "status")])
    letter = {True: "A", False: "B"}.get(_followed(creation, "CONFIRMED", bookings_given))  # type: ignore[arg-type]
    bookings_expect.reading(RULE, letter, actual=_state(creation, bookings_given))


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("status", OTHERS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whether_the_owner_may_ask_for_another_status(
    operation: str,
    kind: str,
    status: str,
    bookings_client: Client,
    bookings_given: Given,
    bookings_expect: Expect,
) -> None:
    body = bookings_given.body(bookings_given.place(kind), status=status)
    creation = asked(bookings_client, operation, body, "owner")
    if creation.answer.refused:
        bookings_expect.refused(creation.answer, RULE, "status", also=[(RULE, "caller")])
    letter = {True: "B", False: "A"}.get(_followed(creation, status, bookings_given))  # type: ignore[arg-type]
    bookings_expect.reading(RULE, letter, actual=_state(creation, bookings_given))
