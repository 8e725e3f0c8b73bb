"""Read where a row of the World Treaty Index says that an agreement stands.

The numbers follow rules that the file does not state. `treaty_id` of a row from the UNTS is `1`
(Series I) or `2` (Series II) and the registration number in five digits; from number 36109 on
it is the bare number. Rows of the volumes between are annexes to older numbers and have none of
their own. DCAD cites the same numbers. `UNXX` is the UN's monthly statement: its `Vol` is a
year and its `Page` a month. For other codes `tables/wti-source.csv` tells how a treaty series
is cited; gazettes and newspapers, whose `Page` may be a day, are left to the locator.
"""

from __future__ import annotations

import re

from kg.importers.base import Report
from kg.importers.codes import meaning
from kg.importers.rows import Row

__all__ = ["locator", "place", "registered", "series", "unts"]

REGISTERED = {"UNTS", "UNXX", "LTS"}
NUMBERED = re.compile(r"[12][0-9]{5}")
BARE = re.compile(r"[0-9]{5}")
FIRST_BARE = 36109
#: The first volume of the annexes; in it and after it, six digits are no registration number.
ANNEXES = 2080


def registered(row: Row) -> bool:
    """Say whether the United Nations or the League of Nations registered the agreement."""
    return row["Source"] in REGISTERED


def place(row: Row) -> tuple[str, ...]:
    """Return what tells a registered agreement from another of the same day and subject."""
    if row["Source"] == "UNXX":
        return (row["treaty_id"],)
    return (row["Source"], row["Vol"], row["Page"])


def locator(row: Row) -> str:
    """Return the place of the row in the index, and the source it cites."""
    return f"treaty_id {row['treaty_id']}; {row['Source']} {row['Vol']}:{row['Page']}"


def unts(row: Row) -> str:
    """Return the UNTS registration number in the index's six digits; "" for no such number."""
    key, source = row["treaty_id"], row["Source"]
    if source not in ("UNTS", "UNXX"):
        return ""
    if BARE.fullmatch(key):
        return f"1{key}" if int(key) >= FIRST_BARE else ""
    annex = source == "UNTS" and (row.number("Vol") or 0) >= ANNEXES
    return key if NUMBERED.fullmatch(key) and not annex else ""


def series(row: Row, report: Report) -> str:
    """Return the volume and page of a treaty series; "" when the row tells no such place."""
    cited = meaning("wti-source", row["Source"], report).words
    used = {"{vol}": row["Vol"], "{page}": row["Page"]}
    if not cited or any(mark in cited and not value.strip("0") for mark, value in used.items()):
        return ""
    return cited.format(vol=row["Vol"], page=row["Page"])
