"""The section files make one valid document, and every operation in it says all that it should."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from connexion.spec import Specification  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from bookings_openapi import load
from bookings_openapi.document import METHODS, bundle, operations

Reachable = Callable[[Any], Iterator[dict[str, Any]]]
Resolve = Callable[[Any], Any]
Complaints = Callable[[Any, Any], list[str]]

# What a receiver of events is sent; no path leads there.
DELIVERED = {"WebhookToken", "WebhookMessage", "WebhookIdentity", "DomainEvent"}
KINDS = {"owner", "app", "member", "visitor"}
PARAMETER = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("controls", [True, False])
def test_the_document_is_valid_openapi(controls: bool) -> None:
    validate(load(controls=controls))


# What a browser shows, runs and sends of a form.
BROWSERS = {"text/html", "text/javascript", "application/x-www-form-urlencoded"}


def test_the_sections_that_nobody_serves_yet_are_valid_too(whole: dict[str, Any]) -> None:
    validate(whole)


def test_connexion_can_load_the_document() -> None:
    Specification.load(load())


def test_each_load_is_a_fresh_document() -> None:
    load()["paths"].clear()
    assert load()["paths"]


def test_without_controls_only_the_api_is_left() -> None:
    assert not [path for path in load(controls=False)["paths"] if path.startswith("/_mock/")]
    assert [path for path in load()["paths"] if path.startswith("/_mock/")]


def test_operation_ids_are_unique(whole: dict[str, Any]) -> None:
    counted = Counter(row["operationId"] for row in operations(whole))
    assert [name for name, times in counted.items() if times > 1] == []


def test_every_ref_is_internal_and_leads_somewhere(
    whole: dict[str, Any], reachable: Reachable, resolve: Resolve
) -> None:
    for node in reachable(whole):
        if "$ref" in node:
            assert node["$ref"].startswith("#/")
            assert resolve(node)


def test_every_component_of_the_served_api_is_used(
    served: dict[str, Any], reachable: Reachable
) -> None:
    components = served["components"]
    sent = [components["schemas"][name] for name in DELIVERED & set(components["schemas"])]
    used = {node["$ref"] for node in reachable([served["paths"], sent]) if "$ref" in node}
    used |= {f"#/components/schemas/{name}" for name in DELIVERED}
    for kind in components.keys() - {"securitySchemes"}:
        assert {
            name for name in components[kind] if f"#/components/{kind}/{name}" not in used
        } == set()


def test_every_path_and_alias_declares_its_parameters(
    whole: dict[str, Any], resolve: Resolve
) -> None:
    for path, item in whole["paths"].items():
        for method in METHODS:
            if method in item:
                listed = [*item.get("parameters", []), *item[method].get("parameters", [])]
                rows = [resolve(row) for row in listed]
                declared = {row["name"] for row in rows if row["in"] == "path"}
                for template in [path, *item.get("x-aliases", [])]:
                    assert set(PARAMETER.findall(template)) == declared, template


def test_a_list_holds_no_null(
    whole: dict[str, Any], reachable: Reachable, complaints: Complaints
) -> None:
    lists = [one for one in reachable(whole["components"]) if one.get("type") == "array"]
    assert lists
    assert [one["items"] for one in lists if not complaints(one["items"], None)] == []


def test_no_two_operations_share_a_method_and_a_path(whole: dict[str, Any]) -> None:
    counted = Counter(
        (method, PARAMETER.sub("{}", template))
        for path, item in whole["paths"].items()
        for method in METHODS
        if method in item
        for template in [path, *item.get("x-aliases", [])]
    )
    assert [where for where, times in counted.items() if times > 1] == []


def test_an_operation_says_what_it_is_and_where_that_is_written(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert set(operation["x-source"]) == {"page", "section"}


def test_an_operation_of_the_api_says_who_may_call_it(operation: dict[str, Any]) -> None:
    if operation.get("security") != []:
        assert operation["x-callers"]
        assert set(operation["x-callers"]) <= KINDS
        assert all(scope.startswith("SCOPE.") for scope in operation["x-scopes"])


def test_an_operation_shows_an_example_of_every_body(
    operation: dict[str, Any], resolve: Resolve
) -> None:
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [resolve(answer) for answer in operation["responses"].values()]
    for body in bodies:
        for shown in body.get("content", {}).values():
            assert shown["examples"]


def test_the_api_speaks_json_and_only_the_mocks_own_are_shown_in_browsers(
    operation: dict[str, Any], resolve: Resolve
) -> None:
    types = [set(resolve(answer).get("content", ())) for answer in operation["responses"].values()]
    types += [set(operation["requestBody"]["content"])] if "requestBody" in operation else []
    known = BROWSERS if operation["operationId"].startswith("mock") else set()
    assert all(one <= {"application/json", *known} for one in types)


def test_every_answer_carries_a_request_id_and_every_refusal_may_name_its_rule(
    operation: dict[str, Any], resolve: Resolve
) -> None:
    for status, answer in operation["responses"].items():
        headers = resolve(answer)["headers"]
        assert "x-wix-request-id" in headers
        assert ("x-bookings-rule" in headers) is (int(status) >= 400)


def test_codes_are_named_only_for_statuses_that_the_operation_answers(
    operation: dict[str, Any],
) -> None:
    assert set(operation.get("x-codes", {})) <= set(operation["responses"])


def test_a_section_defined_twice_is_refused_by_name(tmp_path: Path) -> None:
    _write(
        tmp_path,
        one="components: {schemas: {A: {type: object}}}",
        two="components: {schemas: {A: {}}}",
    )
    with pytest.raises(ValueError, match=r"A is defined in both one\.yaml and two\.yaml"):
        bundle(tmp_path)


def test_a_path_defined_twice_is_refused_by_name(tmp_path: Path) -> None:
    _write(tmp_path, one="paths: {/a: {get: {}}}", two="paths: {/a: {post: {}}}")
    with pytest.raises(ValueError, match=r"/a is defined in both one\.yaml and two\.yaml"):
        bundle(tmp_path)


def test_a_key_that_stands_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, one="paths:\n  /a: {}\n  /a: {}", two="{}")
    with pytest.raises(ValueError, match=r"/a stands twice in .*one\.yaml"):
        bundle(tmp_path)


@pytest.mark.parametrize("ref", ["two.yaml#/components/schemas/B", "three.yaml#/a", "#/nowhere"])
def test_a_ref_that_leads_nowhere_is_refused(tmp_path: Path, ref: str) -> None:
    _write(tmp_path, one=f"components: {{schemas: {{A: {{$ref: '{ref}'}}}}}}", two="{}")
    with pytest.raises(ValueError, match=r"one\.yaml: .* leads nowhere"):
        bundle(tmp_path)


def test_a_ref_to_another_file_becomes_an_internal_one(tmp_path: Path) -> None:
    _write(
        tmp_path,
        one="components: {schemas: {A: {$ref: 'two.yaml#/components/schemas/B'}}}",
        two="components: {schemas: {B: {type: object}}}",
    )
    schemas = bundle(tmp_path)["components"]["schemas"]
    assert schemas == {"A": {"$ref": "#/components/schemas/B"}, "B": {"type": "object"}}


def _write(folder: Path, one: str, two: str) -> None:
    root = "openapi: 3.0.3\ntags: []\nx-sections: {api: [one.yaml, two.yaml]}"
    for name, text in (("bookings", root), ("one", one), ("two", two)):
        (folder / f"{name}.yaml").write_text(text)


@pytest.mark.parametrize("script", ["coverage.py", "freshness.py"])
def test_the_document_and_the_official_client_differ_only_where_it_is_said(script: str) -> None:
    path = Path(__file__).parents[2] / "clients" / script
    command = [sys.executable, str(path), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stderr


def test_no_text_of_the_project_holds_the_marks_of_an_unsettled_merge() -> None:
    root = Path(__file__).parents[2]
    texts = [*root.glob("*.md"), *root.glob("*.toml"), *(root / "docs").rglob("*.md")]
    marks = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    assert root / "README.md" in texts
    assert [one.name for one in texts if marks.search(one.read_text("utf-8"))] == []
