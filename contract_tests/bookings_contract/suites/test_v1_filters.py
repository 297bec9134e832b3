"""V1 list, filters: each finds what it names, all of it, once, and nothing else."""

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.suites.support.calls import KINDS, elsewhere, reached, unknown_id
from bookings_contract.suites.support.listing import (
    Listing,
    confirmed,
    contact,
    ids,
    of_one_contact,
    query_list,
    schedule_of,
    session_of,
    sessions,
    value,
)
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

# Words that both vocabularies of V1 share.
STATUSES = ("CONFIRMED", "CANCELED", "DECLINED")


@pytest.fixture
def listing(scenario: Scenario) -> Listing:
    return Listing(scenario.client, scenario.given, scenario.expect)


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("kind", KINDS)
def test_a_booking_is_found_alone_by_its_id(
    kind: str, scenario: Scenario, listing: Listing
) -> None:
    one, other = confirmed(scenario.given, kind), confirmed(scenario.given, kind)
    asked = {"bookingId": one.id}
    if listing.judged("LIST-2", asked, finds=[one], leaves=[other], circumstance="bookingId"):
        answer = query_list(listing.client, asked)
        scenario.expect.equal(
            "LIST-2", ids(answer), [one.id], of="ids", circumstance="bookingId", at=answer
        )


@pytest.mark.judges("LIST-2")
def test_bookings_are_found_by_contact(scenario: Scenario, listing: Listing) -> None:
    here, there = sessions(scenario.given, 2)
    mine = of_one_contact(scenario.given, [here, there])
    other = confirmed(scenario.given, here)
    asked = {"contactId": contact(scenario.given, mine[0])}
    listing.judged("LIST-2", asked, finds=mine, leaves=[other], circumstance="contactId")


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("kind", ["course", "appointment"])
def test_a_contact_is_found_whatever_it_booked(
    kind: str, scenario: Scenario, listing: Listing
) -> None:
    mine = of_one_contact(scenario.given, [scenario.given.session(), scenario.given.place(kind)])
    other = confirmed(scenario.given, kind)
    asked = {"contactId": contact(scenario.given, mine[0])}
    listing.judged("LIST-2", asked, finds=mine, leaves=[other], circumstance=f"contactId, {kind}")


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("asked", [(0,), (1,), (2,), (0, 1), (1, 0), (2, 0), (0, 1, 2)])
def test_bookings_are_found_by_one_session_or_several(
    asked: tuple[int, ...], scenario: Scenario, listing: Listing
) -> None:
    made = [confirmed(scenario.given, place) for place in sessions(scenario.given, 3)]
    named = [session_of(made[n]) for n in asked]
    # A single one is asked for in either way: bare here, in a list below.
    sent = named[0] if asked == (0,) else named
    listing.judged(
        "LIST-2",
        {"sessionId": sent},
        finds=[made[n] for n in asked],
        leaves=[one for n, one in enumerate(made) if n not in asked],
        circumstance=f"sessionId, {len(asked)} named",
    )


@pytest.mark.judges("LIST-2")
def test_all_bookings_of_a_session_are_found(scenario: Scenario, listing: Listing) -> None:
    here, there = sessions(scenario.given, 2)
    two = [confirmed(scenario.given, here), confirmed(scenario.given, here)]
    other = confirmed(scenario.given, there)
    asked = {"sessionId": session_of(two[0])}
    listing.judged("LIST-2", asked, finds=two, leaves=[other], circumstance="sessionId, two in it")


@pytest.mark.judges("LIST-2")
def test_a_moved_booking_is_found_in_its_new_session(scenario: Scenario, listing: Listing) -> None:
    here = scenario.given.session()
    there = elsewhere(scenario.given, here)
    before = confirmed(scenario.given, here)
    answer = scenario.client.act("rescheduleBooking", before, {"slot": there.slot})
    moved = reached(answer).booking
    about = "sessionId, after a move"
    new, old = {"sessionId": there.session_id}, {"sessionId": here.session_id}
    listing.judged("LIST-2", new, finds=[moved], circumstance=about)
    listing.judged("LIST-2", old, leaves=[moved], circumstance=about)


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("kind", KINDS)
def test_bookings_are_found_by_schedule(kind: str, scenario: Scenario, listing: Listing) -> None:
    one = confirmed(scenario.given, kind)
    others = [confirmed(scenario.given, other) for other in KINDS if other != kind]
    asked = {"scheduleId": schedule_of(one)}
    listing.judged("LIST-2", asked, finds=[one], leaves=others, circumstance=f"scheduleId, {kind}")


@pytest.mark.judges("LIST-2")
def test_a_schedule_finds_the_bookings_of_all_its_sessions(
    scenario: Scenario, listing: Listing
) -> None:
    two = [confirmed(scenario.given, place) for place in sessions(scenario.given, 2)]
    other = confirmed(scenario.given, "course")
    asked = {"scheduleId": [schedule_of(two[0])]}
    listing.judged("LIST-2", asked, finds=two, leaves=[other], circumstance="scheduleId, sessions")


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("asked", [("class", "course"), ("course", "class"), ("course",)])
def test_bookings_are_found_by_several_schedules(
    asked: tuple[str, ...], scenario: Scenario, listing: Listing
) -> None:
    made = {kind: confirmed(scenario.given, kind) for kind in KINDS}
    listing.judged(
        "LIST-2",
        {"scheduleId": [schedule_of(made[kind]) for kind in asked]},
        finds=[made[kind] for kind in asked],
        leaves=[one for kind, one in made.items() if kind not in asked],
        circumstance=f"scheduleId, {len(asked)} named in a list",
    )


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("way", ["bare", "in a list"])
def test_bookings_are_found_by_status(
    way: str, status: str, scenario: Scenario, listing: Listing
) -> None:
    made = _one_of_each(scenario.given)
    listing.judged(
        "LIST-2",
        {"status": status if way == "bare" else [status]},
        finds=[made[status]],
        leaves=[one for other, one in made.items() if other != status],
        circumstance=f"status, {way}",
    )


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize(
    "asked",
    [("CONFIRMED", "CANCELED"), ("CANCELED", "CONFIRMED"), ("DECLINED", "CANCELED"), STATUSES],
)
def test_bookings_are_found_by_several_statuses(
    asked: tuple[str, ...], scenario: Scenario, listing: Listing
) -> None:
    made = _one_of_each(scenario.given)
    listing.judged(
        "LIST-2",
        {"status": list(asked)},
        finds=[made[status] for status in asked],
        leaves=[one for status, one in made.items() if status not in asked],
        circumstance="status, several",
    )


def _one_of_each(given: Given) -> dict[str, Seen]:
    made = {"CONFIRMED": confirmed(given)}
    return made | {status: given.booking("class", status) for status in ("CANCELED", "DECLINED")}


@pytest.mark.judges("LIST-2")
@pytest.mark.parametrize("what", ["a part", "another"])
@pytest.mark.parametrize("key", ["bookingId", "contactId", "sessionId", "scheduleId", "status"])
def test_what_is_not_the_value_finds_nothing(
    key: str, what: str, scenario: Scenario, listing: Listing
) -> None:
    one = confirmed(scenario.given)
    whole = str(value(scenario.given, key, one))
    another = "CANCELED" if key == "status" else unknown_id(scenario.given)
    asked = {key: whole[:-1] if what == "a part" else another}
    about = f"{key}, {what}"
    if query_list(scenario.client, asked).refused:
        # Nothing says that a value which nothing has is looked for at all.
        scenario.expect.kept("LIST-2", about)
    else:
        listing.judged("LIST-2", asked, leaves=[one], circumstance=about)


@pytest.mark.judges("LIST-2")
def test_a_list_may_name_a_session_that_nobody_booked(scenario: Scenario, listing: Listing) -> None:
    here, there, empty = sessions(scenario.given, 3)
    one, other = confirmed(scenario.given, here), confirmed(scenario.given, there)
    asked = {"sessionId": [empty.session_id, session_of(one)]}
    about = "sessionId, one that nobody booked"
    listing.judged("LIST-2", asked, finds=[one], leaves=[other], circumstance=about)
