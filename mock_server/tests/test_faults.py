"""What goes wrong on purpose: by the header Prefer, by a world's faults, by a rate limit."""

from datetime import UTC, datetime

import httpx
import pytest

import bookings_openapi
from bookings_mock import create_app
from bookings_mock.clock import frozen_at
from bookings_mock.inprocess import transport

READER = "/_api/bookings-reader/v2/extended-bookings/query"
LIMITS = bookings_openapi.load()["x-limits"]
NOON = datetime(2031, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def faulty():
    """One mock for all tests here, that notes its delays instead of waiting."""
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    app = create_app(sleep=sleep)
    with httpx.Client(transport=transport(app), base_url="http://mock") as client:
        yield client, slept


@pytest.fixture
def slept(faulty):
    return faulty[1]


@pytest.fixture
def mock(api, faulty, slept):
    slept.clear()
    for world in ("default", "red"):
        faulty[0].post(f"/_mock/reset?world={world}")
    return type(api)(faulty[0])


def asks(api, token="owner-token", **headers):
    headers = {"authorization": token, **headers}
    return api.http.post(READER, json={"query": {}}, headers=headers)


def add(api, fault, world="default", **more):
    answer = api.http.post(f"/_mock/faults?world={world}", json={"fault": fault, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["fault"]


def faults(api, world="default"):
    return api.http.get(f"/_mock/faults?world={world}").json()["faults"]


def count(api, token="owner-token"):
    return len(asks(api, token).json()["extendedBookings"])


# The header


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 428, 429, 500, 501, 503, 504])
def test_a_request_may_prefer_to_fail(mock, status):
    answer = asks(mock, prefer=f"code={status}")
    assert answer.status_code == status
    assert set(answer.json()) == {"message", "details"}
    assert answer.headers["x-wix-request-id"]
    assert answer.headers["x-bookings-fault"] == str(status)


def test_the_rate_limit_is_the_published_one(mock):
    assert str(LIMITS["requestsPerMinute"]) in asks(mock, prefer="code=429").json()["message"]


def test_a_preferred_delay_is_waited_for_and_bounded(mock, slept):
    assert asks(mock, prefer="delay=2").status_code == 200
    assert asks(mock, prefer="delay=0.5, code=503").status_code == 503
    assert asks(mock, prefer="delay=100000").status_code == 200
    assert slept == [2, 0.5, LIMITS["delaySeconds"]]


@pytest.mark.parametrize(
    "prefer", ["code=200", "code=abc", "delay=-1", "delay=nan", "delay=inf", "respond-async", ""]
)
def test_other_preferences_are_left_alone(mock, slept, prefer):
    assert asks(mock, prefer=prefer).status_code == 200
    assert slept == []


def test_a_refusal_changes_nothing_and_a_failure_comes_after_the_call(mock):
    body = {"booking": {"bookedEntity": mock.entity("yoga"), "totalParticipants": 1}}
    headers = {"authorization": "owner-token"}
    for code, booked in ((429, 0), (503, 1)):
        sent = {**headers, "prefer": f"code={code}"}
        assert mock.http.post("/bookings/v2/bookings", json=body, headers=sent).status_code == code
        assert count(mock) == booked


def test_tokens_fail_in_their_own_shape(mock):
    answer = mock.http.post("/oauth2/token", json={}, headers={"prefer": "code=400"})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_controls_never_go_wrong(mock):
    add(mock, {"status": 503})
    assert mock.http.get("/_mock/site", headers={"prefer": "code=503"}).status_code == 200
    assert asks(mock).status_code == 503


# Faults of a world


def test_a_fault_strikes_its_operation_as_often_as_it_was_told(mock):
    added = add(mock, {"status": 429}, operation="queryExtendedBookings", count=2)
    assert (added["count"], added["struck"]) == (2, 0)
    assert mock.create().status_code == 200
    assert [asks(mock).status_code for _ in range(3)] == [429, 429, 200]
    (fault,) = faults(mock)
    assert (fault["count"], fault["struck"]) == (0, 2)


def test_a_fault_may_choose_its_code(mock):
    add(mock, {"status": 428, "code": "SLOT_NOT_AVAILABLE"}, operation="createBooking")
    error = mock.create().json()["details"]["applicationError"]
    assert error["code"] == "SLOT_NOT_AVAILABLE"
    assert error["description"]


def test_without_a_chosen_code_it_is_one_that_the_operation_knows(mock):
    add(mock, {"status": 404})
    booking = {"id": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11", "revision": "1"}
    error = mock.act(booking, "confirm").json()["details"]["applicationError"]
    assert error["code"] == "BOOKING_NOT_FOUND"


def test_faults_are_a_worlds_own_and_are_cleared(mock):
    add(mock, {"status": 503}, world="red")
    assert asks(mock).status_code == 200
    assert asks(mock, "owner-token@red").status_code == 503
    assert mock.http.delete("/_mock/faults?world=red").json() == {}
    assert asks(mock, "owner-token@red").status_code == 200
    assert faults(mock, "red") == []


def test_a_reset_takes_the_faults_along(mock):
    add(mock, {"status": 503})
    mock.http.post("/_mock/reset")
    assert asks(mock).status_code == 200


def test_a_fault_by_chance_follows_from_the_seed(serve):
    def struck(seed):
        api = serve(seed=seed)
        add(api, {"status": 503}, probability=0.5)
        return [asks(api).status_code for _ in range(40)]

    first = struck(1)
    assert set(first) == {200, 503}
    assert first == struck(1) != struck(2)


def test_a_slow_answer_is_the_true_one(mock, slept):
    add(mock, {"slow": {"seconds": 3}}, count=1)
    assert [asks(mock).status_code for _ in range(2)] == [200, 200]
    assert slept == [3]


def test_a_dropped_connection_has_no_answer(mock):
    add(mock, "drop", operation="createBooking", count=1)
    with pytest.raises(httpx.RemoteProtocolError):
        mock.create()
    assert count(mock) == 1
    assert mock.create().status_code == 200


def test_an_empty_failure_has_no_body(mock):
    add(mock, "empty_5xx", count=1)
    answer = asks(mock)
    assert answer.status_code >= 500
    assert answer.content == b""


@pytest.mark.parametrize("bulk", [False, True])
def test_a_booking_with_a_form_has_its_revision_raised_a_moment_later(mock, bulk):
    add(mock, "async-revision-bump")
    info = {"booking": {"bookedEntity": mock.entity("yoga"), "totalParticipants": 1}}
    info["formSubmission"] = {"first_name": "Ada"}
    path = "/bookings/v2/bulk/bookings/create" if bulk else "/bookings/v2/bookings"
    body = {"createBookingsInfo": [info], "returnFullEntity": True} if bulk else info
    made = mock.post(path, body).json()
    booking = made["results"][0]["item"] if bulk else made["booking"]
    assert booking["revision"] == "1"
    assert mock.read(booking["id"])["revision"] == "2"
    assert mock.act(booking, "confirm").status_code == 409
    assert faults(mock)[0]["struck"] == 1


def test_without_a_form_a_revision_stays(mock):
    add(mock, "async-revision-bump")
    booking = mock.booked()
    assert mock.read(booking["id"])["revision"] == "1"
    assert faults(mock)[0]["struck"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"fault": "explode"},
        {"fault": {"status": 200}},
        {"fault": {"slow": {"seconds": LIMITS["delaySeconds"] + 1}}},
        {"fault": {"slow": {}}},
        {"fault": "drop", "count": 0},
        {"fault": "drop", "probability": 1.5},
        {"fault": "drop", "operation": "noSuchOperation"},
        {"fault": "drop", "operation": "mockSite"},
    ],
)
def test_a_fault_that_means_nothing_is_refused(mock, body):
    assert mock.http.post("/_mock/faults", json=body).status_code == 400


def test_faults_are_bounded(mock):
    for _ in range(LIMITS["faults"]):
        add(mock, "drop", operation="getService")
    answer = mock.http.post("/_mock/faults", json={"fault": "drop"})
    assert answer.status_code == 400


# The rate limit


def test_nobody_is_limited_unless_the_mock_is_told_to(mock):
    assert {asks(mock).status_code for _ in range(250)} == {200}


def test_a_limit_is_each_callers_own_and_of_each_minute(serve):
    api = serve(rate_limit=2, clock=frozen_at(NOON))
    assert [asks(api).status_code for _ in range(3)] == [200, 200, 429]
    assert asks(api, "app-token").status_code == 200
    assert asks(api, "owner-token@elsewhere").status_code == 200
    api.http.post("/_mock/clock", json={"advance": 60})
    assert [asks(api).status_code for _ in range(3)] == [200, 200, 429]
    assert "2 requests" in asks(api).json()["message"]
