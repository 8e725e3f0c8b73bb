"""States that did not exist on a day: what a page says of them, and who came before or after."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kg.vocab import local
from kg.web.lives import life
from kg.web.names import Ref, ref
from kg.web.pages.belonging import neighbours
from kg.web.pages.facts import Facts
from kg.web.pages.values import When, when

__all__ = ["Absence", "Departed", "absences", "between", "departed"]


@dataclass(frozen=True)
class Absence:
    """A state that did not exist on a day."""

    ref: Ref
    since: When
    until: When
    #: Whether it had ended; else it had not begun.
    ended: bool
    #: Its successors when it had ended, else its predecessors.
    others: tuple[Ref, ...]


@dataclass(frozen=True)
class Departed:
    """A partner that ended before the day, with the agreements that no source says ended."""

    partner: Ref
    pair: str | None
    until: When
    #: Each successor, and the address of what is between it and the state.
    after: tuple[tuple[Ref, str | None], ...]
    count: int


def absences(
    states: Iterable[str], gone: Collection[str], day: datetime.date
) -> tuple[Absence, ...]:
    """Return what is to be said of those states that did not exist on a day."""
    return tuple(_absence(iri, day.isoformat()) for iri in states if iri in gone)


def departed(states: tuple[str, ...], found: Facts, day: datetime.date) -> tuple[Departed, ...]:
    """Return the partners that ended before the day, those that ended last first."""
    then = day.isoformat()
    count = Counter(
        party
        for line in found.lines.values()
        if line.status.answer == "gone"
        for party in line.parties
        if party not in states and life(party).ended(then)
    )
    rows = [_departed(states[0], party, number) for party, number in count.items()]
    rows.sort(key=lambda one: one.partner.text)
    return tuple(sorted(rows, key=lambda one: one.until.machine, reverse=True))


def between(own: str, party: str) -> str | None:
    """Return the address of the page of two states; None where one is no state."""
    keys = sorted((local(own), local(party)))
    return f"/between/{'/'.join(keys)}" if "/state/" in party and own != party else None


def _absence(iri: str, day: str) -> Absence:
    its = life(iri)
    ended = its.ended(day)
    others = tuple(ref(other) for other in neighbours(iri, after=ended))
    return Absence(ref(iri), when(its.since), when(its.until), ended, others)


def _departed(own: str, party: str, count: int) -> Departed:
    others = tuple((ref(iri), between(own, iri)) for iri in neighbours(party, after=True))
    return Departed(ref(party), between(own, party), when(life(party).until), others, count)
