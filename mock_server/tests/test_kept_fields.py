"""What clients rely on in the answers: fields that are always there, and facts that are kept."""

import pytest

import bookings_openapi
from bookings_openapi.schemas import followed

DOCUMENT = bookings_openapi.load()


def _missing(schema, value, path=""):
    """Where an answer lacks what its schemas say is always sent."""
    schema = followed(DOCUMENT, schema)
    for part in schema.get("allOf", ()):
        yield from _missing(part, value, path)
    if isinstance(value, list) and "items" in schema:
        for one in value:
            yield from _missing(schema["items"], one, f"{path}[]")
    if not isinstance(value, dict):
        return
    yield from (f"{path}.{name}" for name in schema.get("x-always-sent", ()) if name not in value)
    for name, child in schema.get("properties", {}).items():
        if name in value:
            yield from _missing(child, value[name], f"{path}.{name}")


@pytest.mark.parametrize("service", ["haircut", "yoga", "spanish"])
def test_what_the_typings_promise_is_always_sent(api, service):
    booking = api.booked(service)
    schema = {"$ref": "#/components/schemas/Booking"}
    for shown in (booking, api.read(booking["id"])):
        assert not list(_missing(schema, shown))


def test_lists_are_there_to_be_walked(api):
    booking = api.booked("haircut")
    assert (booking["additionalFields"], booking["bookedAddOns"]) == ([], [])
    assert booking["bookedEntity"]["slot"]["resourceSelections"] == []
    assert booking["selectedPaymentOption"] == "UNDEFINED"


def test_how_a_resource_is_chosen_is_kept_through_the_booking_s_life(api):
    chosen = [{"selectionMethod": "ANY_RESOURCE"}]
    slot = {**api.slot(), "resourceSelections": chosen}
    booking = api.booked("haircut", bookedEntity={"slot": slot})
    confirmed = api.done(api.act(booking, "confirm"))
    for shown in (booking, confirmed, api.read(booking["id"])):
        assert shown["bookedEntity"]["slot"]["resourceSelections"] == chosen


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("owner-token", "WIX_USER"),
        ("app-token", "APP"),
        ("member-token", "MEMBER"),
        ("visitor-token", "ANONYMOUS_VISITOR"),
    ],
)
def test_a_booking_says_what_its_creator_is(api, token, kind):
    booking = api.booked(token=token)
    assert booking["createdBy"]["identityType"] == kind
    assert booking.get("createdByAppId") == booking["createdBy"].get("appId")
    assert ("createdByAppId" in booking) == (kind == "APP")


def test_a_booking_names_its_form_and_the_app_of_its_service(api):
    one, other = api.booked("yoga"), api.booked("yoga")
    assert one["formId"] == other["formId"] != api.booked("spanish")["formId"]
    assert one["appId"] == "13d21c63-b5ec-5912-8397-c3a5ddb27a97"


def test_a_stale_revision_is_told_as_clients_know_it(api):
    booking = api.booked()
    api.done(api.act(booking, "confirm"))
    stale = api.act(booking, "cancel")
    error = stale.json()["details"]["applicationError"]
    assert stale.status_code == 409
    assert error["code"] == "INVALID_REVISION"
    assert error["data"] == {"revisionViolation": {"entityId": booking["id"]}}
    assert error["description"].startswith("Outdated revision for entity id")


def test_who_finds_a_session_full_reads_which_one_it_was(api):
    session = api.session("yoga", capacity=1)
    full = api.create("yoga", participants=2, session={"capacity": 1})
    error = full.json()["details"]["applicationError"]
    assert error["code"] == "SESSION_CAPACITY_EXCEEDED"
    assert error["description"].endswith(f"on session {session['id']}")


@pytest.mark.parametrize(("checked", "flag"), [(True, True), (False, None)])
def test_a_flag_that_is_sent_counts_beside_the_check_alone(api, checked, flag):
    flow = {"checkAvailabilityValidation": checked}
    confirmed = api.act(api.booked(), "confirm", doubleBooked=True, flowControlSettings=flow)
    assert api.done(confirmed).get("doubleBooked") == flag
