"""Booking forms, as far as who draws one has to know."""

from collections.abc import Iterable, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.domain.rules import catalog as rules_of
from bookings_mock.domain.service import DEFAULT_FORM
from bookings_mock.handlers.catalog_shows import derived_id
from bookings_mock.handlers.handler import Handler
from bookings_mock.handlers.services import SERVICES

# What the default form asks, by what it fills.
_DEFAULT = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
}
_TYPES = {"email": "EMAIL", "phone": "PHONE"}


async def summary(call: Call) -> Any:
    """Get Form Summary."""
    form_id = call.path["formId"].lower()
    asked = next(iter(_asked(call, form_id)), None)
    call.ground.rules.require(rules_of.there, asked, "form")
    fields = [_field(form_id, target, fills) for target, fills in (asked or _DEFAULT).items()]
    return {"formSummary": {"id": form_id, "fields": fields}}


def _asked(call: Call, form_id: str) -> Iterable[Mapping[str, str]]:
    """What the form asks; the default one is there whether a service has it or not."""
    site = call.world.site
    for shown in SERVICES.every(call):
        service = site.service(shown["id"])
        if service is not None and shown["form"]["id"].lower() == form_id:
            yield service.form or _DEFAULT
    if form_id == DEFAULT_FORM:
        yield _DEFAULT


def _field(form_id: str, target: str, fills: str) -> dict[str, Any]:
    return {
        "id": derived_id(form_id, target),
        "target": target,
        "label": target.replace("_", " ").capitalize(),
        "type": _TYPES.get(fills, "STRING"),
        "options": [],
        "deleted": False,
    }


OPERATIONS: Mapping[str, Handler] = {"getFormSummary": summary}
