"""Envelopes: what every answer carries, whatever was asked."""

import pytest

from bookings_contract.client import Client
from bookings_contract.exchange import Answer
from bookings_contract.expect import Expect
from bookings_contract.given import Given

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.judges("SHAPE-4")
@pytest.mark.parametrize("what", ["success", "validation error", "not found", "no token"])
def test_every_answer_carries_a_request_id(
    what: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    answer = _answered(what, bookings_client, bookings_given)
    bookings_expect.that(
        "SHAPE-4",
        answer.headers.get("x-wix-request-id"),
        expected="a header x-wix-request-id",
        actual=f"{answer.status} without it",
        at=answer,
    )


def _answered(what: str, client: Client, given: Given) -> Answer:
    if what == "success":
        return client.call("createBooking", body=given.body("class"))
    if what == "validation error":
        return client.call("createBooking", body={})
    if what == "not found":
        path = {"bookingId": UNKNOWN}
        return client.call("confirmBooking", path=path, body={"revision": "1"})
    return client.call("createBooking", body=given.body("class"), caller=None)
