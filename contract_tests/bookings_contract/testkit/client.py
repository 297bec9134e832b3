"""Calls the contract's operations by name, and lets every answer be looked at once in passing.

`Wire` is one run's connection to the target; `Client` is what one test holds: its own world on a
mock, its own record, and good manners towards a target that others use too.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from attrs import define, evolve, field

from bookings_contract.findings.bounds import ANSWER, CODINGS
from bookings_contract.findings.exchange import (
    CONTROL,
    Answer,
    Exchange,
    NotOffered,
    Seen,
    code_of,
    encoded,
    parsed,
    redacted,
)
from bookings_contract.findings.operations import Operation, codes_of, operation
from bookings_contract.findings.parsing import Unparsable
from bookings_contract.findings.problems import (
    OVERDUE,
    NotJudged,
    OutOfTime,
    Unanswered,
    Unjudged,
    Unsendable,
)
from bookings_contract.target.model import Target
from bookings_contract.target.received import Excessive, Received, received
from bookings_contract.target.transport import way_to
from bookings_contract.testkit import leftovers, readback
from bookings_contract.testkit.blame import blaming
from bookings_contract.testkit.cleanup import CANCELATION, Cleanup
from bookings_contract.testkit.cookies import Jars
from bookings_contract.testkit.events import LISTED
from bookings_contract.testkit.pace import Pace
from bookings_contract.testkit.record import Observer, Record

Query = Mapping[str, object] | Sequence[tuple[str, object]]

NOT_OFFERED = (404, 405, 501)
# What is deleted already.
GONE = (404, 410)
# What may stand in front of every address, whether there is something behind it or not.
GATES = (401, 403)
TOO_MANY = 429
# What is shown at the controls that those want to see who follow the target's state.
FOLLOWED = (LISTED,)
# So much of what went wrong on the wire is told: some of it is the target's own words.
SAID = 200
# What asks for a message to be sent to a participant.
MESSAGES = ("notifyParticipants", "sendSmsReminder")


@define
class Wire:
    """One run's connection to the target."""

    target: Target
    transport: httpx.BaseTransport | None = None
    # Operations that have answered as themselves: from then on a 404 of theirs is an answer.
    offered: set[str] = field(factory=set)
    # Operations that were asked for and are not there.
    absent: set[str] = field(factory=set)
    pace: Pace = field(factory=Pace)
    _http: httpx.Client = field(init=False)
    _cookies: Jars = field(factory=Jars)

    def __attrs_post_init__(self) -> None:
        if self.pace.requests_per_minute is None:
            self.pace.requests_per_minute = self.target.requests_per_minute
        self._http = httpx.Client(
            transport=self.transport or way_to(self.target.url),
            base_url=self.target.url,
            timeout=ANSWER,
            headers={"accept-encoding": ", ".join(CODINGS), **self.target.headers},
        )

    def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | None,
        late: bool = False,
    ) -> tuple[Received, float, float]:
        """The response, when it was asked for, and how long it took; NotJudged if too late.

        A target that is asked too fast is asked again, as long as that is of any use. What is
        `late` need not be over when the time is: cleaning up.
        """
        since = self.pace.now()
        for tries in count():
            self.pace.before(late)
            allowed = self.pace.allows(late)
            started, clock = time.time(), time.perf_counter()
            response = self._sent(method, path, headers, content, allowed)
            if not _too_fast(response):
                self.pace.answered()
                break
            self.pace.refused(tries, since, response.headers.get("retry-after"), late)
        return response, started, time.perf_counter() - clock

    def _sent(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | None,
        timeout: float,
    ) -> Received:
        try:
            return self._exchanged(
                self._http.build_request(
                    method, path, headers=dict(headers), content=content, timeout=timeout
                )
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            where = path.partition("?")[0][:80]
            raise Unsendable(f"{method} {where} can't be sent: {error}") from error
        except httpx.HTTPError as error:
            if isinstance(error, httpx.TimeoutException) and timeout < ANSWER:
                raise OutOfTime(OVERDUE) from error
            what = (str(error) or type(error).__name__)[:SAID]
            whole = "whole " if isinstance(error, Excessive) else ""
            where = f"{method} {path.partition('?')[0]}"
            raise Unanswered(f"no {whole}answer to {where}: {what}") from error

    def _exchanged(self, request: httpx.Request) -> Received:
        self._cookies.put_into(request)
        response = self._http.send(request, stream=True)
        try:
            self._cookies.take_from(response)
            self._http.cookies.clear()
            return received(response)
        finally:
            response.close()

    def close(self) -> None:
        """Ends the connection."""
        self._http.close()


@define
class Client:
    """One test's way to the target."""

    wire: Wire
    record: Record = field(factory=Record)
    world: str | None = None
    observers: Iterable[Observer] = ()
    # Whether it only cleans up, which is done however late it is.
    late: bool = False
    _cleanup: Cleanup = field(factory=Cleanup)

    def __attrs_post_init__(self) -> None:
        if not self.late:
            leftovers.watch(self.target, self._cleanup)

    @property
    def target(self) -> Target:
        """What is judged."""
        return self.wire.target

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, object] | None = None,
        query: Query | None = None,
        body: object = None,
        caller: str | None = "owner",
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        token: str | None = None,
    ) -> Answer:
        """Calls an operation by its operationId.

        `body` is sent as JSON, `raw` as it is. `caller` names one of the target's callers, None
        calls without a token, and `token` sends that one instead.
        """
        asked = operation(operation_id)
        self._mind_manners(asked, body)
        sent = self._headers(caller, token, headers or {}, body is not None)
        content = raw if raw is not None else None if body is None else encoded(body)
        url = asked.url(path or {}, self.target.paths) + _query(query)
        response, started, seconds = self._sent(asked, url, sent, content)
        known = caller if token is None else None
        return self._taken(asked, known, url, sent, content, response, started, seconds)

    def send(
        self,
        operation_id: str,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        caller: str | None = "owner",
        token: str | None = None,
    ) -> Answer:
        """Sends a request to an operation that was put together elsewhere, of any method.

        Whether the operation is offered at all is for whoever put it together to find out.
        """
        asked = evolve(operation(operation_id), method=method, recent=False)
        self._mind_manners(asked, parsed((content or b"").decode("utf-8", "replace")))
        sent = self._headers(caller, token, headers, False)
        response, started, seconds = self._sent(asked, url, sent, content)
        known = caller if token is None else None
        return self._taken(asked, known, url, sent, content, response, started, seconds)

    def act(
        self,
        operation_id: str,
        booking: Seen,
        body: Mapping[str, object] | None = None,
        *,
        revision: object = None,
        path: Mapping[str, object] | None = None,
        **how: Any,
    ) -> Answer:
        """Calls an operation on a booking, with its revision where the operation asks for one.

        `revision` sends another one; put it into `body` as None to leave it out. `path` puts
        something else into the path; the rest goes to `call`.
        """
        asked = operation(operation_id)
        content: dict[str, object] = {}
        if asked.revised:
            content["revision"] = self._revision(booking) if revision is None else revision
        content |= body or {}
        if (body or {}).get("revision", content) is None:
            del content["revision"]
        own = dict.fromkeys(asked.parameters, booking.id)
        return self.call(operation_id, path={**own, **(path or {})}, body=content, **how)

    def _revision(self, booking: Seen) -> str:
        """The booking's revision; of one that only the V1 list shows, the one last answered."""
        if not readback.is_glimpse(booking):
            return booking.revision
        known = self._cleanup.known(booking.id)
        if known is None:
            raise NotJudged("the target has no reader, and no answer shows the booking's revision")
        return known.revision

    def offers(self, operation_id: str) -> bool:
        """Whether nothing is known against the target's having an operation."""
        return operation_id not in self.target.without and operation_id not in self.wire.absent

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Asks the mock's controls about this test's world; what is changed there is told."""
        if self.target.control is None:
            raise NotJudged("no [control] url named")
        query = f"?world={self.world}" if self.world else ""
        url = f"{self.target.control}/{path.lstrip('/')}{query}"
        content = None if body is None else encoded(body)
        sent = _json_type(body is not None)
        response, started, seconds = self.wire.send(method, url, sent, content, late=True)
        if response.status_code != 200:
            raise NotJudged(f"the control {path} answered {response.status_code}")
        try:
            told = response.json()
        except Unparsable as why:
            raise NotJudged(f"the control {path} answered what can't be read: {why}") from why
        shown = partial(_controlled, method, url, content, response, started, seconds)
        if method == "GET":
            self.record.look(shown)
            if path.strip("/") in FOLLOWED:
                self._tell(shown())
        else:
            change = shown()
            self._tell(change)
            self.record.intervene(change)
        return told

    def adopt(self, booking: Seen) -> None:
        """Takes a booking for one's own that no answer to a call of one's own has shown."""
        self._cleanup.adopt(booking)

    def tidy(self) -> bool:
        """Leaves the target as it was met: drops the world, or cancels what was booked here.

        Whether nothing of it is left.
        """
        try:
            if self.world is not None:
                reset = f"{self.target.control}/reset?world={self.world}"
                response, _, _ = self.wire.send("POST", reset, {}, None)
                return response.status_code == 200
            if not self.target.ours and not self._take_back():
                return False
        except Unjudged:
            return False  # Nobody is helped by a verdict on cleaning up.
        leftovers.settled(self._cleanup)
        return True

    # Inside

    def _sent(
        self, asked: Operation, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> tuple[Received, float, float]:
        """The response; that there was none is news as well."""
        try:
            return self.wire.send(asked.method, url, headers, content, self.late)
        except Unanswered:
            silent = _unanswered(asked, url, headers, content)
            self._cleanup.meet(silent)
            self._tell(silent)
            raise
        except (OutOfTime, KeyboardInterrupt):
            # It was sent, and may be carried out.
            self._cleanup.meet(_unanswered(asked, url, headers, content))
            raise

    def _tell(self, exchange: Exchange) -> None:
        """Lets those who follow the target's state know of what is no answer to a call."""
        for observer in self.observers:
            for said in observer(exchange):
                self.record.note(said, passing=True)

    def _mind_manners(self, asked: Operation, body: object) -> None:
        if asked.id in self.target.without:
            raise NotJudged(f"the target is without {asked.id}")
        if not self.target.may_notify and _asks_for_a_message(body):
            raise NotJudged("may_notify is not set in [target], so no message may be sent")

    def _headers(
        self, caller: str | None, token: str | None, extra: Mapping[str, str], has_body: bool
    ) -> dict[str, str]:
        headers = _json_type(has_body)
        if token is not None:
            headers["authorization"] = token
        elif caller is not None:
            known = self.target.caller(caller).token
            headers["authorization"] = f"{known}@{self.world}" if self.world else known
        return headers | {key.lower(): value for key, value in extra.items()}

    def _taken(
        self,
        asked: Operation,
        caller: str | None,
        url: str,
        sent: Mapping[str, str],
        content: bytes | None,
        response: Received,
        started: float,
        seconds: float,
    ) -> Answer:
        exchange = Exchange(
            operation=asked.id,
            caller=caller,
            method=asked.method,
            url=f"{self.target.url}{url}",
            path=url,
            request_headers=redacted(sent),
            request_text="" if content is None else content.decode("utf-8", "backslashreplace"),
            status=response.status_code,
            headers=redacted(response.headers),
            text=response.text,
            started=started,
            seconds=seconds,
            reads=asked.reads,
        )
        # First of all, so that whatever ends the test here, it is known what was made.
        self._cleanup.meet(exchange)
        self._look_for_the_operation(asked, exchange)
        before = self.record.add(exchange, self.observers)
        return Answer(exchange, before)

    def _look_for_the_operation(self, asked: Operation, exchange: Exchange) -> None:
        """An operation of today's references only need not be there; it isn't judged then."""
        absent = exchange.status in NOT_OFFERED and exchange.code is None
        if not absent:
            # Whoever asks for a token, or fails, has not said yet that the operation is there.
            if exchange.status not in GATES and exchange.status < 500:
                self.wire.offered.add(asked.id)
        elif asked.recent and asked.id not in self.wire.offered:
            self.wire.absent.add(asked.id)
            reason = f"the target does not offer {asked.id} ({exchange.status})"
            raise NotOffered(reason, exchange)

    def _take_back(self) -> bool:
        """Cancels what this test booked on a target that others use too."""
        quiet = Client(self.wire, late=True)
        with blaming(quiet.record):
            return self._canceled(quiet)

    def _canceled(self, quiet: "Client") -> bool:
        def find(filter: Mapping[str, object]) -> list[Seen]:
            try:
                return readback.find(quiet, filter)
            except Unjudged:
                several = filter.get("id")
                if not isinstance(several, Mapping):
                    raise
                return [readback.unseen(one) for one in several["$in"]]

        def cancel(booking: Seen) -> bool:
            # What no answer shows may have been raised since; only a few calls do that unseen.
            guesses = self._cleanup.revisions(booking)
            tries = (quiet.act("cancelBooking", booking, CANCELATION, revision=n) for n in guesses)
            canceled = any(answer.accepted for answer in tries)
            if canceled:
                self._cleanup.took_back(booking.id)
            return canceled

        for whole in self._cleanup.wholes:
            path = {"multiServiceBookingId": whole}
            if quiet.call("cancelMultiServiceBooking", path=path, body=CANCELATION).accepted:
                self._cleanup.took_back(whole)
        gone = self._cleanup.take_back(find, cancel)
        # Whatever rests on something else was built after it.
        for built, (deletes, parameter) in reversed(self._cleanup.built.items()):
            bodied = "requestBody" in operation(deletes).definition
            body: dict[str, object] | None = {} if bodied else None
            answer = quiet.call(deletes, path={parameter: built}, body=body)
            if answer.accepted or answer.status in GONE:
                self._cleanup.took_back(built)
            else:
                gone = False
        return gone


def _too_fast(response: Received) -> bool:
    """Whether an answer speaks of the rate: a limit of the business says so by its code."""
    of_business = codes_of(TOO_MANY)
    return response.status_code == TOO_MANY and code_of(response.holds) not in of_business


def _unanswered(
    asked: Operation, url: str, sent: Mapping[str, str], content: bytes | None
) -> Exchange:
    """A request that nobody answered; whether it was carried out is anybody's guess."""
    return Exchange(
        operation=asked.id,
        caller=None,
        method=asked.method,
        url=url,
        path=url,
        request_headers=redacted(sent),
        request_text="" if content is None else content.decode("utf-8", "backslashreplace"),
        status=0,
        headers={},
        text="",
        started=time.time(),
        seconds=0.0,
        reads=asked.reads,
    )


def _controlled(
    method: str,
    url: str,
    content: bytes | None,
    response: Received,
    started: float,
    seconds: float,
) -> Exchange:
    """What a target's controls showed, or were told."""
    return Exchange(
        operation=CONTROL,
        caller=None,
        method=method,
        url=url,
        path=urlsplit(url).path,
        request_headers={},
        request_text=(content or b"").decode(),
        status=response.status_code,
        headers=redacted(response.headers),
        text=response.text,
        started=started,
        seconds=seconds,
        reads=method == "GET",
    )


def _json_type(has_body: bool) -> dict[str, str]:
    return {"content-type": "application/json"} if has_body else {}


def _query(query: Query | None) -> str:
    return f"?{urlencode(query, doseq=True)}" if query else ""


def _asks_for_a_message(node: object) -> bool:
    if isinstance(node, Mapping):
        return any(
            (key in MESSAGES and value is True) or _asks_for_a_message(value)
            for key, value in node.items()
        )
    return isinstance(node, list) and any(_asks_for_a_message(part) for part in node)
