"""Take out of the graph what a change hangs together with, before and after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from kg.check.changed.base import DERIVED, Base
from kg.check.changed.delta import Delta
from kg.check.work import Work
from kg.resolve import resolve

__all__ = ["Full", "Small", "extend", "small"]

#: Quads of components above which a change is checked in full.
MOST = 150_000


class Full(Exception):
    """A change that must be checked in full, with why."""


@dataclass(frozen=True)
class Small:
    """Hubs and the components that a change touches, resolved, before and after."""

    before: Store
    after: Store
    #: Nodes of the components.
    nodes: set[NamedNode]
    #: Quads of components, as they were.
    size: int


def small(work: Work, base: Base, change: Delta) -> Small:
    """Return the graph round a change; raise Full when it cannot be told apart from the rest."""
    store = base.store
    seeds = _seeds([*change.removed, *change.added], store, base)
    for _ in range(4):
        nodes, about = _closure(store, seeds, base)
        kept = [quad for quad in about if quad.graph_name != DERIVED]
        before, after = _stores(base, kept, change)
        for one in (before, after):
            resolve(one, work.layout.rules(), status_date=work.settings.status_date)
        ends = {node for one in (before, after) for node in _ends(_locals(one, base), base)}
        more = {node for node in ends - nodes if _known(store, node)}
        if not more:
            _hold(after, base)
            return Small(before, after, nodes | ends, len(kept))
        seeds |= more
    raise Full("what the rules make reaches ever further")


def _seeds(changed: list[Quad], store: Store, base: Base) -> set[NamedNode]:
    """Return the nodes of changed triples; what nothing describes is none."""
    subjects = {quad.subject for quad in changed}
    return {one for one in _ends(changed, base) if one in subjects or _known(store, one)}


def extend(round_: Small, base: Base, seeds: set[NamedNode]) -> None:
    """Add to both sides what other nodes hang together with, which the change does not touch."""
    found, about = _closure(base.store, seeds - round_.nodes, base)
    round_.nodes.update(found)
    plain = DefaultGraph()
    quads = [
        Quad(q.subject, q.predicate, q.object, plain) if q.graph_name == DERIVED else q
        for q in about
    ]
    for store in (round_.before, round_.after):
        store.extend(quads)


def _closure(store: Store, seeds: set[NamedNode], base: Base) -> tuple[set[NamedNode], list[Quad]]:
    """Return what seeds hang together with, and all quads of it."""
    seen, left, kept = set(seeds), list(seeds), []
    while left:
        node = left.pop()
        about = list(store.quads_for_pattern(node, None, None))
        kept += about
        links = list(_ends(about, base))
        links += [
            quad.subject
            for quad in store.quads_for_pattern(None, None, node)
            if isinstance(quad.subject, NamedNode) and quad.subject.value not in base.profile.hubs
        ]
        fresh = [one for one in dict.fromkeys(links) if one not in seen]
        seen.update(fresh)
        left += [one for one in fresh if _known(store, one)]
        if len(kept) > MOST:
            raise Full(f"it hangs together with more than {MOST:,} triples")
    return seen, kept


def _known(store: Store, node: NamedNode) -> bool:
    return next(store.quads_for_pattern(node, None, None), None) is not None


def _ends(found: Iterable[Quad], base: Base) -> Iterator[NamedNode]:
    for quad in found:
        for node in (quad.subject, quad.object):
            if isinstance(node, NamedNode) and node.value not in base.profile.hubs:
                yield node


def _locals(store: Store, base: Base) -> Iterator[Quad]:
    for quad in store:
        if isinstance(quad.subject, NamedNode) and quad.subject.value not in base.profile.hubs:
            yield quad


def _stores(base: Base, kept: list[Quad], change: Delta) -> tuple[Store, Store]:
    made = []
    for taken, put in ((frozenset[Quad](), frozenset[Quad]()), (change.removed, change.added)):
        store = Store()
        store.bulk_extend(parse(path=base.home / "hubs.nq", format=RdfFormat.N_QUADS))
        store.extend([quad for quad in kept if quad not in taken])
        store.extend(put)
        made.append(store)
    return made[0], made[1]


def _hold(after: Store, base: Base) -> None:
    """Raise Full when something that was so of every triple is so no more."""
    profile = base.profile
    local = {q.subject.value for q in _locals(after, base) if isinstance(q.subject, NamedNode)}
    hubs = 0
    for quad in after:
        name = quad.predicate.value
        value = quad.object.value if isinstance(quad.object, NamedNode) else ""
        if name in local:
            raise Full(f"{name} is a predicate and a node")
        if not isinstance(quad.subject, NamedNode) or quad.subject.value in profile.hubs:
            hubs += 1
            wrong = quad.graph_name != DefaultGraph()
            wrong |= value in local and name not in profile.to_local
        else:
            wrong = name not in profile.of_local
            wrong |= name not in profile.to_else and value not in local
            wrong |= name in profile.to_others and value in local
            # What the proofs say of a predicate counts where a query names it.
            wrong = (wrong and name in base.named) or isinstance(quad.object, BlankNode)
        if wrong:
            raise Full(f"{name} is used as it was not before, by {quad.subject}")
    with (base.home / "hubs.nq").open("rb") as file:
        if hubs != sum(1 for _ in file):
            raise Full("a record or a rule describes what files of reference describe")
