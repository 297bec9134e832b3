"""Writes docs/clients/coverage.md: what the mock serves of the official client's functions.

`python clients/coverage.py` reads `functions.json` (written from the package itself by
`proof/functions.mjs`) and the document, whose `x-not-served` is what whoever asks for the rest is
told. With `--check` it writes nothing, says what is not as it should be, and ends with 1.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from bookings_openapi import load

HERE = Path(__file__).parent
FILE = HERE.parent / "docs" / "clients" / "coverage.md"
# fmt: off
WHAT_CLIENTS_DO = (
    "get", "query", "list", "count", "search",
    "create", "confirm", "decline", "cancel", "reschedule",
)
# fmt: on


def main() -> int:
    """Write the file, or check it; answers the exit code."""
    client, found = _found()
    text = f"{_rendered(client, found)}\n{_of_others(found)}"
    problems = list(_unexplained(found))
    if "--check" not in sys.argv[1:]:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(text, encoding="utf-8")
    elif _stands() != text:
        problems.append("docs/clients/coverage.md is out of date: run python clients/coverage.py")
    for problem in problems:
        print(f"coverage: {problem}", file=sys.stderr)
    return 1 if problems else 0


Functions: TypeAlias = Sequence[Mapping[str, Any]]


def _found() -> tuple[Mapping[str, Any], Functions]:
    """What the client has, and its functions: which operation serves each, or why none does."""
    client, document = _read("functions.json"), load()
    served, told = _served(document), _told(document)
    ways = [(one, _key(one["method"], one["path"])) for one in client["functions"]]
    found = [{**one, "served": served.get(way), "says": told.get(way)} for one, way in ways]
    return client, found


def _read(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))


def _stands() -> str | None:
    return FILE.read_text("utf-8") if FILE.exists() else None


def _served(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """The operationId of every method and path, aliases included."""
    served = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, Mapping) and "operationId" in operation:
                for one in (path, *item.get("x-aliases", ())):
                    served[_key(method, one)] = operation["operationId"]
    return served


def _key(method: str, path: str) -> tuple[str, str]:
    """A path's parameters have other names elsewhere."""
    return method.upper(), re.sub(r"\{[^}]*\}", "{}", path)


def _told(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What is said of every method and path that is known and not served."""
    return {
        _key(method, path): row["says"]
        for row in document["x-not-served"]
        for method in row.keys() - {"says", "instead"}
        for path in row[method]
    }


def _unexplained(found: Functions) -> Iterator[str]:
    for one in found:
        if not one["served"] and not one["says"]:
            way = f"{one['method']} {one['path']}"
            yield f"{one['module']}.{one['name']} is not served: say why in x-not-served, of {way}"


def _rendered(client: Mapping[str, Any], found: Functions) -> str:
    does = re.compile(rf"({'|'.join(WHAT_CLIENTS_DO)})(?![a-z])")
    asked = [one for one in found if does.match(one["name"])]
    modules = dict.fromkeys(one["module"] for one in found)
    sections = "\n".join(
        _section(module, [one for one in found if one["module"] == module]) for module in modules
    )
    return f"""\
# What the mock serves of `{client["package"]}` {client["version"]}

**{_share(asked)} of the functions whose names begin with {", ".join(WHAT_CLIENTS_DO)}
are served**, and {_share(found)} of all. *Served* means that the request which the function sends
reaches an operation of the document. Written by `clients/coverage.py` from the package's own
description of its requests; tests hold it up to date.

{sections}"""


def _section(module: str, found: Functions) -> str:
    rows = "".join(
        f"| {one['name']} | {one['method']} `{one['path']}` | {_verdict(one)} |\n" for one in found
    )
    return f"## {module}: {_share(found)}\n\n| function | sends | |\n|---|---|---|\n{rows}"


def _verdict(one: Mapping[str, Any]) -> str:
    if one["served"]:
        return f"served: {one['served']}"
    return f"**not served**: {one['says']}"


def _of_others(found: Functions) -> str:
    """The operations that none of the functions sends: a function that went away shows here."""
    sent = {one["served"] for one in found}
    served = _served(load(controls=False)).items()
    ways = {name: f"{method} `{path}`" for (method, path), name in reversed(served)}
    rows = "".join(
        f"| {name} | {way} |\n" for name, way in sorted(ways.items()) if name not in sent
    )
    return f"""\
## Served, and sent by none of these functions

What other packages and earlier versions send, and what is called without a client.

| operation | at |
|---|---|
{rows}"""


def _share(found: Functions) -> str:
    served = sum(1 for one in found if one["served"])
    return f"{served} of {len(found)} ({100 * served // len(found)} %)"


if __name__ == "__main__":
    sys.exit(main())
