"""What a shard leaves for `merge` beside its reports, `shard.json`: everything its tests said."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from bookings_contract import __version__
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.sanitise import MARK, unsigned
from bookings_contract.findings.shards import Shard
from bookings_contract.plugin.serialise import NotSerialisable, deserialised, serialised
from bookings_contract.runner.inprocess import RunOptions, RunResult
from bookings_contract.target.masking import is_secret
from bookings_contract.target.model import Caller, Target

FORMAT = 1
FILE = "shard.json"


@frozen
class Part:
    """One shard of a run."""

    folder: Path
    options: RunOptions
    result: RunResult
    target: Target
    seconds: float


def write(
    options: RunOptions, result: RunResult, target: Target, seconds: float, folder: Path
) -> Path:
    """Writes the shard beside its reports."""
    data = {
        "format": FORMAT,
        "version": __version__,
        "shard": str(options.shard),
        "seed": options.seed,
        "level": options.level,
        "rules": list(options.rules),
        "suites": list(options.suites),
        "max_time": options.max_time,
        "deep": options.deep,
        "baseline": serialised(options.baseline),
        "target": serialised(discreet(target)),
        "seconds": round(seconds, 3),
        "tests": [[suite, list(rules)] for suite, rules in result.tests],
        "left_out": sorted(map(list, result.left_out)),
        "outcomes": [serialised(outcome) for outcome in result.outcomes],
    }
    file = folder / FILE
    file.write_text(json.dumps(data), "utf-8", newline="\n")
    return file


def discreet(target: Target) -> Target:
    """The target without what is secret."""
    hidden = {name: _discreet(caller, target) for name, caller in target.callers.items()}
    headers = {k: MARK if is_secret(v, target) else v for k, v in target.headers.items()}
    webhooks = target.webhooks if target.ours else {}
    return evolve(
        target,
        url=unsigned(target.url),
        control=None if target.control is None else unsigned(target.control),
        callers=hidden,
        headers=headers,
        webhooks=webhooks,
    )


def _discreet(caller: Caller, target: Target) -> Caller:
    if not is_secret(caller.token, target):
        return caller
    return evolve(caller, token=MARK, client_secret=None)


def read(folder: Path) -> Part:
    """The shard that a report's folder holds.

    Raises ConfigurationError, naming the folder and what is wrong with it.
    """
    file = folder / FILE
    try:
        data = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{file} can't be read ({error.strerror}): merge takes the folders that "
            "`test --shard I/N --report DIR` wrote."
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"{file} is no JSON: {error}.") from error
    if not isinstance(data, dict) or (data.get("format"), data.get("version")) != (
        FORMAT,
        __version__,
    ):
        raise ConfigurationError(
            f"{file} was not written by this version, {__version__}: judge all shards with one."
        )
    try:
        return _part(folder, data)
    except (KeyError, TypeError, ValueError, NotSerialisable) as error:
        raise ConfigurationError(f"{file} holds no shard: {error}.") from error


def _part(folder: Path, data: Mapping[str, Any]) -> Part:
    options = RunOptions(
        rules=tuple(data["rules"]),
        suites=tuple(data["suites"]),
        seed=data["seed"],
        level=data["level"],
        max_time=data["max_time"],
        deep=data["deep"],
        shard=Shard.read(data["shard"]),
        baseline=deserialised(data["baseline"]),
    )
    result = RunResult(
        tests=tuple((suite, tuple(rules)) for suite, rules in data["tests"]),
        outcomes=tuple(deserialised(outcome) for outcome in data["outcomes"]),
        left_out=frozenset((suite, rule) for suite, rule in data["left_out"]),
    )
    return Part(folder, options, result, deserialised(data["target"]), data["seconds"])
