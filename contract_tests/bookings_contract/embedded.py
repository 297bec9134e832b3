"""The mock inside the judge's own process: the one module that knows both programs."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import httpx

import bookings_openapi
from bookings_contract.findings.mutants import RuleFacts, Wrong
from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.target.model import Target
from bookings_contract.target.reading import recognise

URL = "http://bookings-mock.test"


class Lent(httpx.BaseTransport):
    """A transport that its users may close without ending it for the next one."""

    def __init__(self, own: httpx.BaseTransport) -> None:
        self._own = own

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Passes a request on."""
        return self._own.handle_request(request)


@contextmanager
def embedded(
    breaks: Iterable[str] = (), readings: Mapping[str, str] | None = None, seed: int = 0
) -> Iterator[tuple[Target, httpx.BaseTransport]]:
    """A mock of its own, optionally wrong on purpose, and the transport that leads to it."""
    from bookings_mock import create_app
    from bookings_mock.inprocess import transport

    app = create_app(seed=seed, breaks=tuple(breaks), readings=dict(readings or {}))
    with transport(app) as own:
        way = Lent(own)
        target = recognise(URL, way)
        if target is None:
            raise ConfigurationError("The embedded mock does not describe itself at /_mock/site.")
        yield target, way


def rule_facts() -> RuleFacts:
    """Asks the mock what it has to do with each rule."""
    import bookings_mock
    from bookings_mock.miniatures import names_by_rule

    miniatures = {rule: tuple(names) for rule, names in names_by_rule().items()}
    return RuleFacts(bookings_mock.obeyed(), miniatures)


def wrong_servers() -> tuple[Wrong, ...]:
    """Every mock that breaks a rule on purpose; the rules' own switches come first.

    A mock that gives no advice is none of them: advice is about callers.
    """
    from bookings_mock.miniatures import all_miniatures
    from bookings_mock.miniatures.further import SECTIONS

    sections = {one.name: section for section, ones in SECTIONS.items() for one in ones}
    return tuple(
        Wrong(one.name, one.rule, one.about, sections.get(one.name))
        for one in all_miniatures().values()
        if bookings_openapi.rules()[one.rule].level != "ADVICE"
    )


def fail_silently() -> None:
    """Lets mocks that are wrong on purpose fail without a word in the log."""
    logging.getLogger("bookings_mock").setLevel(logging.CRITICAL + 1)
