"""Lets many clients want the same at once, round after round, and looks who got it.

    python benchmarks/races.py                         50 rounds, as CI does
    python benchmarks/races.py --rounds 1000           the same for longer
    python benchmarks/races.py --clients 200           with more clients, 50 otherwise

Every client has a connection of its own to a mock of its own, and all send at the same moment. Each
round has a world of its own and asks six questions, one after another:

    the last seat       all confirm a booking of the one seat of a class: one is CONFIRMED
    ten seats           all confirm a booking of a class of ten: ten are
    the same time       all book and confirm the same appointment: one has it
    one revision        all change one booking at the revision that all have seen: one does
    one freed place     all who wait for a place that was freed take it: one has it
    one cart            all order the same cart: one order is made of it

Prints the rounds, the winners of each question and how long a round took; ends with 1 where there
was another number of winners, or where the mock's own calendar counts other seats.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from soak import Connection, running
from traffic import APP, READER, WRITER, Request

CONFIRMATION = "/bookings/v2/confirmation"


@frozen
class Round:
    """One world, and the clients that meet there."""

    clients: Sequence[Connection]
    site: dict[str, Any]
    world: str

    async def ask(self, path: str, body: Any, client: int = 0, token: str = "owner-token") -> Any:
        """What a client is answered; its status stands under `status`."""
        sent = json.dumps(body).encode()
        return await self._answered(client, Request("POST", path, sent, f"{token}@{self.world}"))

    async def _answered(self, client: int, request: Request) -> Any:
        status, body = await self.clients[client].answer(request)
        if status >= 500:
            raise SystemExit(f"{status} {request.path}: {body[:300]!r}")
        return {**json.loads(body), "status": status}

    async def at_once(self, asked: Sequence[tuple[str, Any]], token: str = "owner-token") -> Any:
        """The answers to one request of each client, all sent at the same moment."""
        return await asyncio.gather(
            *(self.ask(path, body, n, token) for n, (path, body) in enumerate(asked))
        )

    async def booked(self, session: str, several: int = 1) -> list[dict[str, Any]]:
        """New bookings of a session that hold nothing yet."""
        wanted = {"service": "yoga", "sessionId": session, "count": several}
        made = await self.ask("/_mock/given", {**wanted, "status": "CREATED"})
        bookings: list[dict[str, Any]] = made["bookings"]
        return bookings

    def session(self, capacity: int, nth: int = 0) -> str:
        """The id of a session of yoga with so many seats."""
        sessions = self.site["services"]["yoga"]["sessions"]
        found = [one["id"] for one in sessions if one["capacity"] == capacity]
        return str(found[nth])

    async def seated(self, session: str) -> int:
        """How many the calendar counts in a session."""
        asked = Request("GET", "/_mock/sessions", token=f"owner-token@{self.world}")
        listed = (await self._answered(0, asked))["sessions"]
        return next(int(one["totalNumberOfParticipants"]) for one in listed if one["id"] == session)


def _won(answers: Any, status: str = "CONFIRMED") -> int:
    return sum(one["status"] == 200 and one["booking"]["status"] == status for one in answers)


async def _seats(here: Round, capacity: int, nth: int = 0) -> tuple[int, int]:
    """Who gets the seats of a session, and how many seats the calendar says are taken."""
    session = here.session(capacity, nth)
    bookings = await here.booked(session, len(here.clients))
    path = f"{CONFIRMATION}/{{}}:confirmOrDecline"
    answers = await here.at_once([(path.format(one["id"]), {}) for one in bookings])
    return _won(answers), await here.seated(session)


async def the_last_seat(here: Round) -> bool:
    """One of all has the only seat."""
    return await _seats(here, 1) == (1, 1)


async def ten_seats(here: Round) -> bool:
    """Ten of all have the ten seats."""
    expected = min(10, len(here.clients))
    return await _seats(here, 10) == (expected, expected)


async def the_same_time(here: Round) -> bool:
    """One of all has the appointment."""
    facts = here.site["services"]["haircut"]
    slot = {
        "serviceId": facts["id"],
        "scheduleId": facts["schedule_id"],
        "startDate": facts["slots"]["start"],
        "timezone": facts["timezone"],
        "resource": {"id": facts["resource_id"]},
    }
    slot["endDate"] = _later(facts["slots"]["start"], facts["length"])
    booking = {"bookedEntity": {"slot": slot}, "totalParticipants": 1, "status": "CONFIRMED"}
    answers = await here.at_once([(WRITER, {"booking": booking})] * len(here.clients))
    return _won(answers) == 1


async def one_revision(here: Round) -> bool:
    """One of all changes, cancels or confirms the booking that all have seen."""
    (booking,) = await here.booked(here.session(10, 1))
    moves = [("confirm", {}), ("cancel", {}), ("decline", {})]
    moves.append(("update_number_of_participants", {"totalParticipants": 2}))
    asked = [moves[n % len(moves)] for n in range(len(here.clients))]
    answers = await here.at_once(
        [
            (f"{WRITER}/{booking['id']}/{move}", {"revision": booking["revision"], **body})
            for move, body in asked
        ]
    )
    query = {"query": {"filter": {"id": booking["id"]}}}
    (left,) = (await here.ask(f"{READER}/query", query))["extendedBookings"]
    return (
        sum(one["status"] == 200 for one in answers) == 1
        and int(left["booking"]["revision"]) == int(booking["revision"]) + 1
    )


async def one_freed_place(here: Round) -> bool:
    """One has the place that was freed, however often it is taken."""
    session = here.session(1, 1)
    (held,) = await here.booked(session)
    sure = await here.ask(f"{WRITER}/{held['id']}/confirm", {"revision": "1"})
    waiting = {"waitingResource": session, "formInfo": {"contactDetails": {"email": "a@b.example"}}}
    registered = (await here.ask("/bookings/v1/waitlist/register", waiting))["registrationId"]
    again = {"revision": sure["booking"]["revision"]}
    await here.ask(f"{WRITER}/{held['id']}/cancel", again)
    taken = ("/bookings/v1/waitlist/enroll", {"registrationId": registered})
    answers = await here.at_once([taken] * len(here.clients))
    won = sum(one["status"] == 200 for one in answers)
    return won == 1


async def one_cart(here: Round) -> bool:
    """One order is made of a cart."""
    (booking,) = await here.booked(here.session(10, 2))
    reference = {"appId": APP, "catalogItemId": booking["id"]}
    lines = {"catalogItems": [{"quantity": 1, "catalogReference": reference}]}
    cart = (await here.ask("/ecom/v2/carts", lines, token="visitor-token"))["cart"]
    placing = (f"/ecom/v2/carts/{cart['id']}/place-order", {})
    answers = await here.at_once([placing] * len(here.clients), "visitor-token")
    return sum(one["status"] == 200 for one in answers) == 1


QUESTIONS: tuple[Callable[[Round], Any], ...] = (
    the_last_seat,
    ten_seats,
    the_same_time,
    one_revision,
    one_freed_place,
    one_cart,
)


def _later(text: str, minutes: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(minutes=minutes)).isoformat()


async def raced(port: int, rounds: int, clients: int, until: float) -> tuple[int, Counter[str]]:
    """How many rounds there were, and how often each question had the wrong answer."""
    wrong: Counter[str] = Counter()
    each = [Connection(port) for _ in range(clients)]
    site = json.loads((await each[0].answer(Request("GET", "/_mock/site")))[1])
    done = 0
    while done < rounds and time.perf_counter() < until:
        here = Round(each, site, f"race-{done}")
        for question in QUESTIONS:
            wrong[question.__name__] += not await question(here)
        await here.ask("/_mock/reset", {})
        done += 1
    for client in each:
        client.close()
    return done, wrong


def main() -> int:
    """Race, and say who won."""
    options = _options()
    began = time.perf_counter()
    with running() as (port, _):
        until = began + options.seconds
        done, wrong = asyncio.run(raced(port, options.rounds, options.clients, until))
    took = time.perf_counter() - began
    print(f"{done} rounds of {options.clients} clients, {took / max(done, 1):.2f} s each")
    for name in (question.__name__ for question in QUESTIONS):
        right = done - wrong[name]
        print(f"{name.replace('_', ' '):<18}{right:>6} as it should be, {wrong[name]} not")
    return 1 if wrong.total() or not done else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=50, help="how many (50)")
    parser.add_argument("--clients", type=int, default=50, help="at once (50)")
    parser.add_argument("--seconds", type=float, default=86_400, help="at most so long (a day)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
