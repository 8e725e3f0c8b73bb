"""What a state belongs to, came from and became."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from kg.vocab import local
from kg.web.names import Ref, Source, ref, translated
from kg.web.pages.values import When, chips, text, when
from kg.web.site import Row, site

__all__ = [
    "Membership",
    "Succession",
    "memberships",
    "neighbours",
    "predecessors",
    "successions",
]

MEMBERSHIPS = """SELECT ?m ?organisation ?role ?from ?until ?attested ?source ?sFrom ?sUntil
WHERE {
  ?m mq:member <%s> ; mq:organisation ?organisation .
  OPTIONAL { ?m mq:role/skos:prefLabel ?role } OPTIONAL { ?m mq:from ?from }
  OPTIONAL { ?m mq:until ?until } OPTIONAL { ?m mq:lastAttested ?attested }
  OPTIONAL { ?m mq:source ?source }
  OPTIONAL { ?m mq:suspension ?s . ?s mq:from ?sFrom OPTIONAL { ?s mq:until ?sUntil } }
} ORDER BY ?organisation ?from ?m ?sFrom"""
SUCCESSIONS = """SELECT ?before ?after ?kind ?on ?contested ?source WHERE {
  ?s mq:predecessor ?before ; mq:successor ?after .
  OPTIONAL { ?s mq:kind/skos:prefLabel ?kind } OPTIONAL { ?s mq:on ?on }
  OPTIONAL { ?s mq:contested ?contested } OPTIONAL { ?s mq:source ?source }
} ORDER BY ?on ?before ?after"""


@dataclass(frozen=True)
class Membership:
    """One spell in one organisation."""

    organisation: Ref
    role: Ref
    since: When
    until: When
    attested: When
    #: yes or no; a membership that no source ends goes on after its last attestation
    answer: str
    suspended: tuple[tuple[When, When], ...]
    chips: tuple[Source, ...]


@dataclass(frozen=True)
class Succession:
    """The passing from one state to another, seen from one of them."""

    other: Ref
    iri: str
    kind: Ref
    on: When
    contested: bool
    chips: tuple[Source, ...]


def memberships(iri: str, day: datetime.date) -> tuple[Membership, ...]:
    """Return the memberships of a state, those of the day first."""
    spells: dict[str, list[Row]] = {}
    for row in site().graph.select(MEMBERSHIPS % iri):
        spells.setdefault(row["m"]["value"], []).append(row)
    found = [_membership(rows, day) for rows in spells.values()]
    order = {"yes": 0, "no": 1}
    return tuple(sorted(found, key=lambda one: (order[one.answer], one.organisation.text)))


def successions(iri: str) -> tuple[tuple[Succession, ...], tuple[Succession, ...]]:
    """Return what came before a state and what came after."""
    rows = site().graph.keep(SUCCESSIONS)
    before = [_succession(row, "before") for row in rows if text(row, "after") == iri]
    after = [_succession(row, "after") for row in rows if text(row, "before") == iri]
    return tuple(before), tuple(after)


def neighbours(iri: str, *, after: bool) -> tuple[str, ...]:
    """Return the successors of a state or else its predecessors, a continuing state first."""
    here, there = ("before", "after") if after else ("after", "before")
    rows = [row for row in site().graph.keep(SUCCESSIONS) if text(row, here) == iri]
    rows.sort(key=lambda row: (text(row, "kind") != "Continuation", text(row, there)))
    return tuple(dict.fromkeys(text(row, there) for row in rows))


def predecessors(iri: str) -> tuple[str, ...]:
    """Return the predecessors of a state and theirs, contested ones left out."""
    found: dict[str, None] = {}
    left = [iri]
    while left:
        state = left.pop()
        for row in site().graph.keep(SUCCESSIONS):
            before = text(row, "before")
            if text(row, "after") != state or before in found or text(row, "contested") == "true":
                continue
            found[before] = None
            left.append(before)
    found.pop(iri, None)
    return tuple(found)


def _membership(rows: list[Row], day: datetime.date) -> Membership:
    row = rows[0]
    since, until, attested = (text(row, key) for key in ("from", "until", "attested"))
    spells = ((when(text(one, "sFrom")), when(text(one, "sUntil"))) for one in rows)
    return Membership(
        ref(row["organisation"]["value"]),
        translated(text(row, "role")),
        when(since),
        when(until),
        when(attested),
        _answer(since, until, day.isoformat()),
        tuple(spell for spell in spells if spell[0]),
        chips([row["source"]["value"]] if "source" in row else []),
    )


def _answer(since: str, until: str, day: str) -> str:
    """Return whether it is one on a day, as `bonds.Spell.on` says of an organisation."""
    begun = not since or day[: len(since)] >= since
    return "yes" if begun and (not until or day[: len(until)] < until) else "no"


def _succession(row: Row, side: str) -> Succession:
    iri = row[side]["value"]
    return Succession(
        ref(iri),
        local(iri),
        translated(text(row, "kind")),
        when(text(row, "on")),
        text(row, "contested") == "true",
        chips([row["source"]["value"]] if "source" in row else []),
    )
