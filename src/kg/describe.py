"""Describe a thing: the triples that a person who follows its IRI expects.

That is its own triples, those of its parts (commitments, participations, events, spells of
status), for an agreement those of the records that describe it, with their parts, and what is
said of it by nodes of their own: identity decisions, relations, memberships, successions, the
concepts of a scheme. What it merely points to (states, sources, concepts) keeps its own
description. A record's triples are those of the named graph of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)

from kg.errors import BadParameter

__all__ = ["ABOUT", "PARTS", "node", "quads", "query"]

#: Properties that lead from a thing to its parts.
PARTS = ("commitment", "covers", "event", "participation", "statusSpell")
#: Properties by which a node of its own says something of a thing.
ABOUT = (
    "mq:candidate",
    "mq:claim",
    "mq:member",
    "mq:organisation",
    "mq:predecessor",
    "mq:relatedAgreement",
    "mq:relatingAgreement",
    "mq:successor",
    "skos:inScheme",
)
OWNS = "|".join(f"mq:{name}" for name in PARTS)
QUERY = f"""SELECT DISTINCT ?g ?s ?p ?o WHERE {{
  {{ SELECT DISTINCT ?s WHERE {{
    {{ VALUES ?s {{ %(node)s }} }}
    UNION {{ %(node)s {OWNS} ?s }}
    UNION {{ GRAPH ?h {{ %(node)s {OWNS} ?s }} }}
    UNION {{ GRAPH ?h {{ ?s mq:describes %(node)s }} }}
    UNION {{ GRAPH ?h {{ ?r mq:describes %(node)s ; {OWNS} ?s }} }}
    UNION {{ ?s {"|".join(ABOUT)} %(node)s }}
  }} }}
  {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }}
}}"""


def node(iri: str) -> NamedNode:
    """Return an IRI as a term; raise BadParameter when it is none."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise BadParameter(f"{iri!r} is not an IRI: {error}") from error


def query(iri: str) -> str:
    """Return the SELECT query for the quads that describe a thing."""
    return QUERY % {"node": node(iri)}


def quads(body: bytes) -> list[Quad]:
    """Return the quads of an answer to `query` in SPARQL JSON."""
    rows = parse_query_results(body, format=QueryResultsFormat.JSON)
    assert isinstance(rows, QuerySolutions)
    return list(_quads(rows))


def _quads(rows: Iterable[Iterable[object]]) -> Iterator[Quad]:
    for graph, subject, predicate, value in rows:
        assert isinstance(subject, NamedNode | BlankNode)
        assert isinstance(predicate, NamedNode)
        assert isinstance(value, NamedNode | BlankNode | Literal)
        home = graph if isinstance(graph, NamedNode | BlankNode) else DefaultGraph()
        yield Quad(subject, predicate, value, home)
