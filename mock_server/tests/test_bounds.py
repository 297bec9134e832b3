"""What is too deep, too much, too long or too large is refused, and the world is as before."""

import json
from typing import Any
from uuid import uuid4

import pytest

import bookings_fixtures
import bookings_openapi
from bookings_mock.app import build
from bookings_mock.files import FileError, read_site_file
from bookings_mock.rim.bounds import Bounds
from bookings_mock.saved import state
from bookings_mock.site import SiteError

DOCUMENT = bookings_openapi.load()
BOUNDS = DOCUMENT["x-bounds"]
WRITER = "/bookings/v2/bookings"
READER = "/_api/bookings-reader/v2/extended-bookings/query"
NAMESPACE = "@studio/planner"


def deep(levels: int) -> Any:
    """So many objects, one in another."""
    made: Any = 1
    for _ in range(levels):
        made = {"a": made}
    return made


def taking_bodies() -> list[Any]:
    """Method, path and callers of every operation that takes a body."""
    found = []
    for path, item in DOCUMENT["paths"].items():
        for method in ("post", "put", "patch", "delete"):
            if "requestBody" in item.get(method, {}):
                one = item[method]
                callers = one.get("x-callers", ("owner",))
                found.append(pytest.param(method, path, callers, id=one["operationId"]))
    return found


TOO_MUCH = {
    "depth": [deep(BOUNDS["depth"] + 1)],
    "values": [[0] * 900] * 30,
}


def refused(answer: Any) -> list[dict[str, Any]]:
    """The violations that a request was refused for."""
    assert answer.status_code == 400, answer.text
    violations: list[dict[str, Any]] = answer.json()["details"]["validationError"][
        "fieldViolations"
    ]
    return violations


def token_of(api: Any, booking: Any) -> str:
    """The token by which a customer acts without any other."""
    path = f"/v1/anonymous-bookings/{booking['id']}/token"
    token: str = api.http.get(path, headers={"authorization": "owner-token"}).json()["token"]
    return token


def update(api: Any, booking: Any, data: Any, levels: int = 0) -> Any:
    body = {"namespace": NAMESPACE, "namespaceData": data}
    path = f"{WRITER}/{booking['id']}/update_extended_fields"
    # As text: the client's own JSON goes no deeper than its stack.
    text = json.dumps(body).replace('"DEEP"', '{"a":' * levels + "1" + "}" * levels)
    headers = {"authorization": "owner-token", "content-type": "application/json"}
    return api.http.post(path, content=text, headers=headers)


# Every operation


@pytest.mark.parametrize("how", TOO_MUCH)
@pytest.mark.parametrize(("method", "path", "callers"), taking_bodies())
def test_no_operation_takes_what_is_too_deep_or_too_much(api, method, path, callers, how):
    if "{token}" in path:
        path = path.replace("{token}", token_of(api, api.booked()))
    for parameter in ("{" + one.partition("}")[0] + "}" for one in path.split("{")[1:]):
        path = path.replace(parameter, str(uuid4()))
    tokens = [f"{caller}-token" for caller in ("owner", "app", "member") if caller in callers]
    body = {"anything": TOO_MUCH[how]}
    headers = {"authorization": tokens[0] if tokens else "visitor-token"}
    answer = api.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert "deep" in answer.text if how == "depth" else "values" in answer.text


# What is kept can be answered


@pytest.mark.parametrize("levels", [252, 254, 300, 1000])
def test_data_that_could_not_be_answered_is_never_kept(serve, levels):
    api = serve()
    booking = api.booked()
    answer = update(api, booking, "DEEP", levels)
    (wrong,) = refused(answer)
    assert len(answer.content) < 3000
    assert wrong["field"].startswith("namespaceData.a.a")
    assert wrong["description"] == f"must be nested at most {BOUNDS['depth']} deep"
    assert api.read(booking["id"])["revision"] == booking["revision"]
    json.dumps(state(api.mock))


def test_data_as_deep_as_may_be_is_kept_answered_told_and_saved(serve):
    api = serve()
    booking = api.booked()
    data = deep(BOUNDS["depth"] - 1)
    assert update(api, booking, data).json()["namespaceData"] == data
    assert api.read(booking["id"])["extendedFields"]["namespaces"][NAMESPACE] == data
    assert api.http.get("/_mock/events").status_code == 200
    assert api.http.get("/_mock/webhooks").status_code == 200
    json.dumps(state(api.mock))


@pytest.mark.parametrize("participants", [2**31, 2**53, 2**63 - 1, 2**63, 10**19])
def test_more_participants_than_an_int32_holds_are_refused(api, participants):
    (wrong,) = refused(api.create(participants=participants))
    assert wrong["field"] == "booking.totalParticipants"
    assert api.http.get("/_mock/sessions").status_code == 200


def test_the_calendar_adds_up_as_many_as_may_be(api):
    for _ in range(3):
        booking = api.booked(
            participants=2**31 - 1, flow={"skipAvailabilityValidation": True}, session={"nth": 3}
        )
        assert api.act(booking, "confirm").status_code == 200
    sessions = api.http.get("/_mock/sessions").json()["sessions"]
    assert max(one["totalNumberOfParticipants"] for one in sessions) == 3 * (2**31 - 1)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 1e300, -1e19])
def test_a_number_anywhere_is_not_endless(api, number):
    booking = api.booked()
    (wrong,) = refused(update(api, booking, {"a": [number]}))
    assert wrong["field"] == "namespaceData.a[0]"
    assert wrong["violatedRule"] == ("MAX" if number > 0 else "MIN")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"externalUserId": "x" * 3_000_000}, "booking.externalUserId"),
        ({"contactDetails": {"firstName": "x" * 30_000}}, "booking.contactDetails.firstName"),
        ({"strange": "x" * 30_000}, "booking.strange"),
        ({"strange": {"x" * 30_000: 1}}, "booking.strange"),
        ({"strange": [0] * 1001}, "booking.strange"),
        ({"strange": dict.fromkeys(map(str, range(1001)))}, "booking.strange"),
    ],
)
def test_what_is_too_long_is_refused_wherever_it_stands(api, change, field):
    (wrong,) = refused(api.create(**change))
    assert wrong["field"] == field
    assert "most" in wrong["description"] or "more than" in wrong["description"]


def test_the_apis_own_limits_are_told_before_all_others(api):
    body = {"createBookingsInfo": [{}] * 2000}
    answer = api.post("/bookings/v2/bulk/bookings/create", body)
    assert answer.headers["x-bookings-rule"] == "BULK-4"


# What is wrong is told in few words


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/bookings/v2/bulk/bookings/create", {"createBookingsInfo": [1] * 10_000}),
        (WRITER, {"booking": {"additionalFields": [{"id": 7}] * 5_000}}),
        (WRITER, {"booking": {"participantsChoices": {"serviceChoices": [1] * 10_000}}}),
        ("/_mock/clock", {f"a{number}": 1 for number in range(9_000)}),
        ("/_mock/clock", {"x" * 100_000: 1}),
    ],
)
def test_what_is_wrong_ten_thousand_times_is_told_twenty_times_and_counted(api, path, body):
    answer = api.post(path, body)
    listed = refused(answer)
    assert 1 <= len(listed) <= BOUNDS["violations"]
    if len(listed) == BOUNDS["violations"]:
        assert answer.json()["message"].splitlines()[-1].startswith("and ")
    assert len(answer.content) < 20_000


def test_all_that_is_left_out_is_counted(api):
    answer = api.post("/_mock/clock", {f"a{number}": 1 for number in range(50)})
    assert answer.json()["message"].splitlines()[-1] == "and 30 more"
    answer = api.http.get("/_mock/clock?" + "&".join(f"a{n}=1" for n in range(50)))
    assert answer.json()["message"].splitlines()[-1] == "and 30 more"


def test_the_journal_keeps_no_more_than_a_line_of_a_refusal(serve):
    api = serve()
    api.create(strange={f"{'x' * 190}{n}": [2**63] * 30 for n in range(30)})
    (note,) = [one for one in api.http.get("/_mock/requests").json()["requests"] if "rule" in one]
    assert len(note["reason"]) <= 1000


# Filters


def test_a_filter_is_as_wide_as_it_may_be_and_no_wider(api):
    booking = api.booked()
    most = BOUNDS["conditions"]
    for count, status in ((most, 200), (most + 1, 400)):
        sent = {"query": {"filter": {"$or": [{"id": booking["id"]}] * count}}}
        answer = api.post(READER, sent)
        assert answer.status_code == status, answer.text
        sent = {"query": {"filter": {"$or": [{}] * count}}}
        assert api.post(READER, sent).status_code == status
    ids = [str(uuid4()) for _ in range(BOUNDS["items"] - 1)] + [booking["id"]]
    found = api.post(READER, {"query": {"filter": {"id": {"$in": ids}}}})
    assert len(found.json()["extendedBookings"]) == 1
    answer = api.post(READER, {"query": {"filter": {"id": {"$in": [*ids, booking["id"]]}}}})
    assert refused(answer)[0]["field"] == "query.filter.id.$in"


def test_a_filter_may_be_as_deep_as_the_document_says(api):
    sent: Any = {"status": {"$in": ["CREATED"]}}
    for _ in range(DOCUMENT["x-limits"]["filterDepth"]):
        sent = {"$and": [sent]}
    assert api.post(READER, {"query": {"filter": sent}}).status_code == 200
    assert api.post(READER, {"query": {"filter": {"$and": [sent]}}}).status_code == 400


# Files


@pytest.mark.parametrize(
    "change",
    [
        lambda service: service.update(capacity=2**31),
        lambda service: service.update(length=10**9),
        lambda service: service["slots"].update(count=10**9),
        lambda service: service["slots"].update(step=10**12),
        lambda service: service["slots"].update(count=10**5, step=5 * 10**6),
    ],
)
def test_a_site_file_says_nothing_that_no_calendar_could_show(change, tmp_path):
    site = bookings_fixtures.load("studio")
    change(site["services"]["haircut"])
    file = tmp_path / "site.json"
    file.write_text(json.dumps(site))
    with pytest.raises((FileError, SiteError), match=r"services\.haircut"):
        build(read_site_file(file))


@pytest.mark.parametrize(
    "damage",
    [
        lambda booking: booking["participants"].update(total=2**31),
        lambda booking: booking["participants"].update(total=0),
        lambda booking: booking["extended"].update({NAMESPACE: deep(200)}),
    ],
)
def test_a_state_that_could_not_be_answered_is_not_loaded(serve, damage):
    api = serve()
    update(api, api.booked(), {"a": 1})
    saved = json.loads(json.dumps(state(api.mock)))
    build(saved)
    damage(booking_in(saved))
    with pytest.raises(SiteError, match="default"):
        build(saved)


def booking_in(node: Any) -> Any:
    """The first booking in what was saved."""
    if isinstance(node, dict) and node.get("$") == "Booking":
        return node
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return next((found for one in inner if (found := booking_in(one))), None)


# The bounds themselves


def test_bounds_look_no_further_than_they_reach():
    bounds = Bounds(**BOUNDS)
    assert not bounds.overflow(deep(BOUNDS["depth"]))
    assert bounds.overflow(deep(BOUNDS["depth"] + 1))
    assert not bounds.overflow([0] * BOUNDS["values"])
    assert bounds.overflow([0] * (BOUNDS["values"] + 1))
    assert bounds.overflow([{}] * (BOUNDS["values"] + 1)).listed[0].field == "body"
    assert not bounds.excess([None, True, 1.5, "x", {"": []}])
