"""Appointments that follow one another without a gap, to be booked as one."""

from collections.abc import Sequence
from typing import Any

from bookings_contract.findings.problems import NotJudged
from bookings_contract.target.model import Service
from bookings_contract.target.places import Place
from bookings_contract.testkit.given import Given

# So many slots are looked through for neighbours; others may take some in between.
TRIES = 12


def bodies(given: Given, number: int) -> list[dict[str, Any]]:
    """As many appointments, each beginning when the one before it ends, for one customer."""
    made: list[dict[str, Any]] = [
        given.body(place)["booking"] for place in neighbours(given, number)
    ]
    contact = made[0]["contactDetails"]
    return [{**one, "contactDetails": contact} for one in made]


def neighbours(given: Given, number: int) -> Sequence[Place]:
    service = gapless(given)
    found: list[Place] = []
    for _ in range(TRIES + number):
        place = given.slot(service)
        found = [*found, place] if found and found[-1].end == place.start else [place]
        if len(found) == number:
            return found
    raise NotJudged(f"{service.name} has no {number} slots in a row that are free")


def gapless(given: Given) -> Service:
    """An appointment's service whose slots follow one another without a gap."""
    found = given.client.target.all_services(
        "appointment", book="open", cancel="allowed", reschedule="allowed"
    )
    rows = [one for one in found if one.slots and one.length in (None, one.slots.step)]
    if not rows:
        raise NotJudged("the target names no appointment whose slots follow one another")
    return rows[0]
