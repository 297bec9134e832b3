"""How a refusal has to look, as the rule book has it: whether one fits, and in words."""

import bookings_openapi
from bookings_openapi import Answer as Refusal


def fits(status: int, code: str | None, refusal: Refusal) -> bool:
    """Whether an answer is one that the rule book tolerates."""
    any_code = refusal.any_code or not refusal.codes
    known = 400 <= status < 500 if refusal.any_status else status in refusal.status
    return known and (any_code or code in refusal.codes)


def tolerated(refusal: Refusal) -> str:
    """Everything that fits: "428 INVALID_BOOKING_STATUS or VALIDATION_FAILURE"."""
    status = "any 4xx" if refusal.any_status else " or ".join(map(str, refusal.status))
    codes = () if refusal.any_code else refusal.codes
    return f"{status} {' or '.join(codes)}".rstrip()


def usual(refusal: Refusal) -> str:
    """The first of what fits, which is what the mock answers."""
    return " ".join([str(refusal.status[0]), *refusal.codes[:1]])


def of_operation(operation: str) -> list[Refusal]:
    """Every refusal that the rule book knows of an operation."""
    rules = bookings_openapi.rules().values()
    own = (one for one in rules if operation in one.operations or "*" in one.operations)
    return [answer for one in own for answer in one.answers.values()]


def by_status(status: int, rule: str) -> bool:
    """Whether a status is one that the rule's own row names, whatever code comes with it."""
    answer = bookings_openapi.rules()[rule].answer()
    return answer is not None and status in answer.status
