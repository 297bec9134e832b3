"""Whether each caller is known, is who it is said to be, and has the scopes that it stands for.

The owner itself is looked at in `reach`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bookings_contract.doctor.asking import (
    CREATE,
    READER,
    Asking,
    absent,
    as_a_stranger,
    refused_as,
    summary_of,
)
from bookings_contract.doctor.check import Check, fine, skipped, wrong
from bookings_contract.doctor.reach import LIST, stranger
from bookings_contract.findings.exchange import Exchange
from bookings_contract.target.model import Caller
from bookings_contract.target.places import Place

ATTENDANCE = "queryAttendance"
# Which field of createdBy names which kind of caller, and the key of a target file for it.
IDENTITIES = {
    "owner": ("wixUserId", "wix_user_id"),
    "app": ("appId", "app_id"),
    "member": ("memberId", "member_id"),
    "visitor": ("anonymousVisitorId", "visitor_id"),
}
# What each of these callers has to be let into, by the rule that asks for the scope.
NEEDED = {
    "owner": {CREATE: "AUTH-2", LIST: "AUTH-3", READER: "AUTH-9", ATTENDANCE: "AUTH-9"},
    "app": {CREATE: "AUTH-2", LIST: "AUTH-3", READER: "AUTH-9", ATTENDANCE: "AUTH-9"},
    "app_all": {CREATE: "AUTH-2", LIST: "AUTH-3", READER: "AUTH-9", ATTENDANCE: "AUTH-9"},
    "reader": {LIST: "AUTH-3", READER: "AUTH-9", ATTENDANCE: "AUTH-9"},
}
# Who may be let into nothing, and be told so as one who is not known.
NOBODY = ("stranger", "visitor")
SHUT_OUT = "not known, or not allowed"
# Callers of other sites have nothing to book at this one.
ELSEWHERE = ("other_site", "bare_site")


def unknown(caller: Caller, asked: Sequence[Exchange], asking: Asking) -> Check | None:
    """No call of the caller is let in."""
    if not asked or not all(as_a_stranger(e) for e in asked):
        return None
    return stranger(caller.name, asking.target, asked, asking.now())


def lacks_scope(caller: Caller, asked: Sequence[Exchange]) -> Check | None:
    """The caller is not let into what its name stands for."""
    needed = NEEDED.get(caller.name, {})
    shut = [e for e in asked if e.operation in needed and refused_as(e, needed[e.operation])]
    if not shut:
        return None
    found = wrong(
        "scope-missing",
        f"scopes of {caller.name}",
        seen="; ".join(summary_of(e) for e in shut),
        expected=f"[callers.{caller.name}] may call {', '.join(e.operation for e in shut)}",
        change=f"[callers.{caller.name}] token: of somebody with the permission",
    )
    return found.hindering if caller.name == "owner" else found


def swapped(caller: Caller, created: Exchange, sees_others: bool) -> Check | None:
    """A booking of the caller says that somebody of another kind made it.

    An implementation may be wrong in what it says; where the caller sees the others' bookings too,
    the token is somebody else's.
    """
    by = _created_by(created)
    kinds = [kind for kind, (key, _) in IDENTITIES.items() if by.get(key)]
    people = [kind for kind in kinds if kind != "app"] or kinds
    if not people or caller.kind in people:
        return None
    found = wrong(
        "callers-swapped",
        f"token of {caller.name}",
        seen=f"its booking was created by {dict(by)}: by a {people[0]}"
        + (", who sees the bookings of others" if sees_others else ""),
        expected=f"{IDENTITIES[caller.kind][0]}, as [callers.{caller.name}] is of kind "
        f"{caller.kind!r}",
        change=f"[callers.{caller.name}] token, or kind",
    )
    return found.decisive if sees_others and caller.kind in ("member", "visitor") else found


def other_identity(caller: Caller, created: Exchange) -> Check | None:
    """A booking of the caller names another id than the target file."""
    key, named = IDENTITIES[caller.kind]
    shown = {named: _created_by(created).get(key)}
    if caller.kind == "member" and created.booking is not None:
        shown["contact_id"] = created.booking.contact_id
    odd = {k: v for k, v in shown.items() if v and getattr(caller, k) not in (None, v)}
    if not odd:
        return None
    keys = " and ".join(odd)
    return wrong(
        "caller-id",
        f"identity of {caller.name}",
        seen=", ".join(f"{k} {v}" for k, v in odd.items()),
        expected=", ".join(f"{k} {getattr(caller, k)}" for k in odd),
        change=f"[callers.{caller.name}] {keys}, or token",
    )


def same_person(caller: Caller, created: Mapping[str, Exchange]) -> Check | None:
    """Two callers turn out to be one person with two tokens."""
    own = _created_by(created[caller.name])
    key, _ = IDENTITIES[caller.kind]
    for name, other in created.items():
        if name != caller.name and own.get(key) and _created_by(other).get(key) == own[key]:
            return wrong(
                "callers-alike",
                f"token of {caller.name}",
                seen=f"{key} {own[key]}, as of [callers.{name}]",
                expected="somebody else: rules compare what the two may do",
                change=f"[callers.{caller.name}] token",
            )
    return None


def _created_by(exchange: Exchange) -> Mapping[str, Any]:
    raw = exchange.booking.raw if exchange.booking else {}
    by = raw.get("createdBy")
    return by if isinstance(by, dict) else {}


# What is asked


def checks(asking: Asking, place: Place | None) -> Iterator[Check]:
    """Each caller in turn; `place` is where a booking can be made."""
    created: dict[str, Exchange] = {}
    for caller in asking.target.callers.values():
        yield from _caller(asking, caller, place, created)


def _caller(
    asking: Asking, caller: Caller, place: Place | None, created: dict[str, Exchange]
) -> Iterator[Check]:
    about = f"caller {caller.name}"
    asked = [asking.ask(name, caller=caller.name, **how) for name, how in _reads(asking)]
    asked = [exchange for exchange in asked if not absent(exchange)]
    if problem := unknown(caller, asked, asking):
        yield (
            skipped(about, f"{summary_of(asked[0])}: {SHUT_OUT}")
            if caller.name in NOBODY
            else problem
        )
        return
    if place is None or caller.name in ELSEWHERE:
        problem = lacks_scope(caller, asked)
        yield problem or fine(about, "known")
        return
    booked = asking.book(place, caller.name)
    wrongs = [lacks_scope(caller, [booked, *asked])]
    if booked.succeeded:
        created[caller.name] = booked
        wrongs += [swapped(caller, booked, _sees_others(asking, caller))]
        wrongs += [other_identity(caller, booked)] if not any(wrongs) else []
        wrongs += [same_person(caller, created)] if not any(wrongs) else []
    found = [one for one in wrongs if one]
    yield from found or [fine(about, "known, and who it is said to be")]


def _sees_others(asking: Asking, caller: Caller) -> bool:
    """Whether the caller is shown a booking that the owner has just made for somebody else."""
    if asking.booked is None or not asking.can(READER):
        return False
    query = {"filter": {"id": asking.booked.id}, "cursorPaging": {"limit": 1}}
    shown = asking.ask(READER, body={"query": query}, caller=caller.name).booking
    return shown is not None and shown.id == asking.booked.id


def _reads(asking: Asking) -> Iterator[tuple[str, dict[str, Any]]]:
    """Reads that show nothing but whether the caller is let in."""
    page = {"query": {"cursorPaging": {"limit": 1}}}
    for name, how in ((READER, {"body": page}), (LIST, {}), (ATTENDANCE, {"body": page})):
        if asking.can(name):
            yield name, how
