"""The judge's own score as people read it: in the terminal, as JSON, in the README."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bookings_contract.findings.mutants import Judgement, Score
from bookings_contract.findings.problems import ConfigurationError

BEGIN, END = "<!-- miniatures -->", "<!-- /miniatures -->"
NOBODY = "nobody"
SWITCHES = "the rules' own switches"


def rendered(score: Score, seconds: float) -> Iterator[str]:
    """The table and what it comes to."""
    rows = [_row(one) for one in score.judgements]
    head = ("miniature", "breaks", "caught by", "seconds", "story")
    widths = [max(len(row[n]) for row in [head, *rows]) for n in range(len(head))]
    for row in [head, *rows]:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield from _faults(score)
    yield f"{summary(score)} · {seconds:.0f} s"


def _row(one: Judgement) -> tuple[str, ...]:
    story = str(one.story) if one.story else ""
    caught = ", ".join(one.caught_by) or NOBODY
    return one.server.name, one.server.rule, caught, f"{one.seconds:.1f}", story


def _faults(score: Score) -> Iterator[str]:
    for name, faults in score.faults.items():
        yield from (f"error in judging {name}: {rule}: {why}" for rule, why in faults.items())


def summary(score: Score) -> str:
    """The score in one line."""
    words = [
        f"{score.caught} of {len(score.judgements)} caught",
        f"{score.by_their_own_rule} by the rule that they break",
    ]
    if score.median_story is not None:
        words.append(f"stories of {score.median_story:g} requests (median)")
        words.append(f"{score.longest_story} at most")
    return " · ".join(words)


def data(score: Score, seconds: float) -> dict[str, Any]:
    """The table as JSON."""
    return {
        "format": 1,
        "miniatures": [one.data() for one in score.judgements],
        "caught": score.caught,
        "byTheirOwnRule": score.by_their_own_rule,
        "medianStory": score.median_story,
        "longestStory": score.longest_story,
        "seconds": round(seconds, 1),
    }


def put_into(readme: Path, score: Score) -> None:
    """Puts the table between the file's markers; raises ConfigurationError without them."""
    text = readme.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ConfigurationError(f"{readme} has no place for the table: {BEGIN} and {END}.")
    table = "\n".join(as_markdown(score))
    readme.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def as_markdown(score: Score) -> Iterator[str]:
    """The summary by section, and every server folded away below it."""
    yield "| section | servers | caught | by the rule that they break | median story |"
    yield "|---|---|---|---|---|"
    for section, ones in [*_by_section(score.judgements), ("**all**", list(score.judgements))]:
        part = Score(ones)
        story = f"{part.median_story:g}" if part.median_story is not None else "-"
        yield f"| {section} | {len(ones)} | {part.caught} | {part.by_their_own_rule} | {story} |"
    yield ""
    yield "<details><summary>Every one of them, who noticed, in how many seconds of the processor"
    yield "(where they were measured) and in how many requests the breach is told</summary>"
    yield ""
    yield "| miniature | caught by | s | story |"
    yield "|---|---|---|---|"
    yield from (_markdown_row(one) for one in score.judgements)
    yield ""
    yield "</details>"


def _markdown_row(one: Judgement) -> str:
    own = one.server.rule
    missed = "" if one.by_its_own_rule else f" (breaks {own})"
    name = own if one.server.name == own else f"{one.server.name}: {one.server.about}"
    caught = ", ".join(one.caught_by) or NOBODY
    seconds = f"{one.seconds:.1f}" if one.seconds else "-"
    return f"| {name}{missed} | {caught} | {seconds} | {one.story or '-'} |"


def _by_section(judgements: Iterable[Judgement]) -> list[tuple[str, Sequence[Judgement]]]:
    sections: dict[str, list[Judgement]] = {}
    for one in judgements:
        sections.setdefault(one.server.section or SWITCHES, []).append(one)
    return list(sections.items())
