"""Requests that have to be refused: good ones, spoilt in one way each."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from bookings_contract.target.places import Place

Body = dict[str, Any]
NOBODYS = "00000000-0000-4000-8000-0000000000d1"


def _entity(body: Body) -> Body:
    found: Body = body["booking"]["bookedEntity"]
    return found


def slot_and_schedule(body: Body, place: Place) -> None:
    """Both of what only one may be."""
    entity = _entity(body)
    entity.setdefault("schedule", {"scheduleId": place.service.schedule_id})
    entity.setdefault("slot", {"serviceId": place.service.id})


def total_and_choices(body: Body, place: Place) -> None:
    """Both of what only one may be."""
    row = {"numberOfParticipants": 1, "choices": [{"optionId": NOBODYS, "custom": "any"}]}
    body["booking"] |= {"totalParticipants": 1, "participantsChoices": {"serviceChoices": [row]}}


def nobodys_session(body: Body, place: Place) -> None:
    """A class without one of its sessions."""
    if place.session is not None:
        _entity(body)["slot"] |= {"sessionId": NOBODYS}


def other_kind(body: Body, place: Place) -> None:
    """A class by its schedule, a course by a slot."""
    own = {"serviceId": place.service.id, "scheduleId": place.service.schedule_id}
    name = "slot" if place.service.kind == "course" else "schedule"
    body["booking"]["bookedEntity"] = {name: own}


def nobodys_choice(body: Body, place: Place) -> None:
    """A variant that the service does not have."""
    if place.service.choices:
        choice = {"optionId": place.service.choices[0].option_id, "custom": "none of these"}
        row = {"numberOfParticipants": 1, "choices": [choice]}
        body["booking"].pop("totalParticipants", None)
        body["booking"]["participantsChoices"] = {"serviceChoices": [row]}


def other_times(body: Body, place: Place) -> None:
    """A session at another time than its own; this one is accepted, and not believed."""
    if place.session is not None and place.session.start and place.session.end:
        for field, text in (("startDate", place.session.start), ("endDate", place.session.end)):
            later = datetime.fromisoformat(text) + timedelta(days=1)
            _entity(body)["slot"][field] = later.isoformat()


Spoil = Callable[[Body, Place], None]
CREATIONS: Mapping[str, Spoil] = {
    spoil.__name__: spoil
    for spoil in (
        slot_and_schedule,
        total_and_choices,
        nobodys_session,
        other_kind,
        nobodys_choice,
        other_times,
    )
}

# What is sent with a call on a booking, which every call of the life cycle has to refuse.
CALLS: Mapping[str, Mapping[str, Any]] = {
    "no revision": {"revision": None},
    "no number": {"revision": "first"},
}


def spoilt(body: Body, place: Place, how: str) -> Body:
    """A creation's body, spoilt."""
    copy = deepcopy(body)
    CREATIONS[how](copy, place)
    return copy
