"""The mock shows the document that it obeys."""

from typing import Any

import openapi_spec_validator

import bookings_openapi


def test_the_document_is_served_with_the_mocks_own_address(api: Any) -> None:
    shown = api.http.get("/_mock/openapi.json").json()
    openapi_spec_validator.validate(shown)
    assert shown["paths"] == bookings_openapi.load(controls=False)["paths"]
    (server,) = shown["servers"]
    assert api.http.get(f"{server['url']}/_mock/site").status_code == 200
