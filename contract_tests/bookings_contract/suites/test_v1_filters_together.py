"""V1 list, filters together: of a repeated key the first counts, and several all have to hold."""

import json

import pytest

from bookings_contract.suites.support.listing import (
    Listing,
    confirmed,
    contact,
    same_contact,
    sessions,
    unlike,
    value,
)
from bookings_contract.testkit.scenario import Scenario

KEYS = ("bookingId", "contactId", "sessionId", "scheduleId", "status", "startTime", "endTime")


@pytest.fixture
def listing(scenario: Scenario) -> Listing:
    return Listing(scenario.client, scenario.given, scenario.expect)


# Each once


@pytest.mark.judges("LIST-4")
@pytest.mark.parametrize("turned", [False, True], ids=["one first", "other first"])
@pytest.mark.parametrize("key", KEYS)
def test_of_a_repeated_key_the_first_counts(
    key: str, turned: bool, scenario: Scenario, listing: Listing
) -> None:
    one, other = unlike(scenario.given, [key])
    first, second = (other, one) if turned else (one, other)
    text = _repeated(key, value(scenario.given, key, first), value(scenario.given, key, second))
    listing.judged("LIST-4", text, finds=[first], leaves=[second], circumstance=key)


@pytest.mark.judges("LIST-4")
@pytest.mark.parametrize("key", ["bookingId", "sessionId"])
def test_of_a_key_repeated_with_another_between_the_first_counts(
    key: str, scenario: Scenario, listing: Listing
) -> None:
    one, other = unlike(scenario.given, [key])
    first, second = value(scenario.given, key, one), value(scenario.given, key, other)
    status = '"status": ["CONFIRMED"]'
    text = f'{{"{key}": {json.dumps(first)}, {status}, "{key}": {json.dumps(second)}}}'
    listing.judged(
        "LIST-4", text, finds=[one], leaves=[other], circumstance=f"{key}, another between"
    )


@pytest.mark.judges("LIST-4")
@pytest.mark.parametrize("key", ["sessionId", "scheduleId", "status"])
def test_a_repeated_key_adds_nothing_to_a_list(
    key: str, scenario: Scenario, listing: Listing
) -> None:
    one, other = unlike(scenario.given, [key])
    first, second = value(scenario.given, key, one), value(scenario.given, key, other)
    text = _repeated(key, [first], [second])
    listing.judged("LIST-4", text, finds=[one], leaves=[other], circumstance=f"{key}, lists")


def _repeated(key: str, first: object, second: object) -> str:
    return f'{{"{key}": {json.dumps(first)}, "{key}": {json.dumps(second)}}}'


# Several at once


@pytest.mark.judges("LIST-5")
@pytest.mark.parametrize(
    ("key", "beside"),
    [
        ("bookingId", "status"),
        ("bookingId", "sessionId"),
        ("contactId", "status"),
        ("contactId", "sessionId"),
        ("sessionId", "status"),
        ("scheduleId", "contactId"),
        ("scheduleId", "startTime"),
        ("startTime", "status"),
        ("startTime", "endTime"),
        ("endTime", "contactId"),
    ],
)
def test_two_filters_both_have_to_hold(
    key: str, beside: str, scenario: Scenario, listing: Listing
) -> None:
    one, other = unlike(scenario.given, [key, beside])
    ours, theirs = (
        {name: value(scenario.given, name, booking) for name in (key, beside)}
        for booking in (one, other)
    )
    about = f"{key} and {beside}"
    for mixed in (
        {key: ours[key], beside: theirs[beside]},
        {beside: ours[beside], key: theirs[key]},
    ):
        turned = dict(reversed(mixed.items()))
        for asked in (mixed, turned):
            listing.judged("LIST-5", asked, leaves=[one, other], circumstance=about)
    listing.judged("LIST-5", ours, finds=[one], leaves=[other], circumstance=about)


@pytest.mark.judges("LIST-5")
@pytest.mark.parametrize("odd", ["contactId", "sessionId", "status"])
def test_three_filters_all_have_to_hold(odd: str, scenario: Scenario, listing: Listing) -> None:
    keys = ("contactId", "sessionId", "status")
    one, other = unlike(scenario.given, keys)
    all_ours = {key: value(scenario.given, key, one) for key in keys}
    asked = {**all_ours, odd: value(scenario.given, odd, other)}
    about = f"three, all but {odd}"
    listing.judged("LIST-5", asked, leaves=[one, other], circumstance=about)
    listing.judged("LIST-5", all_ours, finds=[one], leaves=[other], circumstance="three, all")


@pytest.mark.judges("LIST-5")
def test_a_list_of_values_beside_another_filter_is_no_alternative_to_it(
    scenario: Scenario, listing: Listing
) -> None:
    here, there = sessions(scenario.given, 2)
    mine = confirmed(scenario.given, here)
    same = confirmed(scenario.given, there, contactDetails=same_contact(scenario.given, mine))
    other = confirmed(scenario.given, there)
    asked = {
        "sessionId": [here.session_id, there.session_id],
        "contactId": contact(scenario.given, mine),
    }
    listing.judged(
        "LIST-5", asked, finds=[mine, same], leaves=[other], circumstance="a list and contactId"
    )
