"""Say what the words of an official register mean in our schemes, as a reader corrected them.

`tables/registers-rows.csv` has a line for each row that was corrected by hand: a cell that is
not empty replaces the register's, `-` blanks it, and `leave` says why the row is no record.
`registers-opening.csv` has what a title opens with, for forms that the label does not know.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kg.importers.base import Report
from kg.importers.codes import Meaning, meaning
from kg.importers.rows import Row

__all__ = ["bindingness", "corrected", "domains", "form"]

#: Forms that bind only if more is known; Brazil's ministry lists them beside treaties.
OPEN = {"arrangement", "executive-programme", "letter-of-intent", "minutes", "mou", "unknown"}
DECLARED = {"joint-declaration", "joint-statement"}
#: What the table of corrections has beside columns of the register.
OURS = {"confidence": "", "day": "", "leave": "", "note": ""}


def corrected(row: Row) -> Row:
    """Return the row with the cells that a reader corrected."""
    found = _table("registers-rows").get(row["source_id"], {})
    fixes = {name: cell for name, cell in found.items() if cell and name != "source_id"}
    return Row(row.place, {**row.cells, **OURS, **fixes})


def form(row: Row, report: Report) -> Meaning:
    """Return the form: what the title opens with, else the register's label."""
    title, openings = row["title"].lower(), _table("registers-opening")
    opening = max(filter(title.startswith, openings), key=len, default="")
    label = openings[opening]["label"] if opening else row.name("instrument")
    return meaning("registers-instrument", label, report)


def domains(row: Row, report: Report) -> tuple[list[str], str]:
    """Return the fields, and the words for them."""
    found = [meaning("registers-domain", key, report) for key in row["domain"].split() or [""]]
    keys = [key for one in found for key in one.domains]
    return keys, " and ".join(filter(None, (one.words for one in found)))


def bindingness(instrument: str, *, law: bool) -> str:
    """Return the bindingness of a form; `law` if the register lists only what passed as law."""
    if instrument in DECLARED:
        return "political"
    return "binding" if law or instrument not in OPEN else "unknown"


@cache
def _table(name: str) -> Mapping[str, Mapping[str, str]]:
    content = files("kg.importers").joinpath("tables", f"{name}.csv").read_text("utf-8")
    rows = list(csv.DictReader(content.splitlines()))
    return {next(iter(row.values())): row for row in rows}
