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
    Store,
    parse_query_results,
)

from kg.errors import BadParameter
from kg.vocab import MQ, PREFIXES

__all__ = ["ABOUT", "PARTS", "among", "node", "quads", "query"]

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
_OWNS = tuple(NamedNode(MQ + name) for name in PARTS)
_SPACES = {"mq": MQ, "skos": PREFIXES["skos"]}
_ABOUT = tuple(
    NamedNode(_SPACES[prefix] + name) for prefix, _, name in (one.partition(":") for one in ABOUT)
)
DESCRIBES = NamedNode(MQ + "describes")
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


def among(store: Store, iri: str) -> list[Quad]:
    """Return the quads that describe a thing, as `query` finds them, from a store at hand."""
    thing = node(iri)
    found: dict[NamedNode | BlankNode, None] = {thing: None}
    records = [q for q in store.quads_for_pattern(None, DESCRIBES, thing, None) if _apart(q)]
    found |= dict.fromkeys(record.subject for record in records)  # type: ignore[misc]
    for part in _OWNS:
        owned = [*store.quads_for_pattern(thing, part, None, None)]
        for record in records:
            owned += store.quads_for_pattern(record.subject, part, None, record.graph_name)
        found |= dict.fromkeys(quad.object for quad in owned)  # type: ignore[misc]
    for about in _ABOUT:
        said = store.quads_for_pattern(None, about, thing, DefaultGraph())
        found |= dict.fromkeys(quad.subject for quad in said)  # type: ignore[misc]
    return [
        quad
        for one in found
        if not isinstance(one, Literal)
        for quad in store.quads_for_pattern(one, None, None, None)
    ]


def _apart(quad: Quad) -> bool:
    return not isinstance(quad.graph_name, DefaultGraph)


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
