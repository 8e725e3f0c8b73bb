"""Judge a large graph part by part."""

from __future__ import annotations

from io import BytesIO

from pyoxigraph import DefaultGraph, RdfFormat, Store, serialize
from rdflib import Graph

from kg.parts import cut
from kg.validate.links import looks_forward
from kg.validate.model import Violation
from kg.validate.suspects import worth
from kg.validate.whole import validate

__all__ = ["PART", "union", "validate_store"]

#: Bytes of N-Triples that are judged in one go: an engine takes fifteen times as much.
PART = 25_000_000


def union(store: Store) -> bytes:
    """Return the triples of every graph as N-Triples, for an engine that knows one graph."""
    return serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES) or b""


def validate_store(store: Store, shapes: Graph, *, engine: str = "fast") -> list[Violation]:
    """Return the results for the triples of every graph of a store."""
    whole = BytesIO()
    for graph in (DefaultGraph(), *store.named_graphs()):
        store.dump(whole, format=RdfFormat.N_TRIPLES, from_graph=graph)
    if whole.tell() <= PART or not looks_forward(shapes):
        return validate(whole.getvalue(), shapes, engine=engine)
    part = worth(whole.getvalue(), shapes) if engine == "fast" else None
    if part is not None and len(part) <= PART:
        return validate(part, shapes)
    parts = cut(whole.getvalue(), 1 + whole.tell() // PART)
    del whole  # the parts are all that is kept
    found: set[Violation] = set()
    for part in parts:
        found.update(validate(part, shapes, engine=engine))
    return sorted(found)
