"""The bonds of an organisation's members, read once for all days."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from functools import partial

from kg.vocab import local
from kg.web.membership import MEMBER_ROLES, held
from kg.web.pages.values import ANSWERS, text
from kg.web.register import Promise, register
from kg.web.site import site

__all__ = ["Bond", "Spell", "bonds", "members", "owed"]

MEMBERS = """SELECT ?m ?member ?role ?from ?until ?attested ?source ?sFrom ?sUntil WHERE {
  ?m mq:organisation <%s> ; mq:member ?member .
  OPTIONAL { ?m mq:role ?role } OPTIONAL { ?m mq:from ?from } OPTIONAL { ?m mq:until ?until }
  OPTIONAL { ?m mq:lastAttested ?attested } OPTIONAL { ?m mq:source ?source }
  OPTIONAL { ?m mq:suspension ?s . ?s mq:from ?sFrom OPTIONAL { ?s mq:until ?sUntil } }
} ORDER BY ?member ?from ?m"""
INSIDE = """SELECT DISTINCT ?x WHERE { ?m mq:organisation <%s> ; mq:member ?x ;
  mq:role <https://w3id.org/mithaq/scheme/member-role/member> }"""
#: Kinds of promise that an organisation's page counts.
COUNTED = ("defence", "consultation")


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
    return register().once(("bonds", iri), partial(_bonds, iri))


def owed(iri: str) -> tuple[Promise, ...]:
    """Return what the members promised of defence and consultation, whoever to."""
    return register().once(("owed", iri), partial(_owed, iri))


def _bonds(iri: str) -> tuple[Bond, ...]:
    book, inside = register(), set(site().graph.column(INSIDE % iri))
    found = []
    for agreement in book.of(sorted(inside)):
        one = book.agreements[agreement]
        if one.bilateral and len(one.parties) == 2 and inside.issuperset(one.parties):
            one_side, other = sorted(one.parties)
            spells = ((it.first[:10], it.after[:10], _answer(it.status)) for it in one.spells)
            found.append(Bond(agreement, one_side, other, tuple(spells)))
    return tuple(found)


def _answer(status: str) -> str:
    return ANSWERS.get(local(status), "unknown")


def _owed(iri: str) -> tuple[Promise, ...]:
    owes, inside = register().owed_by, site().graph.column(INSIDE % iri)
    found = (
        replace(promise, condition="")
        for state in inside
        for promise in owes.get(state, ())
        if local(promise.kind) in COUNTED
    )
    return tuple(dict.fromkeys(found))
