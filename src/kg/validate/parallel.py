"""Judge a large graph in processes of their own, part by part."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from pyoxigraph import RdfFormat, Store, serialize
from rdflib import Graph, URIRef

from kg.parts import cut
from kg.validate.model import SH, Violation
from kg.validate.whole import validate

__all__ = ["union", "validate_parts"]

#: Bytes of N-Triples that are judged in one go.
PART = 25_000_000


def union(store: Store) -> bytes:
    """Return the triples of every graph as N-Triples, for an engine that knows one graph."""
    return serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES) or b""


def validate_parts(
    data: bytes, shapes: Graph, *, engine: str = "fast", workers: int = 2
) -> list[Violation]:
    """Return what `validate` returns, for a large graph in less time and memory.

    The graph is cut into parts of about PART bytes that are judged in processes of their own.
    Shapes that look at links backwards are given the whole at once: see `kg.parts`.
    """
    count = 1 + len(data) // PART
    if count == 1 or (None, URIRef(SH + "inversePath"), None) in shapes:
        return validate(data, shapes, engine=engine)
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        left = [pool.submit(validate, part, shapes, engine=engine) for part in cut(data, count)]
        found = {violation for one in left for violation in one.result()}
    return sorted(found)
