"""Judge by shapes the nodes whose findings a change can alter, before and after it."""

from __future__ import annotations

from pyoxigraph import NamedNode, Quad, Store
from rdflib import Graph, URIRef

from kg.check.changed.base import Base
from kg.check.changed.small import Full, Small
from kg.check.naming import findings_of
from kg.check.work import Work
from kg.findings import Finding
from kg.validate import validate
from kg.validate.links import inner, items, looks_forward
from kg.validate.model import SH
from kg.validate.shapes import graph_of, usable
from kg.writing.near import around
from kg.writing.reach import SUBCLASS, Reach, reach

__all__ = ["by_shapes"]


def by_shapes(
    work: Work, base: Base, near: Small, changed: set[Quad]
) -> tuple[set[Finding], set[Finding]]:
    """Return what shapes find before and after on the nodes that see changed triples.

    The shapes are those of the base, which a full check has found to be usable.
    """
    shapes = usable(graph_of(t for path in work.layout.shapes() for t in work.triples_of(path)))
    used = {str(node) for node in shapes.objects()}
    if not looks_forward(shapes) or used & base.profile.to_local - _plain(shapes):
        raise Full("a shape looks at links backwards, by SPARQL or from hubs into components")
    far = reach(shapes)
    if far is None:
        raise Full("a shape looks further than can be told")
    if any(quad.predicate.value == SUBCLASS for quad in changed):
        raise Full("a class of classes changed")
    sides = (near.before, near.after)
    nodes = set[NamedNode]().union(*(_seeing(side, changed, far) for side in sides))
    names = {node.value for node in nodes}
    found = [validate(around(side, set(nodes), far.depth), shapes) for side in sides]
    iri = work.settings.base_iri
    before, after = (
        set(findings_of((v for v in f if v.focus in names), shapes, iri)) for f in found
    )
    return before, after


def _seeing(store: Store, changed: set[Quad], far: Reach) -> set[NamedNode]:
    """Return the nodes from which a changed triple is so few links away that it counts."""
    found: set[NamedNode] = set()
    for level in range(far.depth + 1):
        ends = {q.subject for q in changed if far.counts(level, q.predicate.value)}
        for _ in range(level):
            led = (store.quads_for_pattern(None, None, node, None) for node in ends)
            ends = {quad.subject for quads in led for quad in quads}
        found |= {node for node in ends if isinstance(node, NamedNode)}
    return found


def _plain(shapes: Graph) -> set[str]:
    """Return the properties whose shapes look at no triple of the values."""
    deep = {outer for outer, _ in inner(shapes)} | set(shapes.subjects(URIRef(SH + "class")))
    paths: dict[str, bool] = {}
    for shape, path in shapes.subject_objects(URIRef(SH + "path")):
        if isinstance(path, URIRef):
            paths[str(path)] = paths.get(str(path), True) and shape not in deep
        else:
            either = shapes.value(path, URIRef(SH + "alternativePath"))
            flat = list(items(shapes, either)) if either is not None else []
            plain = bool(flat) and shape not in deep and all(isinstance(n, URIRef) for n in flat)
            for step in flat if plain else shapes.transitive_objects(path, None):
                paths[str(step)] = paths.get(str(step), True) and plain
    return {path for path, plain in paths.items() if plain}
