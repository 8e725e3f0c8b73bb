"""Find the shapes in a shapes graph, and follow what links them."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import RDF, SH, Graph
from rdflib.term import Node

from kg.check.facts import rdf_list
from kg.check.known import CLASSES
from kg.check.shapes.vocabulary import CONSTRAINTS, LISTS, SHAPE_LINKS, TARGETS, sh

__all__ = ["has_target", "links", "property_shapes", "shape_nodes"]


def shape_nodes(graph: Graph) -> list[Node]:
    """Return every node that is a shape: by its class, target, constraints, or use as one."""
    found: set[Node] = set()
    for kind in (SH.NodeShape, SH.PropertyShape, SH.Shape):
        found |= set(graph.subjects(RDF.type, kind))
    for name in [*TARGETS, *CONSTRAINTS]:
        found |= set(graph.subjects(sh(name)))
    found |= {end for shape in list(found) for _, end in links(graph, shape)}
    found = {node for node in found if (node, None, None) in graph and node != RDF.nil}
    return sorted(found, key=str)


def links(graph: Graph, shape: Node) -> Iterator[tuple[str, Node]]:
    """Yield the shapes that a shape refers to, each with the name of the property that does."""
    for name in SHAPE_LINKS:
        for value in graph.objects(shape, sh(name)):
            ends = (rdf_list(graph, value) or []) if name in LISTS else [value]
            for end in ends:
                yield name, end


def property_shapes(graph: Graph) -> list[Node]:
    """Return the shapes of properties: those under sh:property, and those so typed."""
    found = set(graph.objects(None, SH.property)) | set(graph.subjects(RDF.type, SH.PropertyShape))
    return sorted((node for node in found if (node, None, None) in graph), key=str)


def has_target(graph: Graph, shape: Node) -> bool:
    """Say whether a shape has a target of its own; a class that is a shape is its own target."""
    kinds = set(graph.objects(shape, RDF.type))
    return bool(kinds & set(CLASSES)) or any((shape, sh(name), None) in graph for name in TARGETS)
