"""How fast a target may be asked: the wait between two requests, and after one too many.

Time is handed in; nothing here sends anything.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from attrs import define, field

from bookings_contract.findings.bounds import ANSWER, FAREWELL, GRACE
from bookings_contract.findings.problems import OVERDUE, NotJudged, Throttled

MINUTE = 60.0
# How long to wait where a 429 does not say: limits are counted by the minute.
WAITS = (2.0, 6.0, 18.0, 36.0)
# The longest time spent on one request before the target is taken at its word.
PATIENCE = 2 * MINUTE

# About how many requests a test of each suite sends to a target that others use too, measured.
REQUESTS: Mapping[str, float] = {"rules": 4.1, "lifecycle": 4.7, "shapes": 26.0}

TOO_MANY = (
    "the target answered 429 again and again: "
    "name a lower [throttle] requests_per_minute in the target file"
)


@define
class Pace:
    """The rate that one run keeps, whoever sends."""

    requests_per_minute: float | None = None
    # When the run has to be over; only cleaning up goes on then, and for a little while.
    deadline: float | None = None
    # The longest time spent on one request.
    patience: float = PATIENCE
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0
    # The target was waited for in vain, and has answered nothing else since.
    _in_vain: bool = False

    def before(self, late: bool = False) -> None:
        """Waits until the next request may be sent; `late` ones are sent after the deadline too."""
        if not self.requests_per_minute:
            return
        self.wait(self._next - self.now(), late)
        self._next = self.now() + MINUTE / self.requests_per_minute

    def allows(self, late: bool = False) -> float:
        """How long an answer may take; raises NotJudged when the time is over."""
        if self.deadline is None:
            return ANSWER
        left = self.deadline + GRACE + (FAREWELL if late else 0.0) - self.now()
        if left <= 0:
            raise NotJudged(OVERDUE)
        return min(ANSWER, left)

    def refused(self, tries: int, since: float, retry_after: str | None, late: bool) -> None:
        """Waits after a 429, the first of which is try 0; raises Throttled if it is no use."""
        asked = seconds(retry_after, datetime.now(UTC))
        pause = asked if asked is not None else WAITS[min(tries, len(WAITS) - 1)]
        waited = self.now() - since + pause > self.patience or tries >= 2 * len(WAITS)
        if waited or self._in_vain:
            self._in_vain = True
            raise Throttled(TOO_MANY)
        self.wait(pause, late)

    def answered(self) -> None:
        """The target has answered something else than 429: waiting is of use again."""
        self._in_vain = False

    def wait(self, pause: float, late: bool = False) -> None:
        """Waits so many seconds; raises NotJudged where the time is over before they are."""
        if pause <= 0:
            return
        if self.deadline is not None:
            until = self.deadline + (FAREWELL if late else 0.0)
            if self.now() + pause > until:
                raise NotJudged(OVERDUE)
        self.sleep(pause)


def seconds(retry_after: str | None, now: datetime) -> float | None:
    """What a Retry-After header asks for: seconds, or a date; None where it says neither."""
    if retry_after is None:
        return None
    if re.fullmatch("[0-9]{1,18}", retry_after.strip()):
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - now).total_seconds())


@define
class Plan:
    """What a run of so many tests of each suite is going to ask of a target."""

    tests: Mapping[str, int]
    requests_per_minute: float | None = None
    requests: int = field(init=False)

    def __attrs_post_init__(self) -> None:
        asked = sum(number * REQUESTS.get(suite, 0.0) for suite, number in self.tests.items())
        self.requests = int(round(asked, -2 if asked >= 1000 else -1))

    def __str__(self) -> str:
        said = f"about {self.requests:,.0f} requests, at most; what is booked is canceled again"
        if not self.requests_per_minute:
            return f"{said} · [throttle] requests_per_minute limits the rate"
        took = self.requests / self.requests_per_minute
        time_ = f"{took * MINUTE:.0f} s" if took < 2 else f"{took:.0f} min"
        return f"{said} · {self.requests_per_minute:g} a minute: about {time_}"
