"""The mock's own controls take what they know and nothing else, and say what they do know."""

from collections.abc import Iterator
from typing import Any

import pytest

import bookings_openapi
from bookings_mock.rim.middleware import METHODS
from bookings_openapi.schemas import followed

DOCUMENT = bookings_openapi.load()
CONTROLS = {
    operation["operationId"]: (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    if path.startswith("/_mock/")
    for method, operation in item.items()
    if method in METHODS
}
WITH_BODY = [name for name, (_, _, one) in CONTROLS.items() if "requestBody" in one]


def _objects(schema: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a control's request; inside what the API itself describes, the API's rule."""
    schema = dict(followed(DOCUMENT, schema))
    if schema.get("type") == "object" or "properties" in schema:
        yield place, schema
    for name, inner in schema.get("properties", {}).items():
        if "/ContactDetailsInput/" not in inner.get("$ref", ""):
            yield from _objects(inner, f"{place}.{name}")
    for keyword in ("allOf", "anyOf", "oneOf"):
        for number, part in enumerate(schema.get(keyword, ())):
            if part.keys() - {"required"}:
                yield from _objects(part, f"{place}|{number}")
    if "items" in schema:
        yield from _objects(schema["items"], f"{place}[]")


@pytest.mark.parametrize("name", WITH_BODY)
def test_every_object_that_a_control_takes_is_closed(name):
    body = followed(DOCUMENT, CONTROLS[name][2]["requestBody"])
    objects = dict(_objects(body["content"]["application/json"]["schema"], name))
    assert objects
    for place, schema in objects.items():
        free = schema.get("x-free-form") and isinstance(schema["additionalProperties"], dict)
        assert free or schema.get("additionalProperties") is False, place


@pytest.mark.parametrize("name", CONTROLS)
def test_no_control_takes_a_parameter_that_it_does_not_declare(api, name):
    method, path, _ = CONTROLS[name]
    path = path.replace("{name}", "before")
    answer = api.http.request(method, path, params={"wordl": "blue"}, json={})
    assert answer.status_code == 400
    shown = answer.json()["details"]["validationError"]["fieldViolations"]
    (wrong,) = [one for one in shown if one["field"] == "wordl"]
    alone = name in ("mockHealth", "mockWorlds", "mockDropWorld")
    other = "It takes controls, version" if name == "mockDocument" else "did you mean world?"
    expected = "takes no fields" if alone else other
    assert expected in wrong["description"]


@pytest.mark.parametrize(
    ("path", "body", "field", "said"),
    [
        ("given", {"service": "yoga", "state": "CONFIRMED"}, "state", "did you mean status?"),
        ("given", {"service": "yoga", "paymentstatus": "PAID"}, "paymentstatus", "paymentStatus?"),
        (
            "given",
            {"service": "yoga", "contactDetails": {"emial": "a@b.c"}},
            "contactDetails.emial",
            "did you mean email?",
        ),
        ("given", {"service": "yoga", "zzz": 1}, "zzz", "It takes service, status, paymentStatus"),
        ("faults", {"fault": "drop", "times": 1}, "times", "It takes operation, count,"),
        ("clock", {"advanced": "P1D"}, "advanced", "did you mean advance?"),
        ("snapshots", {"name": "a", "world": "b"}, "world", "It takes name"),
        ("snapshots/a", {"restore": True, "brnch": "b"}, "brnch", "did you mean branch?"),
        ("readings", {"readings": {}, "reading": {}}, "reading", "did you mean readings?"),
        ("checkout", {"bookingid": "x"}, "bookingid", "did you mean bookingId?"),
    ],
)
def test_a_field_that_is_not_known_is_refused_with_the_one_that_was_meant(
    api, path, body, field, said
):
    answer = api.http.post(f"/_mock/{path}", json=body)
    assert answer.status_code == 400
    shown = answer.json()["details"]["validationError"]["fieldViolations"]
    assert [said in one["description"] for one in shown if one["field"] == field] == [True]


FORMS = "must be drop or empty_5xx or async-revision-bump or {status, code} or {slow.seconds}"


@pytest.mark.parametrize("fault", [{"delay": 5}, 503, [], {"status": 429, "cod": "X"}])
def test_a_value_of_a_wrong_form_is_told_the_forms_that_there_are(api, fault):
    answer = api.http.post("/_mock/faults", json={"fault": fault})
    assert answer.status_code == 400
    (wrong,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert (wrong["field"], wrong["description"]) == ("fault", FORMS)


def test_who_comes_is_told_to_a_control_in_the_fields_of_the_api():
    schemas = DOCUMENT["components"]["schemas"]
    known = [set(schemas[name]["properties"]) for name in ("MockContact", "ContactDetailsInput")]
    assert known[0] == known[1]


def test_nothing_is_done_by_a_control_that_was_misunderstood(api):
    api.http.post("/_mock/given", json={"service": "yoga", "state": "CONFIRMED"})
    api.http.post("/_mock/faults", json={"fault": "drop", "times": 1})
    assert api.http.get("/_mock/events").json() == {"events": []}
    assert api.http.get("/_mock/faults").json() == {"faults": []}
