"""Turns every way in which a call can fail into the API's one error shape, in one place."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve

from bookings_mock.domain.rulebook import RuleBroken
from bookings_mock.rim.answers import Answer
from bookings_mock.rim.violations import ShapeBroken, Violation, and_more, shortened
from bookings_mock.tokens import TokenRefused
from bookings_openapi import Rule

SHAPE = "SHAPE-3"
# A tree of fields is drawn no deeper: each level takes up more than the one before.
_DEEPEST = 10


def refusal(broken: RuleBroken, rules: Mapping[str, Rule]) -> Answer:
    """The answer that the document names for the rule.

    One with codes becomes an applicationError, a 400 without codes a validationError that names
    the field, any other the bare error.
    """
    named = rules[broken.rule].answer(broken.case)
    if named is None:
        raise LookupError(f"the rule book names no answer for {broken.rule}") from broken
    status, reason = named.status[0], shortened(broken.reason)
    if named.codes:
        code: dict[str, Any] = {"code": named.codes[0], "description": reason}
        if broken.data is not None:
            code["data"] = dict(broken.data)
        details: dict[str, Any] = {"applicationError": code}
    elif status == 400:
        violation = Violation(broken.field or "body", reason)
        return _invalid(status, [violation], broken.rule, reason)
    else:
        details = {}
    top = {"errorCode": named.top_code} if named.top_code else {}
    return Answer(status, {**error(reason, details), **top}, rule=broken.rule, reason=reason)


def misshapen(broken: ShapeBroken) -> Answer:
    """The answer to a request that has not the declared shape."""
    rule = next((v.rule for v in broken.violations if v.rule), SHAPE)
    return _invalid(400, broken.violations, rule, str(broken), broken.more)


def error(message: str, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A body of the one error shape."""
    return {"message": message, "details": dict(details or {})}


def token_refusal(refused: TokenRefused) -> Answer:
    """The answer to whoever gets no token, as RFC 6749 has it."""
    status = 401 if refused.error == "invalid_client" else 400
    body = {"error": refused.error, "error_description": refused.description}
    return Answer(status, body, reason=refused.description)


def as_token_error(answer: Answer) -> Answer:
    """An error of the API's own shape, said as RFC 6749 says it."""
    if answer.status < 400 or "error" in answer.body:
        return answer
    name = "server_error" if answer.status >= 500 else "invalid_request"
    return evolve(answer, body={"error": name, "error_description": answer.body["message"]})


def _told(path: Sequence[str], what: str, depth: int = 0) -> str:
    """A violation as the API tells it: a tree of the fields that lead to it."""
    branch = "    " * (depth - 1) + "`-- " if depth else ""
    if len(path) == 1 or depth == _DEEPEST:
        return f"{branch}{'.'.join(path)} {what}"
    return f"{branch}{path[0]} is invalid:\n{_told(path[1:], what, depth + 1)}"


def _invalid(
    status: int, violations: Sequence[Violation], rule: str, reason: str, more: int = 0
) -> Answer:
    shown = [violation.shown() for violation in violations]
    told = [_told(v["field"].split("."), v["description"]) for v in shown]
    message = "\n".join([*told, *([and_more(more)] if more else [])])
    body = error(message, {"validationError": {"fieldViolations": shown}})
    return Answer(status, body, rule=rule, reason=reason)
