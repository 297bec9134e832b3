"""The hooks that the plugin calls; `runner.inprocess.Collector` listens here, and so may others."""

import httpx
import pytest

from bookings_contract.findings.verdicts import Outcome
from bookings_contract.target.model import Target
from bookings_contract.target.places import PlacePool


@pytest.hookspec(firstresult=True)
def pytest_bookings_target(
    config: pytest.Config,
) -> tuple[Target, httpx.BaseTransport | None] | None:
    """The target to judge, and the transport to reach it by if it needs one of its own."""


@pytest.hookspec(firstresult=True)
def pytest_bookings_places(config: pytest.Config) -> PlacePool | None:
    """The places of the target, if some of them may be in use already."""


@pytest.hookspec
def pytest_bookings_outcome(config: pytest.Config, outcome: Outcome) -> None:
    """A test has said what it had to say."""
