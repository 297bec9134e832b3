"""Which side a world takes where the sources leave a rule open."""

import pytest

import bookings_openapi

READINGS = "/_mock/readings"


def _choose(api, world="default", **readings):
    named = {"readings": {rule.replace("_", "-"): letter for rule, letter in readings.items()}}
    return api.http.post(READINGS, json=named, params={"world": world})


def test_every_open_rule_is_told_with_the_letter_that_is_followed(api):
    open_ = {rule.id for rule in bookings_openapi.rules().values() if rule.readings}
    assert api.http.get(READINGS).json() == {
        "readings": dict.fromkeys(sorted(open_, key=_order), "A")
    }


def _order(rule):
    return list(bookings_openapi.rules()).index(rule)


def test_a_reading_is_switched_and_switched_back(api):
    booking = api.done(api.act(api.booked(), "cancel"))
    found = []
    for letter in "ABA":
        assert _choose(api, CANCEL_5=letter).json()["readings"]["CANCEL-5"] == letter
        found.append(api.act(booking, "cancel").status_code)
    assert found == [428, 200, 428]


def test_each_world_takes_its_own_side(api):
    _choose(api, "other", CANCEL_5="B")
    assert api.http.get(READINGS).json()["readings"]["CANCEL-5"] == "A"
    assert api.http.get(f"{READINGS}?world=other").json()["readings"]["CANCEL-5"] == "B"
    api.http.post("/_mock/reset?world=other")
    assert api.http.get(f"{READINGS}?world=other").json()["readings"]["CANCEL-5"] == "A"


def test_readings_that_decide_before_a_call_is_made_are_the_worlds_too(api):
    _choose(api, AUTH_8="B", SHAPE_7="B", PENDING_1="B", SHAPE_5="B")
    assert api.create(token="member-token").headers["x-bookings-rule"] == "AUTH-8"
    assert api.create(token="member-token@elsewhere").status_code == 200
    booking = api.booked("workshop")
    assert api.act(booking, "mark_booking_as_pending").headers["x-bookings-rule"] == "PENDING-1"
    snake = {"booking": {"booked_entity": api.entity("yoga"), "total_participants": 1}}
    assert api.post("/bookings/v2/bookings", snake).status_code == 400
    assert api.act(booking, "confirm", bookingId="0" * 8 + booking["id"][8:]).status_code == 200


@pytest.mark.parametrize(
    ("readings", "field"),
    [
        ({"CANCEL-5": "C"}, "readings.CANCEL-5"),
        ({"CANCEL-5": "b"}, "readings.CANCEL-5"),
        ({"CANCEL-1": "A"}, "readings.CANCEL-1"),
        ({"LIST-1": "B", "CANCLE-5": "A"}, "readings.CANCLE-5"),
    ],
)
def test_what_is_no_reading_is_refused_and_nothing_is_switched(api, readings, field):
    answer = api.http.post(READINGS, json={"readings": readings})
    assert answer.status_code == 400
    (violation,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert violation["field"] == field
    assert set(api.http.get(READINGS).json()["readings"].values()) == {"A"}


@pytest.mark.parametrize("body", [{}, {"readings": {"CANCEL-5": 1}}, {"readings": []}, []])
def test_readings_have_a_shape(api, body):
    assert api.http.post(READINGS, json=body).status_code == 400


def test_a_mock_can_begin_with_a_reading(serve):
    api = serve(readings={"CANCEL-5": "B"})
    assert api.http.get(f"{READINGS}?world=any").json()["readings"]["CANCEL-5"] == "B"


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ({"CANCLE-5": "B"}, "no rule 'CANCLE-5'.*did you mean.*CANCEL-5"),
        ({"CANCEL-5": "D"}, "CANCEL-5 has the readings A, B, not 'D'"),
    ],
)
def test_a_mock_does_not_begin_with_what_is_no_reading(serve, readings, said):
    with pytest.raises(LookupError, match=said):
        serve(readings=readings)
