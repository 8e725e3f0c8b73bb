"""Shapes and checks notice when valid data is made wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from kg import settings as config
from kg.check.work import Work
from kg.errors import BadShapes
from kg.mutate import LEAST, OPERATORS, Report, coverage, reasons, run
from kg.mutate.operators import Mutant, mutants
from kg.mutate.sample import choose, units
from kg.mutate.trial import Outcome
from kg.validate import targets
from tests.conftest import ROOT

MQ = "https://w3id.org/mithaq/ns#"


def work_of(root: Path) -> Work:
    return Work(config.load(root, {}))


@pytest.fixture(scope="module")
def report() -> Report:
    """A twelfth of the mutants of our own data; `make mutate` has all."""
    return run(work_of(ROOT), each=1, share=1 / 12, rounds=4)


def test_our_rules_notice_nearly_every_meaningful_mutant(report: Report):
    assert len(report.outcomes) > 80
    assert report.rate >= LEAST, report.text()
    assert [f for f in report.findings() if f.severity == "violation"] == []


def test_a_report_names_operators_survivors_and_the_rate(report: Report):
    text = report.text()
    assert f"{report.rate:.1%}" in text
    assert {row["operator"] for row in report.table()} <= OPERATORS.keys()
    assert report.rules()
    assert all(outcome.rules for outcome in report.killed)


def test_a_shape_that_is_gone_lets_its_mutants_live(tree: Path):
    (tree / "ontology/shapes/commitment.ttl").unlink()
    for check in ("node-incomplete", "date-precision", "date-range", "code-scheme", "node-kind"):
        (tree / f"ontology/checks/{check}-violation.rq").unlink()
    report = run(work_of(tree), each=1, share=0.1, rounds=4)
    assert report.rate < LEAST
    assert any(m.kind == MQ + "Commitment" for m, _ in report.survivors)


def test_the_same_seed_makes_the_same_mutants(tree: Path):
    work = work_of(tree)
    kinds = targets(work.layout.shapes())
    made = [
        list(mutants(choose(units(work), kinds, seed=3, copies=2), seed=3, each=1, share=0.3))
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert {mutant.operator for mutant in made[0]} >= {"delete", "dangling", "misspell"}


def mutant(operator: str, prop: str = "term") -> Mutant:
    node = NamedNode("https://w3id.org/mithaq/id/record/dcad/1")
    triple = Triple(node, NamedNode(MQ + prop), Literal("P5Y"))
    return Mutant(operator, MQ + "Record", MQ + prop, node, (triple,), ())


def report_of(tmp_path: Path, toml: str, *outcomes: Outcome) -> Report:
    path = tmp_path / "survivors.toml"
    path.write_text(toml, "utf-8")
    return Report(list(outcomes), reasons.read(path), "survivors.toml", 0.95, 1, 1, 1.0)


REASON = """
[[survivor]]
operator = "delete"
class = "Record"
property = ["term", "renewal"]
kind = "equivalent"
reason = "Optional."
"""


def test_an_equivalent_survivor_is_not_counted_and_a_gap_is(tmp_path: Path):
    outcomes = [Outcome(mutant("delete"), frozenset()), Outcome(mutant("empty"), frozenset({"r"}))]
    assert report_of(tmp_path, REASON, *outcomes).rate == 1
    gap = report_of(tmp_path, REASON.replace("equivalent", "gap"), *outcomes)
    assert gap.rate == 0.5
    assert {f.rule for f in gap.findings()} == {"mutate/stale", "mutate/rate"}


def test_a_reason_that_no_mutant_needs_is_a_finding(tmp_path: Path):
    outcomes = [Outcome(mutant("delete"), frozenset()), Outcome(mutant("empty"), frozenset({"r"}))]
    report = report_of(tmp_path, REASON, *outcomes)
    (finding,) = report.findings()
    assert finding.rule == "mutate/stale"
    assert "renewal" in finding.message


def test_a_survivor_without_a_reason_is_a_finding(tmp_path: Path):
    report = report_of(tmp_path, "", Outcome(mutant("delete"), frozenset()))
    assert {f.rule for f in report.findings()} == {"mutate/survivor", "mutate/rate"}


@pytest.mark.parametrize(
    "bad",
    [
        REASON.replace('"delete"', '"deelete"'),
        REASON.replace("equivalent", "maybe"),
        REASON.replace("Optional.", " "),
        "[[survivor",
    ],
)
def test_a_wrong_file_of_reasons_is_refused(tmp_path: Path, bad: str):
    with pytest.raises(BadShapes):
        report_of(tmp_path, bad)


def test_coverage_names_what_no_shape_looks_at_and_what_nothing_exercises(tree: Path):
    assert not coverage(work_of(tree)).classes
    shapes = tree / "ontology/shapes"
    (shapes / "event.ttl").unlink()
    text = (shapes / "commitment.ttl").read_text("utf-8")
    (shapes / "commitment.ttl").write_text(text.replace("sh:path mq:article", "sh:path mq:wtiId"))
    (shapes / "extra.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> ."
        " ex:s a sh:NodeShape ; sh:targetClass ex:None ; sh:nodeKind sh:IRI ."
    )
    (tree / "ontology/checks/idle-violation.rq").write_text(
        "#+ summary: Nothing\n#+ severity: violation\nPREFIX mq: <https://w3id.org/mithaq/ns#>\n"
        "SELECT ?focus (mq:tfddId AS ?path) WHERE { ?focus mq:tfddId ?value } ORDER BY ?focus\n"
    )
    found = coverage(work_of(tree))
    rules = {(f.rule, f.focus or f.key, f.path) for f in found.findings()}
    assert ("coverage/class", MQ + "Event", str(parse_type())) in rules
    assert ("coverage/shape", "http://example.org/s", "") in rules
    assert ("coverage/check", "idle-violation", "") in rules
    assert any(rule == "coverage/constraint" for rule, _, _ in rules)
    assert "checks with candidates" in found.text()


def parse_type() -> str:
    (quad,) = parse("<x:a> a <x:b> .", RdfFormat.TURTLE)
    return quad.predicate.value
