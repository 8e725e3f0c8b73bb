"""Follow shapes to the shapes that they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import Graph, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.validate.model import SH

__all__ = ["TARGETS", "circle", "inner", "items", "looks_forward", "targeted", "under"]

TARGETS = tuple(
    URIRef(SH + name)
    for name in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
)
#: Properties that lead to a shape, and to a list of shapes.
ONE = tuple(URIRef(SH + name) for name in ("property", "node", "not", "qualifiedValueShape"))
MANY = tuple(URIRef(SH + name) for name in ("and", "or", "xone"))


def inner(shapes: Graph) -> Iterator[tuple[Node, Node]]:
    """Yield each shape with each shape that it leads to in one step."""
    for name in ONE:
        yield from shapes.subject_objects(name)
    for name in MANY:
        for outer, head in shapes.subject_objects(name):
            for one in items(shapes, head):
                yield outer, one


def items(shapes: Graph, head: Node) -> Iterator[Node]:
    """Yield the members of a list, of one that is not well formed too."""
    seen: set[Node] = set()
    at: Node | None = head
    while at is not None and at != RDF.nil and at not in seen:
        seen.add(at)
        yield from shapes.objects(at, RDF.first)
        at = shapes.value(at, RDF.rest)


def looks_forward(shapes: Graph) -> bool:
    """Say that shapes follow links forwards alone, so that a part of a graph can be judged.

    A node that a shape names is judged wherever it is not, too.
    """
    back = ("inversePath", "select", "ask", "target", "targetObjectsOf", "targetNode")
    return not any((None, URIRef(SH + name), None) in shapes for name in back)


def targeted(shapes: Graph) -> set[Node]:
    """Return the shapes that have a target of their own."""
    found = {shape for name in TARGETS for shape in shapes.subjects(name)}
    classes = set(shapes.subjects(RDF.type, URIRef("http://www.w3.org/2000/01/rdf-schema#Class")))
    kinds = (URIRef(SH + "NodeShape"), URIRef(SH + "PropertyShape"))
    return found | {s for kind in kinds for s in shapes.subjects(RDF.type, kind) if s in classes}


def under(shapes: Graph, tops: Iterable[Node]) -> set[Node]:
    """Return the shapes and all that they lead to."""
    after = _after(shapes)
    seen: set[Node] = set()
    left = list(tops)
    while left:
        one = left.pop()
        if one not in seen:
            seen.add(one)
            left += after.get(one, ())
    return seen


def circle(shapes: Graph) -> Node | None:
    """Return a shape that leads back to itself; SHACL gives that no meaning (section 3.4.3)."""
    after = _after(shapes)
    done: set[Node] = set()
    for top in sorted(after, key=str):
        way, open_ = [(top, iter(after[top]))], {top}
        while way and top not in done:
            following = next(way[-1][1], None)
            if following is None:
                left = way.pop()[0]
                open_.discard(left)
                if left != top:
                    done.add(left)
            elif following in open_:
                return following
            elif following not in done:
                open_.add(following)
                way.append((following, iter(after.get(following, ()))))
        done.add(top)
    return None


def _after(shapes: Graph) -> dict[Node, list[Node]]:
    after: dict[Node, list[Node]] = {}
    for outer, one in inner(shapes):
        after.setdefault(outer, []).append(one)
    return {outer: sorted(ones, key=str) for outer, ones in after.items()}
