"""A field of cooperation: what it means, who works in it with whom, and who covers it."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from kg.vocab import local
from kg.web.frame import Frame
from kg.web.names import Ref, Source, clean, name, ref
from kg.web.pages.coverage import broader, coverages
from kg.web.pages.facts import facts
from kg.web.pages.tables import bars, decade
from kg.web.pages.values import Bar, Line, When, chips, text, when
from kg.web.register import register
from kg.web.site import site

__all__ = ["Entry", "Page", "index", "view"]

ABOUT = """SELECT ?p ?o WHERE { VALUES ?p { skos:definition skos:scopeNote skos:altLabel
  skos:broader skos:exactMatch skos:closeMatch skos:inScheme } <%s> ?p ?o } ORDER BY ?p ?o"""
NARROWER = "SELECT ?x WHERE { ?x skos:broader <%s> } ORDER BY ?x"
TREE = """SELECT ?x ?up ?definition ?n WHERE { ?x skos:inScheme sch:domain
  OPTIONAL { ?x skos:broader ?up } OPTIONAL { ?x skos:definition ?definition }
  OPTIONAL { SELECT ?x (COUNT(?a) AS ?n) WHERE { ?a mq:coversDomainOrNarrower ?x } GROUP BY ?x } }
  ORDER BY ?x"""
NEWEST = 12


@dataclass(frozen=True)
class Page:
    """What the page of a field shows."""

    iri: str
    name: Ref
    definition: str
    words: tuple[str, ...]
    above: tuple[Ref, ...]
    below: tuple[Ref, ...]
    total: int
    bars: tuple[Bar, ...]
    states: tuple[tuple[Ref, int], ...]
    newest: tuple[Line, ...]
    chips: tuple[tuple[Source, When, When], ...]
    same: tuple[str, ...]
    #: Whether it is a field of cooperation; other concepts have no agreements of their own.
    field: bool


@dataclass(frozen=True)
class Entry:
    """A field in the list, with the narrower ones."""

    ref: Ref
    definition: str
    count: int
    below: tuple[Entry, ...]


def view(iri: str, frame: Frame) -> Page:
    """Return the page of a field: agreements signed up to the day."""
    told: dict[str, list[str]] = {}
    for row in site().graph.select(ABOUT % iri):
        told.setdefault(local(row["p"]["value"]), []).append(row["o"]["value"])
    then = frame.day.isoformat()
    book = register()
    within = [book.agreements[one] for one in book.in_field.get(iri, ())]
    days = {one.iri: one.earliest for one in within}
    states = Counter(party for one in within for party in one.parties)
    most = sorted(states.items(), key=lambda item: (-item[1], item[0]))[:30]
    signed = {one: day for one, day in days.items() if not frame.chosen or (day and day <= then)}
    covered = [
        one for one in coverages() if one.fields & broader(iri) or _all(one.fields, one.kinds)
    ]
    return Page(
        iri=iri,
        name=name(iri),
        definition=clean(" ".join(told.get("definition", ()))),
        words=tuple(clean(word) for word in told.get("altLabel", ())),
        above=tuple(ref(up) for up in told.get("broader", ())),
        below=tuple(ref(row["x"]["value"]) for row in site().graph.select(NARROWER % iri)),
        total=len(signed),
        bars=bars(decade(day) for day in signed.values()),
        states=tuple((ref(state), count) for state, count in most),
        newest=_newest(signed, frame.day),
        chips=tuple(
            (chips([one.source])[0], when(one.since[:4]), when(one.until[:4])) for one in covered
        ),
        same=tuple(told.get("exactMatch", ())),
        field=any(local(scheme) == "domain" for scheme in told.get("inScheme", ())),
    )


def index() -> tuple[Entry, ...]:
    """Return the fields as a tree, the broad ones by how many agreements they have."""
    rows = site().graph.keep(TREE)
    below: dict[str, list[str]] = {}
    for row in rows:
        below.setdefault(text(row, "up"), []).append(row["x"]["value"])
    about = {row["x"]["value"]: row for row in rows}

    def entries(up: str) -> tuple[Entry, ...]:
        found = [
            Entry(
                ref(iri),
                clean(text(about[iri], "definition")),
                int(text(about[iri], "n") or 0),
                entries(iri),
            )
            for iri in dict.fromkeys(below.get(up, ()))
        ]
        return tuple(sorted(found, key=lambda entry: (-entry.count, entry.ref.text)))

    return entries("")


def _all(fields: frozenset[str], kinds: frozenset[str]) -> bool:
    return not fields and not kinds


def _newest(days: dict[str, str], day: datetime.date) -> tuple[Line, ...]:
    order = sorted((when, iri) for iri, when in days.items() if when)[-NEWEST:]
    if not order:
        return ()
    found = facts((iri for _, iri in order), day)
    return tuple(reversed(found.latest()))
