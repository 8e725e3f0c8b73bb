"""Read the days of the Bilateral Labor Agreements dataset, where its columns disagree.

Days are month/day/year: of the agreements with an OIC state 148 have a day above 12 in the second
place and none in the first. A few seem to be day/month; ERRATA has those that the row itself
contradicts. A `year` that is not the year of the day leaves the signature open.
"""

from __future__ import annotations

import re

from kg.errors import BadData
from kg.importers.base import Report
from kg.importers.rows import Row, iso_date

__all__ = ["at", "contradiction", "erratum", "note", "ratified", "signed"]

#: Days of signature that cannot stand as they are written, to what is read, and why.
ERRATA = {
    ("77", "1/26/1951, 4/24/1951"): ("1951", "two days, of the two notes"),
    ("659", "5/2/2997"): ("2007", "the year cannot be; the column year has 2007"),
    ("1251", "6/2/2003"): ("2003", "after the ratification of 4/16/2003: day/month, it seems"),
    ("1256", "10/8/2009"): ("2009", "its title has August 10, 2009: day/month, it seems"),
}


def signed(row: Row) -> str:
    """Return the day of signature, else the year; "" where the two contradict each other."""
    day, year = _day(row, "datesigned"), iso_date(row, "year")
    return "" if day and year and day[:4] != year else day or year


def at(row: Row) -> str:
    """Return when the parties were what they were; the year will do where the day is open."""
    return signed(row) or iso_date(row, "year")


def _day(row: Row, column: str) -> str:
    """Return a date written month/day/year; raise BadData for a day no calendar has."""
    value = row[column]
    if (row["treatyID"], value) in ERRATA:
        return ERRATA[row["treatyID"], value][0]
    if not value:
        return ""
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", value)
    if not found:
        raise row.bad(column, f"{value!r} is no date; expected month/day/year, or blank")
    month, day, year = found.groups()
    return iso_date(Row(row.place, {column: f"{year}-{month:>02}-{day:>02}"}), column)


def ratified(row: Row) -> str:
    """Return the day in the column `ratified`; "" for none, or for one that is no date."""
    try:
        return _day(row, "ratified")
    except BadData:
        return ""


def erratum(row: Row) -> str:
    """Return why the day of signature is not read as it stands; "" when it is."""
    return ERRATA.get((row["treatyID"], row["datesigned"]), ("", ""))[1]


def contradiction(row: Row) -> str:
    """Return in words how the day and the year of signature differ; "" when they agree."""
    day = _day(row, "datesigned")
    if not day or signed(row):
        return ""
    return f"The dataset gives the day of signature as {day} and the year as {row['year']}."


def note(row: Row, report: Report) -> None:
    """Note what is odd in the days of a row."""
    key, day, other = row["treatyID"], signed(row), ratified(row)
    if contradiction(row):
        report.note(key, f"{contradiction(row)} Neither is loaded")
    if erratum(row):
        report.note(key, f"datesigned {row['datesigned']} is read as {day}: {erratum(row)}")
    if row["ratified"] and not other:
        report.note(key, f"ratified {row['ratified']!r} is no date: not read")
    if other and day and other < day[: len(other)]:
        report.note(key, f"ratified ({other}) before signature ({day})")
