"""Judge both sides of a change, by shapes and by each check, as narrowly as can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store
from rdflib import Graph, URIRef

from kg.check.changed.base import DERIVED, Base
from kg.check.changed.small import Full, Small
from kg.check.changed.wider import widen
from kg.check.graph import run_check
from kg.check.naming import finding_of
from kg.check.work import Work
from kg.findings import Finding
from kg.queries import parse
from kg.validate import shapes_graph, union, validate
from kg.validate.links import inner, items, looks_forward
from kg.validate.model import SH
from kg.writing.near import around
from kg.writing.reach import reach

__all__ = ["Sides", "bare", "judged"]

Difference = tuple[set[Finding], set[Finding]]


@dataclass
class Sides:
    """The graph round a change, and how each check was judged on it."""

    work: Work
    base: Base
    near: Small
    #: Names of checks: that look at nothing that differs, by nodes of the change alone, by more
    #: of the graph, by all of it.
    idle: list[str] = field(default_factory=list)
    local: list[str] = field(default_factory=list)
    wider: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)


def judged(sides: Sides) -> Iterator[Difference]:
    """Yield for shapes and each check what it finds before and after a change."""
    base, near = sides.base, sides.near
    yield _shapes(sides)
    before, after = set(near.before), set(near.after)
    gone, come = before - after, after - before
    differ = {quad.predicate.value for quad in gone | come}
    for path in sides.work.layout.checks():
        looks = base.looks[path.stem]
        if looks is not None and differ.isdisjoint(looks):
            sides.idle.append(path.stem)
            continue
        check = parse(path)
        if path.stem not in base.apart:
            sides.local.append(path.stem)
        elif widen(check, base, near):
            sides.wider.append(path.stem)
        else:
            sides.whole.append(path.stem)
            continue
        yield set(run_check(near.before, check)), set(run_check(near.after, check))
    if sides.whole:
        yield from _on_whole(sides, gone, come)


def _on_whole(sides: Sides, gone: set[Quad], come: set[Quad]) -> Iterator[Difference]:
    """Run checks on all of the kept graph, in memory, with the change made in it."""
    kept, store = sides.base.store, Store()
    for graph in (DefaultGraph(), *kept.named_graphs()):
        data = kept.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
        home = DefaultGraph() if graph == DERIVED else graph
        store.bulk_load(data, RdfFormat.N_TRIPLES, to_graph=home)
    for quad in gone:
        store.remove(quad)
    store.extend(come)
    for path in sides.work.layout.checks():
        if path.stem in sides.whole:
            before = {bare(one) for one in sides.base.findings if one.rule == path.stem}
            yield before, set(run_check(store, parse(path)))


def _shapes(sides: Sides) -> Difference:
    work, near = sides.work, sides.near
    shapes = shapes_graph(work.layout.shapes())
    used = {str(node) for node in shapes.objects()}
    if not looks_forward(shapes) or used & sides.base.profile.to_local - _plain(shapes):
        raise Full("a shape looks at links backwards, by SPARQL or from hubs into components")
    far = reach(shapes)
    base_iri = work.settings.base_iri
    nodes = {node for side in (near.before, near.after) for node in _subjects(side, sides.base)}
    names = {node.value for node in nodes}
    found = []
    for side in (near.before, near.after):
        data = union(side) if far is None else around(side, set(nodes), far.depth)
        told = validate(data, shapes)
        found.append({finding_of(v, shapes, base_iri) for v in told if v.focus in names})
    return found[0], found[1]


def _subjects(store: Store, base: Base) -> set[NamedNode]:
    subjects = {quad.subject for quad in store}
    named = (node for node in subjects if isinstance(node, NamedNode))
    return {node for node in named if node.value not in base.profile.hubs}


def bare(finding: Finding) -> Finding:
    """Return a finding as shapes and checks give it: without places."""
    return replace(finding, place=None, related=())


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
