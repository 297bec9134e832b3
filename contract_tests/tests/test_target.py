"""Reading what is judged, and saying what is missing."""

from pathlib import Path

import httpx
import pytest

from bookings_contract.findings.problems import ConfigurationError, NotJudged
from bookings_contract.target.model import Target
from bookings_contract.target.reading import from_site, locate, read_toml, recognise

FULL = """
[target]
url = "https://staging.test/"
paths = "sdk"
settle_s = 2
without = ["registerToWaitlist"]
namespace = "@account/app"
[headers]
wix-site-id = "env:SITE"
[callers.owner]
token = "env:TOKEN"
[callers.member]
token = "m"
contact_id = "c"
[services.yoga]
kind = "class"
id = "1"
sessions = [{id = "s1", capacity = 1, exclusive = true}, {id = "s10", capacity = 10}]
[services.pilates]
kind = "class"
id = "2"
choices = [{option_id = "o", values = ["Adult", "Student"]}]
[services.massage]
kind = "appointment"
id = "3"
manual_approval = true
slots = {start = "2031-03-04T09:00:00Z", step = 60, count = 3}
policy = {cancel = "forbidden"}
[throttle]
requests_per_minute = 100
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "target.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    monkeypatch.setenv("TOKEN", "from-the-environment")
    monkeypatch.setenv("SITE", "site-1")
    return read_toml(written(tmp_path, FULL))


def test_a_target_file_names_everything_the_judge_relies_on(full: Target) -> None:
    assert (full.url, full.paths, full.settle_s) == ("https://staging.test", "sdk", 2)
    assert full.without == {"registerToWaitlist"}
    assert full.callers["owner"].token == "from-the-environment"
    assert full.headers == {"wix-site-id": "site-1"}
    assert full.callers["member"].contact_id == "c"
    assert full.services["yoga"].sessions[0].exclusive
    assert full.requests_per_minute == 100
    assert not full.may_notify
    assert not full.ours


def test_a_token_is_never_shown(full: Target) -> None:
    assert "from-the-environment" not in repr(full)
    assert "site-1" not in repr(full)


def test_slots_begin_one_step_apart(full: Target) -> None:
    slots = full.services["massage"].slots
    assert slots is not None
    assert [start.hour for start in slots.starts()] == [9, 10, 11]


def test_a_service_is_picked_by_what_a_rule_needs(full: Target) -> None:
    assert full.service("class").name == "yoga"
    assert full.service("class", variants=True).name == "pilates"
    assert full.service("class", capacity=10, exclusive=True).name == "yoga"
    assert full.service(manual_approval=True).name == "massage"
    assert full.service(cancel="forbidden").name == "massage"
    assert full.service(where=lambda service: service.variants == 2).name == "pilates"


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"kind": "course"}, "the target file names no course"),
        (
            {"kind": "class", "manual_approval": True},
            "the target file names no class with manual_approval = true",
        ),
        ({"book": "closed"}, "the target file names no service with book = closed"),
        ({"kind": "course", "book": "open", "variants": False}, "the target file names no course"),
        (
            {"where": lambda _: False, "lacking": "course of two seats"},
            "the target file names no course of two seats",
        ),
    ],
)
def test_a_service_that_is_not_there_leaves_rules_not_judged(
    full: Target, wanted: dict[str, object], reason: str
) -> None:
    with pytest.raises(NotJudged, match=f"^{reason}$"):
        full.service(**wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        ("callers.member", None),
        ("callers.visitor", "the target file names no [callers.visitor]"),
        ("control", "no [control] url named"),
        ("webhook", "no webhook receiver named"),
        ("reader", None),
        ("namespace", None),
        ("may_notify", "may_notify is not set in [target]"),
        ("exclusive_session", None),
        ("services.appointment", None),
        ("services.course", "the target file names no course"),
        ("services.choices", None),
        ("services.policy_cancel", None),
        (
            "services.policy_book",
            'the target file names no service with policy = {book = "closed"}',
        ),
        ("services.shared_resource", "the target file names no two services with one resource_id"),
    ],
)
def test_what_a_rule_needs_is_there_or_named(full: Target, need: str, reason: str | None) -> None:
    assert full.lacks(need) == reason


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("not toml", "is not TOML"),
        ("[callers.owner]\ntoken = 't'", "names no address"),
        ("[target]\nurl = 'target.test'\n[callers.owner]\ntoken = 't'", "begin it with http"),
        ("[target]\nurl = 'http://t'", "names no owner"),
        (
            "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 'env:NONE_SUCH'",
            "export NONE_SUCH",
        ),
        ("[target]\nurl = 'http://t'\n[callers.owner]\nkind = 'owner'", "has no token"),
        (
            "[target]\nurl = 'http://t'\nsetle_s = 1\n[callers.owner]\ntoken = 't'",
            "did you mean settle_s?",
        ),
        ("[tarket]\nurl = 'http://t'", "did you mean target?"),
        (
            "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 't'\n"
            "[services.x]\nid = '1'\nkind = 'class'\nsessions = [{id = '1', capasity = 1}]",
            r"\[services.x\] sessions has an unknown key 'capasity'; did you mean capacity",
        ),
        (
            "[target]\nurl = 'http://t'\npaths = 'old'\n[callers.owner]\ntoken = 't'",
            "has to be one of documented, sdk",
        ),
        (
            "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 't'\n[services.x]\nid = '1'",
            r"\[services.x\] lacks kind",
        ),
        (
            "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 't'\n"
            "[services.x]\nid = '1'\nkind = 'lesson'",
            r"\[services.x\]: kind is 'lesson'; it has to be one of appointment, class, course",
        ),
        *(
            (
                "[target]\nurl = 'http://t'\n[callers.owner]\ntoken = 't'\n"
                f"[services.x]\nid = '1'\nkind = 'appointment'\n{times}",
                r"\[services.x\]: (a session|slots): .* is a time beyond all bounds",
            )
            for times in (
                "sessions = [{id = '1', start = '0001-01-01T00:00:00+14:00'}]",
                "sessions = [{id = '1', end = 9999-12-31T23:59:59-14:00}]",
                "slots = {start = '9999-12-31T23:00:00Z', step = 60, count = 1}",
                "slots = {start = '2031-01-01T09:00:00Z', step = 527040, count = 10000}",
            )
        ),
    ],
)
def test_a_mistake_in_a_target_file_is_named_with_what_to_do(
    tmp_path: Path, text: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        read_toml(written(tmp_path, text))


def test_a_target_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml can't be read: No such file"):
        read_toml(tmp_path / "none.toml")


def test_a_mock_describes_itself() -> None:
    site = {
        "format": 1,
        "product": "bookings-mock",
        "version": "0.1.0",
        "target": {"url": "http://inside:8080", "settle_s": 0, "may_notify": True, "new": 1},
        "callers": {"owner": {"token": "owner-token", "kind": "owner", "new": 1}},
        "services": {"yoga": {"kind": "class", "id": "1", "new": 1}},
    }
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=site))
    target = recognise("http://outside:9000/", transport)
    assert target is not None
    assert target.ours
    assert (target.url, target.control) == ("http://outside:9000", "http://outside:9000/_mock")
    assert from_site(site).url == "http://inside:8080"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, json={"message": "", "details": {}}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"product": "something else"}),
    ],
)
def test_anything_else_is_not_taken_for_a_mock(answer: httpx.Response) -> None:
    assert recognise("http://t", httpx.MockTransport(lambda _: answer)) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:9", "http://"])
def test_an_address_where_nobody_answers_is_a_mistake_of_configuration(url: str) -> None:
    with pytest.raises(ConfigurationError):
        recognise(url)


def test_a_url_beside_a_target_file_takes_the_place_of_its_own(
    full: Target, tmp_path: Path
) -> None:
    found = locate("http://127.0.0.1:1234/", tmp_path / "target.toml")
    assert found is not None
    assert (found.url, found.services) == ("http://127.0.0.1:1234", full.services)
