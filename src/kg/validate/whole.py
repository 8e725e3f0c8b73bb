"""Judge a graph at once, and tell where two engines disagree."""

from __future__ import annotations

from collections import Counter

from rdflib import Graph

from kg.validate.engines import ENGINES
from kg.validate.model import Violation

__all__ = ["disagreements", "essence", "validate"]


def validate(data: bytes, shapes: Graph, *, engine: str = "fast") -> list[Violation]:
    """Return the results of validating N-Triples by shapes, sorted, each once.

    Raises BadShapes when the engine cannot use the shapes.
    """
    return sorted(set(ENGINES[engine](data, shapes)))


def disagreements(data: bytes, shapes: Graph) -> list[tuple[str, Violation]]:
    """Return the results that one engine alone gives, each after the name of that engine."""
    told = {name: ENGINES[name](data, shapes) for name in ENGINES}
    counts = {name: Counter(map(essence, found)) for name, found in told.items()}
    apart = []
    for name, found in told.items():
        other = next(count for one, count in counts.items() if one != name)
        alone = counts[name] - other
        apart += [(name, one) for one in sorted(set(found)) if alone[essence(one)]]
    return apart


def essence(one: Violation) -> tuple[str, ...]:
    """Return what engines must agree on: all but the words, and why."""
    return (
        one.shape,
        one.focus_term,
        one.path_text,
        one.value_term,
        one.component,
        one.severity_iri,
        one.constraint,
    )
