"""Sends cases to the target and says what each answer breaks.

The judge's own look at shapes comes first; the checks of Schemathesis add what it does not see.
Refusing is right wherever the document leaves room for it: a case made of valid fields may still
name what is not there.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests
import schemathesis
from attrs import define, evolve, field
from schemathesis import Response, checks as stock
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation

import bookings_openapi
from bookings_contract.findings.checks import Answered, Check, Refused
from bookings_contract.findings.exchange import Exchange, without_nulls
from bookings_contract.findings.operations import operation
from bookings_contract.findings.problems import NotJudged, Unanswered, Unjudged, Unsendable
from bookings_contract.findings.refusals import tolerated
from bookings_contract.findings.verdicts import Finding, Kept, level_of
from bookings_contract.fuzzing.arranging import Arranging
from bookings_contract.fuzzing.cases import BASE, AnyCase
from bookings_contract.oracle import Oracle
from bookings_contract.testkit import shapes
from bookings_contract.testkit.client import NOT_OFFERED, Client
from bookings_contract.testkit.record import about_last

SUCCESS, ERROR, VALIDATION, LABEL = shapes.RULES
READABLE, TOKEN = "SHAPE-8", "AUTH-1"
RULES = (SUCCESS, ERROR, VALIDATION, LABEL, READABLE, TOKEN)

# Nobody's fault that could be told from outside: not offered, or not reached. This is HTTP's own
# word, and so are the methods below; the document speaks of neither.
EXCUSED = frozenset({501, 502, 503, 504})
# Methods that are answered on their own account: CORS, and what HTTP says of them.
FREE = frozenset({"OPTIONS", "HEAD", "TRACE"})

CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
)

# What a check asks of an answer, where that can be said without Schemathesis.
ASKED: Mapping[str, Check] = {
    "not_a_server_error": Answered(),
    "unsupported_method": Refused(),
    "negative_data_rejection": Refused(),
}

JSON = "application/json"

Key = tuple[str | None, ...]


class Breach(Exception):
    """An answer broke a rule; raised so that a smaller case is looked for."""


class PassedOver(Exception):
    """A case has no answer to look at: it could not be sent, or was lost on the way."""


class Over(KeyboardInterrupt):
    """The test ends here: its time is up, or the reason says what is in the way.

    An interrupt, since anything less is taken for a failure of the case and tried again.
    """

    def __init__(self, reason: Unjudged | None = None) -> None:
        super().__init__()
        self.reason = reason


@define
class Examiner:
    """One test's look at the answers to its cases."""

    client: Client
    arranging: Arranging
    deadline: float
    # Who sends a case; most are the owner's.
    callers: tuple[str, ...] = ("owner",)
    # Follows the bookings; what it finds needs no smaller case, since it tells its own story.
    oracle: Oracle = field(factory=Oracle)
    # What was found, each breach once: by the smallest case that shows it.
    found: dict[Key, Finding] = field(factory=dict)
    sent: int = 0
    accepted: int = 0
    # Whether a breach not met before ends the case by raising it.
    raising: bool = False
    _met: set[Key] = field(factory=set)
    _asked_without_token: set[str] = field(factory=set)
    _kept: set[str] = field(factory=set)
    _offered: bool = False
    # Whether the last call of an operation got no answer.
    _silent: bool = False
    _checks: list[Callable[..., Any]] = field(
        factory=lambda: [getattr(stock, name) for name in CHECKS]
    )

    def examine(self, case: AnyCase, linked: bool = False) -> Response:
        """Sends a case and notes what its answer breaks; the first one is never too late.

        Raises PassedOver if there is nothing to look at. A connection may be lost once; whoever
        does not answer the next call either is not there.
        """
        if self.sent and time.monotonic() > self.deadline:
            raise Over
        try:
            return self._examine(case, linked)
        except Unsendable as reason:
            raise PassedOver from reason
        except Unanswered as reason:
            own = case.method == operation(_name(case)).method
            if own and self._silent:
                raise Over(reason) from reason
            self._silent = self._silent or own
            raise PassedOver from reason
        except Unjudged as reason:
            raise Over(reason) from reason

    def observe(self, exchange: Exchange) -> Iterator[Finding | Kept]:
        """Lets the oracle see an exchange, be it a case or an arrangement for one."""
        for said in self.oracle.observe(exchange):
            if isinstance(said, Finding):
                self.found.setdefault((said.rule, said.circumstance), said)
                self._met.add((said.rule, said.circumstance))
        return iter(())

    def new(self) -> bool:
        """Whether something was met since that was asked last; from now on it is known."""
        fresh = self.found.keys() - self._met
        self._met |= fresh
        return bool(fresh)

    def kept(self) -> Iterator[Kept]:
        """The rules that were looked at and that nothing was found about."""
        broken = {finding.rule for finding in self.found.values()}
        for rule in RULES:
            if rule in self._kept and rule not in broken:
                yield Kept(rule)

    def require_offer(self, name: str) -> None:
        """An operation of today's references only need not be there."""
        if operation(name).recent and not self._offered and self.sent:
            raise NotJudged(f"the target does not offer {name}")

    # Inside

    def _examine(self, case: AnyCase, linked: bool) -> Response:
        name = _name(case)
        path, body = self.arranging.settle(name, case.path_parameters or {}, case.body, linked)
        case.path_parameters = path
        case.body = body
        if isinstance(case.query, dict):
            # An id that the query repeats is the path's.
            case.query.update({key: path[key] for key in path.keys() & case.query.keys()})
        prepared = _prepared(case)
        caller = self.arranging.random.choice(self.callers)
        exchange = self._sent(name, prepared, caller)
        self.arranging.meet(exchange)
        response = _response(exchange, prepared)
        own = exchange.method == operation(name).method
        try:
            self._note(case, exchange, response)
        finally:
            if not own:
                self.client.record.exchanges.pop()  # It tells nothing about the operation.
        if own and exchange.succeeded:
            self._ask_without_token(name, prepared)
        return response

    def _sent(
        self,
        name: str,
        prepared: requests.PreparedRequest,
        caller: str | None,
        token: str | None = None,
    ) -> Exchange:
        url = (prepared.url or "").removeprefix(BASE)
        content = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
        answer = self.client.send(
            name,
            prepared.method or "",
            url,
            _headers(prepared.headers),
            content,
            caller=caller,
            token=token,
        )
        self.sent += 1
        self.accepted += answer.accepted
        named = answer.exchange.method == operation(name).method
        self._silent = self._silent and not named
        absent = answer.status in NOT_OFFERED and answer.code is None
        self._offered = self._offered or (named and not absent)
        return answer.exchange

    def _note(self, case: AnyCase, exchange: Exchange, response: Response) -> None:
        findings = list(self._judged(case, exchange, response))
        fresh = False
        for finding in findings:
            key = _key(finding)
            fresh = fresh or key not in self._met
            story = about_last(self.client.record.exchanges)
            told = evolve(finding, story=story)
            if key not in self.found or _size(told) < _size(self.found[key]):
                self.found[key] = told
        if fresh and self.raising:
            raise Breach

    def _judged(self, case: AnyCase, exchange: Exchange, response: Response) -> Iterator[Finding]:
        asked = operation(exchange.operation)
        if exchange.method != asked.method:
            yield from self._other_method(exchange)
            return
        self._kept |= {SUCCESS, LABEL}
        if exchange.status >= 500:
            yield from self._server_error(exchange)
            return
        own = [said for said in shapes.observe(exchange) if isinstance(said, Finding)]
        for finding in own:
            yield evolve(finding, seen_by="shapes")
        self._kept |= {ERROR} if exchange.status >= 400 else set()
        self._kept |= {VALIDATION} if exchange.violations else set()
        self._kept |= {READABLE} if exchange.status in _statuses(READABLE) else set()
        if exchange.succeeded and not own:
            yield from self._accepted_what_is_wrong(exchange)
        for name, failure in self._failures(case, response):
            found = _translated(name, failure, case, exchange)
            if found is not None and not own:
                yield found

    def _other_method(self, exchange: Exchange) -> Iterator[Finding]:
        """A method that the document does not offer: any refusal will do."""
        if exchange.succeeded and exchange.method not in FREE:
            expected = f"{exchange.method} refused, which the document does not offer"
            yield _finding(SUCCESS, expected, str(exchange.status), "unsupported_method")
        elif exchange.status >= 500 and exchange.status not in EXCUSED:
            yield _finding(SUCCESS, "no server error", str(exchange.status), "not_a_server_error")

    def _server_error(self, exchange: Exchange) -> Iterator[Finding]:
        if exchange.status in EXCUSED:
            return
        unreadable = "requestBody" in operation(exchange.operation).definition and (
            (exchange.request_json is None and exchange.request_text.strip() != "null")
            or not exchange.request_headers.get("content-type", JSON).startswith(JSON)
        )
        rule = READABLE if unreadable else SUCCESS
        what = "a body that can't be read" if unreadable else "an answer as the document has it"
        expected = f"{what}: a 4xx that says so" if unreadable else f"{what}, 200 or a 4xx"
        yield _finding(rule, expected, str(exchange.status), "not_a_server_error")

    def _accepted_what_is_wrong(self, exchange: Exchange) -> Iterator[Finding]:
        """A request that is not of the declared shape, and was accepted all the same."""
        problem = shapes.wrong_in_request(exchange)
        if problem is not None:
            where, why = problem
            expected = f"a request of another shape {_refused(VALIDATION)}"
            actual = f"{where}: accepted ({exchange.status}), though {why}"
            yield _finding(VALIDATION, expected, actual, "negative_data_rejection")

    def _failures(self, case: AnyCase, response: Response) -> Iterator[tuple[str, Failure]]:
        """What the checks of Schemathesis have to say."""
        try:
            case.validate_response(response, checks=self._checks)
        except FailureGroup as group:
            for failure in group.exceptions:
                yield type(failure).__name__, failure

    def _ask_without_token(self, name: str, prepared: requests.PreparedRequest) -> None:
        """What was accepted once is asked again by nobody, and by somebody unknown."""
        issuing = operation(name).definition.get("security") == []
        if issuing or name in self._asked_without_token:
            return
        self._asked_without_token.add(name)
        self._kept.add(TOKEN)
        for token, words in ((None, "without a token"), (UNKNOWN, "with a token nobody was given")):
            exchange = self._sent(name, prepared, None, token)
            if exchange.succeeded:
                circumstance = None if name == "listBookingsV1" else "every_operation"
                level = level_of(bookings_openapi.rules()[TOKEN], circumstance)
                actual = f"{exchange.status}, {words}"
                found = Finding(
                    TOKEN, level, _refused(TOKEN), actual, circumstance, check=Refused()
                )
                story = about_last(self.client.record.exchanges)
                told = evolve(found, story=story, seen_by="ignored_auth")
                self.found.setdefault(_key(told), told)


UNKNOWN = "nobody-was-given-this-token"


def _translated(name: str, failure: Failure, case: AnyCase, exchange: Exchange) -> Finding | None:
    """What a failure of a stock check means here; None for what is right, or was seen already."""
    actual = shapes.brief(" ".join(failure.message.split()))
    of_answer = SUCCESS if exchange.succeeded else ERROR
    if name == "UndefinedStatusCode":
        if exchange.status >= 400:
            return None  # Which refusal is right is for the rule to say that refuses.
        rule, check = SUCCESS, "status_code_conformance"
    elif name in ("MissingContentType", "UndefinedContentType", "MalformedMediaType"):
        rule, check = of_answer, "content_type_conformance"
    elif name == "MissingHeaders":
        rule, check = LABEL, "response_headers_conformance"
    elif name == "AcceptedNegativeData":
        if not _wrong_in_the_path(case):
            return None
        rule, check = VALIDATION, "negative_data_rejection"
    else:
        if name == "JsonSchemaError" and without_nulls(exchange.json) != exchange.json:
            return None  # But for its nulls it is as declared, or `shapes` had found it before.
        rule, check = of_answer, "response_schema_conformance"
    return _finding(rule, "an answer as the document has it", actual, check)


def _wrong_in_the_path(case: AnyCase) -> bool:
    """Whether the path is wrong on purpose; bodies are judged by the document itself.

    A parameter of the query that means nothing may be taken for one that is absent: no page says
    that it is refused.
    """
    parts = case.meta.components if case.meta is not None else {}
    path = parts.get(ParameterLocation.PATH)
    return path is not None and path.mode.is_negative


def _name(case: AnyCase) -> str:
    return str(case.operation.definition.raw["operationId"])


def _prepared(case: AnyCase) -> requests.PreparedRequest:
    """The request that a case stands for; raises Unsendable if it can't be put into words."""
    try:
        return requests.Request(**case.as_transport_kwargs(base_url=BASE)).prepare()
    except (requests.RequestException, UnicodeError) as error:
        raise Unsendable(f"no request can be made of a case: {error}") from error


def _statuses(rule: str) -> frozenset[int]:
    """The statuses that the rule book names for a refusal."""
    answers = bookings_openapi.rules()[rule].answers.values()
    return frozenset(status for answer in answers for status in answer.status)


def _refused(rule: str) -> str:
    answer = bookings_openapi.rules()[rule].answer()
    return "refused" if answer is None else f"refused ({tolerated(answer)})"


def _finding(rule: str, expected: str, actual: str, check: str) -> Finding:
    level = level_of(bookings_openapi.rules()[rule])
    return Finding(rule, level, expected, actual, seen_by=check, check=ASKED.get(check))


def _key(finding: Finding) -> Key:
    """The same for findings of one kind, whatever the values were."""
    where = finding.actual.partition(":")[0]
    return (finding.rule, finding.circumstance, finding.expected, where)


def _size(finding: Finding) -> tuple[int, int]:
    last = finding.story[-1]
    return (len(finding.story), len(last.path) + len(last.request_text))


def _headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """The headers of a case; those of the connection, and the tool's own, are left out."""
    own = ("content-length", "user-agent", "connection", "accept-encoding", "host")
    kept: dict[str, str] = {}
    for key, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        low = key.lower()
        # What can't stand in a header never reaches a server.
        legal = text.isascii() and text.isprintable() and key.isascii()
        if legal and low not in own and not low.startswith("x-schemathesis"):
            kept[low] = text
    return kept


def _response(exchange: Exchange, prepared: requests.PreparedRequest) -> Response:
    return schemathesis.Response(
        status_code=exchange.status,
        headers={key: [value] for key, value in exchange.headers.items()},
        content=exchange.text.encode("utf-8", "surrogatepass"),
        request=prepared,
        elapsed=exchange.seconds,
        verify=True,
        encoding="utf-8",
    )
