"""Rules on confirming, declining, and letting the server decide: payment, approval, seats."""

from bookings_contract.findings.checks import Accepted, Holds
from bookings_contract.findings.refusals import by_status
from bookings_contract.oracle.case import WRITES, Case
from bookings_contract.oracle.rulings import Ruling, breach, equal, follows, held
from bookings_contract.oracle.seats import blamed, over, room
from bookings_contract.oracle.shadow import UNKNOWN

PAID = frozenset({"PAID", "PARTIALLY_PAID"})


@WRITES.rule("CONFIRM-1")
def confirmed_where_it_may_be(case: Case) -> Ruling | None:
    """A booking that waits to be confirmed can be."""
    if case.was not in case.move.sources or case.flow.get("checkAvailabilityValidation"):
        return None
    if case.refused_without_cause:
        if over(case):
            return breach(
                "confirmed, whatever is free", case.summary, "CONFIRM-2", check=Accepted()
            )
        return breach(f"a {case.was} booking confirmed", case.summary, check=Accepted())
    return held("CONFIRM-2") if case.accepted and over(case) else None


@WRITES.rule("DECLINE-1")
def declined_where_it_may_be(case: Case) -> Ruling | None:
    """A booking that waits for the owner's approval can be declined."""
    waits = case.was == "PENDING" and case.offer is not None and case.offer.manual_approval
    if not waits or not case.refused_without_cause:
        return None
    return breach("a booking that waits for approval declined", case.summary, check=Accepted())


@WRITES.rule("CANCEL-1")
def canceled_where_it_may_be(case: Case) -> Ruling | None:
    """A CONFIRMED booking can be canceled, if no policy is asked about."""
    free = case.was == "CONFIRMED" and case.flow.get("ignoreCancellationPolicy") is True
    if not free or not case.refused_without_cause:
        return None
    return breach("a CONFIRMED booking canceled", case.summary, check=Accepted())


@WRITES.rule("CONFIRM-5")
def paid_as_confirmed(case: Case) -> Ruling | None:
    """Confirming applies a payment status, or keeps it."""
    return _applied(case, kept=True)


@WRITES.rule("DECLINE-4")
def paid_as_declined(case: Case) -> Ruling | None:
    """Declining applies a payment status, or keeps it."""
    return _applied(case, kept=True)


@WRITES.rule("CONFIRMATION-8")
def paid_as_decided(case: Case) -> Ruling | None:
    """Confirm Or Decline applies a payment status."""
    return None if case.settled_otherwise else _applied(case, kept=False)


def _applied(case: Case, kept: bool) -> Ruling | None:
    shown = (case.done or {}).get("paymentStatus")
    if shown is None or not case.plain or case.before is None:
        return None
    given = case.body.get("paymentStatus")
    if given is None and (not kept or case.before.payment is UNKNOWN):
        return None
    wanted = given or case.before.payment
    return equal("paymentStatus", shown, wanted, check=Holds("paymentStatus", wanted, shown))


@WRITES.rule("CONFIRM-7")
def flagged_when_confirmed(case: Case) -> Ruling | None:
    """Whether a plain confirmation beyond the capacity sets doubleBooked."""
    flag = (case.done or {}).get("doubleBooked")
    if not over(case) or not isinstance(flag, bool) or _asked_for_more(case):
        return None
    # One that was set before tells nothing.
    fresh = case.before is not None and case.before.flagged is False
    return follows("A" if flag else "B") if fresh else None


@WRITES.rule("CONFIRM-8")
def checked_when_asked(case: Case) -> Ruling | None:
    """What the availability check does beyond the capacity."""
    checked = case.flow.get("checkAvailabilityValidation") is True
    if not checked or not over(case) or case.was not in case.move.sources or not case.plain:
        return None
    if case.refused_without_cause and by_status(case.exchange.status, "CONFIRM-8"):
        return follows("A")
    flag = (case.done or {}).get("doubleBooked")
    if not isinstance(flag, bool) or "doubleBooked" in case.body:
        return None
    return follows("B" if flag else "C")


def _asked_for_more(case: Case) -> bool:
    checks = case.flow.get("checkAvailabilityValidation")
    return bool(checks) or "doubleBooked" in case.body or not case.plain


# Confirm Or Decline


@WRITES.rule("CONFIRMATION-1")
def duplicates_declined(case: Case) -> Ruling | None:
    """An unpaid double booking is declined."""
    pays = _pays(case)
    if pays is not False or not _decides(case) or _skipped(case) is not False or not over(case):
        return None
    became = (case.done or {}).get("status")
    if became == "DECLINED":
        return held()
    # Where something is left, it is too little: that is what the words of a double booking say.
    some_left = room(case) is not None and (room(case) or 0) > 0
    rule = "CONFIRMATION-7" if some_left and "CONFIRMATION-1" in case.scene.obeyed else None
    return breach("DECLINED, an unpaid double booking", case.summary, rule, about=_others(case))


@WRITES.rule("CONFIRMATION-2")
def paid_ones_kept(case: Case) -> Ruling | None:
    """A paid double booking is kept, and says so."""
    if _pays(case) is not True or not _decides(case) or _skipped(case) is not False:
        return None
    if not over(case):
        return None
    done = case.done or {}
    if done.get("status") == "DECLINED":
        return breach("accepted, since it is paid", case.summary, about=_others(case))
    if done.get("doubleBooked") is False:
        return breach("doubleBooked true", "doubleBooked false", about=_others(case))
    return held() if done.get("doubleBooked") is True else None


@WRITES.rule("CONFIRMATION-5")
def no_duplicate_if_skipped(case: Case) -> Ruling | None:
    """What was made without asking for availability is never a double booking."""
    if _skipped(case) is not True or not _decides(case) or not over(case):
        return None
    became = (case.done or {}).get("status")
    if became != "DECLINED":
        return held()
    wanted = "not declined: it was made with skipAvailabilityValidation"
    return breach(wanted, case.summary, about=_others(case))


@WRITES.rule("CONFIRMATION-6")
def decided_when_clear(case: Case) -> Ruling | None:
    """Where seats are left, the service's approval decides, and nothing else."""
    clear = (over(case) is False or _pays(case) or _skipped(case)) and _decides(case)
    approval = case.offer.manual_approval if case.offer else None
    if not clear or case.done is None or approval is None:
        return None
    skipped = _flow(case, "skipBusinessConfirmation")
    if skipped is None and approval:
        return None
    waits = approval and not skipped
    wanted = "PENDING" if waits else "CONFIRMED"
    became = case.done.get("status")
    rule = "CONFIRMATION-3" if waits else "CONFIRMATION-4" if skipped and approval else None
    if became == wanted:
        return held(rule)
    if became == "DECLINED":
        # That one is declined says that something is taken for taken.
        if _pays(case) or _skipped(case):
            return None
        culprit, about = blamed(case.scene, case, "CONFIRMATION-7")
        return breach(f"{wanted}: its seats are free", case.summary, culprit, about=about)
    return breach(wanted, case.summary, rule)


@WRITES.rule("CONFIRMATION-7")
def not_flagged_when_clear(case: Case) -> Ruling | None:
    """What fits is no double booking."""
    flag = (case.done or {}).get("doubleBooked")
    before = case.before.flagged if case.before else UNKNOWN
    if flag is not True or before is not False or not _decides(case) or over(case) is not False:
        return None
    culprit, about = blamed(case.scene, case, "CONFIRMATION-7")
    return breach(
        "doubleBooked false: its seats are free", "doubleBooked true", culprit, about=about
    )


def _decides(case: Case) -> bool:
    """Whether the call decides on the booking: it was new, and the call was made."""
    return case.plain and case.done is not None and case.was in case.move.sources


def _pays(case: Case) -> bool | None:
    if case.before is None or not case.plain:
        return None
    stated = case.body.get("paymentStatus") or case.before.payment
    # What a payment that failed is, no page says.
    return None if stated in (UNKNOWN, "FAILED") else stated in PAID


def _skipped(case: Case) -> bool | None:
    return _flow(case, "skipAvailabilityValidation")


def _flow(case: Case, name: str) -> bool | None:
    if case.before is None or case.before.flow is UNKNOWN:
        return None
    return bool(case.before.flow.get(name))


def _others(case: Case) -> tuple[str, ...]:
    place = case.before.place if case.before else None
    if place is None or case.before is None:
        return ()
    return tuple(one.id for one in case.scene.there(place, without=case.before.id))
