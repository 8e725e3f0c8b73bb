"""A state: whom it can call on, with whom it agreed what, and where it belongs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.vocab import local
from kg.web.frame import Frame
from kg.web.names import Ref, name, names, of_kind, ref
from kg.web.pages.belonging import Membership, Succession, memberships, predecessors, successions
from kg.web.pages.facts import Facts, facts, frames, present
from kg.web.pages.support import Kind, support
from kg.web.pages.tables import Decades, decades
from kg.web.pages.values import Line, When, tally, text, when
from kg.web.register import register
from kg.web.site import site

__all__ = ["Entry", "Index", "Page", "Partner", "index", "view"]

IDENTITY = """SELECT ?p ?o WHERE { VALUES ?p { mq:existedFrom mq:existedUntil mq:iso3 mq:iso2
  mq:m49 mq:cowCode mq:cowAbbreviation mq:gwCode skos:exactMatch skos:altLabel skos:scopeNote }
  <%s> ?p ?o } ORDER BY ?p ?o"""
MEMBERS = """SELECT ?organisation ?state WHERE { ?m mq:organisation ?organisation ; 
  mq:member ?state ; mq:role <https://w3id.org/mithaq/scheme/member-role/member> ; mq:from ?from .
  OPTIONAL { ?m mq:until ?until }
  FILTER(STR(?from) <= "%s" && COALESCE(STR(?until) > "%s", true)) }"""
CODES = {
    "iso3": "ISO 3166-1",
    "iso2": "ISO 3166-1 (2)",
    "m49": "UN M49",
    "cowCode": "Correlates of War",
    "cowAbbreviation": "Correlates of War (letters)",
    "gwCode": "Gleditsch–Ward",
}
#: The organisation whose members the graph is about.
WHOSE = "OIC"
NEWEST = 8


@dataclass(frozen=True)
class Partner:
    """Another party: how many agreements in all, and how many are in force or may be."""

    ref: Ref
    pair: str | None
    count: int
    force: int
    latest: When


@dataclass(frozen=True)
class Page:
    """What the page of a state shows."""

    iri: str
    key: str
    name: Ref
    others: tuple[Ref, ...]
    since: When
    until: When
    note: str
    total: int
    force: dict[str, int]
    kinds: tuple[Kind, ...]
    decades: Decades
    partners: tuple[Partner, ...]
    memberships: tuple[Membership, ...]
    before: tuple[Succession, ...]
    after: tuple[Succession, ...]
    included: tuple[Ref, ...]
    codes: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    newest: tuple[Line, ...]


@dataclass(frozen=True)
class Entry:
    """A state in the list of states."""

    ref: Ref
    key: str


@dataclass(frozen=True)
class Index:
    """The states: members on the day, the others; and the organisations."""

    members: tuple[Ref, ...]
    others: tuple[Ref, ...]
    organisations: tuple[Ref, ...]


def view(iri: str, frame: Frame) -> Page:
    """Return the page of a state on a day."""
    before, after = successions(iri)
    states = (iri, *predecessors(iri)) if frame.succession else (iri,)
    book = register()
    iris = book.of(states)
    found = facts(iris, frame.day)
    owed = [promise for state in states for promise in book.owed_to.get(state, ())]
    owes = [promise for state in states for promise in book.owed_by.get(state, ())]
    told = _identity(iri)
    lines = found.latest()
    return Page(
        iri=iri,
        key=local(iri),
        name=name(iri),
        others=_others(iri),
        since=when(told.get("existedFrom", "")),
        until=when(told.get("existedUntil", "")),
        note=told.get("scopeNote", ""),
        total=len(lines),
        force=tally(lines),
        kinds=support(
            states,
            found,
            owed,
            owes,
            frames(iris),
            present(iris, frame.day),
            frame.day,
        ),
        decades=decades(found),
        partners=_partners(states, found),
        memberships=memberships(iri, frame.day),
        before=before,
        after=after,
        included=tuple(ref(state) for state in states[1:]),
        codes=tuple((label, told[key]) for key, label in CODES.items() if key in told),
        links=tuple(told.get("exactMatch", "").split()),
        newest=tuple(reversed(_signed_by(lines, frame)[-NEWEST:])),
    )


def index(frame: Frame) -> Index:
    """Return the states and organisations by name."""
    rows = site().graph.select(MEMBERS % (frame.day, frame.day))
    inside = {
        row["state"]["value"] for row in rows if local(row["organisation"]["value"]) == WHOSE
    }
    states = sorted((ref(iri) for iri in of_kind("State")), key=str)
    member = {ref(iri).href for iri in inside}
    return Index(
        tuple(state for state in states if state.href in member),
        tuple(state for state in states if state.href not in member),
        tuple(sorted((ref(iri) for iri in of_kind("Organisation")), key=str)),
    )


def _signed_by(lines: list[Line], frame: Frame) -> list[Line]:
    """Return what was signed by the day, as far as dates tell."""
    day = frame.day.isoformat()
    return [line for line in lines if line.signed and line.signed.machine <= day]


def _identity(iri: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in site().graph.select(IDENTITY % iri):
        key, value = local(row["p"]["value"]), text(row, "o")
        found[key] = f"{found[key]} {value}" if key in found else value
    return found


def _others(iri: str) -> tuple[Ref, ...]:
    """Return its names in the other languages, each once."""
    shown = name(iri).text
    found: dict[str, str] = {}
    for language, label in names().get(iri, {}).items():
        if label != shown:
            found.setdefault(label, language)
    return tuple(Ref(label, None, language) for label, language in found.items())


def _partners(states: tuple[str, ...], found: Facts) -> tuple[Partner, ...]:
    """Return the partners of bilateral agreements, those with the most first."""
    total: Counter[str] = Counter()
    force: Counter[str] = Counter()
    latest: dict[str, When] = {}
    for line in found.latest():
        if line.plurilateral:
            continue
        for party in line.parties:
            if party not in states:
                total[party] += 1
                force[party] += line.status.answer in ("yes", "unknown")
                latest[party] = line.signed if line.signed else latest.get(party, line.signed)
    order = sorted(total, key=lambda party: (-total[party], party))
    own = local(states[0])
    return tuple(
        Partner(ref(party), _pair(own, party), total[party], force[party], latest[party])
        for party in order
    )


def _pair(own: str, party: str) -> str | None:
    return f"/between/{'/'.join(sorted((own, local(party))))}" if "/state/" in party else None
