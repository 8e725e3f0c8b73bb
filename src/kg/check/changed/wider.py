"""Take more of the graph where a check joins components, as the header of the check says.

`#+ joins: mq:iso3, mq:signedOn + mq:party`: a result rests on components of which each has, on one
node, a value that a node of another has: of mq:iso3, or of both mq:signedOn and mq:party.
`#+ groups: value`: a result rests on all components with a triple whose subject, predicate or
object is its ?value. What else is in these components may be looked at, and hubs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from kg.check.changed.base import Base
from kg.check.changed.small import Small, extend
from kg.errors import BadShapes
from kg.queries import SavedQuery

__all__ = ["widen"]

PREFIX = re.compile(r"^\s*PREFIX\s+([\w\-]*):\s*<([^>]*)>", re.IGNORECASE | re.MULTILINE)


def widen(check: SavedQuery, base: Base, round_: Small) -> bool:
    """Take what the check needs into both sides of a change; False when it does not say what."""
    joins, groups = check.header.get("joins", ""), check.header.get("groups", "")
    seeds: set[NamedNode] = set()
    if joins:
        for alternative in joins.split(","):
            seeds |= set(_sharing(_properties(check, alternative), base, round_))
    if groups:
        seeds |= set(_using(_values(check, groups, round_), base))
    if seeds:
        extend(round_, base, seeds)
    return bool(joins or groups)


def _properties(check: SavedQuery, text: str) -> list[NamedNode]:
    known = dict(PREFIX.findall(check.text))
    found = []
    for word in text.split("+"):
        prefix, _, name = word.strip().partition(":")
        if prefix not in known:
            raise BadShapes(f"{check.name}: `#+ joins:` names {word.strip()}, which has no prefix")
        found.append(NamedNode(known[prefix] + name))
    return found


def _sharing(properties: list[NamedNode], base: Base, round_: Small) -> Iterator[NamedNode]:
    """Yield the nodes that share a value of each property with a node of the change."""
    store, first, more = base.store, properties[0], properties[1:]
    for side in (round_.before, round_.after):
        for quad in side.quads_for_pattern(None, first, None, None):
            subject = quad.subject
            if not isinstance(subject, NamedNode) or _hub(subject, base):
                continue
            mine = [set(_objects(side, subject, name)) for name in more]
            for other in store.quads_for_pattern(None, first, quad.object, None):
                node = other.subject
                if not isinstance(node, NamedNode) or _hub(node, base) or node in round_.nodes:
                    continue
                pairs = zip(more, mine, strict=True)
                if all(not own.isdisjoint(_objects(store, node, name)) for name, own in pairs):
                    yield node


def _objects(store: Store, node: NamedNode, name: NamedNode) -> Iterator[object]:
    return (quad.object for quad in store.quads_for_pattern(node, name, None, None))


def _values(check: SavedQuery, name: str, round_: Small) -> set[NamedNode | Literal]:
    """Return the values of a column of a check, before and after a change."""
    found = set()
    for side in (round_.before, round_.after):
        rows = side.query(check.text)
        if not isinstance(rows, QuerySolutions) or name not in [v.value for v in rows.variables]:
            raise BadShapes(f"{check.name}: `#+ groups:` names {name}, which it does not select")
        for row in rows:
            if isinstance(term := row[name], NamedNode | Literal):
                found.add(term)
    return found


def _using(terms: Iterable[NamedNode | Literal], base: Base) -> Iterator[NamedNode]:
    """Yield the nodes of components that have a term in a triple."""
    store = base.store
    for term in terms:
        found: list[Iterator[Quad]] = [store.quads_for_pattern(None, None, term, None)]
        if isinstance(term, NamedNode):
            found.append(store.quads_for_pattern(None, term, None, None))
            found.append(store.quads_for_pattern(term, None, None, None))
        for quad in (quad for quads in found for quad in quads):
            if isinstance(quad.subject, NamedNode) and not _hub(quad.subject, base):
                yield quad.subject


def _hub(node: object, base: Base) -> bool:
    return isinstance(node, NamedNode) and node.value in base.profile.hubs
