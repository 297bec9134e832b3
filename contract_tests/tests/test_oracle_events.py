"""The oracle and events, by hand-made lists: silent at right ones, and at wrong ones the rule."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import evolve

from bookings_contract.findings.verdicts import Finding, Kept
from bookings_contract.oracle import KnownFacts, Oracle, Trust
from bookings_contract.oracle.core import Told

from .traffic import FACTS, OTHER, Traffic, id_of, slot

# What a confirmation of a new booking tells of before it.
WAS_CREATED = {"previousStatus": "CREATED", "previousPaymentStatus": "UNDEFINED"}
WAS_CONFIRMED = {"previousStatus": "CONFIRMED"}
GUEST = evolve(FACTS, trust=Trust.OWN)
STRANGER = evolve(FACTS, trust=Trust.NOTHING)
SLOW = evolve(FACTS, settle_s=5.0)

Story = Callable[[Traffic, bool], None]


def told(traffic: Traffic, facts: KnownFacts = FACTS) -> list[Told]:
    oracle = Oracle(facts)
    return [one for exchange in traffic.exchanges for one in oracle.observe(exchange)]


def findings(traffic: Traffic, facts: KnownFacts = FACTS) -> list[Finding]:
    return [one for one in told(traffic, facts) if isinstance(one, Finding)]


def begun() -> Traffic:
    """The events were looked at before anything was done."""
    traffic = Traffic()
    traffic.looks()
    return traffic


def _made(traffic: Traffic, number: int = 1) -> None:
    traffic.makes(number)
    traffic.tells("created", number)


def _confirmed(traffic: Traffic) -> None:
    _made(traffic)
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.tells("confirmed", before=WAS_CREATED)


def _booked(number: int) -> dict[str, Any]:
    return {
        **{"id": id_of(number), "status": "CREATED", "revision": "1"},
        **{"bookedEntity": slot(), "totalParticipants": 1},
    }


def _met(traffic: Traffic, status: str) -> None:
    """A booking that nobody was seen to make is read."""
    traffic.bookings[7] = _booked(7) | {"status": status}
    traffic.shows(7, filter={"id": id_of(7)})


def _looked_at(story: Story) -> Story:
    def whole(traffic: Traffic, wrong: bool) -> None:
        story(traffic, wrong)
        traffic.looks()

    return whole


# Stories: an event as it should be, and as it should not


def _lacking(traffic: Traffic, wrong: bool) -> None:
    _made(traffic)
    traffic.acts("confirmBooking", "CONFIRMED")
    if not wrong:
        traffic.tells("confirmed", before=WAS_CREATED)


def _told_twice(traffic: Traffic, wrong: bool) -> None:
    _confirmed(traffic)
    if wrong:
        traffic.tells("confirmed", before=WAS_CREATED)
    else:
        # Delivered again: it is the same event.
        traffic.events.append(dict(traffic.events[-1]))


def _of_a_refused_call(traffic: Traffic, wrong: bool) -> None:
    _confirmed(traffic)
    traffic.denies("confirmBooking")
    if wrong:
        traffic.tells("confirmed", before=WAS_CONFIRMED)


def _of_no_call(traffic: Traffic, wrong: bool) -> None:
    _confirmed(traffic)
    if wrong:
        traffic.tells("canceled", before=WAS_CONFIRMED)


def _under_another_name(traffic: Traffic, wrong: bool) -> None:
    _made(traffic)
    traffic.acts("cancelBooking", "CANCELED")
    if wrong:
        traffic.tells("declined", before=WAS_CREATED)
    else:
        traffic.tells("canceled", before={"previousStatus": "CREATED"})


def _with_asides(traffic: Traffic, wrong: bool) -> None:
    _confirmed(traffic)
    traffic.tells("updated", originatedFrom=None if wrong else "confirmed")


def _of_many(traffic: Traffic, wrong: bool) -> None:
    item = {"booking": {"bookedEntity": slot(), "totalParticipants": 1}}
    results = []
    for number in (0, 1):
        booked = {"id": id_of(number), "status": "CREATED", "revision": "1", **item["booking"]}
        traffic.bookings[number] = booked
        meta = {"id": id_of(number), "originalIndex": number, "success": True}
        results.append({"itemMetadata": meta, "item": booked})
    asked = {"createBookingsInfo": [item, item], "returnFullEntity": True}
    traffic.says("bulkCreateBooking", asked, {"results": results})
    for number in (0,) if wrong else (0, 1):
        traffic.tells("created", number)


def _of_extended_fields(traffic: Traffic, wrong: bool) -> None:
    _made(traffic)
    asked = {"namespace": "@acme/crews", "namespaceData": {"crewSize": 4}}
    traffic.says("updateExtendedFields", asked, asked)
    if not wrong:
        traffic.tells("updated", originatedFrom="extended_fields")


def _decided(traffic: Traffic, wrong: bool) -> None:
    _made(traffic)
    traffic.acts("confirmOrDeclineBooking", "CONFIRMED")
    if wrong:
        traffic.tells("declined", before=WAS_CREATED)
    else:
        traffic.tells("confirmed", before=WAS_CREATED)


def _formed(**wrongly: Any) -> Story:
    def story(traffic: Traffic, wrong: bool) -> None:
        traffic.makes()
        traffic.tells("created", **(wrongly if wrong else {}))

    return story


def _called_otherwise(traffic: Traffic, wrong: bool) -> None:
    _made(traffic)
    if wrong:
        traffic.events[-1]["slug"] = "CREATED"


def _id_of_the_booking(traffic: Traffic, wrong: bool) -> None:
    _confirmed(traffic)
    if wrong:
        for event in traffic.events:
            event["id"] = id_of(1)


def _of_another_revision(traffic: Traffic, wrong: bool) -> None:
    _made(traffic)
    if wrong:
        traffic.tells("confirmed", before=WAS_CREATED)
    traffic.acts("confirmBooking", "CONFIRMED")
    if not wrong:
        traffic.tells("confirmed", before=WAS_CREATED)


def _at_another_time(traffic: Traffic, wrong: bool) -> None:
    traffic.makes(updatedDate="2031-02-28T09:45:00.000Z")
    traffic.tells("created", **({"eventTime": "2031-02-28T11:45:00.000Z"} if wrong else {}))


def _with_its_former(name: str, right: Any, false: Any) -> Story:
    """A booking that moves, and what its event says was there before."""
    begin, end = "2031-03-03T18:00:00.000Z", "2031-03-03T19:00:00.000Z"

    def story(traffic: Traffic, wrong: bool) -> None:
        traffic.makes(startDate=begin, endDate=end)
        traffic.tells("created")
        asked, there = {"slot": {"sessionId": OTHER}}, slot(OTHER)
        traffic.acts("rescheduleBooking", asked=asked, bookedEntity=there)
        before = {
            "previousStatus": "CREATED",
            "previousBookedEntity": slot(),
            "previousStartDate": begin,
            "previousEndDate": end,
            "previousTotalParticipants": 1,
        }
        before[name] = false if wrong else right
        kept = {key: value for key, value in before.items() if value is not None}
        traffic.tells("rescheduled", before=kept)

    return story


STORIES: Mapping[str, tuple[str, Story]] = {
    "an event that is lacking": ("EVENT-1", _lacking),
    "an event told twice under two ids": ("EVENT-1", _told_twice),
    "an event of a refused call": ("EVENT-1", _of_a_refused_call),
    "an event that nothing led to": ("EVENT-1", _of_no_call),
    "an event told as another": ("EVENT-1", _under_another_name),
    "an update that does not say why": ("EVENT-1", _with_asides),
    "one of many bookings untold": ("EVENT-1", _of_many),
    "stored data untold": ("EVENT-1", _of_extended_fields),
    "another outcome told than decided": ("EVENT-1", _decided),
    "another entityFqdn": ("EVENT-2", _formed(entityFqdn="booking")),
    "no eventTime": ("EVENT-2", _formed(eventTime=None)),
    "two variants": ("EVENT-2", _formed(actionEvent={"body": {}})),
    "no entityId": ("EVENT-2", _formed(entityId=None)),
    "a name that there is not": ("EVENT-2", _called_otherwise),
    "the id of the booking": ("EVENT-2", _id_of_the_booking),
    "the booking before its change": ("EVENT-2", _of_another_revision),
    "a local time": ("EVENT-2", _at_another_time),
    "another former status": ("EVENT-4", _with_its_former("previousStatus", "CREATED", "PENDING")),
    "another former start": (
        "EVENT-4",
        _with_its_former(
            "previousStartDate", "2031-03-03T19:00:00+01:00", "2031-03-03T19:00:00.000Z"
        ),
    ),
    "no former start": (
        "EVENT-4",
        _with_its_former("previousStartDate", "2031-03-03T18:00:00Z", None),
    ),
    "another former number": ("EVENT-4", _with_its_former("previousTotalParticipants", 1, 2)),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_wrong_list_breaks_its_rule_and_no_other(name: str) -> None:
    rule, story = STORIES[name]
    traffic = begun()
    _looked_at(story)(traffic, True)
    assert {found.rule for found in findings(traffic)} == {rule}


@pytest.mark.parametrize(
    "facts", [FACTS, GUEST, STRANGER, SLOW], ids=["alone", "guest", "stranger", "slow"]
)
@pytest.mark.parametrize("name", STORIES)
def test_a_right_list_breaks_nothing_whoever_else_is_there(name: str, facts: KnownFacts) -> None:
    _, story = STORIES[name]
    traffic = begun()
    _looked_at(story)(traffic, False)
    assert not findings(traffic, facts)


def test_what_a_right_list_shows_is_kept() -> None:
    traffic = begun()
    _confirmed(traffic)
    traffic.looks()
    kept = {one.rule for one in told(traffic) if isinstance(one, Kept)}
    assert {"EVENT-1", "EVENT-2", "EVENT-4"} <= kept


def test_what_only_was_observed_of_decisions_counts_for_less() -> None:
    traffic = begun()
    _decided(traffic, True)
    traffic.looks()
    (found,) = findings(traffic)
    assert (found.circumstance, found.level) == ("confirm_or_decline", "OBSERVED")


# What is said


def test_the_story_ends_at_the_call_and_the_controls_stand_beside_it() -> None:
    traffic = begun()
    _made(traffic)
    traffic.acts("confirmBooking", "CONFIRMED")
    _made(traffic, 2)
    traffic.acts("updateNumberOfParticipants", asked={"totalParticipants": 2}, totalParticipants=2)
    traffic.tells("number_of_participants_updated", before={"previousTotalParticipants": 1})
    traffic.looks()
    (found,) = findings(traffic)
    assert [one.operation for one in found.story] == ["createBooking", "confirmBooking"]
    assert found.aside is not None
    assert found.aside.path == traffic.exchanges[-1].path
    # As it is after the story: what came later, or is about others, would be in nobody's way.
    assert [event["slug"] for event in found.aside.json["events"]] == ["created"]
    assert found.expected == "confirmed once"
    assert found.actual == "created, number_of_participants_updated"


def test_a_refused_call_that_was_told_is_the_end_of_its_story() -> None:
    traffic = begun()
    _confirmed(traffic)
    traffic.denies("declineBooking")
    traffic.tells("declined", before=WAS_CONFIRMED)
    _made(traffic, 2)
    traffic.looks()
    (found,) = findings(traffic)
    assert [one.status for one in found.story] == [200, 200, 428]
    assert found.expected == "no event of a refused call"


# What is not known is not judged


def test_events_of_before_the_first_look_are_never_judged() -> None:
    traffic = Traffic()
    _lacking(traffic, True)
    traffic.tells("canceled")
    traffic.tells("created", entityFqdn="booking")
    traffic.looks()
    traffic.looks()
    assert not findings(traffic)


def test_what_is_done_after_the_first_look_is_judged_whatever_was_before() -> None:
    traffic = Traffic()
    _lacking(traffic, True)
    traffic.looks()
    traffic.acts("cancelBooking", "CANCELED")
    traffic.looks()
    assert [found.expected for found in findings(traffic)] == ["canceled once"]


def test_bookings_that_nobody_knows_are_left_alone() -> None:
    traffic = begun()
    traffic.bookings[7] = {"id": id_of(7), "status": "CONFIRMED", "revision": "3"}
    traffic.tells("confirmed", 7)
    traffic.tells("confirmed", 7, entityFqdn="else")
    traffic.looks()
    assert not findings(traffic)


def test_a_booking_met_on_the_way_may_have_been_told_of_before() -> None:
    traffic = begun()
    _met(traffic, "CONFIRMED")
    traffic.tells("created", 7)
    traffic.tells("confirmed", 7, before=WAS_CREATED)
    traffic.looks()
    assert not findings(traffic)


def test_from_the_next_look_on_it_is_known_like_any_other() -> None:
    traffic = begun()
    _met(traffic, "CONFIRMED")
    traffic.looks()
    traffic.tells("canceled", 7, before=WAS_CONFIRMED)
    traffic.looks()
    assert [found.expected for found in findings(traffic)] == ["no canceled: nothing led to one"]


@pytest.mark.parametrize("facts", [STRANGER, GUEST], ids=["anybody's", "shared"])
def test_others_may_do_to_a_booking_of_theirs_what_they_like(facts: KnownFacts) -> None:
    traffic = begun()
    _met(traffic, "CREATED")
    traffic.looks()
    traffic.tells("canceled", 7, before={"previousStatus": "CREATED"})
    traffic.tells("updated", 7, entityFqdn="something of theirs")
    traffic.looks()
    assert not findings(traffic, facts)


def test_where_anything_may_change_others_may_cancel_ones_own_booking() -> None:
    traffic = begun()
    _made(traffic)
    traffic.tells("canceled", before={"previousStatus": "CREATED"})
    traffic.looks()
    assert not findings(traffic, STRANGER)
    assert findings(traffic, GUEST)


def test_a_list_that_tells_nothing_of_a_booking_may_be_that_of_another_world() -> None:
    traffic = begun()
    traffic.makes()
    traffic.looks()
    assert not findings(traffic, STRANGER)
    assert findings(traffic, FACTS)


def test_a_list_of_another_world_begins_anew() -> None:
    traffic = begun()
    _made(traffic)
    traffic.looks()
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.looks({"events": []})
    traffic.looks()
    assert not findings(traffic)


def test_a_list_of_another_world_tells_nothing_of_this_one() -> None:
    traffic = begun()
    traffic.makes()
    traffic.looks({"events": []}, world="other")
    assert not findings(traffic)


def test_a_list_that_has_lost_its_beginning_begins_anew() -> None:
    traffic = begun()
    _made(traffic)
    traffic.looks()
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.acts("cancelBooking", "CANCELED")
    traffic.tells("canceled", before=WAS_CONFIRMED)
    del traffic.events[0]
    traffic.looks()
    assert not findings(traffic)


def test_after_somebody_was_at_the_controls_the_list_begins_anew() -> None:
    traffic = begun()
    _made(traffic)
    traffic.controls()
    traffic.shows(1, filter={"id": id_of(1)}, status="CONFIRMED", revision="2")
    traffic.tells("confirmed", before=WAS_CREATED)
    traffic.looks()
    assert not findings(traffic)


def test_what_was_refused_before_a_look_explains_nothing_after_it() -> None:
    traffic = begun()
    _confirmed(traffic)
    traffic.denies("cancelBooking")
    traffic.looks()
    traffic.tells("canceled", before=WAS_CONFIRMED)
    traffic.looks()
    assert [found.expected for found in findings(traffic)] == ["no canceled: nothing led to one"]


def test_a_call_whose_answer_names_no_booking_may_have_done_anything() -> None:
    traffic = begun()
    _confirmed(traffic)
    asked = {"bookings": {"bookingsInfo": [{"bookingId": id_of(1), "revision": "2"}]}}
    traffic.says("bulkCancelBooking", asked, {"results": []})
    traffic.bookings[1] |= {"status": "CANCELED", "revision": "3"}
    traffic.shows(1, filter={"id": id_of(1)})
    traffic.tells("canceled", before=WAS_CONFIRMED)
    traffic.looks()
    assert not findings(traffic)


def test_a_request_in_other_words_may_have_done_more_than_it_seems_to() -> None:
    traffic = begun()
    _made(traffic)
    traffic.acts("confirmBooking", "CONFIRMED", asked={"payment_status": "PAID"})
    traffic.tells("confirmed", before=WAS_CREATED)
    traffic.tells("updated")
    traffic.looks()
    assert not findings(traffic)


def test_a_form_submission_may_be_told_as_an_update() -> None:
    traffic = begun()
    traffic.makes()
    made = traffic.exchanges.pop()
    sent = {**made.request_json, "formSubmission": {"name": "Ada"}}
    traffic.says("createBooking", sent, made.json)
    traffic.bookings[1]["revision"] = "2"
    traffic.tells("created")
    traffic.tells("updated")
    traffic.looks()
    assert not findings(traffic)


def test_what_others_changed_before_a_call_is_not_what_was_seen_last() -> None:
    traffic = begun()
    _made(traffic)
    traffic.bookings[1] |= {"revision": "2", "totalParticipants": 2}
    asked = {"totalParticipants": 3}
    traffic.acts("updateNumberOfParticipants", asked=asked, **asked)
    traffic.tells("number_of_participants_updated", before={"previousTotalParticipants": 2})
    traffic.looks()
    assert not findings(traffic, STRANGER)


def test_a_call_that_was_not_answered_may_be_told_or_not() -> None:
    for events in ((), ("confirmed",)):
        traffic = begun()
        _made(traffic)
        traffic.falls_silent("confirmBooking")
        for slug in events:
            traffic.tells(slug, before=WAS_CREATED)
        traffic.looks()
        assert not findings(traffic)


@pytest.mark.parametrize("events", [0, 1])
def test_what_is_answered_where_that_is_open_may_be_told_or_not(events: int) -> None:
    traffic = begun()
    _made(traffic)
    traffic.acts("cancelBooking", "CANCELED")
    traffic.tells("canceled", before={"previousStatus": "CREATED"})
    same = {"revision": "2"}
    traffic.acts("cancelBooking", asked=same, **same)
    for _ in range(events):
        traffic.tells("canceled", before={"previousStatus": "CANCELED"})
    traffic.looks()
    assert not findings(traffic)


@pytest.mark.parametrize("slugs", [(), ("confirmed",), ("updated",)], ids=str)
def test_a_decision_on_what_is_settled_may_be_told_as_anything(slugs: tuple[str, ...]) -> None:
    traffic = begun()
    _confirmed(traffic)
    same = {"revision": "2"}
    traffic.acts("confirmOrDeclineBooking", asked={"paymentStatus": "PAID"}, **same)
    for slug in slugs:
        traffic.tells(slug, before=WAS_CONFIRMED)
    traffic.looks()
    assert not findings(traffic)


@pytest.mark.parametrize("events", [0, 1])
def test_a_booking_made_confirmed_may_be_told_as_confirmed_too(events: int) -> None:
    traffic = begun()
    traffic.makes(asked={"status": "CONFIRMED"})
    traffic.tells("created")
    for _ in range(events):
        traffic.tells("confirmed", before=WAS_CREATED)
    traffic.looks()
    assert not findings(traffic)


@pytest.mark.parametrize("events", [0, 1])
def test_what_changes_nothing_may_be_told_or_not(events: int) -> None:
    traffic = begun()
    _made(traffic)
    same = {"totalParticipants": 1}
    traffic.acts("updateNumberOfParticipants", asked=same, revision="1", **same)
    for _ in range(events):
        traffic.tells("number_of_participants_updated", before={"previousTotalParticipants": 1})
    traffic.looks()
    assert "EVENT-1" not in {found.rule for found in findings(traffic)}


def test_who_waits_may_move_up_without_a_call() -> None:
    traffic = begun()
    _met(traffic, "WAITING_LIST")
    traffic.looks()
    traffic.bookings[7] |= {"status": "CONFIRMED", "revision": "2"}
    traffic.tells("confirmed", 7, before={"previousStatus": "WAITING_LIST"})
    traffic.looks()
    assert not findings(traffic)


def test_a_booking_whose_attendance_was_set_may_be_told_as_updated() -> None:
    traffic = begun()
    _made(traffic)
    asked = {"bookingId": id_of(1), "sessionId": "any", "status": "ATTENDED"}
    shown = {**asked, "id": id_of(51), "numberOfAttendees": 1}
    traffic.says("setAttendance", {"attendance": asked}, {"attendance": shown})
    traffic.tells("updated")
    traffic.looks()
    assert not findings(traffic)


def test_kinds_of_events_that_nobody_declares_may_be_anybodys() -> None:
    traffic = begun()
    _confirmed(traffic)
    traffic.events.append({**traffic.events[0], "id": "else", "slug": "reminded"})
    traffic.looks()
    assert not findings(traffic)


def test_what_another_site_does_is_told_elsewhere() -> None:
    asked = {"booking": {"bookedEntity": slot(), "totalParticipants": 1}}
    for caller, expected in (("other_site", []), ("owner", ["created once"])):
        traffic = begun()
        traffic.says("createBooking", asked, {"booking": _booked(3)}, caller=caller)
        traffic.looks()
        assert [found.expected for found in findings(traffic)] == expected


def test_data_stored_long_after_a_booking_was_changed_need_not_change_it() -> None:
    traffic = begun()
    traffic.makes(updatedDate="2031-02-28T07:45:00.000Z")
    traffic.looks()
    asked = {"namespace": "@acme/crews", "namespaceData": {"crewSize": 4}}
    traffic.says("updateExtendedFields", asked, asked)
    traffic.tells("updated")
    traffic.looks()
    assert "EVENT-2" not in {found.rule for found in findings(traffic)}


def test_a_booking_may_be_called_by_its_id_in_capitals() -> None:
    traffic = begun()
    _made(traffic)
    asked = {"namespace": "@acme/crews", "namespaceData": {"crewSize": 4}}
    traffic.says("updateExtendedFields", asked, asked, path=id_of(1).upper())
    traffic.tells("updated", originatedFrom="extended_fields")
    traffic.looks()
    assert "EVENT-1" not in {found.rule for found in findings(traffic)}


def test_a_decline_where_that_is_open_is_told_if_it_was_done() -> None:
    traffic = begun()
    _made(traffic)
    traffic.acts("declineBooking", "DECLINED")
    traffic.looks()
    assert [found.expected for found in findings(traffic)] == ["declined once"]


# What comes late


def test_what_may_have_been_done_may_be_told_late_as_well() -> None:
    traffic = begun()
    _made(traffic)
    asked = {"bookingId": id_of(1), "sessionId": "any", "status": "ATTENDED"}
    shown = {**asked, "id": id_of(51), "numberOfAttendees": 1}
    traffic.says("setAttendance", {"attendance": asked}, {"attendance": shown})
    traffic.looks()
    traffic.tells("updated")
    traffic.looks()
    assert not findings(traffic, SLOW)
    assert findings(traffic)


def test_an_event_may_be_late_where_the_target_settles_late() -> None:
    traffic = begun()
    traffic.makes()
    traffic.looks()
    traffic.tells("created")
    traffic.looks()
    assert not findings(traffic, SLOW)


def test_an_event_that_stays_away_is_lacking() -> None:
    traffic = begun()
    traffic.makes()
    traffic.looks()
    traffic.now += 60
    traffic.looks()
    assert [found.expected for found in findings(traffic, SLOW)] == ["created once"]


def test_an_event_of_just_before_the_first_look_may_come_after_it() -> None:
    traffic = Traffic()
    traffic.makes()
    traffic.looks()
    traffic.tells("created")
    traffic.looks()
    assert not findings(traffic, SLOW)


def test_what_the_first_look_no_longer_showed_is_not_asked_for_later() -> None:
    traffic = Traffic()
    _made(traffic)
    for number in (2, 3):
        same = {"totalParticipants": number}
        traffic.acts("updateNumberOfParticipants", asked=same, **same)
    traffic.tells("number_of_participants_updated", before={"previousTotalParticipants": 2})
    traffic.looks()
    traffic.now += 60
    traffic.looks()
    assert not findings(traffic, SLOW)


@pytest.mark.parametrize(("seconds", "lacking"), [(30.0, []), (0.5, ["confirmed once"])])
def test_a_look_in_the_middle_of_a_call_need_not_show_its_event(
    seconds: float, lacking: list[str]
) -> None:
    traffic = begun()
    _made(traffic)
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.exchanges[-1] = evolve(traffic.exchanges[-1], seconds=seconds)
    traffic.looks()
    assert [found.expected for found in findings(traffic, STRANGER)] == lacking


def test_what_was_told_once_is_not_asked_for_again() -> None:
    traffic = begun()
    _confirmed(traffic)
    for _ in range(3):
        traffic.looks()
    assert not findings(traffic)


# What makes no sense


@pytest.mark.parametrize("thing", ["text", 7, None, [], {}, [1], {"events": 7}, {"events": [7]}])
def test_a_list_that_is_none_is_no_fault_of_the_oracle(thing: Any) -> None:
    traffic = begun()
    traffic.makes()
    traffic.looks(json.loads(json.dumps(thing)) if thing is not None else "null")
    assert not findings(traffic)


@pytest.mark.parametrize("thing", ["text", 7, True, None, [], {}, [1], {"booking": [1]}])
@pytest.mark.parametrize(
    "field", ["id", "slug", "entityId", "eventTime", "actionEvent", "originatedFrom"]
)
def test_nonsense_in_an_event_is_no_fault_of_the_oracle(field: str, thing: Any) -> None:
    traffic = begun()
    _made(traffic)
    traffic.acts("confirmBooking", "CONFIRMED")
    traffic.tells("confirmed", before=WAS_CREATED)
    traffic.events[-1][field] = thing
    traffic.looks()
    assert {found.rule for found in findings(traffic)} <= {"EVENT-1", "EVENT-2", "EVENT-4"}
