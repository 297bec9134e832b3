"""Readings that change what is there at all: an operation, a namespace, the fields of a list."""

import pytest

MARK = "mark_booking_as_pending"
LIST = "/bookings/v1/bookings"


@pytest.mark.parametrize("revision", [None, "7"], ids=["current", "stale"])
def test_what_cannot_be_set_pending_has_no_operation_for_it(serve, revision):
    api = serve(readings={"PENDING-1": "B"})
    booking = api.booked("workshop")
    said = {} if revision is None else {"revision": revision}
    answer = api.act(booking, MARK, **said)
    assert (answer.status_code, answer.json()["details"]) == (404, {})
    assert api.read(booking["id"])["status"] == "CREATED"


def test_the_missing_operation_knows_neither_callers_nor_bookings(serve):
    api = serve(readings={"PENDING-1": "B"})
    path = f"/_api/bookings-service/v2/bookings/{'0' * 8}/{MARK}"
    for token in ("owner-token", "nobody"):
        assert api.post(path, {}, token).json()["details"] == {}


def test_a_site_names_a_namespace_that_it_knows(serve):
    api = serve(readings={"EXTENDED-2": "B"})
    named = api.http.get("/_mock/site").json()["target"]["namespace"]
    path = f"/bookings/v2/bookings/{api.booked()['id']}/update_extended_fields"
    written = {"namespaceData": {"crew": 4}}
    known = api.post(path, {"namespace": named, **written})
    unknown = api.post(path, {"namespace": "@nobody/knows", **written})
    assert [known.status_code, unknown.status_code] == [200, 400]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"query.fields": ["created", "formInfo.contactDetails"]}, {"created", "formInfo"}),
        ({"query.fieldsets": ["basic"]}, set()),
    ],
)
def test_a_list_that_honours_fields_shows_those_and_what_none_is_without(serve, query, shown):
    api = serve(readings={"LIST-7": "C"})
    api.booked()
    headers = {"authorization": "owner-token"}
    (entry,) = api.http.get(LIST, params=query, headers=headers).json()["bookingsEntries"]
    assert entry["booking"].keys() == {"id", "bookedEntity", "status"} | shown
