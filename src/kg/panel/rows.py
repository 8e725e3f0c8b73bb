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
from kg.panel.facts import Facts, cooperation, coverage, pacts
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


Panel = dict[tuple[Side, Side, int], Tally]


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
    panel: Panel = defaultdict(Tally)
    if source != "dcad":
        _ally(panel, pacts(store, source), states)
    if source in ("dcad", "all"):
        _cooperate(panel, store, source, states)
    shown = panel if directed else _undirected(panel)
    covering = _Covering(covered, CHOICES[1:] if source == "all" else (source,))
    picked = sorted(key for key in shown if (first or 0) <= key[2] <= (last or 9999))
    return (_row(*key, shown[key], states, covering) for key in picked)


def _ally(panel: Panel, facts: Facts, states: States) -> None:
    spells: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for pact, members in facts.members.items():
        for one, two in permutations(members, 2):
            if _counts(one[0], two[0]):
                for tally in _tallies(panel, states, one, two, facts.known.get(pact, ())):
                    tally.alliances.add(pact)
        for member, when in members:
            spells[pact, member].append(when)
    for pact, kind, obligor, obligee, when in facts.promises:
        known = facts.known.get(pact, ())
        mine = spells.get((pact, obligor), [ALWAYS])
        theirs = spells.get((pact, obligee), [ALWAYS])
        for own, other in product(mine, theirs) if _counts(obligor, obligee) else ():
            held = shared(own, when)
            if held:
                pair = (obligor, held), (obligee, other)
                for tally in _tallies(panel, states, *pair, known):
                    tally.pledges.add(kind)
                    tally.alliances.add(pact)


def _counts(one: str, two: str) -> bool:
    return one != two and (is_oic(one) or is_oic(two))


def _tallies(
    panel: Panel,
    states: States,
    one: tuple[str, Span],
    two: tuple[str, Span],
    known: Iterable[Span],
) -> Iterator[Tally]:
    """Yield the tally of each year in which two memberships share days that are known."""
    for (left, own), (right, other) in product(states.sides(*one), states.sides(*two)):
        common = shared(own, other) if left != right else None
        for days in known if common else ():
            for year in _years(common or ALWAYS, days):
                yield panel[left, right, year]


def _years(one: Span, two: Span) -> range:
    begin, end = max(one.begin, two.begin), min(one.end, two.end)
    return range(int(begin[:4]), int(end[:4]) + 1) if begin <= end else range(0)


def _cooperate(panel: Panel, store: Store, source: str, states: States) -> None:
    parts = {domain: part for part, domain in DCA.items()}
    agreements, known = cooperation(store, source)
    for pact, domain, a, b, signed in agreements:
        if _counts(a, b):
            for one, two in permutations((a, b)):
                if signed:
                    left, right = (states.side(key, signed.begin) for key in (one, two))
                    key = left, right, int(signed.begin[:4])
                    _enter(panel[key], "dca_signed", parts[domain], pact)
                always = (one, ALWAYS), (two, ALWAYS)
                for tally in _tallies(panel, states, *always, known.get(pact, ())):
                    _enter(tally, "dca_in_force", parts[domain], pact)


def _enter(tally: Tally, column: str, part: str, pact: str) -> None:
    tally.dca[column].add(pact)
    tally.dca[f"{column}_{part}"].add(pact)


def _undirected(panel: Panel) -> Panel:
    merged: Panel = defaultdict(Tally)
    for (one, two, year), tally in panel.items():
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
