"""Query Extended Bookings, bounds: a field that is compared with two values at once."""

import pytest

from bookings_contract.client import Client
from bookings_contract.expect import Expect
from bookings_contract.given import Given
from bookings_contract.problems import NotJudged
from bookings_contract.suites.listing import moment, sessions, written
from bookings_contract.suites.queries import ids, query, shown


@pytest.mark.judges("READER-1")
def test_several_comparisons_of_one_field_all_count(
    bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    # Whether they may stand together is published nowhere: refusing them is as good.
    places = sessions(bookings_given, 3)
    three = shown(bookings_given, [bookings_given.booking(place) for place in places])
    early, middle, late = sorted(three, key=lambda one: moment(one, "startDate"))
    if len({moment(one, "startDate") for one in three}) < 3:
        raise NotJudged("the sessions of the class begin at the same time")
    bounds = [written(moment(one, "startDate")) for one in (middle, late)]
    for about, first, then in (("$gte and $lt", 0, 1), ("$lt and $gte", 1, 0)):
        words = ("$gte", "$lt")
        compared = {words[first]: bounds[first], words[then]: bounds[then]}
        filter = {"id": {"$in": [one.id for one in three]}, "startDate": compared}
        answer = query(bookings_client, filter=filter)
        if answer.refused:
            bookings_expect.kept("READER-1", about)
            continue
        names = {early.id: "the early one", middle.id: "the middle one", late.id: "the late one"}
        found = sorted(names.get(one, "another") for one in ids(answer))
        bookings_expect.equal(
            "READER-1", found, ["the middle one"], of="found", circumstance=about, at=answer
        )
