"""What is not a suspect breaks no shape: the engine fails no other node."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph

from kg import validate
from kg.files import Layout
from kg.validate.fast import Judge
from kg.validate.suspects import Triples, suspects, worth
from tests.conftest import ROOT
from tests.test_parts import triples
from tests.test_shacl_engines import CLASSES, LITERALS, NODES, PREFIXES, as_data, as_shapes
from tests.test_shapes import INVALID, VALID

SHAPES = validate.shapes_graph(Layout(ROOT).shapes())
LANG = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>"
#: Values at the edges of what a test of one value can say.
EDGES = [
    '"2019-02-29"^^xsd:date', '"2020-02-29"^^xsd:date', '"0000-01-01"^^xsd:date',
    '"2020-02"^^xsd:gYearMonth', '"2020-13"^^xsd:gYearMonth', '"2020"^^xsd:gYear', "true",
    '"maybe"^^xsd:boolean', '"P1Y"^^xsd:duration', '"P"^^xsd:duration', '"x1"^^xsd:integer',
    '"+2"^^xsd:integer', "-1", "1.25", '"é"', '"\\""', '"x\\ny"', '"\\\\"@en', '"a@en"', '"é"@EN',
    '"x>"', '"x\\"@en-a"', '"<:C>"', "<http://example.org/\u00e9>", '"P1Y"', '"2.0"^^xsd:decimal',
]  # fmt: skip
VALUES = [
    *(f"sh:datatype {kind}" for kind in (LANG, ":kind", *(f"xsd:{name}" for name in (
        "string", "integer", "date", "boolean", "decimal", "gYear", "gYearMonth", "duration",
        "dateTime")))),
    *(f"sh:nodeKind sh:{kind}" for kind in (
        "IRI", "Literal", "BlankNode", "IRIOrLiteral", "BlankNodeOrIRI", "BlankNodeOrLiteral")),
    *(f"sh:class {kind}" for kind in CLASSES),
    *(f'sh:pattern "{text}"' for text in (
        "^x", "^x$", "[a-c]$", "^$", "^.$", "\\\\d", "^[^ ]+$", "(x|y){1,2}", "^[0-9]{4}",
        "x\\\\.y")),
    'sh:pattern "^X" ; sh:flags "i"',
    *(f"sh:{edge}Inclusive {n}" for edge in ("min", "max") for n in ("1", "2", "1.5")),
    *(f"sh:{edge}Length {n}" for edge in ("min", "max") for n in (0, 1, 2, 3)),
    'sh:languageIn ( "en" )', 'sh:languageIn ( "en-GB" "de" )',
    "sh:in ( :a :b 1 )", 'sh:in ( "x"@en "x" 1.0 true )',
    "sh:or ( [ sh:datatype xsd:date ] [ sh:nodeKind sh:IRI ; sh:class :C ] )",
    "sh:hasValue :a", "sh:not [ sh:class :C ]",
]  # fmt: skip
COUNTS = [
    *(f"sh:{edge}Count {n}" for edge in ("min", "max") for n in (0, 1, 2)),
    "sh:uniqueLang true", "sh:disjoint :q", "sh:equals :q",
    *(f"sh:qualifiedValueShape [ {one} ] ; sh:qualifiedMinCount {n}"
      for one in ("sh:class :C", "sh:nodeKind sh:Literal") for n in (1, 2)),
    "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMaxCount 1",
]  # fmt: skip
PATHS = [
    ":p",
    ":p",
    ":p",
    "[ sh:alternativePath ( :p :q ) ]",
    "( :p :q )",
    "[ sh:inversePath :p ]",
]

values = st.sampled_from(VALUES)
inner = st.lists(values | values | st.sampled_from(COUNTS), min_size=1, max_size=3)
links = st.builds(
    "{} {} {} .".format,
    st.sampled_from(NODES),
    st.sampled_from([":p", ":p", ":q"]),
    st.sampled_from([*NODES, *LITERALS, *EDGES, *EDGES]),
)
types = st.builds("{} a {} .".format, st.sampled_from(NODES), st.sampled_from(CLASSES))
under = st.just(":D rdfs:subClassOf :C .")
data = st.lists(st.one_of(links, links, links, types, under), max_size=14).map("\n".join)


def once(constraints: list[str]) -> str:
    """Return constraints, one of a kind."""
    return " ; ".join({one.split()[0]: one for one in constraints}.values())


shapes = st.builds(
    ":s a sh:NodeShape ; sh:targetClass :C ; {} ; sh:property [ sh:path {} ; {} ] .".format,
    st.sampled_from(["sh:nodeKind sh:IRI", 'sh:pattern "[a-d]$"', "sh:severity sh:Info"]),
    st.sampled_from(PATHS),
    inner.map(once),
)


def failing(graph: bytes, rules: Graph) -> set[bytes]:
    """Return the nodes that the engine fails; a name of a blank node is its own."""
    found = Judge(rules).failing(graph)
    return {node.encode() for node in found if not node.startswith("_:")}


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=data, rules=shapes)
def test_whoever_fails_is_a_suspect(text: str, rules: str) -> None:
    graph = as_shapes(rules)
    found = suspects(Triples(as_data(text)), graph)
    assert found is None or failing(as_data(text), graph) <= found, PREFIXES


@pytest.mark.parametrize("constraint", [*VALUES, *COUNTS])
def test_of_every_value_each_constraint_is_told_or_left_to_the_engine(constraint: str) -> None:
    told = [*NODES, *LITERALS, *EDGES]
    lines = [f":n{n} a :C ; :p {one} ." for n, one in enumerate(told)]
    lines += [":a a :C, :D, :E ; :p :a, :b, 1, 2 .", ":b a :C ."]
    graph = as_data("\n".join(lines))
    rules = as_shapes(
        f":s a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; {constraint} ] ."
    )
    found = suspects(Triples(graph), rules)
    left = ("flags", "hasValue", "not", "equals", "qualifiedMaxCount", "\\d", ":kind", "dateTime")
    assert (found is None) == any(re.search(rf"{re.escape(word)}\b", constraint) for word in left)
    if found is not None:
        assert failing(graph, rules) <= found
        assert len(found) < len(lines)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_every_case_of_our_shapes_has_its_suspects(path: Path) -> None:
    found = suspects(Triples(triples(path)), SHAPES)
    assert found is not None
    assert failing(triples(path), SHAPES) <= found
    assert found != set()


def test_of_our_cases_the_suspects_are_those_that_fail() -> None:
    graph = triples(*VALID)
    assert suspects(Triples(graph), SHAPES) == failing(graph, SHAPES)


def test_what_other_targets_have_is_left_to_the_engine() -> None:
    for target in ("sh:targetNode :a", "sh:targetSubjectsOf :p", "a rdfs:Class"):
        rules = as_shapes(f":s a sh:NodeShape ; {target} ; sh:nodeKind sh:Literal .")
        assert suspects(Triples(as_data(":a :p 1 .")), rules) is None


def test_what_rdf_1_2_adds_is_left_to_the_engine() -> None:
    assert worth(b'<urn:a> <urn:p> "x"@en--ltr .\n', SHAPES) is None
    assert worth(b"<urn:a> <urn:p> <<( <urn:a> <urn:p> <urn:a> )>> .\n", SHAPES) is None


def test_what_is_worth_a_judgement_is_what_suspects_lead_to() -> None:
    shapes = as_shapes(
        ":s a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:maxCount 1 ] ."
    )
    graph = as_data(":a a :C ; :p :b, :c . :b :q _:e . _:e :q :a . :d a :C ; :p :a . :f :q :a .")
    found = worth(graph, shapes)
    assert found is not None
    wanted = [
        line
        for line in graph.splitlines()
        if not line.startswith((b"<http://example.org/d>", b"<http://example.org/f>"))
    ]
    assert sorted(found.splitlines()) == sorted(wanted)
