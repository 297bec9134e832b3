"""What a run sends, written down but for what no two runs have in common."""

import re

import httpx
from attrs import define, field

from bookings_contract.findings.exchange import GUID

# What a mock makes up anew each time, and names of a run.
VOLATILE = (
    (GUID, "id"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+"), "then"),
    (re.compile(r"judge-[0-9a-f]+-[\d-]+"), "judge"),
    (re.compile(r"\b[ar]t-[0-9a-f]{16,}"), "access"),
    (re.compile(r"(?<=/anonymous-bookings/)[\w-]+\.[\w-]+"), "token"),
    (re.compile(r'"cursor":\s*"[^"]*"'), '"cursor":"…"'),
)

Sent = tuple[str, str, str]


@define
class Spy(httpx.BaseTransport):
    """Writes down the method, address and body of what passes."""

    inner: httpx.BaseTransport
    sent: list[Sent] = field(factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read().decode("utf-8", "replace")
        self.sent.append((request.method, plain(str(request.url)), plain(body)))
        return self.inner.handle_request(request)


def plain(text: str) -> str:
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return text
