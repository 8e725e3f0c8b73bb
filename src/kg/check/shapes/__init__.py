"""Judge the shapes themselves: what checks nothing must not pass for a graph that conforms."""

from __future__ import annotations

from collections.abc import Iterator

from kg.check.covered import kept
from kg.check.facts import ontology_of, shapes_of
from kg.check.shapes import constraints, graph, style, targets, terms
from kg.check.shapes.read import shape_nodes
from kg.check.shapes.rules import RULES
from kg.check.work import Work
from kg.findings import Finding, Place

__all__ = ["RULES", "findings"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield what is wrong with the shapes of the repository."""
    shapes = shapes_of(work)
    if not shape_nodes(shapes.graph):
        yield Finding(
            "shapes/none",
            "violation",
            "There are no shapes, so nothing is checked; put Turtle files under ontology/shapes",
            place=Place("ontology/shapes"),
            key="none",
        )
        return
    yield from kept(
        work,
        found=(
            finding
            for part in (graph, terms, targets, constraints, style)
            for finding in part.findings(shapes, ontology_of(work))
        ),
    )
