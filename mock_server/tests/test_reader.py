"""The reader: walks that lose nothing, filters that look no further than they find."""

import pytest

from bookings_mock.handlers import handler
from bookings_mock.world import World

READER = "/_api/bookings-reader/v2/extended-bookings/query"
COUNT = "/_api/bookings-reader/v2/extended-bookings/count"
BULK = "/bookings/v2/bulk/bookings/create"


def _bulk(api, size, service="yoga", **booking):
    entity = api.entity(service)
    body = {
        "bookedEntity": entity,
        "totalParticipants": 1,
        "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
        **booking,
    }
    made = []
    while len(made) < size:
        items = [{"booking": body}] * min(40, size - len(made))
        asked = {"createBookingsInfo": items, "returnFullEntity": True}
        results = api.post(BULK, asked).json()["results"]
        made += [result["item"] for result in results]
    return made


def _find(api, **query):
    answer = api.post(READER, {"query": query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def _ids(page):
    return [entry["booking"]["id"] for entry in page["extendedBookings"]]


def _walk(api, between, limit=100, **first):
    page = _find(api, cursorPaging={"limit": limit}, **first)
    met = _ids(page)
    while onwards := page["pagingMetadata"]["cursors"].get("next"):
        between()
        page = _find(api, cursorPaging={"cursor": onwards, "limit": limit})
        met += _ids(page)
    return met


@pytest.mark.parametrize(
    "sort",
    [
        [],
        [{"fieldName": "createdDate", "order": "DESC"}],
        [{"fieldName": "status"}],
        [{"fieldName": "bookedEntity.item.slot.resource.id", "order": "DESC"}],
    ],
    ids=["unsorted", "newest first", "all alike", "by resource"],
)
def test_a_thousand_bookings_are_met_once_each_while_others_are_made(api, sort):
    due = {one["id"] for one in _bulk(api, 500)} | {one["id"] for one in _bulk(api, 500, "spanish")}
    late = []
    met = _walk(api, lambda: late.append(api.booked()["id"]), sort=sort)
    assert len(met) == len(set(met))
    assert due <= set(met) <= due | set(late)
    assert late


@pytest.mark.parametrize("reading", ["A", "B"])
def test_a_walk_in_the_usual_order_meets_all(serve, reading):
    api = serve(readings={"READER-4": reading})
    due = [one["id"] for one in _bulk(api, 25)]
    met = _walk(api, lambda: None, limit=4)
    assert sorted(met) == sorted(due)
    assert reading == "B" or met == sorted(due)


def test_a_cursor_leads_back_to_the_page_before(api):
    _bulk(api, 5)
    first = _find(api, cursorPaging={"limit": 2})
    assert "prev" not in first["pagingMetadata"]["cursors"]
    second = _find(api, cursorPaging={"cursor": first["pagingMetadata"]["cursors"]["next"]})
    assert len(_ids(second)) == 3
    assert "next" not in second["pagingMetadata"]["cursors"]
    back = _find(api, cursorPaging={"cursor": second["pagingMetadata"]["cursors"]["prev"]})
    assert _ids(back) == _ids(first)


def test_the_count_goes_beyond_a_page(api):
    _bulk(api, 130)
    assert api.post(COUNT, {}).json() == {"count": 130}
    assert api.post(COUNT, {"filter": {"status": "CONFIRMED"}}).json() == {"count": 0}


def test_offset_paging_says_where_the_page_lies(api):
    _bulk(api, 5)
    paging = _find(api, paging={"limit": 2, "offset": 3})["pagingMetadata"]
    assert (paging["count"], paging["offset"], paging["total"]) == (2, 3, 5)


# ── How far it looks ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def looks(monkeypatch):
    """The bookings that were looked at, one entry for each look."""
    seen = []

    def counting(call, booking):
        seen.append(booking.id)
        return visible(call, booking)

    visible, every = handler.visible, World.bookings
    for module in ("bookings_mock.handlers.reader", "bookings_mock.handlers.finding"):
        monkeypatch.setattr(f"{module}.visible", counting)

    def bookings(world):
        for booking in every(world):
            seen.append(booking.id)
            yield booking

    monkeypatch.setattr(World, "bookings", bookings)
    return seen


@pytest.fixture
def crowd(api):
    """A hundred bookings of others around four that are looked for."""
    _bulk(api, 100)
    sought = _bulk(
        api,
        2,
        bookedEntity={"slot": {"sessionId": api.session("workshop")["id"]}},
        contactDetails={"firstName": "Bo", "email": "bo@example.com"},
    )
    confirmed = [api.done(api.act(one, "confirm")) for one in sought]
    return confirmed, api.booked("spanish")


@pytest.mark.parametrize(
    "what",
    [
        "id",
        "bookedEntity.item.slot.sessionId",
        "bookedEntity.item.slot.eventId",
        "bookedEntity.item.slot.scheduleId",
        "contactDetails.contactId",
        "status",
    ],
)
def test_an_indexed_filter_looks_at_no_more_bookings_than_it_finds(api, crowd, looks, what):
    (one, _), _ = crowd
    slot = one["bookedEntity"]["slot"]
    value = {
        "id": one["id"],
        "contactDetails.contactId": one["contactDetails"]["contactId"],
        "status": "CONFIRMED",
    }.get(what) or slot[what.rpartition(".")[2]]
    for filter in (
        {what: value},
        {what: {"$eq": value}},
        {what: {"$in": [value]}},
        {"createdDate": {"$gte": "2020-01-01T00:00:00Z"}, what: value},
        {"$and": [{"createdDate": {"$gte": "2020-01-01T00:00:00Z"}}, {what: value}]},
    ):
        looks.clear()
        found = _ids(_find(api, filter=filter))
        assert len(found) == (1 if what == "id" else 2)
        assert sorted(looks) == sorted(found)


def test_a_course_is_found_by_its_schedule_without_looking_further(api, crowd, looks):
    _, course = crowd
    schedule = course["bookedEntity"]["schedule"]["scheduleId"]
    assert _ids(_find(api, filter={"bookedEntity.item.schedule.scheduleId": schedule})) == looks
    assert looks == [course["id"]]


def test_what_is_absent_is_found_with_and_without_an_index(api, crowd):
    _, course = crowd
    for field in ("bookedEntity.item.slot.sessionId", "bookedEntity.item.slot.serviceId"):
        assert _ids(_find(api, filter={field: None})) == [course["id"]]
