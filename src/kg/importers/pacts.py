"""Alliances as ATOP and COW code them: who was a member from when to when, and who promised what.

A promise of a plurilateral pact is one commitment of a member to all the others that were
members while it held; the day on which it is owed to one of them follows from both
participations.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.base import concept, facts, state, typed

__all__ = [
    "PLEDGES",
    "Pledge",
    "Spell",
    "between_two",
    "domains",
    "joined",
    "label",
    "owed_to_all",
    "participations",
    "sides",
]


#: So many parties are named in a generated label.
LISTED = 3


@dataclass(frozen=True)
class Pledge:
    """A kind of promise, its field, and its word in a generated label."""

    kind: str
    domain: str
    word: str


PLEDGES = {
    "defence": Pledge("defence", "collective-defence", "defence"),
    "offence": Pledge("offence", "collective-defence", "offence"),
    "neutrality": Pledge("neutrality", "neutrality", "neutrality"),
    "non-aggression": Pledge("non-aggression", "non-aggression", "non-aggression"),
    "consultation": Pledge("consultation", "defence-policy-dialogue", "consultation"),
}


@dataclass(frozen=True)
class Spell:
    """A state is a member from `begin` to `end` ("" is still) in a phase, with its promises."""

    member: str
    begin: str
    end: str
    phase: str
    pledges: frozenset[str]

    def meets(self, other: Spell) -> bool:
        """Say whether both are members at one time of one phase, to the precision given."""
        starts = not other.end or self.begin[: len(other.end)] <= other.end[: len(self.begin)]
        ends = not self.end or other.begin[: len(self.end)] <= self.end[: len(other.begin)]
        return self.phase == other.phase and starts and ends


def label(pledges: Sequence[str]) -> str:
    """Return the words of a generated label: `Defence and consultation pact`."""
    words = [PLEDGES[name].word for name in PLEDGES if name in pledges]
    listed = " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    return f"{listed[0].upper()}{listed[1:]} pact" if listed else "Alliance"


def sides(names: Iterable[str]) -> str:
    """Return the parties of a generated label: `A–B`, or `A, B, C and 20 others`."""
    named = sorted(names)
    if len(named) == 2:
        return "–".join(named)
    if len(named) <= LISTED + 1:
        return f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{', '.join(named[:LISTED])} and {len(named) - LISTED} others"


def domains(pledges: Sequence[str]) -> set[str]:
    """Return the fields that promises cover."""
    return {PLEDGES[name].domain for name in pledges}


def participations(record: str, spells: Sequence[Spell]) -> Iterator[tuple[str, list[Triple]]]:
    """Yield a node for each member and unbroken span of its membership."""
    spans: dict[str, list[tuple[str, str]]] = {}
    for spell in spells:
        spans.setdefault(spell.member, []).append((spell.begin, spell.end))
    every = ((member, *span) for member in sorted(spans) for span in joined(spans[member]))
    for count, (member, begin, end) in enumerate(every, 1):
        iri = f"{record}/participation/{count}"
        said = {"participant": state(member), "from": typed(begin), "until": typed(end)}
        yield iri, list(facts(iri, "Participation", said))


def between_two(record: str, spells: Sequence[Spell]) -> Iterator[tuple[str, list[Triple]]]:
    """Yield a commitment for each promise of one member to another while both are members."""
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for own, other in permutations(spells, 2):
        if own.member != other.member and own.meets(other):
            begin = max(own.begin, other.begin)
            end = min(filter(None, (own.end, other.end)), default="")
            for name in own.pledges:
                found.setdefault((own.member, other.member, name), []).append((begin, end))
    every = ((*who, *span) for who, spans in sorted(found.items()) for span in joined(spans))
    for count, (obligor, obligee, name, begin, end) in enumerate(every, 1):
        yield _commitment(f"{record}/commitment/{count}", obligor, [obligee], name, begin, end)


def owed_to_all(record: str, spells: Sequence[Spell]) -> Iterator[tuple[str, list[Triple]]]:
    """Yield a commitment for each promise and unbroken span of a member, to all the others."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for spell in spells:
        for name in spell.pledges:
            found.setdefault((spell.member, name), []).append((spell.begin, spell.end))
    count = 0
    for (obligor, name), spans in sorted(found.items()):
        for begin, end in joined(spans):
            whole = [Spell(obligor, begin, end, one.phase, one.pledges) for one in spells]
            others = {
                other.member
                for mine, other in zip(whole, spells, strict=True)
                if other.member != obligor and mine.meets(other)
            }
            if others:
                count += 1
                iri = f"{record}/commitment/{count}"
                yield _commitment(iri, obligor, sorted(others), name, begin, end)


def _commitment(
    iri: str, obligor: str, obligees: Sequence[str], name: str, begin: str, end: str
) -> tuple[str, list[Triple]]:
    pledge = PLEDGES[name]
    said: dict[str, NamedNode | Literal | list[NamedNode] | None] = {
        "kind": concept("commitment-kind", pledge.kind),
        "obligor": state(obligor),
        "obligee": [state(one) for one in obligees],
        "domain": concept("domain", pledge.domain),
        "bindingness": concept("bindingness", "binding"),
        "from": typed(begin),
        "until": typed(end),
    }
    return iri, list(facts(iri, "Commitment", said))


def joined(spans: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return spans in order, those that touch or overlap made one; an end of "" is open."""
    done: list[tuple[str, str]] = []
    for begin, end in sorted(spans):
        if done and _touch(done[-1][1], begin):
            first, last = done.pop()
            begin, end = first, max(last, end) if last and end else ""
        done.append((begin, end))
    return done


def _touch(end: str, begin: str) -> bool:
    if not end or len(end) < len("2001-05-04"):
        return begin[: len(end)] <= end if end else True
    return begin <= (datetime.date.fromisoformat(end) + datetime.timedelta(days=1)).isoformat()
