"""What a wheel holds merged is what its YAML files say; where they were changed, they count."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bookings_openapi import bundled, bundling, document, load, rulebook
from bookings_openapi.schemas import compiled, rooted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bookings.yaml").write_text("openapi: 3.0.3\n")
    (tmp_path / bundled.FILE).write_text(bundled.written(tmp_path, {"document": "{}"}))
    return tmp_path


def test_the_bundle_says_what_the_yaml_files_say() -> None:
    texts = json.loads(bundling.made())["texts"]
    assert json.loads(texts[document.WHOLE]) == load()
    assert json.loads(texts[document.API]) == load(controls=False)
    assert rulebook.from_json(texts[rulebook.RULES]).rules == rulebook.rules()


def test_a_bundle_is_read_where_the_files_are_as_they_were(folder: Path) -> None:
    assert bundled.read(folder) == {"document": "{}"}


def test_a_checkout_has_no_bundle(folder: Path) -> None:
    (folder / bundled.FILE).unlink()
    assert bundled.read(folder) == {}


def test_a_bundle_of_other_files_is_never_read(folder: Path) -> None:
    (folder / "bookings.yaml").write_text("openapi: 3.0.4\n")
    assert bundled.read(folder) == {}


def test_a_bundle_does_not_know_a_file_that_came_later(folder: Path) -> None:
    (folder / "more.yaml").write_text("paths: {}\n")
    assert bundled.read(folder) == {}


def test_a_bundle_that_was_merged_in_another_way_is_never_read(folder: Path) -> None:
    (folder / "document.py").write_text("def bundle(): ...\n")
    assert bundled.read(folder) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"of": "x"}'])
def test_a_damaged_bundle_is_never_read(folder: Path, text: str) -> None:
    (folder / bundled.FILE).write_text(text)
    assert bundled.read(folder) == {}


COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Tree": {"type": "object", "properties": {"left": {"$ref": "#/components/schemas/Tree"}}},
        "Leaf": {"type": "string"},
        "Twig": {"anyOf": [{"$ref": "#/components/schemas/Leaf"}]},
    }
}


@pytest.mark.parametrize(("name", "needs"), [("Tree", {"Tree"}), ("Twig", {"Twig", "Leaf"})])
def test_a_schema_is_rooted_in_what_it_refers_to_and_in_nothing_else(
    name: str, needs: set[str]
) -> None:
    root = rooted({"items": {"$ref": f"#/components/schemas/{name}"}}, COMPONENTS)
    assert set(root["components"]["schemas"]) == needs
    assert compiled(root).is_valid([])


def test_the_bundle_is_made_with_nothing_but_what_a_build_installs() -> None:
    root = Path(__file__).parents[2]
    build = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    names = {"attrs": "attr", "pyyaml": "yaml"}
    known = {"attr", "attrs", "yaml", "_yaml", "bookings_openapi"}
    assert {re.split(r"[<>=]", one)[0] for one in build} == {"hatchling", *names}
    script = f"""
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in {known!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nothing())
from bookings_openapi import bundling
assert bundling.made()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
