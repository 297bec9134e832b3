"""The plugin's options, and the run that they ask for."""

import time
from pathlib import Path

import httpx
import pytest

from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.runs import SUITES
from bookings_contract.findings.shards import Shard
from bookings_contract.findings.verdicts import LEVELS
from bookings_contract.plugin import hooks
from bookings_contract.plugin.run import RUN, Run
from bookings_contract.plugin.summary import Summary
from bookings_contract.target.model import Target
from bookings_contract.target.reading import locate


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options, all of them `--bookings-…`."""
    group = parser.getgroup("bookings", "judging an implementation of the bookings contract")
    group.addoption("--bookings-url", metavar="URL", help="the target's address; default: a mock")
    group.addoption("--bookings-target", metavar="FILE", help="the target file (TOML)")
    group.addoption(
        "--bookings-rule",
        metavar="ID",
        action="append",
        default=[],
        help="judge this rule only (repeatable)",
    )
    group.addoption(
        "--bookings-suite",
        choices=SUITES,
        action="append",
        default=[],
        help="run this suite only (repeatable)",
    )
    group.addoption("--bookings-seed", type=int, default=0, metavar="N", help="default: 0")
    group.addoption("--bookings-level", choices=LEVELS, default="OBSERVED", help="what counts")
    group.addoption(
        "--bookings-max-time", type=float, metavar="S", help="begin no test after S seconds"
    )
    group.addoption(
        "--bookings-deep", action="store_true", help="fuzz each operation with all cases there are"
    )
    group.addoption("--bookings-shard", metavar="I/N", help="run the Ith of N parts of the tests")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds the hooks of `hooks.py`."""
    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker and starts the run."""
    config.addinivalue_line(
        "markers",
        "judges(*rules, needs=None): the test judges these rules of the book; `needs` replaces "
        "what their rows say it takes",
    )
    limit = config.getoption("--bookings-max-time")
    config.stash[RUN] = Run(
        config,
        rules=frozenset(config.getoption("--bookings-rule")),
        suites=frozenset(config.getoption("--bookings-suite")),
        level=config.getoption("--bookings-level"),
        seed=config.getoption("--bookings-seed"),
        deadline=None if limit is None else time.monotonic() + limit,
        deep=config.getoption("--bookings-deep"),
        shard=_shard(config.getoption("--bookings-shard")),
    )
    summary = Summary(config.getoption("--bookings-level"), config.stash[RUN].discreet)
    config.pluginmanager.register(summary, "bookings-summary")


def _shard(words: str | None) -> Shard:
    try:
        return Shard.read(words) if words else Shard()
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the run."""
    if RUN in config.stash:
        config.stash[RUN].close()


@pytest.hookimpl(trylast=True)
def pytest_bookings_target(
    config: pytest.Config,
) -> tuple[Target, httpx.BaseTransport | None] | None:
    """Finds the target that the options name."""
    url, file = config.getoption("--bookings-url"), config.getoption("--bookings-target")
    try:
        found = locate(url, Path(file) if file else None)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error
    return None if found is None else (found, None)
