"""Servers that are wrong in a way that no rule's own switch produces, by section of the API."""

from collections.abc import Mapping

from bookings_mock.miniatures.further.answers import ANSWERS
from bookings_mock.miniatures.further.attending import ATTENDING
from bookings_mock.miniatures.further.callers import CALLERS
from bookings_mock.miniatures.further.creation import CREATION
from bookings_mock.miniatures.further.gateway import GATEWAY
from bookings_mock.miniatures.further.in_bulk import BULK
from bookings_mock.miniatures.further.life_cycle import LIFE_CYCLE
from bookings_mock.miniatures.further.lists import LISTS_OF_V1
from bookings_mock.miniatures.further.moves import MOVES
from bookings_mock.miniatures.further.offering import OFFERING
from bookings_mock.miniatures.further.purchases import PURCHASES
from bookings_mock.miniatures.further.reader import READER
from bookings_mock.miniatures.further.revisions import REVISIONS
from bookings_mock.miniatures.further.seats import SEATS
from bookings_mock.miniatures.further.settling import SETTLING
from bookings_mock.miniatures.further.telling import TELLING
from bookings_mock.miniatures.miniature import Miniature

__all__ = ["FURTHER", "SECTIONS"]

SECTIONS: Mapping[str, tuple[Miniature, ...]] = {
    "callers": CALLERS,
    "answers": ANSWERS,
    "pages of other origins": GATEWAY,
    "revisions": REVISIONS,
    "creation": CREATION,
    "bulk": BULK,
    "seats": SEATS,
    "life cycle": LIFE_CYCLE,
    "settling": SETTLING,
    "purchases": PURCHASES,
    "offering": OFFERING,
    "moves": MOVES,
    "V1 list": LISTS_OF_V1,
    "reader": READER,
    "attendance": ATTENDING,
    "events and messages": TELLING,
}

FURTHER: tuple[Miniature, ...] = tuple(one for part in SECTIONS.values() for one in part)
