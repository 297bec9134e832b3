"""Target files that are written: read back they say the same; the template explains every key."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve, fields

from bookings_contract.embedded import embedded
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.target.model import CALLERS, Caller, Choice, Service, Session, Slots, Target
from bookings_contract.target.reading import from_site, read_toml, unset
from bookings_contract.target.writing import as_toml, template

from .spoilt import guest


@pytest.fixture(scope="module")
def mock() -> Iterator[Target]:
    with embedded() as (target, _):
        yield target


def back(target: Target, folder: Path) -> Target:
    file = folder / "target.toml"
    file.write_text(as_toml(target), "utf-8")
    return read_toml(file)


def unnamed(target: Target) -> Target:
    """But for what only a mock can say of itself."""
    return evolve(target, product=None, version=None)


def test_a_mock_is_read_back_from_the_file_that_was_written_for_it(
    mock: Target, tmp_path: Path
) -> None:
    assert back(mock, tmp_path) == unnamed(mock)


def test_without_controls_it_is_a_target_like_any_other(mock: Target, tmp_path: Path) -> None:
    written = back(evolve(guest(mock), paths="sdk"), tmp_path)
    assert written.control is None
    assert not written.ours
    assert written.paths == "sdk"
    assert written.services["yoga"].sessions == mock.services["yoga"].sessions


def test_whatever_a_target_holds_survives_being_written(tmp_path: Path) -> None:
    odd = 'a "quoted" \\ backslash\n\ttab, é, \x7f and 🜁'
    target = Target(
        "https://t.test",
        paths="sdk",
        settle_s=1.5,
        may_fuzz=True,
        without=["registerToWaitlist", "query"],
        namespace="@a/b",
        headers={"wix-site-id": odd},
        callers={
            "owner": Caller("owner", odd, kind="app", app_id="1"),
            "two words": Caller("two words", "t", kind="member", scopes=["a", "b"]),
        },
        services={
            "dé.jà": Service(
                "dé.jà",
                "class",
                odd,
                requests_affect_availability=False,
                sessions=[Session("s", "2031-03-04T09:00:00Z", None, 0, True), Session("t")],
                location={"locationType": "CUSTOM", "address": {"lines": [1, 2.5, True, odd]}},
                choices=[Choice("o", ["Adult", odd])],
                form={"first name": "firstName"},
                policy={"cancel": "forbidden"},
            ),
            "hair": Service("hair", "appointment", "2", slots=Slots("2031-03-04T09:00:00Z", 60, 3)),
        },
        webhooks={"listen": "127.0.0.1:1", "wait_s": 2},
        requests_per_minute=100,
    )
    assert back(target, tmp_path) == target


def test_what_is_written_says_what_a_person_has_to_change(mock: Target) -> None:
    text = as_toml(mock)
    assert "bookings-contract target --template" in text
    assert "# Only a bookings-mock has controls" in text
    assert "# Mark a session as exclusive only where nobody but the judge books it." in text


# The template


def uncommented() -> str:
    """The template with every key in use, and every value filled in."""
    text = re.sub(r"^#(?=\S)", "", template(), flags=re.MULTILINE)
    return text.replace("…", "9d0ac1be-3b6d-4f7f-8c15-183d59705b67")


def test_the_template_is_refused_until_its_token_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "target.toml"
    file.write_text(template(), "utf-8")
    monkeypatch.delenv("BOOKINGS_OWNER_TOKEN", raising=False)
    assert unset(file) == {"[callers.owner] token": "BOOKINGS_OWNER_TOKEN"}
    with pytest.raises(ConfigurationError, match="export BOOKINGS_OWNER_TOKEN"):
        read_toml(file)
    monkeypatch.setenv("BOOKINGS_OWNER_TOKEN", "t")
    assert list(read_toml(file).services) == ["yoga"]


def test_the_template_with_every_key_in_use_is_a_target_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "target.toml"
    file.write_text(uncommented(), "utf-8")
    for name in unset(file).values():
        monkeypatch.setenv(name, f"the value of {name}")
    target = read_toml(file)
    assert set(target.callers) == set(CALLERS)
    assert target.callers["app"].client_secret == "the value of BOOKINGS_APP_SECRET"
    assert {service.kind for service in target.services.values()} == {
        *("appointment", "class", "course")
    }


@pytest.mark.parametrize(
    ("kind", "elsewhere"),
    [
        (Target, {"headers", "callers", "services", "control", "webhooks", "product", "version"}),
        (Caller, {"name"}),
        (Service, {"name"}),
        (Session, set()),
        (Slots, set()),
        (Choice, set()),
    ],
)
def test_the_template_explains_every_key(kind: type, elsewhere: set[str]) -> None:
    keys = {attribute.name for attribute in fields(kind)} - elsewhere
    used = set(re.findall(r"(\w+) = ", uncommented()))
    assert keys <= used


def test_the_template_has_every_section() -> None:
    sections = tomllib.loads(uncommented())
    assert set(sections) == {
        *("target", "headers", "callers", "services", "control", "webhooks", "throttle")
    }


# Reading


@pytest.mark.parametrize("name", CALLERS)
def test_the_kind_of_a_caller_follows_from_its_name(name: str, tmp_path: Path) -> None:
    file = tmp_path / "target.toml"
    text = f"[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 'o'\n[callers.{name}]\ntoken='t'"
    file.write_text(text.replace("[callers.owner]\ntoken='t'", ""), "utf-8")
    assert read_toml(file).callers[name].kind == CALLERS[name]


def test_a_caller_that_a_mock_names_keeps_its_kind() -> None:
    site = {
        "target": {"url": "http://t"},
        "callers": {"owner": {"token": "o"}, "boss": {"token": "b", "kind": "app"}},
    }
    assert from_site(site).callers["boss"].kind == "app"


def with_session(tmp_path: Path, session: str) -> Path:
    file = tmp_path / "target.toml"
    file.write_text(
        "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 'o'\n"
        f"[services.yoga]\nkind = 'class'\nid = '1'\nsessions = [{session}]\n",
        "utf-8",
    )
    return file


def test_a_time_may_be_one_of_tomls_own(tmp_path: Path) -> None:
    file = with_session(tmp_path, "{id = 's', start = 2031-03-04T09:00:00Z}")
    session = read_toml(file).services["yoga"].sessions[0]
    assert session.start == "2031-03-04T09:00:00+00:00"


def test_what_is_no_time_is_named(tmp_path: Path) -> None:
    file = with_session(tmp_path, "{id = 's', start = 'tomorrow'}")
    with pytest.raises(ConfigurationError, match="'tomorrow' is no time: write one like"):
        read_toml(file)
