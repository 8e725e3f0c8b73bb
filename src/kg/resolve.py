"""Run the resolution rules: records in, one description of each agreement out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyoxigraph import DefaultGraph, Quad, QueryTriples, Store

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
) -> None:
    """Run each rule, a CONSTRUCT query, in order, and add what it makes to the default graph.

    A rule whose header says `#+ graph: work` adds to a scratch graph that is dropped at
    the end. Raises BadShapes naming the rule that is not a CONSTRUCT query.
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
        store.extend([Quad(t.subject, t.predicate, t.object, home) for t in made])
    store.remove_graph(WORK)
