"""What a run has to reach besides breaking nothing: a share of the rules judged."""

from attrs import evolve

from bookings_contract.findings.problems import ConfigurationError
from bookings_contract.findings.verdicts import Report, RuleVerdict, Verdict, counts


def share(asked: float | None) -> float | None:
    """The least share that a user asks for, in percent."""
    if asked is not None and not 0 <= asked <= 100:
        raise ConfigurationError(f"--fail-under {asked:g} is no percentage: write 0 to 100.")
    return asked


def held(report: Report, least: float | None) -> Report:
    """The report, with a complaint if fewer of its rules were judged.

    Rules below the chosen level, and those that leave open what happens, are not asked for.
    """
    rules = [rule for rule in report.rules if counts(rule.rule.level, report.level)]
    judged = sum(map(_judged, rules))
    reached = 100 * judged / len(rules) if rules else 0.0
    if least is None or reached >= least:
        return report
    line = (
        f"{judged} of {len(rules)} rules judged ({reached:.1f} %): fewer than the "
        f"{least:g} % of --fail-under"
    )
    return evolve(report, complaints=(*report.complaints, line))


def _judged(rule: RuleVerdict) -> bool:
    return rule.verdict in (Verdict.KEPT, Verdict.BROKEN)
