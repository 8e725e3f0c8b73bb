"""Say why a query has no answer: which triple pattern empties it, and what terms were meant.

Only what every answer needs is looked at: patterns under OPTIONAL, UNION and MINUS can be empty
and the answer not. Patterns are added one by one until nothing is left.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pyparsing import ParseException
from rdflib import RDF, Literal, URIRef
from rdflib.paths import Path
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Identifier

from kg.errors import BadQuery

__all__ = ["Empty", "explain"]

#: Runs a SELECT of ours and returns the first column of its rows, as strings.
Select = Callable[[str], list[str]]

#: Patterns that one explanation looks at, and near terms that it offers.
PATTERNS, OFFERED = 40, 5
LIST = """SELECT DISTINCT ?term WHERE {{ {{ {0} }} UNION {{ GRAPH ?g {{ {0} }} }}
FILTER(STRSTARTS(STR(?term), "{1}")) }}"""
#: Position in a triple to what the graph has there.
KNOWN = {
    "predicate": "?s ?term ?o",
    "class": "?s a ?term",
    "node": "?term ?p ?o",
}


@dataclass(frozen=True)
class Empty:
    """Why nothing was found."""

    message: str
    #: The pattern that leaves nothing, as SPARQL; "" when it is none of them alone.
    pattern: str = ""
    #: Whether that pattern matches something when the others are left out.
    alone: bool = False
    #: Terms that the graph does not have, with those nearest to them.
    unknown: Mapping[str, list[str]] = field(default_factory=dict)


def explain(query: str, select: Select, prefixes: Mapping[str, str]) -> Empty:
    """Return why a SELECT, CONSTRUCT or ASK query finds nothing.

    `query` is one that the store has answered, with nothing. Raises BadQuery when rdflib's
    parser, which knows SPARQL 1.1 and no more, cannot read it.
    """
    values, patterns = _required(query, prefixes)
    for count in range(1, len(patterns) + 1):
        if not _matches(select, [*values, *(text for text, _ in patterns[:count])]):
            return _emptied(select, *patterns[count - 1])
    where = "a FILTER, MINUS, VALUES, UNION or sub-query"
    return Empty(f"Each pattern matches, and all of them together; {where} leaves nothing")


def _emptied(select: Select, text: str, terms: tuple[object, ...]) -> Empty:
    alone = _matches(select, [text])
    unknown = {} if alone else dict(_unknown(select, terms))
    if alone:
        message = "This pattern matches by itself, but not together with those before it"
    elif unknown:
        message = f"The graph does not have {', '.join(unknown)}"
    else:
        message = "This pattern matches nothing"
    return Empty(message, text, alone, unknown)


def _matches(select: Select, patterns: list[str]) -> bool:
    return bool(select(f"SELECT (1 AS ?kg_matched) WHERE {{ {' '.join(patterns)} }} LIMIT 1"))


def _unknown(select: Select, terms: tuple[object, ...]) -> Iterator[tuple[str, list[str]]]:
    """Yield each IRI of a triple that the graph lacks in that place, and the nearest it has."""
    subject, predicate, object_ = terms
    kinds = ("node", "predicate", "class" if predicate == RDF.type else "node")
    for term, kind in zip((subject, predicate, object_), kinds, strict=True):
        if not isinstance(term, URIRef):
            continue
        start = term[: max(term.rfind("/"), term.rfind("#")) + 1]
        known = select(LIST.format(KNOWN[kind], start))
        if str(term) not in known:
            near = difflib.get_close_matches(str(term), known, n=OFFERED, cutoff=0.6)
            yield str(term), near


def _required(
    query: str, prefixes: Mapping[str, str]
) -> tuple[list[str], list[tuple[str, tuple[object, ...]]]]:
    """Return the VALUES blocks and the triple patterns that every answer needs, as SPARQL."""
    try:
        parsed = translateQuery(parseQuery(query), initNs=dict(prefixes))
    except (ParseException, RecursionError, ValueError) as error:
        raise BadQuery(f"The query cannot be explained: {error}") from error
    if parsed.algebra.get("datasetClause"):
        raise BadQuery("A query with FROM is not explained; ask it of the whole dataset")
    values: list[str] = []
    patterns: list[tuple[str, tuple[object, ...]]] = []
    for node, graph in _walk(parsed.algebra, None):
        if node.name == "ToMultiSet":
            values += _values(node)
            continue
        for triple in node.triples:
            text = " ".join(map(_n3, triple)) + " ."
            patterns.append((f"GRAPH {_n3(graph)} {{ {text} }}" if graph else text, triple))
    return values, patterns[:PATTERNS]


def _walk(node: object, graph: Identifier | None) -> Iterator[tuple[CompValue, Identifier | None]]:
    """Yield the parts of the algebra that an answer needs, with the graph they are asked of."""
    if not isinstance(node, CompValue) or node.name in ("Union", "SubSelect"):
        return
    if node.name in ("BGP", "ToMultiSet"):
        yield node, graph
        return
    inside = node.term if node.name == "Graph" else graph
    needed = ("p", "p1") if node.name in ("LeftJoin", "Minus") else ("p", "p1", "p2")
    for name in needed:
        yield from _walk(node.get(name), inside)


def _values(node: CompValue) -> Iterator[str]:
    """Yield a VALUES block as SPARQL; nothing for a sub-query, which is wrapped alike."""
    if node.p.name != "values" or not node.p.res:
        return
    names = sorted({name for row in node.p.res for name in row})
    rows = ([_cell(row.get(name)) for name in names] for row in node.p.res)
    body = " ".join(f"({' '.join(row)})" for row in rows)
    yield f"VALUES ({' '.join(map(_n3, names))}) {{ {body} }}"


def _cell(term: object) -> str:
    return _n3(term) if isinstance(term, Literal | URIRef) else "UNDEF"


def _n3(term: object) -> str:
    assert isinstance(term, Identifier | Path)
    return str(term.n3())
