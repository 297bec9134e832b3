"""Walks: whatever is called in whatever order, no answer breaks a rule."""

from random import Random

import pytest

from bookings_contract.findings.verdicts import Left
from bookings_contract.plugin.run import RUN
from bookings_contract.testkit.record import Record
from bookings_contract.walking.arena import Arena, walked

# What walks come to, unless they are very short.
LIKELY = ("CREATE-4", "REVISION-1", "CREATE-22")


@pytest.mark.judges(*LIKELY, needs=())
def test_no_call_breaks_a_rule_whatever_came_before(
    request: pytest.FixtureRequest, bookings_record: Record
) -> None:
    run = request.config.stash[RUN]
    arena = Arena(
        run.wire.target, run.known, lambda: run.client(bookings_record), run.pool, run.name
    )
    number = Random(f"{run.seed} {request.node.name}").getrandbits(32)
    notes = walked(arena, number, deadline=run.deadline)
    for finding in notes.found.values():
        bookings_record.note(finding, passing=True)
    for kept in notes.rulings():
        bookings_record.note(kept)
    # Which readings are followed is for the rules' own tests to say: on a walk, a refusal may have
    # further reasons than the one that is read into it.
    for rule in LIKELY:
        if not bookings_record.speaks_of(rule):
            bookings_record.note(Left(rule, "no walk came to it"))
