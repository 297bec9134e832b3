"""Answers every request in one pass: route, caller, shape in, handler, shape out.

Connexion loads and checks the document and resolves operations to handlers; this middleware asks
it for each operation once, compiles it, and serves the requests itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import orjson
from attrs import evolve
from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from bookings_mock.call import Call, NotThere
from bookings_mock.domain.rulebook import Rulebook, RuleBroken
from bookings_mock.domain.rules import confirm, envelopes
from bookings_mock.mock import Mock
from bookings_mock.rim.access import Access, authorised, control
from bookings_mock.rim.advice import compile_advice
from bookings_mock.rim.answers import Answer, Bend, Exchange
from bookings_mock.rim.bodies import in_camel_case, overridden, read_body, read_json
from bookings_mock.rim.contract import Contract
from bookings_mock.rim.errors import as_token_error, error, misshapen, refusal, token_refusal
from bookings_mock.rim.faulty import Faulty, Trouble, hang_up, raised_later
from bookings_mock.rim.journal import note
from bookings_mock.rim.operations import Operation, compile_operation
from bookings_mock.rim.routes import Routes
from bookings_mock.rim.violations import ShapeBroken
from bookings_mock.tokens import TokenRefused
from bookings_mock.world import TooManyWorlds

log = logging.getLogger("bookings_mock")

METHODS = ("get", "post", "put", "patch", "delete")
Sleep: TypeAlias = Callable[[float], Awaitable[None]]
_SETS_PENDING = "markBookingAsPending"


class Rim(SpecMiddleware):
    """The compiled document in front of the handlers.

    `bends` act last, after the answer was checked against the document: a miniature that is wrong
    in its shape would otherwise only ever answer 500.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        mock: Mock,
        contract: Contract,
        bends: Sequence[Bend] = (),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._app = app
        self._mock = mock
        self._contract = contract
        self._bends = bends
        self._sleep = sleep
        self._declared: dict[str, Mapping[str, Any]] = {}
        self._faulty = Faulty(mock, self._declared)
        self._routes: Routes[Operation | str] = Routes()

    def add_api(self, specification: Specification, *, resolver: Any, **kwargs: Any) -> None:
        """Compile every operation of the document; called by Connexion before the first request."""
        shapes = self._contract.shapes
        for path, item in specification["paths"].items():
            templates = [path, *item.get("x-aliases", ())]
            for method in METHODS:
                if method in item:
                    resolved = specification.operation_cls.from_spec(
                        specification, path=path, method=method, resolver=resolver
                    )
                    operation = compile_operation(
                        self._contract.operation(path, method), resolved.function, shapes
                    )
                    operation = evolve(
                        operation,
                        advisor=compile_advice(
                            self._contract.document, path, method, self._contract.rules
                        ),
                    )
                    self._declared[operation.id] = self._contract.operation(path, method)
                    self._serve(templates, method, operation)
            for method, rule_id in item.get("x-not-offered", {}).items():
                self._serve(templates, method, rule_id)

    def _serve(self, templates: Sequence[str], method: str, target: Operation | str) -> None:
        for template in templates:
            self._routes.add(method, template, target)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request; everything else (the life span) goes on to Connexion."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope)
        trouble = self._trouble(exchange)
        answer = trouble.instead or await self._answered(exchange, receive)
        if answer.rule:
            log.info(
                "%s %s broke %s: %s", scope["method"], scope["path"], answer.rule, answer.reason
            )
        if exchange.operation and exchange.operation.issues_tokens:
            answer = as_token_error(answer)
        answer = self._labelled(exchange, answer)
        for bend in self._bends:
            answer = bend(exchange, answer)
        raised_later(self._mock, exchange, answer, trouble.raising)
        answer = self._spoilt(exchange, answer, trouble)
        note(self._mock, exchange, answer)
        if trouble.delay:
            await self._sleep(trouble.delay)
        if trouble.dropped:
            await hang_up(send)
            return
        await _send(answer, scope["method"], send)

    def _trouble(self, exchange: Exchange) -> Trouble:
        """What goes wrong with this request on purpose; the mock's controls never do."""
        operation = self._routes.find(exchange.path)[0].get(exchange.method)
        if not isinstance(operation, Operation) or operation.id not in self._mock.operations:
            return Trouble()
        trouble = self._faulty.trouble(exchange, operation.id)
        if trouble.instead:
            exchange.operation = operation
        return trouble

    def _spoilt(self, exchange: Exchange, answer: Answer, trouble: Trouble) -> Answer:
        if trouble.after is None:
            return answer
        label = {"x-wix-request-id": answer.headers["x-wix-request-id"]}
        return evolve(trouble.after, headers={**trouble.after.headers, **label})

    async def _answered(self, exchange: Exchange, receive: Receive) -> Answer:
        try:
            return await self._called(exchange, receive)
        except RuleBroken as broken:
            return self._refused(broken)
        except ShapeBroken as broken:
            return misshapen(broken)
        except TokenRefused as refused:
            return token_refusal(refused)
        except NotThere as missing:
            return Answer(404, error(str(missing)), reason=str(missing))
        except TooManyWorlds as full:
            return Answer(429, error(f"{full}; drop some by POST /_mock/reset?world=NAME"))
        except Exception:
            log.exception("%s %s failed", exchange.method, exchange.path)
            return Answer(500, error(""))

    def _refused(self, broken: RuleBroken) -> Answer:
        try:
            return refusal(broken, self._contract.rules)
        except LookupError:
            # Only a miniature refuses by a rule that can't be broken: a failure, not an escape.
            log.exception("a refusal that the rule book does not know")
            return Answer(500, error(""))

    async def _called(self, exchange: Exchange, receive: Receive) -> Answer:
        methods, path = self._routes.find(exchange.path)
        operation = methods.get(exchange.method)
        if operation is None:
            return _not_offered(exchange, methods)
        if isinstance(operation, str):
            raise RuleBroken(operation, f"{exchange.method} is not offered here")
        exchange.operation = operation
        if operation.id == _SETS_PENDING:
            # Where there is no such operation, nothing that is said to it matters.
            named = self._mock.rules_in(self._mock.known(exchange.header(b"authorization"))[1])
            named.require(confirm.set_by_call)
        query = operation.read_query(exchange.query_string)
        access = self._access(operation, exchange, query)
        rules = access.world.shared.rules
        body = await self._body(operation, exchange, receive, rules)
        operation.check(path, query, body)
        if access.caller:
            rules.require(envelopes.may_override, access.caller.kind, overridden(body))
        exchange.call = self._call(operation, access, path, query, body, exchange)
        _require_same_ids(path, query, body, rules)
        if operation.advisor:
            exchange.advice = operation.advisor.advice(exchange.call, exchange.query_string)
        answer = await operation.handler(exchange.call)
        return _checked(answer, operation)

    def _access(self, operation: Operation, exchange: Exchange, query: Mapping[str, Any]) -> Access:
        token = exchange.header(b"authorization")
        if operation.open:
            return control(self._mock, token, query)
        return authorised(self._mock, operation, token, self._contract.rules)

    async def _body(
        self, operation: Operation, exchange: Exchange, receive: Receive, rules: Rulebook
    ) -> Any:
        raw = await read_body(receive, self._contract.body_limit, rules)
        if operation.body is None or not (raw or operation.body_required):
            return None
        body = read_json(raw, exchange.header(b"content-type"), rules)
        # Nearly no body has an underscore in it: only those are worth a walk.
        spelt = operation.issues_tokens
        if b"_" in raw and not spelt and rules(envelopes.reads_snake_case)():
            renamed = in_camel_case(body, self._contract.free_form)
            exchange.renamed = renamed != body
            return renamed
        return body

    def _call(
        self,
        operation: Operation,
        access: Access,
        path: Mapping[str, str],
        query: Mapping[str, Any],
        body: Any,
        exchange: Exchange,
    ) -> Call:
        return Call(
            operation=operation.id,
            mock=self._mock,
            world=access.world,
            ground=self._mock.ground(access.world),
            caller=access.caller,
            path=path,
            query=query,
            body=body,
            base_url=exchange.base_url,
            explain=self._explained,
            authorization=exchange.header(b"authorization"),
        )

    def _explained(self, broken: RuleBroken) -> Mapping[str, Any]:
        shown = refusal(broken, self._contract.rules).body["details"]
        plain = {"code": broken.rule, "description": broken.reason}
        error: Mapping[str, Any] = shown.get("applicationError", plain)
        return error

    def _labelled(self, exchange: Exchange, answer: Answer) -> Answer:
        labels = {"x-wix-request-id": self._mock.new_request_id()}
        if answer.rule:
            labels["x-bookings-rule"] = answer.rule
        if exchange.advice:
            labels["x-bookings-advice"] = ", ".join(
                dict.fromkeys(one.rule for one in exchange.advice)
            )
        return evolve(answer, headers={**answer.headers, **labels})


def _require_same_ids(
    path: Mapping[str, str], query: Mapping[str, Any], body: Any, rules: Rulebook
) -> None:
    for place in (query, body):
        for name, value in path.items() if isinstance(place, Mapping) else ():
            repeated = place.get(name)
            if isinstance(repeated, str):
                rules.require(envelopes.same_id, name, value, repeated)


def _not_offered(exchange: Exchange, methods: Mapping[str, Any]) -> Answer:
    offered = [method for method, target in methods.items() if not isinstance(target, str)]
    if not offered:
        return Answer(404, error(f"there is no operation at {exchange.path}"))
    allow = ", ".join(sorted(offered))
    return Answer(405, error(f"only {allow} is offered here"), headers={"allow": allow})


def _checked(body: Any, operation: Operation) -> Answer:
    shape = operation.answers["200"]
    if not shape.holds(body):
        wrong = "; ".join(f"{v.field} {v.description}" for v in shape.violations(body))
        raise AssertionError(f"the answer of {operation.id} is not the declared one: {wrong}")
    return Answer(200, body)


async def _send(answer: Answer, method: str, send: Send) -> None:
    payload = b"" if answer.body is None else orjson.dumps(answer.body)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(payload)).encode()),
        *((name.encode(), value.encode()) for name, value in answer.headers.items()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else payload})
