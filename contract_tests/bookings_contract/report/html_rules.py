"""What is to be said of the rules that are not broken, and of answers' shapes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bookings_contract.findings.verdicts import Report, RuleVerdict, Verdict
from bookings_contract.report import json as data
from bookings_contract.report.html_breaches import brief, level
from bookings_contract.report.markup import Markup, join, tag

MOST_SHAPES = 40
MOST_WORDS = 6


def errors(report: Report) -> Markup | None:
    """The harness's own faults."""
    rules = report.having(Verdict.ERROR)
    if not rules:
        return None
    items = [
        tag("li", _name(rule), tag("pre", brief(rule.reason)), id=rule.id, class_="entry")
        for rule in rules
    ]
    lead = "Faults of the harness or of its configuration; they say nothing about the target."
    return tag(
        "section",
        tag("h2", "Errors"),
        tag("p", lead, class_="lead"),
        tag("ol", *items, class_="entries"),
        id="errors",
    )


def not_judged(report: Report) -> Markup | None:
    """By reason, which is what a reader can do something about."""
    reasons: dict[str, list[RuleVerdict]] = {}
    for rule in report.having(Verdict.NOT_JUDGED):
        reasons.setdefault(rule.reason or "no reason given", []).append(rule)
    if not reasons:
        return None
    groups = [
        tag(
            "details",
            tag("summary", tag("span", brief(reason)), " ", _count(rules)),
            _listed(rules),
            class_="group",
            open=len(reasons) == 1,
        )
        for reason, rules in reasons.items()
    ]
    lead = "These rules count neither as kept nor as broken."
    return tag(
        "section",
        tag("h2", "Not judged, and why"),
        tag("p", lead, class_="lead"),
        *groups,
        id="not-judged",
    )


def readings(report: Report) -> Markup | None:
    """Where the API's pages leave open what happens: what was seen here."""
    rules = [rule for rule in report.rules if rule.reading]
    if not rules:
        return None
    rows = [
        tag(
            "tr",
            tag("th", _anchor(rule), scope="row"),
            tag("td", rule.rule.text),
            tag("td", tag("span", rule.reading, class_="letter"), class_="middle"),
            tag("td", _meaning(rule)),
        )
        for rule in rules
    ]
    head = tag("tr", *(tag("th", name, scope="col") for name in ("Rule", "Open is", "", "Seen")))
    lead = "Either side is right: the API's pages leave these open, or contradict each other."
    return tag(
        "section",
        tag("h2", "Readings seen"),
        tag("p", lead, class_="lead"),
        tag(
            "details",
            tag("summary", f"{len(rules)} readings"),
            tag("table", tag("thead", head), tag("tbody", *rows), class_="plain"),
        ),
        id="readings",
    )


def _meaning(rule: RuleVerdict) -> Markup | str:
    if rule.reading is not None and rule.reading in rule.rule.readings:
        usual = " (as bookings-mock)" if rule.reading == rule.rule.default else ""
        return f"{rule.rule.readings[rule.reading]}{usual}"
    ways = [f"{letter}: {words}" for letter, words in rule.rule.readings.items()]
    return join("now one, now another: ", "; ".join(ways))


def kept(report: Report) -> Markup | None:
    """What held: there is little to say of it."""
    rules = report.having(Verdict.KEPT)
    if not rules:
        return None
    shown = [rule for rule in rules if not rule.reading and not rule.deviations]
    return tag(
        "section",
        tag("h2", "Kept"),
        *(
            tag(
                "details",
                tag("summary", tag("span", name), " ", _count(own)),
                _listed(own),
                class_="group",
            )
            for name in ("MUST", "OBSERVED", "EITHER")
            if (own := [rule for rule in shown if rule.rule.level == name])
        ),
        id="kept",
    )


def shapes(report: Report) -> Markup | None:
    """Answers of another shape than the document declares, operation by operation."""
    found = data.shapes(report)
    if not found:
        return None
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for shape in found:
        groups.setdefault((str(shape["rule"]), str(shape["check"])), []).append(shape)
    rows = [
        tag(
            "tr",
            tag("td", number, class_="middle"),
            tag("th", tag("a", rule, href=f"#{rule}"), scope="row"),
            tag("td", brief(check)),
            tag("td", *_few(shape["message"] for shape in own)),
            tag("td", *_few(shape["operation"] or "any operation" for shape in own)),
        )
        for number, ((rule, check), own) in enumerate(list(groups.items())[:MOST_SHAPES], 1)
    ]
    left = len(groups) - MOST_SHAPES
    names = ("", "Rule", "Check", "Received", "Operations")
    head = tag("tr", *(tag("th", name, scope="col") for name in names))
    return tag(
        "section",
        tag("h2", "Shapes"),
        tag("table", tag("thead", head), tag("tbody", *rows), class_="plain"),
        tag("p", f"… and {left} more, in report.json", class_="lead") if left > 0 else None,
        id="shapes",
    )


def known(report: Report) -> Markup | None:
    """What is broken and known to be, with the reason that the baseline gives."""
    rules = [rule for rule in report.rules if rule.deviations]
    if not rules:
        return None
    lead = "The baseline names these breaches: they are told and do not count."
    return tag(
        "section",
        tag("h2", "Known deviations"),
        tag("p", lead, class_="lead"),
        tag("ol", *map(_deviating, rules), class_="entries"),
        id="known",
    )


def _deviating(rule: RuleVerdict) -> Markup:
    told = [
        tag(
            "li",
            tag("b", f"{finding.circumstance}: ") if finding.circumstance else None,
            f"expected {brief(finding.expected)}; received {brief(finding.actual)} — ",
            tag("em", brief(finding.deviation)),
        )
        for finding in rule.deviations
    ]
    # A rule that is broken besides, or that has a reading, has its own place elsewhere.
    own = rule.verdict is Verdict.KEPT and not rule.reading
    anchor = rule.id if own else f"known-{rule.id}"
    return tag("li", _name(rule), tag("ul", *told), id=anchor, class_="entry")


def _few(words: Iterable[object]) -> list[Markup]:
    """Different words, one below the other, as far as they help."""
    told = list(dict.fromkeys(brief(str(word)) for word in words))
    left = [f"… and {len(told) - MOST_WORDS} more"] if len(told) > MOST_WORDS else []
    return [tag("div", word) for word in (*told[:MOST_WORDS], *left)]


# Lists


def _listed(rules: Sequence[RuleVerdict]) -> Markup:
    return tag("ol", *map(_entry, rules), class_="entries")


def _entry(rule: RuleVerdict) -> Markup:
    partly = rule.reason if rule.verdict is Verdict.KEPT else None
    return tag(
        "li",
        _name(rule),
        tag("small", f" {brief(partly)}") if partly else None,
        # A rule with findings below the chosen level has its story elsewhere.
        join(" ", tag("a", "its breaches", href=f"#below-{rule.id}")) if rule.findings else None,
        id=rule.id,
        class_="entry",
    )


def _name(rule: RuleVerdict) -> Markup:
    return join(tag("b", rule.id), " ", level(rule.rule.level), " ", rule.rule.text)


def _anchor(rule: RuleVerdict) -> Markup:
    return tag("span", rule.id, id=rule.id)


def _count(rules: Iterable[RuleVerdict]) -> Markup:
    return tag("span", len(list(rules)), class_="count")
