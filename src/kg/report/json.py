"""Tell findings to programs, as JSON whose keys stay: `docs/use.md` lists them."""

from __future__ import annotations

import json
from dataclasses import asdict

from kg import __version__
from kg.findings import Finding, Place
from kg.report.model import Report, count

__all__ = ["VERSION", "as_json", "finding"]

#: Rises when a key goes or changes its meaning; keys may be added without.
VERSION = 1


def as_json(report: Report) -> str:
    """Return every finding, open or not, with what became of the stages."""
    about = {
        "version": VERSION,
        "tool": {"name": "kg", "version": __version__},
        "exitCode": report.exit_code,
        "summary": {
            **{"violation": 0, "warning": 0, "info": 0, **count(report.of("open"))},
            "accepted": len(report.of("accepted")),
            "known": len(report.of("known")),
            "fixed": len(report.fixed),
        },
        "notes": list(report.notes),
        "stages": [_stage(asdict(stage)) for stage in report.stages],
        "findings": [finding(one) | {"state": report.state(one)} for one in report.findings],
        "fixed": [asdict(entry) for entry in report.fixed],
        "stale": [asdict(entry) for entry in report.stale],
    }
    return json.dumps(about, ensure_ascii=False, indent=1) + "\n"


def finding(one: Finding) -> dict[str, object]:
    """Return a finding as an object of JSON."""
    related = [{"place": _place(r.place), "message": r.message} for r in one.related]
    return {
        "rule": one.rule,
        "severity": one.severity,
        "message": one.message,
        "focus": one.focus,
        "path": one.path,
        "value": one.value,
        "place": _place(one.place),
        "related": related,
        "component": one.results[0].component if one.results else "",
        "results": [asdict(result) for result in one.results],
        "reason": one.reason,
        "fingerprint": one.fingerprint,
    }


def _place(place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    span = place.span
    if span is None:
        return {"file": place.file}
    start = {"file": place.file, "line": span.line, "column": span.column}
    end = {"endLine": span.end_line, "endColumn": span.end_column} if span.end_line else {}
    return start | end


def _stage(stage: dict[str, object]) -> dict[str, object]:
    stage["exitCode"] = stage.pop("exit_code")
    return stage
