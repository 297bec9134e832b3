"""What the oracle may rely on of a target: its services, as their file or a mock describes them."""

from bookings_contract.oracle import KnownFacts, Offer, Room, Trust
from bookings_contract.target.model import Service, Target


def known_facts(target: Target) -> KnownFacts:
    """What a target file says, or a mock of itself, as far as the oracle goes by it."""
    services = target.services.values()
    return KnownFacts(
        trust=Trust.WORLD if target.ours else Trust.OWN,
        settle_s=target.settle_s,
        offers={service.id: _offer(service) for service in services},
        rooms={
            session.id: Room(
                service.id, session.capacity, session.exclusive, session.start, session.end
            )
            for service in services
            for session in service.sessions
            if service.kind == "class"
        },
    )


def _offer(service: Service) -> Offer:
    return Offer(
        id=service.id,
        kind=service.kind,
        schedule_id=service.schedule_id,
        capacity=service.capacity,
        exclusive=any(session.exclusive for session in service.sessions),
        manual_approval=service.manual_approval,
        bookable=service.allows("book"),
        options={choice.option_id: frozenset(choice.values) for choice in service.choices},
    )
