"""Create Booking where the pages leave it open: what the mock does by each reading."""

import pytest

from .conftest import READER, WRITER


def _rule(answer):
    return answer.headers.get("x-bookings-rule")


@pytest.mark.parametrize("service", ["haircut", "yoga", "spanish"])
def test_the_number_of_participants_alone_will_do_and_is_advised_against(api, service):
    number = 1 if service == "haircut" else 2
    how = {"totalParticipants": None, "numberOfParticipants": number}
    answer = api.create(service, session={"capacity": 10} if service == "yoga" else None, **how)
    booking = api.done(answer)
    assert booking["totalParticipants"] == number
    assert "numberOfParticipants" not in booking
    assert answer.headers["x-bookings-advice"] == "ADVICE-3"


def test_where_it_will_not_do_the_refusal_names_the_two_fields(serve):
    api = serve(readings={"CREATE-27": "B"})
    answer = api.create(totalParticipants=None, numberOfParticipants=1)
    assert (answer.status_code, _rule(answer)) == (400, "CREATE-27")
    assert "totalParticipants or participantsChoices" in answer.json()["message"]


def test_beside_a_total_the_number_counts_for_nothing(serve):
    api = serve(readings={"CREATE-27": "B"})
    how = {"totalParticipants": 2, "numberOfParticipants": 3}
    assert api.booked(session={"capacity": 10}, **how)["totalParticipants"] == 2


def _at_odds(api, service):
    """What is booked, with the schedule of another service in it."""
    entity = api.entity(service)
    facts = api.services[service]
    part = next(iter(entity))
    others = [one for one in api.services.values() if one["kind"] == facts["kind"]]
    strange = next(one["schedule_id"] for one in others if one["id"] != facts["id"])
    return {part: {**entity[part], "serviceId": facts["id"], "scheduleId": strange}}


@pytest.mark.parametrize("service", ["haircut", "spanish"])
def test_ids_that_do_not_belong_together_are_repaired(api, service):
    booking = api.booked(service, bookedEntity=_at_odds(api, service))
    part = next(iter(booking["bookedEntity"].values()))
    facts = api.services[service]
    assert (part["serviceId"], part["scheduleId"]) == (facts["id"], facts["schedule_id"])


@pytest.mark.parametrize("service", ["haircut", "spanish"])
def test_or_refused_and_nothing_is_booked(serve, service):
    api = serve(readings={"CREATE-25": "B"})
    answer = api.create(service, bookedEntity=_at_odds(api, service))
    assert (answer.status_code, _rule(answer)) == (428, "CREATE-25")
    assert api.post(READER, {"query": {}}).json()["extendedBookings"] == []


SKIP = {"skipAvailabilityValidation": True}


def _backwards(api):
    slot = api.slot()
    return {**slot, "startDate": slot["endDate"], "endDate": slot["startDate"]}


def test_an_end_before_the_start_is_refused_though_nobody_looks_at_availability(api):
    answer = api.create("haircut", flow=SKIP, bookedEntity={"slot": _backwards(api)})
    assert (answer.status_code, _rule(answer)) == (400, "CREATE-26")


def test_nor_can_a_booking_be_moved_to_such_an_end(api):
    booking = api.booked("haircut")
    moved = api.act(booking, "reschedule", slot=_backwards(api), flowControlSettings=SKIP)
    assert (moved.status_code, _rule(moved)) == (400, "CREATE-26")


def test_what_is_accepted_by_the_other_reading_is_stored_as_it_came(serve):
    api = serve(readings={"CREATE-26": "B"})
    slot = _backwards(api)
    booking = api.booked("haircut", flow=SKIP, bookedEntity={"slot": slot})
    assert booking["startDate"] > booking["endDate"]


def _whole(api):
    facts = api.services["yoga"]
    return {"schedule": {"scheduleId": facts["schedule_id"], "serviceId": facts["id"]}}


def test_a_class_is_not_booked_by_its_schedule_unless_told(api, serve):
    assert _rule(api.create("yoga", bookedEntity=_whole(api))) == "CREATE-28"
    other = serve(readings={"CREATE-28": "B"})
    booking = other.booked("yoga", bookedEntity=_whole(other))
    assert booking["bookedEntity"]["schedule"]["serviceId"] == other.services["yoga"]["id"]


def test_a_class_that_is_booked_by_its_schedule_takes_a_seat_in_every_session(serve):
    api = serve(readings={"CREATE-28": "B"})
    booking = api.booked("yoga", bookedEntity=_whole(api))
    assert api.act(booking, "confirm").status_code == 200
    there = {"session": {"capacity": 10}}
    assert _rule(api.create("yoga", participants=10, **there)) == "CREATE-7"
    assert api.create("yoga", participants=9, **there).status_code == 200


def test_an_appointment_may_have_to_say_how_its_resource_is_chosen(serve):
    api = serve(readings={"CREATE-24": "C"})
    slot = {key: value for key, value in api.slot().items() if key != "resource"}
    assert _rule(api.create("haircut", bookedEntity={"slot": slot})) == "CREATE-24"
    any_one = [{"selectionMethod": "ANY_RESOURCE"}]
    chosen = {"slot": {**slot, "resourceSelections": any_one}}
    assert api.create("haircut", bookedEntity=chosen).status_code == 200


@pytest.mark.parametrize(
    ("rule", "service", "change"),
    [
        ("CREATE-20", "haircut", lambda api: {"flow": SKIP, "bookedEntity": _resourceless(api)}),
        ("CREATE-30", "massage", lambda api: {"selectedPaymentOption": "OFFLINE"}),
    ],
)
def test_each_refuses_by_default_and_takes_by_the_other_reading(api, serve, rule, service, change):
    assert _rule(api.create(service, **change(api))) == rule
    other = serve(readings={rule: "B"})
    assert other.create(service, **change(other)).status_code == 200


def _resourceless(api):
    return {"slot": {key: value for key, value in api.slot().items() if key != "resource"}}


def test_contact_details_that_contradict_a_form_may_be_passed_over(serve):
    api = serve(readings={"CREATE-29": "B"})
    body = {
        "booking": {
            "bookedEntity": api.entity("yoga"),
            "totalParticipants": 1,
            "contactDetails": {"firstName": "Eve"},
        },
        "formSubmission": {"first_name": "Ada"},
    }
    assert api.done(api.post(WRITER, body))["contactDetails"]["firstName"] == "Ada"
