"""Read our own readings of single rows: what a title says that the source's columns do not.

`tables/<source>-row.csv` has `code` (the row's key), `parties` (codes of `tables/iso3.csv`,
separated by blanks), `domains`, `confidence`, `leave` (why the row is no record) and `note`. A
column that a table does not need may be missing; an empty cell leaves what the row says.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["LONGEST", "Reading", "clip", "reading", "readings"]

#: A title is carried over up to this length.
LONGEST = 200


@dataclass(frozen=True)
class Reading:
    """What a reader of the row found; empty where the row stands as it is."""

    parties: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    confidence: str = ""
    leave: str = ""
    note: str = ""


def reading(table: str, key: str) -> Reading:
    """Return our reading of a row; an empty one for a row that needs none."""
    return readings(table).get(key, Reading())


@cache
def readings(table: str) -> Mapping[str, Reading]:
    """Return all readings of a table by the key of the row."""
    content = files("kg.importers").joinpath("tables", f"{table}.csv").read_text("utf-8")
    return {
        cells["code"]: Reading(
            tuple(cells.get("parties", "").split()),
            tuple(cells.get("domains", "").split()),
            cells.get("confidence", ""),
            cells.get("leave", ""),
            cells.get("note", ""),
        )
        for cells in csv.DictReader(content.splitlines())
    }


def clip(title: str) -> str:
    """Return a title with single blanks, cut between two words when it is long."""
    plain = " ".join(title.split())
    if len(plain) <= LONGEST:
        return plain
    return plain[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;:(") + " …"
