"""Create Booking: by whom a booking was created, and when."""

from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.creations import KINDS, anywhere, granted, instant, looks
from bookings_contract.target.model import Caller
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.scenario import Scenario

# Which field of an identity carries the id of which kind of caller, and its name in a target file.
IDENTITIES = {
    "owner": ("wixUserId", "wix_user_id"),
    "app": ("appId", "app_id"),
    "member": ("memberId", "member_id"),
    "visitor": ("anonymousVisitorId", "visitor_id"),
}
SOMEBODY = "7b0a4b0e-3d1c-4b57-8f0e-2f6f1c9d8e31"


@pytest.mark.judges("CREATE-21")
@pytest.mark.parametrize("claimed", [False, True], ids=["left out", "contradicted"])
@pytest.mark.parametrize("name", IDENTITIES)
def test_a_booking_is_created_by_its_caller(name: str, claimed: bool, scenario: Scenario) -> None:
    caller = scenario.client.target.caller(name)
    others = {key: SOMEBODY for kind, (key, _) in IDENTITIES.items() if kind != caller.kind}
    body = scenario.given.body("class", createdBy=others if claimed else None)
    answer = scenario.client.call("createBooking", body=body, caller=name)
    if not granted(scenario, answer, "CREATE-21", circumstance=name):
        return
    for seen, at in looks(scenario, answer):
        _judge_creator(seen, caller, scenario.expect, at)


@pytest.mark.judges("CREATE-21")
def test_a_booking_keeps_its_creator_whoever_confirms_it(scenario: Scenario) -> None:
    booking = scenario.given.booking("class", caller="app")
    answer = scenario.client.act("confirmBooking", booking, caller="owner")
    if not answer.accepted:
        raise NotReached(f"confirming it was answered {answer.summary}")
    creator = scenario.client.target.caller("app")
    for seen, at in looks(scenario, answer):
        _judge_creator(seen, creator, scenario.expect, at)


@pytest.mark.judges("CREATE-21")
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_booking_was_updated_when_it_was_created(kind: str, scenario: Scenario) -> None:
    answer = scenario.client.call(
        "createBooking", body=scenario.given.body(anywhere(scenario.given, kind))
    )
    if not answer.accepted:
        raise NotReached(f"creating a booking was answered {answer.summary}")
    dates = [answer.booking.raw.get(name) for name in ("createdDate", "updatedDate")]
    if None in dates:
        raise NotJudged("the target shows no createdDate or updatedDate of a new booking")
    created, updated = (instant(date, "UTC") for date in dates)
    scenario.expect.that(
        "CREATE-21",
        created is not None and created == updated,
        expected=f"updatedDate {dates[0]}",
        actual=f"updatedDate {dates[1]}",
        circumstance="dates",
        at=answer,
    )


def _judge_creator(seen: Seen, caller: Caller, expect: Expect, at: Answer | None) -> None:
    shown = seen.raw.get("createdBy") or {}
    key, named = IDENTITIES[caller.kind]
    own = getattr(caller, named)
    holds = shown.get(key) == own if own else bool(shown.get(key))
    strangers = _strangers(shown, caller, expect)
    expect.that(
        "CREATE-21",
        holds and not strangers,
        expected=f"createdBy {key} {own or 'filled'}, and nobody else",
        actual=f"createdBy {shown or 'nobody'}",
        circumstance=f"by {caller.kind}",
        at=at,
    )


def _strangers(shown: dict[str, Any], caller: Caller, expect: Expect) -> list[str]:
    """Ids that count and are known to be somebody else's; beside them an appId does not count."""
    others = [one for one in expect.given.client.target.callers.values() if one != caller]
    return [
        key
        for key, attribute in IDENTITIES.values()
        if key != "appId" and shown.get(key) and shown[key] != getattr(caller, attribute)
        if shown[key] in (SOMEBODY, *(getattr(other, attribute) for other in others))
    ]
