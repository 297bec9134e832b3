"""What is written is shown again: whatever stands in a field, no answer loses its shape over it."""

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Api
from .test_services_written import CLASS, appointment

Way = tuple[str | int, ...]

# Values of the types that fields have.
ODD: tuple[Any, ...] = (5, "odd", [5], {"odd": 5})
SERVICES = "/_api/bookings/v2/services"
STAFF = "/bookings/v1/staff-members"
BOOKINGS = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
SERVICE = {"service": ("service",)}


def a_class(api):
    return SERVICES, {"service": CLASS}, SERVICE


def an_appointment(api):
    return SERVICES, {"service": appointment(api)}, SERVICE


def a_category(api):
    return "/bookings/v2/categories", {"category": {"name": "Hair"}}, {"category": ("category",)}


def a_person(api):
    body = {"staffMember": {"name": "Sorcha Daly"}, "fields": ["RESOURCE_DETAILS"]}
    return STAFF, body, {"staffMember": ("staffMember",)}


def a_session(api):
    service = api.post(SERVICES, {"service": CLASS}).json()["service"]
    (maya, *_) = api.post(f"{STAFF}/query", {}).json()["staffMembers"]
    event = {
        "scheduleId": service["schedule"]["id"],
        "type": "CLASS",
        "start": {"localDate": "2041-03-05T19:00:00"},
        "end": {"localDate": "2041-03-05T20:00:00"},
        "resources": [{"id": maya["resourceId"], "permissionRole": "WRITER"}],
    }
    return "/calendar/v3/events", {"event": event}, {"event": ("event",)}


def a_booking(api):
    booking = {
        "totalParticipants": 1,
        "bookedEntity": api.entity("yoga"),
        "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
    }
    return "/bookings/v2/bookings", {"booking": booking}, {"booking": ("booking",)}


def an_item(api):
    bought = {"catalogItemId": api.booked("yoga")["id"], "appId": BOOKINGS}
    return {"quantity": 1, "catalogReference": bought}


def a_cart(api):
    roots = {"cart.lineItems": ("catalogItems",), "cart": ("cart",)}
    return "/ecom/v2/carts", {"cart": {}, "catalogItems": [an_item(api)]}, roots


def a_checkout(api):
    body = {"checkoutInfo": {}, "channelType": "WEB", "lineItems": [an_item(api)]}
    roots = {"checkout.lineItems": ("lineItems",), "checkout": ("checkoutInfo",)}
    return "/ecom/v1/checkouts", body, roots


def an_order(api):
    item = {**an_item(api), "price": {"amount": "14"}}
    body = {"order": {"channelInfo": {"type": "WEB"}, "lineItems": [item]}}
    return "/ecom/v1/orders", body, {"order": ("order",)}


@pytest.mark.parametrize(
    "written",
    [
        *(a_class, an_appointment, a_category, a_person, a_session),
        *(a_booking, a_cart, a_checkout, an_order),
    ],
)
def test_no_field_that_is_sent_spoils_the_answer(api: Api, written: Any) -> None:
    path, body, roots = written(api)
    assert api.post(path, body).status_code == 200
    document = api.http.get("/_mock/openapi.json").json()
    answer = document["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]
    spoilt = [
        f"{'.'.join(map(str, way))}: {odd!r}"
        for shown in _ways(answer["schema"], document)
        for way in _sent_as(shown, roots)
        for odd in ODD
        if api.post(path, _with(body, way, odd)).status_code >= 500
    ]
    assert spoilt == []


def _ways(schema: Any, document: Any, way: Way = ()) -> Iterator[Way]:
    """The way to each field that is declared; the first of a list stands for all of it."""
    if "$ref" in schema:
        schema = _followed(document, schema["$ref"])
    if way:
        yield way
    for part in schema.get("allOf", ()):
        yield from (one for one in _ways(part, document, way) if one != way)
    for name, own in schema.get("properties", {}).items():
        yield from _ways(own, document, (*way, name))
    if "items" in schema:
        yield from _ways(schema["items"], document, (*way, 0))


def _followed(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def _sent_as(shown: Way, roots: dict[str, Way]) -> Iterator[Way]:
    """Where a request has what an answer shows there, by the first root that leads to it."""
    for root, instead in roots.items():
        steps = tuple(root.split("."))
        if shown[: len(steps)] == steps:
            yield (*instead, *shown[len(steps) :])
            return


def _with(body: Any, way: Way, value: Any) -> Any:
    """A copy of the body with this value there, and whatever has to lead to it."""
    if not way:
        return value
    step, *rest = way
    if isinstance(step, int):
        items = body if isinstance(body, list) else []
        return [_with(items[0] if items else None, tuple(rest), value), *items[1:]]
    fields = body if isinstance(body, dict) else {}
    return {**fields, step: _with(fields.get(step), tuple(rest), value)}
