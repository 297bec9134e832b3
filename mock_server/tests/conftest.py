"""A mock in process, and the few words in which these tests speak to it."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from bookings_mock import create_app
from bookings_mock.app import build
from bookings_mock.inprocess import transport
from bookings_mock.mock import Mock

WRITER = "/bookings/v2/bookings"
READER = "/_api/bookings-reader/v2/extended-bookings/query"


class Api:
    """The mock's operations, as a client sends them."""

    def __init__(self, client: httpx.Client, mock: Mock | None = None) -> None:
        self.http = client
        self.mock = mock
        self.site: dict[str, Any] = client.get("/_mock/site").json()
        self.services = self.site["services"]

    def session(self, service: str = "yoga", capacity: int | None = None, nth: int = 0) -> Any:
        sessions = self.services[service]["sessions"]
        return [s for s in sessions if capacity in (None, s["capacity"])][nth]

    def slot(self, service: str = "haircut", nth: int = 0) -> dict[str, Any]:
        from datetime import datetime, timedelta

        facts = self.services[service]
        start = datetime.fromisoformat(facts["slots"]["start"]) + timedelta(
            minutes=facts["slots"]["step"] * nth
        )
        end = start + timedelta(minutes=facts["length"])
        return {
            "serviceId": facts["id"],
            "scheduleId": facts["schedule_id"],
            "startDate": start.isoformat(),
            "endDate": end.isoformat(),
            "timezone": facts["timezone"],
            "resource": {"id": facts["resource_id"]},
        }

    def entity(self, service: str, **session: Any) -> dict[str, Any]:
        facts = self.services[service]
        if facts["kind"] == "course":
            return {"schedule": {"scheduleId": facts["schedule_id"]}}
        if facts["kind"] == "appointment":
            return {"slot": self.slot(service, session.get("nth", 0))}
        return {"slot": {"sessionId": self.session(service, **session)["id"]}}

    def create(
        self,
        service: str = "yoga",
        participants: int = 1,
        token: str = "owner-token",
        flow: dict[str, Any] | None = None,
        session: dict[str, Any] | None = None,
        **booking: Any,
    ) -> httpx.Response:
        body = {
            "booking": {
                "bookedEntity": self.entity(service, **(session or {})),
                "totalParticipants": participants,
                "contactDetails": {"firstName": "Ada", "email": "ada@example.com"},
                **booking,
            },
            "flowControlSettings": flow or {},
        }
        return self.post(WRITER, body, token)

    def act(self, booking: dict[str, Any], action: str, **body: Any) -> httpx.Response:
        body = {"revision": booking["revision"], **body}
        return self.post(f"{WRITER}/{booking['id']}/{action}", body)

    def settle(self, booking: dict[str, Any], **body: Any) -> httpx.Response:
        return self.post(f"/bookings/v2/confirmation/{booking['id']}:confirmOrDecline", body)

    def read(self, booking_id: str) -> dict[str, Any]:
        found = self.post(READER, {"query": {"filter": {"id": booking_id}}}).json()
        (entry,) = found["extendedBookings"]
        booking: dict[str, Any] = entry["booking"]
        return booking

    def post(self, path: str, body: Any, token: str = "owner-token") -> httpx.Response:
        return self.http.post(path, json=body, headers={"authorization": token})

    def booked(self, service: str = "yoga", **wish: Any) -> dict[str, Any]:
        answer = self.create(service, **wish)
        assert answer.status_code == 200, answer.text
        booking: dict[str, Any] = answer.json()["booking"]
        return booking

    def done(self, answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        booking: dict[str, Any] = answer.json()["booking"]
        return booking


@pytest.fixture
def serve() -> Iterator[Callable[..., Api]]:
    clients: list[httpx.Client] = []

    def served(**options: Any) -> Api:
        built = build(**options)
        client = httpx.Client(transport=transport(built.app), base_url="http://mock")
        clients.append(client)
        return Api(client, built.mock)

    yield served
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def plain() -> Iterator[httpx.Client]:
    """One plain mock for all tests that need no other: making one takes a quarter of a second."""
    with httpx.Client(transport=transport(create_app()), base_url="http://mock") as client:
        yield client


@pytest.fixture
def api(plain: httpx.Client) -> Api:
    """The plain mock with its default world as new; other worlds are named by each test itself."""
    plain.post("/_mock/reset")
    return Api(plain)


def code(answer: httpx.Response) -> str | None:
    error = answer.json()["details"].get("applicationError") or {}
    return error.get("code")
