"""The rule book as a map: a row for each family, a cell for each rule, levels apart."""

from collections.abc import Sequence

from bookings_contract.findings.verdicts import Report, RuleVerdict, Verdict
from bookings_contract.report.junit import family
from bookings_contract.report.markup import Markup, tag

LEVELS = ("MUST", "OBSERVED", "EITHER", "ADVICE")
MARKS = {
    Verdict.KEPT: "✓",
    Verdict.BROKEN: "✕",
    Verdict.NOT_JUDGED: "○",
    Verdict.ERROR: "!",
}
# A rule that is broken in a known way only.
KNOWN = "≈"
MEANINGS = {
    "MUST": "the API's own pages state it",
    "OBSERVED": "its client and its typings show it",
    "EITHER": "the pages leave it open: the reading that was seen",
    "ADVICE": "for callers",
}


def section(report: Report) -> Markup:
    """The map with its legend."""
    levels = [level for level in LEVELS if any(rule.rule.level == level for rule in report.rules)]
    families = dict.fromkeys(family(rule.id) for rule in report.rules)
    head = tag(
        "tr",
        tag("th", "Family", scope="col"),
        *(
            tag("th", level, tag("small", MEANINGS[level]), scope="col", class_="level")
            for level in levels
        ),
    )
    rows = [_row(name, levels, report.rules) for name in families]
    return tag(
        "section",
        tag("h2", "The rule book as a map"),
        _legend(),
        tag("table", tag("thead", head), tag("tbody", *rows), class_="map"),
        id="map",
    )


def _legend() -> Markup:
    words = {
        Verdict.KEPT: "kept",
        Verdict.BROKEN: "broken",
        Verdict.NOT_JUDGED: "not judged: says nothing, neither good nor bad",
        Verdict.ERROR: "error: the harness's own",
    }
    items = [
        tag("li", tag("span", mark, class_=f"cell {verdict.value}"), f" {words[verdict]}")
        for verdict, mark in MARKS.items()
    ]
    reading = tag("li", tag("span", "A", class_="cell kept reading"), " which reading was seen")
    known = tag("li", tag("span", KNOWN, class_="cell known"), " kept but for known deviations")
    return tag("ul", *items, reading, known, class_="legend")


def _row(name: str, levels: Sequence[str], rules: Sequence[RuleVerdict]) -> Markup:
    own = [rule for rule in rules if family(rule.id) == name]
    cells = [
        tag(
            "td",
            tag("div", *(cell(rule) for rule in own if rule.rule.level == level), class_="cells"),
        )
        for level in levels
    ]
    return tag("tr", tag("th", name, scope="row"), *cells)


def cell(rule: RuleVerdict) -> Markup:
    """One rule: its number and a mark, with a link to what is said of it."""
    number = rule.id.rpartition("-")[2]
    reading = rule.reading if rule.verdict is Verdict.KEPT else None
    mark = MARKS[rule.verdict] if reading is None else "AB" if reading == "mixed" else reading
    kind = f"cell {rule.verdict.value}{' reading' if reading else ''}"
    said = f"{rule.verdict.words}{f', reading {reading}' if reading else ''}"
    if rule.verdict is Verdict.KEPT and rule.deviations:
        mark, kind, said = KNOWN, "cell known", "kept but for known deviations"
    return tag(
        "a",
        number,
        tag("i", mark, aria_hidden="true"),
        href=f"#{rule.id}",
        class_=kind,
        aria_label=f"{rule.id} {said}",
        title=f"{rule.id} {said}: {rule.rule.text}",
    )
