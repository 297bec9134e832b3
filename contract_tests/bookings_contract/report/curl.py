"""Writes a replay down as a shell script that needs curl and python3."""

import json
import shlex
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from bookings_contract.findings.exchange import CONTROL
from bookings_contract.findings.sanitise import STEERING, escaped
from bookings_contract.findings.verdicts import Finding
from bookings_contract.replay.carrying import Beside, Carried, Piece, Text
from bookings_contract.replay.script import Call, Replay
from bookings_contract.report.naming import variable

WIDTH = 96
LONGEST_WORD = 1000

PICK = """\
# pick PLACE…: a value of the last answer
pick() {
  printf '%s\\n' "$answer" | sed '$d' | python3 -c '
import json, sys
value = json.load(sys.stdin)
for step in sys.argv[1:]:
    value = value[int(step)] if isinstance(value, list) else value[step]
print(value)' "$@"
}"""

# The arithmetic of a shell would carry out what it is given.
BESIDE = """\
# beside NUMBER DIFFERENCE: another number
beside() { python3 -c 'import sys; print(int(sys.argv[1]) + int(sys.argv[2]))' "$@"; }"""

SHOW = """\
# show: the last answer, its status in the last line, without what would steer a terminal
show() {
  printf '%s\\n\\n' "$answer" | python3 -c '
import sys, unicodedata
steering = ("Cc", "Cf", "Zl", "Zp")
text = sys.stdin.buffer.read().decode("utf-8", "replace")
shown = [c if c == "\\n" or unicodedata.category(c) not in steering else "?" for c in text]
sys.stdout.buffer.write("".join(shown).encode())'
}"""


def as_curl(replay: Replay) -> str:
    """The whole script."""
    parts = [_head(replay), _settings(replay)]
    parts += [PICK] if replay.carried else []
    parts += [BESIDE, SHOW] if replay.carried else [SHOW]
    parts += [_step(call, replay) for call in replay.calls]
    if replay.aside:
        shown = f"answer=$(curl -sS -g {_url(replay.aside, replay.worlds)})"
        parts.append(f"# what the controls show\n{shown}\nshow")
    parts.append(_end(replay))
    return "\n\n".join(parts) + "\n"


def _head(replay: Replay) -> str:
    rule, finding = replay.verdict.rule, replay.finding
    lines = [f"# {rule.id}: {rule.text}", "#"]
    lines += [f"# when      {_comment(finding.circumstance)}"] if finding.circumstance else []
    lines += [f"# {line}" for line in _comparison(finding)]
    return "\n".join(["#!/bin/sh", *lines, "set -eu"])


def _comparison(finding: Finding) -> list[str]:
    return [f"expected  {_comment(finding.expected)}", f"received  {_comment(finding.actual)}"]


def _settings(replay: Replay) -> str:
    lines = [*_default("BASE_URL", _word(replay.url))]
    if replay.worlds:
        lines.append(
            "# a world that nobody has been in before: the mock makes one for every new name"
        )
        lines.append('WORLD="replay-$$-$(date +%s)"')
    for name, token in replay.tokens.items():
        known = variable(name, "TOKEN")
        if token is None:
            lines.append(_asked(known, f"the token of the caller {name}"))
        else:
            lines += _default(known, _word(token) + ('"@$WORLD"' if replay.worlds else ""))
    for name in replay.headers:
        lines.append(_asked(variable(name), f"the header {name}"))
    return "\n".join(lines)


def _default(name: str, word: str) -> list[str]:
    """A variable that whoever runs the script may set."""
    return [f"usual={word}", f"{name}=${{{name}:-$usual}}"]


def _asked(name: str, what: str) -> str:
    """A variable that whoever runs the script has to set."""
    complaint = shlex.quote(f"export {name}: {_comment(what)}")
    return f'[ -n "${{{name}:-}}" ] || {{ echo {complaint} >&2; exit 1; }}'


def _step(call: Call, replay: Replay) -> str:
    who = f", as {_comment(call.caller)}" if call.caller else ", without a token"
    who = " of the mock" if call.operation == CONTROL else who
    lines = [f"# {call.step}  {call.operation}{who}: answered {_comment(call.summary)}"]
    if replay.settle_s and call.reads:
        lines.append(f"sleep {float(replay.settle_s):g}")
    command = " \\\n  ".join(_curl(call, replay))
    lines.append(f"answer=$({command})")
    lines.append("show")
    for carried in replay.carried.get(call.step, ()):
        place = " ".join(_word(str(step)) for step in carried.at)
        lines.append(f"{carried.name}=$(pick {place})")
    return "\n".join(lines)


def _curl(call: Call, replay: Replay) -> list[str]:
    """The words of one command, to be joined by line breaks."""
    control = call.operation == CONTROL
    url = _url(call.path, control and replay.worlds)
    words = [f"curl -sS -g -w '\\n%{{http_code}}' -X {_word(call.method)} {url}"]
    if call.caller:
        words.append(f'-H "Authorization: ${variable(call.caller, "TOKEN")}"')
    for name in replay.headers:
        words.append(f'-H {_word(f"{name}: ")}"${variable(name)}"')
    words += [f"-H {_word(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.is_json:
        words.append("-H 'Content-Type: application/json'")
    elif call.body is not None and "content-type" not in call.headers:
        words.append("-H 'Content-Type:'")
    if call.body is None:
        return words
    return [f"{_printed(call)} |", *words, "--data-binary @-"]


def _url(path: str | Text, world: bool) -> str:
    return f'"$BASE_URL"{_word(path)}' + ('"?world=$WORLD"' if world else "")


# Bodies


def _printed(call: Call) -> str:
    """The command that prints a body."""
    if isinstance(call.body, bytes):
        return _octal(call.body)
    text = Text(tuple(_json(call.body))) if call.is_json else call.body
    pieces = text.pieces if isinstance(text, Text) else (text,)
    if call.is_json or not any(isinstance(p, str) and STEERING.search(p) for p in pieces):
        return f"printf '%s' {_word(text)}"
    each = (
        _octal(piece.encode("utf-8", "surrogatepass"))
        if isinstance(piece, str)
        else f"printf '%s' {_value(piece)}"
        for piece in pieces
    )
    return f"{{ {'; '.join(each)}; }}"


def _octal(content: bytes) -> str:
    return "printf '" + "".join(f"\\{byte:03o}" for byte in content) + "'"


def _json(body: Any) -> Iterator[Piece]:
    """JSON in pieces; over several lines where it takes more than one."""
    short = list(_pieces(body, None))
    if sum(len(piece) if isinstance(piece, str) else WIDTH // 4 for piece in short) <= WIDTH:
        yield from short
    else:
        yield from _pieces(body, "\n")


def _pieces(node: Any, start: str | None) -> Iterator[Piece]:
    """The pieces of JSON; `start` begins a line, None where all is on one."""
    if isinstance(node, Text):
        yield '"'
        for piece in node.pieces:
            yield _string(piece)[1:-1] if isinstance(piece, str) else piece
        yield '"'
    elif isinstance(node, dict | list) and node:
        keys = [f"{_string(key)}: " for key in node] if isinstance(node, dict) else [""] * len(node)
        values = list(node.values()) if isinstance(node, dict) else node
        inner = None if start is None else f"{start} "
        for number, (key, value) in enumerate(zip(keys, values, strict=True)):
            opened = "{" if isinstance(node, dict) else "["
            apart = (", " if start is None else ",") if number else opened
            yield f"{apart}{inner or ''}{key}"
            yield from _pieces(value, inner)
        yield f"{start or ''}{'}' if isinstance(node, dict) else ']'}"
    else:
        yield _string(node)


def _string(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False))


# Words of the shell: every piece is quoted on its own, whoever wrote it


def _word(text: str | Text) -> str:
    """A text as one word."""
    pieces = text.pieces if isinstance(text, Text) else (text,)
    joined = (list(group) for _, group in groupby(pieces, lambda p: isinstance(p, str)))
    words = (
        [_literal("".join(map(str, group)))]
        if isinstance(group[0], str)
        else [_value(piece) for piece in group]
        for group in joined
    )
    return "".join(word for group in words for word in group) or "''"


def _value(piece: Piece) -> str:
    """What is carried over, as a word or a part of one."""
    if isinstance(piece, Beside):
        return f'"$(beside "${piece.carried.name}" {piece.by})"'
    return f'"${piece.name}"' if isinstance(piece, Carried) else _literal(piece)


def _literal(text: str) -> str:
    """Words as they are; what would steer whoever reads the script is written in octal."""
    if not STEERING.search(text):
        return shlex.quote(text)
    return f'"$({_octal(text.encode("utf-8", "surrogatepass"))})"'


def _comment(words: str) -> str:
    one_line = " ".join(words.split())
    safe = "".join(c if c.isprintable() else "\ufffd" for c in one_line)
    return safe if len(safe) <= LONGEST_WORD else f"{safe[:LONGEST_WORD]} …"


def _end(replay: Replay) -> str:
    lines = _comparison(replay.finding)
    return "\n".join(f"printf '%s\\n' {shlex.quote(line)}" for line in lines)
