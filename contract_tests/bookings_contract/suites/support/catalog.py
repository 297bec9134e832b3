"""Valid calls of the catalog: its queries ask for all, its look-ups for one that there is."""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from bookings_contract.findings.operations import operations
from bookings_contract.findings.problems import NotReached
from bookings_contract.testkit.given import Given


@frozen
class LookUp:
    """What tells the ids that a look-up takes: another operation, and where they stand there."""

    query: str
    many: str
    parameter: str
    field: str = "id"


LOOK_UPS: Mapping[str, LookUp] = {
    "getCategory": LookUp("queryCategories", "categories", "categoryId"),
    "getStaffMember": LookUp("queryStaffMembers", "staffMembers", "staffMemberId"),
    "getResource": LookUp("queryResources", "resources", "resourceId"),
    "getResourceType": LookUp("queryResourceTypes", "resourceTypes", "resourceTypeId"),
    "getBookingPolicy": LookUp("queryBookingPolicies", "bookingPolicies", "bookingPolicyId"),
    "getSchedule": LookUp("querySchedules", "schedules", "scheduleId"),
    "getEvent": LookUp("queryEvents", "events", "eventId"),
    "getServiceOptionsAndVariants": LookUp(
        "queryServiceOptionsAndVariants",
        "serviceOptionsAndVariantsList",
        "serviceOptionsAndVariantsId",
    ),
    "getServiceOptionsAndVariantsByServiceId": LookUp(
        "queryServiceOptionsAndVariants", "serviceOptionsAndVariantsList", "serviceId", "serviceId"
    ),
    "setDefaultBookingPolicy": LookUp("queryBookingPolicies", "bookingPolicies", "bookingPolicyId"),
    "getCatalogService": LookUp("queryServices", "services", "serviceId"),
    "getFormSummary": LookUp("queryServices", "services", "formId", "form.id"),
}


@frozen
class CallArguments:
    """The body of a call, and the parameters of its path and its query."""

    body: Mapping[str, Any] | None = None
    path: Mapping[str, str] = field(factory=dict)
    query: tuple[tuple[str, str], ...] = ()


def _of_service(**more: Any) -> Callable[[Given], CallArguments]:
    return lambda given: CallArguments({"serviceId": given.service().id, **more})


def _of_booking(given: Given) -> CallArguments:
    return CallArguments(query=(("bookingIds", given.booking().id),))


def _strictest(given: Given) -> CallArguments:
    answer = given.client.call("queryBookingPolicies", body={"query": {}})
    found = answer.at("bookingPolicies") if answer.accepted else []
    if not found:
        raise NotReached("queryBookingPolicies shows no policy to compare")
    return CallArguments({"bookingPolicyIds": [found[0]["id"]]})


def _previewed(given: Given) -> CallArguments:
    line = {"serviceId": given.service("class").id, "numberOfParticipants": 1}
    return CallArguments({"bookingLineItems": [line]})


def _calculated(given: Given) -> CallArguments:
    slot = {"serviceId": given.service("class").id}
    return CallArguments({"booking": {"bookedEntity": {"slot": slot}, "totalParticipants": 1}})


# What else is asked, each in its own way.
OTHERS: Mapping[str, Callable[[Given], CallArguments]] = {
    "validateSlug": _of_service(slug="a-slug-of-nobody"),
    "listAddOnGroupsByServiceId": _of_service(),
    "queryCategoriesEncoded": lambda given: CallArguments(),
    "listCategories": lambda given: CallArguments(),
    "getStrictestBookingPolicy": _strictest,
    "listPolicySnapshotsByBookingIds": _of_booking,
    "listBookingFeesByBookingIds": _of_booking,
    "previewPrice": _previewed,
    "calculatePrice": _calculated,
    "listSessions": lambda given: CallArguments({"ids": [given.session().session_id]}),
    "listResourcesV1": lambda given: CallArguments(),
    "listCatalogServices": lambda given: CallArguments(),
    "listSchedulesByOwner": lambda given: CallArguments(
        query=(("scheduleOwnerIds", given.service().id),)
    ),
}
# Sessions are asked for by their time; any will do.
_MONTH = {"fromDate": "2031-03-01T00:00:00Z", "toDate": "2031-04-01T00:00:00Z"}
# What its queries ask.
_ALL: Mapping[str, Mapping[str, Any]] = {
    "query": {"query": {}},
    "count": {},
    "search": {"search": {}},
}


def queries() -> list[str]:
    """The operations that ask for what there is of something."""
    return [
        name
        for name, one in operations().items()
        if "x-entity" in one.definition and not one.parameters and one.method != "GET"
    ]


def names() -> tuple[str, ...]:
    """The operations of the catalog that a valid call is known of here."""
    return (*queries(), *LOOK_UPS, *OTHERS)


def valid_arguments(given: Given, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, Any]]:
    """The body of a valid call and the rest of it; raises NotReached where there is nothing."""
    look_up = LOOK_UPS.get(name)
    if name in OTHERS:
        one = OTHERS[name](given)
        return one.body, {"path": one.path, "query": one.query}
    if look_up is None:
        body = next(body for prefix, body in _ALL.items() if name.startswith(prefix))
        return ({**_MONTH, **body} if name == "querySessions" else body), {}
    answer = given.client.call(look_up.query, body={"query": {}})
    found = answer.at(look_up.many) if answer.accepted else []
    if not found:
        raise NotReached(f"{look_up.query} shows nothing that {name} could be asked for")
    return None, {"path": {look_up.parameter: _at(found[0], look_up.field)}}


def _at(shown: Any, path: str) -> Any:
    for step in path.split("."):
        shown = shown[step]
    return shown
