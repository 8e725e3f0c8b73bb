"""Take the algebra of a query apart: its triple patterns, and what binds and joins variables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from pyparsing import ParseResults
from rdflib import Variable
from rdflib.paths import Path
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Identifier, Node

__all__ = ["Pattern", "bound_in", "links_of", "nodes_of", "patterns_of", "variables_of"]


#: What holds several parts of an algebra; a filter that is not translated has the parser's.
MANY = (list, tuple, set, ParseResults)


@dataclass(frozen=True)
class Pattern:
    """A triple pattern of a query."""

    triple: tuple[Node | Path, ...]
    #: The graph it is asked of; None for the default graph.
    graph: Node | None
    #: "needed" by every answer of its group, or one of the others of ORDER.
    how: str
    #: Number of the group in which it is joined with others.
    scope: int

    @property
    def variables(self) -> list[str]:
        """Return the names of its variables, and of the variable of its graph."""
        terms = [*self.triple, self.graph]
        return [str(term) for term in terms if isinstance(term, Variable)]

    @property
    def text(self) -> str:
        """Return the pattern as SPARQL."""
        inner = " ".join(_n3(term) for term in self.triple) + " ."
        return f"GRAPH {_n3(self.graph)} {{ {inner} }}" if self.graph is not None else inner


def patterns_of(algebra: CompValue) -> list[Pattern]:
    """Return the triple patterns of a query, also those in filters and sub-queries."""
    return list(_walk(algebra, None, "needed", 0, count(1)))


def _walk(
    node: object, graph: Node | None, how: str, scope: int, fresh: count[int]
) -> Iterator[Pattern]:
    if isinstance(node, MANY):
        for part in node:
            yield from _walk(part, graph, how, scope, fresh)
    if not isinstance(node, CompValue):
        return
    if node.name in ("BGP", "TriplesBlock"):
        for triple in _triples(node.triples):
            yield Pattern(triple, graph, how, scope)
        return
    for key, part in node.items():
        if key in ("datasetClause", "PV", "_vars"):
            continue
        inside = node.term if node.name in GRAPHS and key in ("p", "graph") else graph
        manner = MANNERS.get((node.name, key))
        number = next(fresh) if manner or node.name == "ToMultiSet" else scope
        worse = manner if manner and ORDER.index(manner) > ORDER.index(how) else how
        yield from _walk(part, inside, worse, number, fresh)


#: How far an answer needs a pattern, from always to never.
ORDER = ("needed", "test", "maybe", "not")
GRAPHS = ("Graph", "GraphGraphPattern")
#: Parts of the algebra that open a group of their own, to how an answer needs its patterns.
MANNERS = {
    ("LeftJoin", "p2"): "maybe",
    ("Union", "p1"): "maybe",
    ("Union", "p2"): "maybe",
    ("Minus", "p2"): "not",
    ("Builtin_EXISTS", "graph"): "test",
    ("Builtin_NOTEXISTS", "graph"): "not",
}


def _triples(triples: list[object]) -> Iterator[tuple[Node | Path, ...]]:
    """Yield triples; a filter that rdflib does not translate has them flat, three by three."""
    for entry in triples:
        terms = list(entry) if isinstance(entry, list | tuple) else []
        for at in range(0, len(terms) - 2, 3):
            triple = terms[at : at + 3]
            if all(isinstance(term, Identifier | Path) for term in triple):
                yield tuple(triple)


def bound_in(tree: object) -> set[str]:
    """Return the names of variables that something in a parse tree binds.

    The tree, not the algebra: rdflib leaves filters within filters out of that.
    """
    found: set[str] = set()
    for node in nodes_of(tree):
        if node.name == "TriplesBlock":
            found |= set(variables_of(node))
        for part in BINDS.get(node.name, ()):
            found |= set(variables_of(node.get(part)))
    return found


#: Node of the parse tree to the parts of it whose variables it binds.
BINDS = {
    "Bind": ("var",),
    "InlineData": ("var",),
    "GraphGraphPattern": ("term",),
    "vars": ("evar",),
    "GroupAs": ("var",),
}


def links_of(algebra: CompValue) -> list[set[str]]:
    """Return the sets of variables that a filter, BIND, VALUES or sub-query brings together."""
    found: list[set[str]] = []
    for node in nodes_of(algebra):
        if node.name in ("Filter", "LeftJoin", "Extend"):
            found.append({*variables_of(node.get("expr")), *variables_of(node.get("var"))})
        elif node.name == "values":
            found.append({str(name) for row in node.res for name in row})
        elif node.name == "Project":
            found.append({str(name) for name in node.PV})
    return found


def variables_of(node: object) -> Iterator[str]:
    """Yield the names of the variables in a part of an algebra."""
    if isinstance(node, Variable):
        yield str(node)
    elif isinstance(node, CompValue):
        for part in node.values():
            yield from variables_of(part)
    elif isinstance(node, MANY):
        for part in node:
            yield from variables_of(part)


def nodes_of(node: object) -> Iterator[CompValue]:
    """Yield a part of an algebra and all that it has, from the outside in."""
    if isinstance(node, CompValue):
        yield node
        for part in node.values():
            yield from nodes_of(part)
    elif isinstance(node, MANY):
        for part in node:
            yield from nodes_of(part)


def _n3(term: object) -> str:
    assert isinstance(term, Identifier | Path)
    return str(term.n3())
