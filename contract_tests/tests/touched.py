"""Which of the further miniatures a change touches.

Those whose own lines changed, or lines of functions that they name; those whose rule's id stands in
changed lines of Python or of the document; those whose rule is defined in changed lines of the rule
book, or judged by a suite file that changed, as far as its markers name the rule.

A change to what all rests on (the oracle's core, the plugin, verdicts, the middleware, what suites
share) touches nothing by itself: it would be everything. The day's tenth is there for that.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from attrs import frozen

from bookings_contract.findings.mutants import Wrong

from .changes import Change, Untold, change

ROOT = Path(__file__).parents[2]
MOST = 40

MINIATURES = "mock_server/bookings_mock/miniatures/"
SUITES = "contract_tests/bookings_contract/suites/test_"
RULE_BOOK = "openapi/bookings_openapi/rules.yaml"
# Where a rule's id says that something is about the rule; a table in a README says nothing.
SPEAKING = (".py", ".yaml")

_RULE = re.compile(r"\b[A-Z]+-\d+\b")
_DEFINED = re.compile(r"  ([A-Z]+-\d+):")


@frozen
class Touched:
    """What a change touches beside the day's tenth: the names judged, and those left out.

    `summary` is for people: since when, or why there is nothing.
    """

    summary: str
    judged: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def touched(
    servers: Sequence[Wrong],
    daily: Collection[str] = (),
    root: Path = ROOT,
    since: str | None = None,
    most: int = MOST,
) -> Touched:
    """What a change touches of these servers and the day does not judge anyway."""
    try:
        made = change(root, since)
    except Untold as reason:
        return Touched(f"what a change touches is unknown: {reason}")
    found = [name for name in named_by(made, servers, root) if name not in daily]
    summary = f"touched since {made.since}: {len(found)} miniatures beside the day's"
    return Touched(summary, tuple(found[:most]), tuple(found[most:]))


def named_by(made: Change, servers: Sequence[Wrong], root: Path) -> list[str]:
    """The servers that a change touches, those whose own lines changed first.

    Of the others each rule has its first server before any has its second: where many are too
    many, no rule goes unjudged for another's sake.
    """
    own = set(_own(made, {server.name for server in servers}, root))
    rules = set(_spoken_of(made)) | set(_defined(made, root)) | set(_judged(made, root))
    turns = {rule: count(1) for rule in rules}
    order = {
        server.name: 0 if server.name in own else next(turns[server.rule])
        for server in servers
        if server.name in own or server.rule in rules
    }
    return sorted(order, key=lambda name: order[name])


# ── Miniatures ────────────────────────────────────────────────────────────────────────────────────


def _own(made: Change, names: Collection[str], root: Path) -> Iterator[str]:
    for path, changed in made.files.items():
        if path.startswith(MINIATURES):
            tree = _tree(root / path)
            for name, lines in _written(tree, names).items():
                if lines & changed.lines:
                    yield name


def _written(tree: ast.Module, names: Collection[str]) -> Mapping[str, frozenset[int]]:
    """The lines of each miniature that a file makes, and of what they name in that file."""
    local = {
        one.name: one
        for one in tree.body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    return {
        name: frozenset(line for node in _with_all_named(call, local) for line in _lines(node))
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        for name in _texts(call) & set(names)
    }


def written(path: Path, names: Collection[str]) -> set[str]:
    """The miniatures of these names that a file makes."""
    return set(_written(_tree(path), names))


def _texts(call: ast.Call) -> set[str]:
    """The texts that a call is directly handed."""
    handed = [*call.args, *(keyword.value for keyword in call.keywords)]
    return {
        one.value for one in handed if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def _with_all_named(node: ast.AST, local: Mapping[str, ast.AST]) -> list[ast.AST]:
    """The node, the local functions and classes that it names, those that these name, and so on."""
    known, fresh = [node], [node]
    while fresh:
        inner = ast.walk(fresh.pop())
        for name in {one.id for one in inner if isinstance(one, ast.Name)} & local.keys():
            if local[name] not in known:
                known.append(local[name])
                fresh.append(local[name])
    return known


def _lines(node: ast.AST) -> range:
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return range(first, last + 1)


# ── Rules ─────────────────────────────────────────────────────────────────────────────────────────


def _spoken_of(made: Change) -> Iterator[str]:
    for path, changed in made.files.items():
        if path.endswith(SPEAKING):
            yield from _RULE.findall(changed.words)


def _defined(made: Change, root: Path) -> Iterator[str]:
    """The rules that changed lines of the rule book stand under."""
    changed = made.files.get(RULE_BOOK)
    if changed is None or not (root / RULE_BOOK).exists():
        return
    rule = None
    lines = (root / RULE_BOOK).read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        begins = _DEFINED.match(line)
        rule = begins[1] if begins else rule
        if rule and number in changed.lines and line.strip():
            yield rule


def _judged(made: Change, root: Path) -> Iterator[str]:
    """The rules that the markers of changed suite files name."""
    for path in made.files:
        if path.startswith(SUITES) and path.endswith(".py"):
            yield from _marked(_tree(root / path))


def _marked(tree: ast.Module) -> Iterator[str]:
    constants = dict(_constants(tree))
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", None) == "judges":
            for one in call.args:
                if isinstance(one, ast.Constant):
                    yield str(one.value)
                elif isinstance(one, ast.Name) and one.id in constants:
                    yield constants[one.id]


def _constants(tree: ast.Module) -> Iterable[tuple[str, str]]:
    for one in tree.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            for name in one.targets:
                if isinstance(name, ast.Name):
                    yield name.id, str(one.value.value)


def _tree(path: Path) -> ast.Module:
    """A file of Python; an empty one where it is gone, or is none yet."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError):
        return ast.parse("")
