"""V1 list, words: what each status is called, and by which words a filter finds it."""

import pytest

from bookings_contract.findings.problems import NotJudged
from bookings_contract.suites.support.calls import KINDS
from bookings_contract.suites.support.listing import Listing, confirmed, shown_alone
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.expect import Expect
from bookings_contract.testkit.given import Given
from bookings_contract.testkit.readback import OTHER_WORDS, WORDS


@pytest.fixture
def listing(bookings_client: Client, bookings_given: Given, bookings_expect: Expect) -> Listing:
    return Listing(bookings_client, bookings_given, bookings_expect)


@pytest.mark.judges("LIST-14")
@pytest.mark.parametrize("status", WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_which_word_a_status_has_in_v1(
    kind: str, status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    one = bookings_given.booking(kind, status)
    _, shown = shown_alone(bookings_client, bookings_given, one)
    word = shown.get("status")
    others = dict.fromkeys(OTHER_WORDS[status], "C")
    letter = {**others, WORDS[status]: "A", status: "B"}.get(str(word))
    bookings_expect.reading("LIST-14", letter, actual=f"{status} is called {word}")


@pytest.mark.judges("LIST-14")
@pytest.mark.parametrize("status", ["CONFIRMED", "CANCELED", "DECLINED"])
def test_the_other_statuses_keep_their_names(
    status: str, bookings_client: Client, bookings_given: Given, bookings_expect: Expect
) -> None:
    one = bookings_given.booking("class", status)
    answer, shown = shown_alone(bookings_client, bookings_given, one)
    bookings_expect.equal(
        "LIST-14", shown.get("status"), status, of="status", circumstance=status, at=answer
    )


@pytest.mark.judges("LIST-14")
@pytest.mark.parametrize("way", ["bare", "in a list", "with another"])
@pytest.mark.parametrize("word", ["CREATED", "PENDING_CHECKOUT", "PENDING_APPROVAL"])
def test_a_filter_takes_the_words_of_either_vocabulary(
    word: str, way: str, bookings_given: Given, listing: Listing
) -> None:
    waiting = bookings_given.booking(
        "class", "PENDING" if word == "PENDING_APPROVAL" else "CREATED"
    )
    _, shown = shown_alone(listing.client, bookings_given, waiting)
    if shown.get("status") in OTHER_WORDS[waiting.status]:
        raise NotJudged("the words of this list are neither vocabulary")
    other = confirmed(bookings_given)
    gone = bookings_given.booking("class", "CANCELED")
    both = way == "with another"
    asked = {"bare": word, "in a list": [word], "with another": ["CONFIRMED", word]}[way]
    listing.judged(
        "LIST-14",
        {"status": asked},
        finds=[waiting, other] if both else [waiting],
        leaves=[gone] if both else [gone, other],
        circumstance=f"{word}, {way}",
    )
