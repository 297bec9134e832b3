"""The oracle beside the suites: what no test looks for is found all the same."""

from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.runner.judge import judge


def test_a_breach_that_no_test_of_the_suite_looks_for_is_in_its_report() -> None:
    with embedded(("CREATE-12",)) as (target, transport):
        report = judge(target, suites=["lifecycle"], transport=transport)
    assert [rule.id for rule in report.having(Verdict.BROKEN)] == ["CREATE-12"]
    assert len(report["CREATE-12"].findings[0].story) == 1
    assert not report.having(Verdict.ERROR)
