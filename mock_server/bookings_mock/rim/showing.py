"""Shows a browser an answer as a page, and leads it back to that page from a form."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve

from bookings_mock import pages
from bookings_mock.rim.answers import HTML, Answer, Exchange
from bookings_mock.rim.operations import Operation


def as_page(exchange: Exchange, operation: Operation | None, answer: Answer) -> Answer:
    """The answer as whoever asks is shown it: JSON as it is, unless a browser asks for a page."""
    if operation is None or not (_is_form(exchange, operation) or _is_shown(exchange, operation)):
        return answer
    where = _address(exchange)
    if answer.status != 200:
        return _with(answer, "refused", {"message": answer.body["message"]}, where)
    leads_to = answer.body.get("redirect", {}).get("leadsTo")
    if operation.onward and (leads_to or _is_form(exchange, operation)):
        headers = {**answer.headers, "location": leads_to or where, "cache-control": "no-store"}
        return Answer(operation.onward, None, headers=headers, text="", media_type=HTML)
    return _with(answer, operation.id, answer.body, where)


def _is_form(exchange: Exchange, operation: Operation) -> bool:
    return operation.leads_to_page and exchange.is_form


def _is_shown(exchange: Exchange, operation: Operation) -> bool:
    return operation.has_page and exchange.wants_page


def _with(answer: Answer, name: str, shown: Mapping[str, Any], where: str) -> Answer:
    page = pages.page(name, shown, where)
    return evolve(
        answer, text=page.html, media_type=HTML, headers={**answer.headers, **page.headers}
    )


def _address(exchange: Exchange) -> str:
    """The path and query that were asked for; a second slash before them would name a host."""
    query = exchange.query_string.decode("latin-1")
    return f"/{exchange.path.lstrip('/')}{'?' if query else ''}{query}"
