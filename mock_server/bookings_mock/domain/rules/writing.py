"""Rules of what fills a site: services, categories, staff and sessions, written by the API."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve

from bookings_mock.domain.catalog import Category, StaffMember
from bookings_mock.domain.rulebook import Refusal, rule
from bookings_mock.domain.service import APPOINTMENT, Service, Session

Json = Mapping[str, Any]

# The ways of making a price that can be paid online, and where each says how much it is.
PRICES = {"FIXED": ("fixed", "price"), "VARIED": ("varied", "defaultPrice")}
_ONLINE = (*PRICES, "SUBSCRIPTION")


@rule("SERVICES-2")
def as_written(service: Service) -> Service:
    """A service is kept as it was written."""
    return service


@rule("SERVICES-3")
def can_be_paid(payment: Json) -> Refusal | None:
    """A service says how it is paid, in a way that goes with its price."""
    options, kind = payment.get("options") or {}, payment.get("rateType")
    problem = _unpriced(payment, kind) or _unpayable(options, kind)
    if problem is None:
        return None
    field, what = problem
    return Refusal(what, field=f"service.payment.{'options.' if field in options else ''}{field}")


@rule("SERVICES-3")
def approved_without_plans(payment: Json, approved: bool) -> Refusal | None:
    """What the owner has to approve is paid by no plan."""
    if not approved or not (payment.get("options") or {}).get("pricingPlan"):
        return None
    return Refusal("goes with no manual approval", field="service.payment.options.pricingPlan")


def _unpriced(payment: Json, kind: Any) -> tuple[str, str] | None:
    if kind == "UNKNOWN_RATE_TYPE":
        return "rateType", "must be known"
    if kind not in PRICES:
        return None
    part, price = PRICES[kind]
    amount = ((payment.get(part) or {}).get(price) or {}).get("value")
    return None if amount else (f"{part}.{price}", f"must be given with the rate type {kind}")


def _unpayable(options: Json, kind: Any) -> tuple[str, str] | None:
    online, in_person = bool(options.get("online")), bool(options.get("inPerson"))
    if not online and not in_person:
        return "options", "must say that it is paid online or in person, also where it is free"
    if online and kind not in _ONLINE:
        return "online", f"goes with no rate type {kind}"
    if options.get("deposit") and (not online or in_person):
        return "deposit", "is paid online, and nothing in person then"
    return None


@rule("SERVICES-3")
def holds_as_many(kind: str, capacity: int | None) -> Refusal | None:
    """An appointment is for one, a class or course for several."""
    if kind == APPOINTMENT:
        fits, right = capacity in (None, 1), "must be 1 for an appointment"
    else:
        fits, right = (capacity or 0) > 1, f"must be more than 1 for a {kind}"
    return None if fits else Refusal(right, field="service.defaultCapacity")


@rule("SERVICES-3")
def takes_as_long(kind: str, constraints: Json) -> Refusal | None:
    """An appointment says how long it takes; of a class or course its sessions say it."""
    lengths, ranged = constraints.get("sessionDurations"), constraints.get("durationRange")
    field = "service.schedule.availabilityConstraints.sessionDurations"
    if kind != APPOINTMENT:
        return Refusal(f"is nothing that a {kind} has", field=field) if lengths else None
    return None if lengths or ranged else Refusal("must be given for an appointment", field=field)


@rule("SERVICES-3")
def has_somebody(kind: str, resources: int) -> Refusal | None:
    """An appointment needs somebody, or something, to provide it."""
    if kind != APPOINTMENT or resources:
        return None
    reason = "an appointment needs a staff member, by the id of its resource, or a resource"
    return Refusal(reason, field="service.staffMemberIds")


@rule("SERVICES-3")
def belongs_to_the_site(found: object, what: str, field: str) -> Refusal | None:
    """What a service names besides must be the site's own."""
    return None if found is not None else Refusal(f"the site has no such {what}", field=field)


@rule("SERVICES-3")
def takes_place_somewhere(kind: str | None) -> Refusal | None:
    """A place is the business's own, the service's own, or the customer's."""
    if kind != "UNKNOWN_LOCATION_TYPE":
        return None
    return Refusal("must be known", field="service.locations.type")


@rule("SERVICES-4")
def offered_at_once(service: Service) -> Service:
    """A service that was created can be booked from now on."""
    return service


@rule("SERVICES-5")
def deleted(service: Service) -> Service:
    """A service that was deleted is offered no more; its bookings are still there."""
    return evolve(service, gone=True)


@rule("WRITING-1")
def current(revision: int, passed: str | None) -> str | None:
    """What is changed has to be named with its current revision."""
    if passed is not None and passed.lstrip("0") == str(revision):
        return None
    return f"the revision is {revision}, not {str(passed)[:20]}"


@rule("WRITING-1")
def next_revision(revision: int) -> int:
    """A change raises the revision by one."""
    return revision + 1


@rule("WRITING-2")
def changed_part(before: Any, sent: Any) -> Any:
    """A change is of what was sent; what it says nothing of stays as it was."""
    if not isinstance(sent, Mapping) or not isinstance(before, Mapping):
        return sent
    return {**before, **{key: changed_part(before.get(key), sent[key]) for key in sent}}


@rule("SESSIONS-1")
def on_its_schedule(session: Session) -> Session:
    """A session that was created is there, with as many seats as it says."""
    return session


@rule("SESSIONS-2")
def as_its_service(kind: str, service: Service | None) -> Refusal | None:
    """An event on the schedule of a service is of the service's own kind."""
    if service is None:
        return Refusal("must be the schedule of a class, a course or a staff member", field=_EVENT)
    if kind == service.kind != APPOINTMENT:
        return None
    return Refusal("type must match the service type", field="event.type")


@rule("SESSIONS-2")
def led_by_somebody(resources: Sequence[Json]) -> Refusal | None:
    """A session needs a resource that is the site's, with what it may do."""
    if resources and all(one.get("permissionRole") in _ROLES for one in resources):
        return None
    return Refusal("needs a resource, and its permissionRole", field="event.resources")


@rule("SESSIONS-2")
def ends_after_it_begins(start: datetime, end: datetime) -> Refusal | None:
    """A session has a length."""
    return None if start < end else Refusal("must be after start", field="event.end")


@rule("SESSIONS-3")
def canceled(session: Session) -> Session:
    """A session that was canceled takes place no more: nobody can book it."""
    return evolve(session, canceled=True)


@rule("STAFF-1")
def with_a_resource(staff: StaffMember) -> StaffMember:
    """Whoever is added to the staff has a resource and a schedule, and can be booked by it."""
    return staff


@rule("STAFF-2")
def leaves(staff: StaffMember) -> bool:
    """Whoever was deleted is gone, and their resource with them."""
    return True


@rule("STAFF-3")
def own_schedule(schedule_id: str, allowed: Collection[str]) -> Refusal | None:
    """Working hours are those of one's own schedule, or those of the business."""
    if schedule_id.lower() in allowed:
        return None
    reason = "must be the staff member's own schedule or that of the business"
    return Refusal(reason, field="scheduleId")


@rule("CATEGORIES-1")
def kept_category(category: Category) -> Category:
    """A category is kept as it was written."""
    return category


@rule("CATEGORIES-1")
def category_leaves(category: Category) -> bool:
    """A category that was deleted is gone; its services keep its id."""
    return True


_EVENT, _ROLES = "event.scheduleId", ("WRITER", "COMMENTER")
