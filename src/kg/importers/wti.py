"""Import the World Treaty Index (Poast, Bommarito and Katz 2010; after Rohn 1983), 1900 to 2003.

Reading rules that the file does not state:

- `treaty_id` of a row from the UNTS is `1` (Series I) or `2` (Series II) and the registration
  number in five digits; from number 36109 on it is the bare number. DCAD cites the same numbers.
- `UNXX` is the UN's monthly statement: `Vol` is a year and `Page` a month, not a volume and page.
- A year after 2003 in `Force` or `Regis` is a two-digit year taken for this century: not read.
- Rows that share day, parties and headnote repeat each other unless both are registered with
  the UN or the League at places of their own: then there are two agreements.
- `ispartyof4`, `dbflag`, `Cultural*`, `group*` and the languages are marks of a later project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import Meaning, meaning
from kg.importers.entry import Entry, Step, pair
from kg.importers.rows import Row, iso_date, read_rows
from kg.importers.wti_text import fields, subject, title

__all__ = ["read"]

FILE = "Treaties_Master_List_Treaties.tsv"
COLUMNS = [
    "treaty_id",
    "Source",
    "Vol",
    "Page",
    "Signed",
    "Force",
    "Regis",
    "party1",
    "party2",
    "laterality",
    "headnote",
    "topic1",
    "topic2",
    "title",
]
SIDES = ("party1", "party2")
LATERALITY = {"BILAT": "", "UNILAT": "unilateral: a declaration of one state"}
#: The index ends in this year.
LAST = 2003
REGISTERED = {"UNTS", "UNXX", "LTS"}
POLITICAL = {"joint-declaration", "joint-statement"}
SLUG = re.compile(r"[A-Za-z0-9._-]+")
#: UNTS numbers: with the series in front to volume 2079, then bare; in between lie annexes.
NUMBERED = re.compile(r"[12][0-9]{5}")
BARE = re.compile(r"[0-9]{5}")
FIRST_BARE = 36109
FIRST_BARE_VOLUME = 2080


def read(path: Path, minter: Minter) -> Imported:
    """Return the index's bilateral agreements of OIC states; path is the file or its folder."""
    rows = read_rows(path, FILE, COLUMNS, ["treaty_id"], delimiter="\t")
    report = Report()
    return Imported(tuple(_triples(sorted(rows, key=_order), minter, report)), report)


def _order(row: Row) -> tuple[bool, str]:
    # The registered row of an agreement comes first, so that the others repeat it.
    return row["Source"] not in REGISTERED, row["treaty_id"]


def _triples(rows: list[Row], minter: Minter, report: Report) -> Iterator[Triple]:
    kept: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        parties = _parties(row, report)
        if not any(one.is_oic for one in parties):
            continue
        both = all(one.is_oic for one in parties)
        report.count("rows with an OIC party")
        report.count("… of them without a date of entry into force", when=not row["Force"])
        fault = LATERALITY_FAULT(row) or pair(parties)
        report.count("rows between two parties, one of them OIC", when=not fault)
        report.count("… of them with both parties OIC", when=not fault and both)
        twins = kept.setdefault(_likeness(row, parties), [])
        fault = fault or _repeats(row, twins)
        report.count("records with both parties OIC", when=not fault and both)
        if fault:
            report.leave(row["treaty_id"], fault)
            continue
        twins.append(row)
        report.kept += 1
        yield from _entry(row, parties, report).triples("wti", minter)
