"""Which places a test gets, and what becomes of them when it has tidied up."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from attrs import define, evolve

from bookings_contract.embedded import embedded
from bookings_contract.findings.problems import NotJudged
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Service, Slots, Target
from bookings_contract.target.places import PlacePool

SLOTS = {"start": "2031-05-01T09:00:00+00:00", "step": 60, "count": 2}


@pytest.fixture
def yoga(target: Target) -> Service:
    return target.services["yoga"]


@pytest.fixture
def massage() -> Service:
    return Service(name="massage", kind="appointment", id="m", slots=Slots(**SLOTS))


@pytest.fixture
def pool(target: Target) -> PlacePool:
    sessions = [evolve(session, exclusive=True) for session in target.services["yoga"].sessions]
    yoga = evolve(target.services["yoga"], sessions=sessions)
    return PlacePool(evolve(target, services={"yoga": yoga}))


def test_a_place_is_handed_out_to_one_test_at_a_time(pool: PlacePool, massage: Service) -> None:
    taken = [pool.share().slot(massage).start for _ in range(2)]
    assert len({*taken}) == 2
    with pytest.raises(NotJudged, match="too few slots"):
        pool.share().slot(massage)


def test_what_a_test_gives_back_is_free_for_the_next(pool: PlacePool, massage: Service) -> None:
    kept, given_back = pool.share(), pool.share()
    kept.slot(massage)
    place = given_back.slot(massage)
    given_back.give_back()
    assert pool.share().slot(massage) == place


def test_a_seat_is_given_back_once(pool: PlacePool) -> None:
    yoga = pool.target.services["yoga"]
    share = pool.share()
    place = share.session(yoga, 1, exclusive=True)
    share.give_back()
    other = pool.share()
    assert other.session(yoga, 1, exclusive=True) == place
    share.give_back()
    with pytest.raises(NotJudged, match="too few sessions of capacity 1"):
        pool.share().session(yoga, 1, exclusive=True)


def test_what_is_untouched_comes_before_what_was_given_back(
    pool: PlacePool, massage: Service
) -> None:
    share = pool.share()
    first = share.slot(massage)
    share.give_back()
    assert pool.share().slot(massage) != first


def test_where_seats_are_shared_the_roomiest_session_is_taken_again(
    target: Target, yoga: Service
) -> None:
    pool = PlacePool(target)
    share = pool.share()
    roomiest = share.session(yoga, None, exclusive=False)
    assert roomiest.capacity == 10
    share.give_back()
    assert pool.share().session(yoga, None, exclusive=False) == roomiest


@define
class Stubborn(httpx.BaseTransport):
    """A server that can be told to cancel nothing any more."""

    own: httpx.BaseTransport
    cancels: bool = True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.cancels and request.url.path.endswith("/cancel"):
            return httpx.Response(428, json={"message": "no", "details": {}})
        return self.own.handle_request(request)


@contextmanager
def _guest(cancels: bool = True) -> Iterator[tuple[Target, httpx.BaseTransport]]:
    """The mock as a stranger to the judge: one slot for all the tests."""
    with embedded() as (target, way):
        slots = target.services["haircut"].slots
        assert slots is not None
        one = evolve(target.services["haircut"], slots=evolve(slots, count=1))
        known = evolve(target, control=None, services={"haircut": one})
        yield known, Stubborn(way, cancels)


def _judged(cancels: bool) -> Report:
    with _guest(cancels) as (target, way):
        return judge(target, rules=["CONFIRM-5"], transport=way)


def test_on_a_guest_target_one_slot_serves_test_after_test() -> None:
    report = _judged(cancels=True)
    assert report["CONFIRM-5"].verdict is Verdict.KEPT
    assert "too few slots" not in (report["CONFIRM-5"].reason or "")


def test_a_slot_where_a_booking_was_left_serves_no_other_test() -> None:
    report = _judged(cancels=False)
    assert "too few slots of haircut" in (report["CONFIRM-5"].reason or "")
