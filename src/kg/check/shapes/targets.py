"""Judge what shapes are for: a target that is there."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from rdflib import RDF, SH, Literal, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, short
from kg.check.known import defined, is_defined, nearest, own_namespaces
from kg.check.shapes.read import has_target, links, shape_nodes
from kg.findings import Finding

__all__ = ["findings"]


def findings(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    """Yield shapes without a target, with one that the ontology does not know, and those off."""
    yield from _without(shapes)
    yield from _unknown(shapes, ontology)
    yield from _off(shapes)


def _without(shapes: Facts) -> Iterator[Finding]:
    graph = shapes.graph
    used = {end for shape in shape_nodes(graph) for _, end in links(graph, shape)}
    lost = [str(end) for end in used if (end, None, None) not in graph]
    for shape in shape_nodes(graph):
        if get_close_matches(str(shape), lost, n=1, cutoff=0.9):
            continue  # the one that a link means whose name is misspelt: shapes/dangling says so
        if shape in used or has_target(graph, shape) or _is_component(shapes, shape):
            continue
        message = (
            "The shape has no target and no other shape uses it, so it checks nothing; "
            "add sh:targetClass, or use it by sh:node or sh:property"
        )
        yield shapes.finding("shapes/no-target", "violation", message, shape)


def _is_component(shapes: Facts, node: Node) -> bool:
    """Say whether a node is part of a constraint component, and so no shape."""
    kinds = set(shapes.graph.objects(node, RDF.type))
    return bool(kinds & {SH.Parameter, SH.ConstraintComponent, SH.SPARQLFunction, SH.Function})


def _unknown(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    known, own = defined(ontology), own_namespaces(ontology)
    for predicate in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf):
        for shape, target in sorted(shapes.graph.subject_objects(predicate), key=str):
            if isinstance(target, URIRef) and not is_defined(target, known, own):
                near = nearest(target, known)
                hint = f"did you mean {short(shapes, URIRef(near))}?" if near else "correct it"
                message = (
                    f"{short(shapes, target)} is defined nowhere, so the shape checks nothing; "
                    f"{hint}{'' if near else ', or define it in the ontology'}"
                )
                yield shapes.finding(
                    "shapes/target-unknown", "violation", message, shape, predicate, target
                )


def _off(shapes: Facts) -> Iterator[Finding]:
    for shape, value in sorted(shapes.graph.subject_objects(SH.deactivated), key=str):
        if isinstance(value, Literal) and str(value) in ("true", "1"):
            message = "The shape is off and checks nothing; delete it, or take sh:deactivated out"
            yield shapes.finding(
                "shapes/deactivated", "warning", message, shape, SH.deactivated, value
            )
