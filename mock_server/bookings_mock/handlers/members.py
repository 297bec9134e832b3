"""The member who calls."""

from collections.abc import Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.callers import Caller
from bookings_mock.domain.rules import envelopes
from bookings_mock.handlers.handler import Handler

FIELDSET = "PUBLIC"


async def current(call: Call) -> Any:
    """Get Current Member."""
    assert call.caller is not None
    call.ground.rules.require(envelopes.is_member, call.caller.kind)
    asked = {*call.query.get("fieldsets", ()), call.query.get("fieldSet", FIELDSET)}
    return {"member": _shown(call.caller, full=asked != {FIELDSET})}


def _shown(member: Caller, full: bool) -> dict[str, Any]:
    """The site file gives members no more than a name: their address follows from it."""
    slug = member.name.replace("_", "-")
    public = {
        "id": member.id,
        "profile": {"nickname": slug, "slug": slug},
        "privacyStatus": "PRIVATE",
        "activityStatus": "ACTIVE",
    }
    if not full:
        return public
    email = f"{slug}@example.com"
    names = {"firstName": slug.replace("-", " ").title()}
    return {
        **public,
        "loginEmail": email,
        "loginEmailVerified": True,
        "status": "APPROVED",
        "contactId": member.contact_id,
        "contact": {**names, "phones": [], "emails": [email], "addresses": []},
    }


OPERATIONS: Mapping[str, Handler] = {"getCurrentMember": current}
