"""A service's policies: when moving and canceling are refused, and who may pass over that."""

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import frozen

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.arranged import stored, whereabouts
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

FORBIDDEN, ALLOWED = "forbidden", "allowed"
# What a call can say of a policy without passing over it, and the circumstance that this is.
HEEDED: Mapping[str, str | None] = {
    "false": None,
    "left out": "left_out",
    "an empty flow control": "left_out",
}


@frozen
class Policy:
    """One policy: what it is about, and how a call passes over it."""

    rule: str
    about: str
    operation: str
    flag: str
    kinds: tuple[str, ...]

    def says(self, said: str) -> dict[str, Any]:
        """The part of a body that says so."""
        if said == "left out":
            return {}
        ways = {"false": {self.flag: False}, "true": {self.flag: True}}
        return {"flowControlSettings": ways.get(said, {})}


MOVING = Policy(
    "RESCHEDULE-6",
    "reschedule",
    "rescheduleBooking",
    "ignoreReschedulePolicy",
    ("appointment", "class"),
)
CANCELING = Policy(
    "CANCEL-4",
    "cancel",
    "cancelBooking",
    "ignoreCancellationPolicy",
    ("appointment", "class", "course"),
)
POLICIES = (MOVING, CANCELING)
CELLS = [
    pytest.param(
        policy, kind, marks=pytest.mark.judges(policy.rule), id=f"{policy.operation}-{kind}"
    )
    for policy in POLICIES
    for kind in policy.kinds
]


@pytest.mark.parametrize("said", HEEDED)
@pytest.mark.parametrize(("policy", "kind"), CELLS)
def test_what_the_policy_forbids_is_refused(
    policy: Policy, kind: str, said: str, scenario: Scenario
) -> None:
    service = _service(scenario.given, policy, kind, FORBIDDEN)
    booking, elsewhere = _booked(scenario.given, policy, service)
    before = stored(scenario.given, booking)
    answer = _asked(policy, booking, elsewhere, said, scenario.client)
    about = HEEDED[said] or f"{kind}, false"
    scenario.expect.refused(answer, policy.rule, circumstance=about)
    scenario.expect.unchanged(before, f"{policy.operation} against the policy")


@pytest.mark.parametrize(("policy", "kind"), CELLS)
def test_what_the_policy_forbids_is_done_for_who_passes_over_it(
    policy: Policy, kind: str, scenario: Scenario
) -> None:
    service = _service(scenario.given, policy, kind, FORBIDDEN)
    booking, elsewhere = _booked(scenario.given, policy, service)
    answer = _asked(policy, booking, elsewhere, "true", scenario.client)
    about = f"{kind}, true"
    if scenario.expect.accepted(answer, policy.rule, circumstance=about):
        _judge_done(policy, booking, answer, about, scenario)


@pytest.mark.parametrize("said", HEEDED)
@pytest.mark.parametrize(("policy", "kind"), CELLS)
def test_what_the_policy_allows_is_done(
    policy: Policy, kind: str, said: str, scenario: Scenario
) -> None:
    service = _service(scenario.given, policy, kind, ALLOWED)
    booking, elsewhere = _booked(scenario.given, policy, service)
    answer = _asked(policy, booking, elsewhere, said, scenario.client)
    about = HEEDED[said] or f"{kind}, allowed"
    if scenario.expect.accepted(answer, policy.rule, circumstance=about):
        _judge_done(policy, booking, answer, about, scenario)


@pytest.mark.parametrize(
    ("policy", "other"),
    [
        pytest.param(one, other, marks=pytest.mark.judges(one.rule), id=one.operation)
        for one, other in (POLICIES, POLICIES[::-1])
    ],
)
def test_what_another_policy_forbids_is_done(
    policy: Policy, other: Policy, scenario: Scenario
) -> None:
    service = _forbidding_only(scenario.given, other, policy)
    booking, elsewhere = _booked(scenario.given, policy, service)
    answer = _asked(policy, booking, elsewhere, "false", scenario.client)
    about = f"{other.about} forbidden, {policy.about} allowed"
    if scenario.expect.accepted(answer, policy.rule, circumstance=about):
        _judge_done(policy, booking, answer, about, scenario)


def _service(given: Given, policy: Policy, kind: str, word: str) -> Service:
    """A plain service of the kind with this policy, one that nobody has to approve if possible."""
    wanted: dict[str, Any] = {"book": "open", policy.about: word}
    target = given.client.target
    for plain in ({"manual_approval": False, "variants": False}, {}):
        if found := target.all_services(kind, **{**plain, **wanted}):
            return found[0]
    return target.service(kind, **wanted)


def _forbidding_only(given: Given, forbidden: Policy, allowed: Policy) -> Service:
    policies: dict[str, Any] = {"book": "open", forbidden.about: FORBIDDEN, allowed.about: ALLOWED}
    found = [s for kind in MOVING.kinds for s in given.client.target.all_services(kind, **policies)]
    if not found:
        raise NotJudged(
            f"the target file names no service that forbids to {forbidden.about} "
            f"and allows to {allowed.about}"
        )
    return found[0]


def _booked(given: Given, policy: Policy, service: Service) -> tuple[Seen, Place]:
    """A confirmed booking, for which every page allows the call, and a place to move it to."""
    place = given.place(service)
    elsewhere = given.place(service) if policy is MOVING else place
    if policy is MOVING and elsewhere == place:
        raise NotJudged(f"the target file names too few sessions of {service.name}")
    return given.booking(place, "CONFIRMED"), elsewhere


def _asked(
    policy: Policy,
    booking: Seen,
    elsewhere: Place,
    said: str,
    client: Client,
) -> Answer:
    moved = {"slot": elsewhere.slot} if policy is MOVING else {}
    return client.act(policy.operation, booking, {**moved, **policy.says(said)})


def _judge_done(
    policy: Policy, before: Seen, answer: Answer, about: str, scenario: Scenario
) -> None:
    """What was accepted is done, too."""
    after = stored(scenario.given, answer.booking)
    if policy is CANCELING:
        scenario.expect.equal(
            policy.rule, after.status, "CANCELED", of="status read", circumstance=about
        )
        return
    scenario.expect.that(
        policy.rule,
        whereabouts(after) != whereabouts(before),
        expected="another slot when it is read again",
        actual="the slot is the same",
        circumstance=about,
    )
