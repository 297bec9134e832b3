"""Writes a replay down as a pytest test of its own, which needs httpx and nothing else."""

import hashlib
import inspect
import json
import shlex
import textwrap
from collections.abc import Iterator
from typing import Any

from bookings_contract.findings.checks import (
    Accepted,
    Answered,
    Ordered,
    Refused,
    RefusedWith,
    Signed,
)
from bookings_contract.findings.exchange import CONTROL
from bookings_contract.replay import normalise as freeing, signed as signing
from bookings_contract.replay.carrying import Beside, Carried, Text
from bookings_contract.replay.script import NOBODY, Call, Counts, Differs, Equals, Replay, Shown
from bookings_contract.report.naming import variable
from bookings_openapi import Answer as Refusal

WIDTH = 96
STEP = "    "
# A longer answer explains nothing to a reader.
LONGEST = 6000
LONGEST_WORD = 1000


def file_name(rule: str) -> str:
    """`test_confirm_1.py`."""
    return f"{function_name(rule)}.py"


def function_name(rule: str) -> str:
    """`test_confirm_1`."""
    return f"test_{rule.lower().replace('-', '_')}"


def as_pytest(replay: Replay) -> str:
    """The whole file."""
    parts = [
        "\n".join(_head(replay)),
        "\n".join(_imports(replay)),
        "\n".join(_settings(replay)),
        "\n" + "\n".join(_test(replay)),
    ]
    if replay.carried or isinstance(replay.claim, Equals | Counts | Ordered):
        parts.append("\n" + AT)
    if isinstance(replay.claim, Signed):
        parts.append("\n" + _without_head(inspect.getsource(signing)))
    if isinstance(replay.claim, Differs):
        parts += ["\n" + END_OF, "\n" + _freeing(), "\n".join(_breach(replay.claim))]
    return "\n\n".join(parts) + "\n"


AT = '''\
def at(answer, *place):
    """The value at a place of an answer."""
    value = answer.json()
    for step in place:
        value = value[step]
    return value'''


END_OF = '''\
def end_of(story, last, moments, ordered):
    """How a story ends, without what differs each time it is told."""
    words = []
    for answer in story:
        request = answer.request
        words.append(request.url.raw_path.decode())
        words.append(request.content.decode("utf-8", "backslashreplace"))
        words.append(answer.text)
    answers = [(answer.status_code, answer.headers, answer.text) for answer in last]
    ends = normalised(words, answers, moments, ordered)
    return {"statuses": [answer.status_code for answer in story], "ends": ends}'''


def _head(replay: Replay) -> Iterator[str]:
    rule, finding = replay.verdict.rule, replay.finding
    yield '"""' + _doc(f"{rule.id}: {rule.text}")
    yield ""
    if finding.circumstance:
        yield _doc(finding.circumstance, "when      ")
    yield _doc(finding.expected, "expected  ")
    yield _doc(finding.actual, "received  ")
    yield ""
    yield "Tells the story again that showed this; it fails as long as the rule is broken:"
    yield ""
    yield f"    {' '.join([*_assignments(replay), 'pytest', file_name(rule.id)])}"
    yield '"""'


def _assignments(replay: Replay) -> Iterator[str]:
    yield _escaped(f"BASE_URL={shlex.quote(replay.url)}")
    for name, token in replay.tokens.items():
        if token is None:
            yield f"{variable(name, 'TOKEN')}=…"


def _doc(words: str, label: str = "") -> str:
    # Escaped after it is cut, and never broken within a word, which might be within an escape.
    safe = _escaped(" ".join(words[:LONGEST_WORD].split()))
    safe = f"{safe}." if safe.endswith('"') else safe
    lines = textwrap.wrap(safe, WIDTH - len(label), break_long_words=False, break_on_hyphens=False)
    return label + f"\n{' ' * len(label)}".join(lines)


def _escaped(words: str) -> str:
    """Words within a docstring."""
    safe = words.replace("\\", "\\\\").replace('"""', "'''")
    return "".join(c if c.isprintable() else "\ufffd" for c in safe)


def _imports(replay: Replay) -> Iterator[str]:
    differs = isinstance(replay.claim, Differs)
    digest = differs and _long(replay.claim)
    signed = isinstance(replay.claim, Signed)
    yield from ["import base64"] * signed
    yield from ["import hashlib"] * (digest or signed)
    yield from ["import json"] * (differs or signed)
    yield "import os"
    yield from ["import re"] * differs
    yield from ["import secrets"] * replay.worlds
    yield from ["import time"] * (bool(replay.settle_s) or signed)
    yield from ["from datetime import datetime, timezone"] * differs
    yield ""
    yield "import httpx"
    if any(call.status < 400 and replay.carried.get(call.step) for call in replay.calls[1:-1]):
        yield "import pytest"


def _settings(replay: Replay) -> Iterator[str]:
    yield f'BASE_URL = os.environ.get("BASE_URL", {_quoted(replay.url)})'
    if replay.worlds:
        yield "# A world that nobody has been in before: the mock makes one for every new name."
        yield 'WORLD = f"replay-{secrets.token_hex(4)}"'
    for name, token in replay.tokens.items():
        told = _token(variable(name, "TOKEN"), token, replay)
        yield f"{variable(name)} = {{{_quoted('Authorization')}: {told}}}"
    if replay.headers:
        named = ", ".join(
            f'{_quoted(name)}: os.environ["{variable(name)}"]' for name in replay.headers
        )
        yield f"HEADERS = {{{named}}}"


def _token(known: str, token: str | None, replay: Replay) -> str:
    if token is None:
        return f'os.environ["{known}"]'
    default = f'f"{_inner(token)}@{{WORLD}}"' if replay.worlds else _quoted(token)
    return f'os.environ.get("{known}", {default})'


def _without_head(source: str) -> str:
    """The code of a module without what it imports."""
    return source[source.index("\n\n", source.rindex("\nimport ")) :].strip()


def _freeing() -> str:
    """The code that frees answers, as this package has it."""
    source = inspect.getsource(freeing)
    volatile = source[source.index("VOLATILE =") : source.index("\n\n\ndef normalised")]
    body = source[source.index('    """Answers to be compared') :]
    for annotated, plain in PLAIN.items():
        body = body.replace(annotated, plain)
    return f"def normalised(words, answers, moments, ordered):\n{body}\n\n{volatile}"


# What annotations leave behind.
PLAIN = {
    "met: dict[str, str] =": "met =",
    "(found: re.Match[str]) -> str:": "(found):",
    "(node: Any) -> Any:": "(node):",
    "(text: str) -> bool:": "(text):",
    "datetime.now(UTC)": "datetime.now(timezone.utc)",
    "tzinfo=UTC": "tzinfo=timezone.utc",
    "body: Any =": "body =",
}


def _breach(claim: Differs) -> Iterator[str]:
    yield "# How the story ended when the judge told it."
    if _long(claim):
        yield f'BREACH = "{hashlib.sha256(_written(claim).encode()).hexdigest()}"'
    else:
        yield f"BREACH = {literal(_as_seen(claim))}"


def _long(claim: object) -> bool:
    return isinstance(claim, Differs) and len(_written(claim)) > LONGEST


def _written(claim: Differs) -> str:
    return json.dumps(_as_seen(claim), sort_keys=True)


def _as_seen(claim: Differs) -> dict[str, Any]:
    """What `end_of` answers where the breach is still there."""
    return {"statuses": list(claim.statuses), "ends": list(claim.answers)}


# The test


def _test(replay: Replay) -> Iterator[str]:
    yield f"def {function_name(replay.id)}():"
    shared = ", headers=HEADERS" if replay.headers else ""
    yield f"{STEP}with httpx.Client(base_url=BASE_URL, timeout=30{shared}) as http:"
    last = replay.calls[-1]
    waited = True
    for call in replay.calls:
        if replay.settle_s and call.reads and not waited:
            yield f"{STEP * 2}time.sleep({float(replay.settle_s):g})"
        waited = call.reads
        yield from (STEP * 2 + line for line in _request(call, replay.worlds))
        if call is replay.calls[0] and call is not last and call.status < 400:
            # Without the right token or a place to book, nothing that follows would mean anything.
            yield f"{STEP * 2}assert answer_1.status_code == {call.status}, answer_1.text"
        elif call is not last and call.status < 400 and replay.carried.get(call.step):
            yield f"{STEP * 2}if answer_{call.step}.is_error:"
            yield f'{STEP * 3}pytest.skip("the story does not get this far any more")'
        yield from (
            f"{STEP * 2}{carried.name} = at(answer_{call.step}{_place(carried.at)})"
            for carried in replay.carried.get(call.step, ())
        )
    name = f"answer_{last.step}"
    if replay.aside:
        yield f"{STEP * 2}# what the controls show"
        world = ', params={"world": WORLD}' if replay.worlds else ""
        yield f"{STEP * 2}shown = http.get({_quoted(replay.aside)}{world})"
        name = "shown"
    yield from (STEP + line if line else "" for line in _assertion(replay, name))


def _request(call: Call, worlds: bool) -> Iterator[str]:
    controls = call.operation == CONTROL
    who = f", as {_comment(call.caller)}" if call.caller else ", without a token"
    who = " of the mock" if controls else who
    yield f"# {call.step}  {call.operation}{who}: answered {_comment(call.summary)}"
    yield f"answer_{call.step} = http.request("
    yield f"{STEP}{_quoted(call.method)},"
    yield f"{STEP}{_string(call.path)},"
    if controls and worlds:
        yield f'{STEP}params={{"world": WORLD}},'
    if call.caller and call.headers:
        yield f"{STEP}headers={{**{variable(call.caller)}, {literal(dict(call.headers))[1:-1]}}},"
    elif call.caller:
        yield f"{STEP}headers={variable(call.caller)},"
    elif call.headers:
        yield f"{STEP}headers={literal(dict(call.headers))},"
    if call.body is not None:
        keyword = "json" if call.is_json else "content"
        body = literal(call.body, len(keyword) + 14).split("\n")
        body[0] = f"{keyword}={body[0]}"
        body[-1] += "" if call.is_json or isinstance(call.body, bytes) else ".encode()"
        yield from (f"{STEP}{line}" for line in body[:-1])
        yield f"{STEP}{body[-1]},"
    yield ")"


def _comment(words: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in words)[:80]


def _place(at: tuple[str | int, ...]) -> str:
    return "".join(f", {_quoted(step) if isinstance(step, str) else step}" for step in at)


def _assertion(replay: Replay, answer: str) -> Iterator[str]:
    claim = replay.claim
    text = f"{answer}.text"
    if isinstance(claim, Refused):
        yield f"assert 400 <= {answer}.status_code < 500, {text}"
        if replay.calls[-1].caller not in (None, NOBODY):
            yield f'assert {answer}.status_code != 401, "does the target know this token?"'
    elif isinstance(claim, Accepted):
        yield f"assert {answer}.is_success, {text}"
    elif isinstance(claim, Answered):
        yield f"assert {answer}.status_code < 500, {text}"
    elif isinstance(claim, Shown):
        yield from _met(claim)
    elif isinstance(claim, Ordered):
        yield from _in_order(claim, answer)
    elif isinstance(claim, Signed):
        yield from _signed(answer)
    elif isinstance(claim, RefusedWith):
        yield from _refused_with(claim.ways, answer)
    elif isinstance(claim, Counts):
        yield f"assert len(at({answer}{_place(claim.place)})) == {claim.expected}, {text}"
    elif isinstance(claim, Equals):
        for place, value in claim.places:
            yield f"assert at({answer}{_place(place)}) == {_string(value)}, {text}"
    else:
        yield "# No single value says it: the story must not end as it did when it was judged."
        yield from _told(replay, claim)
        if _long(claim):
            yield "seen = json.dumps(seen, sort_keys=True).encode()"
            yield f"assert hashlib.sha256(seen).hexdigest() != BREACH, {text}"
        else:
            yield f"assert seen != BREACH, {text}"


def _met(claim: Shown) -> Iterator[str]:
    pages = [f"answer_{number}.text" for number in claim.pages]
    yield f"pages = [{', '.join(pages)}]"
    for word in claim.present:
        yield f"assert sum({_string(word)} in page for page in pages) == 1, {pages[-1]}"
    for word in claim.absent:
        yield f"assert not any({_string(word)} in page for page in pages), {pages[-1]}"


def _in_order(claim: Ordered, answer: str) -> Iterator[str]:
    yield f"entries = at({answer}{_place(claim.place)})"
    yield "orders = []"
    for place, descending in claim.ways:
        entry = "entry" + "".join(f"[{literal(step)}]" for step in place)
        yield f"told = [{entry} for entry in entries]"
        yield f"orders.append(told == sorted(told, reverse={descending}))"
    yield f"assert any(orders), {answer}.text"


def _signed(answer: str) -> Iterator[str]:
    yield f'deliveries, key = {answer}.json()["deliveries"], {answer}.json()["publicKey"]'
    yield f"assert deliveries, {answer}.text"
    yield "wrong = [wrong_with(delivery, key) for delivery in deliveries]"
    yield "assert not any(wrong), wrong"


def _told(replay: Replay, claim: Differs) -> Iterator[str]:
    answers = [f"answer_{call.step}" for call in replay.calls]
    ends = [answers[-1], *(["shown"] if replay.aside else [])]
    yield "seen = end_of("
    yield from textwrap.wrap(
        f"[{', '.join(answers)}],", WIDTH - 8, initial_indent=STEP, subsequent_indent=STEP + " "
    )
    yield f"{STEP}[{', '.join(ends)}],"
    yield f"{STEP}moments={claim.moments},"
    yield f"{STEP}ordered={claim.ordered},"
    yield ")"


def _refused_with(ways: tuple[Refusal, ...], answer: str) -> Iterator[str]:
    coded = any(way.codes and not way.any_code for way in ways)
    if coded:
        yield f'details = {answer}.json().get("details") or {{}}'
        yield 'code = (details.get("applicationError") or {}).get("code")'
    told = []
    for way in ways:
        status = f"{answer}.status_code in {list(way.status)}"
        if way.any_status:
            status = f"400 <= {answer}.status_code < 500"
        codes = "" if way.any_code or not way.codes else f" and code in {literal(list(way.codes))}"
        told.append(f"({status}{codes})")
    yield f"assert {' or '.join(dict.fromkeys(told))}, {answer}.text"


# Literals


def literal(value: Any, taken: int = 0) -> str:
    """A JSON value as Python, over several lines where it takes more than one."""
    line = _flat(value)
    if len(line) <= WIDTH - taken - 4 or not isinstance(value, dict | list) or not value:
        return line
    if isinstance(value, dict):
        parts = [f"{_quoted(key)}: {literal(v, taken + len(key) + 8)}" for key, v in value.items()]
        opened, closed = "{", "}"
    else:
        parts = [literal(v, taken + 4) for v in value]
        opened, closed = "[", "]"
    inner = ",\n".join(textwrap.indent(part, STEP) for part in parts)
    return f"{opened}\n{inner},\n{closed}"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(k)}: {_flat(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flat, value)) + "]"
    return _string(value)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if not isinstance(value, Text):
        return repr(value)
    if len(value.pieces) == 1:
        (piece,) = value.pieces
        if isinstance(piece, str):
            return _quoted(piece)
        return _name(piece)
    inner = "".join(
        _inner(piece) if isinstance(piece, str) else f"{{{_name(piece)}}}" for piece in value.pieces
    )
    return f'f"{inner}"'


def _name(piece: Carried | Beside) -> str:
    if isinstance(piece, Carried):
        return piece.name
    return f"str(int({piece.carried.name}) {'+' if piece.by >= 0 else '-'} {abs(piece.by)})"


def _inner(text: str) -> str:
    """A text within an f-string."""
    return _quoted(text)[1:-1].replace("{", "{{").replace("}", "}}")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(map(_shown, escaped)) + '"'


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    return (
        f"\\x{number:02x}"
        if number < 256
        else f"\\u{number:04x}"
        if number < 65536
        else f"\\U{number:08x}"
    )
