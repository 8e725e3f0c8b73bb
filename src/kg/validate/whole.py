"""Judge a graph at once, and tell where two engines disagree."""

from __future__ import annotations

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
    """Return the results that one engine alone gives, each after the name of that engine.

    A query of a shape that finds the same twice is one result of pySHACL and two of shifty; it is
    one of ours.
    """
    told = {name: validate(data, shapes, engine=name) for name in ENGINES}
    known = {name: set(map(essence, found)) for name, found in told.items()}
    return [
        (name, one)
        for name, found in told.items()
        for one in found
        if any(essence(one) not in others for other, others in known.items() if other != name)
    ]


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
