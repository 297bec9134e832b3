"""Tokens: who gets one and for what, how long it works, and what is told of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import reached, unknown_id
from bookings_contract.target.model import Caller
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

TOKEN, INFO = "createAccessToken", "getTokenInfo"
UNAUTHORIZED = 401
# What exp and iat may differ by from the seconds that were promised.
SLACK = 60


def _app(client: Client) -> Caller:
    app = client.target.caller("app")
    if not app.client_id or not app.client_secret:
        raise NotJudged("the target file names no client_id and client_secret in [callers.app]")
    return app


def _client_id(client: Client) -> str:
    """The app's client id; on a mock it names the world that the token is for."""
    known = str(_app(client).client_id)
    return f"{known}@{client.world}" if client.world else known


def _asked(client: Client, authorization: str | None = None, **body: Any) -> Answer:
    return client.call(TOKEN, body=body, caller=None, token=authorization)


def _visitor(client: Client) -> Mapping[str, Any]:
    """A new visitor's tokens."""
    answer = reached(_asked(client, clientId=_client_id(client), grantType="anonymous"))
    answer.at("access_token")
    granted: Mapping[str, Any] = answer.json
    return granted


def _told(client: Client, token: str) -> Answer:
    return client.call(INFO, body={"token": token}, caller=None)


def _own(client: Client, secret: str | None = None) -> Answer:
    """The answer to an app that asks for a token of its own."""
    app = _app(client)
    instance = reached(_told(client, app.token)).json.get("instanceId")
    if not instance:
        raise NotJudged("the target tells of no instance of its app")
    return _asked(
        client,
        grant_type="client_credentials",
        client_id=_client_id(client),
        client_secret=secret or app.client_secret,
        instance_id=instance,
    )


# ── Who gets one ──────────────────────────────────────────────────────────────────────────────────


def _expect_none(answer: Answer, what: str, expect: Expect) -> None:
    expect.that(
        "TOKEN-1",
        answer.refused,
        expected=f"no token for {what}",
        actual=answer.summary,
        circumstance=what,
        at=answer,
    )


@pytest.mark.judges("TOKEN-1")
def test_an_app_with_a_wrong_secret_gets_no_token(scenario: Scenario) -> None:
    reached(_own(scenario.client))
    answer = _own(scenario.client, secret=unknown_id(scenario.given))
    _expect_none(answer, "a wrong secret", scenario.expect)


@pytest.mark.judges("TOKEN-1")
@pytest.mark.parametrize(
    ("grant", "field"), [("refresh_token", "refreshToken"), ("authorization_code", "code")]
)
def test_what_nobody_was_given_gets_no_token(grant: str, field: str, scenario: Scenario) -> None:
    _visitor(scenario.client)
    asked = {"clientId": _client_id(scenario.client), "grantType": grant}
    nobody = {field: unknown_id(scenario.given), "codeVerifier": unknown_id(scenario.given)}
    answer = _asked(scenario.client, **asked, **nobody)
    _expect_none(answer, f"an unknown {grant}", scenario.expect)


@pytest.mark.judges("TOKEN-1")
def test_a_refresh_token_of_another_client_gets_no_token(scenario: Scenario) -> None:
    other = scenario.client.target.callers.get("app_all")
    granted = _visitor(scenario.client)
    if other is None or not other.client_id or not granted.get("refresh_token"):
        raise NotJudged("the target file names no second app with a client_id")
    client = f"{other.client_id}@{scenario.client.world}" if scenario.client.world else None
    asked = {"clientId": client or other.client_id, "grantType": "refresh_token"}
    answer = _asked(scenario.client, refreshToken=granted["refresh_token"], **asked)
    _expect_none(answer, "another client's refresh token", scenario.expect)


@pytest.mark.judges("TOKEN-1", needs=("callers.app", "callers.member"))
@pytest.mark.parametrize("key", ["none", "no key"])
def test_nobody_gets_a_members_token_without_an_api_key(key: str, scenario: Scenario) -> None:
    member = scenario.client.target.caller("member").member_id
    if member is None:
        raise NotJudged("the target file names no member_id in [callers.member]")
    visitor = _visitor(scenario.client)["access_token"]
    sent = visitor if key == "none" else f"{visitor},{unknown_id(scenario.given)}"
    wanted = {"grant_type": "authorized_client", "scope": "offline_access", "member_id": member}
    answer = _asked(scenario.client, sent, **wanted)
    _expect_none(answer, f"a member, {key}", scenario.expect)


@pytest.mark.judges("TOKEN-1")
def test_each_visitor_is_somebody_new(scenario: Scenario) -> None:
    told = [_told(scenario.client, _visitor(scenario.client)["access_token"]) for _ in range(2)]
    subjects = [reached(answer).json.get("subjectId") for answer in told]
    if not all(subjects):
        raise NotJudged("a token does not tell whose it is")
    scenario.expect.that(
        "TOKEN-1",
        subjects[0] != subjects[1],
        expected="two visitors",
        actual="the same one twice",
        circumstance="visitors",
        at=told[1],
    )


# ── How long it works ─────────────────────────────────────────────────────────────────────────────


def _works(client: Client, token: str) -> Answer:
    # Whether visitors see services is another matter than whether the token is known.
    return client.call("queryServices", body={"query": {}}, caller=None, token=token)


def _expect_to_work(answer: Answer, when: str, expect: Expect, *, works: bool = True) -> bool:
    return expect.that(
        "TOKEN-2",
        (answer.status == UNAUTHORIZED) is not works,
        expected=f"a token that {'works' if works else 'is known no more'}",
        actual=answer.summary,
        circumstance=when,
        at=answer,
    )


@pytest.mark.judges("TOKEN-2")
def test_a_refreshed_token_is_the_same_callers_again_and_again(scenario: Scenario) -> None:
    first = _visitor(scenario.client)
    if not first.get("refresh_token"):
        raise NotJudged("a visitor gets no refresh token")
    whose = _told(scenario.client, first["access_token"]).json.get("subjectId")
    asked = {"clientId": _client_id(scenario.client), "grantType": "refresh_token"}
    for when in ("refreshed", "refreshed again"):
        answer = _asked(scenario.client, refreshToken=first["refresh_token"], **asked)
        if not scenario.expect.accepted(answer, "TOKEN-2", circumstance=when):
            return
        again = answer.at("access_token")
        _expect_to_work(_works(scenario.client, again), when, scenario.expect)
        told = _told(scenario.client, again)
        scenario.expect.that(
            "TOKEN-2",
            whose is None or told.json.get("subjectId") in (None, whose),
            expected="the same visitor",
            actual="another one",
            circumstance=when,
            at=told,
        )


@pytest.mark.judges("TOKEN-2", needs=("control", "callers.app"))
def test_a_token_works_until_it_expires_and_not_after(scenario: Scenario) -> None:
    scenario.client.control("POST", "clock", {"freeze": True})
    granted = _visitor(scenario.client)
    life = granted.get("expires_in")
    if not isinstance(life, int):
        raise NotJudged("the answer does not say for how long the token works")
    _expect_to_work(_works(scenario.client, granted["access_token"]), "new", scenario.expect)
    scenario.client.control("POST", "clock", {"advance": life - 1})
    answer = _works(scenario.client, granted["access_token"])
    _expect_to_work(answer, "a second before its end", scenario.expect)
    scenario.client.control("POST", "clock", {"advance": 2})
    answer = _works(scenario.client, granted["access_token"])
    _expect_to_work(answer, "after its end", scenario.expect, works=False)


# ── What is told of it ────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("TOKEN-3")
@pytest.mark.parametrize("kind", ["VISITOR", "APP"])
def test_a_token_tells_whose_it_is_and_for_whom_it_was_issued(
    kind: str, scenario: Scenario
) -> None:
    own = kind == "APP"
    granted = reached(_own(scenario.client)).json if own else _visitor(scenario.client)
    answer = reached(_told(scenario.client, granted["access_token"]))
    told, client = answer.json, str(_app(scenario.client).client_id)
    wrong = [
        name
        for name, fine in {
            "active": told.get("active") is True,
            "subjectType": told.get("subjectType") == kind,
            "subjectId": bool(told.get("subjectId")),
            "clientId": str(told.get("clientId")).lower() == client.lower(),
            "instanceId": bool(told.get("instanceId")),
            "exp and iat": _lasts(told, granted.get("expires_in")),
        }.items()
        if not fine
    ]
    scenario.expect.that(
        "TOKEN-3",
        not wrong,
        expected=f"whose token of the client it is ({kind}), of which instance, and until when",
        actual=f"{', '.join(wrong)}: {[told.get(name) for name in wrong]}",
        circumstance=kind,
        at=answer,
    )


def _lasts(told: Mapping[str, Any], promised: object) -> bool:
    """Whether the seconds are text, and last as long as promised; what is left out says nothing."""
    exp, iat = told.get("exp"), told.get("iat")
    if exp is None or iat is None or not isinstance(promised, int):
        return True
    known = all(isinstance(one, str) and one.isascii() and one.isdigit() for one in (exp, iat))
    return known and abs(int(exp) - int(iat) - promised) <= SLACK


@pytest.mark.judges("TOKEN-3")
def test_nothing_is_told_of_a_token_that_nobody_knows(scenario: Scenario) -> None:
    reached(_told(scenario.client, _visitor(scenario.client)["access_token"]))
    _expect_inactive(_told(scenario.client, unknown_id(scenario.given)), "unknown", scenario.expect)


@pytest.mark.judges("TOKEN-3", needs=("control", "callers.app"))
def test_nothing_is_told_of_a_token_that_has_expired(scenario: Scenario) -> None:
    scenario.client.control("POST", "clock", {"freeze": True})
    granted = _visitor(scenario.client)
    if not isinstance(granted.get("expires_in"), int):
        raise NotJudged("the answer does not say for how long the token works")
    scenario.client.control("POST", "clock", {"advance": granted["expires_in"] + 1})
    answer = _told(scenario.client, granted["access_token"])
    _expect_inactive(answer, "expired", scenario.expect)


def _expect_inactive(answer: Answer, what: str, expect: Expect) -> None:
    expect.that(
        "TOKEN-3",
        answer.refused or (answer.accepted and answer.json.get("active") is False),
        expected="a token that is not active",
        actual=f"{answer.summary}, active {answer.json.get('active') if answer.accepted else '-'}",
        circumstance=what,
        at=answer,
    )
