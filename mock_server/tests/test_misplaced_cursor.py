"""A cursor that is sent where limit and offset stand goes on all the same."""

import pytest

from .conftest import READER


def _page(api, **query):
    return api.post(READER, {"query": query})


def _ids(answer):
    return [one["booking"]["id"] for one in answer.json()["extendedBookings"]]


@pytest.mark.parametrize("place", ["paging", "cursorPaging"])
def test_a_walk_ends_wherever_the_cursor_stands(api, place):
    made = {api.booked()["id"] for _ in range(3)}
    answer = _page(api, cursorPaging={"limit": 1})
    met = _ids(answer)
    for _ in range(2):
        cursor = answer.json()["pagingMetadata"]["cursors"]["next"]
        answer = _page(api, **{place: {"limit": 1, "cursor": cursor}})
        met += _ids(answer)
    assert set(met) == made
    assert "next" not in answer.json()["pagingMetadata"].get("cursors", {})


def test_what_is_no_cursor_is_refused_there_too(api):
    assert _page(api, paging={"cursor": "no cursor"}).status_code == 400
