"""The V1 list: the shape of its bookings, its filters, its pages and what a member is told."""

import json
from datetime import datetime

import pytest

from bookings_openapi import load
from bookings_openapi.schemas import compiled, rooted, translated

LIST = "/bookings/v1/bookings"
# The pages' sample of a V1 booking, with names of this project's own. Ids of sessions are long.
SAMPLE = {
    "id": "5d0c7a52-1f6e-4a3b-8c11-2f4e6a8b0c91",
    "bookedEntity": {
        "serviceId": "8bd1f0dc-9461-4f21-b576-f866f9f50d01",
        "scheduleId": "1b5e8844-7d10-42a3-b326-87941e5efd02",
        "singleSession": {
            "sessionId": ("S7kQ2" * 67)[:334],
            "start": "2031-03-03T18:00:00Z",
            "end": "2031-03-03T19:00:00Z",
        },
        "title": "Yoga in the garden",
        "location": {"locationType": "OWNER_BUSINESS"},
        "rate": {
            "labeledPriceOptions": {
                "general": {"amount": "14", "currency": "EUR", "downPayAmount": "0"}
            },
            "priceText": "",
        },
        "tags": ["GROUP"],
    },
    "bookedResources": [
        {
            "id": "c1e2d3f4-0a1b-4c2d-8e3f-4a5b6c7d8e9f",
            "name": "Maya Byrne",
            "email": "maya.byrne@example.com",
        }
    ],
    "formInfo": {
        "contactDetails": {
            "contactId": "6a5b4c3d-2e1f-4a0b-9c8d-7e6f5a4b3c2d",
            "firstName": "Ada",
            "lastName": "Byrne",
            "email": "ada@example.com",
            "phone": "5550100",
            "timeZone": "Europe/Dublin",
            "countryCode": "IE",
        },
        "paymentSelection": [{"rateLabel": "general", "numberOfParticipants": 1}],
        "customFormFields": {},
        "additionalFields": [],
    },
    "paymentDetails": {
        "balance": {
            "finalPrice": {"amount": "14", "currency": "EUR", "downPayAmount": "0"},
            "amountReceived": "0",
        },
        "wixPayDetails": {
            "txId": "7c6b5a49-3827-4160-9f8e-7d6c5b4a3928",
            "orderId": "1a2b3c4d-5e6f-4708-9a1b-2c3d4e5f6071",
            "orderAmount": "14",
            "orderStatus": "UNDEFINED",
            "paymentVendorName": "inPerson",
        },
        "state": "PENDING_MARK_AS_PAID",
        "wixPayMultipleDetails": [
            {
                "txId": "7c6b5a49-3827-4160-9f8e-7d6c5b4a3928",
                "orderId": "1a2b3c4d-5e6f-4708-9a1b-2c3d4e5f6071",
                "orderAmount": "14",
                "orderStatus": "UNDEFINED",
                "paymentVendorName": "inPerson",
            }
        ],
    },
    "status": "CONFIRMED",
    "created": "2031-02-28T09:30:00.000Z",
}
CONTACT = {
    "firstName": "Ada",
    "lastName": "Byrne",
    "email": "ada@example.com",
    "phone": "5550100",
    "timeZone": "Europe/Dublin",
    "countryCode": "IE",
}


def entries(api, asked=None, token="owner-token", **query):
    if asked is not None:
        text = asked if isinstance(asked, str) else json.dumps(asked)
        query["query.filter.stringValue"] = text
    answer = api.http.get(LIST, params=query, headers={"authorization": token})
    assert answer.status_code == 200, answer.text
    return answer.json()["bookingsEntries"]


def ids(api, asked=None, token="owner-token", **query):
    return [entry["booking"]["id"] for entry in entries(api, asked, token, **query)]


def outline(node):
    """The keys of a value and of all within, without the values."""
    if isinstance(node, dict):
        return {key: outline(value) for key, value in node.items()}
    return [outline(one) for one in node] if isinstance(node, list) else type(node).__name__


# The shape


def test_the_sample_of_the_pages_is_valid_with_its_long_session_id():
    document = load()
    sample = {"bookingsEntries": [{"booking": SAMPLE}]}
    components = translated(document["components"])
    schema = {"$ref": "#/components/schemas/ListBookingsV1Response"}
    assert len(SAMPLE["bookedEntity"]["singleSession"]["sessionId"]) == 334
    assert compiled(rooted(schema, components)).is_valid(sample)


def test_a_class_booking_has_exactly_the_shape_of_the_sample(api):
    booking = api.done(api.act(api.booked(contactDetails=CONTACT), "confirm"))
    (entry,) = entries(api, {"bookingId": booking["id"]})
    assert outline(entry["booking"]) == outline(SAMPLE)


def test_a_v1_booking_says_what_the_v2_booking_says(api):
    made = api.booked(participants=3, session={"capacity": 10}, contactDetails=CONTACT)
    (shown,) = [entry["booking"] for entry in entries(api, {"bookingId": made["id"]})]
    slot = made["bookedEntity"]["slot"]
    assert shown["bookedEntity"]["singleSession"] == {
        "sessionId": slot["sessionId"],
        "start": slot["startDate"],
        "end": slot["endDate"],
    }
    assert shown["formInfo"]["contactDetails"].items() >= CONTACT.items()
    assert shown["formInfo"]["paymentSelection"][0]["numberOfParticipants"] == 3
    assert (shown["created"], shown["status"]) == (made["createdDate"], "PENDING_CHECKOUT")


def test_a_course_is_a_set_of_sessions(api):
    made = api.booked("spanish")
    (entry,) = entries(api, {"bookingId": made["id"]})
    entity = entry["booking"]["bookedEntity"]
    assert "singleSession" not in entity
    assert set(entity["setOfSessions"]) == {"firstSessionStart", "lastSessionEnd"}


def test_actions_are_told_only_where_they_are_asked_for(api):
    made = api.booked()
    (plain,) = entries(api, {"bookingId": made["id"]})
    assert set(plain) == {"booking"}
    (told,) = entries(api, {"bookingId": made["id"]}, withBookingAllowedActions="true")
    assert told["allowedActions"] == {"cancel": True, "reschedule": True, "bookAnother": True}


def test_the_policy_of_the_service_decides_what_is_allowed(api):
    made = api.booked("massage", token="member-token", contactDetails={"firstName": "Ada"})
    asked = {"bookingId": made["id"]}
    (entry,) = entries(api, asked, "member-token", withBookingAllowedActions="true")
    assert entry["allowedActions"] == {"cancel": False, "reschedule": False, "bookAnother": True}


def test_nothing_but_booking_another_is_allowed_once_a_booking_is_canceled(api):
    made = api.done(api.act(api.booked(), "cancel"))
    (entry,) = entries(api, {"bookingId": made["id"]}, withBookingAllowedActions="true")
    assert entry["allowedActions"] == {"cancel": False, "reschedule": False, "bookAnother": True}


# Filters


@pytest.mark.parametrize("word", ["CREATED", "PENDING_CHECKOUT"])
@pytest.mark.parametrize("way", ["bare", "list", "$in", "$eq"])
def test_a_status_is_found_by_either_word_in_every_way_of_asking(api, word, way):
    made = api.booked()
    api.done(api.act(api.booked(), "confirm"))
    ways = {"bare": word, "list": [word], "$in": {"$in": [word]}, "$eq": {"$eq": word}}
    assert ids(api, {"status": ways[way]}) == [made["id"]]


def test_of_a_repeated_key_the_first_counts_in_either_order(api):
    one, other = api.booked()["id"], api.booked()["id"]
    for first, second in ((one, other), (other, one)):
        assert ids(api, f'{{"bookingId": "{first}", "bookingId": "{second}"}}') == [first]


def test_of_a_repeated_operator_the_first_counts(api):
    early = api.booked(session={"nth": 0})
    late = api.booked(session={"nth": 1})
    starts = [one["bookedEntity"]["slot"]["startDate"] for one in (early, late)]
    text = f'{{"startTime": {{"$gte": "{starts[1]}", "$gte": "{starts[0]}"}}}}'
    assert ids(api, text) == [late["id"]]


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ("no filter", "LIST-11"),
        ('{"status": "CONFIRMED", "PENDING"}', "LIST-11"),
        ('["CONFIRMED"]', "LIST-11"),
        ('{"favouriteColour": "blue"}', "LIST-11"),
        ('{"startTime": {"$regex": "2031"}}', "LIST-11"),
        ('{"startTime": {"$gt": "2031-03-03T18:00:00Z"}}', "LIST-12"),
        ('{"endTime": {"$gte": "2031-03-03T18:00:00Z"}}', "LIST-12"),
        ('{"startTime": "2031-03-03T18:00:00Z"}', "LIST-12"),
    ],
)
def test_what_is_no_filter_is_refused_by_the_rule_about_it(api, asked, rule):
    query = {"query.filter.stringValue": asked}
    answer = api.http.get(LIST, params=query, headers={"authorization": "owner-token"})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (400, rule)


def test_other_comparisons_are_honoured_in_the_other_reading(serve):
    api = serve(readings={"LIST-12": "B"})
    early, late = api.booked(session={"nth": 0}), api.booked(session={"nth": 1})
    start = early["bookedEntity"]["slot"]["startDate"]
    assert ids(api, {"startTime": {"$gt": start}}) == [late["id"]]
    assert ids(api, {"startTime": {"$lte": start}}) == [early["id"]]


@pytest.mark.parametrize(("reading", "word"), [("A", "PENDING_CHECKOUT"), ("B", "CREATED")])
def test_a_status_is_told_in_the_words_of_the_reading(serve, reading, word):
    api = serve(readings={"LIST-14": reading})
    made = api.booked()
    (entry,) = entries(api, {"bookingId": made["id"]})
    assert entry["booking"]["status"] == word


# Pages


@pytest.mark.parametrize("form", ["", ".value"])
def test_pages_are_cut_in_either_spelling(api, form):
    made = [api.booked()["id"] for _ in range(5)]
    newest = made[::-1]
    limit, offset = f"query.paging.limit{form}", f"query.paging.offset{form}"
    assert ids(api, **{limit: 2}) == newest[:2]
    assert ids(api, **{limit: 2, offset: 2}) == newest[2:4]
    assert ids(api, **{offset: 3}) == newest[3:]
    assert ids(api, **{limit: 2, offset: 5}) == []


def test_the_newest_comes_first_whatever_index_finds_it(api):
    made = [api.booked(session={"nth": nth}) for nth in (2, 0, 1)]
    newest = [one["id"] for one in made][::-1]
    slot, contact = made[0]["bookedEntity"]["slot"], made[0]["contactDetails"]["contactId"]
    sessions = [one["bookedEntity"]["slot"]["sessionId"] for one in made]
    for asked in (
        None,
        {"scheduleId": slot["scheduleId"]},
        {"contactId": contact},
        {"status": ["CREATED", "CONFIRMED"]},
        {"sessionId": sorted(sessions)},
    ):
        assert ids(api, asked) == newest


ASCENDING = {"query.sort": json.dumps([{"fieldName": "createdDate", "order": "ASC"}])}


def test_a_walk_in_ascending_order_meets_each_of_a_thousand_once_while_others_are_made(api):
    made = [api.booked("spanish")["id"] for _ in range(1000)]
    met: list[str] = []
    while page := ids(
        api, **ASCENDING, **{"query.paging.limit": 100, "query.paging.offset": len(met)}
    ):
        met += page
        if len(met) <= 1000:
            api.booked("spanish")
    assert met[:1000] == made
    assert len(met) == len(set(met)) > 1000


def test_created_dates_never_rise_down_the_list(api):
    for _ in range(20):
        api.booked()
    dates = [datetime.fromisoformat(one["booking"]["created"]) for one in entries(api)]
    assert dates == sorted(dates, reverse=True)


def test_a_v1_query_is_sorted_by_when_bookings_begin(api):
    late, early = (api.booked("haircut", session={"nth": nth}) for nth in (3, 1))
    for booking in (late, early):
        api.done(api.act(booking, "confirm"))
    body = {"query": {"sort": [{"fieldName": "startTime", "order": "ASC"}]}}
    found = api.post("/bookings/v1/bookings/query", body).json()["bookingsEntries"]
    assert [one["booking"]["id"] for one in found] == [early["id"], late["id"]]
