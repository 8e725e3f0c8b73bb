"""Compare two graphs quad by quad, and write what differs as an RDF Patch."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

from pyoxigraph import BlankNode, DefaultGraph, Quad, RdfFormat, Store, parse

from kg.errors import BadData

__all__ = ["apply", "differ", "named", "write"]

#: Namespace of the identifiers of patches.
SPACE = UUID("6f1c5a0e-7f0b-5f0e-9a52-3a0f6b4f3c1d")


def differ(old: Store, new: Store) -> tuple[set[Quad], set[Quad]]:
    """Return what is only in the old graph, and what is only in the new.

    A blank node is known by what is said of it: see `named`.
    """
    one, two = named(old), named(new)
    return one - two, two - one


def named(quads: Iterable[Quad]) -> set[Quad]:
    """Return the quads with each blank node named by a hash of what is said of it."""
    whole = set(quads)
    about: dict[BlankNode, list[Quad]] = defaultdict(list)
    for quad in whole:
        if isinstance(quad.subject, BlankNode):
            about[quad.subject].append(quad)
    names: dict[BlankNode, BlankNode] = {}

    def name(node: BlankNode, above: frozenset[BlankNode] = frozenset()) -> BlankNode:
        if node in names:
            return names[node]
        lines = sorted(f"{q.predicate} {inner(q.object, above | {node})}" for q in about[node])
        made = BlankNode("b" + hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24])
        if not above:
            names[node] = made
        return made

    def inner(term: object, above: frozenset[BlankNode]) -> str:
        if not isinstance(term, BlankNode):
            return str(term)
        return "_:above" if term in above else str(name(term, above))

    def term(one: object) -> object:
        return name(one) if isinstance(one, BlankNode) else one

    return {
        Quad(term(q.subject), q.predicate, term(q.object), q.graph_name)  # type: ignore[arg-type]
        if isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode)
        else q
        for q in whole
    }


def write(removed: Iterable[Quad], added: Iterable[Quad]) -> str:
    """Return an RDF Patch (https://afs.github.io/rdf-patch/): deletions, then additions, sorted.

    The same change has the same bytes, and the same identifier.
    """
    rows = sorted(f"D {_row(quad)}" for quad in removed)
    rows += sorted(f"A {_row(quad)}" for quad in added)
    body = "".join(f"{row} .\n" for row in rows)
    return f"H id <urn:uuid:{uuid5(SPACE, body)}> .\nTX .\n{body}TC .\n"


def _row(quad: Quad) -> str:
    graph = "" if isinstance(quad.graph_name, DefaultGraph) else f" {quad.graph_name}"
    return f"{quad.subject} {quad.predicate} {quad.object}{graph}"


def apply(text: str, quads: Iterable[Quad]) -> set[Quad]:
    """Return a graph with a patch applied; raise BadData for a row that is none.

    Blank nodes are taken by the names that `named` gives them.
    """
    graph = named(quads)
    for number, row in enumerate(text.splitlines(), start=1):
        match = re.fullmatch(r"(A|D) (.*) \.", row)
        if match:
            (quad,) = _parsed(match[2], number)
            (graph.add if match[1] == "A" else graph.discard)(quad)
        elif not re.fullmatch(r"(TX|TC) \.|H \w+ <[^>]*> \.|", row):
            raise BadData(f"patch:{number}: not a row of an RDF Patch: {row[:60]}")
    return graph


def _parsed(row: str, number: int) -> Iterator[Quad]:
    try:
        yield from parse(row + " .", RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise BadData(f"patch:{number}: {error}") from error
