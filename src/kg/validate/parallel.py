"""Judge a large graph in processes of their own, part by part."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context

from pyoxigraph import RdfFormat, Store, serialize
from rdflib import Graph

from kg.parts import cut
from kg.validate.links import looks_forward
from kg.validate.model import Violation
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
    Shapes that look elsewhere than forwards are given the whole at once: see `kg.parts`.
    """
    count = 1 + len(data) // PART
    if count == 1 or not looks_forward(shapes):
        return validate(data, shapes, engine=engine)
    found: set[Violation] = set()
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        left: deque[Future[list[Violation]]] = deque()
        for part in cut(data, count):
            left.append(pool.submit(validate, part, shapes, engine=engine))
            if len(left) > workers:  # parts are made as they are judged, to save memory
                found.update(left.popleft().result())
        for one in left:
            found.update(one.result())
    return sorted(found)
