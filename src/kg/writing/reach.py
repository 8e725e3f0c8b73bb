"""Read from shapes how far they look, so that a write is judged where it can matter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS
from rdflib.term import Node

from kg.validate import SH

__all__ = ["Reach", "reach"]

#: Constraints on a node and its values that look at no further triple.
LOCAL = {
    SH[name]
    for name in (
        "datatype",
        "nodeKind",
        "minCount",
        "maxCount",
        "minLength",
        "maxLength",
        "pattern",
        "flags",
        "languageIn",
        "uniqueLang",
        "in",
        "hasValue",
        "minInclusive",
        "maxInclusive",
        "minExclusive",
        "maxExclusive",
        "qualifiedMinCount",
        "qualifiedMaxCount",
        "qualifiedValueShapesDisjoint",
        "ignoredProperties",
        "name",
        "description",
        "message",
        "severity",
        "order",
        "group",
        "defaultValue",
        "deactivated",
        "targetClass",
        "targetNode",
        "targetSubjectsOf",
        "path",
    )
}
#: Constraints that look at other triples of the node itself.
OWN = {SH[name] for name in ("closed", "equals", "disjoint", "lessThan", "lessThanOrEquals")}
SHAPES = {SH.property, SH.node, SH["not"], SH.qualifiedValueShape}
LISTS = {SH["and"], SH["or"], SH.xone}
#: What goes beyond SHACL Core (SHACL sections 5 and 6), or makes focus nodes of literals.
BEYOND = [
    *(SH.sparql, SH.select, SH.ask, SH.parameter, SH.rule, SH.target, SH.js, SH.values),
    SH.targetObjectsOf,
]


@dataclass
class Reach:
    """Of nodes so many links from a node that a shape targets, which of their properties count.

    None stands for all properties.
    """

    levels: dict[int, set[str] | None] = field(default_factory=lambda: {0: None})

    @property
    def depth(self) -> int:
        """Return how many links away the furthest node is."""
        return max(self.levels)

    def counts(self, level: int, predicate: str) -> bool:
        """Say whether a triple with that property counts for nodes so many links before it."""
        found = self.levels.get(level, set())
        return found is None or predicate in found


def reach(shapes: Graph) -> Reach | None:
    """Return how far the shapes look; None when that cannot be told, or has no bound."""
    if any((None, term, None) in shapes for term in BEYOND):
        return None
    found: dict[int, set[str] | None] = defaultdict(set)
    found[0] = None
    try:
        for kind in (SH.NodeShape, SH.PropertyShape):
            for shape in shapes.subjects(RDF.type, kind):
                _look(shapes, shape, 0, found, ())
        # A shape needs no type (section 2): what has a target is one.
        for term in ("targetClass", "targetNode", "targetSubjectsOf"):
            for shape in shapes.subjects(SH[term], None):
                _look(shapes, shape, 0, found, ())
    except _Unbounded:
        return None
    return Reach(dict(found))


class _Unbounded(Exception):
    """A shape looks further than can be told."""


def _look(
    shapes: Graph,
    shape: Node,
    level: int,
    found: dict[int, set[str] | None],
    above: tuple[Node, ...],
) -> None:
    """Note what a shape looks at when it is held against nodes of that level."""
    if shape in above:
        raise _Unbounded
    value = level
    if (path := shapes.value(shape, SH.path)) is not None:
        value = level + _steps(shapes, path)
        for passed in range(level, value):
            found[passed] = None
    for term, object_ in shapes.predicate_objects(shape):
        if term in OWN:
            found[level] = None
        elif term == SH["class"]:
            _add(found, value, str(RDF.type))
        elif term in SHAPES:
            _look(shapes, object_, value, found, (*above, shape))
        elif term in LISTS:
            for member in Collection(shapes, object_):
                _look(shapes, member, value, found, (*above, shape))
        elif isinstance(term, URIRef) and term.startswith(str(SH)) and term not in LOCAL:
            raise _Unbounded


def _add(found: dict[int, set[str] | None], level: int, predicate: str) -> None:
    known = found[level]
    if known is not None:
        known.add(predicate)


def _steps(shapes: Graph, path: Node) -> int:
    """Return how many links a path follows at most."""
    if isinstance(path, URIRef):
        return 1
    if shapes.value(path, RDF.first) is not None:
        return sum(_steps(shapes, step) for step in Collection(shapes, path))
    ways = shapes.value(path, SH.alternativePath)
    if ways is not None:
        return max(_steps(shapes, way) for way in Collection(shapes, ways))
    raise _Unbounded


#: The one property that may make any node one of a class.
SUBCLASS = str(RDFS.subClassOf)
