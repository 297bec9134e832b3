"""The breaches for code scanners: what SARIF 2.1.0 demands of a log, and what a result tells.

The schema below holds, of the published one, the objects that we write: their required members,
their enumerations, and that nothing else stands in them.
"""

import json
from typing import Any

import jsonschema
import pytest
from attrs import evolve

import bookings_openapi
from bookings_contract.findings.exchange import Exchange
from bookings_contract.findings.verdicts import Finding, Report, RuleVerdict, Verdict
from bookings_contract.report import sarif

BOOK = bookings_openapi.rules()


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    known = {**properties, "properties": {"type": "object"}}
    return {
        "type": "object",
        "required": required,
        "properties": known,
        "additionalProperties": False,
    }


def listed(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = closed(["text"], text=TEXT, markdown=TEXT)
PLACE = closed([], name=TEXT, fullyQualifiedName=TEXT, kind=TEXT)
LOCATION = closed([], logicalLocations=listed(PLACE, uniqueItems=True), message=MESSAGE)
STEP = closed(
    [],
    location=LOCATION,
    executionOrder={"type": "integer", "minimum": -1},
    importance={"enum": ["important", "essential", "unimportant"]},
)
FLOW = closed(
    ["threadFlows"],
    threadFlows=listed(closed(["locations"], locations=listed(STEP, minItems=1)), minItems=1),
)
RULE = closed(
    ["id"],
    id=TEXT,
    shortDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed([], level=LEVEL),
)
SUPPRESSION = closed(
    ["kind"],
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=TEXT,
)
RESULT = closed(
    ["message"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    codeFlows=listed(FLOW),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    suppressions=listed(SUPPRESSION, uniqueItems=True),
)
NOTIFICATION = closed(
    ["message"], message=MESSAGE, level=LEVEL, associatedRule=closed(["id"], id=TEXT)
)
INVOCATION = closed(
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    exitCode=WHOLE,
    toolExecutionNotifications=listed(NOTIFICATION),
)
DRIVER = closed(["name"], name=TEXT, version=TEXT, rules=listed(RULE, uniqueItems=True))
RUN = closed(
    ["tool"],
    tool=closed(["driver"], driver=DRIVER),
    invocations=listed(INVOCATION),
    results=listed(RESULT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)
LOG = {
    **closed(["version", "runs"], version={"enum": ["2.1.0"]}, runs=listed(RUN)),
    "$schema": "http://json-schema.org/draft-07/schema#",
}
LOG["properties"]["$schema"] = TEXT


def exchange(operation: str, path: str, status: int) -> Exchange:
    return Exchange(operation, "owner", "POST", path, path, {}, "", status, {}, "", 0.0, 0.0)


STORY = (
    exchange("createBooking", "/bookings/v2/bookings", 200),
    exchange("confirmBooking", "/bookings/v2/bookings/1/confirm", 200),
)
FINDING = Finding(
    "CONFIRM-1", "MUST", "refused", "200, CONFIRMED", "class, from CANCELED", story=STORY
)
UNSEEN = Finding("SHAPE-4", "OBSERVED", "a header", "\ud800")


@pytest.fixture
def report() -> Report:
    return Report(
        target={"url": "http://target.test"},
        rules=(
            RuleVerdict(BOOK["CANCEL-1"], Verdict.KEPT),
            RuleVerdict(BOOK["CONFIRM-1"], Verdict.BROKEN, findings=(FINDING,), counted=1),
            RuleVerdict(BOOK["SHAPE-4"], Verdict.BROKEN, findings=(UNSEEN,), counted=1),
            RuleVerdict(BOOK["EVENT-1"], Verdict.NOT_JUDGED, reason="no [control] url named"),
            RuleVerdict(BOOK["CANCEL-2"], Verdict.ERROR, reason="ZeroDivisionError"),
            RuleVerdict(BOOK["CANCEL-5"], Verdict.KEPT, reading="A"),
        ),
        complaints=("known.toml: CANCEL-1 expired",),
    )


def only(report: Report) -> dict[str, Any]:
    log = json.loads(sarif.text(report))
    jsonschema.Draft7Validator(LOG).validate(log)
    (run,) = log["runs"]
    return dict(run)


def results(report: Report) -> dict[str, Any]:
    return {result["ruleId"]: result for result in only(report)["results"]}


def test_the_whole_log_is_valid(report: Report) -> None:
    assert only(report)["tool"]["driver"]["name"] == "bookings-contract"
    assert only(Report({}, ()))["results"] == []


def test_a_schema_as_strict_as_this_finds_a_mistake(report: Report) -> None:
    log = sarif.data(report)
    log["runs"][0]["results"][0]["level"] = "MUST"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(LOG).validate(log)


def test_every_rule_is_described_with_its_level_and_help(report: Report) -> None:
    rules = {rule["id"]: rule for rule in only(report)["tool"]["driver"]["rules"]}
    assert list(rules) == [rule.id for rule in report.rules]
    assert rules["CONFIRM-1"]["shortDescription"]["text"] == BOOK["CONFIRM-1"].text
    assert BOOK["CONFIRM-1"].sources[0].page in rules["CONFIRM-1"]["help"]["text"]
    levels = {name: rule["defaultConfiguration"]["level"] for name, rule in rules.items()}
    assert levels["CONFIRM-1"] == "error"
    assert (levels["SHAPE-4"], levels["CANCEL-5"]) == ("warning", "note")


def test_a_result_tells_its_story_and_where_the_document_describes_it(report: Report) -> None:
    result = results(report)["CONFIRM-1"]
    assert result["level"] == "error"
    text = result["message"]["text"]
    assert "When: class, from CANCELED\nExpected: refused\nReceived: 200, CONFIRMED" in text
    (place,) = result["locations"][0]["logicalLocations"]
    assert place["name"] == "confirmBooking"
    pointer = "/paths/~1bookings~1v2~1bookings~1{bookingId}~1confirm/post"
    assert place["fullyQualifiedName"] == pointer
    (flow,) = result["codeFlows"][0]["threadFlows"]
    assert [step["executionOrder"] for step in flow["locations"]] == [1, 2]
    assert flow["locations"][1]["importance"] == "essential"


def test_each_result_points_to_its_rule(report: Report) -> None:
    run = only(report)
    rules = run["tool"]["driver"]["rules"]
    assert {result["ruleId"] for result in run["results"]} == {"CONFIRM-1", "SHAPE-4"}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_what_does_not_count_is_a_note(report: Report) -> None:
    found = results(evolve(report, level="MUST"))
    assert (found["CONFIRM-1"]["level"], found["SHAPE-4"]["level"]) == ("error", "note")


def test_a_known_deviation_is_suppressed_with_its_reason(report: Report) -> None:
    known = evolve(FINDING, deviation="BK-12 (until 2027-01-01)")
    rule = RuleVerdict(BOOK["CONFIRM-1"], Verdict.KEPT, findings=(known,))
    (suppression,) = results(evolve(report, rules=(rule,)))["CONFIRM-1"]["suppressions"]
    assert suppression["justification"] == "BK-12 (until 2027-01-01)"


def test_a_breach_found_again_has_the_same_fingerprint(report: Report) -> None:
    def print_of(finding: Finding) -> str:
        rule = RuleVerdict(BOOK["CONFIRM-1"], Verdict.BROKEN, findings=(finding,), counted=1)
        found = results(evolve(report, rules=(rule,)))["CONFIRM-1"]
        return str(found["partialFingerprints"])

    assert print_of(FINDING) == print_of(evolve(FINDING, actual="200, revision 7"))
    assert print_of(FINDING) != print_of(evolve(FINDING, circumstance="from DECLINED"))


def test_what_could_not_be_judged_is_notified(report: Report) -> None:
    (invocation,) = only(report)["invocations"]
    told = {
        (one.get("associatedRule", {}).get("id"), one["level"])
        for one in invocation["toolExecutionNotifications"]
    }
    assert told == {(None, "error"), ("EVENT-1", "note"), ("CANCEL-2", "error")}
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (True, 1)
