"""W3C's tests of SHACL, by either engine: each report is what the test says it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse, serialize
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.errors import BadShapes
from kg.validate import ENGINES, Violation
from kg.validate.report import results
from kg.validate.shapes import graph_of, usable
from kg.validate.whole import essence
from tests.conftest import ROOT

SUITE = ROOT / "tests/conformance/shacl"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")
#: What an engine does not pass, by engine and test, with the reason.
KNOWN_GAPS = {
    ("reference", "sparql/pre-binding/shapesGraph-001"): "pySHACL does not bind $shapesGraph",
}


def triples(path: Path) -> list[Triple]:
    quads = parse(path=path, format=RdfFormat.TURTLE, base_iri=path.as_uri())
    return [quad.triple for quad in quads]


def cases() -> Iterator[tuple[str, URIRef, Graph]]:
    """Yield the name of each test, its node and the graph that describes it."""
    for path in sorted(SUITE.rglob("*.ttl")):
        if SHT.Validate in map(URIRef, _objects(path)):
            graph = graph_of(triples(path))
            for test in graph.subjects(RDF.type, SHT.Validate):
                assert isinstance(test, URIRef)
                yield str(path.relative_to(SUITE)).removesuffix(".ttl"), test, graph


def _objects(path: Path) -> set[str]:
    return {getattr(triple.object, "value", "") for triple in triples(path)}


TESTS = list(cases())


def part(graph: Graph, test: Node, name: str) -> list[Triple]:
    """Return the data or shapes that a test names."""
    action = graph.value(test, MF.action)
    return triples(Path(str(graph.value(action, SHT[name])).removeprefix("file://")))


def counted(found: list[Violation]) -> Counter[tuple[str, ...]]:
    """Count results by all that a report fixes; which blank node it is no report can tell."""
    plain = (["_" if text.startswith("_:") else text for text in essence(one)] for one in found)
    return Counter(tuple(told[:-1]) for told in plain)


def test_the_suite_is_whole() -> None:
    assert len(TESTS) == 121


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "test", "graph"), TESTS, ids=[name for name, *_ in TESTS])
def test_w3c(name: str, test: URIRef, graph: Graph, engine: str) -> None:
    if reason := KNOWN_GAPS.get((engine, name)):
        pytest.skip(reason)
    data = serialize(part(graph, test, "dataGraph"), format=RdfFormat.N_TRIPLES)
    shapes = usable(graph_of(part(graph, test, "shapesGraph")))
    if graph.value(test, MF.result) == SHT.Failure:
        with pytest.raises(BadShapes):
            ENGINES[engine](data, shapes)
    else:
        expected = counted(results(graph, graph))
        assert counted(ENGINES[engine](data, shapes)) == expected
