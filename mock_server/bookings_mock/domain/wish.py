"""What callers ask of the life cycle, read from their requests and not judged yet."""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from bookings_mock.domain.booking import Flow, Json, Notification, Participants
from bookings_mock.domain.service import Resource


@frozen
class SlotWish:
    """A slot as a caller describes it; dates that could not be read are None."""

    service_id: str | None = None
    schedule_id: str | None = None
    session_id: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    timezone: str | None = None
    resource: Resource | None = None
    location: Json | None = None
    # How the resource of each type is chosen, as it was sent.
    selections: tuple[Json, ...] = ()


@frozen
class ScheduleWish:
    """A course's schedule as a caller names it."""

    service_id: str | None = None
    schedule_id: str | None = None
    timezone: str | None = None


@frozen
class Creation:
    """What Create Booking asks for. `kind` is the caller's, `identity` its ids."""

    entity: SlotWish | ScheduleWish
    participants: Participants
    kind: str
    identity: Json
    status: str | None = None
    payment_status: str | None = None
    contact: Json = field(factory=dict)
    flow: Flow = Flow()
    notification: Notification = Notification()
    sms_reminder: bool | None = None
    extended: Mapping[str, Json] = field(factory=dict)
    form: Json | None = None
    skip_payment_option: bool = False
    # Whether only numberOfParticipants says how many, which no page knows.
    number_alone: bool = False
    details: Json = field(factory=dict)


@frozen
class Decision:
    """What Confirm, Decline, Mark As Pending and Confirm Or Decline ask for."""

    payment_status: str | None = None
    notification: Notification | None = None
    sms_reminder: bool | None = None
    double_booked: bool | None = None
    check_availability: bool = False
    skip_approval_check: bool = False


@frozen
class Relocation:
    """What Reschedule Booking asks for; participants that are left out are None."""

    slot: SlotWish
    participants: Participants | None = None
    notification: Notification | None = None
    skip_availability: bool = False
    skip_business_confirmation: bool = False
    ignore_policy: bool = False
