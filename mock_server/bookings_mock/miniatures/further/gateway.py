"""Miniatures of what browsers are told before and after a page's call."""

from bookings_mock.miniatures import gateway as bent
from bookings_mock.miniatures.miniature import Miniature

RULE = "GATEWAY-1"

GATEWAY: tuple[Miniature, ...] = (
    Miniature(
        name="no-preflights",
        rule=RULE,
        about="answers may be read by pages, whose preflights are refused",
        bend=bent.only_answers,
    ),
    Miniature(
        name="refusals-not-for-pages",
        rule=RULE,
        about="pages may read what is done for them, and not why it is refused",
        bend=bent.only_successes,
    ),
    Miniature(
        name="preflights-without-tokens",
        rule=RULE,
        about="a preflight lets calls through as long as they carry no token",
        bend=bent.without_authorization,
    ),
)
