"""The judge on advice: kept by the mock, and a mock that stays silent is told so, never broken."""

import pytest

import bookings_openapi
from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.runner.judge import judge

ADVICE = [rule.id for rule in bookings_openapi.rules().values() if rule.level == "ADVICE"]


def test_the_mock_speaks_of_every_mistake() -> None:
    with embedded() as (target, way):
        report = judge(target, rules=ADVICE, transport=way)
    found = {rule.id: (rule.verdict, rule.reason) for rule in report.rules}
    assert found == dict.fromkeys(ADVICE, (Verdict.KEPT, None))


@pytest.mark.parametrize("rule", ADVICE)
def test_silence_is_found_and_does_not_count(rule: str) -> None:
    with embedded(breaks=[rule]) as (target, way):
        (found,) = judge(target, rules=[rule], transport=way).rules
    assert found.findings
    assert {finding.level for finding in found.findings} == {"ADVICE"}
    assert len(found.findings[0].story) <= 4
    assert found.verdict is Verdict.NOT_JUDGED
