"""A booking in the shape of the deprecated V1, which knows other words for much of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from bookings_mock.domain.booking import Booking, Course, Json, Slot
from bookings_mock.domain.rulebook import Rulebook
from bookings_mock.domain.rules.reading import v1_status
from bookings_mock.domain.service import Service
from bookings_mock.domain.times import rfc3339

_STATES = {
    "PAID": "COMPLETE",
    "EXEMPT": "COMPLETE",
    "NOT_PAID": "PENDING_MARK_AS_PAID",
    "PARTIALLY_PAID": "PENDING_MARK_AS_PAID",
    "REFUNDED": "REFUNDED",
    "FAILED": "REJECTED",
}
_CONTACT_KEYS = (
    "contactId", "firstName", "lastName", "email", "phone", "timeZone", "countryCode",
)  # fmt: skip


def project(booking: Booking, service: Service, tag: str, rules: Rulebook) -> dict[str, Any]:
    """The V1 form of a V2 booking."""
    return {
        "id": booking.id,
        "bookedEntity": {
            "serviceId": service.id,
            "scheduleId": booking.entity.schedule_id,
            **_sessions(booking.entity),
            "title": booking.title,
            "location": _location(booking.entity.location),
            "rate": {"labeledPriceOptions": {"general": _price(service)}, "priceText": ""},
            "tags": [tag],
        },
        "bookedResources": _resources(booking, service),
        "formInfo": _form(booking),
        "paymentDetails": _payment(booking, service),
        "status": rules(v1_status)(booking.status),
        "created": rfc3339(booking.created),
    }


def _sessions(entity: Slot | Course) -> dict[str, Any]:
    start, end = rfc3339(entity.start), rfc3339(entity.end)
    if isinstance(entity, Course):
        return {"setOfSessions": {"firstSessionStart": start, "lastSessionEnd": end}}
    return {"singleSession": {"sessionId": entity.session_id, "start": start, "end": end}}


def _location(location: Json | None) -> dict[str, Any]:
    return {"locationType": (location or {}).get("locationType") or "UNDEFINED"}


def _resources(booking: Booking, service: Service) -> list[dict[str, Any]]:
    named = booking.entity.resource if isinstance(booking.entity, Slot) else service.resource
    return [{"id": named.id, "name": named.name, "email": named.email}] if named else []


def _form(booking: Booking) -> dict[str, Any]:
    contact = {key: booking.contact[key] for key in _CONTACT_KEYS if booking.contact.get(key)}
    return {
        "contactDetails": contact,
        "paymentSelection": [
            {"rateLabel": "general", "numberOfParticipants": booking.participants.count}
        ],
        "customFormFields": {},
        "additionalFields": list(booking.details.get("additionalFields") or []),
    }


def _payment(booking: Booking, service: Service) -> dict[str, Any]:
    order = uuid5(UUID(booking.id), "order")
    price = _price(service)
    transaction = {
        "txId": str(uuid5(order, "transaction")),
        "orderId": str(order),
        "orderAmount": price["amount"],
        "orderStatus": "COMPLETE" if booking.payment_status == "PAID" else "UNDEFINED",
        "paymentVendorName": "inPerson",
    }
    received = price["amount"] if booking.payment_status == "PAID" else "0"
    return {
        "balance": {"finalPrice": price, "amountReceived": received},
        "wixPayDetails": transaction,
        "state": _STATES.get(booking.payment_status, "UNDEFINED"),
        "wixPayMultipleDetails": [transaction],
    }


def _price(service: Service) -> Mapping[str, str]:
    return {"amount": service.price, "currency": service.currency, "downPayAmount": "0"}
