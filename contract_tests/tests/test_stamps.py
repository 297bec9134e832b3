"""A server's clock may tick faster than it shows: what is asked of its stamps is judged so."""

from typing import Any

import pytest

from bookings_contract.oracle.filters import passes

READER = "queryExtendedBookings"
SECOND, MILLI = "2031-03-03T18:00:07Z", "2031-03-03T18:00:07.250Z"


def told(shown: str, condition: Any, field: str = "createdDate") -> bool | None:
    return passes({field: condition}, {field: shown}, READER)


@pytest.mark.parametrize("shown", [SECOND, MILLI])
@pytest.mark.parametrize("operator", ["$eq", "$ne", "$gt", "$lte"])
def test_what_is_asked_of_the_very_moment_shown_stays_open(shown: str, operator: str) -> None:
    assert told(shown, {operator: shown}) is None


@pytest.mark.parametrize("shown", [SECOND, MILLI])
def test_no_moment_is_before_it_is_shown(shown: str) -> None:
    assert told(shown, {"$gte": shown}) is True
    assert told(shown, {"$lt": shown}) is False


def test_within_a_second_that_is_shown_whole_nothing_is_told() -> None:
    assert told(SECOND, {"$lt": "2031-03-03T18:00:07.500Z"}) is None
    assert told(SECOND, {"$lt": "2031-03-03T18:00:08Z"}) is True
    assert told(MILLI, {"$lt": "2031-03-03T18:00:07.500Z"}) is True


def test_when_a_session_begins_is_told_exactly() -> None:
    assert told(SECOND, SECOND, "startDate") is True
    assert told(SECOND, {"$gt": SECOND}, "startDate") is False
