"""What a booking is: a frozen value; a change makes a new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import field, frozen

from bookings_mock.domain.service import Policy, Resource

CREATED = "CREATED"
PENDING = "PENDING"
CONFIRMED = "CONFIRMED"
DECLINED = "DECLINED"
CANCELED = "CANCELED"
WAITING_LIST = "WAITING_LIST"
STATUSES = (CREATED, PENDING, CONFIRMED, DECLINED, CANCELED, WAITING_LIST)

APPROVAL_PENDING = "PENDING"
APPROVED = "APPROVED"
APPROVAL_DECLINED = "DECLINED"

Json: TypeAlias = Mapping[str, Any]


@frozen
class Participants:
    """How many come: a plain total, or choices of variants that each say how many."""

    total: int | None = None
    choices: Json | None = None

    @property
    def count(self) -> int:
        """The seats that these participants need."""
        if self.choices is None:
            return max(self.total or 1, 1)
        return sum(part.get("numberOfParticipants") or 1 for part in self.choices["serviceChoices"])


@frozen
class Slot:
    """A booked period: an appointment's own, or that of a class session."""

    service_id: str
    schedule_id: str
    start: datetime
    end: datetime
    timezone: str
    session_id: str | None = None
    resource: Resource | None = None
    location: Json | None = None
    # How the resource of each type is chosen, as the caller said it.
    selections: tuple[Json, ...] = ()


@frozen
class Course:
    """A booked schedule: all sessions of a course."""

    service_id: str
    schedule_id: str
    timezone: str
    start: datetime | None
    end: datetime | None
    location: Json | None = None


@frozen
class Flow:
    """What the caller asked to skip at creation; it holds for the booking's whole life."""

    skip_availability: bool = False
    skip_business_confirmation: bool = False


@frozen
class Notification:
    """The very last message about a booking, and whether it was to be sent."""

    notify: bool = False
    message: str | None = None
    metadata: Json | None = None


@frozen
class Booking:
    """A customer's place in a session, slot or course, with its life cycle.

    `approval` is the participant's approvalStatus on the calendar, None while the booking is not
    on it; `at_creation` the message that was given then; `policy` the service's as it was then;
    `held` says that it lies in a cart or checkout.
    `details` holds what the caller wrote and no rule reads, as it came.
    """

    id: str
    revision: int
    status: str
    payment_status: str
    entity: Slot | Course
    kind: str
    title: str
    participants: Participants
    created: datetime
    updated: datetime
    created_by: Json
    start: datetime | None
    end: datetime | None
    contact: Json = field(factory=dict)
    approval: str | None = None
    double_booked: bool = False
    held: bool = False
    flow: Flow = Flow()
    notification: Notification = Notification()
    sms_reminder: bool | None = None
    at_creation: Notification = Notification()
    policy: Policy = Policy()
    extended: Mapping[str, Json] = field(factory=dict)
    # The booking of several services that this one is a part of.
    whole_id: str | None = None
    details: Json = field(factory=dict)
    # The service's form as it was when the booking was made.
    form_id: str | None = None

    @property
    def app_id(self) -> str | None:
        """The app that made the booking, None where no app did."""
        return self.created_by.get("appId")

    @property
    def session_id(self) -> str | None:
        """The session that the booking is made to, None for courses and open appointments."""
        return self.entity.session_id if isinstance(self.entity, Slot) else None

    @property
    def resource_id(self) -> str | None:
        """The resource that the booking needs, once it is known."""
        if isinstance(self.entity, Slot) and self.entity.resource:
            return self.entity.resource.id
        return None
