"""Tell findings to continuous integration, as JUnit XML: each rule is a test case."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from kg.findings import Finding
from kg.report.model import Report, StageRun
from kg.report.text import line

__all__ = ["junit"]

#: What XML 1.0 cannot hold (section 2.2).
UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return a suite for each stage; a rule that makes the check fail is a failed test."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.rule].append(finding)
    cases: dict[str, list[str]] = defaultdict(list)
    for name in sorted(report.rules.keys() | found.keys()):
        cases[report.rule(name).stage or "check"].append(name)
    runs = {stage.name: stage for stage in report.stages}
    root = Xml.Element("testsuites", name="kg check")
    for name in dict.fromkeys([*runs, *sorted(cases)]):
        suite = Xml.SubElement(root, "testsuite", name=name)
        run = runs.get(name, StageRun(name))
        if run.state == "run":
            for rule in cases[name]:
                _case(suite, report, rule, found[rule])
        else:
            _not_run(suite, run)
        _count(suite, run.seconds)
    Xml.indent(root)
    return Xml.tostring(root, "unicode", xml_declaration=False) + "\n"


def _case(suite: Xml.Element, report: Report, name: str, found: list[Finding]) -> None:
    rule = report.rule(name)
    about = {"classname": f"kg.{suite.get('name')}", "name": name}
    about |= {"file": report.file(rule.place)} if rule.place else {}
    case = Xml.SubElement(suite, "testcase", about)
    bad = [finding for finding in found if report.fails(finding)]
    if bad:
        told = f"{len(bad)} findings: {bad[0].message}" if len(bad) > 1 else bad[0].message
        kind = bad[0].severity
        Xml.SubElement(case, "failure", message=_fit(told), type=kind).text = _lines(bad)
    rest = [finding for finding in found if not report.fails(finding) and finding in report.shown]
    if rest:
        Xml.SubElement(case, "system-out").text = _lines(rest)


def _not_run(suite: Xml.Element, run: StageRun) -> None:
    case = Xml.SubElement(suite, "testcase", classname=f"kg.{run.name}", name=run.name)
    kind = "error" if run.state == "failed" else "skipped"
    Xml.SubElement(case, kind, message=_fit(run.reason))


def _count(suite: Xml.Element, seconds: float) -> None:
    tags = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    suite.set("tests", str(len(suite)))
    for name, tag in tags.items():
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{seconds:.3f}")


def _lines(findings: Iterable[Finding]) -> str:
    return _fit("\n".join(map(line, findings)))


def _fit(text: str) -> str:
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
