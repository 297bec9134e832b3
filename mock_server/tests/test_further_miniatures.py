"""The further miniatures: each is wrong in a way of its own, and says in which."""

from collections import Counter

import pytest

import bookings_openapi
from bookings_mock.domain.rulebook import registered
from bookings_mock.handlers import HANDLERS
from bookings_mock.miniatures import FURTHER, Miniature, all_miniatures, named
from bookings_mock.miniatures.by_rule import BY_RULE
from bookings_mock.rim.contract import contract

each = pytest.mark.parametrize("miniature", FURTHER, ids=lambda one: one.name)


def _how(miniature: Miniature) -> tuple[object, ...]:
    """What a miniature does, by which two can be told apart."""
    return (
        frozenset(miniature.replaces.items()),
        frozenset(miniature.handlers.items()),
        miniature.bend,
        miniature.in_document,
        frozenset(miniature.rewrites.items()),
    )


def test_no_two_miniatures_have_one_name() -> None:
    names = Counter(one.name for one in (*BY_RULE, *FURTHER))
    assert not [name for name, number in names.items() if number > 1]


def test_there_are_enough_of_them() -> None:
    assert len(FURTHER) >= 65


@each
def test_it_breaks_a_rule_that_can_be_broken(miniature: Miniature) -> None:
    assert bookings_openapi.rules()[miniature.rule].level != "ADVICE"


@each
def test_it_has_a_speaking_name_and_says_what_is_wrong(miniature: Miniature) -> None:
    assert miniature.name == miniature.name.lower()
    assert "-" in miniature.name
    assert miniature.about
    assert not miniature.about.endswith(".")


@each
def test_it_does_what_no_switch_of_a_rule_does(miniature: Miniature) -> None:
    assert any(_how(miniature))
    assert _how(miniature) not in [_how(other) for other in BY_RULE]


def test_no_two_of_them_do_the_same() -> None:
    assert len({_how(one) for one in FURTHER}) == len(FURTHER)


@each
def test_what_it_replaces_or_wraps_is_there(miniature: Miniature) -> None:
    assert set(miniature.replaces) <= set(registered())
    assert set(miniature.handlers) <= set(HANDLERS)


@pytest.mark.parametrize(
    "miniature", [one for one in FURTHER if one.rewrites], ids=lambda one: one.name
)
def test_what_it_rewrites_is_in_the_document(miniature: Miniature) -> None:
    rewritten = list(miniature.rewrites.items())
    told = contract(bookings_openapi.load(), bookings_openapi.rules(), rewritten=rewritten)
    assert told.document != bookings_openapi.load()


def test_all_of_them_can_be_asked_for_by_name() -> None:
    assert [named(one.name) for one in FURTHER] == list(FURTHER)
    assert len(all_miniatures()) == len(BY_RULE) + len(FURTHER)
