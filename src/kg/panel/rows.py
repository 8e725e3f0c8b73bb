"""Count what each pair of states has promised each other, year by year.

Two states are allies in a year when their memberships of an alliance share more than one day,
and that span touches the year: a state that joins on the very day on which another leaves was
never its ally. This is the rule that gives as many rows as the directed dyad-years that ATOP
v5.1 publishes (docs/reproduction.md). A pair has a row when one of the two is an OIC state, or
a state that one succeeded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations, product

from pyoxigraph import Store

from kg.errors import BadParameter
from kg.importers.parties import is_oic
from kg.panel.columns import COLUMNS, DCA, PLEDGES, SOURCES
from kg.panel.facts import Cooperation, Facts, Promise, cooperation, coverage, pacts
from kg.panel.states import ALWAYS, Side, Span, States, shared

__all__ = ["CHOICES", "Cell", "rows"]

#: What a panel can be made from: the records of a source, or the resolved view of all.
CHOICES = ("all", *SOURCES)
Cell = int | str | None
DCA_COLUMNS = [column.name for column in COLUMNS if column.name.startswith("dca_")]


@dataclass
class Tally:
    """What is counted for two sides in a year."""

    pledges: set[str] = field(default_factory=set)
    alliances: set[str] = field(default_factory=set)
    #: Column of cooperation agreements to the agreements.
    dca: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, other: Tally) -> None:
        """Count what the other counts, too."""
        self.pledges |= other.pledges
        self.alliances |= other.alliances
        for column, found in other.dca.items():
            self.dca[column] |= found


Tallies = dict[tuple[Side, Side, int], Tally]


@dataclass(frozen=True)
class _Panel:
    """The tally of each pair and year, of the years that are asked for."""

    states: States
    years: range
    tallies: Tallies = field(default_factory=lambda: defaultdict(Tally))

    def shared(
        self, one: tuple[str, Span], two: tuple[str, Span], known: Iterable[Span]
    ) -> Iterator[Tally]:
        """Yield the tally of each year in which two memberships share days that are known."""
        for (left, own), (right, other) in product(
            self.states.sides(*one), self.states.sides(*two)
        ):
            common = shared(own, other) if left != right else None
            for year in self._years(common, known) if common else ():
                yield self.tallies[left, right, year]

    def signed(self, one: str, two: str, day: str) -> Iterator[Tally]:
        """Yield the tally of the year of a day, when that year is asked for."""
        if int(day[:4]) in self.years:
            left, right = (self.states.side(key, day) for key in (one, two))
            yield self.tallies[left, right, int(day[:4])]

    def _years(self, common: Span, known: Iterable[Span]) -> Iterator[int]:
        for days in known:
            begin, end = max(common.begin, days.begin), min(common.end, days.end)
            if begin <= end:
                first, last = int(begin[:4]), int(end[:4])
                yield from range(max(first, self.years[0]), min(last, self.years[-1]) + 1)


@dataclass(frozen=True)
class _Covering:
    """Which years the sources cover, and which of the sources a panel is made from."""

    covered: Mapping[str, Span]
    chosen: Collection[str]

    def flags(self, year: int) -> dict[str, Cell]:
        """Return the coverage flags of a year, whatever the panel is made from."""
        return {f"{name}_covered": int(self._holds(name, year)) for name in SOURCES}

    def coded(self, year: int) -> set[str]:
        """Return the columns (`dca` for all of them) in which 0 means none in that year."""
        return {one for name in self.chosen if self._holds(name, year) for one in SOURCES[name]}

    def _holds(self, name: str, year: int) -> bool:
        days = self.covered.get(name)
        return days is not None and days.begin[:4] <= f"{year:04}" <= days.end[:4]


def rows(
    store: Store,
    source: str = "all",
    *,
    directed: bool = True,
    first: int | None = None,
    last: int | None = None,
) -> Iterator[list[Cell]]:
    """Return the rows of the panel, cells in the order of `COLUMNS`, sorted by codes and year.

    Directed: each ordered pair, with the promises of side 1 to side 2; otherwise each pair
    once, with the promises of either. `first` and `last` are calendar years, both included. A
    cell is None where no chosen source covers the year. Raises NotFound for a source that the
    store has no records of, and BadParameter when the years are the wrong way round.
    """
    if first is not None and last is not None and first > last:
        raise BadParameter(f"The first year, {first}, is after the last, {last}; swap them")
    states, covered = States(store), coverage(store)
    years = range(first or 0, (last or 9999) + 1)
    panel = _Panel(states, years)
    if source != "dcad":
        _ally(panel, pacts(store, source))
    if source in ("dcad", "all"):
        _cooperate(panel, *cooperation(store, source))
    tallies = panel.tallies if directed else _undirected(panel.tallies)
    covering = _Covering(covered, CHOICES[1:] if source == "all" else (source,))
    return (_row(*key, tallies[key], states, covering) for key in sorted(tallies))


def _ally(panel: _Panel, facts: Facts) -> None:
    for pact, members in facts.members.items():
        for one, two in permutations(members, 2):
            if _counts(one[0], two[0]):
                for tally in panel.shared(one, two, facts.known.get(pact, ())):
                    tally.alliances.add(pact)
    spells: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for pact, members in facts.members.items():
        for member, when in members:
            spells[pact, member].append(when)
    for promise in facts.promises:
        if _counts(promise.obligor, promise.obligee):
            mine = spells.get((promise.pact, promise.obligor), [ALWAYS])
            theirs = spells.get((promise.pact, promise.obligee), [ALWAYS])
            _hold(panel, promise, product(mine, theirs), facts.known.get(promise.pact, ()))


def _hold(
    panel: _Panel, promise: Promise, spells: Iterable[tuple[Span, Span]], known: Iterable[Span]
) -> None:
    for own, other in spells:
        held = shared(own, promise.when)
        if held:
            for tally in panel.shared((promise.obligor, held), (promise.obligee, other), known):
                tally.pledges.add(promise.kind)
                tally.alliances.add(promise.pact)


def _counts(one: str, two: str) -> bool:
    return one != two and (is_oic(one) or is_oic(two))


def _cooperate(
    panel: _Panel, agreements: Iterable[Cooperation], known: Mapping[str, list[Span]]
) -> None:
    parts = {domain: part for part, domain in DCA.items()}
    for pact, domain, a, b, signed in agreements:
        for one, two in permutations((a, b)) if _counts(a, b) else ():
            for tally in panel.signed(one, two, signed.begin) if signed else ():
                _enter(tally, "dca_signed", parts[domain], pact)
            for tally in panel.shared((one, ALWAYS), (two, ALWAYS), known.get(pact, ())):
                _enter(tally, "dca_in_force", parts[domain], pact)


def _enter(tally: Tally, column: str, part: str, pact: str) -> None:
    tally.dca[column].add(pact)
    tally.dca[f"{column}_{part}"].add(pact)


def _undirected(tallies: Tallies) -> Tallies:
    merged: Tallies = defaultdict(Tally)
    for (one, two, year), tally in tallies.items():
        merged[min(one, two), max(one, two), year].add(tally)
    return merged


def _row(
    one: Side, two: Side, year: int, tally: Tally, states: States, covering: _Covering
) -> list[Cell]:
    cells: dict[str, Cell] = {"year": year, **covering.flags(year)}
    for number, side in ((1, one), (2, two)):
        cells |= {f"{name}{number}": cell for name, cell in _about(side, year, states).items()}
    counts = {name: int(kind in tally.pledges) for name, kind in PLEDGES.items()}
    counts["alliances"] = len(tally.alliances)
    counts |= {name: len(tally.dca.get(name, ())) for name in DCA_COLUMNS}
    coded = covering.coded(year)
    for name, count in counts.items():
        cells[name] = count if count or name.split("_")[0] in coded else None
    return [cells[column.name] for column in COLUMNS]


def _about(side: Side, year: int, states: States) -> dict[str, Cell]:
    state = states.on(side, year)
    return {
        "ccode": side.code,
        "gwcode": state.gw,
        "iso3_": state.iso3 or None,
        "state": state.key,
        "name": state.name,
    }
