"""The stage of shapes: which engine judges, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.check import shacl
from kg.check.work import Work
from kg.errors import BadData
from kg.settings import load

SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
ex:Thing a sh:NodeShape ; sh:targetClass ex:Thing ;
  sh:property [ sh:path ( ex:part ex:weight ) ; sh:minCount 1 ; sh:maxCount 2 ] ;
  sh:property ex:Thing-name .
ex:Thing-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ;
  sh:message "Name it."@en, "Nommez-le."@fr .
"""
DATA = "@prefix ex: <http://example.org/> .\nex:a a ex:Thing .\n"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    (tmp_path / "ontology/shapes").mkdir(parents=True)
    (tmp_path / "ontology/shapes/thing.ttl").write_text(SHAPES, "utf-8")
    (tmp_path / "ontology/data.ttl").write_text(DATA, "utf-8")
    return Work(load(tmp_path))


@pytest.mark.parametrize("engine", ["fast", "reference", "both"])
def test_each_engine_finds_the_same(work: Work, engine: str):
    work.engine = engine
    found = sorted(shacl.findings(work), key=lambda finding: finding.rule)
    assert [(f.rule, f.path, f.message) for f in found] == [
        ("http://example.org/Thing", "", "sh:minCount "
         '"1"^^<http://www.w3.org/2001/XMLSchema#integer> does not hold'),
        ("http://example.org/Thing-name", "http://example.org/name", "Name it."),
    ]  # fmt: skip
    assert found[0].key == "MinCount <http://example.org/part>/<http://example.org/weight>"
    assert found[1].key == ""


def test_a_shape_left_to_the_reference_is_told_of(work: Work):
    path = work.layout.shapes()[0]
    query = '[ sh:select "SELECT $this { $this a ?c }" ]'
    path.write_text(f"{SHAPES}ex:Thing sh:sparql {query}, {query} .", "utf-8")
    told = [f for f in shacl.findings(work) if f.rule == "shacl/reference-engine"]
    assert len(told) == 1
    assert "several sh:sparql" in told[0].message


@pytest.mark.parametrize("node", ["ex:b", "_:b"])
def test_a_shape_is_left_to_the_reference_for_blank_nodes_of_the_data(work: Work, node: str):
    path = work.layout.shapes()[0]
    query = '[ sh:select "SELECT $this { $this a ?c ; <http://example.org/no> 1 }" ]'
    path.write_text(f"{SHAPES}ex:Thing sh:sparql {query} .", "utf-8")
    data = work.layout.root / "ontology/data.ttl"
    data.write_text(f"{DATA}ex:a ex:part {node} .", "utf-8")
    told = [f.message for f in shacl.findings(work) if f.rule == "shacl/reference-engine"]
    said = "http://example.org/Thing goes to pySHACL: sh:sparql on a graph with blank nodes"
    assert [message[: len(said)] for message in told] == ([said] if node == "_:b" else [])


def test_engines_that_disagree_are_told_of(work: Work):
    path = work.layout.shapes()[0]
    path.write_text(f"{SHAPES}ex:Thing-name sh:maxInclusive 1 .", "utf-8")
    data = work.layout.root / "ontology/data.ttl"
    data.write_text(f"{DATA}ex:a ex:name true .", "utf-8")
    work.engine = "both"
    told = [f for f in shacl.findings(work) if f.rule == "shacl/engines-disagree"]
    assert [f.focus for f in told] == ["http://example.org/a"]
    assert told[0].message.startswith("Only the fast engine finds")


def test_terms_of_rdf_1_2_are_bad_data_and_not_bad_shapes(work: Work):
    data = work.layout.root / "ontology/data.ttl"
    data.write_text(f"{DATA}ex:a ex:said <<( ex:a ex:name 1 )>> .", "utf-8")
    with pytest.raises(BadData, match="triple terms"):
        list(shacl.findings(work))
