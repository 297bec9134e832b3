"""A booking's own token: what it looks like, what it reads, and what may be done with it."""

import re

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.arranged import stored
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

TOKEN, READ = "getAnonymousActionToken", "getBookingAnonymously"
CANCEL, MOVE = "cancelBookingAnonymously", "rescheduleBookingAnonymously"
SERVICE = "getServiceAnonymously"
# What a path takes as it is, of the length that is published.
URL_SAFE = re.compile(r"[A-Za-z0-9._~-]{32,2048}")
KINDS = ("appointment", "class", "course")


def token_of(client: Client, booking: Seen, caller: str = "owner") -> str:
    """The token of a booking; a target that hands none out has nothing to be judged by."""
    answer = request_token(client, booking, caller)
    if not answer.accepted:
        raise NotJudged(f"the target hands out no token ({answer.summary})")
    return str(answer.at("token"))


def request_token(client: Client, booking: Seen, caller: str = "owner") -> Answer:
    return client.call(TOKEN, path={"bookingId": booking.id}, caller=caller)


def with_token(client: Client, operation: str, token: str, body: object = None) -> Answer:
    """A call that nobody makes but who holds the token."""
    return client.call(operation, path={"token": token}, body=body, caller=None)


def altered(token: str, at: int) -> str:
    """The token with another character in one place, and not at its end, which may mean nothing."""
    other = "a" if token[at] != "a" else "b"
    return f"{token[:at]}{other}{token[at + 1 :]}"


@pytest.mark.judges("ANON-1")
@pytest.mark.parametrize("kind", KINDS)
def test_a_token_reads_its_own_booking_and_no_other(kind: str, scenario: Scenario) -> None:
    pair = [scenario.given.booking(kind, "CONFIRMED") for _ in range(2)]
    tokens = [token_of(scenario.client, booking) for booking in pair]
    for booking, token in zip(pair, tokens, strict=True):
        fits = URL_SAFE.fullmatch(token) is not None
        form = "32 to 2048 characters that need no escaping"
        scenario.expect.that("ANON-1", fits, expected=form, actual=f"{len(token)} characters")
        answer = with_token(scenario.client, READ, token)
        read = answer.at("booking", "id") if answer.accepted else answer.summary
        scenario.expect.equal("ANON-1", read, booking.id, of="booking", at=answer)


@pytest.mark.judges("ANON-2")
@pytest.mark.parametrize("part", ["middle", "end"])
@pytest.mark.parametrize("operation", [READ, CANCEL, SERVICE])
def test_a_token_that_was_altered_is_good_for_nothing(
    operation: str, part: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking("class", "CONFIRMED")
    token = token_of(scenario.client, booking)
    before = stored(scenario.given, booking)
    wrong = altered(token, len(token) // 2 if part == "middle" else len(token) - 3)
    body = {"revision": booking.revision} if operation == CANCEL else None
    answer = with_token(scenario.client, operation, wrong, body)
    scenario.expect.refused(answer, "ANON-2", circumstance=f"{operation}, {part}")
    if operation == CANCEL:
        scenario.expect.unchanged(before, "canceling with an altered token")


@pytest.mark.judges("ANON-2")
def test_nothing_is_moved_with_a_token_that_was_altered(scenario: Scenario) -> None:
    booking, body = movable(scenario.given, "allowed")
    token = token_of(scenario.client, booking)
    before = stored(scenario.given, booking)
    answer = with_token(scenario.client, MOVE, altered(token, len(token) - 3), body)
    scenario.expect.refused(answer, "ANON-2", circumstance=MOVE)
    scenario.expect.unchanged(before, "moving with an altered token")


@pytest.mark.judges("ANON-3")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("policy", ["allowed", "forbidden"])
def test_who_holds_a_token_cancels_if_that_is_allowed(
    policy: str, kind: str, scenario: Scenario
) -> None:
    booking = scenario.given.booking(
        scenario.given.service(kind, cancel=policy, book="open"), "CONFIRMED"
    )
    token = token_of(scenario.client, booking)
    allowed = shown(scenario.client, token)["cancel"]
    before = stored(scenario.given, booking)
    answer = with_token(scenario.client, CANCEL, token, {"revision": before.revision})
    about = f"cancel, {kind}, {'allowed' if allowed else 'not allowed'}"
    if not allowed:
        scenario.expect.refused(answer, "ANON-3", circumstance=about)
        scenario.expect.unchanged(before, "canceling without being allowed to")
    elif scenario.expect.accepted(answer, "ANON-3", circumstance=about):
        status = answer.at("booking", "status")
        scenario.expect.equal("ANON-3", status, "CANCELED", of="status", at=answer)


@pytest.mark.judges("ANON-3")
@pytest.mark.parametrize("policy", ["allowed", "forbidden"])
def test_who_holds_a_token_moves_the_booking_if_that_is_allowed(
    policy: str, scenario: Scenario
) -> None:
    booking, body = movable(scenario.given, policy)
    token = token_of(scenario.client, booking)
    allowed = shown(scenario.client, token)["reschedule"]
    before = stored(scenario.given, booking)
    answer = with_token(scenario.client, MOVE, token, {**body, "revision": before.revision})
    about = f"reschedule, {'allowed' if allowed else 'not allowed'}"
    if allowed:
        scenario.expect.accepted(answer, "ANON-3", circumstance=about)
    else:
        scenario.expect.refused(answer, "ANON-3", "reschedule", circumstance=about)
        scenario.expect.unchanged(before, "moving without being allowed to")


@pytest.mark.judges("ANON-4")
def test_a_visitor_gets_a_token_that_works_or_none(scenario: Scenario) -> None:
    try:
        booking = scenario.given.booking("class", caller="visitor")
    except NotJudged as refused:
        raise NotJudged(f"no visitor books: {refused}") from refused
    answer = request_token(scenario.client, booking, caller="visitor")
    if answer.refused:
        scenario.expect.reading("ANON-4", "B", actual=answer.summary)
        return
    read = with_token(scenario.client, READ, str(answer.at("token")))
    works = read.accepted and read.at("booking", "id") == booking.id
    said = "a token that reads the booking" if works else f"a token; reading by it: {read.summary}"
    scenario.expect.reading("ANON-4", "A" if works else None, actual=said)


def shown(client: Client, token: str) -> dict[str, bool]:
    """What the token's booking says that may be done."""
    answer = with_token(client, READ, token)
    if not answer.accepted:
        raise NotJudged(f"the token reads nothing ({answer.summary})")
    allowed = answer.at("allowedAnonymousActions")
    return {name: allowed.get(name) is True for name in ("cancel", "reschedule")}


def movable(given: Given, policy: str) -> tuple[Seen, dict[str, object]]:
    """A class booking, and a body that moves it to another session."""
    service = given.service("class", reschedule=policy, book="open")
    booking = given.booking(service, "CONFIRMED")
    return booking, {"slot": given.session(service).entity["slot"]}
