"""`--format shacl` is the report of pySHACL, but for messages and what is said twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse, serialize
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.check.naming import findings_of
from kg.findings import Finding
from kg.report import FORMATS, Report
from kg.validate import ENGINES, reference
from kg.validate.shapes import graph_of, usable
from kg.validate.terms import n3, path_text
from tests.conftest import ROOT
from tests.test_shacl_conformance import KNOWN_GAPS, MF, SHT, TESTS, part

SH = Namespace("http://www.w3.org/ns/shacl#")
#: Properties of a result that the specification fixes (section 3.6.2), the path apart.
FIXED = (SH.focusNode, SH.value, SH.resultSeverity, SH.sourceShape, SH.sourceConstraint,
         SH.sourceConstraintComponent)  # fmt: skip
#: What one engine may leave out: why a result came.
DETAIL = SH.detail

OWN = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix : <http://example.org/> .
:Thing a sh:NodeShape ; sh:targetClass :Thing ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path ( :part [ sh:inversePath :of ] ) ; sh:minCount 1 ; sh:severity :Grave ] ;
  sh:property [ sh:path [ sh:alternativePath ( :p [ sh:oneOrMorePath ( :q :r ) ] ) ] ;
    sh:nodeKind sh:Literal ; sh:datatype :kind ] ;
  sh:property :Thing-name ;
  sh:node [ sh:property [ sh:path :day ; sh:minCount 1 ] ] ;
  sh:not [ sh:class :Thing ] ;
  sh:sparql [ sh:select "SELECT $this ?value { $this <http://example.org/p> ?value }" ;
    sh:severity sh:Info ] .
:Thing-name a sh:PropertyShape ; sh:path :name ; sh:minLength 9 ; sh:pattern "^A" ;
  sh:message "Name it."@en, "Nommez-le."@fr ; sh:severity sh:Warning .
"""
DATA = """@prefix : <http://example.org/> .
:a a :Thing ; :name "b"@en, "x" ; :p 1, :b, [ :q :c ] . [] a :Thing ; :name 01 . :b :q [ :r :d ] .
"""


def told(found: list[Finding]) -> Graph:
    text = FORMATS["shacl"](Report(Path("/nowhere"), tuple(found)))
    return graph_of(quad.triple for quad in parse(text.encode(), RdfFormat.TURTLE))


def plain(report: Graph, *, detail: bool = False) -> Graph:
    """Return what the specification fixes of a report, each result once."""
    lean, seen = Graph(), set[str]()
    head = report.value(predicate=RDF.type, object=SH.ValidationReport)
    top = BNode()
    lean.add((top, SH.conforms, Literal(str(report.value(head, SH.conforms)).lower())))
    for result in report.objects(head, SH.result):
        one, node = Graph(), BNode()
        _result(report, result, one, node, detail)
        terms = [n3(report.value(result, name)) for name in FIXED]
        terms += [path_text(report, report.value(result, SH.resultPath))]
        key = " ".join([*terms, *_whole(report, result)])
        if key not in seen:
            seen.add(key)
            lean += one
            lean.add((top, SH.result, node))
    return lean


def _result(report: Graph, result: Node, into: Graph, node: Node, detail: bool) -> None:
    into.add((node, RDF.type, SH.ValidationResult))
    for name in FIXED:
        for term in report.objects(result, name):
            into.add((node, name, term))
    for path in report.objects(result, SH.resultPath):
        into.add((node, SH.resultPath, _copied(report, path, into)))
    for why in report.objects(result, DETAIL) if detail else ():
        inner = BNode()
        into.add((node, DETAIL, inner))
        _result(report, why, into, inner, detail)


def _whole(report: Graph, result: Node) -> list[str]:
    """Return how many results say why, which tells two results apart."""
    return sorted(n3(report.value(why, SH.sourceShape)) for why in report.objects(result, DETAIL))


def _copied(report: Graph, path: Node, into: Graph) -> Node:
    """Return a path of its own for each result: whether two share a node says nothing."""
    if not isinstance(path, BNode):
        return path
    node = BNode()
    for property_, step in report.predicate_objects(path):
        into.add((node, property_, _copied(report, step, into)))
    return node


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "test", "graph"), TESTS, ids=[name for name, *_ in TESTS])
def test_w3c(name: str, test: URIRef, graph: Graph, engine: str) -> None:
    if ("reference", name) in KNOWN_GAPS or graph.value(test, MF.result) == SHT.Failure:
        pytest.skip("pySHACL makes no report")
    data = serialize(part(graph, test, "dataGraph"), format=RdfFormat.N_TRIPLES)
    shapes = usable(graph_of(part(graph, test, "shapesGraph")))
    _same(data, shapes, engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_our_own_case_of_every_kind(engine: str) -> None:
    _same(_triples(DATA), graph_of(_read(OWN)), engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_our_shapes(engine: str) -> None:
    shapes = sorted((ROOT / "ontology/shapes").glob("*.ttl"))
    cases = sorted((ROOT / "tests/cases/shapes").glob("*/invalid-*.ttl"))
    triples = [t for path in cases for t in _read(path.read_text("utf-8"))]
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    _same(data, graph_of(t for path in shapes for t in _read(path.read_text("utf-8"))), engine)


def test_two_constraints_with_one_message_are_one_finding_and_two_results() -> None:
    shapes = graph_of(_read(OWN))
    found = findings_of(ENGINES["fast"](_triples(DATA), shapes), shapes, "http://example.org/")
    (one,) = (f for f in found if f.rule == "Thing-name" and f.value == "x")
    kinds = [r.component.removeprefix(str(SH)) for r in one.results]
    assert kinds == ["MinLengthConstraintComponent", "PatternConstraintComponent"]
    report = Report(Path("/nowhere"), (one,))
    told_json = json.loads(FORMATS["json"](report))["findings"][0]
    assert told_json["component"] == str(SH.MinLengthConstraintComponent)
    assert [r["shape"] for r in told_json["results"]] == ["http://example.org/Thing-name"] * 2
    (told_sarif,) = json.loads(FORMATS["sarif"](report))["runs"][0]["results"]
    assert told_sarif["properties"]["shacl"] == told_json["results"]


def test_a_severity_of_the_settings_is_told_and_a_notice_is_no_result() -> None:
    shapes = graph_of(_read(OWN))
    found = findings_of(ENGINES["fast"](_triples(DATA), shapes), shapes, "http://example.org/")
    (one,) = (f for f in found if f.rule == "Thing-name" and f.value == "x")
    graph = told([replace(one, severity="info")])
    assert set(graph.objects(None, SH.resultSeverity)) == {SH.Info}
    notice = Finding("shacl/reference-engine", "info", "Thing goes to pySHACL: …")
    assert [str(value) for value in told([notice]).objects(None, SH.conforms)] == ["true"]


def _read(text: str) -> list[Triple]:
    return [quad.triple for quad in parse(text.encode(), RdfFormat.TURTLE, base_iri="http://x/")]


def _triples(text: str) -> bytes:
    return serialize(_read(text), format=RdfFormat.N_TRIPLES)


def _same(data: bytes, shapes: Graph, engine: str) -> None:
    theirs = reference.judge(data, shapes)
    ours = told(findings_of(ENGINES[engine](data, shapes), shapes, "http://example.org/"))
    detail = engine == "reference"
    a, b = plain(ours, detail=detail), plain(theirs, detail=detail)
    assert isomorphic(a, b), a.serialize() + "\n=====\n" + b.serialize()
