"""The events that calls lead to, in the form in which receivers get them."""

from typing import Any

import pytest

import bookings_openapi
from bookings_mock.domain.rules import events as rules
from bookings_openapi.schemas import compiled, rooted, translated

DOCUMENT = bookings_openapi.load()
COMPONENTS = translated(DOCUMENT["components"])
DECLARED = DOCUMENT["components"]["schemas"]["DomainEvent"]["x-events"]
SECTION = "/_mock/events"
EVENT = {"notifyParticipants": True, "message": "See you there"}


def _events(api: Any, world: str = "default") -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = api.http.get(SECTION, params={"world": world}).json()["events"]
    return told


def _slugs(api: Any) -> list[str]:
    return [event["slug"] for event in _events(api)]


def _complaints(event: dict[str, Any]) -> list[str]:
    root = rooted(translated(DECLARED[event["slug"]]["schema"]), COMPONENTS)
    return [
        f"{list(problem.instance_path)}: {problem.message}"
        for problem in compiled(root).iter_errors(event)
    ]


def _extended(api: Any, booking: dict[str, Any]) -> Any:
    path = f"/bookings/v2/bookings/{booking['id']}/update_extended_fields"
    return api.post(path, {"namespace": "@acme/crm", "namespaceData": {"crew": 4}})


def _all_kinds(api: Any) -> dict[str, list[str]]:
    """Makes every move that sends an event; the slugs expected for each booking."""
    told: dict[str, list[str]] = {}
    yoga = api.booked()
    assert _extended(api, yoga).status_code == 200
    yoga = api.done(api.act(api.read(yoga["id"]), "confirm", paymentStatus="PAID"))
    yoga = api.done(api.act(yoga, "reschedule", slot=api.entity("yoga", nth=13)["slot"]))
    yoga = api.done(api.act(yoga, "update_number_of_participants", totalParticipants=2))
    yoga = api.done(api.act(yoga, "cancel", participantNotification=EVENT))
    told[yoga["id"]] = ["created", "updated", "confirmed", "rescheduled"]
    told[yoga["id"]] += ["number_of_participants_updated", "canceled"]
    workshop = api.booked("workshop")
    workshop = api.done(api.act(workshop, "mark_booking_as_pending"))
    workshop = api.done(api.act(workshop, "decline"))
    told[workshop["id"]] = ["created", "markedAsPending", "declined"]
    return told


def test_every_event_has_the_form_that_the_document_declares_for_it(api):
    _all_kinds(api)
    assert {event["slug"] for event in _events(api)} == set(DECLARED)
    for event in _events(api):
        assert _complaints(event) == []


def test_each_call_sends_its_own_event_once_and_in_order(api):
    told = _all_kinds(api)
    for booking, slugs in told.items():
        own = [event for event in _events(api) if event["entityId"] == booking]
        assert [event["slug"] for event in own] == slugs
        sequence = [int(event["entityEventSequence"]) for event in own]
        assert sequence == list(range(1, len(own) + 1))


def test_no_two_events_share_an_id(api):
    _all_kinds(api)
    ids = [event["id"] for event in _events(api)]
    assert len(set(ids)) == len(ids)


def test_the_revision_grows_along_with_the_sequence(api):
    (booking, _), *_ = _all_kinds(api).items()
    own = [event for event in _events(api) if event["entityId"] == booking]
    revisions = [int(_carried(event)["revision"]) for event in own]
    assert revisions == sorted(revisions)


def _carried(event: dict[str, Any]) -> dict[str, Any]:
    variant = DECLARED[event["slug"]]["variant"]
    contents = event[variant]
    body = contents.get("body", {})
    found: dict[str, Any] = (
        contents.get("entity") or contents.get("currentEntity") or body["booking"]
    )
    return found


@pytest.mark.parametrize(
    ("service", "flow", "slug"),
    [("yoga", {}, "confirmed"), ("workshop", {}, "markedAsPending")],
)
def test_a_decision_sends_the_event_of_its_outcome(api, service, flow, slug):
    api.done(api.settle(api.booked(service, flow=flow)))
    assert _slugs(api) == ["created", slug]


def test_a_duplicate_is_declined_and_sends_that(api):
    late = api.booked(session={"capacity": 1})
    api.booked(session={"capacity": 1}, status="CONFIRMED")
    api.done(api.settle(late))
    assert _slugs(api) == ["created", "created", "declined"]


def test_refused_calls_send_nothing(api):
    booking = api.done(api.act(api.booked(), "confirm"))
    before = _events(api)
    refused = [
        api.create(bookedEntity={}),
        api.create(session={"capacity": 1}, participants=2),
        api.create(token="stranger-token"),
        api.act(booking, "confirm"),
        api.act({**booking, "revision": "9"}, "cancel"),
        api.act({**booking, "id": "3f0c1a52-8a0e-4d0b-9f57-2b1f6f6a7c11"}, "cancel"),
        api.act(booking, "reschedule", slot={"sessionId": "x" * 36}),
        api.post("/bookings/v2/bulk/bookings/create", {"createBookingsInfo": []}),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused)
    assert _events(api) == before


@pytest.mark.parametrize("rule", ["CANCEL-5", "CONFIRMATION-9", "PENDING-6"])
def test_a_booking_answered_as_it_was_sends_nothing(serve, rule):
    api = serve(readings={rule: "B"})
    booking = api.done(api.act(api.booked(), "cancel"))
    before = _events(api)
    again = {
        "CANCEL-5": lambda: api.act(booking, "cancel"),
        "CONFIRMATION-9": lambda: api.settle(booking),
        "PENDING-6": lambda: api.act(
            booking,
            "mark_booking_as_pending",
            flowControlSettings={"skipPendingApprovalServiceValidation": True},
        ),
    }[rule]()
    assert api.done(again)["revision"] == booking["revision"]
    assert _events(api) == before


def test_actions_tell_what_was_before(api):
    booking = api.booked(participants=2, session={"capacity": 10})
    confirmed = api.done(api.act(booking, "confirm", paymentStatus="PAID"))
    elsewhere = api.entity("yoga", nth=14)["slot"]
    moved = api.done(api.act(confirmed, "reschedule", slot=elsewhere))
    fewer = api.done(api.act(moved, "update_number_of_participants", totalParticipants=1))
    api.done(api.act(fewer, "cancel"))
    _, confirm, reschedule, update, cancel = [
        event.get("actionEvent", {}).get("body") for event in _events(api)
    ]
    assert (confirm["previousStatus"], confirm["previousPaymentStatus"]) == (
        "CREATED",
        booking["paymentStatus"],
    )
    assert confirm["booking"]["paymentStatus"] == "PAID"
    assert reschedule["previousBookedEntity"] == confirmed["bookedEntity"]
    assert reschedule["previousStartDate"] == confirmed["startDate"]
    assert reschedule["previousEndDate"] == confirmed["endDate"]
    assert reschedule["booking"]["bookedEntity"] == moved["bookedEntity"]
    assert reschedule["previousTotalParticipants"] == 2
    assert (update["previousTotalParticipants"], update["booking"]["totalParticipants"]) == (2, 1)
    assert cancel["previousStatus"] == "CONFIRMED"


def test_former_choices_are_told_as_choices(api):
    option = api.services["pilates"]["choices"][0]

    def taking(value: str) -> dict[str, Any]:
        choice = {"optionId": option["option_id"], "custom": value}
        return {"serviceChoices": [{"numberOfParticipants": 1, "choices": [choice]}]}

    booking = api.booked("pilates", participants=None, participantsChoices=taking("Adult"))
    body = {"participantsChoices": taking("Senior")}
    api.done(api.act(booking, "update_number_of_participants", **body))
    told = _events(api)[-1]["actionEvent"]["body"]
    assert told["previousParticipantsChoices"] == taking("Adult")
    assert "previousTotalParticipants" not in told


def test_an_action_says_what_its_call_said_of_messages(api):
    api.done(api.act(api.booked(), "cancel", participantNotification=EVENT))
    assert _events(api)[-1]["actionEvent"]["body"]["participantNotification"] == EVENT


def test_an_action_says_who_called(api):
    api.done(api.act(api.booked(), "confirm"))
    body = _events(api)[-1]["actionEvent"]["body"]
    assert body["initiatedBy"]["wixUserId"] == api.site["callers"]["owner"]["wix_user_id"]


def test_what_a_call_sets_to_null_is_left_out_of_its_event(api):
    api.done(api.act(api.booked(), "cancel", participantNotification=None))
    assert "participantNotification" not in _events(api)[-1]["actionEvent"]["body"]


def test_worlds_do_not_hear_each_other(api):
    api.create(token="owner-token@quiet")
    assert _events(api) == []
    assert len(_events(api, "quiet")) == 1


@pytest.mark.parametrize("rule", ["EVENT-1", "EVENT-2", "EVENT-4"])
def test_a_server_wrong_on_purpose_still_shows_its_events(serve, rule):
    api = serve(breaks=[rule])
    api.done(api.act(api.booked(), "confirm"))
    assert len(_events(api)) == (4 if rule == "EVENT-1" else 2)


def test_the_rules_of_events_change_nothing_by_themselves():
    assert rules.emitted(("created",)) == ("created",)
