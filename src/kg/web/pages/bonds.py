"""The bonds of an organisation's members, read once for all days."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import partial

from kg.vocab import local
from kg.web.membership import MEMBER_ROLES, held
from kg.web.pages.facts import Promise
from kg.web.pages.values import ANSWERS, text
from kg.web.site import site

__all__ = ["Bond", "Spell", "bonds", "members", "owed"]

MEMBERS = """SELECT ?m ?member ?role ?from ?until ?attested ?source ?sFrom ?sUntil WHERE {
  ?m mq:organisation <%s> ; mq:member ?member .
  OPTIONAL { ?m mq:role ?role } OPTIONAL { ?m mq:from ?from } OPTIONAL { ?m mq:until ?until }
  OPTIONAL { ?m mq:lastAttested ?attested } OPTIONAL { ?m mq:source ?source }
  OPTIONAL { ?m mq:suspension ?s . ?s mq:from ?sFrom OPTIONAL { ?s mq:until ?sUntil } }
} ORDER BY ?member ?from ?m"""
INSIDE = """{ SELECT DISTINCT %s WHERE { ?m mq:organisation <%s> ; mq:member %s ;
  mq:role <https://w3id.org/mithaq/scheme/member-role/member> } }"""
PAIRS = """SELECT ?a ?x WHERE { %s ?a mq:party ?x ; a mq:BilateralAgreement }"""
SPELLS = """SELECT ?a ?from ?until ?status WHERE {
  { SELECT ?a WHERE { %s ?a mq:party ?x ; a mq:BilateralAgreement }
    GROUP BY ?a HAVING(COUNT(?x) = 2) }
  ?a mq:statusSpell ?spell . ?spell mq:from ?from ; mq:until ?until ; mq:status ?status }"""
OWED = """SELECT ?c ?from ?to ?kind ?first ?after ?a WHERE { %s
  ?c mq:obligor ?from ; mq:obligee ?to ; mq:kind ?kind ;
    mq:holdsFrom ?first ; mq:holdsUntil ?after .
  FILTER(?kind IN (commitment:defence, commitment:consultation)) ?a mq:commitment ?c }"""


@dataclass(frozen=True)
class Spell:
    """One spell of membership."""

    member: str
    since: str
    until: str
    attested: str
    suspensions: tuple[tuple[str, str], ...]
    source: str

    def suspended(self, day: datetime.date) -> bool:
        """Say whether the membership was suspended on a day."""
        then = day.isoformat()
        return any(
            then[: len(since)] >= since and (not until or then[: len(until)] < until)
            for since, until in self.suspensions
        )

    def on(self, day: datetime.date) -> bool:
        """Say whether it was a member on a day; a year is taken from its start to its end."""
        return held(self.since, self.until, day.isoformat())


@dataclass(frozen=True)
class Bond:
    """A bilateral agreement of two members, with its spells of status."""

    agreement: str
    one: str
    two: str
    spells: tuple[tuple[str, str, str], ...]

    def answer(self, day: datetime.date) -> str:
        """Return the answer to "in force on that day?"; "no" before it was signed."""
        then = day.isoformat()
        for since, until, answer in self.spells:
            if since <= then < until:
                return answer
        return "no"


def members(iri: str) -> tuple[Spell, ...]:
    """Return the memberships of an organisation, observers and the invited left out."""
    spells: dict[str, Spell] = {}
    for row in site().graph.select(MEMBERS % iri):
        if local(text(row, "role")) not in (*MEMBER_ROLES, ""):
            continue
        key = row["m"]["value"]
        past = spells[key].suspensions if key in spells else ()
        if "sFrom" in row:
            past = (*past, (text(row, "sFrom"), text(row, "sUntil")))
        spells[key] = Spell(
            row["member"]["value"],
            text(row, "from"),
            text(row, "until"),
            text(row, "attested"),
            past,
            text(row, "source"),
        )
    return tuple(spells.values())


def bonds(iri: str) -> tuple[Bond, ...]:
    """Return the bilateral agreements of the members, whenever they were members."""
    return site().graph.once(("bonds", iri), partial(_bonds, iri))


def owed(iri: str) -> tuple[Promise, ...]:
    """Return what the members promised of defence and consultation, whoever to."""
    return site().graph.once(("owed", iri), partial(_owed, iri))


def _bonds(iri: str) -> tuple[Bond, ...]:
    inside = INSIDE % ("?x", iri, "?x")
    parties: defaultdict[str, list[str]] = defaultdict(list)
    for row in site().graph.select(PAIRS % inside):
        parties[row["a"]["value"]].append(row["x"]["value"])
    spells: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for row in site().graph.select(SPELLS % inside):
        answer = ANSWERS.get(local(row["status"]["value"]), "unknown")
        span = (row["from"]["value"][:10], row["until"]["value"][:10], answer)
        spells[row["a"]["value"]].append(span)
    found = []
    for agreement, pair in parties.items():
        if len(pair) == 2:
            one, two = sorted(pair)
            found.append(Bond(agreement, one, two, tuple(spells[agreement])))
    return tuple(found)


def _owed(iri: str) -> tuple[Promise, ...]:
    rows = site().graph.select(OWED % (INSIDE % ("?from", iri, "?from")))
    keys = ("c", "a", "from", "to", "kind", "first", "after")
    return tuple(Promise(*(row[key]["value"] for key in keys)) for row in rows)
