"""A server that answers what a test puts in its mouth, and the judge's own pieces around it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from attrs import define, field
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from bookings_contract.embedded import embedded
from bookings_contract.target.model import Caller, Service, Target
from bookings_contract.target.places import PlacePool
from bookings_contract.testkit import shapes
from bookings_contract.testkit.client import Client, Wire
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.record import Record

from .mocks import touched_today

# Files whose tests share nothing, so that any process may run any of them.
SCATTERED = frozenset({"test_miniatures.py", "test_further_miniatures.py", "test_readings.py"})
# What takes longest at a stretch comes first, lest one process ends long after the other.
LONG = ("test_whole.py", "test_plain_server.py", "test_command.py", "test_plain_pytest.py")

BOOKING = "8f2c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes longest."""
    items.sort(key=lambda item: LONG.index(name) if (name := item.path.name) in LONG else len(LONG))


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Keeps the tests of a file in one process, for they share mocks; those of SCATTERED do not."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.rpartition("/")[2] in SCATTERED else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Says which process runs what, where there are several."""
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where wrong servers were judged, says which the change at hand touches and which wait."""
    reports = [one for found in terminalreporter.stats.values() for one in found]
    if not any("test_further_miniatures.py" in getattr(one, "nodeid", "") for one in reports):
        return
    touched = touched_today()
    terminalreporter.write_line(touched.summary)
    if touched.left_out:
        left = ", ".join(touched.left_out)
        terminalreporter.write_line(f"left out for time, and judged by no test today: {left}")


@define
class Canned:
    """Answers in order, and keeps what it was asked."""

    answers: list[httpx.Response] = field(factory=list)
    requests: list[httpx.Request] = field(factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answers.pop(0)

    def books(self, status: str = "CREATED", revision: str = "1", **more: object) -> None:
        """Next: a booking."""
        booking = {"id": BOOKING, "status": status, "revision": revision, **more}
        self.says(200, {"booking": {"bookedEntity": {"slot": {}}, **booking}})

    def shows(self, status: str, revision: str, **more: object) -> None:
        """Next: the reader's view of the booking."""
        booking = {"id": BOOKING, "status": status, "revision": revision, **more}
        self.says(200, {"extendedBookings": [{"booking": booking}]})

    def refuses(self, status: int, code: str | None = None) -> None:
        """Next: a refusal."""
        details: dict[str, Any] = {"applicationError": {"code": code}} if code else {}
        self.says(status, {"message": "no", "details": details})

    def says(self, status: int, body: object = None, **headers: str) -> None:
        """Next: anything."""
        sent = {"x-wix-request-id": "1", **headers}
        self.answers.append(httpx.Response(status, json=body, headers=sent))


@pytest.fixture
def server() -> Canned:
    return Canned()


@pytest.fixture
def target() -> Target:
    yoga = Service(
        name="yoga",
        kind="class",
        id="1d7f3f0a-2b6b-4d52-8a53-2f2d2a1f7e01",
        sessions=[
            {"id": f"session-{n}-of-36-characters-0123456", "capacity": n} for n in (1, 2, 10)
        ],
    )
    return Target(
        url="http://target.test",
        may_notify=True,
        callers={"owner": Caller("owner", "secret-token")},
        services={"yoga": yoga},
    )


@pytest.fixture
def make_client(server: Canned, target: Target) -> Callable[..., Client]:
    def make(record: Record | None = None, on: Target = target, **how: Any) -> Client:
        wire = Wire(on, httpx.MockTransport(server))
        return Client(wire, record or Record(), **how)

    return make


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()


@pytest.fixture
def expect(client: Client) -> Expect:
    return Expect(client.record, Given(client, PlacePool(client.target)))


@pytest.fixture
def watched(make_client: Callable[..., Client]) -> Client:
    """A client whose every answer is judged by its shape."""
    return make_client(observers=(shapes.observe,))


@pytest.fixture
def mock() -> Iterator[tuple[Target, httpx.BaseTransport]]:
    with embedded() as found:
        yield found
