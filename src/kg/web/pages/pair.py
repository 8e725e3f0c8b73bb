"""Two states: all that is between them, in order, in each direction, field by field."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.vocab import local
from kg.web.frame import Frame
from kg.web.lives import absent
from kg.web.names import Ref, Source, ref
from kg.web.pages.absences import Absence, absences
from kg.web.pages.belonging import predecessors
from kg.web.pages.coverage import broader, covering
from kg.web.pages.facts import Facts, facts, nodes, present
from kg.web.pages.strip import Strip, strip
from kg.web.pages.tables import top_fields
from kg.web.pages.values import OPEN, Line, When, tally, text, when
from kg.web.register import Promise, register
from kg.web.site import site

__all__ = ["Field", "Owed", "Page", "Spell", "address", "view"]

DATES = """SELECT ?a ?from ?until ?attested ?place WHERE { %s
  OPTIONAL { ?a mq:inForceFrom ?from } OPTIONAL { ?a mq:inForceUntil ?until }
  OPTIONAL { ?a mq:lastAttestedInForce ?attested } OPTIONAL { ?a mq:place ?place } }"""
FIELDS = "SELECT ?x WHERE { ?x skos:inScheme sch:domain } ORDER BY ?x"
#: Kinds of promise in the order of their weight; the light ones come last.
WEIGHTY = (
    "defence",
    "offence",
    "neutrality",
    "non-aggression",
    "consultation",
    "basing",
    "supply",
)
LIGHT = ("general-cooperation", "institution")
#: Answers of the agreements in a field, the one that decides first.
BEST = (*OPEN, "no", "not-yet", "gone")


@dataclass(frozen=True)
class Spell:
    """An agreement of the timeline with its days in force."""

    line: Line
    since: When
    until: When
    attested: When
    fields: tuple[Ref, ...]


@dataclass(frozen=True)
class Owed:
    """One kind of promise in one agreement, with its answer on the day each way; "" is none."""

    kind: Ref
    line: Line
    since: When
    until: When
    forward: str
    backward: str
    conditions: tuple[str, ...]

    @property
    def may_hold(self) -> bool:
        """Say whether either way leaves it open that the promise binds on the day."""
        return not {self.forward, self.backward}.isdisjoint(OPEN)


@dataclass(frozen=True)
class Field:
    """A field of cooperation and what the graph answers for the two states on the day."""

    ref: Ref
    answer: str
    count: int
    since: When
    latest: When
    chips: tuple[Source, ...]
    covered_until: When
    top: bool
    #: How many agreements with others, which may bind both on the day, are in the field.
    shared: int


@dataclass(frozen=True)
class Page:
    """What the page of two states shows."""

    keys: tuple[str, str]
    one: Ref
    two: Ref
    bilateral: tuple[tuple[str, tuple[Spell, ...]], ...]
    plurilateral: tuple[Spell, ...]
    strip: Strip | None
    owed: tuple[Owed, ...]
    covered: tuple[Field, ...]
    none_found: tuple[Field, ...]
    not_covered: tuple[Field, ...]
    total: int
    force: dict[str, int]
    included: tuple[Ref, ...]
    #: What is to be said of each of the two that did not exist on the day.
    absent: tuple[Absence, ...]
    #: Fields that no agreement of the two covers, but one with others that may bind both.
    shared: tuple[Field, ...]

    @property
    def lively(self) -> tuple[Owed, ...]:
        """Return the promises that may hold on the day."""
        return tuple(one for one in self.owed if one.may_hold)


def address(a: str, b: str) -> str:
    """Return the address of the page of two states, whatever their order and case."""
    one, two = sorted((a.upper(), b.upper()))
    return f"/between/{one}/{two}"


def view(one: str, two: str, frame: Frame) -> Page:
    """Return the page of two states on a day."""
    sides = [(iri, *(predecessors(iri) if frame.succession else ())) for iri in (one, two)]
    book, carried = register(), sides if frame.succession else []
    between = sorted(set(book.of(sides[0])) & set(book.of(sides[1])))
    found, gone = facts(between, frame.day, carried), absent(frame.day, carried)
    spells = _spells(f"VALUES ?a {{ {nodes(between)} }}", found)
    bilateral = [spell for spell in spells if not spell.line.plurilateral]
    there = present(between, frame.day)
    fields = _fields(sides, found, there, frame.day)
    return Page(
        keys=(local(one), local(two)),
        one=ref(one),
        two=ref(two),
        bilateral=_by_decade(bilateral),
        plurilateral=tuple(spell for spell in spells if spell.line.plurilateral),
        strip=strip(spell.line for spell in bilateral),
        owed=_owed(sides, found, there, frame.day),
        covered=tuple(field for field in fields if field.count),
        none_found=tuple(one for one in fields if one.answer == "none" and not one.shared),
        not_covered=tuple(one for one in fields if one.answer == "not-covered" and not one.shared),
        shared=tuple(one for one in fields if one.shared and not one.count),
        absent=absences((one, two), gone, frame.day),
        total=len(bilateral),
        force=tally(spell.line for spell in bilateral),
        included=tuple(ref(iri) for side in sides for iri in side[1:]),
    )


def _spells(scope: str, found: Facts) -> list[Spell]:
    dates = {row["a"]["value"]: row for row in site().graph.select(DATES % scope)}
    spells = []
    for line in found.latest():
        row = dates.get(line.iri, {})
        narrow = _narrowest(found.fields.get(line.iri, ()))
        spells.append(
            Spell(
                line,
                when(text(row, "from")),
                when(text(row, "until")),
                when(text(row, "attested")),
                tuple(ref(field) for field in narrow),
            )
        )
    return spells


def _narrowest(fields: tuple[str, ...]) -> list[str]:
    """Return the fields that no other of them is within."""
    above = {up for field in fields for up in broader(field) if up != field}
    return [field for field in fields if field not in above]


def _by_decade(spells: Iterable[Spell]) -> tuple[tuple[str, tuple[Spell, ...]], ...]:
    found: defaultdict[str, list[Spell]] = defaultdict(list)
    for spell in spells:
        found[spell.line.signed.decade].append(spell)
    return tuple((decade, tuple(those)) for decade, those in found.items())


def _owed(
    sides: list[tuple[str, ...]],
    found: Facts,
    there: dict[str, frozenset[str]],
    day: datetime.date,
) -> tuple[Owed, ...]:
    """Return what the two owe each other, the weightiest kind first."""
    every, then = {*sides[0], *sides[1]}, day.isoformat()
    owes = register().owed_by
    groups: defaultdict[tuple[str, str], list[Promise]] = defaultdict(list)
    for promise in (one for state in sorted(every) for one in owes.get(state, ())):
        if promise.obligee in every and promise.agreement in found.lines:
            groups[promise.kind, promise.agreement].append(promise)
    owed = []
    for (kind, agreement), those in groups.items():
        line = found.lines[agreement]
        ways = []
        for side in sides:
            its = [one for one in those if one.obligor in side]
            took_part = not line.plurilateral or agreement in there
            holds = took_part and any(one.holds(then) for one in its)
            open_ = line.status.answer in OPEN
            ways.append((line.status.answer if holds or not open_ else "no") if its else "")
        conditions = tuple(sorted({one.condition for one in those if one.condition}))
        first, after = min(one.first for one in those), max(one.after for one in those)
        owed.append(Owed(ref(kind), line, when(first), when(after), ways[0], ways[1], conditions))
    return tuple(sorted(owed, key=_weight))


def _weight(one: Owed) -> tuple[int, int, str, tuple[str, str]]:
    """Put what may hold first, then the kinds by weight."""
    key = (one.kind.href or "").rsplit("/", 1)[-1]
    place = WEIGHTY.index(key) if key in WEIGHTY else 50 + (key in LIGHT)
    return (not one.may_hold, place, one.kind.text, one.line.order)


def _fields(
    sides: list[tuple[str, ...]],
    found: Facts,
    there: dict[str, frozenset[str]],
    day: datetime.date,
) -> list[Field]:
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    shared: Counter[str] = Counter()
    for line in found.latest():
        inside = there.get(line.iri, frozenset())
        both = all(not inside.isdisjoint(side) for side in sides)
        for field in found.fields.get(line.iri, ()):
            if not line.plurilateral:
                lines[field].append(line)
            elif both and line.status.answer in OPEN:
                shared[field] += 1
    every = [row["x"]["value"] for row in site().graph.keep(FIELDS)]
    fields = [_field(one, lines[one], shared[one], sides, day) for one in every]
    return sorted(fields, key=lambda field: (-field.count, field.ref.text))


def _field(
    field: str, lines: list[Line], shared: int, sides: list[tuple[str, ...]], day: datetime.date
) -> Field:
    sources, until = covering((sides[0][0], sides[1][0]), field, day)
    answers = {line.status.answer for line in lines}
    answer = next((one for one in BEST if one in answers), "none" if sources else "not-covered")
    dated = [line.signed for line in lines if line.signed]
    nothing = when("")
    return Field(
        ref(field),
        answer,
        len(lines),
        dated[0] if dated else nothing,
        dated[-1] if dated else nothing,
        sources,
        when(until[:4]),
        field in top_fields(),
        shared,
    )
