"""Rules that hold for every call: callers, look-ups, revisions."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bookings_mock.domain.booking import Booking
from bookings_mock.domain.rulebook import Refusal, either, rule


@rule("AUTH-1")
def known_token(known: bool) -> str | None:
    """Every call needs an Authorization that the site knows."""
    return None if known else "the Authorization header is missing or names no caller of this site"


@rule("AUTH-2")
def has_scope(scopes: Collection[str], needed: Collection[str]) -> str | None:
    """An app needs a Manage Bookings scope to write."""
    return _lacking(scopes, needed)


@rule("AUTH-3")
def may_list(scopes: Collection[str], needed: Collection[str]) -> str | None:
    """An app needs a scope that includes participants for the V1 list."""
    return _lacking(scopes, needed)


@rule("AUTH-9")
def may_read(scopes: Collection[str], needed: Collection[str]) -> str | None:
    """An app needs a read scope for the reader and for attendance."""
    return _lacking(scopes, needed)


def _lacking(scopes: Collection[str], needed: Collection[str]) -> str | None:
    if not needed or set(scopes) & set(needed):
        return None
    return f"the app needs one of the permission scopes {', '.join(needed)}"


@rule("AUTH-2")
def may_call(kind: str, kinds: Collection[str]) -> str | None:
    """Some operations are for some kinds of caller only."""
    return None if kind in kinds else f"a {kind} may not call this operation"


@rule("AUTH-2")
def is_member(kind: str) -> str | None:
    """Who asks for the member behind a token has to be one."""
    return None if kind == "member" else "Missing site member id"


@rule("AUTH-7")
def may_override(kind: str, overridden: Collection[str]) -> str | None:
    """Customers have no permission to override the usual course."""
    if kind in ("owner", "app") or not overridden:
        return None
    return f"a {kind} may not override {', '.join(sorted(overridden))}"


@either("AUTH-8")
def may_book(reading: str, kind: str) -> str | None:
    """Visitors and members may create a booking (A), or may not (B)."""
    if reading == "A" or kind not in ("visitor", "member"):
        return None
    return f"a {kind} may not create bookings"


@either("GATEWAY-2")
def names_its_site(reading: str, kind: str, sent: str, site_id: str) -> Refusal | None:
    """The site id beside an API key is not looked at (A), or must be none but the site's (B)."""
    if reading == "A" or kind != "owner" or sent.lower() in ("", site_id.lower()):
        return None
    return Refusal("wix-site-id names no site of this API key")


@either("AUTH-12")
def may_query(reading: str, kind: str) -> str | None:
    """A member finds its own bookings at the reader (A), or is refused there (B)."""
    return "a member may not query bookings" if reading == "B" and kind == "member" else None


@rule("AUTH-10")
def bookings_installed(installed: bool) -> str | None:
    """Wix Bookings must be installed on the site."""
    return None if installed else "Wix Bookings is not installed on this site"


@either("SHAPE-5")
def same_id(reading: str, field: str, in_path: str, repeated: str) -> Refusal | None:
    """An id repeated in body or query must be the path's (A), or the path's wins (B)."""
    if reading == "B" or in_path.lower() == repeated.lower():
        return None
    return Refusal(f"must be the {field} of the path, {in_path}", field=field)


@rule("SHAPE-6")
def writable_part(
    sent: Mapping[str, Any], writable: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    """Of what was sent, only what a caller can write; `writable` names what of items it can not."""
    return {key: _without(value, writable[key]) for key, value in sent.items() if key in writable}


def _without(value: Any, read_only: Collection[str]) -> Any:
    if not read_only or not isinstance(value, list):
        return value
    return [{k: part for k, part in item.items() if k not in read_only} for item in value]


@either("SHAPE-7")
def reads_snake_case(reading: str) -> bool:
    """Input in snake_case means the same as camelCase (A), or is unknown (B)."""
    return reading == "A"


@either("GATEWAY-1")
def open_to_pages(reading: str) -> bool:
    """Pages of any origin may call and read the answers (A), or none is told that it may (B)."""
    return reading == "A"


@either("SHAPE-10")
def not_read_here(reading: str, instead: str) -> str | None:
    """The writer does not read bookings (A), or answers those that the caller may see (B)."""
    return None if reading == "B" else f"bookings are not read here; ask {instead}"


@rule("LOOKUP-1")
def found(booking: Booking | None) -> str | None:
    """The booking must exist."""
    return None if booking else "there is no booking with this id"


@rule("REVISION-1")
def first_revision() -> int:
    """The revision of a new booking."""
    return 1


@rule("REVISION-2")
def next_revision(revision: int) -> int:
    """The revision after a change."""
    return revision + 1


@rule("REVISION-3")
def current_revision(booking: Booking, passed: str | None) -> Refusal | None:
    """The current revision must be passed."""
    if passed == str(booking.revision):
        return None
    # Clients know a conflict by these first words.
    told = f"Outdated revision for entity id {booking.id}"
    return Refusal(
        f"{told}: it is at {booking.revision}, {passed} was passed",
        data={"revisionViolation": {"entityId": booking.id}},
    )


@rule("REVISION-5")
def update_time(booking: Booking, now: datetime) -> datetime:
    """When a booking that changes now says it was updated; never before its last update."""
    return max(booking.updated, now)


@either("REVISION-7")
def revision_after_fields(reading: str, revision: int) -> int:
    """Extended fields raise the revision (A), or leave it (B)."""
    return revision + 1 if reading == "A" else revision
