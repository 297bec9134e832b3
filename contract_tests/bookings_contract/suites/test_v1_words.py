"""V1 list, words: what each status is called, and by which words a filter finds it."""

import pytest

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import KINDS
from bookings_contract.suites.support.listing import Listing, confirmed, shown_alone
from bookings_contract.testkit.readback import OTHER_WORDS, WORDS
from bookings_contract.testkit.scenario import Scenario


@pytest.fixture
def listing(scenario: Scenario) -> Listing:
    return Listing(scenario.client, scenario.given, scenario.expect)


@pytest.mark.judges("LIST-14")
@pytest.mark.parametrize("status", WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_which_word_a_status_has_in_v1(kind: str, status: str, scenario: Scenario) -> None:
    one = scenario.given.booking(kind, status)
    _, shown = shown_alone(scenario.client, scenario.given, one)
    word = shown.get("status")
    others = dict.fromkeys(OTHER_WORDS[status], "C")
    letter = {**others, WORDS[status]: "A", status: "B"}.get(str(word))
    scenario.expect.reading("LIST-14", letter, actual=f"{status} is called {word}")


@pytest.mark.judges("LIST-14")
@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELED", "DECLINED"])
def test_the_other_statuses_keep_their_names(status: str, scenario: Scenario) -> None:
    one = scenario.given.booking("class", status)
    answer, shown = shown_alone(scenario.client, scenario.given, one)
    scenario.expect.equal(
        "LIST-14", shown.get("status"), status, of="status", circumstance=status, at=answer
    )


@pytest.mark.judges("LIST-14")
@pytest.mark.parametrize("way", ["bare", "in a list", "with another"])
@pytest.mark.parametrize("word", ["CREATED", "PENDING_CHECKOUT", "PENDING_APPROVAL"])
def test_a_filter_takes_the_words_of_either_vocabulary(
    word: str, way: str, scenario: Scenario, listing: Listing
) -> None:
    waiting = scenario.given.booking(
        "class", "PENDING" if word == "PENDING_APPROVAL" else "CREATED"
    )
    _, shown = shown_alone(listing.client, scenario.given, waiting)
    if shown.get("status") in OTHER_WORDS[waiting.status]:
        raise NotJudged("the words of this list are neither vocabulary")
    other = confirmed(scenario.given)
    gone = scenario.given.booking("class", "CANCELED")
    both = way == "with another"
    asked = {"bare": word, "in a list": [word], "with another": ["CONFIRMED", word]}[way]
    listing.judged(
        "LIST-14",
        {"status": asked},
        finds=[waiting, other] if both else [waiting],
        leaves=[gone] if both else [gone, other],
        circumstance=f"{word}, {way}",
    )
