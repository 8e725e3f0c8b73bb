"""An organisation: its members on a day, what binds each two of them, and where nothing does."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from kg.errors import BadChoice
from kg.vocab import local
from kg.web.frame import Frame
from kg.web.names import Ref, Source, name, ref
from kg.web.pages.bonds import Bond, Spell, bonds, members, owed
from kg.web.pages.facts import present, statuses
from kg.web.pages.tables import top_fields
from kg.web.pages.values import OPEN, When, chips, when
from kg.web.register import register
from kg.web.terms import iri_of

__all__ = ["Cell", "Member", "Page", "Row", "Year", "view"]

#: What the matrix may show, beside the broad fields.
SHOWN = ("agreements", "promises")
FIRST = 1950


@dataclass(frozen=True)
class Member:
    """A member on the day, with what binds it to the others."""

    ref: Ref
    key: str
    since: When
    suspended: bool
    attested: When
    bound: int
    agreements: int


@dataclass(frozen=True)
class Cell:
    """What is between two members: how many, and the answer of the best of them."""

    count: int
    answer: str
    href: str
    other: str


@dataclass(frozen=True)
class Row:
    """A line of the matrix; no cell for the member itself."""

    member: Member
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Year:
    """How many pairs of the members of a day had an agreement then."""

    day: str
    members: int
    pairs: int
    force: int
    maybe: int

    @property
    def share(self) -> float:
        """Return the percentage of pairs with an agreement in force."""
        return round(100 * self.force / self.pairs, 1) if self.pairs else 0.0

    @property
    def most(self) -> float:
        """Return the percentage when what is not known is in force too."""
        return round(100 * (self.force + self.maybe) / self.pairs, 1) if self.pairs else 0.0


@dataclass(frozen=True)
class Page:
    """What the page of an organisation shows."""

    iri: str
    key: str
    name: Ref
    shown: str
    choices: tuple[tuple[str, Ref], ...]
    members: tuple[Member, ...]
    former: tuple[tuple[Ref, When, When], ...]
    rows: tuple[Row, ...]
    pairs: int
    with_bond: int
    gaps: tuple[Member, ...]
    years: tuple[Year, ...]
    chips: tuple[Source, ...]


def view(iri: str, frame: Frame, show: str) -> Page:
    """Return the page of an organisation on a day, its matrix showing what is asked for."""
    fields = {local(field): field for field in top_fields()}
    if show not in SHOWN and show not in fields:
        allowed = ", ".join((*SHOWN, *sorted(fields)))
        raise BadChoice(f"show = {show[:100]!r}: allowed is one of {allowed}")
    spells = members(iri)
    inside = {spell.member: spell for spell in spells if spell.on(frame.day)}
    every = bonds(iri)
    between = _between(iri, show, fields, every, set(inside), frame.day)
    found = _members(inside, between, frame.day)
    rows = tuple(_row(one, found, between) for one in found) if len(found) <= 80 else ()
    linked = sum(bool(cell) for cell in between.values()) // 2
    return Page(
        iri=iri,
        key=local(iri),
        name=name(iri),
        shown=show,
        choices=(
            *((choice, Ref("")) for choice in SHOWN),
            *sorted(
                ((key, name(field)) for key, field in fields.items()), key=lambda c: str(c[1])
            ),
        ),
        members=found,
        former=tuple(
            (ref(spell.member), when(spell.since), when(spell.until))
            for spell in spells
            if spell.until and not spell.on(frame.day) and spell.member not in inside
        ),
        rows=rows,
        pairs=len(found) * (len(found) - 1) // 2,
        with_bond=linked,
        gaps=tuple(sorted(found, key=lambda one: (one.bound, one.ref.text))[:10]),
        years=tuple(_years(spells, every, frame.day)),
        chips=chips(spell.source for spell in spells if spell.source),
    )


def _between(
    iri: str,
    show: str,
    fields: dict[str, str],
    every: tuple[Bond, ...],
    inside: set[str],
    day: datetime.date,
) -> dict[tuple[str, str], list[str]]:
    """Return the answers of what is between each two members, both ways round."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    if show == "promises":
        then = day.isoformat()
        every_promise = [
            one for one in owed(iri) if {one.obligor, one.obligee} <= inside and one.holds(then)
        ]
        iris = {one.agreement for one in every_promise}
        marks, there = statuses(iris, day), present(iris, day)
        for one in every_promise:
            mark = marks.get(one.agreement)
            within = there.get(one.agreement, frozenset((one.obligor, one.obligee)))
            if mark and mark.answer in OPEN and {one.obligor, one.obligee} <= within:
                found[one.obligor, one.obligee].append(mark.answer)
        return found
    only = set(register().in_field.get(fields[show], ())) if show in fields else None
    for bond in every:
        if not {bond.one, bond.two} <= inside or (only is not None and bond.agreement not in only):
            continue
        if (answer := bond.answer(day)) != "no":
            found[bond.one, bond.two].append(answer)
            found[bond.two, bond.one].append(answer)
    return found


def _members(
    inside: dict[str, Spell], between: dict[tuple[str, str], list[str]], day: datetime.date
) -> tuple[Member, ...]:
    bound: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for (one, _), answers in between.items():
        bound[one] += bool(answers)
        count[one] += len(answers)
    found = [
        Member(
            ref(iri),
            local(iri),
            when(spell.since),
            spell.suspended(day),
            when(spell.attested),
            bound[iri],
            count[iri],
        )
        for iri, spell in inside.items()
    ]
    return tuple(sorted(found, key=lambda member: member.ref.text))


def _row(
    member: Member, others: tuple[Member, ...], between: dict[tuple[str, str], list[str]]
) -> Row:
    cells: list[Cell | None] = []
    own = iri_of(f"state/{member.key}")
    for other in others:
        if other is member:
            cells.append(None)
            continue
        answers = between.get((own, iri_of(f"state/{other.key}")), [])
        best = next((one for one in ("yes", "unknown", "not-binding") if one in answers), "none")
        href = f"/between/{'/'.join(sorted((member.key, other.key)))}"
        cells.append(Cell(len(answers), best, href, other.ref.text))
    return Row(member, tuple(cells))


def _years(
    spells: tuple[Spell, ...], every: tuple[Bond, ...], day: datetime.date
) -> Iterator[Year]:
    """Yield the cohesion at the start of each decade, and on the day."""
    begins = min((int(spell.since[:4]) for spell in spells if spell.since), default=day.year)
    starts = [datetime.date(year, 1, 1) for year in range(FIRST, day.year + 1, 10)]
    for then in [*(start for start in starts if start.year >= begins and start < day), day]:
        inside = {spell.member for spell in spells if spell.on(then)}
        best: dict[frozenset[str], str] = {}
        for bond in every:
            pair = frozenset((bond.one, bond.two))
            if pair <= inside and best.get(pair) != "yes":
                answer = bond.answer(then)
                if answer in ("yes", "unknown"):
                    best[pair] = answer
        force = sum(answer == "yes" for answer in best.values())
        pairs = sum(1 for _ in combinations(inside, 2))
        yield Year(then.isoformat(), len(inside), pairs, force, len(best) - force)
