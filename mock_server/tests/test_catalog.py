"""The catalog as clients read it: every field, operator and order that the document lists."""

import base64
import json

import pytest

import bookings_fixtures
import bookings_openapi
from bookings_mock.app import build
from bookings_openapi.document import METHODS

SERVICES = "/_api/bookings/v2/services"
GUID = "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"


def _asked():
    """Every operation of the catalog that takes a filter, with its path, by its id."""
    paths = bookings_openapi.load(controls=False)["paths"]
    return {
        item[method]["operationId"]: (path, item[method], method)
        for path, item in paths.items()
        for method in METHODS
        if "x-entity" in item.get(method, {})
    }


ASKED = _asked()
OPERANDS = {
    "text": "x",
    "guid": GUID,
    "date": "2031-01-01T00:00:00Z",
    "number": 1,
    "switch": True,
}
ASKING, LISTS = ("$exists", "$isEmpty"), ("$in", "$nin", "$hasSome", "$hasAll")


def encoded(request):
    """A request as the official client puts it into a parameter."""
    return base64.urlsafe_b64encode(json.dumps(request).encode()).decode().rstrip("=")


def ask(api, name, request, token="visitor-token"):
    path, _, method = ASKED[name]
    if method == "post":
        return api.post(path, request, token)
    return api.http.get(f"{path}?.r={encoded(request)}", headers={"authorization": token})


def get(api, path, token="visitor-token"):
    answer = api.http.get(path, headers={"authorization": token})
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(api, path, request, token="visitor-token"):
    answer = api.post(path, request, token)
    assert answer.status_code == 200, answer.text
    return answer.json()


EVER = {"fromDate": "2020-01-01T00:00:00Z", "toDate": "2099-01-01T00:00:00Z"}
# What a filter of services stands in, of what belongs to services.
NESTED = ("queryLocations", "queryCategoriesOfServices")


def body(name, filter=None, sort=None):
    if name in NESTED:
        return {"filter": {"services": filter or {}}}
    wanted = {"filter": filter or {}, **({"sort": sort} if sort else {})}
    if name == "querySessions":
        return {"query": wanted, **EVER}
    if name.startswith("count"):
        return {"filter": wanted["filter"]}
    return {"search" if name.startswith("search") else "query": wanted}


def operand(operator, kind):
    if operator in ASKING:
        return True
    if operator == "$matchItems":
        return [{"locationId": GUID}]
    value = "x" if operator == "$startsWith" else OPERANDS[kind]
    return [value] if operator in LISTS else value


@pytest.fixture
def grammars():
    return build().mock.grammars


@pytest.mark.parametrize("name", ASKED)
def test_every_operator_and_direction_that_the_document_lists_is_served(api, grammars, name):
    operation = ASKED[name][1]
    fields = grammars[name].fields
    for field, operators in operation["x-filters"].items():
        kind = fields[field].kind
        for operator in operators:
            condition = {field: {operator: operand(operator, kind)}}
            answer = ask(api, name, body(name, condition))
            assert answer.status_code == 200, (condition, answer.text)
    for field, directions in operation.get("x-sorts", {}).items():
        for order in directions:
            sort = [{"fieldName": field, "order": order}]
            answer = ask(api, name, body(name, sort=sort))
            assert answer.status_code == 200, (sort, answer.text)


@pytest.mark.parametrize("name", ASKED)
def test_a_field_that_nothing_lists_is_refused(api, name):
    answer = ask(api, name, body(name, {"colour": "red"}), "owner-token")
    assert answer.status_code == 400
    assert answer.json()["details"]["validationError"]["fieldViolations"]


# Services


def services(api, filter=None, token="visitor-token", **query):
    conditional = query.pop("conditionalFields", None)
    sent = {"query": {"filter": filter or {}, **query}, "conditionalFields": conditional}
    answer = api.post(f"{SERVICES}/query", sent, token)
    assert answer.status_code == 200, answer.text
    return answer.json()["services"]


def names(api, filter, **query):
    return [one["mainSlug"]["name"] for one in services(api, filter, **query)]


APP = "13d21c63-b5ec-5912-8397-c3a5ddb27a97"
QUAY = "3f0c7a52-94d1-4c1b-8a6e-5b7de2f4c901"


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"mainSlug.name": "yoga"}, ["yoga"]),
        ({"supportedSlugs.name": "yoga"}, ["yoga"]),
        ({"supportedSlugs.name": {"$hasSome": ["yoga", "salsa"]}}, ["yoga", "salsa"]),
        ({"supportedSlugs.name": {"$hasAll": ["yoga", "salsa"]}}, []),
        ({"name": {"$startsWith": "hAir"}}, ["haircut"]),
        ({"name": {"$hasSome": ["Yoga", "Haircut"]}}, ["haircut", "yoga"]),
        ({"appId": APP, "mainSlug.name": "yoga"}, ["yoga"]),
        ({"appId": APP.upper(), "mainSlug.name": "yoga"}, ["yoga"]),
        ({"$and": [{"hidden": False}, {"hidden": "false"}, {"mainSlug.name": "yoga"}]}, ["yoga"]),
        ({"locations.business.id": QUAY, "name": {"$gt": "T"}}, ["trial"]),
        ({"category.name": "Hair"}, ["haircut", "beard-trim"]),
        ({"category.name": {"$ne": "Hair"}, "name": "Haircut"}, []),
        ({"category.id": {"$exists": False}}, []),
        ({"$not": {"type": {"$in": ["CLASS", "APPOINTMENT"]}}, "category.name": "Evenings"}, []),
        ({"createdDate": {"$gt": "2999-01-01T00:00:00Z"}}, []),
        (
            {"description": {"$exists": True}, "tagLine": {"$exists": False}, "type": "COURSE"},
            ["spanish"],
        ),
        ({"schedule.firstSessionStart": {"$exists": True}, "type": "APPOINTMENT"}, []),
    ],
)
def test_services_are_found_by_every_field_that_clients_use(api, filter, found):
    assert names(api, filter) == found


def test_services_come_in_the_order_in_which_they_were_made(api):
    made = [one["createdDate"] for one in services(api)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_services_are_paged_by_offset_until_the_total_and_by_cursor_until_the_end(api):
    every = names(api, {})
    page = {"query": {"filter": {}, "paging": {"limit": 7, "offset": 7}}}
    second = api.post(f"{SERVICES}/query", page).json()
    assert [one["mainSlug"]["name"] for one in second["services"]] == every[7:14]
    assert second["pagingMetadata"]["total"] == len(every)
    walked, paging = [], {"limit": 5}
    while paging:
        answer = api.post(f"{SERVICES}/query", {"query": {"cursorPaging": paging}}).json()
        walked += [one["mainSlug"]["name"] for one in answer["services"]]
        cursor = answer["pagingMetadata"]["cursors"].get("next")
        paging = {"cursor": cursor, "limit": 5} if cursor else None
    assert walked == every


# What the typings promise of a service that is got by its id.
PROMISED = ["locations", "staffMemberIds", "serviceResources", "supportedSlugs", "addOnGroups"]


@pytest.mark.parametrize("name", ["haircut", "yoga", "spanish"])
def test_a_service_has_every_list_that_strict_clients_go_through(api, name):
    path = f"{SERVICES}/{api.services[name]['id']}"
    one = api.http.get(path, headers={"authorization": "visitor-token"}).json()["service"]
    assert all(isinstance(one[field], list) for field in [*PROMISED, "addOnDetails"])
    assert isinstance(one["media"]["items"], list)
    assert isinstance(one["payment"]["pricingPlanIds"], list)
    assert isinstance(one["bookingPolicy"]["cancellationFeePolicy"]["cancellationWindows"], list)
    constraints = one["schedule"]["availabilityConstraints"]
    assert isinstance(constraints["durations"], list)
    assert isinstance(constraints["sessionDurations"], list)


def test_staff_is_shown_when_it_is_asked_for(api):
    assert "staffMemberDetails" not in services(api, {"name": "Haircut"})[0]
    asked = ["STAFF_MEMBER_DETAILS", "STAFF_WORKING_HOURS_LOCATIONS"]
    (one,) = services(api, {"name": "Haircut"}, conditionalFields=asked)
    (member,) = one["staffMemberDetails"]["staffMembers"]
    assert (member["staffMemberId"], member["name"]) == (one["staffMemberIds"][0], "Sorcha Daly")
    assert member["workingHoursLocationCoverage"]["locationIds"] == [QUAY]
    path = f"{SERVICES}/{one['id']}?conditionalFields=RESOURCE_TYPE_DETAILS"
    path += "&conditionalFields=STAFF_MEMBER_DETAILS"
    got = api.http.get(path, headers={"authorization": "visitor-token"}).json()["service"]
    assert got["staffMemberDetails"]["staffMembers"]


def test_services_are_counted(api):
    answer = api.post(f"{SERVICES}/count", {"filter": {"category.name": "Hair"}}, "visitor-token")
    assert answer.json() == {"count": 2}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"expression": "hair"}, ["haircut"]),
        ({"expression": "trim session", "mode": "OR"}, ["beard-trim", "trial"]),
        ({"expression": "trim session", "mode": "AND"}, []),
    ],
)
def test_services_are_searched_by_their_names(api, search, found):
    answer = api.post(f"{SERVICES}/search", {"search": {"search": search}}, "visitor-token").json()
    assert [one["mainSlug"]["name"] for one in answer["services"]] == found
    assert answer["pagingMetadata"]["hasNext"] is False


def test_a_search_counts_values_beside_its_page(api):
    asked = {"aggregations": [{"name": "types", "type": "VALUE", "fieldPath": "type"}]}
    wanted = {**asked, "cursorPaging": {"limit": 1}}
    answer = api.post(f"{SERVICES}/search", {"search": wanted}, "visitor-token").json()
    (result,) = answer["aggregationData"]["results"]
    assert {"value": "CLASS", "count": 7} in result["values"]["results"]
    assert len(answer["services"]) == 1
    asked = {"aggregations": [{"name": "x", "type": "SCALAR", "fieldPath": "type"}]}
    assert api.post(f"{SERVICES}/search", {"search": asked}).status_code == 400


# What belongs to services


def test_the_places_of_services_are_told_once(api):
    answer = found(api, f"{SERVICES}/locations/query", {"filter": {"services": {"hidden": False}}})
    ids = [one["id"] for one in answer["businessLocations"]["locations"]]
    assert QUAY in ids
    assert ids == sorted(set(ids))
    assert answer["customerLocations"] == {"exists": False}
    only = {"filter": {"services": {"name": "Haircut"}, "businessLocationIds": [QUAY]}}
    answer = found(api, f"{SERVICES}/locations/query", only)
    assert [one["id"] for one in answer["businessLocations"]["locations"]] == [QUAY]


def test_the_categories_of_services_are_those_that_their_filter_finds(api):
    wanted = {"filter": {"services": {"mainSlug.name": {"$in": ["haircut", "yoga"]}}}}
    listed = found(api, f"{SERVICES}/categories/query", wanted)["categories"]
    assert {one["name"] for one in listed} == {"Hair", "Movement"}


def test_policies_say_which_services_have_them(api):
    asked = {"query": {"filter": {"default": True}}}
    (one,) = found(api, f"{SERVICES}/policies/query", asked)["bookingPolicies"]
    assert one["bookingPolicy"]["default"] is True
    assert one["totalServiceCount"] > len(one["connectedServices"]) == 5


def test_a_booking_form_says_which_services_have_it(api):
    asked = {"query": {}, "conditionalFields": ["DEFAULT_BOOKING_FORM"]}
    answer = found(api, f"{SERVICES}/booking-forms/query", asked)
    assert sum(one["totalServiceCount"] for one in answer["bookingForms"]) == len(api.services)
    assert answer["defaultBookingForm"]["formId"] == "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("slug", "errors"),
    [
        ("haircut", []),
        ("a-new-one", []),
        ("Yoga", ["SLUG_ALREADY_EXISTS"]),
        ("no/slug", ["SLUG_CONTAINS_ILLEGAL_CHARACTERS"]),
    ],
)
def test_a_slug_is_validated(api, slug, errors):
    asked = {"serviceId": api.services["haircut"]["id"], "slug": slug}
    answer = found(api, f"{SERVICES}/slugs/validate", asked, "owner-token")
    assert (answer["valid"], answer["errors"]) == (not errors, errors)


# Categories


def test_categories_are_queried_by_body_and_by_encoded_parameter_alike(api):
    path, wanted = "/bookings/v2/categories/query", {"query": {"filter": {"name": "Hair"}}}
    posted = found(api, path, wanted)
    assert [one["name"] for one in posted["categories"]] == ["Hair"]
    assert get(api, f"{path}?.r={encoded(wanted)}") == posted
    every = get(api, path)["categories"]
    assert [one["name"] for one in every][:2] == ["Hair", "Advice"]
    assert get(api, f"/bookings/v2/categories/{every[0]['id']}")["category"] == every[0]
    assert found(api, "/bookings/v2/categories/count", {})["count"] == len(every)
    named = get(api, f"/bookings/v1/categories?categoryIds={every[1]['id']}")["categories"]
    assert [(one["name"], one["status"]) for one in named] == [("Advice", "CREATED")]


@pytest.mark.parametrize("text", ["bm8ganNvbg", "A", encoded({"query": []}), encoded([])])
def test_an_encoded_parameter_that_is_no_request_is_refused(api, text):
    path = f"/bookings/v2/categories/query?.r={text}"
    answer = api.http.get(path, headers={"authorization": "visitor-token"})
    assert answer.status_code == 400, answer.text


# Staff and resources


STAFF = "/bookings/v1/staff-members"


def test_what_is_booked_is_the_resource_of_a_staff_member(api):
    wanted = {"filter": {"name": "Haircut"}, "paging": {"limit": 1}}
    (service,) = found(api, f"{SERVICES}/query", {"query": wanted})["services"]
    filter = {"resourceId": {"$in": service["staffMemberIds"]}}
    asked = {"query": {"filter": filter}, "fields": ["RESOURCE_DETAILS"]}
    (member,) = found(api, f"{STAFF}/query", asked)["staffMembers"]
    assert (member["name"], member["resourceId"]) == ("Sorcha Daly", service["staffMemberIds"][0])
    assert member["id"] != member["resourceId"]
    assert isinstance(member["resource"]["workingHoursSchedules"], list)
    got = get(api, f"{STAFF}/{member['id']}")["staffMember"]
    assert "resource" not in got
    resource = get(api, f"/bookings/v2/resources/{member['resourceId']}")["resource"]
    assert (resource["name"], resource["typeId"]) == (member["name"], TYPE)


TYPE = "1cd44cf8-756f-41c3-bd90-3e2ffcaf1155"


def test_how_staff_is_reached_is_for_the_business_alone(api):
    asked = {"query": {"filter": {"name": "Sorcha Daly"}}}
    (seen,) = found(api, f"{STAFF}/query", asked, "owner-token")["staffMembers"]
    assert seen["email"] == "sorcha.daly@example.com"
    (seen,) = found(api, f"{STAFF}/query", asked, "visitor-token")["staffMembers"]
    assert "email" not in seen


def test_staff_is_searched_counted_and_paged(api):
    search = {"search": {"search": {"expression": "daly"}}}
    (one,) = found(api, f"{STAFF}/search", search)["staffMembers"]
    assert one["name"] == "Sorcha Daly"
    total = found(api, f"{STAFF}/count", {})["count"]
    assert found(api, f"{STAFF}/count", {"filter": {"serviceProvider": False}})["count"] == 0
    assert found(api, "/bookings/staff/v2/staff-members/count", {})["count"] == total
    first = found(api, f"{STAFF}/query", {"query": {"cursorPaging": {"limit": total - 1}}})
    assert first["pagingMetadata"]["hasNext"] is True
    cursor = first["pagingMetadata"]["cursors"]["next"]
    last = found(api, f"{STAFF}/query", {"query": {"cursorPaging": {"cursor": cursor}}})
    assert len(last["staffMembers"]) == 1
    assert last["pagingMetadata"]["hasNext"] is False


def test_resources_have_types(serve):
    home = bookings_fixtures.load("studio")
    home["services"]["massage"]["resource"] = {"name": "Quiet room", "type": "Room"}
    api = serve(site=home)
    types = found(api, "/bookings/v2/resources/resource-types/query", {"query": {}})
    room = next(one for one in types["resourceTypes"] if one["name"] == "Room")
    filter = {"typeId": room["id"]}
    asked = {"query": {"filter": filter}}
    (resource,) = found(api, "/bookings/v2/resources/query", asked)["resources"]
    assert resource["name"] == "Quiet room"
    assert found(api, "/bookings/v2/resources/count", {"filter": filter})["count"] == 1
    got = get(api, f"/bookings/v2/resources/resource-types/{room['id']}")["resourceType"]
    assert got["name"] == "Room"
    path = f"{SERVICES}/{api.services['massage']['id']}?conditionalFields=RESOURCE_TYPE_DETAILS"
    shown = get(api, f"{path}&conditionalFields=RESOURCE_DETAILS")["service"]
    (needed,) = shown["serviceResources"]
    assert needed["resourceType"] == {"id": room["id"], "name": "Room"}
    assert needed["resourceDetails"]["resources"][0]["name"] == "Quiet room"
    assert shown["staffMemberIds"] == []


# Options


def test_options_of_a_service_are_found_by_it(api):
    path = "/bookings/v1/serviceOptionsAndVariants"
    facts = api.services["pilates"]
    one = get(api, f"{path}/service_id/{facts['id']}")["serviceVariants"]
    (option,) = one["options"]["values"]
    assert option["id"] == facts["choices"][0]["option_id"]
    assert option["customData"]["choices"] == facts["choices"][0]["values"]
    assert len(one["variants"]["values"]) == len(facts["choices"][0]["values"])
    assert get(api, f"{path}/{one['id']}")["serviceOptionsAndVariants"] == one
    plain = api.services["yoga"]["id"]
    wanted = {"query": {"filter": {"serviceId": {"$in": [facts["id"], plain]}}}}
    assert found(api, f"{path}/query", wanted)["serviceOptionsAndVariantsList"] == [one]
    answer = api.http.get(f"{path}/service_id/{plain}", headers={"authorization": "visitor-token"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *(f"/bookings/v2/categories/{GUID}", f"{STAFF}/{GUID}", f"/bookings/v2/resources/{GUID}"),
        f"/bookings/v2/resources/resource-types/{GUID}",
        f"/bookings/v1/serviceOptionsAndVariants/{GUID}",
    ],
)
def test_what_is_not_there_is_not_found(api, path):
    answer = api.http.get(path, headers={"authorization": "visitor-token"})
    assert (answer.status_code, answer.headers["x-bookings-rule"]) == (404, "LOOKUP-4")


@pytest.mark.parametrize("path", [f"{SERVICES}/query", "/bookings/v2/resources/query"])
def test_the_catalog_is_answered_on_a_site_without_wix_bookings(api, path):
    assert api.post(path, {"query": {}}, "bare-site-token").status_code == 200
