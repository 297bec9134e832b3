"""Who sees and changes what: sites, members, and apps by their scopes."""

import json

import pytest

LIST = "/bookings/v1/bookings"
READER = "/_api/bookings-reader/v2/extended-bookings/query"
MEMBER, OTHER_MEMBER = "member-token", "other-member-token"
OWN = {"contactDetails": {"firstName": "Ada"}}


def ids(api, asked=None, token="owner-token", **query):
    if asked is not None:
        query["query.filter.stringValue"] = json.dumps(asked)
    answer = api.http.get(LIST, params=query, headers={"authorization": token})
    assert answer.status_code == 200, answer.text
    return [entry["booking"]["id"] for entry in answer.json()["bookingsEntries"]]


@pytest.mark.parametrize(
    ("token", "status"),
    [("stranger-token", 403), ("visitor-token", 403), ("reader-token", 200), ("app-token", 200)],
)
def test_a_caller_lists_bookings_if_it_may_read_participants(api, token, status):
    answer = api.http.get(LIST, headers={"authorization": token})
    assert answer.status_code == status


def test_members_meet_neither_each_others_bookings_nor_the_owners(api):
    mine = api.booked(token=MEMBER, **OWN)["id"]
    theirs = api.booked(token=OTHER_MEMBER, **OWN)["id"]
    owners = api.booked()["id"]
    assert ids(api, token=MEMBER) == [mine]
    assert ids(api, token=OTHER_MEMBER) == [theirs]
    assert ids(api) == [owners, theirs, mine]


def test_a_member_who_names_somebody_elses_contact_finds_nothing(api):
    theirs = api.booked()
    mine = api.booked(token=MEMBER, **OWN)
    asked = {"contactId": theirs["contactDetails"]["contactId"]}
    assert ids(api, asked, MEMBER) == []
    assert ids(api, {"contactId": mine["contactDetails"]["contactId"]}, MEMBER) == [mine["id"]]


@pytest.mark.parametrize("key", ["bookingId", "sessionId", "scheduleId", "status"])
def test_no_filter_leads_a_member_to_what_is_not_its_own(api, key):
    theirs = api.booked()
    slot = theirs["bookedEntity"]["slot"]
    values = {"bookingId": theirs["id"], "status": "CREATED", **slot}
    assert ids(api, {key: values[key]}, MEMBER) == []
    assert ids(api, {key: values[key]}) == [theirs["id"]]


def test_a_members_pages_are_cut_from_its_own_bookings(api):
    mine = [api.booked(token=MEMBER, **OWN)["id"]]
    api.booked()
    mine.append(api.booked(token=MEMBER, **OWN)["id"])
    api.booked()
    paging = [{"query.paging.limit": 1, "query.paging.offset": offset} for offset in range(3)]
    pages = [ids(api, None, MEMBER, **page) for page in paging]
    assert pages == [[mine[1]], [mine[0]], []]


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
def test_a_member_changes_its_own_bookings_and_no_others(api, action):
    body = {"revision": "1"}
    if action == "reschedule":
        body["slot"] = {"sessionId": api.session(nth=7)["id"]}
    theirs, mine = api.booked(), api.booked(token=MEMBER, **OWN)
    for booking, status in ((theirs, 403), (mine, 200)):
        path = f"/bookings/v2/bookings/{booking['id']}/{action}"
        assert api.post(path, body, MEMBER).status_code == status
    assert api.read(theirs["id"]) == theirs
    assert api.read(mine["id"])["revision"] == "2"


def test_a_site_sees_none_of_anothers_bookings(api):
    booking = api.booked()
    token = "other-site-token"
    assert ids(api, token=token) == ids(api, {"bookingId": booking["id"]}, token) == []
    for asked in ({}, {"filter": {"id": booking["id"]}}):
        assert api.post(READER, {"query": asked}, token).json()["extendedBookings"] == []


@pytest.mark.parametrize("action", ["cancel", "confirm", "decline"])
def test_a_site_changes_none_of_anothers_bookings(api, action):
    booking = api.booked()
    path = f"/bookings/v2/bookings/{booking['id']}/{action}"
    assert api.post(path, {"revision": "1"}, "other-site-token").status_code == 404
    assert api.read(booking["id"]) == booking
