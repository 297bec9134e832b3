"""One mistake in a request is one violation, and it says what to send instead."""

import pytest

from .conftest import WRITER


def _violations(answer):
    assert answer.status_code == 400
    return answer.json()["details"]["validationError"]["fieldViolations"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"totalParticipants": "x"}, "booking.totalParticipants"),
        ({"totalParticipants": 0}, "booking.totalParticipants"),
        ({"totalParticipants": None}, "booking"),
        ({"bookedEntity": {"slot": 5}}, "booking.bookedEntity.slot"),
        ({"bookedEntity": {}}, "booking.bookedEntity"),
        ({"contactDetails": [1]}, "booking.contactDetails"),
        (
            {"contactDetails": {"fullAddress": {"addressLine": 5}}},
            "booking.contactDetails.fullAddress.addressLine",
        ),
    ],
)
def test_one_mistake_is_one_violation(api, change, field):
    assert [one["field"] for one in _violations(api.create(**change))] == [field]


def test_two_mistakes_are_two(api):
    answer = api.create(totalParticipants="x", externalUserId=5)
    fields = {one["field"] for one in _violations(answer)}
    assert fields == {"booking.totalParticipants", "booking.externalUserId"}


def test_fields_of_which_one_is_due_are_named(api):
    (missing,) = _violations(api.create(totalParticipants=None))
    assert missing["description"] == "needs one of totalParticipants, participantsChoices"
    (both,) = _violations(api.create(participantsChoices={"serviceChoices": [{}]}))
    assert both["description"].endswith("has totalParticipants and participantsChoices")


@pytest.mark.parametrize(
    ("revision", "said"), [("abc", "must match"), (True, "must be string or integer")]
)
def test_of_several_forms_the_nearest_is_told(api, revision, said):
    booking = api.booked()
    body = {"revision": revision}
    (one,) = _violations(api.post(f"{WRITER}/{booking['id']}/confirm", body))
    assert one["field"] == "revision"
    assert one["description"].startswith(said)


SLOTS = "/_api/service-availability/v2/multi-service-time-slots"


def said(api, path, body):
    (one,) = api.post(path, body).json()["details"]["validationError"]["fieldViolations"]
    return one["description"]


def test_the_form_that_came_nearest_says_what_it_lacks(api):
    asked = [{"serviceId": api.services["haircut"]["id"]}] * 2
    body = {
        "services": asked,
        "fromLocalDate": "2031-03-01T00:00",
        "toLocalDate": "2031-03-02T00:00",
    }
    words = said(api, SLOTS, {**body, "location": {"locationType": "BUSINESS"}})
    assert words.endswith("or {cursorPaging.cursor}, and lacks timeZone")
    sessions = said(api, "/bookings/v2/calendar/sessions/query", {"query": {}})
    assert sessions == "must be {fromDate, toDate} or {query.cursorPaging.cursor}"


def test_a_wall_time_is_asked_for_in_words(api):
    ids = {"serviceId": api.services["haircut"]["id"], "toLocalDate": "2031-03-02T00:00:00"}
    path = "/_api/service-availability/v2/time-slots"
    words = said(api, path, {**ids, "fromLocalDate": "2031-03-01"})
    assert words == "must be YYYY-MM-DDThh:mm:ss, without an offset"
