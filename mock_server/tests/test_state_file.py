"""The file of `--state`: asked at the start whether it can be kept, held, and replaced whole."""

import copy
import json
import os
import resource
import signal
import socket
import stat
import sys
from pathlib import Path

import pytest

import bookings_fixtures
from bookings_mock.__main__ import main
from bookings_mock.files import FileError, read_site_file
from bookings_mock.state_file import StateFile

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def _refused(capsys, *arguments):
    assert main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def _special(folder: Path, kind: str) -> Path:
    path = folder / "special"
    if kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(path))
    elif kind == "a device":
        return Path(os.devnull)
    else:
        path.mkdir()
    return path


# What can't be kept or read is said at the start


@posix
@pytest.mark.parametrize("option", ["--state", "--site"])
@pytest.mark.parametrize("kind", ["a FIFO", "a socket", "a device", "a directory"])
def test_what_is_no_file_is_refused_unopened(tmp_path, capsys, option, kind):
    path = _special(tmp_path, kind)
    said = _refused(capsys, option, str(path))
    assert str(path) in said
    assert kind in said


@posix
@pytest.mark.parametrize("kind", ["a FIFO", "a socket", "a directory", "a link"])
def test_what_lies_in_the_place_of_the_lock_is_refused_unopened(tmp_path, capsys, kind):
    lock, other = tmp_path / "day.json.lock", tmp_path / "other"
    other.write_text("precious", "utf-8")
    if kind == "a link":
        lock.symlink_to(other)
    else:
        _special(tmp_path, kind).rename(lock)
    said = _refused(capsys, "--state", str(tmp_path / "day.json"))
    assert f"{lock} is {kind}" in said
    assert other.read_text("utf-8") == "precious"


def test_a_state_in_a_folder_that_is_not_there_is_refused_at_the_start(tmp_path, capsys):
    said = _refused(capsys, "--state", str(tmp_path / "days" / "day.json"))
    assert f"there is no folder {tmp_path / 'days'}: make it first" in said


@posix
def test_a_folder_where_nothing_can_be_written_is_refused_at_the_start(tmp_path, capsys):
    # No folder of this one can be written to by anybody, not even by root.
    said = _refused(capsys, "--state", "/proc/self/day.json")
    assert "no state can be kept there" in said


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write to it")
def test_a_state_that_may_not_be_replaced_is_refused_at_the_start(tmp_path, capsys):
    path = tmp_path / "day.json"
    path.write_text("{}")
    path.chmod(0o444)
    assert "is not writable" in _refused(capsys, "--state", str(path))


def test_saving_every_so_often_needs_a_file_to_save_to(capsys):
    assert "--save-every needs --state FILE" in _refused(capsys, "--save-every", "5")


def test_a_file_that_another_mock_keeps_its_state_in_is_refused(tmp_path, capsys):
    path = tmp_path / "day.json"
    with StateFile(path):
        said = _refused(capsys, "--state", str(path))
        assert "another mock keeps its state there: stop it, or name another file" in said
    with StateFile(path):
        pass


@posix
def test_a_link_to_a_file_that_is_held_is_held_as_well(tmp_path, capsys):
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "day.json")
    with StateFile(tmp_path / "day.json"):
        assert "another mock" in _refused(capsys, "--state", str(link))


@posix
def test_links_that_lead_nowhere_are_refused(tmp_path, capsys):
    for one, other in (("a", "b"), ("b", "a")):
        (tmp_path / one).symlink_to(tmp_path / other)
    assert "no state can be kept there" in _refused(capsys, "--state", str(tmp_path / "a"))


# Bombs


LAUGHS = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, "holds more than 100000 values, its aliases written out"),
        ("format: &a [*a]", "its aliases written out"),
        ("[" * 100_000, "is neither YAML nor JSON"),
        ('{"format":' + "[" * 100_000, "is nested too deeply"),
        ("- " * 50_000, "is neither YAML nor JSON"),
        (f'{{"format": {"9" * 5000}}}', "can't be read"),
        (f"format: {2**70}", "holds what no answer can carry"),
        ('{"format": 1, "site": {"name": "\\ud800"}}', "holds what no answer can carry"),
        ("format: !!python/object/apply:os.system [exit]", "is neither YAML nor JSON"),
        ("# nothing\n" * 200_000, "has more than 1048576 characters"),
        (" \n", "is empty"),
    ],
)
@pytest.mark.parametrize("option", ["--state", "--site"])
def test_files_that_would_take_all_time_or_room_are_refused(tmp_path, capsys, option, text, said):
    path = tmp_path / "bomb"
    path.write_text(text)
    assert said in _refused(capsys, option, str(path))


def test_a_file_beyond_the_bound_is_not_read(tmp_path):
    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        stream.truncate(2**40)
    with pytest.raises(FileError, match="is larger than 268435456 bytes"):
        read_site_file(path)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_that_json_does_not_have_are_refused(tmp_path, capsys, number):
    path = tmp_path / "site.json"
    path.write_text(f'{{"format": {number}}}')
    assert str(path) in _refused(capsys, "--site", str(path))


# Saving


@posix
def test_a_link_stays_a_link(tmp_path):
    link, target = tmp_path / "link.json", tmp_path / "kept" / "day.json"
    target.parent.mkdir()
    link.symlink_to(target)
    with StateFile(link) as file:
        assert not file.exists
        file.save({"a": 1})
    assert link.is_symlink()
    assert json.loads(target.read_text()) == {"a": 1}


@posix
def test_a_state_is_its_owners_alone_and_keeps_the_mode_that_it_was_given(tmp_path):
    path = tmp_path / "day.json"
    with StateFile(path) as file:
        file.save({})
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.chmod(0o640)
        file.save({})
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def _in(folder):
    return sorted(one.name for one in folder.iterdir() if one.suffix != ".lock")


def test_a_state_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "state.json"
    with StateFile(path) as file:
        file.save({"a": 1})
        with pytest.raises(FileError, match="can't be written"):
            file.save({"a": float})
    assert path.read_text() == '{"a":1}'
    assert _in(tmp_path) == ["state.json"]


@posix
@pytest.mark.skipif(sys.platform != "linux", reason="not every system bounds a process's files")
def test_a_disk_that_is_full_costs_the_new_state_and_not_the_old(tmp_path):
    path = tmp_path / "state.json"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with StateFile(path) as file:
        file.save({"a": 1})
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        try:
            with pytest.raises(FileError, match=r"state\.json: can't be written: File too large"):
                file.save({"a": "x" * 2000})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_text() == '{"a":1}'
    assert _in(tmp_path) == ["state.json"]


def test_drafts_of_a_mock_that_was_killed_are_cleared_away_and_nothing_else(tmp_path):
    for name in (".day.json.x1.part", "day.json.part", ".other.json.x1.part"):
        (tmp_path / name).touch()
    with StateFile(tmp_path / "day.json"):
        assert _in(tmp_path) == [".other.json.x1.part", "day.json.part"]


def test_any_text_can_be_saved(tmp_path):
    with StateFile(tmp_path / "day.json") as file:
        file.save({"text": "\ud800 é"})
    assert json.loads((tmp_path / "day.json").read_text()) == {"text": "\ud800 é"}


# What is said of a file


LONG = "x\u001b[2J\u202e" * 2000


@pytest.mark.parametrize(
    "damage",
    [
        lambda home: home["services"].update({LONG: {"kind": "class"}}),
        lambda home: home["services"]["yoga"].update({LONG: 1}),
        lambda home: home["services"]["yoga"].update(kind=LONG),
        lambda home: home["services"]["yoga"]["sessions"][0].update(start=LONG),
        lambda home: home["site"].update(timezone=LONG),
        lambda home: home["world"].update(worlds={LONG: {}}),
        lambda home: home["world"].update(worlds={"default": {"$": LONG}}),
        lambda home: home["world"].update(worlds={"default": {"now": {"$": "time", "of": LONG}}}),
        lambda home: home["world"].update(worlds={"default": {LONG: {"$": "again", "#": LONG}}}),
    ],
)
def test_what_is_wrong_with_a_file_is_one_short_line_that_steers_no_terminal(
    tmp_path, capsys, damage
):
    home = copy.deepcopy(bookings_fixtures.load("studio"))
    home["world"] = {"form": 2, "worlds": {}}
    damage(home)
    path = tmp_path / "day.json"
    path.write_text(json.dumps(home))
    said = _refused(capsys, "--state", str(path))
    assert said.startswith(f"bookings-mock: {path}: ")
    assert len(said) < len(str(path)) + 550
    assert said[:-1].isprintable()
