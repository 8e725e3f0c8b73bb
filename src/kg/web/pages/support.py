"""Whom a state can call on, by kind of support, and how strongly."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kg.vocab import local
from kg.web.names import Ref, name, ref
from kg.web.pages.absences import between
from kg.web.pages.facts import Facts
from kg.web.pages.values import OPEN, Line, text
from kg.web.register import Promise
from kg.web.site import site

__all__ = ["STRENGTHS", "Call", "Kind", "Pact", "Partner", "support"]

KINDS = """SELECT ?kind ?promise WHERE { ?kind skos:inScheme sch:support-kind
  OPTIONAL { ?kind mq:promisedBy ?promise } } ORDER BY ?kind ?promise"""
#: How strongly: a promise to act, a framework without one, a political text.
STRENGTHS = ("promised", "framework", "declared")
#: The kinds of support in the order of their weight; others come after.
ORDER = ("military-backing", "consultation", "basing", "intelligence")
#: Characters that make a text sort the other way round.
TURNED = {code: 0x7F - code for code in range(0x7F)}


@dataclass(frozen=True)
class Partner:
    """A partner, and the page of the two where it is a state."""

    ref: Ref
    pair: str | None


@dataclass(frozen=True)
class Call:
    """One partner that can be called on, with the agreements of two that say so, best first."""

    partner: Partner
    strength: str
    lines: tuple[Line, ...]
    #: Whether the state owes the partner the same.
    mutual: bool
    conditions: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        """Say whether it is known when one of them was signed."""
        return any(line.signed for line in self.lines)


@dataclass(frozen=True)
class Pact:
    """An agreement of several parties, with the partners that can be called on under it."""

    line: Line
    strength: str
    #: Those that promise what the state promises them, and those that promise alone.
    mutual: tuple[Partner, ...]
    one_way: tuple[Partner, ...]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of support and who gives it."""

    key: str
    name: Ref
    calls: tuple[Call, ...]
    pacts: tuple[Pact, ...]

    def of(self, strength: str) -> tuple[Call, ...]:
        """Return the calls of one strength that follow from an agreement with a date."""
        return tuple(call for call in self.calls if call.strength == strength and call.dated)

    def under(self, strength: str) -> tuple[Pact, ...]:
        """Return the pacts of one strength."""
        return tuple(pact for pact in self.pacts if pact.strength == strength)

    @property
    def undated(self) -> tuple[Call, ...]:
        """Return the calls of which it is not known since when."""
        return tuple(call for call in self.calls if not call.dated)

    def count(self, strength: str) -> tuple[int, int]:
        """Return the partners of one strength, and those of an agreement known to be in force."""
        every: set[Ref] = set()
        known: set[Ref] = set()
        for call in self.of(strength):
            every.add(call.partner.ref)
            if any(line.status.answer == "yes" for line in call.lines):
                known.add(call.partner.ref)
        for pact in self.under(strength):
            its = {partner.ref for partner in (*pact.mutual, *pact.one_way)}
            every |= its
            if pact.line.status.answer == "yes":
                known |= its
        return len(every), len(known)


@dataclass(frozen=True)
class Ground:
    """Why a partner can be called on: a kind of support in an agreement, and how strongly."""

    kind: str
    partner: str
    agreement: str
    strength: str


def support(
    states: tuple[str, ...],
    found: Facts,
    owed: list[Promise],
    owes: list[Promise],
    frames: Mapping[str, tuple[str, ...]],
    there: Callable[[str, Line], bool],
    day: datetime.date,
) -> tuple[Kind, ...]:
    """Return each kind of support with the partners of the day.

    An agreement counts when its status on the day leaves it open that it binds and both are
    `there`. What an agreement promises is not listed as its framework again.
    """
    then = day.isoformat()
    today = {
        iri: line
        for iri, line in found.lines.items()
        if line.status.answer in OPEN and any(there(own, line) for own in states)
    }
    terms: defaultdict[Ground, set[str]] = defaultdict(set)
    for ground, condition in _grounds(states, today, owed, frames, there, then):
        terms[ground] |= {condition} - {""}
    kinds = _kinds()
    back = {
        (kind, one.obligee, one.agreement)
        for one in owes
        if one.agreement in today and one.holds(then)
        for kind in kinds.get(one.kind, ())
    }
    calls = _calls(states[0], today, terms, {(kind, partner) for kind, partner, _ in back})
    pacts = _pacts(states[0], today, terms, back)
    return tuple(
        Kind(
            local(kind),
            name(kind),
            tuple(sorted(calls[kind], key=_order)),
            tuple(sorted(pacts[kind], key=lambda pact: _best(pact.line))),
        )
        for kind in sorted(_all_kinds(), key=_weight)
    )


def _grounds(
    states: tuple[str, ...],
    today: Mapping[str, Line],
    owed: list[Promise],
    frames: Mapping[str, tuple[str, ...]],
    there: Callable[[str, Line], bool],
    day: str,
) -> Iterator[tuple[Ground, str]]:
    """Yield each ground with its condition: the promises first, then what no promise repeats."""
    kinds = _kinds()
    promised: set[tuple[str, str, str]] = set()
    for promise in owed:
        line, who = today.get(promise.agreement), promise.obligor
        if line is None or who in states or not promise.holds(day) or not there(who, line):
            continue
        for kind in kinds.get(promise.kind, ()):
            promised.add((kind, who, line.iri))
            yield Ground(kind, who, line.iri, _strength(line, "promised")), promise.condition
    for iri, line in today.items():
        for kind in frames.get(iri, ()):
            for who in line.parties:
                if who not in states and (kind, who, iri) not in promised and there(who, line):
                    yield Ground(kind, who, iri, _strength(line, "framework")), ""


def _calls(
    own: str,
    today: Mapping[str, Line],
    terms: Mapping[Ground, set[str]],
    back: set[tuple[str, str]],
) -> defaultdict[str, list[Call]]:
    rows: defaultdict[tuple[str, str, str], list[Ground]] = defaultdict(list)
    for ground in terms:
        if not today[ground.agreement].plurilateral:
            rows[ground.kind, ground.partner, ground.strength].append(ground)
    calls: defaultdict[str, list[Call]] = defaultdict(list)
    for (kind, partner, strength), grounds in rows.items():
        lines = sorted((today[ground.agreement] for ground in grounds), key=_best)
        mutual = strength != "promised" or (kind, partner) in back
        said = sorted({words for ground in grounds for words in terms[ground]})
        whom = Partner(ref(partner), between(own, partner))
        calls[kind].append(Call(whom, strength, tuple(lines), mutual, tuple(said)))
    return calls


def _pacts(
    own: str,
    today: Mapping[str, Line],
    terms: Mapping[Ground, set[str]],
    back: set[tuple[str, str, str]],
) -> defaultdict[str, list[Pact]]:
    rows: defaultdict[tuple[str, str, str], list[Ground]] = defaultdict(list)
    for ground in terms:
        if today[ground.agreement].plurilateral:
            rows[ground.kind, ground.agreement, ground.strength].append(ground)
    pacts: defaultdict[str, list[Pact]] = defaultdict(list)
    for (kind, iri, strength), grounds in rows.items():
        sides: tuple[list[Partner], list[Partner]] = ([], [])
        for ground in grounds:
            alone = strength == "promised" and (kind, ground.partner, iri) not in back
            whom = Partner(ref(ground.partner), between(own, ground.partner))
            sides[alone].append(whom)
        both, one_way = (tuple(sorted(side, key=lambda one: one.ref.text)) for side in sides)
        said = sorted({words for ground in grounds for words in terms[ground]})
        pacts[kind].append(Pact(today[iri], strength, both, one_way, tuple(said)))
    return pacts


def _kinds() -> Mapping[str, list[str]]:
    """Return the kinds of support that each kind of commitment amounts to."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in site().graph.keep(KINDS):
        if "promise" in row:
            found[row["promise"]["value"]].append(row["kind"]["value"])
    return found


def _all_kinds() -> tuple[str, ...]:
    return tuple(dict.fromkeys(text(row, "kind") for row in site().graph.keep(KINDS)))


def _strength(line: Line, ground: str) -> str:
    return "declared" if line.binding == "political" else ground


def _weight(kind: str) -> tuple[int, str]:
    key = local(kind)
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)


def _best(line: Line) -> tuple[bool, str, bool, str, str]:
    """Put what is in force first, what was attested long ago last, and the newest first."""
    seen = line.status.attested or "9999"
    day = line.signed.machine or "0000"
    return (line.status.answer != "yes", _turned(seen), line.press, _turned(day), line.iri)


def _turned(day: str) -> str:
    """Return a text that sorts the other way round."""
    return day.translate(TURNED)


def _order(call: Call) -> tuple[int, bool, bool, str, str]:
    """Put promises that go one way first, then what is known best."""
    known, seen, _, _, _ = _best(call.lines[0])
    return (STRENGTHS.index(call.strength), call.mutual, known, seen, call.partner.ref.text)
