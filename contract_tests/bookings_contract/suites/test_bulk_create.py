"""Bulk Create Booking: what fails the whole call, what only one booking, and which is which."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.problems import NotJudged, NotReached, Unjudged, Unreadable
from bookings_contract.suites.support.calls import booked, reached
from bookings_contract.suites.support.creations import nothing_made, refused_for
from bookings_contract.suites.support.deciding import KINDS, SHARED_KINDS, fillable
from bookings_contract.target.places import Place
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Also
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.scenario import Scenario

BULK = "bulkCreateBooking"
MOST = 40
# What else a caller who may not choose a status can be told.
NO_PERMISSION: list[Also] = [("CREATE-10", "caller"), ("CREATE-10", "status"), "AUTH-8"]

Item = dict[str, Any]
PLACES = pytest.mark.parametrize("first", [True, False], ids=["first", "last"])


# ── All or nothing ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("BULK-1")
@pytest.mark.parametrize("lacking", ["booking", "bookedEntity", "totalParticipants"])
@PLACES
def test_one_item_without_a_required_field_fails_them_all(
    first: bool, lacking: str, scenario: Scenario
) -> None:
    good = scenario.given.body("class")
    bad = {} if lacking == "booking" else scenario.given.body("class", **{lacking: None})
    answer = _sent(scenario.client, [bad, good] if first else [good, bad])
    about = f"an item without {lacking}"
    scenario.expect.refused(answer, "BULK-1", circumstance=about)
    _judge_nothing_made(answer, [good, bad], about, scenario)


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param(caller, marks=pytest.mark.judges("BULK-1", needs=(f"callers.{caller}",)))
        for caller in ("member", "visitor")
    ],
)
@PLACES
def test_one_item_that_the_caller_may_not_make_fails_them_all(
    first: bool, caller: str, scenario: Scenario
) -> None:
    place = scenario.given.place("class")
    alone = scenario.given.body(place, status="CONFIRMED")
    _must_be_forbidden(scenario.client.call("createBooking", body=alone, caller=caller))
    scenario.expect.new_story()
    good, bad = scenario.given.body(place), scenario.given.body(place, status="CONFIRMED")
    answer = _sent(scenario.client, [bad, good] if first else [good, bad], caller=caller)
    about = f"an item that a {caller} may not make"
    scenario.expect.refused(answer, "BULK-1", "caller", also=NO_PERMISSION, circumstance=about)
    _judge_nothing_made(answer, [good, bad], about, scenario)


def _must_be_forbidden(alone: Answer) -> None:
    """By itself, what the item asks for is refused to this caller."""
    if not (alone.status == 403 or refused_for(alone, "CREATE-10")):
        raise NotReached(f"a new booking asked for as CONFIRMED was answered {alone.summary}")


def _judge_nothing_made(
    answer: Answer, items: Sequence[Item], about: str, scenario: Scenario
) -> None:
    if not answer.refused:
        return
    try:
        made = [seen for item in items if item for seen in _stored(scenario.given, item)]
    except Unjudged:
        return
    scenario.expect.that(
        "BULK-1",
        not made,
        expected="nothing is created by a call that failed",
        actual=f"{len(made)} of {len(items)} bookings are there",
        circumstance=about,
    )


# ── What is not available ─────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("BULK-2", needs=())
@pytest.mark.parametrize("kind", KINDS)
@PLACES
def test_only_what_is_not_available_is_left_out(first: bool, kind: str, scenario: Scenario) -> None:
    place = _full(scenario, kind)
    free = list(_elsewhere(scenario.given, place))
    bad, good = scenario.given.body(place), [scenario.given.body(one) for one in free]
    answer = _sent(scenario.client, [bad, *good] if first else [*good, bad])
    if scenario.expect.accepted(answer, "BULK-2", circumstance=f"full {kind}"):
        _judge_made(answer, [*zip(free, good, strict=True)], scenario)
        _judge_left_out(answer, bad, 0 if first else len(good), scenario)


@pytest.mark.judges("BULK-2", needs=())
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_one_seat_too_many_is_left_out_and_all_that_are_left_are_made(
    kind: str, scenario: Scenario
) -> None:
    place, left = fillable(scenario, kind, seats=2)
    scenario.given.booking(place, "CONFIRMED", participants=1)
    more, fitting = (scenario.given.body(place, participants=n) for n in (left, left - 1))
    answer = _sent(scenario.client, [more, fitting])
    if scenario.expect.accepted(answer, "BULK-2", circumstance=f"too few seats, {kind}"):
        _judge_made(answer, [(place, fitting)], scenario)
        _judge_left_out(answer, more, 0, scenario)


@pytest.mark.judges("BULK-2", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_a_call_succeeds_even_if_nothing_is_available(kind: str, scenario: Scenario) -> None:
    place = _full(scenario, kind)
    items = [scenario.given.body(place) for _ in range(2)]
    answer = _sent(scenario.client, items)
    if scenario.expect.accepted(answer, "BULK-2", circumstance=f"only a full {kind}"):
        for index, item in enumerate(items):
            _judge_left_out(answer, item, index, scenario)


@pytest.mark.judges("BULK-2", needs=("exclusive_session",))
@pytest.mark.parametrize("kind", SHARED_KINDS)
def test_the_items_of_a_call_are_in_each_others_way(kind: str, scenario: Scenario) -> None:
    place, left = fillable(scenario, kind)
    items = [scenario.given.body(place, participants=left, status="CONFIRMED") for _ in range(2)]
    answer = reached(_sent(scenario.client, items))
    made = [one for item in items for one in _stored(scenario.given, item)]
    if not made or any(one.status != "CONFIRMED" for one in made):
        raise NotReached("what a bulk call makes as CONFIRMED is not CONFIRMED")
    scenario.expect.that(
        "BULK-2",
        len(made) == 1,
        expected=f"one booking of all {left} seats that were left is created",
        actual=f"{len(made)} of them are CONFIRMED",
        circumstance="in_each_others_way",
        at=answer,
    )


def _full(scenario: Scenario, kind: str) -> Place:
    place, left = fillable(scenario, kind)
    scenario.given.booking(place, "CONFIRMED", participants=left)
    return place


def _elsewhere(given: Given, taken: Place) -> Iterator[Place]:
    """A place of each kind that has one besides the taken one."""
    found = False
    for kind in KINDS:
        try:
            place = given.place(kind)
        except NotJudged:
            continue
        if place != taken:
            found = True
            yield place
    if not found:
        raise NotJudged(f"the target file names nothing to book but {taken.service.name}")


def _judge_made(answer: Answer, items: Sequence[tuple[Place, Item]], scenario: Scenario) -> None:
    for place, item in items:
        made = len(_stored_or_said(scenario.given, answer, item))
        if (
            made != 1
            and not scenario.given.client.target.ours
            and not scenario.given.accepts(place)
        ):
            raise NotReached(f"{place.service.name} was to be free, and is not")
        scenario.expect.that(
            "BULK-2",
            made == 1,
            expected="the available booking is created",
            actual=f"{made} are there",
            circumstance=f"available {place.service.kind}",
            at=answer if not made else None,
        )


def _judge_left_out(answer: Answer, item: Item, index: int, scenario: Scenario) -> None:
    said = _results(answer).get(index, {})
    metadata = said.get("itemMetadata") or {}
    if said.get("item") or (metadata.get("success") and metadata.get("id")):
        actual = "it is answered as created"
    else:
        actual = "it is there" if _stored_or_said(scenario.given, answer, item) else ""
    expected = "the booking that is not available is not created"
    scenario.expect.that("BULK-2", not actual, expected=expected, actual=actual, at=answer)


@pytest.mark.judges("BULK-3", needs=())
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_whether_what_is_not_available_counts_as_a_failure(
    kind: str, number: int, scenario: Scenario
) -> None:
    place = _full(scenario, kind)
    good = scenario.given.body(next(_elsewhere(scenario.given, place)))
    bad = [scenario.given.body(place) for _ in range(number)]
    answer = reached(_sent(scenario.client, [good, *bad]))
    counted = _counted(answer)
    if counted.get("undetailedFailures"):
        raise NotReached("the answer leaves failures without a result of their own")
    failures = counted.get("totalFailures") or 0
    told = [_told_as_failed(answer, index + 1) for index in range(number)]
    letter = "A" if failures == number and all(told) else "B" if failures == 0 else None
    said = f"totalFailures {failures}, {sum(told)} of {number} results with an error"
    scenario.expect.reading("BULK-3", letter, actual=said)


@pytest.mark.judges("BULK-3", needs=())
def test_what_is_made_never_counts_as_a_failure(scenario: Scenario) -> None:
    place = scenario.given.place("class")
    items = [scenario.given.body(place) for _ in range(2)]
    answer = reached(_sent(scenario.client, items))
    _made(answer, items)
    failures = _counted(answer).get("totalFailures") or 0
    scenario.expect.equal("BULK-3", failures, 0, of="totalFailures", at=answer)


def _told_as_failed(answer: Answer, index: int) -> bool:
    metadata = _results(answer).get(index, {}).get("itemMetadata") or {}
    return metadata.get("success") is False and bool(metadata.get("error"))


# ── How many ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("BULK-4")
@pytest.mark.parametrize("number", [0, MOST + 1, None])
def test_no_items_and_too_many_are_refused(number: int | None, scenario: Scenario) -> None:
    place = scenario.given.place("class")
    items = [scenario.given.body(place) for _ in range(number or 0)]
    body = {} if number is None else {"createBookingsInfo": items}
    answer = scenario.client.call(BULK, body=body)
    about = "without the list" if number is None else f"{number} items"
    scenario.expect.refused(answer, "BULK-4", circumstance=about)
    for item in items[:1] + items[-1:]:
        nothing_made(scenario.given, scenario.expect, answer, item)


# Forty bookings are not for a place that others use.
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(1, marks=pytest.mark.judges("BULK-4")),
        pytest.param(MOST, marks=pytest.mark.judges("BULK-4", needs=("control",))),
    ],
)
def test_as_few_and_as_many_as_allowed_are_made(number: int, scenario: Scenario) -> None:
    place = scenario.given.place("class")
    items = [scenario.given.body(place) for _ in range(number)]
    answer = _sent(scenario.client, items)
    about = f"{number} items"
    if not scenario.expect.accepted(answer, "BULK-4", circumstance=about):
        return
    if scenario.client.target.ours:
        made = sum(bool(result.get("item")) for result in _results(answer).values())
        scenario.expect.equal(
            "BULK-4", made, number, of="bookings made", circumstance=about, at=answer
        )


# ── Which is which ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.judges("BULK-5")
@pytest.mark.parametrize("full", [True, False, None], ids=["asked for", "declined", "left out"])
def test_the_bookings_are_answered_only_where_they_were_asked_for(
    full: bool | None, scenario: Scenario
) -> None:
    place = scenario.given.place("class")
    items = [scenario.given.body(place) for _ in range(2)]
    answer = reached(_sent(scenario.client, items, full=full))
    made = _made(answer, items)
    shown = [bool(result.get("item")) for result in made]
    scenario.expect.equal(
        "BULK-5",
        shown,
        [bool(full)] * len(made),
        of="results with their booking",
        circumstance=f"returnFullEntity {full}",
        at=answer,
    )


@pytest.mark.judges("BULK-5")
@pytest.mark.parametrize("full", [True, False], ids=["with the booking", "by its id"])
def test_each_result_says_which_request_it_answers(full: bool, scenario: Scenario) -> None:
    items = [scenario.given.body(kind) for kind in ("class", "class", "appointment")]
    answer = reached(_sent(scenario.client, items, full=full))
    _made(answer, items)
    indexes = _indexes(answer)
    if scenario.expect.equal(
        "BULK-5", sorted(indexes), list(range(len(items))), of="each originalIndex", at=answer
    ):
        _judge_matched(answer, items, scenario)


@pytest.mark.judges("BULK-5", needs=())
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_left_out_is_counted_in_the_index(kind: str, scenario: Scenario) -> None:
    place = _full(scenario, kind)
    free = next(_elsewhere(scenario.given, place))
    items = [scenario.given.body(one) for one in (place, free, place, free)]
    answer = reached(_sent(scenario.client, items))
    made = [index for index, result in _all_results(answer) if result.get("item")]
    if len(made) != 2:
        raise NotReached(f"{len(made)} of 2 available bookings are answered")
    if scenario.expect.equal(
        "BULK-5", sorted(made), [1, 3], of="originalIndex of what was made", at=answer
    ):
        _judge_matched(answer, items, scenario)


def _judge_matched(answer: Answer, items: Sequence[Item], scenario: Scenario) -> None:
    """Each result is about the booking of its originalIndex, told by the address in it."""
    for index, result in sorted(_results(answer).items()):
        if not (result["itemMetadata"].get("success") and index < len(items)):
            continue
        seen = _shown(scenario.given, result)
        if seen is None or seen.email is None:
            raise NotJudged("nothing shows which booking a result is about")
        scenario.expect.equal(
            "BULK-5",
            seen.email,
            items[index]["booking"]["contactDetails"]["email"],
            of=f"result {index}, the booking of",
            at=answer,
        )


def _shown(given: Given, result: Mapping[str, Any]) -> Seen | None:
    if result.get("item"):
        return Seen.of(result["item"])
    made = result["itemMetadata"].get("id")
    given.settle()
    return given.read(made) if made else None


# ── Sending and reading ───────────────────────────────────────────────────────────────────────────


def _sent(
    client: Client, items: Sequence[Item], *, full: bool | None = True, caller: str = "owner"
) -> Answer:
    body: dict[str, Any] = {"createBookingsInfo": list(items)}
    if full is not None:
        body["returnFullEntity"] = full
    return client.call(BULK, body=body, caller=caller)


def _all_results(answer: Answer) -> list[tuple[int, Mapping[str, Any]]]:
    """Every result with its originalIndex, in the order answered; some may share one."""
    try:
        return [
            (result["itemMetadata"]["originalIndex"], result) for result in answer.at("results")
        ]
    except (KeyError, TypeError):
        raise Unreadable("a result of the bulk call says no originalIndex") from None


def _results(answer: Answer) -> dict[int, Mapping[str, Any]]:
    return dict(_all_results(answer))


def _indexes(answer: Answer) -> list[int]:
    return [index for index, _ in _all_results(answer)]


def _counted(answer: Answer) -> Mapping[str, Any]:
    return answer.json.get("bulkActionMetadata") or {}


def _made(answer: Answer, items: Sequence[Item]) -> list[Mapping[str, Any]]:
    """The results, if all items were made; on a target that others use, some may be taken."""
    found = [result for _, result in _all_results(answer)]
    made = [result for result in found if result["itemMetadata"].get("success")]
    if len(made) != len(items):
        raise NotReached(f"{len(made)} of {len(items)} bookings were made")
    return found


def _stored(given: Given, item: Item) -> list[Seen]:
    given.settle()
    return booked(given, item)


def _stored_or_said(given: Given, answer: Answer, item: Item) -> Sequence[object]:
    """The bookings that an item led to: by the reader, or else by the answer."""
    try:
        return _stored(given, item)
    except NotJudged:
        email = item["booking"]["contactDetails"]["email"]
        shown = [result.get("item") or {} for _, result in _all_results(answer)]
        return [one for one in shown if (one.get("contactDetails") or {}).get("email") == email]
