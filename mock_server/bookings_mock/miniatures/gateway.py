"""Bends of what browsers are told: a page of another origin fails where other clients don't."""

from attrs import evolve

from bookings_mock.rim.answers import Answer, Exchange

_SAYS_SO = "access-control-"


def only_preflights(exchange: Exchange, answer: Answer) -> Answer:
    """A preflight lets the call through, and no answer may be read."""
    return answer if _is_preflight(exchange) else _silent(answer)


def only_answers(exchange: Exchange, answer: Answer) -> Answer:
    """Answers may be read, and no preflight lets a call through."""
    return _silent(answer) if _is_preflight(exchange) else answer


def only_successes(exchange: Exchange, answer: Answer) -> Answer:
    """What is refused can't be read by the page that is refused."""
    return _silent(answer) if answer.status >= 400 else answer


def without_authorization(exchange: Exchange, answer: Answer) -> Answer:
    """A preflight lets calls through that carry no token."""
    if not _is_preflight(exchange):
        return answer
    return evolve(answer, headers={**answer.headers, f"{_SAYS_SO}allow-headers": "content-type"})


def _is_preflight(exchange: Exchange) -> bool:
    return exchange.method == "OPTIONS"


def _silent(answer: Answer) -> Answer:
    said = {k: v for k, v in answer.headers.items() if not k.startswith(_SAYS_SO)}
    return evolve(answer, headers=said)
