"""Tell findings to GitHub, as annotations of the lines of a pull request."""

from __future__ import annotations

from kg.findings import Finding
from kg.report.model import Report

__all__ = ["github"]

#: Severity to the command that GitHub has for it.
COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}
#: What a message, and beside it a property, must not hold as it is.
DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = DATA | {":": "%3A", ",": "%2C"}


def github(report: Report) -> str:
    """Return a workflow command a finding, worst first: GitHub shows the first ten of a kind."""
    shown = sorted(report.shown, key=lambda finding: finding.order)
    return "".join(f"{_command(report, finding)}\n" for finding in shown) + _failures(report)


def _command(report: Report, finding: Finding) -> str:
    place = finding.place
    about: dict[str, object] = {}
    if place:
        about["file"] = report.file(place)
    if place and place.span:
        span = place.span
        about |= {"line": span.line}
        about |= {"endLine": span.end_line} if span.end_line else {}
        about |= {"col": span.column}
        # A column at the end is of the first line, so only a span of one line has it.
        about |= {"endColumn": span.end_column} if span.end_line == span.line else {}
    about["title"] = finding.rule
    told = ",".join(f"{name}={_escape(str(value), PROPERTY)}" for name, value in about.items())
    return f"::{COMMANDS[finding.severity]} {told}::{_escape(_message(finding), DATA)}"


def _message(finding: Finding) -> str:
    lines = [finding.message]
    lines += [f"Node: {finding.focus}"] if finding.focus else []
    told = finding.value and finding.value not in finding.message
    lines += [f"Value: {finding.value}"] if told else []
    lines += [f"See {other.place}: {other.message}" for other in finding.related]
    lines += [f"Accepted: {finding.reason}"] if finding.reason else []
    return "\n".join(lines)


def _failures(report: Report) -> str:
    failed = [stage for stage in report.stages if stage.state == "failed"]
    return "".join(
        f"::error title=kg check%3A {stage.name}::{_escape(stage.reason, DATA)}\n"
        for stage in failed
    )


def _escape(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
