"""Miniatures of Reschedule, Cancel and their policies, and of Update Number Of Participants."""

from collections.abc import Callable
from typing import Any

from attrs import evolve

from bookings_mock.call import Call
from bookings_mock.domain.booking import PENDING, Booking, Participants, Slot
from bookings_mock.domain.fit import Fit
from bookings_mock.domain.rulebook import Refusal
from bookings_mock.domain.rules import create, participants, policy, reschedule
from bookings_mock.domain.service import Service, Session
from bookings_mock.handlers.handler import Handler
from bookings_mock.miniatures.further.ways import Wrap, asking, keeping
from bookings_mock.miniatures.miniature import Miniature
from bookings_mock.miniatures.stand_ins import first_choice_exists

MOVES_IT, RESIZES = "rescheduleBooking", "updateNumberOfParticipants"

# Where the document says that a list of choices holds one at least.
_SOME_CHOICE = "/components/schemas/ParticipantChoicesInput/properties/serviceChoices/minItems"


def _in_utc(call: Call, former: Booking | None, booking: Booking) -> Booking:
    slot = booking.entity
    return evolve(booking, entity=evolve(slot, timezone="UTC"))


def _ends_as_before(call: Call, former: Booking | None, booking: Booking) -> Booking:
    return evolve(booking, end=former.end) if former else booking


def _one_comes(call: Call, former: Booking | None, booking: Booking) -> Booking:
    named = {"totalParticipants", "participantsChoices"} & call.body.keys()
    return booking if named else evolve(booking, participants=Participants(total=1))


def _without_place(call: Call, former: Booking | None, booking: Booking) -> Booking:
    slot = booking.entity
    there = evolve(slot, location=None, resource=None) if isinstance(slot, Slot) else slot
    return evolve(booking, entity=there)


def _erasing(erases: Callable[[Any], bool]) -> Wrap:
    """Some choices that say nothing erase those that there were; as many come as before."""

    def erased(call: Call, former: Booking | None, booking: Booking) -> Booking:
        named = "participantsChoices" in call.body
        if former is None or not named or not erases(call.body["participantsChoices"]):
            return booking
        return evolve(booking, participants=Participants(total=former.participants.count))

    return keeping(erased)


def _empty(sent: Any) -> bool:
    return sent is not None and not sent["serviceChoices"]


def _null(sent: Any) -> bool:
    return sent is None


def _any_session(session: Session | None, service: Service) -> str | None:
    return None if session else f"{service.name} has no session with this id"


def _slots_only(fit: Fit) -> Refusal | None:
    return create.unavailable(fit) if fit.case == "slot" else None


def _room_for_the_old_number(handler: Handler) -> Handler:
    async def moved(call: Call) -> Any:
        booking = call.world.booking(call.path["bookingId"])
        came = booking.participants.count if booking else 1

        def available(fit: Fit) -> Refusal | None:
            return create.unavailable(evolve(fit, wanted=came))

        rules = call.ground.rules
        bent = evolve(rules, replaced={**rules.replaced, reschedule.available_there: available})
        return await handler(evolve(call, ground=evolve(call.ground, rules=bent)))

    return moved


def _ignoring(setting: str) -> Any:
    """A body that leaves a policy setting out means that it is to be ignored."""

    def change(body: Any) -> Any:
        flow = body.get("flowControlSettings") or {}
        return {**body, "flowControlSettings": {setting: True, **flow}}

    return asking(change)


def _added(old: Participants, new: Participants) -> Participants:
    if new.choices is None:
        return Participants(total=old.count + new.count)
    former = old.choices["serviceChoices"] if old.choices else []
    return Participants(choices={"serviceChoices": [*former, *new.choices["serviceChoices"]]})


def _never_fewer(old: Participants, new: Participants) -> Participants:
    return old if new.count < old.count else new


MOVES: tuple[Miniature, ...] = (
    Miniature(
        name="time-zone-lost-on-the-way",
        rule="RESCHEDULE-3",
        about="a rescheduled booking forgets its time zone and is in UTC",
        handlers={MOVES_IT: keeping(_in_utc)},
    ),
    Miniature(
        name="the-end-stays-behind",
        rule="RESCHEDULE-3",
        about="rescheduling moves the startDate of the booking, and not its endDate",
        handlers={MOVES_IT: keeping(_ends_as_before)},
    ),
    Miniature(
        name="moves-lose-place-and-resource",
        rule="RESCHEDULE-3",
        about="a rescheduled booking has neither location nor resource",
        handlers={MOVES_IT: keeping(_without_place)},
    ),
    Miniature(
        name="moves-lose-the-participants",
        rule="RESCHEDULE-5",
        about="rescheduling without participants leaves one",
        handlers={MOVES_IT: keeping(_one_comes)},
    ),
    Miniature(
        name="an-empty-choice-list-erases-choices",
        rule="RESCHEDULE-5",
        about="rescheduling with an empty list of choices erases those that the booking has",
        rewrites={_SOME_CHOICE: 0},
        handlers={MOVES_IT: _erasing(_empty)},
    ),
    Miniature(
        name="null-erases-choices",
        rule="RESCHEDULE-5",
        about="rescheduling with choices of null erases those that the booking has",
        handlers={MOVES_IT: _erasing(_null)},
    ),
    Miniature(
        name="an-empty-update-erases-choices",
        rule="PARTICIPANTS-2",
        about="an update with an empty list of choices erases those that the booking has",
        rewrites={_SOME_CHOICE: 0},
        handlers={RESIZES: _erasing(_empty)},
    ),
    Miniature(
        name="any-class-will-do",
        rule="RESCHEDULE-2",
        about="a class booking moves to the session of another class",
        replaces={reschedule.session_of_the_class: _any_session},
    ),
    Miniature(
        name="moves-into-full-sessions",
        rule="RESCHEDULE-4",
        about="rescheduling asks for free time, and not for free seats",
        replaces={reschedule.available_there: _slots_only},
    ),
    Miniature(
        name="room-for-the-old-number",
        rule="RESCHEDULE-4",
        about="rescheduling with more participants asks for room for the former number",
        handlers={MOVES_IT: _room_for_the_old_number},
    ),
    Miniature(
        name="moving-is-approving",
        rule="RESCHEDULE-7",
        about="rescheduling a PENDING booking confirms it, asked or not",
        replaces={policy.confirmed_by_moving: lambda booking, waived: booking.status == PENDING},
    ),
    Miniature(
        name="moves-ignore-the-policy-by-default",
        rule="RESCHEDULE-6",
        about="the reschedule policy holds only where ignoreReschedulePolicy is false",
        handlers={MOVES_IT: _ignoring("ignoreReschedulePolicy")},
    ),
    Miniature(
        name="the-reschedule-policy-always-holds",
        rule="RESCHEDULE-6",
        about="ignoreReschedulePolicy is of no use",
        replaces={
            policy.reschedule_allowed: lambda own, ignored, start, now: policy.reschedule_allowed(
                own, False, start, now
            )
        },
    ),
    Miniature(
        name="cancelations-ignore-the-policy-by-default",
        rule="CANCEL-4",
        about="the cancelation policy holds only where ignoreCancellationPolicy is false",
        handlers={"cancelBooking": _ignoring("ignoreCancellationPolicy")},
    ),
    Miniature(
        name="canceling-by-the-wrong-policy",
        rule="CANCEL-4",
        about="whether a booking can be canceled is looked up in the reschedule policy",
        replaces={
            policy.cancel_allowed: lambda own, ignored, start, now: policy.reschedule_allowed(
                own, ignored, start, now
            )
        },
    ),
    Miniature(
        name="only-the-first-updated-choice-is-checked",
        rule="PARTICIPANTS-3",
        about="an update checks that the first choice exists, and no other",
        replaces={participants.updated_choices_exist: first_choice_exists},
    ),
    Miniature(
        name="participants-are-added",
        rule="PARTICIPANTS-4",
        about="an update of the participants adds to those that there are",
        replaces={participants.updated_participants: _added},
    ),
    Miniature(
        name="participants-only-grow",
        rule="PARTICIPANTS-4",
        about="an update to fewer participants changes nothing",
        replaces={participants.updated_participants: _never_fewer},
    ),
)
