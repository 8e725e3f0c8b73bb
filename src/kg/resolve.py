"""Run the resolution rules: records in, one description of each agreement out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, RdfFormat, Store
from pyoxigraph import parse as parse_rdf

from kg.errors import BadShapes
from kg.queries import bind, parse
from kg.store import WORK

__all__ = ["resolve"]


def resolve(
    store: Store,
    rules: list[Path],
    *,
    status_date: str,
    step: Callable[[str], None] = lambda name: None,
    keep: BinaryIO | None = None,
) -> None:
    """Run each rule, a CONSTRUCT query, in order, and add what it makes to the default graph.

    A rule whose header says `#+ graph: work` adds to a scratch graph that is dropped at
    the end; what others make is also written to `keep` as N-Triples. Raises BadShapes naming
    the rule that is not a CONSTRUCT query.
    """
    for path in rules:
        step(path.stem)
        rule = parse(path)
        values = {param.name: status_date for param in rule.params if param.name == "date"}
        try:
            made = store.query(bind(rule, values))
        except SyntaxError as error:
            raise BadShapes(f"{path}: not a SPARQL query: {error}") from error
        if not isinstance(made, QueryTriples):
            raise BadShapes(f"{path}: not a CONSTRUCT query")
        home = WORK if rule.header.get("graph") == "work" else DefaultGraph()
        data = made.serialize(format=RdfFormat.N_TRIPLES) or b""
        _add(store, data, home)
        if keep and home != WORK:
            keep.write(data)
    store.remove_graph(WORK)


def _add(store: Store, data: bytes, home: NamedNode | DefaultGraph) -> None:
    """Add triples by their text, in half the time; blank nodes must not be renamed."""
    if b"_:" not in data:
        store.bulk_load(data, RdfFormat.N_TRIPLES, to_graph=home)
        return
    quads = parse_rdf(data, RdfFormat.N_TRIPLES)
    store.extend([Quad(q.subject, q.predicate, q.object, home) for q in quads])
