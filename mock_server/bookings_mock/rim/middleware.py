"""Answers every request in one pass: route, caller, shape in, handler, shape out.

Connexion loads and checks the document and resolves operations to handlers; this middleware asks
it for each operation once, compiles it, and serves the requests itself.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import orjson
from attrs import evolve, frozen
from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from bookings_mock.call import Call, NotThere
from bookings_mock.domain.rulebook import Rulebook, RuleBroken
from bookings_mock.domain.rules import confirm, envelopes
from bookings_mock.mock import Mock
from bookings_mock.rim.access import Access, authorised, control, guest
from bookings_mock.rim.advice import compile_advice
from bookings_mock.rim.answers import Answer, Bend, Exchange
from bookings_mock.rim.bodies import (
    Gone,
    in_camel_case,
    overridden,
    read_body,
    read_encoded,
    read_form,
    read_json,
    said_to_be_json,
    unpacked,
)
from bookings_mock.rim.contract import Contract
from bookings_mock.rim.directory import Directory, NotServed
from bookings_mock.rim.errors import as_token_error, error, misshapen, refusal, token_refusal
from bookings_mock.rim.faulty import Faulty, Trouble, hang_up, raised_later
from bookings_mock.rim.gate import Gate
from bookings_mock.rim.journal import note
from bookings_mock.rim.open_reads import OpenRead
from bookings_mock.rim.operations import Operation, compile_operation
from bookings_mock.rim.routes import Routes
from bookings_mock.rim.showing import as_page
from bookings_mock.rim.violations import ShapeBroken, Violation
from bookings_mock.tokens import TokenRefused
from bookings_mock.world import World

log = logging.getLogger("bookings_mock")

METHODS = ("get", "post", "put", "patch", "delete")
Sleep: TypeAlias = Callable[[float], Awaitable[None]]
_NO_CONTENT = 204
_REFUSALS = (RuleBroken, TokenRefused, NotThere)
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
        gate: Gate | None = None,
        bends: Sequence[Bend] = (),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._app = app
        self._mock = mock
        self._contract = contract
        self._gate = gate or Gate(mock, contract)
        self._bends = bends
        self._sleep = sleep
        self._directory = Directory(contract)
        self._declared: dict[str, Mapping[str, Any]] = {}
        self._faulty = Faulty(mock, self._declared)
        self._compiled: dict[str, Operation] = {}
        self._routes: Routes[Operation | OpenRead | NotServed] = Routes()

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
                        self._contract.operation(path, method),
                        resolved.function,
                        shapes,
                        self._contract.bounds,
                    )
                    operation = evolve(
                        operation,
                        advisor=compile_advice(
                            self._contract.document, path, method, self._contract.rules
                        ),
                        closed=operation.id not in self._mock.operations,
                    )
                    self._compiled[operation.id] = operation
                    self._declared[operation.id] = self._contract.operation(path, method)
                    self._serve(templates, method, operation)
            for method in item.get("x-not-offered", {}):
                read = OpenRead(item["x-read-by"], self._path_of(item["x-read-by"]))
                self._serve(templates, method, read)

        for method, path, says, instead in self._contract.not_served:
            self._routes.add(method, path, NotServed(says, instead))

    def _serve(self, templates: Sequence[str], method: str, target: Operation | OpenRead) -> None:
        for template in templates:
            self._routes.add(method, template, target)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an HTTP request; everything else (the life span) goes on to Connexion."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope)
        try:
            answer, trouble = await self._outcome(exchange, receive)
            response = _response(answer)
        except Gone:
            return
        except Exception:
            log.exception("%s %s failed", exchange.method, exchange.path)
            trouble = Trouble()
            response = _response(self._labelled(exchange, self._failed()))
        if trouble.delay:
            await self._sleep(trouble.delay)
        if trouble.dropped:
            await hang_up(send)
            return
        await _send(response, exchange.method, send)

    async def _outcome(self, exchange: Exchange, receive: Receive) -> tuple[Answer, Trouble]:
        """The answer to a request, and what is still to go wrong with it."""
        instead = self._gate.instead(exchange)
        trouble = Trouble(instead=instead) if instead else self._trouble(exchange)
        answer = trouble.instead or await self._answered(exchange, receive)
        if answer.rule:
            where = (exchange.method, exchange.path)
            log.info("%s %s broke %s: %s", *where, answer.rule, answer.reason)
        if exchange.operation and exchange.operation.issues_tokens:
            answer = as_token_error(answer)
        answer = as_page(exchange, exchange.operation, answer)
        answer = self._labelled(exchange, answer)
        answer = self._bent(exchange, answer)
        raised_later(self._mock, exchange, answer, trouble.raising)
        answer = self._spoilt(exchange, answer, trouble)
        if not instead:
            note(self._mock, exchange, answer)
        return answer, trouble

    def _bent(self, exchange: Exchange, answer: Answer) -> Answer:
        """What miniatures make of an answer, with what they change kept as a call's changes are."""
        with self._changing():
            for bend in self._bends:
                answer = evolve(bend(exchange, answer), made=None)
        return answer

    def _failed(self) -> Answer:
        return Answer(self._contract.refusal("failed")["status"], error(""))

    def _trouble(self, exchange: Exchange) -> Trouble:
        """What goes wrong with this request on purpose; the mock's controls never do."""
        operation = self._routes.find(exchange.path)[0].get(exchange.verb)
        if not isinstance(operation, Operation) or operation.id not in self._mock.operations:
            return Trouble()
        trouble = self._faulty.trouble(exchange, operation.id)
        if trouble.instead:
            exchange.operation = operation
        return trouble

    def _spoilt(self, exchange: Exchange, answer: Answer, trouble: Trouble) -> Answer:
        if trouble.after is None:
            return answer
        labels = {"x-wix-request-id", *self._gate.headers(exchange)}
        kept = {name: answer.headers[name] for name in labels & answer.headers.keys()}
        return evolve(trouble.after, headers={**trouble.after.headers, **kept})

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
        except Gone:
            raise
        except Exception:
            log.exception("%s %s failed", exchange.method, exchange.path)
            return self._failed()

    def _refused(self, broken: RuleBroken) -> Answer:
        try:
            return refusal(broken, self._contract.rules)
        except LookupError:
            # Only a miniature refuses by a rule that can't be broken: a failure, not an escape.
            log.exception("a refusal that the rule book does not know")
            return self._failed()

    async def _called(self, exchange: Exchange, receive: Receive) -> Answer:
        methods, path = self._routes.find(exchange.path)
        operation = methods.get(exchange.verb)
        if operation is None:
            return self._not_offered(exchange, methods)
        if isinstance(operation, NotServed):
            return self._directory.left_out(exchange.verb, exchange.path, operation)
        if isinstance(operation, OpenRead):
            return await self._read_openly(operation, exchange, path, receive)
        exchange.operation = operation
        if operation.id == _SETS_PENDING:
            # Where there is no such operation, nothing that is said to it matters.
            named = self._mock.rules_in(self._mock.known(exchange.header(b"authorization"))[1])
            named.require(confirm.set_by_call)
        query = operation.read_query(exchange.query_string)
        access = self._access(operation, exchange, path, query)
        rules = access.world.shared.rules
        if operation.encoded:
            body = self._held(read_encoded(query.get(operation.encoded), rules))
        else:
            body = await self._body(operation, exchange, receive, rules)
        operation.check(path, query, body)
        access = self._entered(access)
        rules = access.world.shared.rules
        if access.caller:
            rules.require(envelopes.may_override, access.caller.kind, overridden(body))
        exchange.call = self._call(operation, access, path, query, body, exchange)
        _require_same_ids(path, query, body, rules)
        if operation.advisor:
            exchange.advice = operation.advisor.advice(exchange.call, exchange.query_string)
        return await self._done(operation, exchange.call)

    async def _read_openly(
        self, read: OpenRead, exchange: Exchange, path: Mapping[str, str], receive: Receive
    ) -> Answer:
        """What the reader answers, where its reads are offered by the writer too."""
        named = self._mock.rules_in(self._mock.known(exchange.header(b"authorization"))[1])
        named.require(envelopes.not_read_here, f"{read.by}, POST {read.at}")
        reader = self._compiled[read.by]
        access = self._access(reader, exchange, {}, {})
        rules = access.world.shared.rules
        sent = None if path else await self._body(reader, exchange, receive, rules)
        body = read.asked(path, sent)
        reader.check({}, {}, body)
        access = self._entered(access)
        exchange.call = self._call(reader, access, {}, {}, body, exchange)
        page = await self._done(reader, exchange.call)
        return Answer(200, read.answered(path, page.body, rules))

    async def _done(self, operation: Operation, call: Call) -> Answer:
        """The answer to a call, put into bytes before any of what it changed counts.

        Whatever goes wrong until then leaves all as it was, but for refusals: whoever refuses has
        seen to that. What was asked for and can't be told is asked for in vain.
        """
        with self._changing(unless=_REFUSALS) as changes:
            said = await operation.handler(call)
            if operation.text:
                return Answer(200, None, text=said, media_type=operation.text)
            answer = _checked(said, operation)
            try:
                answer = evolve(answer, made=orjson.dumps(answer.body))
            except orjson.JSONEncodeError as error:
                if not changes:
                    raise
                reason = f"asks for what could not be answered: {error}"
                raise ShapeBroken([Violation("body", reason)]) from error
        return answer

    @contextmanager
    def _changing(
        self, unless: tuple[type[Exception], ...] = ()
    ) -> Iterator[Sequence[tuple[World, object]]]:
        """Change all that is changed inside, or nothing, and make the worlds that are changed."""
        changes: Sequence[tuple[World, object]] = ()
        try:
            with self._mock.worlds.changes.all_or_nothing(unless) as changes:
                yield changes
        finally:
            for name in dict.fromkeys(world.name for world, _ in changes):
                self._mock.worlds.keep(name)

    def _entered(self, access: Access) -> Access:
        """Whoever calls, in the world as it is now that all that was sent is there."""
        world = access.world
        return evolve(access, world=self._mock.worlds.enter(world.site.name, world.name))

    def _path_of(self, operation: str) -> str:
        paths = self._contract.document["paths"]
        methods = ((path, item) for path in paths for item in paths[path].values())
        named = (
            p for p, m in methods if isinstance(m, Mapping) and m.get("operationId") == operation
        )
        return str(next(named))

    def _not_offered(self, exchange: Exchange, methods: Mapping[str, Any]) -> Answer:
        offered = [name for name, target in methods.items() if isinstance(target, Operation)]
        if not offered:
            return self._directory.not_served(exchange.path)
        allow = ", ".join(sorted({*offered, *(["HEAD"] if "GET" in offered else [])}))
        status = self._contract.refusal("methodNotOffered")["status"]
        told = allow.replace(", ", " or ")
        return Answer(status, error(f"only {told} is offered here"), headers={"allow": allow})

    def _access(
        self,
        operation: Operation,
        exchange: Exchange,
        path: Mapping[str, str],
        query: Mapping[str, Any],
    ) -> Access:
        token = exchange.header(b"authorization")
        if operation.credential:
            return guest(self._mock, path[operation.credential])
        if operation.open:
            return control(self._mock, token, query)
        site_id = exchange.header(b"wix-site-id")
        return authorised(self._mock, operation, token, site_id, self._contract.rules)

    async def _body(
        self, operation: Operation, exchange: Exchange, receive: Receive, rules: Rulebook
    ) -> Any:
        limit = self._contract.body_limit
        sent = await read_body(receive, limit, rules, exchange.header(b"content-length"))
        coding = exchange.header(b"content-encoding")
        raw = unpacked(sent, coding, self._contract.codings, limit, rules)
        if operation.body is None or not (raw or operation.body_required):
            return None
        media_type = exchange.header(b"content-type")
        if exchange.is_control and raw:
            rules.require(said_to_be_json, media_type)
        form = read_form(raw, media_type) if operation.takes_forms else None
        if form is not None:
            return self._held(form)
        body = self._held(read_json(raw, media_type, rules))
        # Nearly no body has an underscore in it: only those are worth a walk.
        spelt = operation.issues_tokens
        if b"_" in raw and not spelt and rules(envelopes.reads_snake_case)():
            renamed = in_camel_case(body, self._contract.free_form)
            exchange.renamed = renamed != body
            return renamed
        return body

    def _held(self, sent: Any) -> Any:
        """What was sent, if it can be looked through; raises ShapeBroken where it is too much."""
        overflow = self._contract.bounds.overflow(sent)
        if overflow:
            raise ShapeBroken(overflow.listed)
        return sent

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
        labels = {"x-wix-request-id": self._mock.new_request_id(), **self._gate.headers(exchange)}
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


def _checked(body: Any, operation: Operation) -> Answer:
    shape = operation.answers["200"]
    if not shape.holds(body):
        wrong = "; ".join(f"{v.field} {v.description}" for v in shape.violations(body).listed)
        raise AssertionError(f"the answer of {operation.id} is not the declared one: {wrong}")
    return Answer(200, body)


@frozen
class _Response:
    status: int
    headers: list[tuple[bytes, bytes]]
    payload: bytes


def _response(answer: Answer) -> _Response:
    """An answer as it goes out; making it is the last that may fail."""
    payload, media_type = _payload(answer)
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    if answer.status != _NO_CONTENT:
        headers.append((b"content-type", media_type))
        headers.append((b"content-length", str(len(payload)).encode()))
    return _Response(answer.status, headers, payload)


def _payload(answer: Answer) -> tuple[bytes, bytes]:
    if answer.text is not None:
        return answer.text.encode(), f"{answer.media_type}; charset=utf-8".encode()
    if answer.made is not None:
        return answer.made, b"application/json"
    return b"" if answer.body is None else orjson.dumps(answer.body), b"application/json"


async def _send(response: _Response, method: str, send: Send) -> None:
    start = {"status": response.status, "headers": response.headers}
    await send({"type": "http.response.start", **start})
    payload = b"" if method == "HEAD" else response.payload
    await send({"type": "http.response.body", "body": payload})
