"""The judge against the whole mock, once with all first readings and once with all second ones."""

from collections.abc import Iterator, Mapping

import pytest

import bookings_openapi
from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.judge import judge

from .mocks import OUT_OF_REACH, SUITES
from .open_rules import BOOK, FIRST, OPEN, SECOND

READINGS: Mapping[str, Mapping[str, str]] = {"all first": {}, "all second": SECOND}

# Which reading of one rule leaves another one without any.
HIDDEN = {
    "ANON-4": "AUTH-8",
    "AUTH-11": "AUTH-8",
    "AUTH-12": "AUTH-8",
    "PENDING-2": "PENDING-1",
    "PENDING-6": "PENDING-1",
}


@pytest.fixture(scope="module", params=READINGS)
def readings(request: pytest.FixtureRequest) -> Mapping[str, str]:
    return READINGS[request.param]


@pytest.fixture(scope="module")
def report(readings: Mapping[str, str]) -> Iterator[Report]:
    with embedded(readings=readings) as (target, transport):
        yield judge(target, suites=SUITES, transport=transport)


def test_nothing_is_broken(report: Report) -> None:
    assert not [(rule.id, rule.first) for rule in report.having(Verdict.BROKEN)]


def test_nothing_goes_wrong_while_judging(report: Report) -> None:
    assert not _reasons(report, Verdict.ERROR)


def test_only_what_is_out_of_reach_is_not_judged(
    report: Report, readings: Mapping[str, str]
) -> None:
    left = _reasons(report, Verdict.NOT_JUDGED).keys()
    assert not [
        rule
        for rule in left - OUT_OF_REACH.keys() - _hidden(readings)
        if not _is_coming(BOOK[rule])
    ]


@pytest.mark.parametrize("readings", ["all first"], indirect=True, scope="module")
def test_nothing_is_judged_in_part_only(report: Report) -> None:
    assert not {rule: why for rule, why in _reasons(report, Verdict.KEPT).items() if why}


def test_every_reading_is_told_rightly(report: Report, readings: Mapping[str, str]) -> None:
    hidden = _hidden(readings)
    assert hidden <= _reasons(report, Verdict.NOT_JUDGED).keys()
    expected = {rule.id: readings.get(rule.id, FIRST) for rule in OPEN if rule.id not in hidden}
    assert {rule: report.readings.get(rule) for rule in expected} == expected


def _hidden(readings: Mapping[str, str]) -> set[str]:
    return {rule for rule, by in HIDDEN.items() if by in readings}


def _reasons(report: Report, verdict: Verdict) -> dict[str, str | None]:
    """The rules with this verdict, each with the reason."""
    return {rule.id: rule.reason for rule in report.having(verdict)}


def _is_coming(rule: bookings_openapi.Rule) -> bool:
    """Whether all its operations are yet to come into the document."""
    return bool(rule.operations) and set(rule.operations) <= bookings_openapi.coming()
