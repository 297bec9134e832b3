"""The commands on targets that are configured wrong: exit code 2, and never a word of "broken"."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from attrs import evolve

from bookings_contract.__main__ import main
from bookings_contract.embedded import embedded
from bookings_contract.target.model import Session, Target
from bookings_contract.target.reading import read_toml
from bookings_contract.target.writing import as_toml

from .spoilt import (
    NOT_FOUND,
    PAGE,
    Answering,
    guest,
    instead,
    only,
    served,
    with_caller,
    with_service,
)

UNKNOWN = "00000000-0000-4000-8000-00000000abcd"
RULE = "CONFIRM-1"
Mock = tuple[Target, httpx.BaseTransport]
Said = pytest.CaptureFixture[str]
# A limit that nobody waits for.
TOO_FAST = httpx.Response(429, json={"message": "slow"}, headers={"retry-after": "3600"})


@pytest.fixture(scope="module")
def whole() -> Iterator[Mock]:
    with embedded() as found:
        yield found


@pytest.fixture
def site(whole: Mock) -> Mock:
    target, way = whole
    return only(guest(target), "yoga"), way


def judged(target: Target, answering: Answering, folder: Path, rule: str = RULE) -> int:
    """The exit code of judging what is served, by a target file."""
    file = folder / "target.toml"
    with served(answering) as url:
        file.write_text(as_toml(evolve(target, url=url)), "utf-8")
        return main(["test", "--target", str(file), "--rule", rule])


# Each with a rule whose tests would find something, or nothing at all, were it not noticed.
SPOILT: list[tuple[str, Callable[[Target], Target], str, str]] = [
    (
        "token-unknown",
        lambda t: with_caller(t, "app", token="nobody"),
        "AUTH-2",
        "[callers.app] token",
    ),
    (
        "not-installed",
        lambda t: with_caller(t, "owner", token="bare-site-token"),
        RULE,
        "[callers.owner] token",
    ),
    (
        "scope-missing",
        lambda t: with_caller(t, "owner", token="reader-token"),
        RULE,
        "[callers.owner] token",
    ),
    (
        "callers-swapped",
        lambda t: with_caller(t, "member", token="Bearer owner-token"),
        "CREATE-21",
        "[callers.member] token",
    ),
    (
        "session-unknown",
        lambda t: with_service(t, "yoga", sessions=[Session(UNKNOWN, capacity=10)]),
        RULE,
        "[services.yoga] sessions",
    ),
    ("wrong-kind", lambda t: with_service(t, "yoga", kind="course"), RULE, "[services.yoga] kind"),
    (
        "policy-word",
        lambda t: with_service(t, "yoga", policy={"book": "shut"}),
        RULE,
        "[services.yoga] policy",
    ),
    ("token-empty", lambda t: with_caller(t, "app", token=""), RULE, "[callers.app] token"),
]


@pytest.mark.parametrize(("name", "spoil", "rule", "change"), SPOILT)
def test_a_wrong_target_file_never_makes_anything_look_broken(
    name: str,
    spoil: Callable[[Target], Target],
    rule: str,
    change: str,
    site: Mock,
    tmp_path: Path,
    capsys: Said,
) -> None:
    target, way = site
    assert judged(spoil(target), way.handle_request, tmp_path, rule) == 2
    out, err = capsys.readouterr()
    assert "broken" not in out
    assert f"{name}: " in err
    assert f"change {change}" in err
    assert f"`bookings-contract doctor --target {tmp_path / 'target.toml'}`" in err


def test_sessions_that_are_gone_make_nothing_look_broken_where_the_rest_is_there(
    whole: Mock, tmp_path: Path, capsys: Said
) -> None:
    target, way = guest(whole[0]), whole[1]
    gone = {
        name: evolve(one, sessions=[evolve(s, id=f"{s.id}-gone") for s in one.sessions])
        for name, one in target.services.items()
    }
    stale = evolve(target, services=gone)
    assert judged(stale, way.handle_request, tmp_path, "CREATE-10") == 2
    assert "session-unknown: " in capsys.readouterr().err


def test_an_unknown_owner_is_no_breach(site: Mock, tmp_path: Path, capsys: Said) -> None:
    target, way = site
    stranger = with_caller(target, "owner", token="nobody")
    assert judged(stranger, way.handle_request, tmp_path) == 2
    assert "does not know the owner's token" in capsys.readouterr().err


ELSEWHERE = [
    ("wrong-host", lambda way: instead(way, PAGE)),
    ("wrong-paths", lambda way: instead(way, NOT_FOUND, "/bookings/v2/bookings")),
    ("gateway", lambda way: instead(way, httpx.Response(503, text="nobody"))),
    ("rate-limited", lambda way: instead(way, TOO_FAST)),
]


@pytest.mark.parametrize(("name", "spoil"), ELSEWHERE)
def test_a_wrong_address_never_makes_anything_look_broken(
    name: str,
    spoil: Callable[[httpx.BaseTransport], Answering],
    site: Mock,
    tmp_path: Path,
    capsys: Said,
) -> None:
    target, way = site
    assert judged(target, spoil(way), tmp_path) == 2
    out, err = capsys.readouterr()
    assert "broken" not in out
    assert f"{name}: " in err


def test_a_right_target_file_is_judged_and_kept(site: Mock, tmp_path: Path, capsys: Said) -> None:
    target, way = site
    assert judged(target, way.handle_request, tmp_path) == 0
    assert "0 broken" in capsys.readouterr().out


def test_a_wrong_implementation_is_broken_all_the_same(tmp_path: Path, capsys: Said) -> None:
    with embedded(breaks=["CONFIRM-1"]) as (target, way):
        known = only(guest(target), "yoga")
        assert judged(known, way.handle_request, tmp_path) == 1
        assert "CONFIRM-1  broken" in capsys.readouterr().out
        # What is wrong in the file and does no harm excuses nothing.
        capacity = evolve(known.services["yoga"], manual_approval=False, title="Not its title")
        clumsy = evolve(known, services={"yoga": capacity}, namespace="@nobody/app")
        assert judged(clumsy, way.handle_request, tmp_path) == 1


# The commands by themselves


def test_a_target_file_is_written_for_a_running_mock(
    tmp_path: Path, capsys: Said, whole: Mock
) -> None:
    _, way = whole
    file = tmp_path / "target.toml"
    with served(way.handle_request) as url:
        assert main(["target", "--from-mock", url]) == 0
        assert f'url = "{url}"' in capsys.readouterr().out
        assert main(["target", "--from-mock", url, "--paths", "sdk", "-o", str(file)]) == 0
        assert read_toml(file).paths == "sdk"
        assert read_toml(file).control == f"{url}/_mock"
        assert main(["target", "--from-mock", url, "--without-control", "-o", str(file)]) == 0
        written = read_toml(file)
        assert (written.control, written.may_notify) == (None, False)
        assert main(["doctor", url, "--json"]) == 0
    said = capsys.readouterr().out
    told = json.loads(said[said.index("{") :])
    assert (told["format"], told["verdict"], told["target"]) == (1, "ok", url)
    assert {check["verdict"] for check in told["checks"]} == {"ok"}


def test_whatever_is_no_mock_can_not_describe_itself(site: Mock, capsys: Said) -> None:
    with served(instead(site[1], PAGE)) as url:
        assert main(["target", "--from-mock", url]) == 2
        assert "bookings-contract target --template" in capsys.readouterr().err
        assert main(["doctor", url]) == 2
        assert "target-file-missing" in capsys.readouterr().out


def test_the_template_is_written(capsys: Said) -> None:
    assert main(["target", "--template"]) == 0
    assert capsys.readouterr().out.startswith("# A target file")


@pytest.mark.parametrize(
    ("text", "name", "change"),
    [
        (
            "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 'env:NONE_SUCH'",
            "variable-unset",
            "export NONE_SUCH=…, or [callers.owner] token",
        ),
        ("[target]\nurl = 't'\n[callers.owner]\ntoken = 't'", "target-file", "target.toml"),
        ("nonsense", "target-file", "target.toml"),
    ],
)
def test_a_file_that_can_not_be_read_is_named(
    text: str, name: str, change: str, tmp_path: Path, capsys: Said
) -> None:
    file = tmp_path / "target.toml"
    file.write_text(text, "utf-8")
    assert main(["doctor", "--target", str(file), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "wrong"
    assert [check["name"] for check in told["checks"]] == [name]
    assert change in told["checks"][0]["change"]


def test_what_is_wrong_is_told_with_what_to_change(
    site: Mock, tmp_path: Path, capsys: Said
) -> None:
    target, way = site
    file = tmp_path / "target.toml"
    with served(way.handle_request) as url:
        wrong = with_service(evolve(target, url=url), "yoga", id=UNKNOWN)
        file.write_text(as_toml(wrong), "utf-8")
        assert main(["doctor", "--target", str(file)]) == 2
    said = capsys.readouterr().out.splitlines()
    assert ["wrong", "service", "yoga", "service-unknown"] in [line.split() for line in said]
    assert "service-unknown  service yoga" in said
    assert "  change    [services.yoga] id" in said
    assert said[-1].startswith("1 wrong · ")


def test_the_doctor_wants_to_know_whom_to_look_at(capsys: Said) -> None:
    assert main(["doctor"]) == 2
    assert "a URL, or --target FILE" in capsys.readouterr().err


def test_judging_points_at_the_doctor(capsys: Said) -> None:
    assert main(["test", "http://127.0.0.1:9"]) == 2
    assert "`bookings-contract doctor http://127.0.0.1:9`" in capsys.readouterr().err
