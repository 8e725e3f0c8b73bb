"""Tell which Correlates of War code a state has on a day, and which state a code is in a year.

Our states are nodes of their own where the code stays: 640 is the Ottoman Empire, then Türkiye.
A record names the state of the day on which a membership began, so a spell that outlives it is
followed by its code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pyoxigraph import QuerySolutions, Store

from kg.vocab import PREFIXES, local

__all__ = ["ALWAYS", "Side", "Span", "State", "States", "shared", "span"]


class Span(NamedTuple):
    """Days from `begin` to `end`, both included, as ISO dates."""

    begin: str
    end: str


ALWAYS = Span("0000-01-01", "9999-12-31")
#: Where the code of one node changes: Germany is 260 to 1990-10-02 and 255 from 1990-10-03
#: (COW state system membership v2016). 260 ends, and 255 begins, with the same day here, as in
#: the records of alliances.
CODES = {
    "DEU": (
        (260, Span(ALWAYS.begin, "1990-10-03")),
        (255, Span("1990-10-03", ALWAYS.end)),
    ),
}
QUERY = f"""PREFIX mq: <{PREFIXES["mq"]}> PREFIX skos: <{PREFIXES["skos"]}>
SELECT ?state ?cow ?gw ?iso3 ?name ?from ?until WHERE {{
  ?state a mq:State .
  OPTIONAL {{ ?state mq:cowCode ?cow }} OPTIONAL {{ ?state mq:gwCode ?gw }}
  OPTIONAL {{ ?state mq:iso3 ?iso3 }}
  OPTIONAL {{ ?state skos:prefLabel ?name FILTER(LANG(?name) = "en") }}
  OPTIONAL {{ ?state mq:existedFrom ?from }} OPTIONAL {{ ?state mq:existedUntil ?until }}
}} ORDER BY ?state"""


@dataclass(frozen=True, order=True)
class Side:
    """A side of a pair: a COW code, or the key of a state that has none; codes sort first."""

    uncoded: str
    number: int

    @property
    def code(self) -> int | None:
        """The COW code; None for a state that has none."""
        return None if self.uncoded else self.number


@dataclass(frozen=True)
class State:
    """A state as the panel shows it; `cow` and `gw` are None where it has no such code."""

    key: str
    cow: int | None
    gw: int | None
    iso3: str
    name: str
    lived: Span


def span(begin: str, end: str) -> Span:
    """Return the days that partial ISO dates can mean; "" is open: `1990` ends on 1990-12-31."""
    return Span(
        begin + ALWAYS.begin[len(begin) :],
        end + (ALWAYS.end if len(end) < len("1990-05") else "9999-99-31")[len(end) :],
    )


def shared(*spans: Span) -> Span | None:
    """Return the days common to all spans; None unless there is more than one."""
    common = Span(max(s.begin for s in spans), min(s.end for s in spans))
    return common if common.begin < common.end else None


class States:
    """The states of a store, by key and by code."""

    def __init__(self, store: Store) -> None:
        """Read the states of the store's default graph."""
        found = store.query(QUERY)
        assert isinstance(found, QuerySolutions)
        self.by_key: dict[str, State] = {}
        self.by_code: dict[int, list[State]] = {}
        for row in found:
            cells = [term.value if term else "" for term in row]
            key, cow, gw = local(cells[0]), *(int(text) if text else None for text in cells[1:3])
            state = State(key, cow, gw, cells[3], cells[4] or key, span(*cells[5:7]))
            self.by_key[key] = state
            codes = {code for code, _ in CODES.get(key, ((cow, ALWAYS),))}
            for code in codes:
                if code is not None:
                    self.by_code.setdefault(code, []).append(state)
        self._on: dict[tuple[Side, int], State] = {}

    def sides(self, key: str, when: Span) -> Iterator[tuple[Side, Span]]:
        """Yield the code of a state with the days of `when` on which it has it."""
        for code, days in CODES.get(key, ((self._code(key), ALWAYS),)):
            begin, end = max(when.begin, days.begin), min(when.end, days.end)
            if begin <= end:
                yield Side("", code) if code is not None else Side(key, 0), Span(begin, end)

    def side(self, key: str, day: str) -> Side:
        """Return the code of a state on a day, the new one on the day on which it changes."""
        return [side for side, _ in self.sides(key, Span(day, day))][-1]

    def on(self, side: Side, year: int) -> State:
        """Return the state that a code was on 1 July of a year, or the nearest to it."""
        if (side, year) not in self._on:
            self._on[side, year] = self._find(side, f"{year:04}-07-01")
        return self._on[side, year]

    def _code(self, key: str) -> int | None:
        return self.by_key[key].cow if key in self.by_key else None

    def _find(self, side: Side, day: str) -> State:
        if side.uncoded:
            key = side.uncoded
            return self.by_key.get(key) or State(key, None, None, "", key, ALWAYS)
        named = sorted(self.by_code[side.number], key=lambda state: state.lived.end)
        living = [s for s in named if s.lived.begin <= day <= s.lived.end]
        if living:
            # The youngest: the United Arab Republic, while Egypt's node goes on beside it.
            return max(living, key=lambda state: state.lived.begin)
        return min(named, key=lambda state: state.lived.begin)
