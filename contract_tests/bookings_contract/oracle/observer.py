"""The oracle at work in passing: it rides along with a test, and its word is taken down."""

from collections.abc import Iterator

from attrs import define

from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.verdicts import Finding, Kept
from bookings_contract.oracle.core import Oracle


@define
class OracleObserver:
    """An oracle that rides along with a test: it finds what the test does not look for.

    That a rule was kept is for the tests to say, who know what they tried.
    """

    oracle: Oracle
    found: list[Finding]

    def observe(self, exchange: Exchange) -> Iterator[Finding | Kept]:
        """Takes in an exchange; what it shows is told when the test is over."""
        self.found += [said for said in self.oracle.observe(exchange) if isinstance(said, Finding)]
        return iter(())
