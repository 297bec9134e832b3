"""Advice: what callers do by mistake and the API accepts. Each answers why it is one, or None."""

from collections.abc import Sequence

from bookings_mock.domain.rulebook import Refusal, rule


@rule("ADVICE-1")
def attendance_agrees(status: str, sent: int | None) -> Refusal | None:
    """Nobody came, and yet some are said to have come; the default number is not meant."""
    if status != "NOT_ATTENDED" or not sent:
        return None
    reason = f"the status is {status}, and {sent} are said to have come"
    return Refusal(reason, field="attendance.numberOfAttendees")


@rule("ADVICE-2")
def attendees_booked(sent: int | None, booked: int) -> Refusal | None:
    """More came than were booked."""
    if sent is None or sent <= booked:
        return None
    reason = f"{sent} are said to have come, and {booked} were booked"
    return Refusal(reason, field="attendance.numberOfAttendees")


@rule("ADVICE-3")
def field_expected(field: str, why: str) -> Refusal | None:
    """A field that nobody reads, that will go, or that only the server writes."""
    return Refusal(f"{field} {why}", field=field)


@rule("ADVICE-4")
def message_goes_out(message: str | None, notify: bool, field: str) -> Refusal | None:
    """Words to the customer that nobody sends."""
    if notify or not message:
        return None
    return Refusal("a message is not sent unless notifyParticipants is true", field=field)


@rule("ADVICE-5")
def slot_is_the_sessions(contradicting: Sequence[str], field: str) -> Refusal | None:
    """Details of a slot that are not those of the session that it names."""
    if not contradicting:
        return None
    return Refusal(
        f"the session's own {', '.join(contradicting)} will be taken, not what was sent",
        field=f"{field}.{contradicting[0]}",
    )


@rule("ADVICE-6")
def policy_respected(setting: str, ignored: bool, for_customer: bool) -> Refusal | None:
    """A customer's wish that passes over the service's policy."""
    if not (ignored and for_customer):
        return None
    reason = f"{setting} is meant for the business's own changes, not for a customer's"
    return Refusal(reason, field=f"flowControlSettings.{setting}")


@rule("ADVICE-7")
def filters_used_once(twice: Sequence[str], projections: Sequence[str]) -> Refusal | None:
    """A filter of the V1 list that stands twice, or fields and fieldsets."""
    if twice:
        return Refusal(f"{twice[0]} stands twice, only the first counts", field="query.filter")
    if projections:
        return Refusal(f"{projections[0]} is not supported", field=projections[0])
    return None


@rule("ADVICE-8")
def ids_belong_together(strangers: Sequence[str], field: str) -> Refusal | None:
    """Ids that are not of the service that is booked."""
    if not strangers:
        return None
    told = f"{' and '.join(strangers)} is not of the service, whose own will be taken"
    return Refusal(told, field=f"{field}.{strangers[0]}")


@rule("ADVICE-9")
def here_to_stay(operation: str, removed_on: str) -> Refusal | None:
    """An operation that will be gone."""
    return Refusal(f"{operation} is deprecated, and announced to go on {removed_on}")
