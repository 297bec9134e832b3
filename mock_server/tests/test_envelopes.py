"""Whatever comes in, the answer has the API's own shape."""

import pytest

CREATE = "/bookings/v2/bookings"
GUID = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"


def _is_the_one_error_shape(answer):
    body = answer.json()
    assert set(body) - {"errorCode"} == {"message", "details"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-wix-request-id"]
    return True


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"a": NaN}', "application/json", 400),
        (b'"\xff\xfe"', "application/json", 400),
        (b"[" * 5000 + b"]" * 5000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"null", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "", 400),
        (b'{"booking": 1e999}', "application/json", 400),
        (b" " * (4 * 1024 * 1024 + 1), "application/json", 413),
    ],
)
def test_a_body_that_is_no_request_is_refused_in_the_apis_shape(api, content, media_type, status):
    headers = {"authorization": "owner-token", "content-type": media_type}
    answer = api.http.post(CREATE, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["x-bookings-rule"]
    assert _is_the_one_error_shape(answer)


def test_json_with_a_charset_or_without_a_media_type_is_read(api):
    body = b'{"query": {}}'
    for media_type in ("application/json; charset=utf-8", "application/vnd.x+json", ""):
        headers = {"authorization": "owner-token", "content-type": media_type}
        path = "/_api/bookings-reader/v2/extended-bookings/query"
        assert api.http.post(path, content=body, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/", 405),
        ("GET", "/nowhere/at/all", 404),
        ("GET", CREATE, 405),
        ("DELETE", f"{CREATE}/{GUID}/confirm", 405),
        ("OPTIONS", CREATE, 405),
        ("BREW", CREATE, 405),
        ("GET", f"{CREATE}/{GUID}", 404),
        ("POST", f"{CREATE}/a%2Fb/confirm", 400),
        ("POST", f"{CREATE}/%00/confirm", 400),
        ("POST", "/bookings/v2/confirmation/x:y:confirmOrDecline", 400),
        ("POST", f"/bookings/v2/confirmation/{GUID}:confirmOrDecline", 404),
    ],
)
def test_unknown_paths_methods_and_ids_are_refused_in_the_apis_shape(api, method, path, status):
    body = {"revision": "1"} if "confirm" in path else {}
    headers = {"authorization": "owner-token"}
    answer = api.http.request(method, path, json=body, headers=headers)
    assert answer.status_code == status
    assert _is_the_one_error_shape(answer)
    if status == 405:
        assert answer.headers["allow"] == ("POST" if path != "/" else "GET, HEAD")


@pytest.mark.parametrize(
    ("token", "status", "rule"),
    [
        ("", 401, "AUTH-1"),
        ("nobody", 401, "AUTH-1"),
        ("Bearer nobody", 401, "AUTH-1"),
        ("reader-token", 403, "AUTH-2"),
        ("stranger-token", 403, "AUTH-2"),
        ("bare-site-token", 428, "AUTH-10"),
    ],
)
def test_callers_are_let_in_by_token_scope_and_site(api, token, status, rule):
    answer = api.create(token=token)
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (status, rule)
    assert _is_the_one_error_shape(answer)


@pytest.mark.parametrize(
    "token", ["Bearer owner-token", "app-token", "app-all-token", "member-token"]
)
def test_those_who_may_book_are_let_in(api, token):
    assert api.create(token=token).status_code == 200


def test_only_apps_and_owners_confirm(api):
    booking = api.booked(token="visitor-token")
    path = f"{CREATE}/{booking['id']}/confirm"
    assert api.post(path, {"revision": "1"}, "visitor-token").status_code == 403
    assert api.post(path, {"revision": "1"}, "app-token").status_code == 200


def test_an_id_repeated_in_the_body_must_be_the_paths(api):
    booking = api.booked()
    path = f"{CREATE}/{booking['id']}/confirm"
    answer = api.post(path, {"bookingId": GUID, "revision": "1"})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (400, "SHAPE-5")
    upper = {"bookingId": booking["id"].upper(), "revision": "1"}
    assert api.post(path, upper).status_code == 200


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"totalParticipants": 0}, "booking.totalParticipants", "CREATE-2"),
        ({"participantsChoices": {"serviceChoices": [{}]}}, "booking", "CREATE-2"),
        ({"bookedEntity": {}}, "booking.bookedEntity", "CREATE-1"),
        ({"status": "UPDATED"}, "booking.status", "SHAPE-3"),
        ({"contactDetails": {"email": "no"}}, "booking.contactDetails.email", "SHAPE-3"),
        ({"additionalFields": [{"id": "x"}]}, "booking.additionalFields[0].id", "SHAPE-3"),
        ({"additionalFields": [{}]}, "booking.additionalFields[0].id", "SHAPE-3"),
    ],
)
def test_a_validation_error_names_the_field_and_the_rule(api, change, field, rule):
    answer = api.create(**change)
    violations = answer.json()["details"]["validationError"]["fieldViolations"]
    assert answer.status_code == 400
    assert field in [violation["field"] for violation in violations]
    assert answer.headers["x-bookings-rule"] == rule


def test_dates_and_time_zones_must_be_real(api):
    slot = api.slot("haircut")
    for change, expected in [
        ({"timezone": "Mars/Olympus"}, "INVALID_TIME_ZONE"),
        ({"startDate": "next tuesday"}, "INVALID_DATE_FORMAT"),
        ({"startDate": None}, "INVALID_DATE_FORMAT"),
    ]:
        answer = api.create("haircut", bookedEntity={"slot": {**slot, **change}})
        assert answer.status_code == 400
        assert answer.json()["details"]["applicationError"]["code"] == expected


def test_a_slot_outside_the_hours_or_that_ends_before_it_starts_is_not_available(api):
    slot = api.slot("haircut")
    night = {"startDate": "2099-01-01T03:00:00Z", "endDate": "2099-01-01T04:00:00Z"}
    backwards = {"startDate": slot["endDate"], "endDate": slot["startDate"]}
    for change in (night, backwards):
        answer = api.create("haircut", bookedEntity={"slot": {**slot, **change}})
        assert answer.headers["x-bookings-rule"] == "CREATE-7"


def test_what_only_the_server_writes_is_ignored_in_items_too(api):
    sent = {"quantity": 2, "name": {"no": "name"}, "durationInMinutes": "long"}
    assert api.booked(bookedAddOns=[sent])["bookedAddOns"] == [{"quantity": 2}]


@pytest.mark.parametrize("token", ["", "IST.nobody"])
def test_the_gateway_has_a_code_of_its_own_for_whom_nobody_knows(api, token):
    headers = {"authorization": token} if token else {}
    answer = api.http.get("/members/v1/members/my", headers=headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "WDE-1002")
