"""The journal of a world: its requests, what became of them, and the advice to their callers."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.times import rfc3339
from bookings_mock.handlers.handler import Handler
from bookings_mock.shared import Advice, Note


async def requests(call: Call) -> Any:
    """The latest requests, the newest last."""
    return {"requests": [_shown(note) for note in call.world.shared.journal]}


def _shown(note: Note) -> dict[str, Any]:
    shown = {
        "number": note.number,
        "time": rfc3339(note.time),
        "method": note.method,
        "path": note.path,
        "operation": note.operation,
        "caller": note.caller,
        "status": note.status,
        "rule": note.rule,
        "reason": note.reason,
        "advice": [_advice(one) for one in note.advice],
    }
    return {key: value for key, value in shown.items() if value is not None}


def _advice(one: Advice) -> dict[str, Any]:
    shown = {"rule": one.rule, "reason": one.reason, "field": one.field}
    return {key: value for key, value in shown.items() if value is not None}


OPERATIONS: Mapping[str, Handler] = {"mockRequests": requests}
