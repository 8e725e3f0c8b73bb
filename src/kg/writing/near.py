"""Give the triples of a store, or those near some nodes, to an engine that knows RDF 1.1."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, Triple, serialize

from kg.validate import union
from kg.writing.reach import SUBCLASS

__all__ = ["around", "whole"]

SUBCLASS_OF = NamedNode(SUBCLASS)
#: How N-Triples of RDF 1.2 look: triple terms, directions of text.
NEWER = re.compile(rb'<<\(|"@[A-Za-z0-9-]+--(?:ltr|rtl) ')
#: Stand for a text with a direction and for a triple, which no constraint takes for more.
DIRECTED, TERM = NamedNode("urn:x-dir-lang-string"), BlankNode("triple")

Named = NamedNode | BlankNode


def whole(store: Store) -> bytes:
    """Return all triples as N-Triples."""
    data = union(store)
    return _older(quad.triple for quad in store) if NEWER.search(data) else data


def around(store: Store, nodes: set[Named], depth: int) -> bytes:
    """Return as N-Triples what is so many links away from nodes, and from blank nodes near them.

    A blank node that is met is a node like them, so that what it says is there as far.
    """
    triples = {quad.triple for quad in store.quads_for_pattern(None, SUBCLASS_OF, None, None)}
    left, seen = dict.fromkeys(nodes, depth), dict[Named, int]()
    while left:
        node, more = left.popitem()
        seen[node] = more
        for quad in store.quads_for_pattern(node, None, None, None):
            triples.add(quad.triple)
            end = quad.object
            further = depth if isinstance(end, BlankNode) else more - 1
            if isinstance(end, Named) and further > max(seen.get(end, -1), left.get(end, -1)):
                left[end] = further
    return _older(triples)


def _older(triples: Iterable[Triple]) -> bytes:
    found = (Triple(one.subject, one.predicate, _term(one.object)) for one in triples)
    return serialize(found, format=RdfFormat.N_TRIPLES) or b""


def _term(term: Named | Literal | Triple) -> Named | Literal:
    if isinstance(term, Triple):
        return TERM
    if isinstance(term, Literal) and term.direction is not None:
        return Literal(term.value, datatype=DIRECTED)
    return term
