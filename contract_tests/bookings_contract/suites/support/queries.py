"""What the suites about queries share: fields, operators, what a filter has to find, and walks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from bookings_contract.findings.exchange import GUID, Answer, Seen
from bookings_contract.findings.operations import operation
from bookings_contract.findings.problems import NotReached
from bookings_contract.suites.support.calls import KINDS, reached, unknown_id
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.comparable import STAMPS, exactness, values
from bookings_contract.testkit.given import Given

QUERY, COUNT = "queryExtendedBookings", "countExtendedBookings"

_WITHOUT = ("$ne", "$nin")
_BOUNDS = ("$gt", "$gte", "$lt", "$lte")
# So many bookings are well within what one bulk call takes.
_BULK = 30


def filters(name: str) -> Mapping[str, Sequence[str]]:
    """The fields that an operation's queries filter by, with their operators."""
    found: Mapping[str, Sequence[str]] = operation(name).definition["x-filters"]
    return found


def open_operators(name: str) -> frozenset[str]:
    """The operators that not every source has: these may be refused."""
    return frozenset(operation(name).definition.get("x-open-operators", ()))


def sorts(name: str) -> Mapping[str, Sequence[str]]:
    """The fields that an operation's queries sort by, with their directions."""
    found: Mapping[str, Sequence[str]] = operation(name).definition["x-sorts"]
    return found


def written(value: Any) -> Any:
    """A value as a filter takes it."""
    if isinstance(value, list):
        return [written(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


# What a filter has to find


@frozen
class Sample:
    """One operator with one operand; without an operator it is implied."""

    operator: str
    operand: Any
    implied: bool = False

    @property
    def condition(self) -> Any:
        """As it stands in a filter."""
        return written(self.operand) if self.implied else {self.operator: written(self.operand)}

    def passes(self, shown: Sequence[Any], field: str) -> bool | None:
        """Whether a record with these values passes; None where that is open.

        Nothing says whether what has no value differs from a value.
        """
        if not shown:
            return None if self.operator in _WITHOUT else False
        if field in STAMPS and self.operator not in ("$lt", "$gte"):
            wanted = self.operand if isinstance(self.operand, list) else [self.operand]
            if any(abs(value - one) < exactness(value) for value in shown for one in wanted):
                return None
        return _passes(shown, self.operator, self.operand)


def _passes(shown: Sequence[Any], operator: str, operand: Any) -> bool:
    if operator == "$hasAll":
        return all(one in shown for one in operand)
    if operator in ("$in", "$nin", "$hasSome"):
        return any(one in shown for one in operand) is not (operator == "$nin")
    if operator in ("$eq", "$ne"):
        return (operand in shown) is (operator == "$eq")
    (value,) = shown
    if value == operand:
        return operator in ("$gte", "$lte")
    return bool(value > operand) is (operator in ("$gt", "$gte"))


def samples(
    records: Iterable[Mapping[str, Any]], field: str, operators: Sequence[str], given: Given
) -> Iterator[Sample]:
    """Operands for every operator of a field, made of what the records show under it."""
    known = sorted({value for record in records for value in values(record, field)})
    if not known:
        return
    least, most = known[0], known[-1]
    nobody = stranger(most, given)
    for operator in operators:
        if operator == "$eq":
            yield Sample("$eq", least)
            yield Sample("$eq", most, implied=True)
            yield from (Sample("$eq", one) for one in nobody)
        elif operator in _BOUNDS or operator == "$ne":
            yield from (Sample(operator, value) for value in dict.fromkeys((least, most)))
        else:
            yield Sample(operator, [least, *nobody])
            yield Sample(operator, list(dict.fromkeys((least, most))))
    if "$in" in operators:
        yield Sample("$in", [most, *nobody], implied=True)


def stranger(value: Any, given: Given) -> list[Any]:
    """A value of the same kind that nothing has; none where only known words are taken."""
    if isinstance(value, bool):
        return []
    if isinstance(value, datetime):
        return [value + timedelta(days=400)]
    if isinstance(value, int):
        return [value + 5]
    return [unknown_id(given)] if GUID.fullmatch(str(value)) else []


# Bookings to find


def various(given: Given) -> list[Seen]:
    """Bookings that differ as much as the target allows: one of each kind of service."""
    has = [kind for kind in KINDS if given.client.target.all_services(kind, book="open")]
    kinds = has if len(has) > 1 else has * 2
    return shown(given, [given.booking(kind) for kind in kinds])


def shown(given: Given, bookings: Iterable[Seen]) -> list[Seen]:
    """The bookings as the reader shows them, when it shows them all."""
    found = [given.read(booking) for booking in bookings]
    there = [seen for seen in found if seen is not None]
    if len(there) < len(found):
        raise NotReached("the reader does not show a booking that was made")
    return there


@frozen
class Family:
    """Bookings that share an externalUserId, which nobody else's has."""

    name: str
    place: Place
    members: tuple[Seen, ...]

    @property
    def filter(self) -> dict[str, Any]:
        """Finds all of them, and those that join later."""
        return {"externalUserId": self.name}

    @property
    def ids(self) -> list[str]:
        """Their ids, in the order of their making."""
        return [member.id for member in self.members]

    def joined_by(self, given: Given) -> Seen:
        """One more of them, made now."""
        return given.booking(self.place, externalUserId=self.name)


def family(given: Given, size: int, name: str = "family") -> Family:
    """So many bookings of one class, made in bulk; their e-mail addresses sort as they were made.

    A CREATED booking holds no seat, so any number of them has room.
    """
    place, shared = given.place("class"), f"{given.name}-{name}"
    bodies = [_member(given, place, shared, number) for number in range(size)]
    parts = [bodies[first : first + _BULK] for first in range(0, size, _BULK)]
    asked = [{"createBookingsInfo": part, "returnFullEntity": True} for part in parts]
    answers = [reached(given.client.call("bulkCreateBooking", body=one)) for one in asked]
    results = [result for answer in answers for result in answer.at("results")]
    made = [Seen.of(result["item"]) for result in results if result.get("item")]
    by_address = sorted(made, key=lambda seen: seen.email or "")
    if len(by_address) < size or any(seen.raw.get("externalUserId") != shared for seen in made):
        raise NotReached(f"a bulk call made {len(made)} of {size} bookings as they were asked for")
    given.settle()
    return Family(shared, place, tuple(by_address))


def _member(given: Given, place: Place, shared: str, number: int) -> dict[str, Any]:
    # Letters, since languages differ in how they sort digits among other signs.
    letters = f"{chr(97 + number // 26)}{chr(97 + number % 26)}"
    address = f"{shared}-{letters}@example.com"
    contact = {"firstName": "Judge", "lastName": f"Number {letters}", "email": address}
    return given.body(place, externalUserId=shared, contactDetails=contact)


# Pages


def query(client: Client, **query: Any) -> Answer:
    """A query of extended bookings."""
    return client.call(QUERY, body={"query": query})


def ids(answer: Answer) -> list[str]:
    """Which bookings a page shows, in its order."""
    return [seen.id for seen in answer.bookings]


def cursor(answer: Answer, way: str = "next") -> str | None:
    """The cursor to another page, None where there is none."""
    metadata = answer.json.get("pagingMetadata") or {}
    found: str | None = (metadata.get("cursors") or {}).get(way)
    return found or None
