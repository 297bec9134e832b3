"""Functions that stand in the place of a rule's, whatever the rule: shared by all sections."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from bookings_mock.domain.booking import Participants
from bookings_mock.domain.rules import create
from bookings_mock.domain.service import Service


def never(*facts: Any) -> None:
    """A guard that refuses nothing."""
    return


def always(value: Any) -> Callable[..., Any]:
    """An effect that answers the same, whatever happens."""
    return lambda *facts: value


def less(*names: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """An object that lacks some of its fields."""
    return lambda whole: {key: value for key, value in whole.items() if key not in names}


def first_choice_exists(wanted: Participants, service: Service) -> str | None:
    """Whether the service has what was chosen for the first participant, whatever the others."""
    parts = wanted.choices["serviceChoices"][:1] if wanted.choices else []
    first = evolve(wanted, choices={"serviceChoices": parts}) if parts else wanted
    return create.choices_exist(first, service)
