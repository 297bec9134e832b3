"""The document and the rule book know each other: ids, operations and codes agree."""

from collections.abc import Callable, Iterator
from typing import Any

from bookings_openapi import coming, lifecycle, rules
from bookings_openapi.document import operations

# What a schema object with an x-rule may hold: what the rule consists of, and what asserts nothing.
ASSERTING = {"required", "oneOf", "anyOf", "not", "format", "pattern", "enum", "minimum", "maximum"}
ASSERTING |= {"minItems", "maxItems", "minLength", "maxLength"}
SILENT = {"x-rule", "type", "nullable", "description"}
STATUSES = {"CREATED", "PENDING", "CONFIRMED", "DECLINED", "CANCELED", "WAITING_LIST"}


def test_every_rule_that_a_schema_names_is_in_the_rule_book(
    whole: dict[str, Any], reachable: Callable[[Any], Iterator[dict[str, Any]]]
) -> None:
    found = [node for node in reachable(whole) if "x-rule" in node]
    assert {"CREATE-1", "CREATE-2", "REVISION-4", "LOOKUP-2"} <= {n["x-rule"] for n in found}
    for node in found:
        assert node["x-rule"] in rules()
        assert set(node) & ASSERTING
        assert set(node) <= ASSERTING | SILENT


def test_every_rule_of_the_lifecycle_is_in_the_rule_book() -> None:
    for move in lifecycle().values():
        named = {*move.open.values(), *move.not_for.values(), *([move.rule] if move.rule else [])}
        assert named <= set(rules())
        for rule in named:
            assert move.operation in rules()[rule].operations, f"{rule} {move.operation}"


def test_what_the_lifecycle_leaves_open_is_an_either_rule() -> None:
    for move in lifecycle().values():
        assert {rules()[rule].level for rule in move.open.values()} <= {"EITHER"}


def test_every_status_is_answered_for() -> None:
    for move in lifecycle().values():
        named = move.sources | set(move.open)
        assert named <= STATUSES
        assert move.rule or named == STATUSES
        assert set(move.results) <= STATUSES


def test_every_operation_that_a_rule_names_exists_or_is_coming(served: dict[str, Any]) -> None:
    here = {row["operationId"] for row in operations(served)}
    named = {name for rule in rules().values() for name in rule.operations} - {"*"}
    assert named <= here | coming()
    assert not here & coming(), "an operation that is here is not coming"


def test_the_code_that_the_mock_answers_a_rule_with_is_known_to_its_operations(
    served: dict[str, Any],
) -> None:
    rows = {row["operationId"]: row.get("x-codes", {}) for row in operations(served)}
    for rule in rules().values():
        named = rows.keys() & set(rule.operations)
        for answer in rule.answers.values():
            # Without a published code, the mock's is a guess and stands in the rule book alone.
            sent, status = set(() if answer.any_code else answer.codes[:1]), str(answer.status[0])
            unknown = {name for name in named if not sent <= set(rows[name].get(status, []))}
            # One of several answers may be that of some of the operations only.
            some = len(rule.answers) > 1 and len(unknown) < len(named)
            assert some or not unknown, f"{rule.id} {sent} {unknown}"
