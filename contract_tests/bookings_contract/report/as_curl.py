"""Writes a replay down as a shell script that needs curl and python3."""

import json
import shlex
from typing import Any

from bookings_contract.exchange import CONTROL
from bookings_contract.report.carrying import Beside, Carried, Text
from bookings_contract.report.replay import Call, Replay
from bookings_contract.verdicts import Finding

# Stand for carried values while the JSON around them is written: from the private use area.
OPEN, CLOSE = "\ue000", "\ue001"
BODY = "END_OF_BODY"
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

SHOW = """\
# show: the last answer, its status in the last line
show() { printf '%s\\n\\n' "$answer"; }"""


def as_curl(replay: Replay) -> str:
    """The whole script."""
    parts = [_head(replay), _settings(replay)]
    parts += [PICK] if replay.carried else []
    parts.append(SHOW)
    parts += [_step(call, replay) for call in replay.calls]
    if replay.aside:
        world = "?world=$WORLD" if replay.worlds else ""
        parts.append(
            f'# what the controls show\ncurl -sS "$BASE_URL{_safe(replay.aside)}{world}"\necho'
        )
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
    lines = [f'BASE_URL="${{BASE_URL:-{_safe(replay.url)}}}"']
    if replay.worlds:
        lines.append(
            "# a world that nobody has been in before: the mock makes one for every new name"
        )
        lines.append('WORLD="replay-$$-$(date +%s)"')
    for name, token in replay.tokens.items():
        variable = f"{name.upper()}_TOKEN"
        if token is None:
            lines.append(f': "${{{variable}:?export the token of the caller {name}}}"')
        else:
            world = "@$WORLD" if replay.worlds else ""
            lines.append(f'{variable}="${{{variable}:-{_safe(token)}{world}}}"')
    for name in replay.headers:
        lines.append(f': "${{{_variable(name)}:?export the header {_comment(name)}}}"')
    return "\n".join(lines)


def _step(call: Call, replay: Replay) -> str:
    who = f", as {call.caller}" if call.caller else ", without a token"
    who = " of the mock" if call.operation == CONTROL else who
    lines = [f"# {call.step}  {call.operation}{who}: answered {_comment(call.said)}"]
    if replay.settle_s and call.reads:
        lines.append(f"sleep {replay.settle_s}")
    command = " \\\n  ".join(_curl(call, replay))
    lines.append(f"answer=$({command})")
    lines.append("show")
    for carried in replay.carried.get(call.step, ()):
        place = " ".join(shlex.quote(str(step)) for step in carried.at)
        lines.append(f"{carried.name}=$(pick {place})")
    return "\n".join(lines)


def _curl(call: Call, replay: Replay) -> list[str]:
    """The words of one command, to be joined by line breaks."""
    world = "?world=$WORLD" if call.operation == CONTROL and replay.worlds else ""
    url = f"$BASE_URL{_text(call.path)}{world}"
    words = [f"curl -sS -w '\\n%{{http_code}}' -X {call.method} \"{url}\""]
    if call.caller:
        words.append(f'-H "Authorization: ${call.caller.upper()}_TOKEN"')
    words += [f'-H "{_safe(name)}: ${_variable(name)}"' for name in replay.headers]
    words += [f'-H "{_safe(name)}: {_safe(value)}"' for name, value in call.headers.items()]
    if call.is_json:
        words.append("-H 'Content-Type: application/json'")
    elif call.body is not None and "content-type" not in call.headers:
        words.append("-H 'Content-Type:'")
    if isinstance(call.body, bytes):
        octal = "".join(f"\\{byte:03o}" for byte in call.body)
        words.append(f"--data-binary \"$(printf '{octal}')\"")
    elif call.body is not None:
        body = _marked(call.body)
        text = _json(body) if call.is_json else str(body)
        words.append(f"--data-binary @- <<{BODY}\n{_here(text)}\n{BODY}\n")
    return words


def _json(body: Any) -> str:
    line = json.dumps(body, ensure_ascii=False)
    return line if len(line) <= WIDTH else json.dumps(body, indent=1, ensure_ascii=False)


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_marked(inner) for inner in value]
    return _raw(value) if isinstance(value, Text) else value


def _raw(value: str | Text) -> str:
    if isinstance(value, str):
        return value
    return "".join(p if isinstance(p, str) else f"{OPEN}{_name(p)}{CLOSE}" for p in value.pieces)


def _name(piece: Carried | Beside) -> str:
    if isinstance(piece, Carried):
        return f"${{{piece.name}}}"
    return f"$(({piece.carried.name} {'+' if piece.by >= 0 else '-'} {abs(piece.by)}))"


def _text(value: str | Text) -> str:
    return _filled(_safe(_raw(value)))


def _here(text: str) -> str:
    """A text in a here-document, where quotes may stand as they are."""
    return _filled(_escaped(text, "\\$`"))


def _safe(text: str) -> str:
    """A text within double quotes."""
    return _escaped(text, '\\$`"')


def _escaped(text: str, special: str) -> str:
    kept, inside = [], False
    for character in text:
        inside = character == OPEN or (inside and character != CLOSE)
        kept.append(f"\\{character}" if character in special and not inside else character)
    return "".join(kept)


def _filled(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")


def _variable(header: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in header).upper()


def _comment(words: str) -> str:
    one_line = " ".join(words.split())
    safe = "".join(c if c.isprintable() else "\ufffd" for c in one_line)
    return safe if len(safe) <= LONGEST_WORD else f"{safe[:LONGEST_WORD]} …"


def _end(replay: Replay) -> str:
    lines = _comparison(replay.finding)
    return "\n".join(f"printf '%s\\n' {shlex.quote(line)}" for line in lines)
