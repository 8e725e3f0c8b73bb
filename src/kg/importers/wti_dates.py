"""Read the dates of a row of the World Treaty Index, and say where they contradict each other.

The index gives whole days. A year after 2003 is a two-digit year taken for this century (`2028`
in a treaty of 1927): the date is not read, and the record says so. A contradiction is kept as
the source has it, and lowers the confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.importers.rows import Row, iso_date
from kg.importers.wti_cite import registered

__all__ = ["Dates", "dates"]

#: The index ends in this year.
LAST = 2003
#: Rarely does an agreement take effect so many years before its signature.
LONG = 2
YEAR = re.compile(r"19[0-9]{2}")


@dataclass(frozen=True)
class Dates:
    """The days of an agreement; `unread` are sentences on days that are not taken over."""

    signed: str
    force: str
    registration: str
    unread: tuple[str, ...]
    early: bool
    faults: tuple[str, ...]


def dates(row: Row) -> Dates:
    """Return the days that a row gives, and what is wrong with them."""
    signed = iso_date(row, "Signed")
    force = _within(iso_date(row, "Force"))
    registration = _within(iso_date(row, "Regis")) if registered(row) else ""
    early = bool(force) and force < signed
    faults = (
        *_of_force(signed, force),
        *_of_registration(row, signed, registration),
        *_of_print(row, signed),
    )
    return Dates(signed, force, registration, tuple(_unread(row)), early, faults)


def _within(value: str) -> str:
    return value if value and int(value[:4]) <= LAST else ""


def _unread(row: Row) -> Iterator[str]:
    for column, what in (("Force", "entry into force"), ("Regis", "registration")):
        value = iso_date(row, column)
        if value and not _within(value):
            yield f"The source dates {what} {value}, after its own end in {LAST}: not taken over."


def _of_force(signed: str, force: str) -> Iterator[str]:
    years = int(force[:4]) - int(signed[:4]) if force else 0
    if abs(years) >= LONG and force[4:] == signed[4:]:
        yield f"signed ({signed}) and in force ({force}) on one day of different years"
    elif years < -LONG:
        yield f"in force ({force}) long before it was signed ({signed})"


def _of_registration(row: Row, signed: str, registration: str) -> Iterator[str]:
    if registration and registration < signed:
        yield f"registered ({registration}) before it was signed ({signed})"
    month = f"{row['Vol']}-{row['Page'].zfill(2)}"
    if registration and row["Source"] == "UNXX" and registration[2:7] != month:
        yield f"registered ({registration}), but the UN's statement is of {month}"


def _of_print(row: Row, signed: str) -> Iterator[str]:
    year = row["Vol"]
    if not registered(row) and YEAR.fullmatch(year) and year < signed[:4]:
        yield f"published ({row['Source']} {year}) before it was signed ({signed})"
