"""Tell which party a source's code or name stands for on a day; the tables say so.

A source's own codes stand in `tables/<scheme>.csv` (`code,key,kind,from,until,note`). Their
`key` is a code of `tables/iso3.csv`, which gives the state of that day: `TUR` is the Ottoman
Empire before the Republic. What a code is, `kind` says: a `state`; an `other` party that is no
state of the graph (a protected sheikhdom); an `organisation`; a `territory`, the extent of
an agreement and not its party; a `group` of states; or `none`, no party at all.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pyoxigraph import NamedNode

from kg.importers import parties
from kg.importers.rows import Row
from kg.vocab import BASE

__all__ = ["Actor", "Doubt", "find", "state_on"]

PARTIES = ("state", "other")


@dataclass(frozen=True, order=True)
class Actor:
    """What a code stands for on a day; `key` is the last part of its IRI."""

    key: str
    kind: str
    name: str
    successor: str = ""

    @property
    def iri(self) -> NamedNode:
        """The node of a state or of another party."""
        return NamedNode(f"{BASE}id/{'state' if self.kind == 'state' else 'party'}/{self.key}")

    @property
    def is_party(self) -> bool:
        """Say whether it can be a party here: a state, or another party with a node."""
        return self.kind in PARTIES

    @property
    def is_oic(self) -> bool:
        """Say whether it is a member state of the OIC, or one succeeded it."""
        return parties.is_oic(self.key) or parties.is_oic(self.successor)


class Doubt(Exception):
    """A code that does not name one party on that day: quarantine the row, give the reason."""


@dataclass(frozen=True)
class _Span:
    first: str
    until: str
    kind: str
    key: str
    name: str
    successor: str

    def meets(self, date: str) -> bool:
        earliest = date + "0000-01-01"[len(date) :]
        latest = date + "9999-12-31"[len(date) :]
        return self.first <= latest and (not self.until or earliest < self.until)


def find(scheme: str, row: Row, column: str, date: str, code: str | None = None) -> Actor:
    """Return what a code (by default the cell) of a scheme stands for on a partial date.

    Raises BadData for a code that the table does not have, and Doubt for one that may be
    two parties on that date.
    """
    code = row[column] if code is None else code
    spans = _scheme(scheme).get(code)
    if spans is None:
        raise row.bad(column, f"no party for {code!r}; add it to tables/{scheme}.csv")
    met = [span for span in spans if span.meets(date)]
    found = list(dict.fromkeys(actor for span in met for actor in _on(span, date)))
    if len(found) != 1:
        raise Doubt(_which(code, date, found))
    return found[0]


def state_on(code: str, date: str) -> Actor:
    """Return the state of an ISO code on a partial date; raise Doubt unless there is just one."""
    found = list(dict.fromkeys(_iso(code, date)))
    if len(found) != 1:
        raise Doubt(_which(code, date, found))
    return found[0]


def _which(code: str, date: str, found: Iterable[Actor]) -> str:
    names = " or ".join(dict.fromkeys(actor.name for actor in found)) or "nothing"
    return f"{code} on {date or 'an unknown day'} may be {names}"


def _on(span: _Span, date: str) -> list[Actor]:
    if span.kind in PARTIES:
        return _iso(span.key, date)
    return [Actor(span.key, span.kind, span.name, span.successor)]


def _iso(code: str, date: str) -> list[Actor]:
    met = [span for span in _scheme("iso3").get(code, ()) if span.meets(date)]
    return [Actor(span.key, span.kind, span.name, span.successor) for span in met]


@cache
def _scheme(name: str) -> dict[str, tuple[_Span, ...]]:
    content = files("kg.importers").joinpath("tables", f"{name}.csv").read_text("utf-8")
    spans: dict[str, tuple[_Span, ...]] = {}
    for cells in csv.DictReader(content.splitlines()):
        span = _Span(
            cells["from"],
            cells["until"],
            cells["kind"],
            cells["key"],
            cells.get("name_en", ""),
            cells.get("successor", ""),
        )
        spans[cells["code"]] = (*spans.get(cells["code"], ()), span)
    return spans
