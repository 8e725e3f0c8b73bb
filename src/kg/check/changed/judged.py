"""Judge both sides of a change, by shapes and by each check, as narrowly as can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store

from kg.check.changed.base import DERIVED, Base
from kg.check.changed.shaped import by_shapes
from kg.check.changed.small import Small
from kg.check.changed.wider import widen
from kg.check.graph import run_check
from kg.check.work import Work
from kg.findings import Finding
from kg.queries import parse

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
    before, after = set(near.before), set(near.after)
    gone, come = before - after, after - before
    differ = {quad.predicate.value for quad in gone | come}
    yield by_shapes(sides.work, base, near, gone | come)
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


def bare(finding: Finding) -> Finding:
    """Return a finding as shapes and checks give it: without places."""
    return replace(finding, place=None, related=())
