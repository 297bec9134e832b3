"""How far what was known of a booking can be relied on when something more is said of it."""

from attrs import evolve

from bookings_contract.oracle.known_facts import KnownFacts, Trust
from bookings_contract.oracle.shadow import UNKNOWN, Raw, Shadow, revision_of


def trusted(shadow: Shadow, facts: KnownFacts) -> bool:
    """Whether nobody else can have changed the booking."""
    if shadow.haunted:
        return False
    return facts.trust is Trust.WORLD or (facts.trust is Trust.OWN and shadow.own)


def before_a_write(
    shadow: Shadow, facts: KnownFacts, body: Raw, after: Raw | None, checked: bool
) -> Shadow:
    """What is certain of a booking at the moment of a write.

    Where others may have changed it, that is nothing but its least revision, unless the call names
    a revision, is accepted, and leads to the next one: then the booking was as it was seen at it.
    """
    if trusted(shadow, facts):
        return shadow
    seen, sent = shadow.revision.exact, str(body.get("revision"))
    led_on = after is not None and seen is not None and revision_of(after) == seen + 1
    if checked and led_on and sent == str(seen):
        # Payment has ways of its own: an order may change it without a call.
        return _unpaid(shadow)
    return shadow.blurred()


def _unpaid(shadow: Shadow) -> Shadow:
    return evolve(shadow, payment=UNKNOWN, flagged=UNKNOWN, namespaces={})
