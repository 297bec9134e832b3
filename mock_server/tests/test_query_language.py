"""The query language: what filters find, what they refuse, and which cursors are taken."""

import base64

import pytest

import bookings_openapi
from bookings_mock.handlers import (
    attendance,
    attendance_bulk,
    availability,
    reader,
    time_slots,
    v1_list,
)
from bookings_mock.handlers.orders import FIELDS as OF_ORDERS
from bookings_mock.query import Field, Grammar, QueryRefused, parse_filter

READER = "/_api/bookings-reader/v2/extended-bookings/query"
ATTENDANCE = "/bookings/bookings-attendance/query"

RECORDS = [
    {"id": "AA", "word": "ox", "made": "2031-03-01T00:00:00Z", "size": 1, "flag": False},
    {"id": "bb", "word": "yak", "made": "2031-03-02T00:00:00Z", "size": 2, "tags": ["x"]},
    {"id": "cc", "word": None, "made": None, "size": 3, "flag": True, "tags": ["x", "y"]},
]


def _moment(record):
    from datetime import datetime

    return record["made"] and datetime.fromisoformat(record["made"])


FIELDS = {
    "id": Field(lambda record: record["id"], "guid"),
    "word": Field(lambda record: record["word"]),
    "made": Field(_moment, "date"),
    "size": Field(lambda record: record["size"], "number"),
    "flag": Field(lambda record: record.get("flag"), "flag"),
    "tags": Field(lambda record: record.get("tags", []), "list"),
}
_COMPARED = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin")
GRAMMAR = Grammar(
    filters={
        "id": ("$eq", "$ne", "$in"),
        "word": ("$eq", "$ne", "$in", "$nin", "$hasSome"),
        "made": _COMPARED,
        "size": _COMPARED,
        "flag": ("$eq", "$ne"),
        "tags": ("$hasSome", "$hasAll"),
    },
    sorts={},
    default_limit=50,
    max_limit=100,
    max_depth=4,
    max_conditions=8,
)


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({}, "abc"),
        ({"id": "aa"}, "a"),
        ({"id": "BB"}, "b"),
        ({"id": ["aa", "CC"]}, "ac"),
        ({"id": {"$ne": "AA"}}, "bc"),
        ({"id": {"$in": []}}, ""),
        ({"word": None}, "c"),
        ({"word": {"$nin": ["ox"]}}, "bc"),
        ({"word": {"$hasSome": ["ox", "yak"]}}, "ab"),
        ({"made": "2031-03-01T00:00:00.000Z"}, "a"),
        ({"made": "2031-03-01T01:00:00+01:00"}, "a"),
        ({"made": {"$gt": "2031-03-01T00:00:00Z"}}, "b"),
        ({"made": {"$gte": "2031-03-01T00:00:00Z"}}, "ab"),
        ({"made": {"$lt": "2031-03-02T00:00:00Z"}}, "a"),
        ({"made": {"$lte": "2031-03-02T00:00:00Z"}}, "ab"),
        ({"made": {"$gte": "2031-03-01T00:00:00Z", "$lt": "2031-03-02T00:00:00Z"}}, "a"),
        ({"made": {"$lt": None}}, ""),
        ({"size": {"$gt": 1, "$lt": 3}}, "b"),
        ({"size": {"$nin": [1, 2]}}, "c"),
        ({"flag": False}, "a"),
        ({"flag": {"$ne": True}}, "ab"),
        ({"tags": "x"}, "bc"),
        ({"tags": ["y", "z"]}, "c"),
        ({"tags": {"$hasAll": ["x", "y"]}}, "c"),
        ({"tags": {"$hasSome": []}}, ""),
        ({"tags": {"$hasAll": []}}, "abc"),
        ({"word": "ox", "size": 2}, ""),
        ({"$and": [{"size": {"$gt": 1}}, {"tags": "y"}]}, "c"),
        ({"$and": []}, "abc"),
        ({"$or": [{"id": "aa"}, {"size": 3}]}, "ac"),
        ({"$or": []}, ""),
        ({"$not": {"size": 2}}, "ac"),
        ({"$not": {"$or": [{"id": "aa"}, {"$not": {"size": {"$lt": 3}}}]}}, "b"),
    ],
    ids=str,
)
def test_a_filter_finds_what_it_says(sent, found):
    where = parse_filter(sent, GRAMMAR, FIELDS)
    assert "".join(one["id"][0].lower() for one in RECORDS if where.holds(one)) == found


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"x.y": 1}, "Field 'x.y' is not declared as filterable"),
        ({"$not": {"$and": [{"x.y": 1}]}}, "Field 'x.y' is not declared as filterable"),
        ({"id": {"$gt": "aa"}}, "Operator '$gt' is not supported for field 'id'"),
        ({"id": {"id": "aa"}}, "Operator 'id' is not supported for field 'id'"),
        ({"$nor": []}, "Operator '$nor' is not supported"),
        ({"$and": {}}, "'$and' must be a list of filters"),
        ({"$and": [None]}, "a filter must be an object"),
        ({"$not": None}, "a filter must be an object"),
        ({"$or": ["id"]}, "a filter must be an object"),
        ([], "a filter must be an object"),
        ({"id": {}}, "field 'id' takes a guid"),
        ({"id": {"$in": "aa"}}, "'$in' of field 'id' takes a list"),
        ({"flag": [True]}, "field 'flag' takes a flag"),
        ({"flag": "true"}, "field 'flag' takes a flag"),
        ({"size": "1"}, "field 'size' takes a number"),
        ({"size": True}, "field 'size' takes a number"),
        ({"tags": [1]}, "field 'tags' takes a list"),
        ({"made": 1}, "field 'made' takes a date"),
        ({"made": "soon"}, "field 'made' takes an RFC 3339 date-time in UTC"),
        ({"made": "0001-01-01T00:00:00+05:00"}, "field 'made' takes an RFC 3339 date-time in UTC"),
    ],
    ids=str,
)
def test_what_is_not_of_the_language_is_refused_with_the_reason(sent, said):
    with pytest.raises(QueryRefused) as refused:
        parse_filter(sent, GRAMMAR, FIELDS)
    assert refused.value.reason == said


def test_filters_nest_only_so_deep():
    nested = {"id": "aa"}
    for _ in range(GRAMMAR.max_depth):
        nested = {"$not": nested}
    parse_filter(nested, GRAMMAR, FIELDS)
    with pytest.raises(QueryRefused, match="nest at most 4 deep"):
        parse_filter({"$and": [nested]}, GRAMMAR, FIELDS)


def test_a_refusal_of_the_reader_has_the_apis_words(api):
    answer = api.post(READER, {"query": {"filter": {"x.y": 1}}})
    assert answer.status_code == 400
    assert answer.headers["x-bookings-rule"] == "READER-1"
    said = "Field 'x.y' is not declared as filterable"
    assert answer.json()["message"] == f"value {said}"
    (violation,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert (violation["field"], violation["description"]) == ("value", said)


def test_a_filter_that_nests_too_deep_is_refused(api):
    nested = {"status": "CREATED"}
    for depth in range(1, 400):
        nested = {"$not": nested}
        if depth in (40, 399):
            assert api.post(READER, {"query": {"filter": nested}}).status_code == 400


# ── What the document lists ───────────────────────────────────────────────────────────────────────

READ = {
    "queryExtendedBookings": reader.FIELDS,
    "countExtendedBookings": reader.FIELDS,
    "queryAttendance": attendance.FIELDS,
    "listBookingsV1": v1_list.FIELDS,
    "query": reader.FIELDS,
    "queryBookingsV1": v1_list.FIELDS,
    "countAttendances": attendance_bulk.fields_of(None),
    "queryAvailability": availability.FIELDS,
    "listAvailabilityTimeSlots": time_slots.FIELDS,
    "listMultiServiceAvailabilityTimeSlots": time_slots.FIELDS,
    "listEventTimeSlots": time_slots.FIELDS,
    "searchOrders": OF_ORDERS,
}


def _operations():
    paths = bookings_openapi.load()["paths"]
    operations = [one for item in paths.values() for one in item.values() if isinstance(one, dict)]
    # Those of an entity are read by their paths, off what is shown.
    known = (one for one in operations if "x-entity" not in one)
    return {one["operationId"]: one for one in known if "x-filters" in one}


def test_every_operation_with_filters_reads_its_fields():
    assert _operations().keys() <= READ.keys()


@pytest.mark.parametrize("name", _operations())
def test_every_field_that_the_document_lists_can_be_read(name):
    listed = _operations()[name]
    assert {*listed["x-filters"], *listed.get("x-sorts", {})} <= READ[name].keys()


_OPERANDS = {
    "text": "x",
    "guid": "5d0c0a5e-1f3b-4c4e-9d53-6e0b7a3c2f10",
    "date": "2031-01-01T00:00:00Z",
    "number": 1,
    "flag": True,
    "list": "x",
}


@pytest.mark.parametrize(
    ("path", "name"), [(READER, "queryExtendedBookings"), (ATTENDANCE, "queryAttendance")]
)
def test_every_operator_and_direction_that_the_document_lists_is_served(api, path, name):
    booking = api.done(api.act(api.booked("yoga"), "confirm"))
    api.booked("spanish")
    api.booked("haircut")
    came = {"bookingId": booking["id"], "status": "ATTENDED"}
    named = {"sessionId": booking["bookedEntity"]["slot"]["sessionId"]}
    assert (
        api.post("/bookings/bookings-attendance/set", {"attendance": {**came, **named}}).status_code
        == 200
    )
    listed = _operations()[name]
    for field, operators in listed["x-filters"].items():
        operand = _OPERANDS[READ[name][field].kind]
        for operator in operators:
            many = operator in ("$in", "$nin", "$hasSome", "$hasAll")
            filter = {field: {operator: [operand] if many else operand}}
            answer = api.post(path, {"query": {"filter": filter}})
            assert answer.status_code == 200, (filter, answer.text)
    for field, orders in listed["x-sorts"].items():
        for order in orders:
            sort = [{"fieldName": field, "order": order}]
            answer = api.post(path, {"query": {"sort": sort}})
            assert answer.status_code == 200, (sort, answer.text)


# ── Cursors ───────────────────────────────────────────────────────────────────────────────────────


def _cursor(api, path=READER, token="owner-token", **query):
    body = {"query": {"cursorPaging": {"limit": 1}, **query}}
    return api.post(path, body, token).json()["pagingMetadata"]["cursors"]["next"]


def _taken(api, cursor, path=READER, token="owner-token"):
    return api.post(path, {"query": {"cursorPaging": {"cursor": cursor}}}, token)


def _refused(answer):
    assert answer.status_code == 400, answer.text
    (violation,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert violation["field"] == "query.cursorPaging.cursor"
    return True


@pytest.fixture
def cursor(api):
    for _ in range(3):
        api.booked()
    return _cursor(api)


def test_a_cursor_is_taken_where_it_was_given(api, cursor):
    assert len(_taken(api, cursor).json()["extendedBookings"]) == 2


def test_a_cursor_of_another_world_is_refused(api, cursor):
    assert _refused(_taken(api, cursor, token="owner-token@blue"))


def test_a_cursor_of_another_site_is_refused(api, cursor):
    assert _refused(_taken(api, cursor, token="other-site-token"))


@pytest.mark.parametrize("sort", [[], [{"fieldName": "createdDate"}]])
def test_a_cursor_of_another_operation_is_refused(api, cursor, sort):
    assert _refused(_taken(api, _cursor(api, sort=sort), path=ATTENDANCE))


def _damaged(cursor):
    middle = len(cursor) // 2
    swapped = "A" if cursor[middle] != "A" else "B"
    yield cursor[:middle] + swapped + cursor[middle + 1 :]
    yield cursor[:middle] + "!" + cursor[middle:]
    yield cursor[:-4]
    yield cursor + "AAAA"
    yield cursor.replace(cursor[0], "é", 1)


def test_a_damaged_cursor_is_refused(api, cursor):
    for damaged in _damaged(cursor):
        assert _refused(_taken(api, damaged))


def test_a_cursor_that_was_never_given_is_refused(api):
    for made in ("x", "=", "no such cursor", "{}", "AAAA", "A" * 1000):
        assert _refused(_taken(api, made))


def test_nobody_can_make_a_cursor_from_what_one_carries(api, cursor):
    raw = base64.urlsafe_b64decode(cursor)
    other = raw.replace(b'"after"', b'"befor"')
    assert other != raw
    assert _refused(_taken(api, base64.urlsafe_b64encode(other).decode()))
