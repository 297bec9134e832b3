"""What a change touches: told by git, in repositories that are made up."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bookings_contract.findings.mutants import Wrong

from . import touched as by_change
from .changes import Untold, change
from .mocks import further
from .touched import ROOT, named_by, touched

MINIATURES = "mock_server/bookings_mock/miniatures/further/seats.py"
SUITE = "contract_tests/bookings_contract/suites/test_seats.py"
BOOK = "openapi/bookings_openapi/rules.yaml"
CORE = "contract_tests/bookings_contract/oracle/core.py"

FILES = {
    MINIATURES: """\
def _one_more(fit):
    return _widened(fit)


def _widened(fit):
    return fit + 1


def _for_one(fit):
    return 1


SEATS = (
    Miniature(
        name="off-by-one",
        replaces={"available": _one_more},
    ),
    Miniature(
        name="room-for-one",
        replaces={"available": _for_one},
    ),
    made("late", "a factory made it", _for_one),
)
""",
    SUITE: """\
RULE = "CANCEL-3"


@pytest.mark.judges("CREATE-7")
def test_one():
    assert also("CREATE-9")


@pytest.mark.judges(RULE)
def test_other():
    pass
""",
    BOOK: """\
rules:
  CREATE-7:
    level: MUST
    text: There is room.

  CANCEL-3:
    level: MUST
    text: Seats are freed.
""",
    CORE: "def judged():\n    return 1\n",
    "README.md": "| off-by-one | CREATE-7 |\n",
}

SERVERS = (
    Wrong("off-by-one", "CREATE-7", "", "seats"),
    Wrong("room-for-one", "CREATE-7", "", "seats"),
    Wrong("late", "CREATE-17", "", "seats"),
    Wrong("freed-twice", "CANCEL-3", "", "seats"),
)

Git = Callable[..., None]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """A repository with these files in its first commit, and the way to ask it for more."""
    monkeypatch.delenv("BOOKINGS_SINCE", raising=False)

    def run(*arguments: str) -> None:
        who = ("-c", "user.name=Judge", "-c", "user.email=judge@example.com")
        command = ["git", "-C", str(tmp_path), *who, "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, check=True, capture_output=True)

    run("init", "-b", "main")
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    _commit(run)
    return run


def _commit(git: Git) -> None:
    git("add", "-A")
    git("commit", "-m", "as it is", "--allow-empty")


def _edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


def _named(root: Path, since: str | None = "HEAD") -> set[str]:
    return set(named_by(change(root, since), SERVERS, root))


# ── What is touched ───────────────────────────────────────────────────────────────────────────────


def test_a_change_that_is_none_touches_nothing(tmp_path: Path, git: Git) -> None:
    assert _named(tmp_path) == set()


def test_a_miniature_is_touched_by_a_change_of_its_own_lines(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, MINIATURES, 'replaces={"available": _one_more}', "replaces={1: _one_more}")
    assert _named(tmp_path) == {"off-by-one"}


def test_a_miniature_is_touched_by_a_change_of_what_it_names(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, MINIATURES, "fit + 1", "fit + 2")
    assert _named(tmp_path) == {"off-by-one"}


def test_what_several_miniatures_name_touches_all_of_them(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, MINIATURES, "return 1", "return 2")
    assert _named(tmp_path) == {"room-for-one", "late"}


def test_a_rule_that_changed_lines_name_touches_its_miniatures(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, CORE, "return 1", 'return "CANCEL-3"')
    assert _named(tmp_path) == {"freed-twice"}


def test_a_rule_whose_name_went_away_is_touched_too(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, SUITE, 'assert also("CREATE-9")', 'assert also("CREATE-17")')
    _commit(git)
    _edit(tmp_path, SUITE, 'assert also("CREATE-17")', "pass")
    assert "late" in _named(tmp_path)


def test_a_changed_suite_touches_the_rules_that_its_markers_name(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, SUITE, "pass", "return")
    assert _named(tmp_path) == {"off-by-one", "room-for-one", "freed-twice"}


def test_a_changed_line_of_the_rule_book_touches_the_rule_above_it(
    tmp_path: Path, git: Git
) -> None:
    _edit(tmp_path, BOOK, "Seats are freed.", "Seats are free again.")
    assert _named(tmp_path) == {"freed-twice"}


@pytest.mark.parametrize(("name", "more"), [(CORE, "2\n"), ("README.md", "CREATE-7\n")])
def test_what_all_rests_on_or_only_tells_touches_nothing(
    name: str, more: str, tmp_path: Path, git: Git
) -> None:
    (tmp_path / name).write_text(FILES[name] + more, encoding="utf-8")
    assert _named(tmp_path) == set()


def test_files_that_git_does_not_know_yet_count_as_changed(tmp_path: Path, git: Git) -> None:
    (tmp_path / "new.py").write_text('RULE = "CREATE-17"\n', encoding="utf-8")
    assert _named(tmp_path) == {"late"}


def test_a_file_that_is_gone_touches_what_it_spoke_of(tmp_path: Path, git: Git) -> None:
    (tmp_path / SUITE).unlink()
    assert _named(tmp_path) == {"off-by-one", "room-for-one", "freed-twice"}


# ── Since when ────────────────────────────────────────────────────────────────────────────────────


def test_without_a_remote_the_last_commit_counts_and_what_is_not_committed(
    tmp_path: Path, git: Git
) -> None:
    _edit(tmp_path, BOOK, "Seats are freed.", "Seats are free.")
    _commit(git)
    _edit(tmp_path, MINIATURES, "fit + 1", "fit + 2")
    assert _named(tmp_path, since=None) == {"freed-twice", "off-by-one"}


def test_all_commits_since_the_branch_left_the_remotes_main_count(tmp_path: Path, git: Git) -> None:
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    _edit(tmp_path, BOOK, "Seats are freed.", "Seats are free.")
    _commit(git)
    _commit(git)
    assert _named(tmp_path, since=None) == {"freed-twice"}


def test_on_the_remotes_main_itself_the_last_commit_counts(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, BOOK, "Seats are freed.", "Seats are free.")
    _commit(git)
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert _named(tmp_path, since=None) == {"freed-twice"}


def test_the_environment_names_another_commit(
    tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    _edit(tmp_path, BOOK, "Seats are freed.", "Seats are free.")
    _commit(git)
    _commit(git)
    assert _named(tmp_path, since=None) == set()
    monkeypatch.setenv("BOOKINGS_SINCE", "HEAD~2")
    assert _named(tmp_path, since=None) == {"freed-twice"}


# ── Where nobody can tell ─────────────────────────────────────────────────────────────────────────


def test_without_a_repository_only_the_day_counts_and_that_is_said(tmp_path: Path) -> None:
    found = touched(SERVERS, root=tmp_path)
    assert found.judged == ()
    assert found.summary.startswith("what a change touches is unknown: ")
    assert "repository" in found.summary


def test_a_first_commit_has_nothing_before_it(tmp_path: Path, git: Git) -> None:
    with pytest.raises(Untold, match="no parent"):
        change(tmp_path)


def test_a_commit_that_is_not_there_is_named(tmp_path: Path, git: Git) -> None:
    with pytest.raises(Untold, match="BOOKINGS_SINCE names nowhere"):
        change(tmp_path, since="nowhere")


def test_a_shallow_repository_can_not_tell(tmp_path: Path, git: Git) -> None:
    _commit(git)
    shallow = tmp_path.parent / f"{tmp_path.name}-shallow"
    git("clone", "--depth", "1", tmp_path.as_uri(), str(shallow))
    with pytest.raises(Untold, match="shallow"):
        change(shallow)


def test_without_git_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git can't be asked" in touched(SERVERS, root=tmp_path).summary


# ── How many ──────────────────────────────────────────────────────────────────────────────────────


def test_beyond_a_number_they_are_named_as_left_out(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, SUITE, "pass", "return")
    _edit(tmp_path, MINIATURES, "return 1", "return 2")
    found = touched(SERVERS, root=tmp_path, since="HEAD", most=3)
    # Own lines first, then one of each rule.
    assert found.judged == ("room-for-one", "late", "off-by-one")
    assert found.left_out == ("freed-twice",)
    assert "4 miniatures" in found.summary


def test_what_the_day_judges_anyway_is_not_judged_twice(tmp_path: Path, git: Git) -> None:
    _edit(tmp_path, MINIATURES, "return 1", "return 2")
    found = touched(SERVERS, {"late"}, root=tmp_path, since="HEAD")
    assert found.judged == ("room-for-one",)


def test_every_further_miniature_is_found_where_it_is_written() -> None:
    names = {server.name for server in further()}
    found: set[str] = set()
    for path in (ROOT / by_change.MINIATURES).rglob("*.py"):
        found |= by_change.written(path, names)
    assert found == names


def test_the_paths_that_a_change_is_looked_up_by_are_there() -> None:
    assert (ROOT / by_change.RULE_BOOK).is_file()
    assert list((ROOT / by_change.SUITES).parent.glob("test_*.py"))
