"""Each output tells the same findings, in the form that its readers define."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from jsonschema import Draft202012Validator
from rdflib import Graph, Namespace, URIRef

from kg.findings import Finding, Place, Related, Span
from kg.report import FORMATS, Known, Report, Rule, StageRun, text

CASES = Path(__file__).parent / "cases" / "sarif"
SH = Namespace("http://www.w3.org/ns/shacl#")
CHECK = Namespace("https://w3id.org/mithaq/check#")
SOURCE = 'ex:a\n\tex:day "2. April" ;\n    ex:عنوان "𝒳 東京", ex:b .\n'
SHAPE = Place("ontology/shapes/a.ttl", Span(3, 1, 3, 9))


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """One finding of each kind: with a span, over lines, without a place, accepted, known."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a b.ttl").write_text(SOURCE, "utf-8")
    data = "data/a b.ttl"
    findings = (
        Finding(
            "shape/A-day",
            "violation",
            "Write the day as YYYY-MM-DD.",
            "https://example.org/a",
            "https://example.org/day",
            "2. April",
            Place(data, Span(2, 9, 2, 19)),
            (Related(SHAPE, "the shape that says so"),),
        ),
        Finding(
            "source/order",
            "warning",
            "100 % wrong,\nsay: `kg fmt` | <b>",
            place=Place(data, Span(3, 14, 3, 20)),
            key="1",
        ),
        Finding("b-violation", "violation", "No place", "https://example.org/b", value="\x00<x>"),
        Finding("b-warning", "warning", "Fine", "https://example.org/c", reason="It's so."),
        Finding("b-known", "violation", "Old", "https://example.org/d", place=Place(data)),
        Finding("b-info", "info", "A note", "not an IRI", place=Place(data, Span(99))),
    )
    rules = {
        "shape/A-day": Rule(
            "shape/A-day", "shacl", "day", "Write the day.", iri="https://example.org/shape/A-day"
        ),
        "quiet-violation": Rule("quiet-violation", "checks", "never found", place=SHAPE),
    }
    stages = (
        StageRun("shacl", seconds=1.5),
        StageRun("checks"),
        StageRun("queries", "skipped", "the files have errors of syntax"),
        StageRun("links", "failed", "no release", 3),
    )
    known = frozenset({findings[4].fingerprint})
    fixed = (Known("b-known", "https://example.org/gone", "0" * 32),)
    return Report(tmp_path, findings, rules, stages, known, fixed)


def test_the_schema_is_what_the_manifest_says():
    for file in tomllib.loads((CASES / "manifest.toml").read_text("utf-8"))["file"]:
        data = (CASES / file["name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file["sha256"]


def test_text_shows_the_line_and_a_caret(report: Report):
    told = text(report)
    assert "data/a b.ttl:2:9: violation: shape/A-day: Write the day as YYYY-MM-DD." in told
    assert '    2 |  ex:day "2. April" ;\n      |         ^^^^^^^^^^\n' in told
    assert "see ontology/shapes/a.ttl:3:1: the shape that says so" in told
    assert "fixed: b-known: https://example.org/gone" in told
    assert "queries: skipped: the files have errors of syntax" in told
    assert told.endswith(
        "2 violations, 1 warning, 1 info, 1 accepted, 1 known, 1 fixed,"
        " 2 stages not run to the end.\n"
    )
    assert "It's so." not in told
    assert "\x1b" not in told


def test_text_puts_the_caret_under_wide_characters(report: Report):
    lines = text(report).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("    3 | "))
    assert lines[at + 1].index("^") - len("      | ") == 13
    assert lines[at + 1].count("^") == 8  # "𝒳 東京" in quotes: the two last take two columns


def test_text_cuts_a_long_line_around_the_place(tmp_path: Path):
    (tmp_path / "long.ttl").write_text("x" * 5_000_000 + "HERE" + "y" * 5_000_000, "utf-8")
    place = Place("long.ttl", Span(1, 5_000_001, 1, 5_000_005))
    told = text(Report(tmp_path, (Finding("a/b", "violation", "m", place=place),)))
    assert max(map(len, told.splitlines())) < 130
    source, caret = told.splitlines()[2:4]
    start = caret.index("^")
    assert source[start : start + caret.count("^")] == "HERE"


def test_text_cannot_steer_a_terminal(tmp_path: Path):
    bad = Finding("a/b", "violation", "m\x1b[2J", value="\x1b]0;x\x07\u202e")
    told = text(Report(tmp_path, (bad,)))
    assert not {"\x1b", "\x07", "\u202e"} & set(told)


def test_text_is_coloured_when_asked(report: Report):
    told = text(report, colour=True)
    assert "\x1b[31;1mviolation\x1b[0m" in told
    assert re.sub(r"\x1b\[[\d;]*m", "", told) == text(report)


def test_json_has_every_finding_and_a_version(report: Report):
    told = json.loads(FORMATS["json"](report))
    assert told["version"] == 1
    assert told["exitCode"] == 3
    assert told["summary"] == {
        "violation": 2,
        "warning": 1,
        "info": 1,
        "accepted": 1,
        "known": 1,
        "fixed": 1,
    }
    first = told["findings"][0]
    assert first["place"] == {
        "file": "data/a b.ttl",
        "line": 2,
        "column": 9,
        "endLine": 2,
        "endColumn": 19,
    }
    assert first["related"][0]["place"]["file"] == "ontology/shapes/a.ttl"
    assert [one["state"] for one in told["findings"]] == [
        "open",
        "open",
        "open",
        "accepted",
        "known",
        "open",
    ]
    assert told["stages"][2] == {
        "name": "queries",
        "state": "skipped",
        "reason": "the files have errors of syntax",
        "seconds": 0.0,
        "exitCode": 0,
    }


def test_sarif_follows_the_schema(report: Report):
    schema = json.loads((CASES / "sarif-schema-2.1.0.json").read_text("utf-8"))
    for one in (report, Report(report.root)):
        log = json.loads(FORMATS["sarif"](one))
        assert [e.message for e in Draft202012Validator(schema).iter_errors(log)] == []


def test_sarif_says_where_and_why(report: Report):
    (run,) = json.loads(FORMATS["sarif"](report))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    results = {result["ruleId"]: result for result in run["results"]}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    day = results["shape/A-day"]
    where = day["locations"][0]["physicalLocation"]
    assert where["artifactLocation"] == {"uri": "data/a%20b.ttl", "uriBaseId": "SRCROOT"}
    assert where["region"] == {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 19}
    assert day["relatedLocations"][0]["message"]["text"] == "the shape that says so"
    assert day["partialFingerprints"]["kgFinding/v1"] == report.findings[0].fingerprint
    assert (day["level"], day["suppressions"], day["baselineState"]) == ("error", [], "new")
    assert results["b-known"]["baselineState"] == "unchanged"
    assert results["b-warning"]["suppressions"][0]["justification"] == "It's so."
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_paths_are_from_the_root_of_the_repository(report: Report):
    from dataclasses import replace

    (run,) = json.loads(FORMATS["sarif"](replace(report, prefix="graph/")))["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "graph/data/a%20b.ttl"


def test_junit_has_a_case_for_each_rule(report: Report):
    root = Xml.fromstring(FORMATS["junit"](report))
    suites = {suite.get("name"): suite for suite in root}
    assert suites["shacl"].get("tests") == suites["shacl"].get("failures") == "1"
    failure = suites["shacl"].find("testcase/failure")
    assert failure is not None
    assert failure.text
    assert failure.text.startswith("data/a b.ttl:2:9: violation: shape/A-day")
    assert suites["checks"].get("failures") == "0"
    assert suites["source"].find("testcase/system-out") is not None
    assert suites["queries"].find("testcase/skipped") is not None
    assert suites["links"].find("testcase/error") is not None
    assert "<x>" in "".join(root.itertext())


def test_github_escapes_what_it_must(report: Report):
    lines = FORMATS["github"](report).splitlines()
    day = next(line for line in lines if "A-day" in line)
    assert day == (
        "::error file=data/a b.ttl,line=2,endLine=2,col=9,endColumn=19,title=shape/A-day"
        "::Write the day as YYYY-MM-DD.%0ANode: https://example.org/a%0AValue: 2. April"
        "%0ASee ontology/shapes/a.ttl:3:1: the shape that says so"
    )
    order = next(line for line in lines if "source/order" in line)
    assert order.startswith("::warning ")
    assert order.endswith("::100 %25 wrong,%0Asay: `kg fmt` | <b>")
    assert any(line.startswith("::error title=kg check%3A links::no release") for line in lines)


def test_github_escapes_commas_and_colons_of_a_file(tmp_path: Path):
    finding = Finding("a:b", "info", "m", place=Place("d/a,b:c%.ttl"))
    told = FORMATS["github"](Report(tmp_path, (finding,)))
    assert told == "::notice file=d/a%2Cb%3Ac%25.ttl,title=a%3Ab::m\n"


def test_markdown_shows_text_as_it_is(report: Report):
    told = FORMATS["markdown"](report)
    assert told.startswith("## kg check failed\n\n2 violations, 1 warning")
    assert "100 % wrong, say: \\`kg fmt\\` \\| &lt;b&gt;" in told
    assert "`data/a b.ttl:2:9`" in told
    table = [line for line in told.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {4}


def test_markdown_is_bounded(tmp_path: Path):
    many = tuple(Finding("a/b", "violation", "m" * 9999, key=str(n)) for n in range(9999))
    told = FORMATS["markdown"](Report(tmp_path, many))
    assert "… and 9899 more." in told
    assert len(told) < 100_000


def test_shacl_report_is_rdf(report: Report):
    graph = Graph().parse(data=FORMATS["shacl"](report), format="turtle")
    node = graph.value(
        predicate=URIRef("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        object=SH.ValidationReport,
    )
    assert str(graph.value(node, SH.conforms)) == "false"
    results = list(graph.objects(node, SH.result))
    assert len(results) == 4
    for result in results:
        for need in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(list(graph.objects(result, need))) == 1
    day = graph.value(predicate=SH.sourceShape, object=URIRef("https://example.org/shape/A-day"))
    assert graph.value(day, SH.resultPath) == URIRef("https://example.org/day")
    assert str(graph.value(day, SH.value)) == "2. April"
    assert int(str(graph.value(day, CHECK.line))) == 2
    assert str(graph.value(day, CHECK.file)) == "data/a b.ttl"


def test_shacl_report_of_nothing_conforms(tmp_path: Path):
    graph = Graph().parse(data=FORMATS["shacl"](Report(tmp_path)), format="turtle")
    assert [str(value) for value in graph.objects(None, SH.conforms)] == ["true"]


@pytest.mark.parametrize("name", FORMATS)
def test_outputs_do_not_depend_on_the_run(name: str, report: Report):
    assert FORMATS[name](report) == FORMATS[name](report)
