"""Customs that no page forbids, each kept by some honest server: none is held against it."""

import re
from collections.abc import Callable

import httpx
import pytest

from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.judge import judge

from .independent import Server
from .independent_site import SITE
from .strangers import Way, independent

UNKNOWN = "0b3e9c1d-7a52-4f68-9d04-c1e2f3a4b5c6"
CAPITALS = re.compile(rb"\b(?=[0-9A-F-]*[A-F])[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\b")
INVALID = {
    "message": "What is that?",
    "details": {"validationError": {"fieldViolations": [{"field": "query.filter"}]}},
}

Answering = Callable[[httpx.Request], httpx.Response]


def judged(custom: Callable[[Answering], Answering], *rules: str) -> Report:
    """What becomes of a whole mock that has this custom besides."""
    with embedded() as (target, transport):
        way = httpx.MockTransport(custom(transport.handle_request))
        return judge(target, rules=rules, suites=["rules"], transport=way)


def held_against(rule: str, custom: Callable[[Answering], Answering]) -> list[str]:
    """What the judge calls broken of it."""
    report = judged(custom, rule)
    return [
        f"{one.id}: {one.reason or one.first}"
        for one in report.rules
        if one.verdict in (Verdict.BROKEN, Verdict.ERROR)
    ]


def _sorting_as_proto_does(answer: Answering) -> Answering:
    """Takes `query.sort[0].fieldName`, and no JSON."""

    def answering(request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        json_sort = asked.pop("query.sort", None)
        field, order = (asked.pop(f"query.sort[0].{k}", None) for k in ("fieldName", "order"))
        if field:
            asked["query.sort"] = f'[{{"fieldName": "{field}", "order": "{order}"}}]'
        if field or json_sort:
            url = request.url.copy_with(params=asked)
            request = httpx.Request(request.method, url, headers=request.headers)
        return answer(request)

    return answering


def _by_the_letter(answer: Answering) -> Answering:
    def answering(request: httpx.Request) -> httpx.Response:
        url = CAPITALS.sub(UNKNOWN.encode(), str(request.url).encode()).decode()
        body = CAPITALS.sub(UNKNOWN.encode(), request.read())
        headers = {k: v for k, v in request.headers.items() if k != "content-length"}
        return answer(httpx.Request(request.method, url, headers=headers, content=body))

    return answering


def _without_has_some(answer: Answering) -> Answering:
    def answering(request: httpx.Request) -> httpx.Response:
        if "attendance" in request.url.path and b"$hasSome" in request.read():
            return httpx.Response(400, json=INVALID, headers={"x-wix-request-id": "1"})
        return answer(request)

    return answering


@pytest.mark.parametrize(
    ("rule", "custom"), [("BULK-6", _by_the_letter), ("ATTENDANCE-3", _without_has_some)]
)
def test_the_custom_is_not_held_against_the_server(
    rule: str, custom: Callable[[Answering], Answering]
) -> None:
    assert not held_against(rule, custom)


def test_an_id_in_capitals_may_be_known_as_the_same() -> None:
    report = judged(lambda answer: answer, "BULK-6", "LOOKUP-1")
    found = {one.id: one.verdict for one in report.rules}
    assert found["BULK-6"] is Verdict.KEPT
    assert found["LOOKUP-1"] is Verdict.KEPT


def test_sorting_is_seen_in_whichever_form_it_is_taken() -> None:
    report = judged(_sorting_as_proto_does, "LIST-13", "LIST-10")
    found = {one.id: (one.verdict, one.reading) for one in report.rules}
    assert found["LIST-13"][1] == "A"
    assert found["LIST-10"][0] is Verdict.KEPT


def test_a_course_may_begin_together_with_a_class(monkeypatch: pytest.MonkeyPatch) -> None:
    first = SITE["services"]["tai_chi"]["sessions"][0]
    monkeypatch.setitem(SITE["services"]["sailing"]["sessions"][0], "start", first["start"])
    report = judge(independent(), rules=["LIST-5"], suites=["rules"], transport=Way(Server()))
    (verdict,) = (one for one in report.rules if one.id == "LIST-5")
    assert verdict.verdict is Verdict.KEPT, verdict.first
