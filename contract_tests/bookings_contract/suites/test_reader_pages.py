"""Query Extended Bookings, order and pages: sorting, offsets, and the order nobody asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

import pytest

from bookings_contract.findings.checks import Ordered
from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.operations import operation
from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.queries import (
    QUERY,
    Family,
    family,
    ids,
    query,
    shown,
    sorts,
    various,
)
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.comparable import values
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

SORTS = sorts(QUERY)
# How many bookings a page has unasked, and at most.
PAGE: Mapping[str, int] = operation(QUERY).definition["x-paging"]
# Languages and machines differ in how they order words and GUIDs; these have one order each.
ORDERED = ("externalUserId", "contactDetails.email")
ADDRESS = "contactDetails.email"
# The orders in which they may come unasked.
ORDERS = Ordered(
    ("extendedBookings",), ((("booking", "id"), False), (("booking", "createdDate"), True))
)
# More than this many bookings, made one after the other, never share a moment.
FEW, ENOUGH = 5, 8
BEYOND = 1000


# ── Sorting ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("READER-1")
@pytest.mark.parametrize("topic", ["what is booked", "participants", "status and payment"])
def test_bookings_are_sorted_as_asked(topic: str, scenario: Scenario) -> None:
    bookings = shown(scenario.given, _sortable(topic, scenario.given))
    for field in SORTS:
        if len({str(values(b.raw, field)) for b in bookings if values(b.raw, field)}) > 1:
            _sorted(scenario, bookings, field)


def _sortable(topic: str, given: Given) -> list[Seen]:
    if topic == "what is booked":
        return various(given)
    if topic == "participants":
        return [given.booking("class", participants=number) for number in (2, 1)]
    return [given.booking("class", "CONFIRMED", payment_status="PAID"), given.booking("class")]


def _sorted(scenario: Scenario, bookings: Sequence[Seen], field: str) -> None:
    """Each direction puts them in its order, and the one is the other turned round."""
    runs: dict[str, list[Any]] = {}
    for order in SORTS[field]:
        answer = query(
            scenario.client, filter=_own(bookings), sort=[{"fieldName": field, "order": order}]
        )
        about = f"sorted by {field} {order}"
        if not scenario.expect.accepted(answer, "READER-1", circumstance=about):
            return
        if not _all_there(scenario.expect, answer, bookings, about):
            return
        runs[order] = run = _run(answer, bookings, field)
        in_order = not _has_one_order(field, run) or run == sorted(run, reverse=order == "DESC")
        if not scenario.expect.that(
            "READER-1",
            in_order and len(set(run)) == len(run),
            expected=f"{field} in {order} order, equal values side by side",
            actual=", ".join(map(str, run)),
            circumstance=about,
            at=answer,
        ):
            return
    if len(runs) > 1:
        scenario.expect.that(
            "READER-1",
            runs["DESC"] == runs["ASC"][::-1],
            expected=f"by {field} DESC the other way round than ASC",
            actual=", ".join(map(str, runs["DESC"])),
            circumstance=f"sorted by {field} DESC",
        )


def _run(answer: Answer, bookings: Sequence[Seen], field: str) -> list[Any]:
    """The values in the order of a page, each run of equal ones once, without what has none."""
    known = {b.id: values(b.raw, field) for b in bookings}
    return [value for value, _ in groupby(known[one][0] for one in ids(answer) if known[one])]


def _has_one_order(field: str, run: Sequence[Any]) -> bool:
    return field in ORDERED or all(isinstance(value, int | datetime) for value in run)


def _all_there(expect: Expect, answer: Answer, bookings: Sequence[Seen], about: str) -> bool:
    found = ids(answer)
    return expect.that(
        "READER-1",
        sorted(found) == sorted(b.id for b in bookings),
        expected=f"each of the {len(bookings)} bookings once",
        actual=f"{len(found)} bookings, {len(set(found))} different ones",
        circumstance=about,
        at=answer,
    )


def _own(bookings: Sequence[Seen]) -> dict[str, Any]:
    return {"id": {"$in": [b.id for b in bookings]}}


@pytest.mark.judges("READER-1")
def test_several_sortings_apply_from_left_to_right(scenario: Scenario) -> None:
    size = "participantsInfo.type.totalParticipants.value"
    one, two, larger = (scenario.given.booking("class", participants=n) for n in (1, 1, 2))
    own = _own(shown(scenario.given, [one, two, larger]))
    for first, then, due in (
        ("DESC", "ASC", [larger.id, one.id, two.id]),
        ("ASC", "DESC", [two.id, one.id, larger.id]),
    ):
        sort = [{"fieldName": size, "order": first}, {"fieldName": ADDRESS, "order": then}]
        answer = query(scenario.client, filter=own, sort=sort)
        about = f"participants {first}, then e-mail {then}"
        if scenario.expect.accepted(answer, "READER-1", circumstance=about):
            _as_numbered(scenario.expect, answer, due, about)


@pytest.mark.judges("READER-1")
def test_a_sorting_without_direction_ascends(scenario: Scenario) -> None:
    kin = family(scenario.given, 3)
    answer = query(scenario.client, filter=kin.filter, sort=[{"fieldName": ADDRESS}])
    if scenario.expect.accepted(answer, "READER-1", circumstance="no direction"):
        _as_numbered(scenario.expect, answer, kin.ids, "no direction")


def _as_numbered(expect: Expect, answer: Answer, due: Sequence[str], about: str) -> bool:
    """The page shows these bookings in this order; told by their numbers in it."""
    numbers = {one: str(number) for number, one in enumerate(due, 1)}
    found = [numbers.get(one, "another") for one in ids(answer)]
    return expect.equal(
        "READER-1",
        ", ".join(found) or "none",
        ", ".join(numbers.values()) or "none",
        of="bookings",
        circumstance=about,
        at=answer,
    )


@pytest.mark.judges("READER-4")
def test_in_what_order_bookings_come_unasked(scenario: Scenario) -> None:
    bookings: list[Seen] = []
    while _alike(bookings):
        if len(bookings) > ENOUGH:
            raise NotJudged("the bookings' ids happen to descend in time: both orders are the same")
        bookings += shown(scenario.given, [scenario.given.booking("class")])
    answer = query(scenario.client, filter=_own(bookings))
    known = {b.id: b for b in bookings}
    order = [known[one] for one in ids(answer) if one in known]
    letter = None
    if sorted(known) == sorted(ids(answer)):
        letter = "A" if _by_id(order) else "B" if _newest_first(order) else None
    actual = ", ".join(f"{b.id[:8]} of {b.raw.get('createdDate')}" for b in order)
    scenario.expect.reading("READER-4", letter, actual=actual or answer.summary, check=ORDERS)


def _alike(bookings: Sequence[Seen]) -> bool:
    """Whether too few bookings are there to tell the orders apart; ids may grow with time.

    So many that hardly any other order is one of the two by chance.
    """
    ordered = sorted(bookings, key=lambda b: b.id.lower())
    return len(bookings) < FEW or _newest_first(ordered)


def _by_id(order: Sequence[Seen]) -> bool:
    return all(one.id.lower() < other.id.lower() for one, other in pairwise(order))


def _newest_first(order: Sequence[Seen]) -> bool:
    made = [values(b.raw, "createdDate") for b in order]
    return all(one >= other for one, other in pairwise(made))


# ── Pages by offset ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("READER-1")
@pytest.mark.parametrize(
    ("limit", "offset", "first", "last"),
    [(2, 0, 0, 2), (2, 1, 1, 3), (2, 4, 4, 5), (100, 2, 2, 5), (2, 5, 5, 5), (2, BEYOND, 5, 5)],
)
def test_a_page_begins_at_its_offset(
    limit: int, offset: int, first: int, last: int, scenario: Scenario
) -> None:
    kin = family(scenario.given, 5)
    about = f"limit {limit}, offset {offset}"
    answer = _sorted_page(scenario.client, kin, paging={"limit": limit, "offset": offset})
    if not scenario.expect.accepted(answer, "READER-1", circumstance=about):
        return
    if _as_numbered(scenario.expect, answer, kin.ids[first:last], about):
        metadata = answer.json.get("pagingMetadata") or {}
        _says(scenario.expect, answer, metadata, "count", last - first, about)
        _says(scenario.expect, answer, metadata, "offset", offset, about)
        if not metadata.get("tooManyToCount"):
            _says(scenario.expect, answer, metadata, "total", 5, about)


def _says(
    expect: Expect, answer: Answer, metadata: Mapping[str, Any], key: str, due: int, about: str
) -> None:
    """What the metadata says is right; it need not say it."""
    if metadata.get(key) is not None:
        expect.equal(
            "READER-1", metadata[key], due, of=key, circumstance=f"{key}, {about}", at=answer
        )


@pytest.mark.judges("READER-1")
def test_either_paging_takes_a_limit_alone(scenario: Scenario) -> None:
    kin = family(scenario.given, 3)
    for paging in ("paging", "cursorPaging"):
        answer = _sorted_page(scenario.client, kin, **{paging: {"limit": 2}})
        if scenario.expect.accepted(answer, "READER-1", circumstance=f"{paging}, limit alone"):
            _as_numbered(scenario.expect, answer, kin.ids[:2], f"{paging}, limit alone")


@pytest.mark.judges("READER-1")
def test_a_page_has_so_many_bookings_unless_asked_for_more(scenario: Scenario) -> None:
    kin = family(scenario.given, 60)
    for number, paging in (
        (PAGE["default"], {}),
        (PAGE["default"], {"paging": {"offset": 0}}),
        (PAGE["max"], {"paging": {"limit": PAGE["max"]}}),
        (PAGE["max"], {"cursorPaging": {"limit": PAGE["max"]}}),
    ):
        about = f"pages of {number}, {next(iter(paging), 'no paging')}"
        answer = _sorted_page(scenario.client, kin, **paging)
        if scenario.expect.accepted(answer, "READER-1", circumstance=about):
            due = min(number, len(kin.ids))
            found = len(ids(answer))
            scenario.expect.equal(
                "READER-1", found, due, of="bookings", circumstance=about, at=answer
            )


def _sorted_page(client: Client, kin: Family, **paging: Any) -> Answer:
    return query(client, filter=kin.filter, sort=[{"fieldName": ADDRESS, "order": "ASC"}], **paging)


# ── What is refused ───────────────────────────────────────────────────────────────────────────────

REFUSED: Mapping[str, Mapping[str, Any]] = {
    "sorting by an unknown field": {"sort": [{"fieldName": "noSuchField"}]},
    "an unknown direction": {"sort": [{"fieldName": "createdDate", "order": "SIDEWAYS"}]},
    "an unknown second sorting": {"sort": [{"fieldName": "id"}, {"fieldName": "noSuchField"}]},
    "more than a page holds": {"paging": {"limit": PAGE["max"] + 1}},
    "more than a cursor's page holds": {"cursorPaging": {"limit": PAGE["max"] + 1}},
    "fewer than none": {"paging": {"limit": -1}},
    "an offset before the beginning": {"paging": {"offset": -1}},
    "both ways to page": {"paging": {"limit": 1}, "cursorPaging": {"limit": 1}},
    "a cursor that never was": {"cursorPaging": {"cursor": "no such cursor", "limit": 1}},
}


@pytest.mark.judges("READER-1")
@pytest.mark.parametrize("what", REFUSED)
def test_what_no_page_knows_is_refused(what: str, scenario: Scenario) -> None:
    answer = query(scenario.client, **REFUSED[what])
    scenario.expect.refused(answer, "READER-1", circumstance=what)
