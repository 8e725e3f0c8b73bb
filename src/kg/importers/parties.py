"""Tell which state a Correlates of War code stands for on a day; `crosswalk.csv` says so."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.importers.rows import Row

__all__ = ["doubt", "is_oic", "may_be_oic", "name_of", "other_name", "state_of"]

#: States that ended and count as OIC: a member state, or part of one, succeeds them.
PREDECESSORS = frozenset({"OTT", "UAR", "YAR", "YMD"})


@dataclass(frozen=True)
class Span:
    """A code stands for a state from `first` to the day before `until`; "" is open."""

    first: str
    until: str
    state: str
    name: str
    abbreviations: frozenset[str]

    def meets(self, date: str) -> bool:
        """Say whether some day of a partial date lies in the span; "" may be any day."""
        earliest = date + "0000-01-01"[len(date) :]
        latest = date + "9999-12-31"[len(date) :]
        return self.first <= latest and (not self.until or earliest < self.until)


def state_of(row: Row, column: str, date: str) -> str:
    """Return the state of a COW code on a partial date; raise BadData unless there is just one."""
    found = _states(row, column, date)
    if not found:
        raise row.bad(
            column, f"no state for COW code {row[column]}; expected one of crosswalk.csv"
        )
    if len(found) > 1:
        raise row.bad(column, doubt(row, column, date))
    return found[0]


def doubt(row: Row, column: str, date: str) -> str:
    """Return why a code does not name one state on a partial date; "" when it does."""
    found = _states(row, column, date)
    if len(found) < 2:
        return ""
    return f"COW code {row[column]} on {date or 'an unknown day'} may be {' or '.join(found)}"


def _states(row: Row, column: str, date: str) -> list[str]:
    spans = _crosswalk().get(row[column], ())
    return list(dict.fromkeys(span.state for span in spans if span.meets(date)))


def other_name(code: str, abbreviation: str) -> bool:
    """Say whether an abbreviation is that of another state than the code."""
    own = {name for span in _crosswalk().get(code, ()) for name in span.abbreviations}
    return abbreviation not in own and abbreviation in _abbreviations()


def may_be_oic(code: str) -> bool:
    """Say whether a COW code stood for an OIC state at any time."""
    return any(is_oic(span.state) for span in _crosswalk().get(code, ()))


def is_oic(key: str) -> bool:
    """Say whether a state is a member state of the OIC, or was succeeded by one."""
    return key in _members() or key in PREDECESSORS


def name_of(key: str) -> str:
    """Return the English name of a state, for a generated label."""
    return _names()[key]


@cache
def _crosswalk() -> dict[str, tuple[Span, ...]]:
    spans: dict[str, tuple[Span, ...]] = {}
    for cells in _table("crosswalk.csv"):
        short = frozenset(cells["abbreviations"].split("|"))
        span = Span(cells["from"], cells["until"], cells["state_key"], cells["name_en"], short)
        spans[cells["cow_code"]] = (*spans.get(cells["cow_code"], ()), span)
    return spans


@cache
def _names() -> dict[str, str]:
    return {span.state: span.name for spans in _crosswalk().values() for span in spans}


@cache
def _abbreviations() -> frozenset[str]:
    every = (span for spans in _crosswalk().values() for span in spans)
    return frozenset(name for span in every for name in span.abbreviations)


@cache
def _members() -> frozenset[str]:
    return frozenset(cells["key"] for cells in _table("oic_members.csv"))


def _table(name: str) -> list[dict[str, str]]:
    content = files("kg.importers").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(content.splitlines()))
