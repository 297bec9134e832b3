"""The judge against servers that are wrong in ways that no rule's own switch produces.

A tenth of them is judged each day, so that all are within ten; BOOKINGS_TENTH names another one
(0 to 9) or `all`. Beside them those are judged that the change at hand touches, up to a number;
BOOKINGS_SINCE names the commit that it began with. `bookings-contract miniatures` judges all of
them at any time.
"""

import pytest

from bookings_contract.findings.mutants import Wrong
from bookings_contract.mutation.score import judged

from .mocks import TENTHS, further, tenth, touched_today

LONGEST_STORY = 6

# What takes more, and why.
TOLD_AT_LENGTH = {
    "attendance-pages-of-a-hundred": "it takes more than a hundred objects",
    "attendance-pages-lose-their-last": "three objects, and the pages that lead to the last",
}

FURTHER = further()
BESIDE = [server for server in FURTHER if server.name in touched_today().judged]


@pytest.mark.parametrize("server", [*tenth(FURTHER), *BESIDE], ids=lambda server: server.name)
def test_a_server_that_is_wrong_is_caught_by_the_rule_that_it_breaks(server: Wrong) -> None:
    found = judged(server)
    assert found.caught_by == (server.rule,)
    assert found.story
    assert found.story <= LONGEST_STORY or server.name in TOLD_AT_LENGTH


def test_ten_days_judge_every_further_miniature() -> None:
    days = [tenth(FURTHER, number) for number in range(TENTHS)]
    assert sorted(server.name for day in days for server in day) == sorted(s.name for s in FURTHER)


def test_each_day_judges_others() -> None:
    assert tenth(FURTHER, 3) != tenth(FURTHER, 4)


def test_no_reason_is_kept_for_a_server_that_does_not_need_it() -> None:
    assert TOLD_AT_LENGTH.keys() <= {server.name for server in FURTHER}
