"""Every example in the document is valid under the schema that it stands beside."""

from collections.abc import Callable, Iterator
from typing import Any

Complaints = Callable[[Any, Any], list[str]]
Resolve = Callable[[Any], Any]


def test_the_examples_of_a_request_are_valid(
    operation: dict[str, Any], complaints: Complaints
) -> None:
    if "requestBody" in operation:
        for schema, example in _examples(operation["requestBody"]):
            assert complaints(schema, example) == []


def test_the_examples_of_an_answer_are_valid(
    operation: dict[str, Any], resolve: Resolve, complaints: Complaints
) -> None:
    for answer in operation["responses"].values():
        for schema, example in _examples(resolve(answer)):
            assert complaints(schema, example) == []


def test_the_examples_of_parameters_headers_and_schemas_are_valid(
    whole: dict[str, Any],
    reachable: Callable[[Any], Iterator[dict[str, Any]]],
    complaints: Complaints,
) -> None:
    for node in reachable(whole):
        if "example" in node:
            assert complaints(node.get("schema", node), node["example"]) == []


def test_an_example_of_a_refusal_names_a_code_that_some_operation_knows(
    whole: dict[str, Any],
) -> None:
    known = {
        code
        for item in whole["paths"].values()
        for row in item.values()
        if isinstance(row, dict)
        for codes in row.get("x-codes", {}).values()
        for code in codes
    }
    for answer in whole["components"]["responses"].values():
        for _, example in _examples(answer):
            error = example.get("details", {}).get("applicationError")
            assert error is None or error["code"] in known


def _examples(body: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    for content in body.get("content", {}).values():
        for example in content["examples"].values():
            yield content["schema"], example["value"]
