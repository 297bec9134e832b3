"""The gateway: whether pages of other origins may call the API, before and after the call."""

from collections.abc import Callable, Mapping

import pytest

from bookings_contract.findings.exchange import Answer, Exchange, redacted
from bookings_contract.findings.operations import operation as described
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import of_rule, unknown_id, valid
from bookings_contract.suites.support.creations import nothing_made
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

RULE = "GATEWAY-1"
# An origin that no server can know.
ORIGIN = "https://page-of-another-origin.example"
PAGE = {"origin": ORIGIN}
# What a page's call needs leave for: its token, and that it sends JSON.
SENT = ("authorization", "content-type")
# Browsers ask for no leave to use these.
PLAIN = ("GET", "HEAD", "POST")


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("operation", of_rule(RULE))
def test_a_page_of_another_origin_may_call_an_operation_or_is_told_nothing(
    operation: str, scenario: Scenario
) -> None:
    if not scenario.client.offers(operation):
        raise NotJudged(f"the target is without {operation}")
    path = dict.fromkeys(described(operation).parameters, unknown_id(scenario.given))
    preflight = _preflight(scenario.client, operation, path)
    # Without a token, so that nothing is done whatever the call is.
    answer = scenario.client.call(operation, path=path, caller=None, headers=PAGE)
    _judged(scenario.expect, operation, preflight, answer)


def _found(client: Client, given: Given) -> Answer:
    return valid(given, "queryExtendedBookings").sent(client, headers=PAGE)


def _created(client: Client, given: Given) -> Answer:
    return valid(given, "createBooking").sent(client, headers=PAGE)


def _misshapen(client: Client, given: Given) -> Answer:
    return client.call("createBooking", body={"booking": 7}, headers=PAGE)


def _nowhere(client: Client, given: Given) -> Answer:
    path = {"bookingId": unknown_id(given)}
    return client.call("confirmBooking", path=path, body={"revision": "1"}, headers=PAGE)


def _unreadable(client: Client, given: Given) -> Answer:
    json = {"content-type": "application/json"}
    return client.call("createBooking", raw=b'{"booking": ', headers={**PAGE, **json})


ANSWERS: Mapping[str, tuple[str, Callable[[Client, Given], Answer]]] = {
    "what is found": ("queryExtendedBookings", _found),
    "what is created": ("createBooking", _created),
    "a refused shape": ("createBooking", _misshapen),
    "nothing found": ("confirmBooking", _nowhere),
    "no JSON": ("createBooking", _unreadable),
}


@pytest.mark.judges(RULE)
@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_says_the_same_of_other_origins(what: str, scenario: Scenario) -> None:
    operation, ask = ANSWERS[what]
    path = dict.fromkeys(described(operation).parameters, unknown_id(scenario.given))
    preflight = _preflight(scenario.client, operation, path)
    answer = ask(scenario.client, scenario.given)
    _judged(scenario.expect, operation, preflight, answer)


def _judged(expect: Expect, operation: str, preflight: Answer, answer: Answer) -> None:
    before, after = _lets_through(preflight, operation), _readable(answer)
    letter = {(True, True): "A", (False, False): "B"}.get((before, after))
    expect.reading(RULE, letter, actual=f"{_before(preflight, before)}; {_after(answer, after)}")


def _before(preflight: Answer, lets_through: bool) -> str:
    done = "lets the call through" if lets_through else "does not let the call through"
    return f"the preflight ({preflight.status}) {done}"


def _after(answer: Answer, readable: bool) -> str:
    done = "may" if readable else "may not"
    return f"a page {done} read the answer ({answer.summary})"


def _lets_through(preflight: Answer, operation: str) -> bool:
    """Whether a browser would send the call after this."""
    method = described(operation).method
    methods = _listed(preflight, "access-control-allow-methods")
    headers = _listed(preflight, "access-control-allow-headers")
    return (
        preflight.accepted
        and _readable(preflight)
        and (method in PLAIN or bool({method.lower(), "*"} & methods))
        and ("*" in headers or headers >= set(SENT))
    )


def _readable(answer: Answer) -> bool:
    """Whether a browser would show the answer to the page."""
    allowed = answer.exchange.headers.get("access-control-allow-origin", "").strip()
    return allowed in ("*", ORIGIN)


def _listed(answer: Answer, header: str) -> set[str]:
    return {one.strip().lower() for one in answer.exchange.headers.get(header, "").split(",")}


def _preflight(client: Client, operation: str, values: Mapping[str, object]) -> Answer:
    """The answer to a browser's question whether a page may call the operation."""
    asked = described(operation)
    path = asked.url(values, client.target.paths)
    headers = {
        **PAGE,
        "access-control-request-method": asked.method,
        "access-control-request-headers": ",".join(SENT),
    }
    response, started, seconds = client.wire.send("OPTIONS", path, headers, None)
    exchange = Exchange(
        operation=asked.id,
        caller=None,
        method="OPTIONS",
        url=f"{client.target.url}{path}",
        path=path,
        request_headers=redacted(headers),
        request_text="",
        status=response.status_code,
        headers={key.lower(): value for key, value in response.headers.items()},
        text=response.text,
        started=started,
        seconds=seconds,
        reads=False,
    )
    client.record.add(exchange)
    return Answer(exchange)


@pytest.mark.judges("GATEWAY-2")
def test_an_api_key_that_names_another_site_is_answered_or_does_nothing(scenario: Scenario) -> None:
    body = scenario.given.body("class")
    another = {"wix-site-id": unknown_id(scenario.given)}
    answer = scenario.client.call("createBooking", body=body, headers=another)
    nothing_made(scenario.given, scenario.expect, answer, body, "GATEWAY-2")
    if answer.accepted or not scenario.expect.record.findings:
        letter = "A" if answer.accepted else "B"
        scenario.expect.reading("GATEWAY-2", letter, actual=answer.summary)
