"""Another parser of JSON-LD finds in our dumps the very triples that we have, of the real data.

A few graphs each time; with WHOLE=yes the dump of the whole graph, a part after the other, which
takes minutes.
"""

from __future__ import annotations

import io
import json
import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import rdflib
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.term import BNode
from rdflib.term import Literal as Text

from kg import settings as config
from kg.store import open_built
from kg.vocab import PREFIXES, XSD
from tests.conftest import ROOT

#: Quads of a graph that is read each time, and things of a part of the whole.
FEW, MANY, PART = 300, 6000, 4000
Term = tuple[str, ...]


@pytest.fixture(scope="module")
def store() -> Store:
    """The graph of the repository, as it is built."""
    build = config.load(ROOT).build
    if not build.exists():
        pytest.skip("run `kg build` first")
    return open_built(build)


@pytest.fixture(autouse=True)
def _as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rdflib keep the form of literals, and be silent about it."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def ours(term: object) -> Term:
    if isinstance(term, Literal):
        return ("text", term.value, (term.language or "").lower(), term.datatype.value)
    if isinstance(term, BlankNode):
        return ("blank",)
    return ("iri", term.value) if isinstance(term, NamedNode) else ("default",)


def theirs(term: Any) -> Term:
    if isinstance(term, Text):
        language = (term.language or "").lower()
        plain = PREFIXES["rdf"] + "langString" if language else XSD + "string"
        return ("text", str(term), language, str(term.datatype or plain))
    if isinstance(term, BNode):
        return ("blank",)
    return ("default",) if term in (None, DATASET_DEFAULT_GRAPH_ID) else ("iri", str(term))


def written(store: Store, **graph: Any) -> bytes:
    out = io.BytesIO()
    store.dump(out, RdfFormat.JSON_LD, prefixes=PREFIXES, **graph)
    return out.getvalue()


def read(document: object) -> Iterator[tuple[Term, ...]]:
    found = rdflib.Dataset()
    found.parse(data=json.dumps(document), format="json-ld")
    for quad in found.quads():
        yield tuple(map(theirs, quad))


def keys(quads: Iterable[Quad]) -> Iterator[tuple[Term, ...]]:
    for quad in quads:
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        yield tuple(map(ours, terms))


def graphs(store: Store) -> list[NamedNode]:
    """Return three graphs of some size, of different sources."""
    sizes = {
        one: sum(1 for _ in store.quads_for_pattern(None, None, None, one))
        for one in store.named_graphs()
    }
    fitting = sorted((one for one in sizes if FEW < sizes[one] < MANY), key=str)
    return fitting[:: max(1, len(fitting) // 3)][:3]


def test_rdflib_reads_our_graphs_triple_by_triple(store: Store):
    chosen = graphs(store)
    assert chosen
    for graph in chosen:
        expected = Counter(keys(store.quads_for_pattern(None, None, None, graph)))
        # A graph alone is written as a default graph.
        found = Counter(
            (*quad[:3], ours(graph)) for quad in read(json.loads(written(store, from_graph=graph)))
        )
        assert found == expected, graph


def test_a_lost_or_changed_triple_is_seen(store: Store):
    graph = graphs(store)[0]
    document = json.loads(written(store, from_graph=graph))
    nodes = document["@graph"] if isinstance(document, dict) else document
    nodes[0].pop(next(name for name in nodes[0] if not name.startswith("@")))
    expected = Counter(keys(store.quads_for_pattern(None, None, None, graph)))
    assert Counter((*quad[:3], ours(graph)) for quad in read(document)) != expected


@pytest.mark.skipif(os.environ.get("WHOLE") != "yes", reason="minutes; WHOLE=yes runs it")
def test_rdflib_reads_the_whole_dump(store: Store):
    """Held against each other by hashes, so that three million terms fit into memory."""
    left: Counter[int] = Counter(map(hash, keys(store)))
    assert left.total() == len(store)
    for graph in (DefaultGraph(), *store.named_graphs()):
        document = json.loads(written(store, from_graph=graph))
        context = document.get("@context", {}) if isinstance(document, dict) else {}
        nodes = document["@graph"] if isinstance(document, dict) else document
        for start in range(0, len(nodes), PART):
            part = {"@context": context, "@graph": nodes[start : start + PART]}
            left.subtract(hash((*quad[:3], ours(graph))) for quad in read(part))
    assert not +left
    assert not -left
