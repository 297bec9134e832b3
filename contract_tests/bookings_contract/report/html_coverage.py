"""Coverage for people: rules by level, moves of bookings as a matrix, operations with statuses."""

from collections.abc import Mapping
from typing import Any

from bookings_contract.findings.coverage import ACCEPTED, REFUSED, UNBORN
from bookings_contract.findings.verdicts import Report, Verdict
from bookings_contract.report import covered
from bookings_contract.report.html_map import MARKS
from bookings_contract.report.markup import Markup, join, tag

UNSEEN = "unseen"
TIMES = "\N{MULTIPLICATION SIGN}"


def section(report: Report) -> Markup:
    """All of it."""
    tables = covered.tables(report)
    return tag(
        "section",
        tag("h2", "Coverage"),
        _rules(tables["rules"]),
        _transitions(tables["transitions"]),
        _operations(tables["operations"], tables["statuses"]),
        id="coverage",
    )


def _rules(levels: Mapping[str, Any]) -> Markup:
    head = tag(
        "tr",
        tag("th", "Level", scope="col"),
        *(tag("th", f"{MARKS[verdict]} {verdict.words}", scope="col") for verdict in Verdict),
        tag("th", "judged", scope="col"),
    )
    return join(
        tag("h3", "Rules"),
        tag(
            "table",
            tag("thead", head),
            tag("tbody", *(_level(name, counts) for name, counts in levels.items())),
            class_="plain figures",
        ),
    )


def _level(name: str, counts: Mapping[str, Any]) -> Markup:
    numbers = [counts[verdict.value]["count"] for verdict in Verdict]
    judged = sum(counts[verdict.value]["count"] for verdict in (Verdict.KEPT, Verdict.BROKEN))
    share = f"{judged} of {sum(numbers)}"
    return tag(
        "tr", tag("th", name, scope="row"), *(tag("td", n) for n in numbers), tag("td", share)
    )


# Moves


def _transitions(moves: Mapping[str, Any]) -> Markup:
    born = [status for status in covered.STATUSES if status != UNBORN]
    rows = [_row(name, cells, born) for name, cells in moves.items() if UNBORN not in cells]
    made = [(name, cells[UNBORN]) for name, cells in moves.items() if UNBORN in cells]
    known = [cell for cells in moves.values() for cell in cells.values()]
    seen = sum(bool(cell["outcomes"]) for cell in known)
    head = tag(
        "tr",
        tag("th", "Operation", scope="col"),
        *(tag("th", f"from {status}", scope="col") for status in born),
    )
    lead = (
        f"{seen} of {len(known)} cells were seen. Each says what the document has the operation do "
        "with a booking of that status, and what the run saw: where the booking went, how often."
    )
    creations = [
        tag("li", tag("b", name), " ", *_outcomes(cell["outcomes"])) for name, cell in made
    ]
    return join(
        tag("h3", "Transitions"),
        tag("p", lead, class_="lead"),
        tag(
            "div",
            tag("table", tag("thead", head), tag("tbody", *rows), class_="plain matrix"),
            class_="wide",
            tabindex="0",
            role="region",
            aria_label="Transitions",
        ),
        tag("ul", *creations, class_="creations"),
    )


def _row(name: str, cells: Mapping[str, Any], statuses: list[str]) -> Markup:
    return tag("tr", tag("th", name, scope="row"), *(_cell(cells[status]) for status in statuses))


def _cell(cell: Mapping[str, Any]) -> Markup:
    said = {"moves": "allowed", "refused": "refused", "open": "open"}[cell["document"]]
    seen = cell["outcomes"]
    strange = cell["document"] == "refused" and any(became != REFUSED for became in seen)
    kind = "breach" if strange else f"is-{said}" if seen else "unseen"
    return tag("td", tag("small", said), *_outcomes(seen), class_=kind)


def _outcomes(seen: Mapping[str, int]) -> list[Markup]:
    if not seen:
        return [tag("span", UNSEEN, class_="unseen")]
    return [
        tag(
            "span",
            became if became in (ACCEPTED, REFUSED) else f"→ {became}",
            " ",
            tag("i", f"{number}{TIMES}"),
            class_="outcome",
        )
        for became, number in seen.items()
    ]


# Operations


def _operations(called: Mapping[str, Any], statuses: Mapping[str, Any]) -> Markup:
    head = tag(
        "tr",
        *(tag("th", name, scope="col") for name in ("Operation", "Exchanges", "Statuses seen")),
        tag("th", "Declared and unseen", scope="col"),
    )
    rows = [_operation(name, facts, statuses[name]) for name, facts in called.items()]
    reached = sum(bool(facts["exchanges"]) for facts in called.values())
    return join(
        tag("h3", "Operations and statuses"),
        tag("p", f"{reached} of {len(called)} operations were called.", class_="lead"),
        tag("table", tag("thead", head), tag("tbody", *rows), class_="plain"),
    )


def _operation(name: str, facts: Mapping[str, Any], statuses: Mapping[str, Any]) -> Markup:
    declared, seen = statuses["declared"], facts["statuses"]
    chips = [
        tag(
            "span",
            status,
            tag("i", f" {number}{TIMES}"),
            None if status in declared else " undeclared",
            class_=f"chip{'' if status in declared else ' strange'}",
        )
        for status, number in seen.items()
    ]
    unseen = [tag("span", s, class_="chip faint") for s in declared if s not in seen]
    return tag(
        "tr",
        tag("th", name, scope="row"),
        tag("td", f"{facts['exchanges']:,}", class_="middle"),
        tag("td", *(chips or [tag("span", UNSEEN, class_="unseen")])),
        tag("td", *unseen),
    )
