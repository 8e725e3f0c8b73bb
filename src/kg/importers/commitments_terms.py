"""Say which agreement a coded promise belongs to, and of what kind it is.

`tables/commitments-agreements.csv` has a line for each agreement: its key, whether
`data/agreements` has it, its form and term, and the dates that came from another dataset.
`commitments-recode.csv` gives the kinds that the coder's scheme lacked, row by row.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.importers.rows import Row, iso_date

__all__ = ["Terms", "kind_of", "terms_of"]

KEY = ("party_a_iso3", "party_b_iso3", "signed", "agreement_title")
KINDS = (
    *("basing", "consultation", "cooperate", "defence", "dispute-settlement", "extradite"),
    *("information-protection", "institution", "intelligence-exchange", "joint-development"),
    *("joint-exercise", "military-aid", "neutrality", "non-aggression", "non-assistance"),
    "supply",
)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What our table says of an agreement."""

    key: str
    curated: bool
    instrument: str
    years: int | None
    renewal: str
    dated_by: str
    not_read: tuple[str, ...]


def terms_of(row: Row) -> Terms:
    """Return what the table says of the row's agreement; raise BadData for one it lacks."""
    iso_date(row, "signed")
    key = tuple(row[column] for column in KEY)
    if key not in _agreements():
        what = f"no agreement {', '.join(key)}; add it to tables/commitments-agreements.csv"
        raise row.bad("agreement_title", what)
    return _agreements()[key]


def kind_of(row: Row, terms: Terms, number: int) -> str:
    """Return the kind of a promise, the agreement's `number`-th; recoded if the table says so."""
    coded = row["commitment_kind"]
    if coded not in KINDS:
        raise row.bad("commitment_kind", f"{coded!r} is no kind; expected {', '.join(KINDS)}")
    found = _recoded().get((terms.key, number))
    if found is None:
        return coded
    told = (row["article"], row["obligor_iso3"], coded)
    if told != (found["article"], found["obligor"], found["from"]):
        what = f"row {number} of {terms.key} is another one in tables/commitments-recode.csv"
        raise row.bad("article", what)
    return found["kind"]


@cache
def _agreements() -> dict[tuple[str, ...], Terms]:
    return {
        tuple(cells[column] for column in KEY): Terms(
            key=cells["key"],
            curated=cells["curated"] == "yes",
            instrument=cells["instrument"],
            years=int(cells["years"]) if cells["years"] else None,
            renewal=cells["renewal"],
            dated_by=cells["dated_by"],
            not_read=tuple(cells["not_read"].split()),
        )
        for cells in _table("agreements")
    }


@cache
def _recoded() -> dict[tuple[str, int], dict[str, str]]:
    return {(cells["agreement"], int(cells["row"])): cells for cells in _table("recode")}


def _table(name: str) -> list[dict[str, str]]:
    table = files("kg.importers").joinpath("tables", f"commitments-{name}.csv").read_text("utf-8")
    return list(csv.DictReader(table.splitlines()))
