"""What a test holds in its hand: it is given something, acts, and expects something of it."""

from attrs import frozen

from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given


@frozen
class Scenario:
    """One test's client, arrangements and expectations; what it asserts stands in the test."""

    client: Client
    given: Given
    expect: Expect
