"""Rules on events: of each accepted call its own, once, and right; of a refused one none.

It is told of one booking at a time what a list of events has shown of it since the last look.
"""

from collections.abc import Iterator
from typing import Any

from bookings_contract.oracle.case import Case
from bookings_contract.oracle.event_list import slug_of
from bookings_contract.oracle.ledger import Account
from bookings_contract.oracle.rulings import Ruling, breach, held
from bookings_contract.oracle.shadow import UNKNOWN, moment, revision_of
from bookings_contract.testkit.events import (
    ACTION,
    ENVELOPE,
    KINDS_OF_EVENTS,
    OWN,
    PARTS,
    UPDATED,
    Event,
    body,
    body_fields,
    carried,
    complaints,
    summary,
    variant,
    wrong_around,
    wrong_inside,
)


def judged(account: Account) -> Iterator[Ruling]:
    """All that the events of one booking show."""
    lacking = [slug for slug in account.slugs if _told_too_seldom(account, slug)]
    for slug in account.slugs:
        yield from _sent(account, slug, lacking)
        yield from _formed(account, slug)
        yield from _as_answered(account, slug)
        yield from _before(account, slug)


# Which are sent


def _told_too_seldom(account: Account, slug: str) -> bool:
    """Whether an event is lacking that has to be there by now."""
    told = account.reported(slug)
    # An update is its own event, whether or not it says what is behind it.
    told += account.asides(slug) if slug == UPDATED else []
    return account.covered and len(told) < len(account.overdue(slug))


def _sent(account: Account, slug: str, lacking: list[str]) -> Iterator[Ruling]:
    """Whether each deed that has to be told was, and nothing else."""
    if slug in lacking:
        yield _missing(account, slug)
    elif len(account.reported(slug)) > len(account.due(slug)):
        # Where one is lacking, this one was told instead.
        if account.whole and not lacking and not (slug == UPDATED and account.shadow.restless):
            yield _too_many(account, slug)
    elif account.covered and account.overdue(slug):
        yield held(OWN)


def _missing(account: Account, slug: str) -> Ruling:
    overdue = account.overdue(slug)
    shown = {revision_of(carried(event, slug)) for event in account.reported(slug)}
    untold = (d.case for d in overdue if revision_of(d.case.done or {}) not in shown)
    case = next(untold, overdue[-1].case)
    unknown = [event for event in account.events if slug_of(event) not in KINDS_OF_EVENTS]
    if unknown:
        # Something was sent, under a name that there is not.
        said = f"{summary(unknown)} of {account.id}"
        return _at(case, account, ENVELOPE, f"an event with the slug {slug}", said)
    wanted = _so_often(slug, len(overdue))
    return _at(case, account, OWN, wanted, _told(account), PARTS.get(case.operation))


def _too_many(account: Account, slug: str) -> Ruling:
    due = [deed.case for deed in account.due(slug)]
    refused = [case for case in account.refused if slug in case.move.events]
    if due:
        wanted = _so_often(slug, len(due))
    else:
        wanted = "no event of a refused call" if refused else f"no {slug}: nothing led to one"
    # Whose event one too many is can't be said: it counts for no more than any of them.
    parts = (PARTS[case.operation] for case in (*due, *refused) if case.operation in PARTS)
    latest = max(due + refused, key=lambda case: case.exchange.started, default=None)
    return _at(latest, account, OWN, wanted, _told(account), next(parts, None))


def _so_often(slug: str, times: int) -> str:
    return f"{slug} once" if times == 1 else f"{slug} {times} times"


def _told(account: Account) -> str:
    return summary(list(account.events))


# What each says of itself


def _formed(account: Account, slug: str) -> Iterator[Ruling]:
    """Whether events have the declared form, are about the booking, and have ids of their own."""
    for event in [*account.reported(slug), *account.asides(slug)]:
        case = _cause(account, slug, event)
        around, inside = wrong_around(event, slug), wrong_inside(event, slug, account.id)
        same = account.by_id[str(event.get("id"))]
        if around:
            wanted = f"the fields that every event has, with {variant(slug)}"
            yield _at(case, account, ENVELOPE, wanted, "; ".join(around))
        elif len(same) > 1:
            kinds = ", ".join(sorted(f"{kind} of {booking}" for _, kind, booking, _ in same))
            yield _at(case, account, ENVELOPE, "an id of its own", f"one id for {kinds}")
        elif inside:
            wanted = f"{variant(slug)} as it is declared, with the booking"
            yield _at(case, account, ENVELOPE, wanted, "; ".join(inside), "contents")
        else:
            yield held(ENVELOPE)


def _as_answered(account: Account, slug: str) -> Iterator[Ruling]:
    """Whether events carry the booking as the calls that led to them answered it."""
    told, deeds = account.reported(slug), account.due(slug)
    shown = [_status_and_revision(carried(event, slug)) for event in told]
    answered = [_status_and_revision(deed.case.done or {}) for deed in deeds]
    sure = account.whole and not account.shadow.restless and all(deed.certain for deed in deeds)
    if not sure or len(shown) != len(answered) or None in shown or None in answered:
        return
    for deed, was in zip(deeds, answered, strict=True):
        if was not in shown:
            about = " or ".join(
                f"{status}, revision {number}" for status, number in filter(None, shown)
            )
            wanted = "the booking as it was answered: " + "{}, revision {}".format(*was or ())
            yield _at(deed.case, account, ENVELOPE, wanted, about, "contents")


def _status_and_revision(raw: Any) -> tuple[str, int] | None:
    status, number = raw.get("status"), revision_of(raw)
    return (status, number) if isinstance(status, str) and number is not None else None


# What actions say of what was before


def _before(account: Account, slug: str) -> Iterator[Ruling]:
    """Whether an action's event tells what was before it."""
    if variant(slug) != "actionEvent":
        return
    told = account.reported(slug)
    for event in told:
        # Where there are too many, none can be told from those that should not be there.
        case = _cause(account, slug, event) if len(told) <= len(account.due(slug)) else None
        wrong = [text for inside, text in complaints(event, slug, ACTION) if inside]
        if wrong:
            wanted = f"a body of {slug} as it is declared"
            yield _at(case, account, ACTION, wanted, "; ".join(wrong))
        elif case is not None:
            yield from _as_it_was(account, slug, event, case)


def _as_it_was(account: Account, slug: str, event: Event, case: Case) -> Iterator[Ruling]:
    told = body(event)
    for name, was in _former(case):
        shown = _comparable(name, told.get(name))
        if name in body_fields(slug) and shown is not None and shown != was:
            yield _at(case, account, ACTION, f"{name} {was}", f"{name} {shown}")
            return
    yield held(ACTION)


def _former(case: Case) -> Iterator[tuple[str, object]]:
    """What is known of the booking as it was before a call, as an event names it."""
    before = case.before
    if before is None:
        return
    if before.status is not UNKNOWN:
        yield "previousStatus", before.status
    if before.payment is not UNKNOWN:
        yield "previousPaymentStatus", before.payment
    if before.revision.exact is None or revision_of(before.raw) != before.revision.exact:
        return  # What was shown last is not what was there.
    for name, field in (("previousStartDate", "startDate"), ("previousEndDate", "endDate")):
        if (was := moment(before.raw.get(field))) is not None:
            yield name, was
    if isinstance(total := before.raw.get("totalParticipants"), int):
        yield "previousTotalParticipants", total


def _comparable(name: str, shown: object) -> object:
    return moment(shown) if name.endswith("Date") else shown


# What all of them need


def _cause(account: Account, slug: str, event: Event) -> Case | None:
    """The call that an event tells, by the revision that it led to."""
    deeds = account.due(slug)
    number = revision_of(carried(event, slug))
    led = [d for d in deeds if number is not None and revision_of(d.case.done or {}) == number]
    found = led or deeds
    return found[0].case if len(found) == 1 else None


def _at(
    case: Case | None,
    account: Account,
    rule: str,
    expected: str,
    actual: str,
    circumstance: str | None = None,
) -> Ruling:
    """A breach that was seen in a list of events, after the call that it is about."""
    done = [*(deed.case for deed in account.deeds), *account.refused]
    latest = max(done, key=lambda one: one.exchange.started, default=None)
    case = case or latest
    return breach(
        expected,
        actual,
        rule,
        circumstance=circumstance,
        about=(account.id,),
        at=case.exchange if case else None,
        aside=account.look,
    )
