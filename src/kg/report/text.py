"""Tell findings to people at a terminal: grouped by file, with the line and a caret."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from kg.findings import Finding, Place
from kg.report.model import Report, count

__all__ = ["line", "text"]

#: ANSI colours of what is told.
COLOURS = {"violation": "31;1", "warning": "33;1", "info": "36;1", "dim": "2", "bold": "1"}
#: Colours a text in a style, or leaves it as it is.
Paint = Callable[[str, str], str]
#: Characters of a source line that are shown.
WIDTH = 100


def text(report: Report, *, colour: bool = False) -> str:
    """Return the findings grouped by file, worst first in each, and a line that sums up."""
    paint: Paint = _paint if colour else _plain
    shown = sorted(report.shown, key=lambda one: (_file(one), *one.order))
    out: list[str] = []
    for file, group in groupby(shown, key=_file):
        found = list(group)
        out += [f"{paint('bold', file or 'No file')} ({_numbers(found)})"]
        for finding in found:
            out += [*_finding(report, finding, paint), ""]
    out += [f"fixed: {entry.rule}: {entry.about}" for entry in report.fixed]
    stale = "stale: {}: {}: no rule finds this any more; --update-baseline drops it"
    out += [stale.format(entry.rule, entry.about) for entry in report.stale]
    out += [
        f"{stage.name}: {stage.state}: {stage.reason}"
        for stage in report.stages
        if stage.state == "skipped"
    ]
    return "\n".join([*out, *report.notes, f"{report.summary()}."]) + "\n"


def line(finding: Finding) -> str:
    """Return a finding as one line."""
    place = f"{finding.place}: " if finding.place else ""
    value = f" [{finding.value}]" if finding.value and finding.value not in finding.message else ""
    accepted = f" (accepted: {finding.reason})" if finding.reason else ""
    focus = f"{finding.focus}: " if finding.focus else ""
    about = f"{finding.rule}: {focus}{finding.message}{value}{accepted}"
    return _clean(f"{place}{finding.severity}: {about}")


def _finding(report: Report, finding: Finding, paint: Paint) -> Iterator[str]:
    place = f"{finding.place}: " if finding.place else ""
    severity = paint(finding.severity, finding.severity)
    yield f"{place}{severity}: {finding.rule}: {_clean(finding.message)}"
    if finding.place:
        yield from _excerpt(report, finding.place, finding.severity, paint)
    pad = "      = "
    if finding.focus:
        yield paint("dim", f"{pad}node: {_clean(finding.focus)}")
    if finding.value and finding.value not in finding.message:
        yield paint("dim", f"{pad}value: {_clean(_short(finding.value))}")
    for other in finding.related:
        yield paint("dim", f"{pad}see {other.place}: {other.message}")
    if finding.reason:
        yield paint("dim", f"{pad}accepted: {finding.reason}")
    elif report.state(finding) == "known":
        yield paint("dim", f"{pad}known: in the baseline")


def _excerpt(report: Report, place: Place, severity: str, paint: Paint) -> Iterator[str]:
    """Yield the source line, cut to a window, and a caret under the span."""
    source = report.line(place)
    if source is None or place.span is None:
        return
    span = place.span
    start = min(span.column - 1, len(source))
    end = span.end_column - 1 if span.end_line == span.line else len(source)
    end = max(start + 1, min(end, len(source.rstrip()))) if span.end_line else start + 1
    left = max(0, start - WIDTH // 2) if len(source) > WIDTH else 0
    window = source[left : left + WIDTH].replace("\t", " ").rstrip()
    window = _visible(window)
    head, tail = "…" if left else "", "…" if left + WIDTH < len(source) else ""
    before = head + window[: start - left]
    under = window[start - left : end - left]
    yield f"{paint('dim', f'{span.line:5} | ')}{head}{window}{tail}"
    caret = "^" * max(1, _columns(under))
    yield paint("dim", "      | ") + " " * _columns(before) + paint(severity, caret)


def _clean(text: str) -> str:
    """Return a text as one line that cannot steer a terminal."""
    return _visible(" ".join(text.split()))


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _columns(text: str) -> int:
    """Return how wide a text is on a terminal: wide characters take two, marks none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _numbers(findings: list[Finding]) -> str:
    found = count(findings).items()
    return ", ".join(f"{n} {name}{'s' * (n != 1)}" for name, n in found if n)


def _file(finding: Finding) -> str:
    return finding.place.file if finding.place else ""


def _short(value: str) -> str:
    return value if len(value) <= WIDTH else value[: WIDTH - 1] + "…"


def _paint(style: str, text: str) -> str:
    return f"\x1b[{COLOURS[style]}m{text}\x1b[0m"


def _plain(_style: str, text: str) -> str:
    return text
