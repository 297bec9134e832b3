"""The state machine whose steps are calls: Hypothesis draws them, and cuts walks down."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings, strategies as st
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bookings_contract.testkit.folders import leave_no_folder_behind
from bookings_contract.walking.bodies import extras, settings_of, words
from bookings_contract.walking.walker import Breach, Notes, Over, Walker
from bookings_contract.walking.wrongs import CALLS, CREATIONS, NOBODYS, spoilt

WHICH = st.integers(0, 5)
# Mostly the current revision, now and then one before or after it.
AHEAD = st.sampled_from((0, 0, 0, 0, -1, 1))
COUNT = st.integers(1, 4)
STATUSES = st.sampled_from(("CREATED", "CONFIRMED", "CANCELED", "DECLINED", "PENDING"))
CALLED = ("confirmBooking", "declineBooking", "cancelBooking")
SORTS = st.sampled_from(("createdDate", "startDate", "id"))

Begin = Callable[[], Walker]
booked = precondition(lambda machine: bool(machine.walker.bookings))


def walk(
    begin: Begin, end: Callable[[Walker], None], notes: Notes, most: int, steps: int, number: int
) -> None:
    """Walks until nothing new turns up, or the time is over; each breach is cut down first."""

    leave_no_folder_behind()

    class Walks(Steps):
        def __init__(self) -> None:
            super().__init__()
            self.walker = begin()

        def teardown(self) -> None:
            """Hears out a walk that came to its end; leaves the world as it was."""
            try:
                if sys.exception() is None:
                    self.walker.finish()
            finally:
                end(self.walker)

    quiet = settings(
        max_examples=most,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        print_blob=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    while True:
        try:
            run_state_machine_as_test(seed(number)(Walks), settings=quiet)
        except (Breach, Flaky, BaseExceptionGroup):
            if notes.new():
                continue
        except (Unsatisfiable, Over):
            notes.new()
        return


class Steps(RuleBasedStateMachine):
    """Every call that a client might make next."""

    walker: Walker

    @initialize(first=st.integers(0, 15))
    def settle_down(self, first: int) -> None:
        """Keeps to a few places."""
        self.walker.settle_down(first)

    @rule(where=WHICH, count=COUNT, flow=settings_of("createBooking"))
    def make_with_settings(self, where: int, count: int, flow: Mapping[str, Any]) -> None:
        """With flow control settings."""
        self.walker.make(where, count, flow)

    @rule(where=WHICH, count=COUNT)
    def make(self, where: int, count: int) -> None:
        """A plain booking."""
        self.walker.make(where, count, {})

    @rule(where=WHICH, count=COUNT)
    def make_confirmed(self, where: int, count: int) -> None:
        """One that is CONFIRMED from the start."""
        self.walker.make(where, count, {}, status="CONFIRMED")

    @rule(where=WHICH, more=st.integers(1, 2))
    def make_too_big(self, where: int, more: int) -> None:
        """More than there are seats."""
        room = self.walker.place(where).capacity
        self.walker.make(where, (room or 1) + more, {})

    @rule(where=WHICH, word=st.sampled_from(words("createBooking", "booking", "status")))
    def make_asking_for_a_status(self, where: int, word: str) -> None:
        """One in a status that not everybody may ask for."""
        self.walker.make(where, 1, {}, status=word)

    @rule(wheres=st.lists(WHICH, min_size=1, max_size=3), count=COUNT, whole=st.booleans())
    def make_many(self, wheres: list[int], count: int, whole: bool) -> None:
        """Several at a time."""
        items = [self.walker.body(where, count, {}) for where in wheres]
        body = {"createBookingsInfo": items, "returnFullEntity": whole}
        self.walker.call("bulkCreateBooking", body=body)
        self.walker.remember_answered()

    @rule(where=WHICH, how=st.sampled_from(sorted(CREATIONS)))
    def make_wrongly(self, where: int, how: str) -> None:
        """One that has to be refused, or corrected."""
        place = self.walker.place(where)
        body = spoilt(self.walker.body(where, 1, {}), place, how)
        self.walker.book(body)

    @rule(many=st.just(0))
    def make_none(self, many: int) -> None:
        """None, in bulk."""
        self.walker.call("bulkCreateBooking", body={"createBookingsInfo": []})

    @rule(name=st.sampled_from(CALLED), id=st.sampled_from((NOBODYS, "nobody")))
    def call_nobodys(self, name: str, id: str) -> None:
        """A booking that nobody made."""
        self.walker.call(name, path={"bookingId": id}, body={"revision": "1"})

    @booked
    @rule(which=WHICH, name=st.sampled_from(CALLED), how=st.sampled_from(sorted(CALLS)))
    def call_wrongly(self, which: int, name: str, how: str) -> None:
        """A call with no revision, or none that counts."""
        self.walker.act(name, which, CALLS[how])

    @booked
    @rule(which=WHICH)
    def resize_wrongly(self, which: int) -> None:
        """Two numbers of participants at a time."""
        row = {"numberOfParticipants": 1, "choices": [{"optionId": NOBODYS, "custom": "any"}]}
        body = {"totalParticipants": 2, "participantsChoices": {"serviceChoices": [row]}}
        self.walker.act("updateNumberOfParticipants", which, body)

    @booked
    @rule(which=WHICH)
    def resize_to_nobodys_choice(self, which: int) -> None:
        """A choice that there is not."""
        self.walker.choose(which, "none of these")

    @booked
    @rule(which=WHICH, body=extras("confirmBooking"), ahead=AHEAD)
    def confirm(self, which: int, body: Mapping[str, Any], ahead: int) -> None:
        """Confirms, in any way."""
        self.walker.act("confirmBooking", which, body, ahead)

    @booked
    @rule(which=WHICH)
    def confirm_plainly(self, which: int) -> None:
        """Confirms, with nothing but the revision."""
        self.walker.act("confirmBooking", which, {})

    @booked
    @rule(which=WHICH, body=extras("declineBooking"), ahead=AHEAD)
    def decline(self, which: int, body: Mapping[str, Any], ahead: int) -> None:
        """Declines, in any way."""
        self.walker.act("declineBooking", which, body, ahead)

    @booked
    @rule(which=WHICH, ahead=AHEAD)
    def cancel(self, which: int, ahead: int) -> None:
        """Cancels, whatever the policy says."""
        flow = {"flowControlSettings": {"ignoreCancellationPolicy": True}}
        self.walker.act("cancelBooking", which, flow, ahead)

    @booked
    @rule(which=WHICH, body=extras("markBookingAsPending"), ahead=AHEAD)
    def mark_as_pending(self, which: int, body: Mapping[str, Any], ahead: int) -> None:
        """Lets it wait for the owner."""
        self.walker.act("markBookingAsPending", which, body, ahead)

    @booked
    @rule(which=WHICH, body=extras("confirmOrDeclineBooking"))
    def confirm_or_decline(self, which: int, body: Mapping[str, Any]) -> None:
        """Lets the server decide, in any way."""
        self.walker.act("confirmOrDeclineBooking", which, body)

    @booked
    @rule(which=WHICH)
    def confirm_or_decline_plainly(self, which: int) -> None:
        """Lets the server decide."""
        self.walker.act("confirmOrDeclineBooking", which, {})

    @booked
    @rule(which=WHICH, where=WHICH, flow=settings_of("rescheduleBooking"))
    def move(self, which: int, where: int, flow: Mapping[str, Any]) -> None:
        """Moves it to another place."""
        self.walker.move(which, where, flow)

    @booked
    @rule(which=WHICH, count=COUNT, ahead=AHEAD)
    def resize(self, which: int, count: int, ahead: int) -> None:
        """Changes how many take part."""
        self.walker.act("updateNumberOfParticipants", which, {"totalParticipants": count}, ahead)

    @booked
    @rule(which=WHICH, size=COUNT)
    def extend(self, which: int, size: int) -> None:
        """Stores data of an app."""
        namespace = self.walker.client.target.namespace
        if namespace is not None:
            body = {"namespace": namespace, "namespaceData": {"crewSize": size}}
            self.walker.act("updateExtendedFields", which, body)

    @rule(status=STATUSES)
    def read_by_status(self, status: str) -> None:
        """Finds bookings by their status."""
        self.walker.look({"status": status})

    @booked
    @rule(which=WHICH)
    def count(self, which: int) -> None:
        """Counts bookings."""
        ids = [self.walker.booking(which + n).id for n in range(2)]
        self.walker.call("countExtendedBookings", body={"filter": {"id": {"$in": ids}}})
        if self.walker.client.target.ours:
            self.walker.call("countExtendedBookings", body={"filter": {}})

    @booked
    @rule(field=SORTS, order=st.sampled_from(("ASC", "DESC")))
    def read_in_order(self, field: str, order: str) -> None:
        """Finds bookings in an order."""
        ids = list(self.walker.bookings)
        self.walker.look({"id": {"$in": ids}}, sort=[{"fieldName": field, "order": order}])

    @booked
    @rule(limit=st.integers(1, 3))
    def read_page_by_page(self, limit: int) -> None:
        """Finds bookings on several pages."""
        self.walker.stroll({"id": {"$in": list(self.walker.bookings)}}, limit)

    @booked
    @rule(which=WHICH, status=STATUSES)
    def list(self, which: int, status: str) -> None:
        """Lists bookings by several filters."""
        self.walker.list({"status": status, "bookingId": self.walker.booking(which).id})
        self.walker.list({"status": [status]})

    @booked
    @rule(which=WHICH)
    def list_of_one(self, which: int) -> None:
        """Lists the bookings of a session."""
        booking = self.walker.booking(which)
        session = booking.slot.get("sessionId")
        filter = {"sessionId": session} if session else {"bookingId": booking.id}
        self.walker.list(filter)

    @booked
    @rule(
        which=WHICH,
        number=st.none() | st.integers(0, 3),
        status=st.sampled_from(words("setAttendance", "attendance", "status")),
    )
    def attend(self, which: int, number: int | None, status: str) -> None:
        """Says who came."""
        self.walker.attend(which, status, number)
