"""A state: whom it can call on, with whom it agreed what, and where it belongs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.vocab import local
from kg.web.frame import Frame
from kg.web.lives import absent, life
from kg.web.names import Ref, name, names, of_kind, ref
from kg.web.pages.absences import Absence, Departed, absences, between, departed
from kg.web.pages.belonging import Membership, Succession, memberships, predecessors, successions
from kg.web.pages.bonds import members
from kg.web.pages.facts import Facts, facts, frames, present
from kg.web.pages.support import Kind, support
from kg.web.pages.tables import Decades, decades
from kg.web.pages.values import Line, When, tally, text, when
from kg.web.register import register
from kg.web.site import site
from kg.web.terms import iri_of

__all__ = ["Entry", "Index", "Page", "Partner", "index", "view"]

IDENTITY = """SELECT ?p ?o WHERE { VALUES ?p { mq:existedFrom mq:existedUntil mq:iso3 mq:iso2
  mq:m49 mq:cowCode mq:cowAbbreviation mq:gwCode skos:exactMatch skos:altLabel skos:scopeNote }
  <%s> ?p ?o } ORDER BY ?p ?o"""
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
    #: The last day of a state that ended before the day.
    until: When


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
    #: What is to be said where the state did not exist on the day, and no other stands for it.
    absent: Absence | None
    kinds: tuple[Kind, ...]
    departed: tuple[Departed, ...]
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
    book, carried = register(), [states] if frame.succession else []
    iris = book.of(states)
    found, gone = facts(iris, frame.day, carried), absent(frame.day, carried)
    inside = present(iris, frame.day)

    def there(who: str, line: Line) -> bool:
        """Say whether one existed, and was in a pact of several, on the day."""
        return who not in gone and (not line.plurilateral or who in inside.get(line.iri, ()))

    owed = [promise for state in states for promise in book.owed_to.get(state, ())]
    owes = [promise for state in states for promise in book.owed_by.get(state, ())]
    told = _identity(iri)
    lines = found.latest()
    nobody = gone.issuperset(states)
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
            there,
            frame.day,
        ),
        absent=absences([iri], gone, frame.day)[0] if nobody else None,
        departed=() if nobody else departed(states, found, frame.day),
        decades=decades(found),
        partners=_partners(states, found, frame.day.isoformat()),
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
    spells = members(iri_of(f"organisation/{WHOSE}"))
    inside = {spell.member for spell in spells if spell.on(frame.day)}
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


def _partners(states: tuple[str, ...], found: Facts, day: str) -> tuple[Partner, ...]:
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
    own = states[0]
    return tuple(
        Partner(
            ref(party),
            between(own, party),
            total[party],
            force[party],
            latest[party],
            when(life(party).until if life(party).ended(day) else ""),
        )
        for party in order
    )
