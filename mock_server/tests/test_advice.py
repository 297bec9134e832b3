"""Advice to callers: in the journal, in a header, and refused where the mock is strict."""

import json

import httpx
import pytest

from bookings_mock import create_app
from bookings_mock.inprocess import transport

HEADER = "x-bookings-advice"
ATTEND = "/bookings/v2/attendance/set"
WRITER = "/bookings/v2/bookings"
BULK = "/bookings/v2/bulk/bookings/create"


def _journal(api, world="default"):
    return api.http.get(f"/_mock/requests?world={world}").json()["requests"]


def _made(api, token="owner-token", nth=0):
    """A booking whose maker did nothing that is advised against."""
    entity = {"slot": {"eventId": api.session(nth=nth)["id"]}}
    body = {"booking": {"bookedEntity": entity, "totalParticipants": 1}}
    return api.done(api.post(WRITER, body, token))


def _attend(api, **attendance):
    booking = _made(api)
    sent = {"bookingId": booking["id"], "eventId": api.session()["id"], **attendance}
    return api.post(ATTEND, {"attendance": sent})


def _body(api, **change):
    entity = {"slot": {"eventId": api.session()["id"]}}
    return {"booking": {"bookedEntity": entity, "totalParticipants": 1}, **change}


def _moved(api, token="owner-token", by="owner-token", **settings):
    booking = _made(api, by)
    path = f"{WRITER}/{booking['id']}/cancel"
    return api.post(path, {"revision": "1", "flowControlSettings": settings}, token)


def _slot(api, **details):
    entity = {"slot": {"eventId": api.session()["id"], **details}}
    return {"booking": {"bookedEntity": entity, "totalParticipants": 1}}


def _listed(api, *query):
    headers = {"authorization": "owner-token"}
    return api.http.get("/bookings/v1/bookings", params=list(query), headers=headers)


FILTER = "query.filter.stringValue"
TWICE = '{"status": "CONFIRMED", "status": "CREATED"}'
UNSENT = {"message": "Hello"}
SENT = {**UNSENT, "notifyParticipants": True}

AVAILABILITY = "/availability-calendar/v1/availability/query"


def _days(api):
    start = api.session()["start"]
    return {"serviceId": [api.services["yoga"]["id"]], "startDate": start, "endDate": start}


STRANGE = "11111111-1111-4111-8111-111111111111"
ADVISED = {
    "ADVICE-1": lambda api: _attend(api, status="NOT_ATTENDED", numberOfAttendees=1),
    "ADVICE-2": lambda api: _attend(api, status="ATTENDED", numberOfAttendees=2),
    "ADVICE-3": lambda api: api.post(WRITER, _body(api, colour="red")),
    "ADVICE-4": lambda api: api.post(WRITER, _body(api, participantNotification=UNSENT)),
    "ADVICE-5": lambda api: api.post(WRITER, _slot(api, startDate="2030-01-01T00:00:00Z")),
    "ADVICE-6": lambda api: _moved(api, "app-token", ignoreCancellationPolicy=True),
    "ADVICE-7": lambda api: _listed(api, (FILTER, TWICE)),
    "ADVICE-8": lambda api: api.create(
        "haircut", bookedEntity={"slot": {**api.slot(), "scheduleId": STRANGE}}
    ),
    "ADVICE-9": lambda api: api.post(AVAILABILITY, {"query": {"filter": _days(api)}}),
}
ALSO = [
    ("ADVICE-4", lambda api: api.act(_made(api), "confirm", participantNotification=UNSENT)),
    (
        "ADVICE-4",
        lambda api: api.post(
            BULK,
            {"createBookingsInfo": [_body(api), _body(api, participantNotification=UNSENT)]},
        ),
    ),
    ("ADVICE-5", lambda api: api.post(WRITER, _slot(api, serviceId="0" * 36))),
    (
        "ADVICE-5",
        lambda api: api.act(
            _made(api), "reschedule", slot={"eventId": api.session()["id"], "scheduleId": "x"}
        ),
    ),
    ("ADVICE-6", lambda api: _moved(api, by="member-token", ignoreCancellationPolicy=True)),
    ("ADVICE-7", lambda api: _listed(api, ("query.fields", "id"))),
    (
        "ADVICE-8",
        lambda api: api.create(
            "spanish",
            bookedEntity={
                "schedule": {
                    "scheduleId": api.services["spanish"]["schedule_id"],
                    "serviceId": api.services["choir"]["id"],
                }
            },
        ),
    ),
    (
        "ADVICE-8",
        lambda api: api.act(
            api.booked("haircut"), "reschedule", slot={**api.slot(nth=2), "scheduleId": STRANGE}
        ),
    ),
    ("ADVICE-7", lambda api: _listed(api, (FILTER, "{}"), (FILTER, "{}"))),
]
UNADVISED = [
    lambda api: api.create("haircut"),
    lambda api: api.create("spanish"),
    lambda api: _attend(api, status="NOT_ATTENDED"),
    lambda api: _attend(api, status="NOT_ATTENDED", numberOfAttendees=0),
    lambda api: _attend(api, status="ATTENDED", numberOfAttendees=1),
    lambda api: api.post(WRITER, _body(api, participantNotification=SENT)),
    lambda api: api.post(WRITER, _body(api, participantNotification={"message": ""})),
    lambda api: api.post(WRITER, _body(api, participantNotification=None)),
    lambda api: api.post(WRITER, _body(api, colour=None)),
    lambda api: api.post(WRITER, _body(api, formSubmission={"anything": {"goes": 1}})),
    lambda api: api.post(WRITER, _slot(api, startDate=api.session()["start"])),
    lambda api: api.post(WRITER, {"booking": _body(api)["booking"], "flow_control_settings": {}}),
    lambda api: _moved(api, ignoreCancellationPolicy=True),
    lambda api: _moved(api, "app-token", ignoreCancellationPolicy=False),
    lambda api: _listed(
        api, (FILTER, '{"startTime": {"$gte": "2030-01-01", "$lt": "2031-01-01"}}')
    ),
    lambda api: api.create("haircut"),
    lambda api: api.create("spanish"),
]
EVERY = pytest.mark.parametrize(("rule", "call"), [*ADVISED.items(), *ALSO])


@pytest.fixture(scope="module")
def strict_client():
    app = create_app(strict=ADVISED)
    with httpx.Client(transport=transport(app), base_url="http://mock") as client:
        yield client


@pytest.fixture
def strict(api, strict_client):
    strict_client.post("/_mock/reset")
    return type(api)(strict_client)


@EVERY
def test_a_mistake_is_accepted_and_spoken_of(api, rule, call):
    answer = call(api)
    assert answer.status_code == 200, answer.text
    assert answer.headers[HEADER] == rule
    note = _journal(api)[-1]
    assert [one["rule"] for one in note["advice"]] == [rule]
    assert note["advice"][0]["reason"]
    assert (note["status"], "rule" in note) == (200, False)


@pytest.mark.parametrize("call", UNADVISED)
def test_what_is_no_mistake_is_not_spoken_of(api, call):
    answer = call(api)
    assert answer.status_code == 200, answer.text
    assert HEADER not in answer.headers
    assert _journal(api)[-1]["advice"] == []


@EVERY
def test_a_strict_mock_refuses_it_as_the_rule_book_says(strict, rule, call):
    answer = call(strict)
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (400, rule)
    assert answer.json()["details"]["validationError"]["fieldViolations"][0]["field"]
    assert _journal(strict)[-1]["rule"] == rule


def test_a_mock_is_strict_about_what_it_was_told_to_be(serve):
    api = serve(strict=["ADVICE-1"])
    assert ADVISED["ADVICE-1"](api).status_code == 400
    assert ADVISED["ADVICE-4"](api).headers[HEADER] == "ADVICE-4"


def test_nobody_is_strict_about_what_is_no_advice(serve):
    with pytest.raises(LookupError, match="'CANCEL-1' is no advice; there are ADVICE-1"):
        serve(strict=["CANCEL-1"])


def test_a_strict_mock_does_nothing_of_what_it_refuses(strict):
    answer = ADVISED["ADVICE-4"](strict)
    assert answer.status_code == 400
    query = strict.post("/_api/bookings-reader/v2/extended-bookings/query", {"query": {}})
    assert query.json()["extendedBookings"] == []


@pytest.mark.parametrize("rule", ADVISED)
def test_a_mock_that_stays_silent_breaks_the_rule(serve, rule):
    api = serve(breaks=[rule])
    assert HEADER not in ADVISED[rule](api).headers
    assert _journal(api)[-1]["advice"] == []


# Fields


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"colour": "red"}, "colour", "no field that the contract knows"),
        ({"doubleBooked": True}, "doubleBooked", "filled by the server"),
        ({"contactDetails": {"timeZone": "UTC"}}, "contactDetails.timeZone", "deprecated"),
        ({"contactDetails": {"shoeSize": 40}}, "contactDetails.shoeSize", "no field"),
    ],
)
def test_a_field_is_unknown_or_deprecated_or_read_only(api, change, field, said):
    assert api.create(**change).headers[HEADER] == "ADVICE-3"
    advice = {one["field"]: one["reason"] for one in _journal(api)[-1]["advice"]}
    assert said in advice[f"booking.{field}"]


def test_the_fields_of_a_list_are_looked_at_one_by_one(api):
    field = {"id": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11", "label": "Age", "value": "40"}
    body = _body(api)
    body["booking"] |= {"additionalFields": [field, field], "bookedAddOns": [{"name": "Towel"}] * 2}
    assert api.post(WRITER, body).status_code == 200
    fields = [one["field"] for one in _journal(api)[-1]["advice"]]
    assert fields == ["booking.additionalFields", "booking.bookedAddOns[].name"]


def test_a_field_is_spoken_of_once_for_each_operation_and_world(api):
    def told(call):
        call()
        return [one["field"] for one in _journal(api)[-1]["advice"]]

    assert told(lambda: api.act(api.booked(), "confirm", why=1)) == ["why"]
    assert told(lambda: api.act(api.booked(session={"nth": 1}), "confirm", why=1)) == []
    assert told(lambda: api.act(api.booked(session={"nth": 2}), "cancel", why=1)) == ["why"]
    api.http.post("/_mock/reset")
    assert told(lambda: api.act(api.booked(), "confirm", why=1)) == ["why"]


def test_a_query_of_its_own_is_unknown_too(api):
    answer = _listed(api, ("colour", "red"))
    assert (answer.status_code, answer.headers[HEADER]) == (200, "ADVICE-3")


def test_many_strange_fields_are_not_all_told_of(api):
    api.create(**{f"field{n}": n for n in range(500)})
    assert len(_journal(api)[-1]["advice"]) == 20


# The journal


def test_the_journal_tells_what_was_asked_and_what_became_of_it(api):
    booking = api.booked(token="app-token")
    api.done(api.act(booking, "cancel"))
    api.act({**booking, "revision": "2"}, "confirm")
    created, _, refused = _journal(api)
    assert (created["number"], created["caller"], created["operation"]) == (
        1,
        "app",
        "createBooking",
    )
    assert (refused["method"], refused["path"]) == ("POST", f"{WRITER}/{booking['id']}/confirm")
    assert (refused["status"], refused["rule"]) == (428, "CONFIRM-1")
    assert "CANCELED" in refused["reason"]


def test_the_journal_shows_what_never_became_a_call(api):
    api.post(WRITER, {}, "nobody")
    api.post("/bookings/v2/nothing", {})
    api.post(WRITER, {})
    shown = [(n["status"], n.get("rule"), n.get("caller")) for n in _journal(api)]
    assert shown == [(401, "AUTH-1", None), (404, None, "owner"), (400, "SHAPE-3", "owner")]


def test_each_world_has_a_journal_of_its_own_without_the_controls(api):
    api.booked(token="owner-token@journal")
    api.http.get("/_mock/site")
    assert _journal(api) == []
    assert len(_journal(api, "journal")) == 1
    api.http.post("/_mock/reset?world=journal")
    assert _journal(api, "journal") == []


def test_the_journal_is_bounded_and_ends_with_the_newest(api):
    for _ in range(1003):
        api.post("/nowhere", {})
    numbers = [note["number"] for note in _journal(api)]
    assert (len(numbers), numbers[-1]) == (1000, 1003)


def test_a_long_path_is_cut(api):
    api.post(f"/bookings/{'x' * 5000}", {})
    assert len(_journal(api)[-1]["path"]) == 1000


def test_a_filter_that_is_not_json_is_no_advice(api):
    assert _listed(api, (FILTER, json.dumps({"a": 1})[:-1])).headers.get(HEADER) is None
