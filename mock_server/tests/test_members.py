"""Members: who is logged in, and what is said to whoever is not."""

import httpx
import pytest

from .conftest import Api, code

MY = "/members/v1/members/my"


def my(api: Api, token: str, query: str = "", path: str = MY) -> httpx.Response:
    return api.http.get(f"{path}{query}", headers={"authorization": token})


@pytest.mark.parametrize("query", ["?fieldsets=FULL", "?fieldSet=FULL", "?fieldsets=EXTENDED"])
@pytest.mark.parametrize("path", [MY, f"/_api{MY}"])
def test_a_member_reads_itself_however_clients_ask(api: Api, path: str, query: str) -> None:
    member = my(api, "member-token", query, path).json()["member"]
    facts = api.site["callers"]["member"]
    assert (member["id"], member["contactId"]) == (facts["member_id"], facts["contact_id"])
    assert member["status"] == "APPROVED"
    assert member["contact"]["emails"] == [member["loginEmail"]]


def test_unasked_only_what_others_may_know_is_answered(api: Api) -> None:
    member = my(api, "member-token").json()["member"]
    assert member.keys() == {"id", "profile", "privacyStatus", "activityStatus"}


@pytest.mark.parametrize("token", ["visitor-token", "owner-token"])
def test_whoever_is_no_member_is_told_so_in_the_words_that_clients_look_for(
    api: Api, token: str
) -> None:
    answer = my(api, token)
    assert (answer.status_code, code(answer)) == (403, "PERMISSION_DENIED")
    assert answer.json()["message"] == "Missing site member id"


def test_a_visitor_becomes_a_member_and_stays_one_when_the_token_is_refreshed(api: Api) -> None:
    client = api.site["callers"]["app"]["client_id"]
    visitor = granted(api, clientId=client, grantType="anonymous")
    assert my(api, visitor["access_token"]).status_code == 403
    member = granted(api, clientId=client, grantType="authorization_code", code="member")
    known = my(api, member["access_token"]).json()["member"]
    again = granted(
        api, clientId=client, grantType="refresh_token", refreshToken=member["refresh_token"]
    )
    assert my(api, again["access_token"]).json()["member"] == known


def granted(api: Api, **body: str) -> dict[str, str]:
    answer = api.http.post("/oauth2/token", json=body)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens
