"""Tell findings on the summary page of a run, as Markdown."""

from __future__ import annotations

import re
from collections import Counter

from kg.findings import Finding
from kg.report.model import Report

__all__ = ["markdown"]

#: Findings that are listed; GitHub refuses a summary of more than a megabyte.
LISTED = 100
#: Characters of a cell.
CELL = 300


def markdown(report: Report) -> str:
    """Return a heading with the result, the rules by number of findings, and the findings."""
    result = "failed" if report.exit_code else "passed"
    parts = [f"## kg check {result}", f"{report.summary()}."]
    parts += ["\n".join(f"- {_cell(note)}" for note in report.notes)] if report.notes else []
    shown = sorted(report.shown, key=lambda finding: finding.order)
    if shown:
        parts += [_rules(shown), _findings(report, shown)]
    if report.fixed:
        fixed = [f"- `{_code(entry.rule)}`: {_cell(entry.about)}" for entry in report.fixed]
        parts += ["### Fixed since the baseline", "\n".join(fixed[:LISTED])]
    told = [
        f"- {stage.name} {stage.state}: {_cell(stage.reason)}"
        for stage in report.stages
        if stage.state != "run"
    ]
    parts += ["### Not checked", "\n".join(told)] if told else []
    return "\n\n".join(parts) + "\n"


def _rules(shown: list[Finding]) -> str:
    rows = Counter((finding.severity, finding.rule) for finding in shown)
    lines = [f"| {severity} | `{_code(rule)}` | {n} |" for (severity, rule), n in rows.items()]
    return "\n".join(["| severity | rule | findings |", "|---|---|---|", *lines])


def _findings(report: Report, shown: list[Finding]) -> str:
    lines = ["| place | rule | what to do |", "|---|---|---|"]
    for finding in shown[:LISTED]:
        place = f"`{_code(str(finding.place))}`" if finding.place else ""
        told = finding.value and finding.value not in finding.message
        value = f" [{finding.value}]" if told else ""
        node = f"<br>{_cell(finding.focus)}" if finding.focus else ""
        note = "" if report.state(finding) == "open" else f" ({report.state(finding)})"
        about = f"{_cell(finding.message + value)}{node}{_cell(note)}"
        lines.append(f"| {place} | `{_code(finding.rule)}` | {about} |")
    left = len(shown) - LISTED
    lines += [f"\n… and {left} more."] if left > 0 else []
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Return a text that a cell of a table shows as it is."""
    text = " ".join(text.split())
    text = text if len(text) <= CELL else text[: CELL - 1] + "…"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#])", r"\\\1", text)


def _code(text: str) -> str:
    return " ".join(text.split()).replace("`", "'").replace("|", r"\|")
