"""The judge as a guest: on a mock that it does not know for one, which others use meanwhile.

`BOOKINGS_SEEDS=1` has it judge by every rule; otherwise by a few that leave traces.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from attrs import define, evolve, field

from bookings_contract.embedded import embedded
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.runner.judge import judge
from bookings_contract.target.model import Service, Target

WHOLE = bool(os.environ.get("BOOKINGS_SEEDS"))
# Rules whose tests confirm, move, fill sessions, register, book in bulk and count what there is.
SOME = (
    *("CONFIRM-1", "CANCEL-3", "CREATE-7", "RESCHEDULE-3", "BULK-2", "WAITLIST-1", "NOTIFY-1"),
    *("CONFIRMATION-7", "PARTICIPANTS-5", "ATTENDANCE-1", "LIST-2", "READER-5", "REVISION-2"),
)
QUIET = {"participantNotification": {"notifyParticipants": False}, "sendSmsReminder": False}
QUERY = "/_api/bookings-reader/v2/extended-bookings/query"
ALIVE = ("CREATED", "PENDING", "CONFIRMED", "WAITING_LIST")


class OneAtATime(httpx.BaseTransport):
    """A way to a mock in this process that several threads may take."""

    def __init__(self, own: httpx.BaseTransport) -> None:
        self._own, self._lock = own, threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            return self._own.handle_request(request)


@define
class Others:
    """Somebody else who books on the same site."""

    http: httpx.Client
    session: str
    own: set[str] = field(factory=set)

    def books(self, name: str, confirmed: bool = True) -> dict[str, Any]:
        slot = {"slot": {"sessionId": self.session}}
        contact = {"firstName": "Somebody", "email": f"{name}@example.org"}
        booking = {"bookedEntity": slot, "totalParticipants": 1, "contactDetails": contact}
        made = self._posted("/bookings/v2/bookings", {"booking": booking, **QUIET})
        self.own.add(made["id"])
        return self.acts("confirm", made) if confirmed else made

    def acts(self, deed: str, booking: dict[str, Any]) -> dict[str, Any]:
        body = {
            "revision": booking["revision"],
            "participantNotification": QUIET["participantNotification"],
        }
        return self._posted(f"/bookings/v2/bookings/{booking['id']}/{deed}", body)

    def sees(self, filter: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            query = {"filter": filter, "paging": {"limit": 100, "offset": len(found)}}
            page = self.http.post(QUERY, json={"query": query}).json()["extendedBookings"]
            found += page
            if len(page) < 100:
                return found

    def works(self, over: threading.Event) -> None:
        for number in range(60):
            if over.wait(0.02):
                return
            made = self.books(f"passing-{number}", confirmed=bool(number % 2))
            self.acts("cancel", made)

    def _posted(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        booking: dict[str, Any] = answer.json()["booking"]
        return booking


def roomy(target: Target) -> str:
    """The session that a guest would take first."""

    def plain(service: Service) -> bool:
        return not service.manual_approval and service.allows("cancel")

    (service, *_) = target.all_services("class", variants=False, book="open", where=plain)
    return max(service.sessions, key=lambda session: session.capacity or 0).id


@contextmanager
def shared_site() -> Iterator[tuple[Target, httpx.BaseTransport, Others]]:
    """A mock as a target file would describe a stranger's server, and somebody else there."""
    with embedded() as (target, own):
        way = OneAtATime(own)
        token = target.callers["owner"].token
        http = httpx.Client(transport=way, base_url=target.url, headers={"authorization": token})
        guest = evolve(target, control=None, product=None, version=None, may_notify=False)
        yield guest, way, Others(http, roomy(target))


@define
class Visit:
    """What a visit left."""

    report: Report
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]
    alive: list[dict[str, Any]]
    messages: list[dict[str, Any]]


@pytest.fixture(scope="module", params=["documented", "sdk"])
def visit(request: pytest.FixtureRequest) -> Visit:
    with shared_site() as (guest, way, others):
        standing = [others.books(f"standing-{n}", confirmed=bool(n % 2))["id"] for n in range(4)]
        before = others.sees({"id": {"$in": standing}})
        over = threading.Event()
        worker = threading.Thread(target=others.works, args=[over])
        worker.start()
        rules = () if WHOLE else SOME
        suites = ("rules", "lifecycle")
        on = evolve(guest, paths=request.param)
        report = judge(on, rules=rules, suites=suites, transport=way)
        over.set()
        worker.join()
        alive = [e["booking"] for status in ALIVE for e in others.sees({"status": status})]
        return Visit(
            report=report,
            before=before,
            after=others.sees({"id": {"$in": standing}}),
            alive=[one for one in alive if one["id"] not in others.own],
            messages=others.http.get("/_mock/messages").json()["messages"],
        )


def test_others_at_work_are_no_breach(visit: Visit) -> None:
    assert [(one.id, one.first) for one in visit.report.having(Verdict.BROKEN)] == []
    assert [(one.id, one.reason) for one in visit.report.having(Verdict.ERROR)] == []


def test_much_is_judged_of_a_server_without_controls(visit: Visit) -> None:
    kept = {one.id for one in visit.report.having(Verdict.KEPT)}
    assert kept >= {*SOME} - {"NOTIFY-1"}


def test_whatever_was_booked_is_canceled(visit: Visit) -> None:
    assert visit.alive == []


def test_others_bookings_are_as_they_were(visit: Visit) -> None:
    assert len(visit.before) == 4
    assert visit.after == visit.before


def test_nobody_was_written_to(visit: Visit) -> None:
    assert visit.messages == []
