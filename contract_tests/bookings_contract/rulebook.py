"""The rule book as people and scripts read it: a table, JSON, and one rule explained."""

import textwrap
from collections.abc import Container, Iterable
from typing import Any

import bookings_openapi
from bookings_contract.findings import refusals
from bookings_contract.findings.mutants import RuleFacts
from bookings_openapi import Answer, Rule

WIDTH = 96


def as_json(facts: RuleFacts, tested: Container[str]) -> list[dict[str, Any]]:
    """The whole book with what the mock and the suites have to do with each rule."""
    return [_row(rule, facts, tested) for rule in bookings_openapi.rules().values()]


def _row(rule: Rule, facts: RuleFacts, tested: Container[str]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "level": rule.level,
        "text": rule.text,
        "source": "; ".join(_sources(rule)),
        "operations": list(rule.operations),
        "answer": {case: _answer(answer) for case, answer in rule.answers.items()},
        "readings": dict(rule.readings),
        "default": rule.default,
        "needs": list(rule.needs),
        "obeyed": rule.id in facts.obeyed,
        "judged": rule.id in tested,
        "miniatures": list(facts.miniatures.get(rule.id, ())),
        "note": rule.note,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    any_code = answer.any_code or not answer.codes
    return {
        "status": list(answer.status),
        "codes": list(answer.codes),
        "any_status": answer.any_status,
        "any_code": any_code,
    }


def as_table() -> Iterable[str]:
    """One line a rule; wide texts go on below."""
    for rule in bookings_openapi.rules().values():
        first, *others = textwrap.wrap(rule.text, WIDTH - 28)
        yield f"{rule.id:<17} {rule.level:<9} {first}"
        yield from (f"{'':<28}{line}" for line in others)


def explained(rule: Rule, tests: int, facts: RuleFacts) -> Iterable[str]:
    """One rule: what it says, where that is written, how it is refused, read, judged and broken."""
    yield f"{rule.id}  {rule.level}  {', '.join(rule.operations)}"
    yield from _wrapped("", rule.text)
    for source in _sources(rule) or ["documented nowhere"]:
        yield from _wrapped("source", source)
    for case, answer in rule.answers.items():
        yield from _wrapped("refused", f"{_case(case)}{refusals.tolerated(answer)}")
    for letter, text in rule.readings.items():
        mark = " (the mock's default)" if letter == rule.default else ""
        yield from _wrapped(f"reading {letter}", f"{text}{mark}")
    for name, circumstance in rule.circumstances.items():
        yield from _wrapped("in part", f"{circumstance.level}, {name}: {circumstance.text}")
    if rule.needs:
        yield from _wrapped("needs", ", ".join(rule.needs))
    if rule.note:
        yield from _wrapped("note", rule.note)
    yield from _wrapped("judged", f"by {tests} test{'s'[: tests != 1]}" if tests else "not yet")
    if rule.id in facts.obeyed:
        yield from _wrapped("break it", f"bookings-mock --break {rule.id}")
    for name in facts.miniatures.get(rule.id, ()):
        if name != rule.id:
            yield from _wrapped("or", f"bookings-mock --break {name}")


def _sources(rule: Rule) -> list[str]:
    return [f"{source.page}, {source.section}" for source in rule.sources]


def _case(case: str) -> str:
    return "" if case == "default" else f"{case}: "


def _wrapped(label: str, words: str) -> Iterable[str]:
    lines = textwrap.wrap(words, WIDTH - 14, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield f"  {label if number == 0 else '':<11} {line}" if label else f"  {line}"
