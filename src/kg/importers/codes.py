"""What a source's codes mean in our schemes: tables that a reviewer can read.

`tables/<source>-<column>.csv` has `code`, `domains` (keys of the scheme `domain`, separated by
blanks), `instrument` (a key of the scheme `instrument-type`), `words` (of a generated label) and
`note`. A column that a table does not need may be missing.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kg.importers.base import Report

__all__ = ["Meaning", "meaning"]


@dataclass(frozen=True)
class Meaning:
    """What a code stands for; empty where the table says nothing."""

    domains: tuple[str, ...] = ()
    instrument: str = ""
    words: str = ""


def meaning(table: str, code: str, report: Report) -> Meaning:
    """Return what a code means; one that the table does not have is reported and means nothing."""
    found = _table(table)
    if code not in found:
        report.miss(f"{table} {code!r}")
        return Meaning()
    return found[code]


@cache
def _table(name: str) -> dict[str, Meaning]:
    content = files("kg.importers").joinpath("tables", f"{name}.csv").read_text("utf-8")
    return {
        cells["code"]: Meaning(
            tuple(cells.get("domains", "").split()),
            cells.get("instrument", ""),
            cells.get("words", ""),
        )
        for cells in csv.DictReader(content.splitlines())
    }
