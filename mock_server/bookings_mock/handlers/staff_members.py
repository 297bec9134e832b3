"""Staff members: in V1 those who provide services, in V2 all of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from bookings_mock.call import Call
from bookings_mock.callers import APP, OWNER
from bookings_mock.handlers.catalog_shows import show_staff_member
from bookings_mock.handlers.entities import (
    Json,
    Kind,
    counting,
    getting,
    querying,
    searching,
)
from bookings_mock.handlers.handler import Handler

# What is for the business alone.
_PRIVATE = ("email", "phone")


def _every(call: Call) -> Iterator[Json]:
    staff = call.world.site.catalog.staff
    return (show_staff_member(one, number == 0) for number, one in enumerate(staff))


def _view(call: Call, shown: Json) -> Json:
    """A staff member as the caller may see it, with what was asked for besides."""
    asked = {**call.query, **(call.body or {})}.get("fields") or ()
    business = call.caller is not None and call.caller.kind in (OWNER, APP)
    hidden = {*(() if business else _PRIVATE), *(() if "RESOURCE_DETAILS" in asked else _RESOURCE)}
    identity = {"associatedWixIdentity": {"connection": {"status": "DISCONNECTED"}}}
    kept = {name: shown[name] for name in shown if name not in hidden}
    return {**kept, **(identity if "ASSOCIATED_IDENTITY_STATUS" in asked else {})}


_RESOURCE = ("resource",)


def _providers(call: Call, filter: Json) -> Json:
    """V1 speaks of those who provide services, unless the filter says of whom."""
    if "serviceProvider" in _names(filter):
        return filter
    return {"$and": [filter, {"serviceProvider": True}]}


def _names(filter: Any) -> Iterator[str]:
    for name, part in filter.items() if isinstance(filter, Mapping) else ():
        yield name
        yield from _names(part)
    for part in filter if isinstance(filter, list) else ():
        yield from _names(part)


PROVIDERS = Kind("staffMember", "staffMembers", _every, view=_view, read=_providers)
STAFF = Kind("staffMember", "staffMembers", _every, view=_view)

OPERATIONS: Mapping[str, Handler] = {
    "queryStaffMembers": querying(PROVIDERS),
    "searchStaffMembers": searching(PROVIDERS),
    "countStaffMembers": counting(PROVIDERS),
    "getStaffMember": getting(STAFF, "staffMemberId"),
    "queryStaffMembersV2": querying(STAFF),
    "searchStaffMembersV2": searching(STAFF),
    "countStaffMembersV2": counting(STAFF),
}
