"""Tell what a check found: to people, to programs, to code scanning, to a pull request."""

from __future__ import annotations

from collections.abc import Callable

from kg.report.github import github
from kg.report.json import as_json
from kg.report.junit import junit
from kg.report.markdown import markdown
from kg.report.model import Known, Report, Rule, StageRun
from kg.report.sarif import sarif
from kg.report.shacl import shacl
from kg.report.text import line, text

__all__ = ["FORMATS", "Known", "Report", "Rule", "StageRun", "line", "text"]

#: Name of an output to what writes it.
FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "junit": junit,
    "github": github,
    "markdown": markdown,
    "shacl": shacl,
}
