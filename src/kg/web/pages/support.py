"""Whom a state can call on, by kind of support, and how strongly."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kg.vocab import local
from kg.web.names import Ref, name, ref
from kg.web.pages.facts import Facts
from kg.web.pages.values import Line, text
from kg.web.register import Promise
from kg.web.site import site

__all__ = ["STRENGTHS", "Call", "Kind", "support"]

KINDS = """SELECT ?kind ?promise WHERE { ?kind skos:inScheme sch:support-kind
  OPTIONAL { ?kind mq:promisedBy ?promise } } ORDER BY ?kind ?promise"""
#: How strongly: a promise to act, a framework without one, a political text.
STRENGTHS = ("promised", "framework", "declared")
#: The kinds of support in the order of their weight; others come after.
ORDER = ("military-backing", "consultation", "basing", "intelligence")


@dataclass(frozen=True)
class Call:
    """One partner that can be called on, with the agreements it follows from, best first."""

    partner: Ref
    pair: str | None
    strength: str
    lines: tuple[Line, ...]
    #: Whether the state owes the partner the same.
    mutual: bool
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """One kind of support and who gives it."""

    key: str
    name: Ref
    calls: tuple[Call, ...]

    def of(self, strength: str) -> tuple[Call, ...]:
        """Return the calls of one strength."""
        return tuple(call for call in self.calls if call.strength == strength)


def support(
    states: tuple[str, ...],
    found: Facts,
    owed: list[Promise],
    owes: list[Promise],
    frames: Mapping[str, tuple[str, ...]],
    there: Mapping[str, frozenset[str]],
    day: datetime.date,
) -> tuple[Kind, ...]:
    """Return each kind of support with the partners of the day.

    An agreement counts when its status on the day is not "no". What an agreement promises is
    not listed as its framework again.
    """
    kinds, then = _kinds(), day.isoformat()
    today = {
        iri: line
        for iri, line in found.lines.items()
        if line.status.answer != "no"
        and not (line.plurilateral and there.get(iri, frozenset()).isdisjoint(states))
    }
    rows: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    terms: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    promised: set[tuple[str, str, str]] = set()
    for promise in owed:
        line = today.get(promise.agreement)
        if line is None or not promise.holds(then):
            continue
        if promise.obligor not in (there[line.iri] if line.plurilateral else line.parties):
            continue
        for kind in kinds.get(promise.kind, ()):
            promised.add((kind, promise.obligor, promise.agreement))
            rows[kind, promise.obligor, _strength(line, "promised")].add(promise.agreement)
            if promise.condition:
                terms[kind, promise.obligor].add(promise.condition)
    for iri, line in today.items():
        for kind in frames.get(iri, ()):
            for party in line.parties:
                if line.plurilateral and party not in there[iri]:
                    continue
                if party not in states and (kind, party, iri) not in promised:
                    rows[kind, party, _strength(line, "framework")].add(iri)
    back = {
        (kind, one.obligee) for one in owes if one.holds(then) for kind in kinds.get(one.kind, ())
    }
    calls: defaultdict[str, list[Call]] = defaultdict(list)
    for (kind, partner, strength), iris in rows.items():
        if partner in states:
            continue
        lines = sorted((today[iri] for iri in iris), key=_best)
        mutual = strength != "promised" or (kind, partner) in back
        said = tuple(sorted(terms[kind, partner])) if strength == "promised" else ()
        pair = _pair(states[0], partner)
        calls[kind].append(Call(ref(partner), pair, strength, tuple(lines), mutual, said))
    return tuple(
        Kind(local(kind), name(kind), tuple(sorted(calls[kind], key=_order)))
        for kind in sorted(_all_kinds(), key=_weight)
    )


def _kinds() -> dict[str, list[str]]:
    """Return the kinds of support that each kind of commitment amounts to."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in site().graph.keep(KINDS):
        if "promise" in row:
            found[row["promise"]["value"]].append(row["kind"]["value"])
    return dict(found)


def _all_kinds() -> tuple[str, ...]:
    return tuple(dict.fromkeys(text(row, "kind") for row in site().graph.keep(KINDS)))


def _strength(line: Line, ground: str) -> str:
    return "declared" if line.binding == "political" else ground


def _weight(kind: str) -> tuple[int, str]:
    key = local(kind)
    return (ORDER.index(key) if key in ORDER else len(ORDER), key)


def _best(line: Line) -> tuple[bool, bool, str, str]:
    """Put what is in force before what may be, and the newest first."""
    day = line.signed.machine or "0000"
    return (line.status.answer != "yes", line.press, _turned(day), line.iri)


def _turned(day: str) -> str:
    """Return a text that sorts the other way round."""
    return "".join(chr(0x7F - ord(char)) if ord(char) < 0x7F else char for char in day)


def _order(call: Call) -> tuple[int, str]:
    return (STRENGTHS.index(call.strength), call.partner.text)


def _pair(own: str, party: str) -> str | None:
    keys = sorted((local(own), local(party)))
    return f"/between/{'/'.join(keys)}" if "/state/" in party else None
