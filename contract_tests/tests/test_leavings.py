"""However a guest's run ends, what it made is taken back, or how to do that is written down."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, evolve, field

from bookings_contract.__main__ import main
from bookings_contract.embedded import embedded
from bookings_contract.report import cleanup_script
from bookings_contract.target.model import Caller, Secret, Target
from bookings_contract.target.writing import as_toml
from bookings_contract.testkit import pace
from bookings_contract.testkit.cleanup import ALIVE, Cleanup
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.leftovers import Undone, read, watched, write

from .conftest import Canned
from .spoilt import guest, only, served
from .test_guest import QUERY

Told = pytest.CaptureFixture[str]
TOKEN = "a-secret-token-of-the-owner"


@define
class Site:
    """A mock that others use too, and what happens to it on the way."""

    own: httpx.BaseTransport
    target: Target
    # What happens at a request, before it is carried out; an answer takes its place.
    happens: Callable[[str], httpx.Response | None] = lambda path: None
    creations: int = 0
    secret: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.secret = self.target.callers["owner"].token

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.creations += request.url.path.endswith("/v2/bookings")
        instead = self.happens(request.url.path)
        return self.own.handle_request(request) if instead is None else instead

    @property
    def alive(self) -> list[dict[str, Any]]:
        """The bookings that hold places."""
        query = {"query": {"filter": {"status": {"$in": list(ALIVE)}}}}
        with self.http as http:
            return [e["booking"] for e in http.post(QUERY, json=query).json()["extendedBookings"]]

    @property
    def http(self) -> httpx.Client:
        owner = {"authorization": self.secret}
        return httpx.Client(transport=self.own, base_url=self.target.url, headers=owner)


@pytest.fixture
def site() -> Iterator[Site]:
    with embedded() as (target, own):
        yield Site(own, only(guest(target), "yoga"))


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "ANSWER", 5.0)


def judged(site: Site, folder: Path, *more: str) -> int:
    with served(site) as url:
        file = folder / "target.toml"
        file.write_text(as_toml(evolve(site.target, url=url)), "utf-8")
        asked = ["--rule", "CONFIRM-2", "--jobs", "1", "--report", str(folder / "report"), *more]
        return main(["test", "--target", str(file), *asked])


def asked_by(script: Path, folder: Path) -> list[list[str]]:
    """The arguments of every curl that the script begins."""
    log, bin_ = folder / "log", folder / "bin"
    bin_.mkdir()
    (bin_ / "curl").write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" END >>{log}\n')
    (bin_ / "curl").chmod(0o755)
    known = {"PATH": f"{bin_}:{os.environ['PATH']}", "OWNER_TOKEN": TOKEN, "X_SITE_KEY": "key"}
    subprocess.run(["sh", str(script)], env=known, check=True, timeout=30, capture_output=True)
    words = log.read_text("utf-8").split("\0")[:-1]
    ends = [-1, *(n for n, word in enumerate(words) if word == "END")]
    return [words[low + 1 : high] for low, high in pairwise(ends)]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Also where the tests run behind a shell, which has what it starts there ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(("by", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_interrupts_the_judge_finds_the_site_as_it_was(
    by: signal.Signals, code: int, site: Site, tmp_path: Path, capsys: Told
) -> None:
    def interrupted(path: str) -> None:
        if path.endswith("/confirm"):
            site.happens = lambda path: None
            os.kill(os.getpid(), by)

    site.happens = interrupted
    assert judged(site, tmp_path) == code
    assert site.creations > 0
    assert site.alive == []
    assert not (tmp_path / "report").exists()
    assert "harness" not in capsys.readouterr().err


def test_what_was_not_answered_any_more_is_named_by_its_address(
    site: Site, tmp_path: Path, capsys: Told
) -> None:
    def interrupted(path: str) -> None:
        if path.endswith("/v2/bookings"):
            site.happens = lambda path: None
            os.kill(os.getpid(), signal.SIGTERM)

    site.happens = interrupted
    assert judged(site, tmp_path) == 143
    script = (tmp_path / "report" / "cleanup.sh").read_text("utf-8")
    assert "# look for what createBooking may have made, of judge-" in script
    assert "cleanup.sh takes it back" in capsys.readouterr().err


def test_a_target_that_dies_can_be_cleaned_up_when_it_is_back(
    site: Site, tmp_path: Path, capsys: Told
) -> None:
    def dies(path: str) -> httpx.Response | None:
        dead = site.creations > 1 and not path.endswith("/v2/bookings")
        return httpx.Response(503, text="gone") if dead or site.creations > 2 else None

    site.happens = dies
    assert judged(site, tmp_path) in (1, 2)
    assert site.alive
    script = tmp_path / "report" / "cleanup.sh"
    assert str(script) in capsys.readouterr().err
    assert site.secret not in script.read_text("utf-8")
    requests = asked_by(script, tmp_path)
    assert all(f"authorization: {TOKEN}" in words for words in requests)
    with site.http as http:
        for words in requests:
            url = httpx.URL(next(word for word in words if word.startswith("http")))
            body = words[words.index("--data-raw") + 1]
            json = {"content-type": "application/json"}
            http.request(words[words.index("-X") + 1], url.path, content=body, headers=json)
    assert site.alive == []


def test_a_target_that_cancels_nothing_is_named_with_what_is_left_where_no_report_is_asked_for(
    site: Site, tmp_path: Path, capsys: Told
) -> None:
    refusal = httpx.Response(403, json={"message": "no", "details": {}})
    site.happens = lambda path: refusal if path.endswith("/cancel") else None
    with served(site) as url:
        file = tmp_path / "target.toml"
        file.write_text(as_toml(evolve(site.target, url=url)), "utf-8")
        main(["test", "--target", str(file), "--rule", "CONFIRM-2", "--jobs", "1"])
    told = capsys.readouterr().err
    assert "this script takes it back:\n#!/bin/sh" in told
    assert told.count("curl -sS") >= len(site.alive) > 0
    assert site.secret not in told


WORDS = "';$(touch boom)`touch boom`\n\x1b[2J\u202e"


@pytest.mark.skipif(not shutil.which("sh"), reason="there is no shell")
def test_a_script_runs_nothing_of_what_a_server_called_its_bookings(
    client: Client, server: Canned, tmp_path: Path
) -> None:
    hostile = evolve(
        client.target,
        headers={"x-site-key": Secret("top-secret"), "accept": "*/*"},
        callers={"owner": Caller("owner", Secret(TOKEN))},
    )
    with watched() as left:
        mine = Client(Wire(hostile, httpx.MockTransport(server)))
        server.says(200, {"booking": {"id": WORDS, "status": "CREATED", "revision": WORDS}})
        mine.call("createBooking", body={"booking": {"contactDetails": {"email": WORDS}}})
        server.says(500, {"message": WORDS})
        mine.call("createBooking", body={"booking": {"contactDetails": {"email": WORDS}}})
        script = cleanup_script.write(left.undone, hostile, tmp_path)
    assert TOKEN not in script.read_text("utf-8")
    assert "top-secret" not in script.read_text("utf-8")
    (words,) = asked_by(script, tmp_path)
    assert not (tmp_path / "boom").exists()
    assert not Path("boom").exists()
    assert "x-site-key: key" in words
    assert cleanup_script.write(left.undone, hostile, tmp_path).name == "cleanup-2.sh"


def test_a_mock_of_ours_has_nothing_left(target: Target, server: Canned) -> None:
    with watched() as left:
        own = evolve(target, control=f"{target.url}/_mock")
        server.books()
        Client(Wire(own, httpx.MockTransport(server))).call("createBooking", body={})
        assert left.undone == []


def test_another_process_writes_its_list_down(tmp_path: Path) -> None:
    rows = [Undone("a booking", "POST", "/x", "{}"), Undone("look for it")]
    write(rows, tmp_path / "note")
    assert read(tmp_path / "note") == rows
    assert read(tmp_path / "nothing") == []


def test_what_was_taken_back_is_no_longer_left(client: Client, server: Canned) -> None:
    made = Cleanup()
    server.books()
    made.meet(client.call("createBooking", body={}).exchange)
    (only_one,) = made.bookings_left
    made.took_back(only_one[0])
    assert list(made.bookings_left) == []
