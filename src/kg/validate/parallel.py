"""Judge a large graph in processes of their own, part by part."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, RdfFormat, Store, serialize
from rdflib import Graph

from kg.parts import cut
from kg.validate.links import looks_forward
from kg.validate.model import Violation
from kg.validate.whole import validate

__all__ = ["PART", "union", "validate_store"]

#: Bytes of N-Triples that are judged in one go.
PART = 25_000_000


def union(store: Store) -> bytes:
    """Return the triples of every graph as N-Triples, for an engine that knows one graph."""
    return serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES) or b""


def validate_store(
    store: Store, shapes: Graph, *, engine: str = "fast", workers: int = 2
) -> list[Violation]:
    """Return the results for the triples of every graph of a store.

    The triples go to a file and are cut and judged in processes of their own, so that a thread
    may wait here while others ask the store.
    """
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.nt"
        with whole.open("wb") as file:
            for graph in (DefaultGraph(), *store.named_graphs()):
                store.dump(file, format=RdfFormat.N_TRIPLES, from_graph=graph)
        if whole.stat().st_size <= PART or not looks_forward(shapes):
            return validate(whole.read_bytes(), shapes, engine=engine)
        with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
            parts = pool.submit(_cut_file, whole).result()
            left = [pool.submit(_judge_file, part, shapes, engine) for part in parts]
            return sorted({violation for one in left for violation in one.result()})


def _cut_file(whole: Path) -> list[Path]:
    data = whole.read_bytes()
    whole.unlink()
    paths = []
    for number, part in enumerate(cut(data, 1 + len(data) // PART)):
        paths.append(whole.with_name(f"part-{number}.nt"))
        paths[-1].write_bytes(part)
    return paths


def _judge_file(part: Path, shapes: Graph, engine: str) -> list[Violation]:
    return validate(part.read_bytes(), shapes, engine=engine)
