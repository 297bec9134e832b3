"""Every answer judged in passing by its shape."""

import httpx
import pytest

from bookings_contract.findings.verdicts import Finding
from bookings_contract.testkit.client import Client
from bookings_contract.testkit.shapes import wrong_in_request

from .conftest import BOOKING, Canned

ID = {"x-wix-request-id": "1"}
GUID = "3f0c7a52-94d1-4c1b-8a6e-5b7de2f4c901"


def findings(client: Client) -> dict[str, str]:
    return {f.rule: f.actual for f in client.record.findings.values()}


def kept(client: Client) -> set[str]:
    return {kept.rule for kept in client.record.kept}


def create(server: Canned, client: Client, answer: httpx.Response) -> None:
    server.answers.append(answer)
    client.call("createBooking", body={})


def test_a_booking_and_a_refusal_as_declared_are_kept(server: Canned, watched: Client) -> None:
    server.books()
    server.refuses(428, "SLOT_NOT_AVAILABLE")
    watched.call("createBooking", body={})
    watched.call("createBooking", body={})
    assert findings(watched) == {}
    assert kept(watched) == {"SHAPE-1", "SHAPE-2", "SHAPE-4"}


@pytest.mark.parametrize(
    ("answer", "actual"),
    [
        (httpx.Response(201, json={}, headers=ID), "201"),
        (httpx.Response(204, headers=ID), "204"),
        (httpx.Response(200, headers=ID), "an empty body"),
        (
            httpx.Response(200, text="ok", headers=ID),
            "text/plain; charset=utf-8 that is no JSON",
        ),
        (httpx.Response(200, json={}, headers=ID), 'the body: "booking" is a required property'),
    ],
)
def test_a_success_of_another_shape_breaks_shape_1(
    server: Canned, watched: Client, answer: httpx.Response, actual: str
) -> None:
    create(server, watched, answer)
    assert findings(watched) == {"SHAPE-1": actual}


def test_null_is_fine_where_the_document_says_so_and_a_wrong_type_is_not(
    server: Canned, watched: Client
) -> None:
    server.books(doubleBooked=None)
    watched.call("createBooking", body={})
    assert findings(watched) == {}
    server.books(status=7)
    watched.call("createBooking", body={})
    assert findings(watched) == {"SHAPE-1": 'booking.status: 7 is not of type "string"'}


def test_a_null_is_an_absence_and_what_is_required_is_missed(
    server: Canned, watched: Client
) -> None:
    server.books(selectedPaymentOption=None)
    watched.call("createBooking", body={})
    assert findings(watched) == {}
    server.books(status=None)
    watched.call("createBooking", body={})
    assert findings(watched) == {"SHAPE-1": 'booking: "status" is a required property'}


def test_a_new_word_in_an_open_enum_is_no_breach(server: Canned, watched: Client) -> None:
    server.books(status="SNOOZED")
    watched.call("createBooking", body={})
    assert findings(watched) == {}


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="Internal Server Error", headers=ID),
        httpx.Response(404, headers=ID),
        httpx.Response(428, json={"error": "nope"}, headers=ID),
        httpx.Response(
            428,
            json={
                "message": "",
                "details": {
                    "applicationError": {"code": "X"},
                    "validationError": {"fieldViolations": [{"field": "a"}]},
                },
            },
            headers=ID,
        ),
    ],
)
def test_an_error_of_another_shape_breaks_shape_2(
    server: Canned, watched: Client, answer: httpx.Response
) -> None:
    create(server, watched, answer)
    assert "SHAPE-2" in findings(watched)


@pytest.mark.parametrize(
    ("status", "violations"),
    [(428, [{"field": "a"}]), (400, []), (400, [{"field": ""}])],
)
def test_a_validation_error_is_400_and_names_its_fields(
    server: Canned, watched: Client, status: int, violations: list[dict[str, str]]
) -> None:
    details = {"validationError": {"fieldViolations": violations}}
    server.says(status, {"message": "", "details": details})
    watched.call("createBooking", body={})
    assert list(findings(watched)) == ["SHAPE-3"]


def test_an_answer_without_a_request_id_breaks_shape_4(server: Canned, watched: Client) -> None:
    booking = {"id": BOOKING, "status": "CREATED", "revision": "1", "bookedEntity": {}}
    create(server, watched, httpx.Response(200, json={"booking": booking}))
    assert findings(watched) == {"SHAPE-4": "200 without it"}


def test_a_finding_in_passing_tells_only_its_own_booking(server: Canned, watched: Client) -> None:
    server.books()
    booking = watched.call("createBooking", body={}).booking
    server.says(200, {"registrationId": "1"})
    watched.call("registerToWaitlist", body={})
    server.answers.append(httpx.Response(200, json={}, headers=ID))
    watched.act("confirmBooking", booking)
    (finding,) = watched.record.findings.values()
    assert isinstance(finding, Finding)
    assert [e.operation for e in finding.story] == ["createBooking", "confirmBooking"]


def test_a_null_that_the_document_allows_is_of_the_declared_shape(
    server: Canned, client: Client
) -> None:
    body = {
        "services": [{"serviceId": GUID}, {"serviceId": GUID}],
        "fromLocalDate": "2031-03-03T00:00:00",
        "toLocalDate": "2031-03-04T00:00:00",
        "timeZone": None,
        "location": {"locationType": "BUSINESS", "id": GUID},
    }
    server.answers.extend([httpx.Response(200, json={}, headers=ID)] * 3)
    operation = "listMultiServiceAvailabilityTimeSlots"
    client.call(operation, body=body)
    assert wrong_in_request(client.record.exchanges[-1]) is None
    client.call(operation, body={**body, "timeZone": 5})
    assert wrong_in_request(client.record.exchanges[-1])
    client.call(operation, body={**body, "location": None})
    assert wrong_in_request(client.record.exchanges[-1])
