"""Import the International Freshwater Treaties Database (TFDD), `raw_TFDD.csv`.

Cite Transboundary Freshwater Dispute Database, Oregon State University (2021). A row is a
document and a country of the basin; `2016 Update ID` names the document (`TFDDID` is blank for a
quarter of them). Parties stand in `Signatories`: `CCODE` is today's country of the basin, which
for a colonial treaty is none of its parties. `DateSigned` is day.month.year, or month/day/year
before 1900. A day from March to June 1905 is mostly a year that a spreadsheet read as a day.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, pair
from kg.importers.keywords import said
from kg.importers.parties import is_oic
from kg.importers.rows import Row, read_rows

__all__ = ["read"]

FILE = "raw_TFDD.csv"
KEY = "2016Update ID"
#: Columns that are the same in every row of a document.
SAME = ["DocumentName", "DateSigned", "Signatories", "DocType", "Format", "Issue Area"]
COLUMNS = ["Entry ID", "CCODE", KEY, "TFDDID", *SAME, "Source", "LocationSigned"]
#: Rows whose cells stand in the wrong columns; the document has other rows.
SHIFTED = {"2740"}
#: The last day that the file covers, for the question whether a name is that of an OIC state.
END = "2007-12-31"
DOTTED = re.compile(r"(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d{4})")
SLASHED = re.compile(r"(?P<month>\d\d?)/(?P<day>\d\d?)/(?P<year>\d{4})")
#: Days that are the years 1900 to 2008 if a spreadsheet counts them from its first day.
FIRST = datetime.date(1899, 12, 30)
YEARS_AS_DAYS = (datetime.date(1905, 3, 14), datetime.date(1905, 6, 30))
#: What stands for a title without being one.
NO_TITLE = ("Title of agreement is not known", "An inter-governmental agreement between")
#: What the database adds to a title.
ADDED = re.compile(r"[.\s(]*Agreement text is not available.*", re.DOTALL)
FRENCH = re.compile(r"^(Accord|Protocole)\b.* entre\b", re.IGNORECASE)
#: Longer than this it is no title that we keep.
LONGEST = 320
#: Document types and formats of which the database has no text.
TEXTLESS = {"9", "-1", "", "Missing"}
NUMBER = re.compile(r"UNTS.*?No\.? ?(\d+)")
SERIES = re.compile(r"\b(\d+) (UNTS|LNTS) +(\d+)")


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of documents of two parties, one an OIC state at least."""
    report = Report()
    triples: list[Triple] = []
    for key, rows in groupby(_rows(path), key=lambda row: row[KEY]):
        entry = _entry(key, list(rows), report)
        if entry:
            triples += entry.triples("tfdd", minter)
    return Imported(tuple(triples), report)


def _rows(path: Path) -> list[Row]:
    rows = [row for row in read_rows(path, FILE, COLUMNS) if row[KEY]]
    # Two rows at the end of the file are blank, so that the core cannot check the key.
    seen: set[str] = set()
    for row in rows:
        if row["Entry ID"] in seen:
            raise row.bad("Entry ID", f"{row['Entry ID']!r} stands already in a row above")
        seen.add(row["Entry ID"])
    return sorted(rows, key=lambda row: (row[KEY], row["Entry ID"]))


def _entry(key: str, every: Sequence[Row], report: Report) -> Entry | None:
    rows = [row for row in every if row["Entry ID"] not in SHIFTED] or every
    basin = {row["CCODE"] for row in every}
    _count(report, rows[0], basin)
    for row in every:
        if row not in rows:
            report.note(key, f"Entry ID {row['Entry ID']}: cells in wrong columns, not read")
    if not _signs(rows[0]) and not any(map(is_oic, basin)):
        return None
    try:
        signed, mended = _date(rows[0])
        parties = _parties(rows[0], signed)
        reason = _defect(rows, parties)
    except Doubt as doubt:
        reason = str(doubt)
    if reason:
        report.leave(key, reason)
        return None
    return _agreement(rows[0], parties, signed, mended, report)


def _count(report: Report, row: Row, basin: set[str]) -> None:
    two = len(basin) == 2 and any(map(is_oic, basin))
    report.count("documents")
    report.count("documents of two basin countries, one OIC", when=two)
    report.count("documents that an OIC state signed", when=_signs(row))


def _signs(row: Row) -> bool:
    return any(one.is_oic for one in _parties(row, END))


def _defect(rows: Sequence[Row], parties: Sequence[Actor]) -> str:
    fault = meaning("tfdd-faults", rows[0][KEY], Report()).words
    if fault:
        return fault
    unlike = [name for name in SAME if len({row[name] for row in rows}) > 1]
    if unlike:
        return f"its rows differ in {', '.join(unlike)}"
    if len(parties) != 2:
        return f"{len(parties) or 'no'} signatories"
    if not any(one.is_oic for one in parties):
        return "an OIC state has part of the basin today, none signed"
    return pair(parties)


def _parties(row: Row, signed: str) -> Sequence[Actor]:
    names = [name.strip() for name in row["Signatories"].split(",")]
    every = [find("tfdd", row, "Signatories", signed, name) for name in names]
    return sorted({one for one in every if one.kind != "none"})


def _date(row: Row) -> tuple[str, bool]:
    """Return the day or year of signature, and whether a year was told from a day of 1905.

    1 January stands for a year: of the documents so dated none names the day in its title.
    """
    value = row["DateSigned"]
    if not value:
        return "", False
    match = DOTTED.fullmatch(value) or SLASHED.fullmatch(value)
    if not match:
        raise row.bad("DateSigned", f"{value!r} is no date; expected DD.MM.YYYY or M/D/YYYY")
    day = _day(row, match.groupdict())
    if YEARS_AS_DAYS[0] <= day <= YEARS_AS_DAYS[1] and "1905" not in row["DocumentName"]:
        return str((day - FIRST).days), True
    return day.isoformat()[: 4 if (day.month, day.day) == (1, 1) else 10], False


def _day(row: Row, parts: Mapping[str, str]) -> datetime.date:
    try:
        return datetime.date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except ValueError as error:
        raise row.bad("DateSigned", f"{row['DateSigned']!r} is no day of a calendar") from error


def _agreement(
    row: Row, parties: Sequence[Actor], signed: str, mended: bool, report: Report
) -> Entry:
    title = _title(row)
    report.kept += 1
    report.count("records with both parties OIC", when=all(one.is_oic for one in parties))
    if mended:
        report.note(row[KEY], f"DateSigned {row['DateSigned']} read as the year {signed}")
    return Entry(
        key=row[KEY],
        locator=f"2016Update ID {row[KEY]}" + (f", TFDDID {row['TFDDID']}" * bool(row["TFDDID"])),
        parties=parties,
        words="Water agreement",
        domains=_domains(row, report),
        confidence=_confidence(row, title, mended),
        title=title,
        language="fr" if FRENCH.search(title) else "en",
        signed=signed,
        instrument=_form(row),
        place="" if row["LocationSigned"] == "N.A." else row["LocationSigned"],
        description=f"The file has {row['DateSigned']}, a year stored as a day." * mended,
        ids={"tfddId": row[KEY], **_ids(row)},
    )


def _title(row: Row) -> str:
    title = ADDED.sub("", row["DocumentName"])
    return "" if title.startswith(NO_TITLE) or len(title) > LONGEST else title


def _domains(row: Row, report: Report) -> Sequence[str]:
    issues = [issue.strip() for issue in row["Issue Area"].split(",")]
    coded = [meaning("tfdd-issue", issue, report) for issue in issues]
    told = said("tfdd-title", _title(row))
    return sorted({"water", *(domain for one in [*coded, *told] for domain in one.domains)})


def _form(row: Row) -> str:
    told = said("tfdd-title", _title(row))
    return next((one.instrument for one in told if one.instrument), "unknown")


def _confidence(row: Row, title: str, mended: bool) -> str:
    if row["DocumentName"].startswith(NO_TITLE):
        return "low"
    return "medium" if mended or {row["DocType"], row["Format"]} & TEXTLESS else "high"


def _ids(row: Row) -> dict[str, str]:
    """Return the treaty number and the volume and page; a year before UNTS is no volume."""
    number, series = NUMBER.search(row["Source"]), SERIES.search(row["Source"])
    dated = series is not None and 1920 <= int(series[1]) <= 2010
    return {
        "untsNumber": number[1] if number else "",
        "treatySeries": f"{series[2]} {series[1]}:{series[3]}" if series and not dated else "",
    }
