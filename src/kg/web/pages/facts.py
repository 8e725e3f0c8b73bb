"""What the graph says of many agreements at once, in a few queries for a whole page."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kg.web.lives import absent, life
from kg.web.names import Source
from kg.web.pages.values import OPEN, Line, Mark, chips, mark, text, title, uri, when
from kg.web.site import Row, site

__all__ = [
    "Facts",
    "Promise",
    "facts",
    "living",
    "nodes",
    "present",
    "promises",
    "related",
    "statuses",
]

#: The scope of a page is a pattern that binds ?a.
LINES = """SELECT ?a ?title ?signed ?evidence ?force WHERE { %s
  ?a skos:prefLabel ?title .
  OPTIONAL { ?a mq:signedOn ?signed } OPTIONAL { ?a mq:evidence ?evidence }
  OPTIONAL { ?a mq:bindingness ?force } }"""
STATUS = """SELECT ?a ?status ?rule ?attested WHERE { %s
  ?a mq:statusSpell ?spell . ?spell mq:from ?from ; mq:until ?until ; mq:status ?status .
  FILTER(?from <= "%s"^^xsd:date && "%s"^^xsd:date < ?until)
  OPTIONAL { ?spell mq:statusRule ?rule } OPTIONAL { ?a mq:lastAttestedInForce ?attested } }"""
RELATED = "SELECT ?a ?x WHERE { %s ?a mq:%s ?x }"
MANY = "SELECT ?a WHERE { %s ?a a mq:PlurilateralAgreement }"
PRESENT = """SELECT ?a ?x WHERE { %s ?a a mq:PlurilateralAgreement ; mq:participation ?p .
  ?p mq:participant ?x ; mq:holdsFrom ?first ; mq:holdsUntil ?after .
  FILTER(?first <= "%s"^^xsd:date && "%s"^^xsd:date < ?after) }"""
PROMISES = """SELECT ?a ?c ?from ?to ?kind ?first ?after ?force ?condition WHERE { %s
  ?c mq:kind ?kind ; mq:holdsFrom ?first ; mq:holdsUntil ?after .
  ?a mq:commitment ?c .
  OPTIONAL { ?c mq:bindingness ?force } OPTIONAL { ?c mq:condition ?condition } }"""


@dataclass(frozen=True)
class Facts:
    """The agreements of a scope, each with its line, and what they are linked to."""

    lines: Mapping[str, Line]
    fields: Mapping[str, tuple[str, ...]]

    def latest(self) -> list[Line]:
        """Return the lines, the oldest first."""
        return sorted(self.lines.values(), key=lambda line: line.order)


@dataclass(frozen=True)
class Promise:
    """One commitment: who owes whom what, under which agreement, over which days."""

    iri: str
    agreement: str
    obligor: str
    obligee: str
    kind: str
    first: str
    after: str
    condition: str = ""
    binding: str = ""

    def holds(self, day: datetime.date) -> bool:
        """Say whether it holds on a day, as far as is known."""
        return self.first <= day.isoformat() < self.after


def nodes(iris: Iterable[str]) -> str:
    """Return IRIs as a VALUES block wants them."""
    return " ".join(f"<{iri}>" for iri in iris)


def facts(scope: str, day: datetime.date, carried: Iterable[Collection[str]] = ()) -> Facts:
    """Return the agreements of a scope as they are on a day.

    Those of two of which one did not exist then say so; `kg.web.lives.absent` tells what is
    carried.
    """
    graph, gone = site().graph, absent(day, carried)
    status = statuses(scope, day)
    parties, said = related(scope, "party"), related(scope, "saidBy")
    many = {row["a"]["value"] for row in graph.select(MANY % scope)}
    lines: dict[str, Line] = {}
    said_by: dict[tuple[str, ...], tuple[Source, ...]] = {}
    for row in graph.select(LINES % scope):
        iri = row["a"]["value"]
        if iri in lines and row["title"].get("xml:lang") != "en":
            continue
        its = status.get(iri) or _before(text(row, "signed"), day)
        lines[iri] = Line(
            iri,
            title(row["title"], iri),
            when(text(row, "signed")),
            its if iri in many else living(its, parties.get(iri, ()), gone, day),
            uri(row, "evidence") or "attested",
            uri(row, "force") or "unknown",
            _kept(said_by, said.get(iri, ())),
            parties.get(iri, ()),
            iri in many,
        )
    return Facts(lines, related(scope, "coversDomainOrNarrower"))


def living(found: Mark, parties: Iterable[str], gone: frozenset[str], day: datetime.date) -> Mark:
    """Return a status, or that a party had ended or not yet begun where it would be open."""
    if found.answer not in OPEN:
        return found
    lost = [life(party) for party in parties if party in gone]
    if not lost:
        return found
    ended = any(one.ended(day.isoformat()) for one in lost)
    return mark("party-ended" if ended else "party-not-begun")


def statuses(scope: str, day: datetime.date) -> dict[str, Mark]:
    """Return the status of the agreements of a scope on a day, of those that have one."""
    rows = site().graph.select(STATUS % (scope, day, day))
    return {row["a"]["value"]: _mark(row) for row in rows}


def related(scope: str, term: str) -> dict[str, tuple[str, ...]]:
    """Return the values of a property of the agreements of a scope."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in site().graph.select(RELATED % (scope, term)):
        found[row["a"]["value"]].append(row["x"]["value"])
    return {iri: tuple(values) for iri, values in found.items()}


def present(scope: str, day: datetime.date) -> dict[str, frozenset[str]]:
    """Return who takes part in each plurilateral agreement of a scope on a day."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in site().graph.select(PRESENT % (scope, day, day)):
        found[row["a"]["value"]].add(row["x"]["value"])
    return {iri: frozenset(actors) for iri, actors in found.items()}


def promises(pattern: str) -> list[Promise]:
    """Return the commitments of a pattern that binds ?c, ?from and ?to."""
    return [
        Promise(
            row["c"]["value"],
            row["a"]["value"],
            row["from"]["value"],
            row["to"]["value"],
            row["kind"]["value"],
            row["first"]["value"],
            row["after"]["value"],
            text(row, "condition"),
            uri(row, "force"),
        )
        for row in site().graph.select(PROMISES % pattern)
    ]


def _before(signed: str, day: datetime.date) -> Mark:
    """Return the mark of an agreement that has no status on a day."""
    return mark("not-yet-signed" if signed > day.isoformat() else "")


def _mark(row: Row) -> Mark:
    return mark(uri(row, "status"), text(row, "rule"), text(row, "attested"))


def _kept(
    seen: dict[tuple[str, ...], tuple[Source, ...]], iris: tuple[str, ...]
) -> tuple[Source, ...]:
    """Return the chips of sources, made once for the same sources."""
    if iris not in seen:
        seen[iris] = chips(iris)
    return seen[iris]
