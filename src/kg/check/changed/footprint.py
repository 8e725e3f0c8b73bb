"""Tell which predicates a query can look at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from rdflib import URIRef
from rdflib.paths import MulPath, NegatedPath, Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

__all__ = ["made", "named", "predicates"]

Values = dict[Any, list[Any]]
NONE: Values = {}
#: What passes on to its parts what a variable is: solutions where it is another are dropped.
JOINING = {
    *("BGP", "Join", "LeftJoin", "Filter", "Extend", "Graph", "Union"),
    *("Builtin_EXISTS", "Builtin_NOTEXISTS", "ToMultiSet", "values"),
}


@cache
def predicates(text: str) -> frozenset[str] | None:
    """Return the predicates that a query names; None when it may look at any."""
    found: set[str] = set()
    try:
        for one in _predicates(translateQuery(parseQuery(text)).algebra):
            if not isinstance(one, URIRef):
                return None
            found.add(str(one))
    except Exception:  # rdflib raises just this for some texts
        return None
    return frozenset(found)


def named(text: str) -> frozenset[str]:
    """Return the predicates that a query names, whatever else it may look at."""
    try:
        found = list(_predicates(translateQuery(parseQuery(text)).algebra))
    except Exception:  # rdflib raises just this for some texts
        return frozenset()
    return frozenset(str(one) for one in found if isinstance(one, URIRef))


def made(text: str) -> frozenset[str]:
    """Return the predicates of the triples that a CONSTRUCT query makes, of those it names."""
    template = translateQuery(parseQuery(text)).algebra.template or []
    return frozenset(str(one[1]) for one in template)


def _predicates(node: Any, values: Values = NONE) -> Iterator[Any]:
    """Yield the predicates of all patterns, those of a variable with VALUES beside it for it."""
    if isinstance(node, CompValue):
        values = values if node.name in JOINING else NONE
        values = {**values, **dict(_values(node))}
        if node.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
            # The attribute is the pattern translated, the item is as it was written.
            yield from _predicates(node.graph, values)
            return
        triples = list(node.get("triples") or ()) if node.name == "BGP" else []
        for triple in triples:
            yield from values.get(triple[1]) or _steps(triple[1])
            if _may_be_empty(triple[1]) and not _held(triple, triples):
                yield None  # it is there for each node, whatever is said of that
        for key, value in node.items():
            if key != "triples":
                yield from _predicates(value, values)
    elif isinstance(node, list | tuple | set):
        for value in node:
            yield from _predicates(value, values)


def _values(node: CompValue) -> Iterator[tuple[Any, list[Any]]]:
    """Yield the variables that each solution of a pattern has from VALUES, with those values."""
    if node.name == "Join":
        for part in (node.p1, node.p2):
            yield from _values(part)
    elif node.name in {"ToMultiSet", "Filter", "Extend", "Graph"}:
        yield from _values(node.p)
    elif node.name == "LeftJoin":
        yield from _values(node.p1)
    elif node.name == "values":
        rows = list(node.res or ())
        for name in set().union(*rows):
            column = [row.get(name) for row in rows]
            if all(isinstance(one, URIRef) for one in column):
                yield name, column


def _may_be_empty(step: Any) -> bool:
    return isinstance(step, MulPath) and bool(step.zero)


def _held(triple: Any, triples: list[Any]) -> bool:
    """Say whether one end of a path is a term, or stands in another triple beside it."""
    ends = (triple[0], triple[2])
    others = {end for one in triples if one is not triple for end in (one[0], one[2])}
    return any(isinstance(end, URIRef) or end in others for end in ends)


def _steps(step: Any) -> Iterator[Any]:
    if isinstance(step, NegatedPath):
        yield None
    elif isinstance(step, Path):
        one = getattr(step, "path", getattr(step, "arg", None))
        for inner in getattr(step, "args", None) or [one]:
            yield from _steps(inner)
    else:
        yield step
