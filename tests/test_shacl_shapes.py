"""Shapes of which nobody can say what they mean are refused, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import BadShapes
from kg.validate import shapes_graph

PREFIXES = """@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ex: <http://example.org/> .
"""
GOOD = "ex:A a sh:NodeShape ; sh:targetClass ex:C"
#: A body after the four lines above: what is said of it, and the line.
BAD = {
    f"{GOOD} ; sh:node ex:B .\nex:B a sh:NodeShape ; sh:node ex:A .": ("leads back", 5),
    f"\n{GOOD} ; sh:property [ sh:path ex:p ; sh:or ( [ sh:node ex:A ] ) ] .": ("leads back", 6),
    f"{GOOD} .\nex:onto a owl:Ontology ; owl:imports ex:none .": ("imports", 6),
    f"{GOOD} ; sh:property [ sh:path ex:p ; sh:minCount 'x' ] .": ("sh:minCount", 5),
    f"{GOOD} ; sh:property [ sh:path 3 ] .": ("sh:path", 5),
    f"{GOOD} ; sh:property [ sh:minCount 1 ] .": ("sh:path", 5),
    f"{GOOD} ; sh:property [ sh:path ex:p ; sh:pattern '(' ] .": ("regular expression", 5),
    f"{GOOD} ; sh:in ex:b .": ("sh:in", 5),
    f"{GOOD} ; sh:or [ rdf:first ex:B ] .": ("sh:or", 5),
    f"{GOOD} ; sh:sparql [ sh:select 'SELECT' ] .": ("not SPARQL", 5),
    f"{GOOD} ; sh:sparql [ sh:select 'SELECT $this {{ $this no:p ?o }}' ] .": ("not SPARQL", 5),
    "ex:A a sh:NodeShape ; sh:nodeKind sh:IRI .": ("without a target", 5),
    "\n\nex:A a sh:NodeShape sh:nodeKind sh:IRI .": ("not valid Turtle", 7),
}


@pytest.mark.parametrize(("body", "said"), BAD.items(), ids=range(len(BAD)))
def test_bad_shapes_are_refused_where_they_stand(body: str, said: tuple[str, int], tmp_path: Path):
    path = tmp_path / "bad.ttl"
    path.write_text(PREFIXES + body, "utf-8")
    with pytest.raises(BadShapes) as refused:
        shapes_graph([path])
    words, line = said
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"{path}:{line}:")
    assert refused.value.exit_code == 3


def test_good_shapes_that_import_each_other_are_read(tmp_path: Path):
    one, two = tmp_path / "one.ttl", tmp_path / "two.ttl"
    one.write_text(f"{PREFIXES}{GOOD} .\nex:one a owl:Ontology ; owl:imports ex:two .", "utf-8")
    two.write_text(f"{PREFIXES}ex:two a owl:Ontology .", "utf-8")
    assert len(shapes_graph([one, two])) == 5


def test_nothing_is_refused():
    with pytest.raises(BadShapes, match="nothing would be checked"):
        shapes_graph([])
