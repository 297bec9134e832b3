"""Whatever a target does, the judge ends in time, blames the target for it, and never itself."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve

from bookings_contract.__main__ import main
from bookings_contract.doctor import second_look
from bookings_contract.embedded import embedded
from bookings_contract.target import received, transport
from bookings_contract.target.model import Target
from bookings_contract.target.writing import as_toml
from bookings_contract.testkit import pace

from .hostile import ENDLESS, NO_HTTP, ODD, TOO_MUCH, hostile
from .spoilt import guest, only

Told = pytest.CaptureFixture[str]
Written = Callable[[str], str]

LITTLE = ["--rule", "CONFIRM-2"]
# What creates a booking, before which somebody has answered as the API does.
CREATING = b"POST /bookings/v2/bookings "


@pytest.fixture(scope="module")
def known() -> Iterator[Target]:
    with embedded() as (target, _):
        yield only(guest(target), "yoga")


@pytest.fixture
def written(known: Target, tmp_path: Path) -> Written:
    def write(url: str) -> str:
        file = tmp_path / "target.toml"
        file.write_text(as_toml(evolve(known, url=url)), "utf-8")
        return str(file)

    return write


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a target, be it asked to or not."""
    for module, name in ((pace, "GRACE"), (pace, "FAREWELL"), (second_look, "FAREWELL")):
        monkeypatch.setattr(module, name, 0.2)
    # Nor takes in much of what it says: that takes its time as well.
    for module, name in ((transport, "WIRE"), (received, "BODY")):
        monkeypatch.setattr(module, name, getattr(module, name) // 8)
    monkeypatch.setattr(pace, "WAITS", (0.0,))
    monkeypatch.setattr(pace, "PATIENCE", 0.0)


def told_by(capsys: Told) -> str:
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    assert "harness" not in out + err
    return out + err


def judged(file: str, *more: str) -> int:
    return main(["test", "--target", file, *LITTLE, "--jobs", "1", *more])


@pytest.mark.parametrize("name", ENDLESS)
@pytest.mark.parametrize("where", [b"", CREATING])
def test_time_is_up_whatever_a_target_does_not_end(
    name: str, where: bytes, written: Written, capsys: Told
) -> None:
    with hostile(ENDLESS[name], where) as url:
        assert judged(written(url), "--max-time", "0.3") == 2
    assert re.search("time (that|allowed by) --max-time", told_by(capsys))


@pytest.mark.parametrize("name", {**TOO_MUCH, **NO_HTTP})
@pytest.mark.parametrize("where", [b"", CREATING])
def test_what_is_no_answer_is_told_in_words(
    name: str, where: bytes, written: Written, capsys: Told
) -> None:
    behaviour, words = (TOO_MUCH | NO_HTTP)[name]
    with hostile(behaviour, where) as url:
        assert judged(written(url), "--max-time", "20") == 2
    assert re.search(words, " ".join(told_by(capsys).split()), re.IGNORECASE)


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("where", [b"", CREATING])
def test_an_odd_answer_is_a_breach_or_not_judged(
    name: str, where: bytes, written: Written, capsys: Told
) -> None:
    with hostile(ODD[name], where) as url:
        assert judged(written(url), "--max-time", "20") in (1, 2)
    told_by(capsys)
