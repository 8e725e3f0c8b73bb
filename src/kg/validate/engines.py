"""Choose who judges: the fast engine, the reference one, or both against each other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rdflib import BNode, Graph, URIRef
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from kg.parts import ahead
from kg.validate.fast import Judge, judge_of
from kg.validate.links import TARGETS, looks_forward, targeted, under
from kg.validate.model import SH, Violation
from kg.validate.report import results
from kg.validate.suspects import worth
from kg.validate.terms import bare

__all__ = ["ENGINES", "NOT_FAST", "slow_shapes"]

#: Bytes of N-Triples above which failing nodes are looked for before a report is made.
LARGE = 1_000_000
SPARQL = URIRef(SH + "sparql")
#: A blank node of N-Triples.
BLANK = re.compile(rb"^_:|> _:", re.MULTILINE)
#: What the fast engine does not do as the specification says, each with how to tell a shape that
#: is judged by the reference engine therefore, with every shape that leads to it.
NOT_FAST: dict[str, Callable[[Graph, Node, bool], bool]] = {
    "several sh:sparql in one shape: its report does not say which one": (
        lambda graph, shape, blank: len(set(graph.objects(shape, SPARQL))) > 1
    ),
    "sh:sparql on a graph with blank nodes: it takes them for variables": (
        lambda graph, shape, blank: blank and _asks(graph, shape)
    ),
}

Engine = Callable[[bytes, Graph], list[Violation]]


def _asks(graph: Graph, shape: Node) -> bool:
    """Say whether a shape has SPARQL that the reference engine can run."""
    texts = (graph.value(one, URIRef(SH + "select")) for one in graph.objects(shape, SPARQL))
    return any("$shapesGraph" not in str(text) for text in texts)


def slow_shapes(shapes: Graph, *, blank: Callable[[], bool] = bool) -> dict[Node, str]:
    """Return the shapes with a target that the reference engine must judge, and why.

    `blank` says whether the data have blank nodes; it is asked only where that matters.
    """
    if (None, SPARQL, None) not in shapes:
        return {}
    unnamed = blank()
    found = {}
    for top in sorted(targeted(shapes), key=str):
        below = under(shapes, [top])
        for reason, has in NOT_FAST.items():
            if any(has(shapes, one, unnamed) for one in below):
                found[top] = reason
    return found


def _fast(data: bytes, shapes: Graph) -> list[Violation]:
    slow = slow_shapes(shapes, blank=lambda: BLANK.search(data) is not None)
    judge = judge_of(_only(shapes, targeted(shapes) - slow.keys()) if slow else shapes)
    found = [
        _whole(one, shapes)
        for one in results(judge.judge(_worth(data, judge, shapes)), shapes, judge.named)
    ]
    if slow:
        found += _reference(data, _only(shapes, set(slow)))
    return sorted(found)


def _worth(data: bytes, judge: Judge, shapes: Graph) -> bytes:
    """Return the part of a large graph that is worth a report: what failing nodes lead to."""
    if len(data) < LARGE or not looks_forward(shapes):
        return data
    part = worth(data, shapes)
    if part is not None:
        return part
    nodes = {node.encode() for node in judge.failing(data)}
    if any(node.startswith(b'"') for node in nodes):
        return data
    return ahead(data, nodes) if nodes else b""


def _whole(one: Violation, shapes: Graph) -> Violation:
    """Name the SPARQL constraint, and the value only where it selects one (section 5.3.2)."""
    if one.component != SH + "SPARQLConstraintComponent":
        return one
    shape = BNode(one.shape[2:]) if one.shape.startswith("_:") else URIRef(one.shape)
    constraint = shapes.value(shape, SPARQL)
    text = str(shapes.value(constraint, URIRef(SH + "select")) or "")
    one = replace(one, constraint=bare(constraint))
    if (shape, URIRef(SH + "path"), None) in shapes and not _selects_value(text):
        return replace(one, value="", value_term="")
    return one


def _selects_value(query: str) -> bool:
    head = re.split(r"\bselect\b", query, flags=re.IGNORECASE)[1].split("{")[0]
    return bool(re.search(r"[?$]value\b", query if "*" in head else head))


def _reference(data: bytes, shapes: Graph) -> list[Violation]:
    from kg.validate import reference  # pySHACL takes a tenth of a second to load

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
