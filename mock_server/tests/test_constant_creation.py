"""What a creation looks at does not grow with the bookings that are there already."""

import pytest

from bookings_mock.domain import availability
from bookings_mock.world import World

SKIP = {"skipAvailabilityValidation": True}


@pytest.fixture
def looked_at(monkeypatch):
    """How many bookings, or sizes of bookings, were looked at."""
    seen = []
    for name in ("seats_held", "_rivals"):
        real = getattr(availability, name)

        def counted(*facts, real=real):
            seen.append(1)
            return real(*facts)

        monkeypatch.setattr(availability, name, counted)
    found = World._found

    def finding(world, index, *keys):
        bookings = found(world, index, *keys)
        seen.extend([1] * len(bookings))
        return bookings

    monkeypatch.setattr(World, "_found", finding)
    return seen


def _fill(api, service, number, **session):
    for _ in range(number):
        booking = api.booked(service, flow=SKIP, session=session)
        assert api.act(booking, "confirm").status_code == 200


@pytest.mark.parametrize(
    ("service", "full", "free"),
    [
        ("yoga", {"nth": 0}, {"nth": 0}),
        ("choir", {}, {}),
        ("haircut", {"nth": 0}, {"nth": 20}),
    ],
)
def test_a_creation_looks_at_no_more_where_more_are_booked(serve, looked_at, service, full, free):
    looks = []
    for number in (5, 40):
        api = serve()
        _fill(api, service, number, **full)
        looked_at.clear()
        api.create(service, session=free)
        looks.append(len(looked_at))
    assert looks[0] == looks[1]


def test_seats_are_counted_as_bookings_come_grow_move_and_go(api):
    there = {"session": {"capacity": 10}}
    first = api.done(api.act(api.booked(participants=4, **there), "confirm"))
    assert api.create(participants=7, **there).status_code == 428
    grown = api.done(api.act(first, "update_number_of_participants", totalParticipants=9))
    assert api.create(participants=1, **there).status_code == 200
    assert api.create(participants=2, **there).status_code == 428
    elsewhere = {"sessionId": api.session("yoga", capacity=10, nth=1)["id"]}
    moved = api.done(api.act(grown, "reschedule", slot=elsewhere))
    assert api.create(participants=10, **there).status_code == 200
    other = {"session": {"capacity": 10, "nth": 1}}
    assert api.create(participants=2, **other).status_code == 428
    api.done(api.act(moved, "cancel"))
    assert api.create(participants=10, **other).status_code == 200


def test_what_was_undone_takes_no_seats(api):
    there = {"session": {"capacity": 10}}
    booking = api.done(api.act(api.booked(participants=10, **there), "confirm"))
    api.post("/_mock/snapshots", {"name": "full"})
    api.done(api.act(booking, "cancel"))
    assert api.create(participants=10, **there).status_code == 200
    assert api.post("/_mock/snapshots/full", {"restore": True}).status_code == 200
    assert api.create(participants=1, **there).status_code == 428
