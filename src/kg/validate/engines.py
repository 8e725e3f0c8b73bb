"""Choose who judges: the fast engine, the reference one, or both against each other."""

from __future__ import annotations

from collections.abc import Callable

from rdflib import Graph, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from kg.validate import reference
from kg.validate.fast import Judge
from kg.validate.links import TARGETS, targeted, under
from kg.validate.model import SH, Violation
from kg.validate.report import results

__all__ = ["ENGINES", "NOT_FAST", "slow_shapes"]

#: Terms that the fast engine does not judge as the specification says, each with the reason.
#: A shape that uses one, or leads to one that does, is judged by the reference engine.
NOT_FAST: dict[str, str] = {}

Engine = Callable[[bytes, Graph], list[Violation]]


def slow_shapes(shapes: Graph) -> dict[Node, str]:
    """Return the shapes with a target that the reference engine must judge, and why."""
    found = {}
    for top in sorted(targeted(shapes), key=str):
        for one in sorted(under(shapes, [top]), key=str):
            used = (name for name in NOT_FAST if (one, URIRef(SH + name), None) in shapes)
            reason = next(used, None)
            if reason:
                found[top] = f"sh:{reason}: {NOT_FAST[reason]}"
    return found


def _fast(data: bytes, shapes: Graph) -> list[Violation]:
    slow = slow_shapes(shapes)
    judge = Judge(_only(shapes, targeted(shapes) - slow.keys()) if slow else shapes)
    found = results(judge.judge(data), shapes, judge.named)
    if slow:
        found += _reference(data, _only(shapes, set(slow)))
    return sorted(found)


def _reference(data: bytes, shapes: Graph) -> list[Violation]:
    return results(reference.judge(data, shapes), shapes)


def _only(shapes: Graph, tops: set[Node]) -> Graph:
    """Return the shapes with targets for some alone."""
    kept = Graph()
    for triple in shapes:
        subject, predicate, value = triple
        aims = predicate in TARGETS or (predicate == RDF.type and value == RDFS.Class)
        if not aims or subject in tops:
            kept.add(triple)
    return kept


#: Name of an engine to what runs it: shifty is fast, pySHACL is the reference.
ENGINES: dict[str, Engine] = {"fast": _fast, "reference": _reference}
