"""The oracle at work on a target: what it may rely on there, and how its word is taken down."""

from collections.abc import Iterator

from attrs import define

from bookings_contract.exchange import Exchange
from bookings_contract.oracle import Grounds, Offer, Oracle, Room, Trust
from bookings_contract.target import Service, Target
from bookings_contract.verdicts import Finding, Kept


def grounds_of(target: Target) -> Grounds:
    """What a target file says, or a mock of itself, as far as the oracle goes by it."""
    services = target.services.values()
    return Grounds(
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


@define
class Rider:
    """An oracle that rides along with a test: it finds what the test does not look for.

    That a rule was kept is for the tests to say, who know what they tried.
    """

    oracle: Oracle
    found: list[Finding]

    def observe(self, exchange: Exchange) -> Iterator[Finding | Kept]:
        """Takes in an exchange; what it shows is told when the test is over."""
        self.found += [said for said in self.oracle.observe(exchange) if isinstance(said, Finding)]
        return iter(())
