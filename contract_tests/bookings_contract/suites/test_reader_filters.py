"""Query Extended Bookings, filters: what each field and operator finds, and what is refused."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from bookings_contract.findings.exchange import Seen
from bookings_contract.findings.problems import NotJudged, NotReached
from bookings_contract.suites.support.calls import of_rule
from bookings_contract.suites.support.deciding import full, settled
from bookings_contract.suites.support.queries import (
    COUNT,
    QUERY,
    Sample,
    filters,
    ids,
    query,
    samples,
    shown,
    various,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.comparable import values
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

FIELDS = filters(QUERY)
ENTITY, CONTACT, MAKER = "bookedEntity.", "contactDetails.", "createdBy."
PARTICIPANTS, FLAG, DATE = "participantsInfo.", "doubleBooked", "Date"
# Fields that take bookings of their own to say something.
APART = (ENTITY, CONTACT, MAKER, PARTICIPANTS, FLAG)

# Every operator of the query language: those that a field does not list are refused.
OPERATORS = ("$eq", "$ne", "$gt", "$lt", "$in", "$nin", "$hasSome", "$hasAll", "$startsWith")


def fields(*begins: str) -> list[str]:
    """The fields of a topic, by how they begin."""
    return [name for name in FIELDS if name.startswith(begins)]


ITSELF = [name for name in FIELDS if not name.startswith(APART) and not name.endswith(DATE)]
DATES = [name for name in FIELDS if name.endswith(DATE)]


# ── What is found ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("READER-1", "READER-5")
def test_bookings_are_found_by_what_is_booked(scenario: Scenario) -> None:
    _finds(scenario.client, scenario.given, scenario.expect, various(scenario.given), ENTITY)


@pytest.mark.judges("READER-1", "READER-5")
def test_bookings_are_found_by_their_dates(scenario: Scenario) -> None:
    _finds(scenario.client, scenario.given, scenario.expect, various(scenario.given), *DATES)


@pytest.mark.judges("READER-1", "READER-5")
def test_bookings_are_found_by_their_marks_statuses_and_payment(scenario: Scenario) -> None:
    given = scenario.given
    paid, other = _payable(given)
    confirmed = given.booking(
        "class", "CONFIRMED", payment_status="PAID", selectedPaymentOption=paid
    )
    bookings = shown(given, [confirmed, given.booking("class", selectedPaymentOption=other)])
    _finds(scenario.client, given, scenario.expect, bookings, *ITSELF)


@pytest.mark.judges("READER-1", "READER-5")
def test_bookings_are_found_by_their_contacts(scenario: Scenario) -> None:
    bookings = shown(scenario.given, [scenario.given.booking("class") for _ in range(2)])
    _finds(scenario.client, scenario.given, scenario.expect, bookings, CONTACT)


@pytest.mark.judges("READER-1", "READER-5")
@pytest.mark.parametrize("caller", ["app", "member", "visitor"])
def test_bookings_are_found_by_who_made_them(caller: str, scenario: Scenario) -> None:
    given = scenario.given
    made = scenario.client.call("createBooking", body=given.body("class"), caller=caller)
    if not made.accepted:
        raise NotJudged(f"a booking of the {caller} was answered {made.summary}")
    bookings = shown(given, [given.booking("class"), made.booking])
    _finds(scenario.client, given, scenario.expect, bookings, MAKER)


@pytest.mark.judges("READER-1")
@pytest.mark.parametrize("field", ["contactDetails.email", "externalUserId"])
def test_a_part_of_a_text_finds_nothing(field: str, scenario: Scenario) -> None:
    (booking,) = shown(scenario.given, [scenario.given.booking("class")])
    text = str(next(iter(values(booking.raw, field)), ""))
    if len(text) < 8:
        raise NotReached(f"the reader shows no {field} of which a part could be asked for")
    for part in (text[:-3], text[3:]):
        answer = query(scenario.client, filter={field: part})
        if scenario.expect.accepted(answer, "READER-1", circumstance=field):
            scenario.expect.that(
                "READER-1",
                booking.id not in ids(answer),
                expected=f"{part!r} does not find {text!r}",
                actual="the booking is found",
                circumstance=field,
                at=answer,
            )


@pytest.mark.judges("READER-1")
@pytest.mark.parametrize("status", ["CANCELED", "DECLINED"])
def test_what_is_over_is_found_as_well(status: str, scenario: Scenario) -> None:
    booking = scenario.given.booking("class", status)
    scenario.given.settle()
    answer = query(scenario.client, filter={"id": booking.id})
    if scenario.expect.accepted(answer, "READER-1", circumstance=status):
        scenario.expect.equal(
            "READER-1", ids(answer), [booking.id], of="ids", circumstance=status, at=answer
        )


@pytest.mark.judges("READER-1", "READER-5")
def test_bookings_are_found_by_how_many_come(scenario: Scenario) -> None:
    sizes = [scenario.given.booking("class", participants=number) for number in (1, 2)]
    _finds(
        scenario.client,
        scenario.given,
        scenario.expect,
        shown(scenario.given, sizes),
        "participantsInfo.type.totalParticipants.value",
    )


@pytest.mark.judges("READER-1", "READER-5")
def test_bookings_are_found_by_their_choices(scenario: Scenario) -> None:
    given = scenario.given
    service = given.service("class", variants=True, book="open")
    one, *others = service.choices[0].values
    several = {one: 1, others[0]: 1} if others else {one: 2}
    made = [given.booking(service, choices={one: 1}), given.booking(service, choices=several)]
    bookings = shown(given, [*made, given.booking("class")])
    _finds(
        scenario.client,
        given,
        scenario.expect,
        bookings,
        "participantsInfo.type.participantsChoices.",
    )


@pytest.mark.judges("READER-1", "READER-5", needs=("reader", "exclusive_session"))
def test_double_booked_bookings_are_found(scenario: Scenario) -> None:
    _, late = full(scenario, "class")
    answer = settled(scenario.client, late, "PAID")
    if not answer.accepted or not answer.booking.double_booked:
        raise NotReached(f"a paid double booking was answered {answer.summary}, not doubleBooked")
    bookings = shown(scenario.given, [answer.booking, scenario.given.booking("class")])
    _finds(scenario.client, scenario.given, scenario.expect, bookings, FLAG)


def _payable(given: Given) -> Sequence[str | None]:
    """Two payment options of the plain class, as far as it has them."""
    options = given.place("class").service.payment_options
    return (options[0], options[-1]) if options else (None, None)


def _finds(
    client: Client, given: Given, expect: Expect, bookings: Sequence[Seen], *begins: str
) -> None:
    """Each operator of these fields finds those of the bookings that it has to."""
    judged = False
    for field in fields(*begins):
        asked = samples([b.raw for b in bookings], field, FIELDS[field], given)
        for number, sample in enumerate((*asked, *_misplaced(bookings, field))):
            judged = True
            found = _found(client, expect, bookings, field, sample)
            if found is None:
                break
            if number == 0:
                _counted(client, expect, {**_own(bookings, field), field: sample.condition}, found)
    if not judged:
        raise NotJudged(f"no booking here shows a value under {', '.join(begins)}…")


def _misplaced(bookings: Sequence[Seen], field: str) -> Iterator[Sample]:
    """What the other kinds of entity show under the same name: no slot has a course's schedule."""
    here, there = ("slot", "schedule") if ".slot." in field else ("schedule", "slot")
    other = field.replace(f".{here}.", f".{there}.")
    if other != field and "$eq" in FIELDS[field]:
        known = {value for b in bookings for value in values(b.raw, other)}
        yield from (Sample("$eq", value) for value in sorted(known))


def _found(
    client: Client, expect: Expect, bookings: Sequence[Seen], field: str, sample: Sample
) -> int | None:
    """How many of the bookings a sample finds; None where it finds others than it has to."""
    about = f"{field} {'bare value' if sample.implied else sample.operator}"
    answer = query(client, filter={**_own(bookings, field), field: sample.condition})
    if not expect.accepted(answer, "READER-1", circumstance=about):
        return None
    passes = {b.id: sample.passes(values(b.raw, field), field) for b in bookings}
    found = set(ids(answer))
    due = {one for one in passes if passes[one]}
    right = due <= found <= {one for one in passes if passes[one] is not False}
    holds = expect.that(
        "READER-1",
        right,
        expected=f"{field} {sample.condition} finds {_named(due, bookings, field)}",
        actual=_named(found, bookings, field),
        circumstance=about,
        at=answer,
    )
    return len(found) if holds else None


def _counted(client: Client, expect: Expect, filter: Mapping[str, Any], found: int) -> None:
    answer = client.call(COUNT, body={"filter": filter})
    if expect.accepted(answer, "READER-1", circumstance="counted"):
        expect.equal("READER-5", answer.at("count"), found, of="count", at=answer)


def _own(bookings: Sequence[Seen], field: str) -> dict[str, Any]:
    """What keeps others' bookings out, by another field than the one that is judged."""
    if field == "id":
        return {"externalUserId": {"$in": [b.raw.get("externalUserId") for b in bookings]}}
    return {"id": {"$in": [b.id for b in bookings]}}


def _named(found: set[str], bookings: Sequence[Seen], field: str) -> str:
    """Bookings by what they show under the field."""
    own = {b.id: ", ".join(map(str, values(b.raw, field))) or "none" for b in bookings}
    told = sorted(f"one with {own[one]}" if one in own else "somebody else's" for one in found)
    return " and ".join(told) or "nothing"


# ── How filters combine ───────────────────────────────────────────────────────────────────────────


def _combinations(a: str, b: str, c: str) -> Iterator[tuple[str, Mapping[str, Any], set[str]]]:
    """Filters over three bookings, and which they find."""
    all_three = {"id": {"$in": [a, b, c]}}
    yield "several fields", {"id": {"$in": [a, b]}, "externalUserId": f"of {b}"}, {b}
    yield "$and", {"$and": [{"id": {"$in": [a, b]}}, {"externalUserId": f"of {b}"}]}, {b}
    yield "$and of what excludes itself", {"$and": [{"id": a}, {"id": b}]}, set()
    yield "$and of one", {"$and": [{"id": a}]}, {a}
    yield "$or", {"$or": [{"id": a}, {"externalUserId": f"of {b}"}]}, {a, b}
    yield "$or beside a field", {**all_three, "$or": [{"id": a}, {"id": c}]}, {a, c}
    yield "$not", {**all_three, "$not": {"id": a}}, {b, c}
    nobody = {"id": a, "externalUserId": f"of {b}"}
    yield "$not of two fields", {**all_three, "$not": nobody}, {a, b, c}
    neither = {"$not": {"$or": [{"id": a}, {"id": b}]}}
    yield "$not of $or in $and", {"$and": [all_three, neither]}, {c}
    either = {"$or": [{"id": a}, {"$and": [{"id": b}, {"externalUserId": f"of {b}"}]}]}
    yield "$and in $or", either, {a, b}
    twice = {"$not": {"$not": {"id": b}}}
    yield "$not of $not", {"$and": [all_three, twice]}, {b}


COMBINATIONS = [name for name, _, _ in _combinations("a", "b", "c")]


@pytest.mark.judges("READER-1", "READER-5")
def test_filters_combine(scenario: Scenario) -> None:
    bookings = shown(scenario.given, [scenario.given.booking("class") for _ in range(3)])
    marks = {b.id: b.raw.get("externalUserId") for b in bookings}
    for name, filter, due in _combinations(*marks):
        marked = _marked(filter, marks)
        answer = query(scenario.client, filter=marked)
        if not scenario.expect.accepted(answer, "READER-1", circumstance=name):
            continue
        found = set(ids(answer))
        scenario.expect.that(
            "READER-1",
            found == due,
            expected=f"{marked} finds {len(due)} of 3",
            actual=f"{len(found & due)} of them, and {len(found - due)} others",
            circumstance=name,
            at=answer,
        )
        _counted(scenario.client, scenario.expect, marked, len(found))


def _marked(filter: Any, marks: Mapping[str, Any]) -> Any:
    """The filter with the bookings' own external ids in it."""
    if isinstance(filter, list):
        return [_marked(one, marks) for one in filter]
    if isinstance(filter, Mapping):
        return {key: _marked(value, marks) for key, value in filter.items()}
    return marks[filter.removeprefix("of ")] if filter.startswith("of ") else filter


# ── What is refused ───────────────────────────────────────────────────────────────────────────────

REFUSED: Mapping[str, Mapping[str, Any]] = {
    "an unknown field": {"noSuchField": "x"},
    "an unknown nested field": {"contactDetails.noSuchField": "x"},
    "a field that is shown and no filter": {"revision": "1"},
    "an unknown operator": {"status": {"$noSuchOperator": "CREATED"}},
    "an unknown way to combine": {"$nor": [{"status": "CREATED"}]},
    "an unknown field in $and": {"$and": [{"status": "CREATED"}, {"noSuchField": "x"}]},
    "an unknown field in $or": {"$or": [{"status": "CREATED"}, {"noSuchField": "x"}]},
    "an unknown field in $not": {"$not": {"noSuchField": "x"}},
}


@pytest.mark.judges("READER-1")
@pytest.mark.parametrize("what", REFUSED)
@pytest.mark.parametrize("operation", of_rule("READER-1"))
def test_what_no_filter_knows_is_refused(operation: str, what: str, scenario: Scenario) -> None:
    answer = scenario.client.call(operation, body=_asked(operation, REFUSED[what]))
    scenario.expect.refused(answer, "READER-1", circumstance=what)


@pytest.mark.judges("READER-1")
def test_an_operator_that_a_field_does_not_have_is_refused(scenario: Scenario) -> None:
    for number, (field, operators) in enumerate(FIELDS.items()):
        others = [one for one in OPERATORS if one not in operators]
        operator = others[number % len(others)]
        operand = _operand(field)
        many = operator in ("$in", "$nin", "$hasSome", "$hasAll")
        filter = {field: {operator: [operand] if many else operand}}
        operation = (QUERY, COUNT)[number % 2]
        answer = scenario.client.call(operation, body=_asked(operation, filter))
        scenario.expect.refused(answer, "READER-1", circumstance=f"{operator} of {field}")


def _operand(field: str) -> Any:
    if field.endswith(DATE):
        return "2031-01-01T00:00:00.000Z"
    if field.endswith("totalParticipants.value"):
        return 1
    return True if field == FLAG else "5d0c0a5e-1f3b-4c4e-9d53-6e0b7a3c2f10"


def _asked(operation: str, filter: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"filter": filter} if operation == COUNT else {"query": {"filter": filter}}
