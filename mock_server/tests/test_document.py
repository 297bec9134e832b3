"""The mock shows the document that it obeys."""

from typing import Any

import httpx
import openapi_spec_validator
import pytest

import bookings_openapi
from bookings_mock.app import build
from bookings_mock.inprocess import transport
from bookings_mock.saved import state


def test_the_document_is_served_with_the_mocks_own_address(api: Any) -> None:
    shown = api.http.get("/_mock/openapi.json").json()
    openapi_spec_validator.validate(shown)
    assert shown["paths"] == bookings_openapi.load(controls=False)["paths"]
    (server,) = shown["servers"]
    assert api.http.get(f"{server['url']}/_mock/site").status_code == 200


@pytest.mark.parametrize("controls", [False, True])
def test_the_document_is_served_in_openapi_31_with_what_receivers_are_sent(
    api: Any, controls: bool
) -> None:
    asked = {"version": "3.1", "controls": str(controls).lower()}
    shown = api.http.get("/_mock/openapi.json", params=asked).json()
    openapi_spec_validator.validate(shown)
    assert shown["openapi"].startswith("3.1")
    assert ("/_mock/site" in shown["paths"]) is controls
    assert "wix.bookings.v2.booking_created" in shown["webhooks"]


def test_the_document_is_served_with_the_controls_too(api: Any) -> None:
    shown = api.http.get("/_mock/openapi.json", params={"controls": "true"}).json()
    openapi_spec_validator.validate(shown)
    assert shown["paths"] == bookings_openapi.load()["paths"]


def test_a_version_of_openapi_that_there_is_not_is_refused(api: Any) -> None:
    answer = api.http.get("/_mock/openapi.json", params={"version": "2.0"})
    assert answer.status_code == 400
    (wrong,) = answer.json()["details"]["validationError"]["fieldViolations"]
    assert wrong["field"] == "version"


def test_whoever_asks_for_its_health_makes_no_world() -> None:
    built = build()
    with httpx.Client(transport=transport(built.app), base_url="http://mock") as client:
        told = client.get("/_mock/health")
        assert (told.status_code, told.json()["status"]) == (200, "ok")
        assert client.get("/_mock/worlds").json()["worlds"] == []


def test_every_read_of_the_document_can_be_asked_of_a_state_that_is_loaded() -> None:
    built = build()
    with httpx.Client(transport=transport(built.app), base_url="http://mock") as client:
        assert client.get("/_mock/sessions").status_code == 200  # Now there is a world.
    build(state(built.mock))
