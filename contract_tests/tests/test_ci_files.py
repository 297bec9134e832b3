"""What others copy into their CI does what it says: its steps run here as a runner runs them."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step.get("id", "first"): step for step in ACTION["runs"]["steps"]}
EXAMPLE = yaml.safe_load((ROOT / "examples/ci/github.yml").read_text("utf-8"))
GITLAB = yaml.safe_load((ROOT / "examples/ci/gitlab.yml").read_text("utf-8"))["contract"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PATIENCE = 120

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the steps are run by bash")


class Runner:
    """A runner of GitHub's, as far as the action's own steps need one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output, self.summary = folder / "output", folder / "summary"
        self.output.touch()
        self.summary.touch()

    def run(self, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        known = {name: row.get("default", "") for name, row in ACTION["inputs"].items()} | inputs
        known |= {"install.bin": str(BIN)}
        env = {k: _filled(v, known) for k, v in STEPS[step].get("env", {}).items()}
        return self.bash(STEPS[step]["run"], env)

    def bash(self, script: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        own = {
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.folder),
        }
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(
            command,
            env={**os.environ, **own, **env},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.output.read_text("utf-8").splitlines())


def _filled(text: str, known: Mapping[str, str]) -> str:
    """A value of `env` whose one expression is an input or an output of a step."""
    found = re.fullmatch(
        r"\$\{\{ (?:inputs\.([\w-]+)|steps\.([\w-]+)\.outputs\.([\w-]+)).*\}\}", text
    )
    assert found, text
    return known[found[1] or f"{found[2]}.{found[3]}"]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


@pytest.fixture
def mock(runner: Runner) -> Iterator[dict[str, str]]:
    """A mock that the action has started, wrong in one rule."""
    done = runner.run("mock", arguments="--break CONFIRM-1 --seed 7")
    assert done.returncode == 0, done.stdout + done.stderr
    started = runner.outputs
    yield started
    os.kill(int(started["pid"]), signal.SIGTERM)


def test_a_server_that_breaks_a_rule_is_told_in_outputs_summary_and_exit_code(
    runner: Runner, mock: Mapping[str, str]
) -> None:
    done = runner.run("judge", url=mock["url"], arguments="--rule CONFIRM-1 --jobs 1")
    assert done.returncode == 1, done.stdout + done.stderr
    told = runner.outputs
    assert (told["exit-code"], told["verdict"]) == ("1", "broken")
    assert "CONFIRM-1  broken" in runner.summary.read_text("utf-8")
    assert json.loads((runner.folder / told["sarif"]).read_text("utf-8"))["runs"]
    assert "<testsuites" in (runner.folder / told["junit"]).read_text("utf-8")


def test_a_breach_fails_no_step_that_is_told_to_go_on(
    runner: Runner, mock: Mapping[str, str]
) -> None:
    rule = "--rule CONFIRM-1 --jobs 1"
    assert runner.run("judge", url=mock["url"], arguments=rule, fail="false").returncode == 0
    assert runner.outputs["verdict"] == "broken"


def test_who_could_not_judge_says_so_and_names_no_report_of_before(runner: Runner) -> None:
    old = runner.folder / "report"
    old.mkdir()
    (old / "report.sarif").write_text("{}", "utf-8")
    done = runner.run("judge", url="http://127.0.0.1:1", report="report", fail="false")
    assert done.returncode == 2
    assert runner.outputs["verdict"] == "not_judged"
    assert "sarif" not in runner.outputs


def test_a_mock_that_cannot_start_fails_the_step_with_its_own_words(runner: Runner) -> None:
    done = runner.run("mock", arguments="--break NOTHING-1")
    assert done.returncode == 1
    assert "NOTHING-1" in done.stdout
    assert "url" not in runner.outputs


@pytest.mark.parametrize(("asked", "code"), [("judge", 0), ("mock", 0), ("jugde", 2)])
def test_what_the_action_cannot_do_is_refused_by_name(
    runner: Runner, asked: str, code: int
) -> None:
    assert runner.run("first", do=asked).returncode == code


def test_the_action_installs_into_an_environment_of_its_own(runner: Runner) -> None:
    fake = runner.folder / "python"
    fake.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\nprintf "#!/bin/sh\\necho \\$* >&2" > "$3/bin/python"\n'
        'chmod +x "$3/bin/python"\n'
    )
    fake.chmod(0o755)
    done = runner.bash(STEPS["install"]["run"], {"PYTHON": str(fake), "PACKAGE": "a b"})
    assert done.returncode == 0, done.stderr
    assert done.stderr.split()[:3] == ["-m", "pip", "install"]
    assert runner.outputs["bin"] == str(runner.folder / "bookings-contract" / "bin")


def test_every_expression_of_the_action_names_an_input_or_an_output_that_there_is() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    for step, output in re.findall(r"steps\.([\w-]+)\.outputs\.([\w-]+)", text):
        if step != "python":
            assert f'echo "{output}=' in STEPS[step]["run"], output
    assert all("${{" not in step.get("run", "") for step in ACTION["runs"]["steps"])
    assert all(row["description"] for row in [*ACTION["inputs"].values()])


def test_the_example_uses_inputs_and_outputs_that_the_action_has() -> None:
    steps = EXAMPLE["jobs"]["contract"]["steps"]
    ours = [one for one in steps if "/bookings-contract@" in one.get("uses", "")]
    assert len(ours) == 2
    assert all(one["with"].keys() <= ACTION["inputs"].keys() for one in ours)
    text = (ROOT / "examples/ci/github.yml").read_text("utf-8")
    used = set(re.findall(r"steps\.\w+\.outputs\.([\w-]+)", text))
    assert used
    assert used <= ACTION["outputs"].keys()


def test_the_job_for_gitlab_judges_and_leaves_the_report_that_it_names(runner: Runner) -> None:
    bin_ = runner.folder / ".contract"
    bin_.mkdir()
    (bin_ / "bin").symlink_to(BIN)
    done = runner.bash(GITLAB["script"][-1], {"ARGUMENTS": "--rule CONFIRM-1 --jobs 1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert (runner.folder / GITLAB["artifacts"]["reports"]["junit"]).is_file()


# ── The image ─────────────────────────────────────────────────────────────────────────────────────


def _listed(instruction: str) -> list[str]:
    found = re.search(rf"^{instruction}\b.*?(\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found, instruction
    command: list[str] = json.loads(found[1])
    return command


@pytest.mark.parametrize("more", [[], ["--tls"]], ids=["http", "https"])
def test_the_image_knows_its_health_from_the_mock_that_its_entry_starts(
    tmp_path: Path, more: list[str]
) -> None:
    ready = tmp_path / "ready.json"

    def here(command: list[str]) -> list[str]:
        inside = [one.replace("/tmp/bookings-mock.json", str(ready)) for one in command]
        return [str(BIN / inside[0]), *inside[1:]]

    health, entry = here(_listed("HEALTHCHECK")), here(_listed("ENTRYPOINT"))
    assert subprocess.run(health, capture_output=True, timeout=PATIENCE).returncode != 0
    started = subprocess.Popen(
        [*entry, "--port", "0", *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        _await(ready, started)
        well = subprocess.run(health, capture_output=True, text=True, timeout=PATIENCE)
        assert well.returncode == 0, well.stderr
    finally:
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=PATIENCE)
    assert started.returncode == 0
    assert subprocess.run(health, capture_output=True, timeout=PATIENCE).returncode != 0


def _await(file: Path, process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + PATIENCE
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until


def test_the_image_is_nobodys() -> None:
    *_, last = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert last.split(":")[0] not in ("0", "root")


def test_the_build_of_the_image_is_sent_all_that_the_wheel_is_built_of() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    named = {project["project"]["readme"], *project["project"]["license-files"]}
    assert sent == {*wheel, *named, "pyproject.toml", "hatch_build.py"}
