"""What an agreement may be, what it was judged to be, and what it does to others."""

from __future__ import annotations

from dataclasses import dataclass

from kg.vocab import local
from kg.web.names import Ref, Source, ref
from kg.web.pages.reasons import Reason, reason
from kg.web.pages.values import When, chips, text, title, uri, when
from kg.web.site import Row, site

__all__ = ["Identity", "Related", "identities", "judged", "relations"]

JUDGED = """SELECT DISTINCT ?agreement WHERE {
  ?by mq:claim|mq:candidate|mq:relatingAgreement|mq:relatedAgreement ?agreement }"""

IDENTITIES = """SELECT ?m ?other ?title ?signed ?evidence ?rank ?verdict ?reason ?method
  ?score ?claims WHERE { { ?m mq:claim <%s> ; mq:candidate ?other BIND(true AS ?claims) }
  UNION { ?m mq:candidate <%s> ; mq:claim ?other BIND(false AS ?claims) }
  OPTIONAL { ?other skos:prefLabel ?title } OPTIONAL { ?other mq:signedOn ?signed }
  OPTIONAL { ?other mq:evidence ?evidence } OPTIONAL { ?m mq:rank ?rank }
  OPTIONAL { ?m mq:verdict ?verdict } OPTIONAL { ?m mq:reason ?reason }
  OPTIONAL { ?m mq:method ?method } OPTIONAL { ?m mq:score ?score } } ORDER BY ?m"""
RELATIONS = """SELECT ?r ?kind ?other ?title ?signed ?source ?later WHERE {
  { ?r mq:relatingAgreement <%s> ; mq:relatedAgreement ?other BIND(true AS ?later) }
  UNION { ?r mq:relatedAgreement <%s> ; mq:relatingAgreement ?other BIND(false AS ?later) }
  OPTIONAL { ?r mq:kind ?kind } OPTIONAL { ?other skos:prefLabel ?title }
  OPTIONAL { ?other mq:signedOn ?signed } OPTIONAL { ?r mq:source ?source } } ORDER BY ?r"""


@dataclass(frozen=True)
class Identity:
    """A judgement whether two agreements are one."""

    other: Ref
    signed: When
    evidence: str
    verdict: str
    words: Ref
    reason: Reason
    method: str
    rank: int
    #: Whether this page's agreement is the one in question.
    claims: bool


@dataclass(frozen=True)
class Related:
    """What this agreement does to another, or another to it."""

    kind: Ref
    other: Ref
    signed: When
    #: Whether this page's agreement is the later, which acts.
    acts: bool
    chips: tuple[Source, ...]


def judged() -> frozenset[str]:
    """Return the agreements of which there is a judgement or a relation: most have none."""
    graph = site().graph
    return graph.once("judged", lambda: frozenset(row[0] for row in graph.rows(JUDGED)))


def identities(iri: str) -> tuple[Identity, ...]:
    """Return the judgements about an agreement: its candidates by rank, then the others."""
    rows = {row["m"]["value"]: row for row in site().graph.select(IDENTITIES % (iri, iri))}
    found = [_identity(row) for row in rows.values()]
    return tuple(sorted(found, key=lambda one: (not one.claims, one.rank, one.other.text)))


def relations(iri: str) -> tuple[Related, ...]:
    """Return the relations of an agreement, what it does to others first."""
    rows = site().graph.select(RELATIONS % (iri, iri))
    found = [
        Related(
            ref(row["kind"]["value"]) if "kind" in row else Ref(""),
            title(row.get("title"), row["other"]["value"]),
            when(text(row, "signed")),
            text(row, "later") == "true",
            chips([row["source"]["value"]] if "source" in row else []),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: not one.acts))


def _identity(row: Row) -> Identity:
    rank = text(row, "rank")
    return Identity(
        title(row.get("title"), row["other"]["value"]),
        when(text(row, "signed")),
        uri(row, "evidence") or "attested",
        uri(row, "verdict") or "candidate",
        ref(row["verdict"]["value"]) if "verdict" in row else Ref("candidate"),
        reason(text(row, "reason")),
        local(text(row, "method"))
        if text(row, "method").startswith("http")
        else text(row, "method"),
        int(rank) if rank.isdigit() else 99,
        text(row, "claims") == "true",
    )
