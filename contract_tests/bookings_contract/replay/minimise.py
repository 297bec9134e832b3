"""Makes the story of a breach as short as it can be told: with fewer requests, and plainer ones.

Whatever is left out, the story is told again without it; what counts is what the target answers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import define, evolve

from bookings_contract.findings.exchange import Answer, Seen
from bookings_contract.findings.verdicts import Finding, RuleVerdict
from bookings_contract.replay.dependencies import Story, idle, needs, plainer, spare, state, without
from bookings_contract.replay.outcome import ReplayOutcome
from bookings_contract.replay.player import Replayer
from bookings_contract.replay.script import Differs, replay

# A finding's story is shortened with at most so many requests.
REQUESTS = 40


@define
class Minimiser:
    """One finding on its way to its shortest story."""

    replayer: Replayer
    verdict: RuleVerdict
    finding: Finding
    # Whether there is still time.
    going: Callable[[], bool]
    _spent: int = 0

    def shrunk(self) -> Finding:
        """The finding by the shortest story that shows it as well."""
        script = replay(self.verdict, self.finding, self.replayer.wire.target)
        if script is None or isinstance(script.claim, Differs):
            return self.finding
        while any(self._try(without(self.finding.story, dropped)) for dropped in self._drops()):
            pass
        target = self.replayer.wire.target
        # A guest's bookings are known by what they are named.
        plain = plainer(self.finding, self.verdict.rule.text) if target.ours else self.finding
        if plain.story != self.finding.story:
            self._try(plain.story)
        return self.finding

    def _drops(self) -> Iterator[frozenset[int]]:
        """What may go: all at once, all that is idle, then one by one; with all that needs it."""
        script = replay(self.verdict, self.finding, self.replayer.wire.target)
        assert script is not None
        needed, last = needs(script.calls), len(self.finding.story)
        steps = spare(self.finding)
        tried = set()
        for dropped in (steps, idle(self.finding), *((step,) for step in reversed(steps))):
            gone = _with_all_that_need(dropped, needed)
            if gone and gone not in tried and last not in gone and gone <= {*steps}:
                tried.add(gone)
                yield gone

    def _try(self, story: Story) -> bool:
        """Tells a shorter story; whether it shows the same, and is the finding's from now on."""
        if self._spent + len(story) > REQUESTS or not self.going():
            return False
        self._spent += len(story)
        replayed = self.replayer.replayed(self.verdict, evolve(self.finding, story=story))
        if replayed.outcome is not ReplayOutcome.FAILS:
            return False
        if state(replayed.finding.story) != state(self.finding.story):
            return False
        self.finding = _as_seen(replayed.finding, self.finding)
        return True


def _with_all_that_need(
    dropped: Iterable[int], needed: Mapping[int, frozenset[int]]
) -> frozenset[int]:
    gone = {*dropped}
    for step, steps in sorted(needed.items()):
        if steps & gone:
            gone.add(step)
    return frozenset(gone)


def _as_seen(now: Finding, before: Finding) -> Finding:
    """The finding in the words of its new story: where the answer is told, it is told anew."""
    return evolve(now, actual=described(now)) if before.actual == described(before) else now


def described(finding: Finding) -> str:
    """The last answer in a few words, as expectations tell it."""
    *earlier, last = finding.story
    booking = last.booking
    before: Seen | None = None
    for exchange in earlier:
        if booking and exchange.booking and exchange.booking.id == booking.id:
            before = exchange.booking
    return Answer(last, before).summary
