"""The judge against servers that are wrong in ways that no rule's own switch produces.

A tenth of them is judged each day, so that all are within ten; BOOKINGS_TENTH names another one
(0 to 9) or `all`. `bookings-contract miniatures` judges all of them at any time.
"""

import os
from datetime import UTC, datetime

import pytest

from bookings_contract.embedded import Wrong, wrong_servers
from bookings_contract.mutation import judged

TENTHS = 10
LONGEST_STORY = 6

# What takes more, and why.
TOLD_AT_LENGTH = {
    "attendance-pages-of-a-hundred": "it takes more than a hundred objects",
    "attendance-pages-lose-their-last": "three objects, and the pages that lead to the last",
}

FURTHER = tuple(server for server in wrong_servers() if server.section)


def _tenth(named: str | None, today: datetime) -> list[Wrong]:
    """The servers to judge."""
    if named == "all":
        return list(FURTHER)
    number = int(named) if named else today.toordinal() % TENTHS
    return list(FURTHER[number::TENTHS])


CHOSEN = _tenth(os.environ.get("BOOKINGS_TENTH"), datetime.now(UTC))


@pytest.mark.parametrize("server", CHOSEN, ids=lambda server: server.name)
def test_a_server_that_is_wrong_is_caught_by_the_rule_that_it_breaks(server: Wrong) -> None:
    found = judged(server)
    assert found.caught_by == (server.rule,)
    assert found.story
    assert found.story <= LONGEST_STORY or server.name in TOLD_AT_LENGTH


def test_ten_days_judge_every_further_miniature() -> None:
    tenths = [_tenth(str(number), datetime.min) for number in range(TENTHS)]
    assert sorted(s.name for tenth in tenths for s in tenth) == sorted(s.name for s in FURTHER)


def test_today_decides_which_tenth_is_judged() -> None:
    first, second = (_tenth(None, datetime(2031, 3, day)) for day in (1, 2))
    assert first != second
    assert first == _tenth(None, datetime(2031, 3, 11))


def test_no_reason_is_kept_for_a_server_that_does_not_need_it() -> None:
    assert TOLD_AT_LENGTH.keys() <= {server.name for server in FURTHER}
