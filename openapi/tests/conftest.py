"""Hands the tests the document, whole and as served, and a way to ask what is wrong in it."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from bookings_openapi import load
from bookings_openapi.document import ROOT, bundle, operations, read
from bookings_openapi.schemas import compiled, rooted, translated

NOT_SECTIONS = {ROOT, "rules.yaml"}


@cache
def _whole() -> dict[str, Any]:
    """Every section file, those included that no program serves yet; the served ones first."""
    folder = files("bookings_openapi")
    listed = [name for group in read(folder / ROOT)["x-sections"].values() for name in group]
    there = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    return bundle(folder, dict.fromkeys([*listed, *(n for n in there if n not in NOT_SECTIONS)]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    every = list(operations(_whole()))
    of_the_api = [row for row in every if row["tags"] != ["Mock controls"]]
    for name, found in (("operation", every), ("operation_of_the_api", of_the_api)):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, found, ids=[row["operationId"] for row in found])


@pytest.fixture
def whole() -> dict[str, Any]:
    return _whole()


@pytest.fixture
def served() -> dict[str, Any]:
    return load()


@cache
def _components() -> Any:
    return translated(_whole()["components"])


@pytest.fixture
def complaints() -> Callable[[Any, Any], list[str]]:
    """What is wrong with a value under a schema, or under the component of that name."""

    def ask(schema: Any, value: Any) -> list[str]:
        if isinstance(schema, str):
            schema = {"$ref": f"#/components/schemas/{schema}"}
        validator = compiled(rooted(translated(schema), _components()))
        return [str(error) for error in validator.iter_errors(value)]

    return ask


@pytest.fixture
def reachable(whole: dict[str, Any]) -> Callable[[Any], Iterator[dict[str, Any]]]:
    """Every mapping under a node, through its `$ref`s, each once."""

    def walk(node: Any, seen: set[int]) -> Iterator[dict[str, Any]]:
        if id(node) in seen or not isinstance(node, dict | list):
            return
        seen.add(id(node))
        if isinstance(node, list):
            for child in node:
                yield from walk(child, seen)
            return
        yield node
        if "$ref" in node:
            yield from walk(_at(whole, node["$ref"]), seen)
        for key, child in node.items():
            # Examples are values, not schemas.
            if key not in ("example", "examples"):
                yield from walk(child, seen)

    return lambda node: walk(node, set())


def _at(document: Any, ref: str) -> Any:
    for step in ref.removeprefix("#/").split("/"):
        document = document[step.replace("~1", "/").replace("~0", "~")]
    return document


@pytest.fixture
def resolve(whole: dict[str, Any]) -> Callable[[Any], Any]:
    """The node itself, or what its `$ref` leads to."""
    return lambda node: _at(whole, node["$ref"]) if "$ref" in node else node
