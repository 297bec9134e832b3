"""Each breach in full: expected and received, the rule and its source, the story, how to try it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict
from bookings_contract.replay.script import Replay
from bookings_contract.replay.steps import Step, steps
from bookings_contract.report.curl import as_curl
from bookings_contract.report.markup import Markup, join, tag
from bookings_contract.report.pytest import as_pytest, file_name

LONGEST_BODY = 1500
LONGEST_SCRIPT = 12_000
# A word longer than these explains nothing.
LONGEST_WORD = 500
MOST_STEPS = 12
MOST_OTHERS = 12
# From so many broken rules on, what there is no room for loses its story too.
MANY = 30


def contents(rules: Sequence[RuleVerdict]) -> Markup | None:
    """The rules that are broken, as a list of links."""
    if not rules:
        return None
    items = [tag("li", _line(rule)) for rule in rules]
    return tag(
        "section", tag("h2", "What is broken"), tag("ol", *items, class_="contents"), id="broken"
    )


def section(
    rules: Sequence[RuleVerdict], replays: Mapping[str, Replay], room: int
) -> Markup | None:
    """Each rule that is broken with its story, as fully as there is room for."""
    if not rules:
        return None
    # The least that can be said of each is said whatever the room.
    articles = [
        _article(number, rule, replays.get(rule.id), short=True, bare=len(rules) > MANY)
        for number, rule in enumerate(rules, 1)
    ]
    for number, rule in enumerate(rules, 1):
        full = _article(number, rule, replays.get(rule.id), short=False)
        more = len(full.encode()) - len(articles[number - 1].encode())
        if more <= room:
            room -= more
            articles[number - 1] = full
    return tag("section", tag("h2", "Breach by breach"), *articles, id="breaches")


def below(
    rules: Sequence[RuleVerdict], report: Report, replays: Mapping[str, Replay]
) -> Markup | None:
    """Findings that are listed and do not count at the chosen level."""
    if not rules:
        return None
    articles = [
        _article(number, rule, replays.get(rule.id), short=True, anchor=f"below-{rule.id}")
        for number, rule in enumerate(rules, 1)
    ]
    return tag(
        "section",
        tag("h2", "Not counted"),
        tag("p", _why_not(rules, report.level), class_="lead"),
        *articles,
        id="below",
    )


def _why_not(rules: Sequence[RuleVerdict], level: str) -> str:
    flaky = any(finding.flaky for rule in rules for finding in rule.findings)
    more = ", and what did not come again when it was told again" if flaky else ""
    return f"Breaches below the chosen level, {level}{more}."


def _line(rule: RuleVerdict) -> Markup:
    return join(
        tag("a", rule.id, href=f"#{rule.id}"),
        " ",
        level(rule.findings[0].level),
        " ",
        tag("span", rule.rule.text),
    )


def level(name: str) -> Markup:
    """A level as a small badge."""
    return tag("span", name, class_=f"level {name.lower()}")


def _article(
    number: int,
    rule: RuleVerdict,
    replay: Replay | None,
    short: bool,
    bare: bool = False,
    anchor: str | None = None,
) -> Markup:
    first = rule.findings[0]
    told = replay.finding if replay else first
    heading = f"{anchor or rule.id}-title"
    return tag(
        "article",
        tag(
            "h3",
            tag("span", f"{number}", class_="number"),
            tag("a", rule.id, href=f"#{anchor or rule.id}"),
            " ",
            level(first.level),
            " ",
            tag("span", "flaky", class_="level flaky") if told.flaky else None,
            tag("span", told.operation or ", ".join(rule.rule.operations), class_="operation"),
            id=heading,
        ),
        tag("p", rule.rule.text, class_="promise"),
        tag("p", *_sources(rule), class_="source"),
        _comparison(told),
        None if bare else _story(told, short),
        _again(rule, replay, short),
        None if short else _others([found for found in rule.findings if found is not told]),
        id=anchor or rule.id,
        class_="breach",
        aria_labelledby=heading,
    )


def _sources(rule: RuleVerdict) -> Iterator[Markup | str]:
    if not rule.rule.sources:
        yield "Documented nowhere."
    for number, source in enumerate(rule.rule.sources):
        yield "; " if number else "Source: "
        yield join(tag("cite", source.page), f", {source.section}")
    if rule.rule.note:
        yield f" — {rule.rule.note}"


def _comparison(finding: Finding) -> Markup:
    pairs = [("When", finding.circumstance, "when")] if finding.circumstance else []
    pairs += [
        ("Expected", finding.expected, "expected"),
        ("Received", finding.actual, "received"),
    ]
    rows = [
        tag("div", tag("dt", name), tag("dd", brief(words)), class_=kind)
        for name, words, kind in pairs
    ]
    return tag("dl", *rows, class_="comparison")


def brief(words: str | None) -> str:
    """A text, cut where it is endless."""
    text = words or ""
    return text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]} …"


# The story


def _story(finding: Finding, short: bool) -> Markup | None:
    told = list(zip(steps(finding.story), finding.story, strict=True))
    if not told:
        return None
    shown = told if len(told) <= MOST_STEPS else [*told[:3], *told[3 - MOST_STEPS :]]
    items: list[Markup] = []
    for position, (step, exchange) in enumerate(shown):
        last = step.number == len(told)
        if position == 3 and len(shown) < len(told):
            left = len(told) - len(shown)
            items.append(tag("li", f"… {left} more …", class_="gap", value=step.number - 1))
        items.append(_step(step, exchange, last and finding.aside is None, short))
    if finding.aside is not None:
        items.append(_aside(finding.aside, short))
    return join(tag("h4", "Story"), tag("ol", *items, class_="story"))


def _step(step: Step, exchange: Exchange, here: bool, short: bool) -> Markup:
    line = [
        tag("code", exchange.method, " ", tag("b", step.request.partition(" ")[2])),
        tag("span", step.status, class_=f"status s{step.status // 100}"),
        tag(
            "span", ", ".join(part for part in (step.summary, step.revision) if part), class_="said"
        ),
        tag("span", "← here", class_="here") if here else None,
    ]
    if short:
        return tag("li", *line, value=step.number, class_="here" if here else None)
    return tag(
        "li",
        tag("details", tag("summary", *line), _exchange(exchange), open=here),
        value=step.number,
    )


def _aside(exchange: Exchange, short: bool) -> Markup:
    line = [
        tag("code", "GET ", tag("b", exchange.path)),
        tag("span", exchange.status, class_=f"status s{exchange.status // 100}"),
        tag("span", "what the controls show", class_="said"),
        tag("span", "← here", class_="here"),
    ]
    if short:
        return tag("li", *line)
    return tag("li", tag("details", tag("summary", *line), _answer(exchange)))


def _exchange(exchange: Exchange) -> Markup:
    caller = exchange.caller or "nobody that the target knows"
    if "authorization" not in exchange.request_headers:
        caller = "nobody: without a token"
    return tag(
        "div",
        _body(f"{exchange.operation}, as {caller}", exchange.request_json, exchange.request_text),
        _answer(exchange),
        class_="exchange",
    )


def _answer(exchange: Exchange) -> Markup:
    named = exchange.headers.get("x-bookings-rule")
    rule = f", x-bookings-rule: {named}" if named else ""
    return _body(f"answer {exchange.status}{rule}", exchange.json, exchange.text)


def _body(name: str, parsed: Any, text: str) -> Markup:
    head = tag("p", name, class_="who")
    if not text:
        return tag("div", head, tag("p", "no body", class_="who"))
    shown = text if parsed is None else json.dumps(parsed, indent=1, ensure_ascii=False)
    more = f"\n… {len(shown) - LONGEST_BODY} more characters" if len(shown) > LONGEST_BODY else ""
    return tag(
        "div",
        head,
        tag(
            "pre",
            tag("code", shown[:LONGEST_BODY], more),
            aria_label=name,
            tabindex="0",
            role="group",
        ),
    )


# How to try it


def _again(rule: RuleVerdict, replay: Replay | None, short: bool) -> Markup | None:
    if replay is None:
        return None
    files = [(f"{rule.id}/story.sh", "curl"), (f"{rule.id}/{file_name(rule.id)}", "pytest")]
    links = [tag("a", name, href=name) for name, _ in files]
    explain = tag("code", f"bookings-contract explain {rule.id}")
    where = tag(
        "p", "Beside this file: ", links[0], " and ", links[1], " · ", explain, class_="files"
    )
    if short:
        return join(tag("h4", "Try it"), where)
    texts = [as_curl(replay), as_pytest(replay)]
    blocks = [
        tag(
            "details",
            tag("summary", f"as {kind}"),
            tag(
                "pre",
                tag("code", text),
                tabindex="0",
                role="group",
                aria_label=f"{rule.id} as {kind}",
            ),
            class_="replay",
        )
        for text, (_, kind) in zip(texts, files, strict=True)
        if len(text) <= LONGEST_SCRIPT
    ]
    return join(tag("h4", "Try it"), *blocks, where)


def _others(findings: Sequence[Finding]) -> Markup | None:
    if not findings:
        return None
    items = [
        tag(
            "li",
            level(finding.level),
            tag("span", "flaky", class_="level flaky") if finding.flaky else None,
            tag("span", "known", class_="level flaky") if finding.deviation else None,
            " ",
            tag("b", f"{finding.circumstance}: ") if finding.circumstance else None,
            f"{finding.operation or ''} — expected {brief(finding.expected)}; ",
            tag("em", f"received {brief(finding.actual)}"),
        )
        for finding in findings[:MOST_OTHERS]
    ]
    left = len(findings) - MOST_OTHERS
    more = tag("li", f"… and {left} more, in report.json") if left > 0 else None
    title = f"{len(findings)} more {'finding' if len(findings) == 1 else 'findings'} of this rule"
    return tag("details", tag("summary", title), tag("ul", *items, more), class_="others")
