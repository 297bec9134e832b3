"""The site id that clients with an API key send along."""

from collections.abc import Callable

import httpx
import pytest

from .conftest import Api

ANOTHER = "af30d6c8-715b-4e92-8d4f-06c9b2e1a753"


def asked(api: Api, site_id: str | None, token: str = "owner-token") -> httpx.Response:
    headers = {"authorization": token} | ({"wix-site-id": site_id} if site_id else {})
    return api.http.post("/_api/bookings/v2/services/query", json={"query": {}}, headers=headers)


@pytest.mark.parametrize("site_id", [None, ANOTHER])
def test_unless_told_otherwise_the_mock_does_not_look_at_the_site_id(
    api: Api, site_id: str | None
) -> None:
    assert asked(api, site_id).status_code == 200


def test_by_the_other_reading_an_api_key_names_no_site_but_its_own(
    serve: Callable[..., Api],
) -> None:
    api = serve(readings={"GATEWAY-2": "B"})
    assert asked(api, api.site["site"]["id"]).status_code == 200
    assert asked(api, ANOTHER).status_code == 403
    assert asked(api, None).status_code == 200


def test_a_token_of_the_site_itself_needs_none(serve: Callable[..., Api]) -> None:
    api = serve(readings={"GATEWAY-2": "B"})
    assert asked(api, None, "visitor-token").status_code == 200
