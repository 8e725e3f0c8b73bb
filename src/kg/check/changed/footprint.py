"""Tell which predicates a query can look at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from rdflib import URIRef
from rdflib.paths import NegatedPath, Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

__all__ = ["made", "predicates"]


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


def made(text: str) -> frozenset[str]:
    """Return the predicates of the triples that a CONSTRUCT query makes, of those it names."""
    template = translateQuery(parseQuery(text)).algebra.template or []
    return frozenset(str(one[1]) for one in template)


def _predicates(node: Any) -> Iterator[Any]:
    if isinstance(node, CompValue):
        for triple in node.get("triples") or () if node.name == "BGP" else ():
            yield from _steps(triple[1])
        for key, value in node.items():
            if key != "triples":
                yield from _predicates(value)
    elif isinstance(node, list | tuple | set):
        for value in node:
            yield from _predicates(value)


def _steps(step: Any) -> Iterator[Any]:
    if isinstance(step, NegatedPath):
        yield None
    elif isinstance(step, Path):
        one = getattr(step, "path", getattr(step, "arg", None))
        for inner in getattr(step, "args", None) or [one]:
            yield from _steps(inner)
    else:
        yield step
