"""What tests ask for: a client, arrangements, expectations."""

from collections.abc import Iterator
from random import Random

import pytest

from bookings_contract.plugin.run import RECORD, RUN
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record
from bookings_contract.testkit.scenario import Scenario


@pytest.fixture
def bookings_record(request: pytest.FixtureRequest) -> Record:
    """The test's notes; a test without `judges` keeps some too."""
    stash: pytest.Stash = request.node.stash
    return stash.setdefault(RECORD, Record())


@pytest.fixture
def bookings_target(request: pytest.FixtureRequest) -> Target:
    """What is judged."""
    return request.config.stash[RUN].wire.target


@pytest.fixture
def bookings_places(request: pytest.FixtureRequest) -> PlacePool:
    """The places that the test may book."""
    return request.config.stash[RUN].pool()


@pytest.fixture
def bookings_client(
    request: pytest.FixtureRequest, bookings_record: Record, bookings_places: PlacePool
) -> Iterator[Client]:
    """Calls operations by name, in a world of the test's own."""
    client = request.config.stash[RUN].client(bookings_record)
    yield client
    if client.tidy():
        bookings_places.give_back()


@pytest.fixture
def bookings_given(
    request: pytest.FixtureRequest, bookings_client: Client, bookings_places: PlacePool
) -> Given:
    """Arrangements through the API."""
    run = request.config.stash[RUN]
    random = Random(f"{run.seed} {request.node.name}")
    return Given(bookings_client, bookings_places, run.name(), random)


@pytest.fixture
def bookings_expect(bookings_record: Record, bookings_given: Given) -> Expect:
    """Expectations, each kept or broken."""
    return Expect(bookings_record, bookings_given)


@pytest.fixture
def scenario(bookings_client: Client, bookings_given: Given, bookings_expect: Expect) -> Scenario:
    """All three of them in one."""
    return Scenario(bookings_client, bookings_given, bookings_expect)
