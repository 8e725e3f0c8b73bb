"""What the graph says of many agreements at once."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kg.vocab import local
from kg.web.language import interface
from kg.web.lives import absent, life
from kg.web.names import Ref, Source
from kg.web.pages.values import OPEN, Line, Mark, When, chips, mark, titled, when
from kg.web.register import Agreement, register

__all__ = ["Facts", "facts", "frames", "living", "nodes", "present", "status_keys", "statuses"]


@dataclass(frozen=True)
class Facts:
    """The agreements of a scope, each with its line, and what they are linked to."""

    lines: Mapping[str, Line]
    fields: Mapping[str, tuple[str, ...]]

    def latest(self) -> list[Line]:
        """Return the lines, the oldest first."""
        return sorted(self.lines.values(), key=lambda line: line.order)


class _Always(NamedTuple):
    """What a line says on each day, in one language."""

    title: Ref
    signed: When
    evidence: str
    binding: str
    chips: tuple[Source, ...]


def _always(one: Agreement) -> _Always:
    return _Always(
        titled(one.title, one.language, one.iri),
        when(one.signed),
        local(one.evidence) or "attested",
        local(one.binding) or "unknown",
        chips(one.said_by),
    )


def nodes(iris: Iterable[str]) -> str:
    """Return IRIs as a VALUES block wants them."""
    return " ".join(f"<{iri}>" for iri in iris)


def facts(
    iris: Iterable[str], day: datetime.date, carried: Iterable[Collection[str]] = ()
) -> Facts:
    """Return some agreements as they are on a day; those without a title are left out.

    Those of two of which one did not exist then say so; `kg.web.lives.absent` tells what is
    carried.
    """
    known, then, gone = register().agreements, day.isoformat(), absent(day, carried)
    lines: dict[str, Line] = {}
    always = register().once(("lines", interface()), dict[str, _Always])
    for iri in iris:
        one = known.get(iri)
        if one is None or not one.title:
            continue
        if (same := always.get(iri)) is None:
            same = always[iri] = _always(one)
        its = _status(one, then) or _before(one.signed, day)
        lines[iri] = Line(
            iri,
            same.title,
            same.signed,
            its if one.plurilateral else living(its, one.parties, gone, day),
            same.evidence,
            same.binding,
            same.chips,
            one.parties,
            one.plurilateral,
        )
    return Facts(lines, {iri: known[iri].fields for iri in lines if known[iri].fields})


def living(found: Mark, parties: Iterable[str], gone: frozenset[str], day: datetime.date) -> Mark:
    """Return a status, or that a party had ended or not yet begun where it would be open."""
    if found.answer not in OPEN:
        return found
    lost = [life(party) for party in parties if party in gone]
    if not lost:
        return found
    ended = any(one.ended(day.isoformat()) for one in lost)
    return mark("party-ended" if ended else "party-not-begun")


def statuses(iris: Iterable[str], day: datetime.date) -> dict[str, Mark]:
    """Return the status of some agreements on a day, of those that have one."""
    known, then = register().agreements, day.isoformat()
    found = ((iri, _status(known[iri], then)) for iri in iris if iri in known)
    return {iri: how for iri, how in found if how}


def status_keys(iris: Iterable[str], day: datetime.date) -> dict[str, str]:
    """Return the status of some agreements on a day, by its key."""
    known, then = register().agreements, day.isoformat()
    found = ((iri, known[iri].spell(then)) for iri in iris if iri in known)
    return {iri: local(spell.status) for iri, spell in found if spell}


def present(iris: Iterable[str], day: datetime.date) -> dict[str, frozenset[str]]:
    """Return who takes part in each plurilateral agreement on a day."""
    known, then = register().agreements, day.isoformat()
    many = (known[iri] for iri in iris if iri in known and known[iri].plurilateral)
    found = {one.iri: one.present(then) for one in many}
    return {iri: actors for iri, actors in found.items() if actors}


def frames(iris: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the kinds of support that each agreement is a framework for."""
    known = register().agreements
    return {iri: known[iri].frames for iri in iris if iri in known}


def _status(one: Agreement, day: str) -> Mark | None:
    spell = one.spell(day)
    return mark(local(spell.status), spell.rule, one.attested) if spell else None


def _before(signed: str, day: datetime.date) -> Mark:
    """Return the mark of an agreement that has no status on a day."""
    return mark("not-yet-signed" if signed > day.isoformat() else "")
