"""Sites from files, states kept in files, and the options of the command that say so."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import bookings_fixtures
from bookings_mock.__main__ import main
from bookings_mock.files import read_site_file

SALON = """
format: 1
site: {timezone: Europe/Dublin}
callers:
  owner: {kind: owner, token: my-owner}
services:
  cut:
    kind: appointment
    resource: {name: Sam}
    slots: {start: 2031-03-04T09:00:00Z, step: 30, count: 8}
"""


def _written(folder, text, name="salon.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _refused(capsys, *arguments):
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_a_site_of_ones_own_is_served_from_yaml_or_json(tmp_path, serve):
    site = read_site_file(_written(tmp_path, SALON))
    again = read_site_file(_written(tmp_path, json.dumps(site), "salon.json"))
    assert again == site
    api = serve(site=site)
    assert api.services["cut"]["slots"]["start"] == "2031-03-04T09:00:00Z"
    assert api.create("cut", token="my-owner").status_code == 200


@pytest.mark.parametrize(
    ("written", "instead", "place"),
    [
        ("kind: appointment", "kind: event", "services.cut.kind: 'event' is not one of"),
        ("step: 30", "step: 0", "services.cut.slots.step: 0 is less than"),
        ("2031-03-04T09:00:00Z", "tomorrow", "services.cut.slots.start"),
        ("2031-03-04T09:00:00Z", "2031-13-04T09:00:00Z", "services.cut: '2031-13-04T09:00:00Z'"),
        ("Europe/Dublin", "Europe/Dubln", "site.timezone: Europe/Dubln is no zone"),
        ("token: my-owner", "token: my@owner", "callers.owner.token"),
        ("format: 1", "format: 2", "format: 1 was expected"),
        ("format: 1", "formt: 1", "'format' is a required property"),
        ("services:", "services: [", "is neither YAML nor JSON"),
        ("kind: owner,", "kind: owner, site: elsewhere,", "no site 'elsewhere'"),
        (SALON, "[]", "is not of type 'object'"),
        (SALON, '{"format": 1,', "is neither YAML nor JSON"),
        (SALON, "", "is empty"),
        (SALON, "# a site", "None is not of type 'object'"),
        (SALON, "GIF89a \u0001", "is neither YAML nor JSON"),
    ],
)
def test_a_damaged_site_file_is_refused_by_its_place(tmp_path, capsys, written, instead, place):
    path = _written(tmp_path, SALON.replace(written, instead))
    said = _refused(capsys, "--site", str(path))
    assert place in said
    assert said.count("\n") == 1


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path, capsys):
    picture = tmp_path / "salon.yaml"
    picture.write_bytes(b"\xff\xd8\xff\xe0")
    assert "is no text in UTF-8" in _refused(capsys, "--site", str(picture))
    assert "No such file" in _refused(capsys, "--site", str(tmp_path / "nothing.yaml"))
    assert "there are annex, bare, studio" in _refused(capsys, "--site", "nowhere")
    assert "is a directory" in _refused(capsys, "--site", str(tmp_path))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--clock", "noon"], "'noon' is no ISO date-time, such as 2031-02-28T09:30:00Z"),
        (["--clock", "0001-01-01"], "the year must be between 1970 and 8999"),
        (["--reading", "CANCEL-5"], "write it as ID=LETTER"),
        (["--reading", "CANCEL-5=Z"], "CANCEL-5 has the readings A, B, not 'Z'"),
        (["--reading", "CANCLE-5=B"], "did you mean"),
        (["--strict=CANCEL-1"], "'CANCEL-1' is no advice; there are ADVICE-1"),
        (["--break", "CANCLE-1"], "there is no miniature named 'CANCLE-1'"),
    ],
)
def test_what_the_command_cannot_use_is_said(capsys, arguments, said):
    assert said in _refused(capsys, *arguments)


@pytest.fixture(autouse=True)
def _hangups():
    """A mock inherits from its starter what becomes of them, and nohup has them ignored."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Running:
    """A mock as users start it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bookings_mock", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        lines = list(iter(self.process.stdout.readline, "stop with Ctrl+C\n"))
        self.welcome = "".join(lines)
        url = lines[0].rsplit(" ", 1)[1].strip()
        self.http = httpx.Client(base_url=url, headers={"authorization": "owner-token"}, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop(signal.SIGKILL)

    def stop(self, how):
        self.http.close()
        self.process.send_signal(how)
        self.process.communicate(timeout=30)
        return self.process.returncode

    def booked(self):
        session = self.http.get("/_mock/site").json()["services"]["yoga"]["sessions"][0]
        slot = {"eventId": session["id"]}
        body = {"booking": {"bookedEntity": {"slot": slot}, "totalParticipants": 1}}
        return self.http.post("/bookings/v2/bookings", json=body).json()["booking"]

    def bookings(self):
        path = "/_api/bookings-reader/v2/extended-bookings/query"
        found = self.http.post(path, json={"query": {}}).json()["extendedBookings"]
        return [one["booking"] for one in found]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_mock_goes_on_where_it_stopped(tmp_path: Path, name: str):
    how = signal.Signals[name]
    path = tmp_path / "day.json"
    started = ["--state", str(path), "--clock", "2031-02-28T09:30:00Z", "--strict=ADVICE-1"]
    with Running(*started, "--reading", "CANCEL-5=B") as mock:
        booking = mock.booked()
        assert mock.stop(how) == 0
    assert "the clock stands at: 2031-02-28T09:30:00Z" in mock.welcome
    assert "strict about: ADVICE-1" in mock.welcome
    assert "readings: CANCEL-5=B" in mock.welcome
    assert f"state kept in: {path}" in mock.welcome
    with Running("--state", str(path)) as mock:
        assert mock.bookings() == [booking]
        assert mock.http.get("/_mock/clock").json()["frozen"] is True
        assert mock.http.get("/_mock/readings").json()["readings"]["CANCEL-5"] == "B"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_mock_that_is_killed_goes_on_where_it_was_last_saved(tmp_path: Path):
    path = tmp_path / "day.json"
    with Running("--state", str(path), "--save-every", "1") as mock:
        booking = mock.booked()
        while not (path.exists() and booking["id"] in path.read_text()):
            mock.http.get("/_mock/clock")  # It is served all the while.
        mock.stop(signal.SIGKILL)
    with Running("--state", str(path)) as mock:
        assert mock.bookings() == [booking]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_hangup_that_is_ignored_from_the_start_ends_nothing(tmp_path: Path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Running("--state", str(tmp_path / "day.json")) as mock:
            mock.process.send_signal(signal.SIGHUP)
            assert mock.booked()["status"] == "CREATED"
            assert mock.stop(signal.SIGTERM) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_damaged_state_is_refused_by_its_place(tmp_path, capsys):
    path = _written(tmp_path, json.dumps({**bookings_fixtures.load("studio"), "world": {}}))
    assert "world: not saved by this version" in _refused(capsys, "--state", str(path))
    path.write_text(path.read_text()[:-40])
    assert str(path) in _refused(capsys, "--state", str(path))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_a_mock_whose_starter_is_gone_saves_and_ends_without_complaint(tmp_path: Path):
    path = tmp_path / "day.json"
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "bookings_mock", "--port", "0", "--state", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    url = process.stdout.readline().rsplit(" ", 1)[1].strip()
    while process.stdout.readline() != "stop with Ctrl+C\n":
        pass
    assert httpx.get(f"{url}/_mock/site", timeout=60).status_code == 200
    process.stdout.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()
    assert path.exists()
