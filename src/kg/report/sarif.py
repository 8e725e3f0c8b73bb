"""Tell findings to code scanning, as SARIF 2.1.0 (OASIS)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from urllib.parse import quote

from kg import __version__
from kg.findings import Finding, Place, Span
from kg.report.model import Report, Rule, StageRun
from kg.vocab import BASE

__all__ = ["sarif"]

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: Severity to level (SARIF section 3.27.10).
LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
#: Name of the root in `originalUriBaseIds`.
ROOT = "SRCROOT"
#: Name of our fingerprint (SARIF section 3.27.17), with the version of how it is made.
FINGERPRINT = "kgFinding/v1"


def sarif(report: Report) -> str:
    """Return the log of one run; accepted findings are suppressed, those of a baseline unchanged.

    Columns count Unicode code points, and the log says so.
    """
    found = {finding.rule for finding in report.findings}
    names = sorted(report.rules.keys() | found)
    index = {name: number for number, name in enumerate(names)}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "kg check",
                "semanticVersion": __version__,
                "informationUri": BASE,
                "rules": [_rule(report.rule(name)) for name in names],
            }
        },
        "automationDetails": {"id": "kg-check/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report)],
        "results": [_result(report, one, index[one.rule], seen) for one in report.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    summary = rule.summary or rule.name
    return {
        "id": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": rule.help or summary},
        "help": {"text": rule.help or summary, "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.stage] if rule.stage else []},
    }


def _markdown(rule: Rule) -> str:
    where = f"\n\nSaid by `{rule.place}`." if rule.place else ""
    return f"{rule.help or rule.summary or rule.name}{where}"


def _result(report: Report, finding: Finding, index: int, seen: Counter[str]) -> dict[str, object]:
    print_ = finding.fingerprint
    seen[print_] += 1
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": _locations(report, finding),
        # GitHub follows a finding from commit to commit by the second of these.
        "partialFingerprints": {
            FINGERPRINT: print_,
            "primaryLocationLineHash": f"{print_}:{seen[print_]}",
        },
        "suppressions": _suppressions(finding),
    }
    related = [
        _location(report, other.place) | {"id": number, "message": {"text": other.message}}
        for number, other in enumerate(finding.related)
    ]
    result |= {"relatedLocations": related} if related else {}
    if finding.results:
        result["properties"] = {"shacl": [asdict(one) for one in finding.results]}
    if report.known is not None:
        result["baselineState"] = "unchanged" if print_ in report.known else "new"
    return result


def _message(finding: Finding) -> str:
    told = finding.value and finding.value not in finding.message
    value = f" [{finding.value}]" if told else ""
    return f"{finding.message}{value}"


def _locations(report: Report, finding: Finding) -> list[dict[str, object]]:
    place = finding.place or report.rule(finding.rule).place
    location = _location(report, place) if place else {}
    if finding.focus:
        node = {"fullyQualifiedName": finding.focus, "kind": "resource"}
        location["logicalLocations"] = [node]
    return [location] if location else []


def _location(report: Report, place: Place) -> dict[str, object]:
    artifact = {"uri": quote(report.file(place)), "uriBaseId": ROOT}
    region = _region(place.span) if place.span else {"startLine": 1}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}


def _region(span: Span) -> dict[str, int]:
    start = {"startLine": span.line, "startColumn": span.column}
    end = {"endLine": span.end_line, "endColumn": span.end_column} if span.end_line else {}
    return start | end


def _suppressions(finding: Finding) -> list[dict[str, str]]:
    if not finding.reason:
        return []
    return [{"kind": "external", "status": "accepted", "justification": finding.reason}]


def _invocation(report: Report) -> dict[str, object]:
    return {
        "executionSuccessful": not any(stage.state == "failed" for stage in report.stages),
        "exitCode": report.exit_code,
        "toolExecutionNotifications": [
            _notification(stage) for stage in report.stages if stage.state != "run"
        ],
    }


def _notification(stage: StageRun) -> dict[str, object]:
    level = "error" if stage.state == "failed" else "warning"
    return {"level": level, "message": {"text": f"{stage.name} {stage.state}: {stage.reason}"}}
