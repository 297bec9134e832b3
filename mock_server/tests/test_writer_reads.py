"""Whether the writer reads is open: refused with a word where to ask, or as the reader does."""

import json

import pytest

from .conftest import WRITER


def _got(api, known, token="owner-token"):
    return api.http.get(f"{WRITER}/{known}", headers={"authorization": token})


def test_a_refusal_names_the_query_to_use(api):
    booking = api.booked()
    for answer in (_got(api, booking["id"]), api.post(f"{WRITER}/query", {"query": {}})):
        assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "SHAPE-10")
        assert "queryExtendedBookings, POST /_api/bookings-reader" in answer.json()["message"]


@pytest.fixture
def reads(serve):
    return serve(readings={"SHAPE-10": "B"})


def test_by_the_other_reading_a_booking_is_answered_by_its_id(reads):
    booking = reads.booked()
    assert reads.done(_got(reads, booking["id"]))["id"] == booking["id"]
    unknown = _got(reads, "11111111-1111-4111-8111-111111111111")
    assert (unknown.status_code, unknown.headers["x-bookings-rule"]) == (404, "LOOKUP-1")


def test_and_a_query_answers_bookings_page_by_page(reads):
    made = {reads.booked()["id"] for _ in range(3)}
    page = reads.post(f"{WRITER}/query", {"query": {"cursorPaging": {"limit": 2}}}).json()
    cursor = page["pagingMetadata"]["cursors"]["next"]
    rest = reads.post(f"{WRITER}/query", {"query": {"cursorPaging": {"cursor": cursor}}}).json()
    assert {one["id"] for one in page["bookings"] + rest["bookings"]} == made


def test_a_member_reads_there_what_is_its_own(reads):
    other, own = reads.booked(), reads.booked(token="member-token")
    assert _got(reads, own["id"], "member-token").status_code == 200
    assert _got(reads, other["id"], "member-token").status_code == 404


def test_nobody_reads_without_a_token(reads):
    assert _got(reads, reads.booked()["id"], "nobody").status_code == 401


def test_json_said_to_be_plain_text_is_refused_or_read(api, serve):
    for mock, status in ((api, 415), (serve(readings={"SHAPE-11": "B"}), 200)):
        body = {"booking": {"bookedEntity": mock.entity("yoga"), "totalParticipants": 1}}
        headers = {"authorization": "owner-token", "content-type": "text/plain"}
        assert (
            mock.http.post(WRITER, content=json.dumps(body), headers=headers).status_code == status
        )


def test_the_mock_s_controls_take_no_plain_text_by_either_reading(serve):
    mock = serve(readings={"SHAPE-11": "B"})
    headers = {"content-type": "text/plain"}
    answer = mock.http.post("/_mock/clock", content='{"freeze": true}', headers=headers)
    assert answer.status_code == 415
