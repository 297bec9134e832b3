"""What is different in a later report from an earlier one."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Verdict
from bookings_contract.report.json import FILE, FORMAT

WIDTH = 96
# What can be said of a rule that a report does not speak of.
ABSENT = "absent"


@frozen
class Loaded:
    """A report as it was written."""

    file: Path
    rules: Mapping[str, Mapping[str, Any]]
    coverage: Mapping[str, Any]
    head: Mapping[str, Any]

    @property
    def title(self) -> str:
        """What was judged, how."""
        target = self.head["target"]
        return f"{self.file}: {target.get('url')}, seed {self.head.get('seed')}"


@frozen
class Rule:
    """One rule's verdict then and now; the words tell what was found."""

    id: str
    was: str
    now: str
    words: str | None = None


@frozen
class Covered:
    """What one report reached and the other did not."""

    operations: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    transitions: tuple[str, ...] = ()


@frozen
class Changes:
    """All differences, each rule in one list only, but for readings."""

    broken: tuple[Rule, ...]
    mended: tuple[Rule, ...]
    judged: tuple[Rule, ...]
    unjudged: tuple[Rule, ...]
    other: tuple[Rule, ...]
    readings: tuple[Rule, ...]
    reached: Covered
    lost: Covered

    def data(self) -> dict[str, Any]:
        """The differences as JSON holds them."""
        return asdict(self)


def read(path: Path) -> Loaded:
    """The report in a file, or in a folder.

    Raises ConfigurationError, naming the file and what is wrong with it.
    """
    file = path / FILE if path.is_dir() else path
    try:
        data = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"The report {file} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigurationError(f"The report {file} is no JSON: {error}.") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ConfigurationError(
            f"{file} is no report of format {FORMAT}: compare what `test --report DIR` wrote."
        )
    if data.get("shard"):
        raise ConfigurationError(
            f"{file} is shard {data['shard']} of a run: join all of them with `merge` first."
        )
    try:
        rules = {str(rule["id"]): rule for rule in data["rules"]}
        for rule in rules.values():
            Verdict(rule["verdict"])
            for finding in rule["findings"]:
                _identity(finding)
        # Reads everything that the comparison asks for.
        loaded = Loaded(file, rules, data["coverage"], {"target": dict(data["target"]), **data})
        _covered(loaded)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ConfigurationError(f"{file} is no whole report: {error!r}.") from error
    return loaded


def between(earlier: Loaded, later: Loaded) -> Changes:
    """What is different in the later report."""
    ids = list(dict.fromkeys([*earlier.rules, *later.rules]))
    pairs = [(earlier.rules.get(name), later.rules.get(name)) for name in ids]
    kinds: dict[str, list[Rule]] = {kind: [] for kind in KINDS}
    for name, (then, now) in zip(ids, pairs, strict=True):
        was, became = _verdict(then), _verdict(now)
        kind = _kind(was, became, then, now)
        if kind is not None:
            kinds[kind].append(Rule(name, was, became, _words(kind, then, now)))
    readings = [
        Rule(name, then["reading"], now["reading"])
        for name, (then, now) in zip(ids, pairs, strict=True)
        if then and now and then.get("reading") != now.get("reading")
        if then.get("reading") and now.get("reading")
    ]
    before, after = _covered(earlier), _covered(later)
    return Changes(
        **{kind: tuple(rules) for kind, rules in kinds.items()},
        readings=tuple(readings),
        reached=_beyond(after, before),
        lost=_beyond(before, after),
    )


KINDS = ("broken", "mended", "judged", "unjudged", "other")
SAID = (Verdict.KEPT.value, Verdict.BROKEN.value)


def _kind(
    was: str, became: str, then: Mapping[str, Any] | None, now: Mapping[str, Any] | None
) -> str | None:
    """Which list a rule belongs to."""
    if became == Verdict.BROKEN:
        if was != Verdict.BROKEN:
            return "broken" if _new(then, now) else "other"
        return None
    if was == became:
        return None
    if was == Verdict.BROKEN and became == Verdict.KEPT:
        return "mended"
    if became in SAID and was not in SAID:
        return "judged"
    return "unjudged" if was in SAID else "other"


def _new(then: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> bool:
    """Whether a breach was not there before: not even below the level, or as a known one."""
    known = {_identity(finding) for finding in (then or {}).get("findings", ())}
    found = [one for one in (now or {}).get("findings", ()) if not one.get("deviation")]
    return not found or any(_identity(finding) not in known for finding in found)


def _identity(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    story = finding["story"]
    operation = story[-1]["request"].get("operation") if story else None
    return finding["circumstance"], finding["level"], operation, finding["expected"]


def _verdict(rule: Mapping[str, Any] | None) -> str:
    return ABSENT if rule is None else str(rule["verdict"])


def _words(kind: str, then: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str | None:
    """What helps to understand the change: the breach, or the reason."""
    if kind in ("broken", "mended"):
        rule = now if kind == "broken" else then
        when = (rule or {}).get("findings") or [{}]
        circumstance = when[0].get("circumstance")
        said = f"expected {(rule or {}).get('expected')}; received {(rule or {}).get('actual')}"
        return f"{circumstance}: {said}" if circumstance else said
    reason = (now or {}).get("reason") or (then or {}).get("reason")
    return None if reason is None else str(reason)


def _covered(report: Loaded) -> Covered:
    """What a report reached."""
    tables = report.coverage
    return Covered(
        tuple(name for name, row in tables["operations"].items() if row["exchanges"]),
        tuple(f"{name} {s}" for name, row in tables["statuses"].items() for s in row["seen"]),
        tuple(
            f"{name} {status} → {became}"
            for name, cells in tables["transitions"].items()
            for status, cell in cells.items()
            for became in cell["outcomes"]
        ),
    )


def _beyond(one: Covered, other: Covered) -> Covered:
    """What the one reached and the other did not."""

    def left(name: str) -> tuple[str, ...]:
        known = set(getattr(other, name))
        return tuple(thing for thing in getattr(one, name) if thing not in known)

    return Covered(left("operations"), left("statuses"), left("transitions"))


# For people

HEADS = {
    "broken": "newly broken",
    "mended": "mended",
    "unjudged": "no longer judged",
    "judged": "now judged",
    "other": "otherwise changed",
    "readings": "another reading",
}


def rendered(found: Changes, earlier: Loaded, later: Loaded) -> Iterator[str]:
    """The differences in words."""
    yield f"A  {earlier.title}"
    yield f"B  {later.title}"
    for name, head in HEADS.items():
        rules: Sequence[Rule] = getattr(found, name)
        if rules:
            yield ""
            yield head
            for rule in rules:
                yield from _line(rule)
    for covered, head in ((found.reached, "only B reached"), (found.lost, "only A reached")):
        yield from _coverage(covered, head)
    yield ""
    yield _summary(found)


def _line(rule: Rule) -> Iterator[str]:
    was, now = rule.was.replace("_", " "), rule.now.replace("_", " ")
    yield f"  {rule.id:<17} {was} → {now}"
    for line in textwrap.wrap(rule.words or "", WIDTH - 6, break_on_hyphens=False):
        yield f"      {line}"


def _coverage(covered: Covered, head: str) -> Iterator[str]:
    for name, things in asdict(covered).items():
        if things:
            yield ""
            yield f"{head}: {len(things)} {name}"
            for line in textwrap.wrap(", ".join(things), WIDTH - 2, break_on_hyphens=False):
                yield f"  {line}"


def _summary(found: Changes) -> str:
    counted = {head: len(getattr(found, name)) for name, head in HEADS.items()}
    parts = [f"{number} {head}" for head, number in counted.items() if number]
    return " · ".join(parts) or "no rule changed"
