"""Import Türkiye's defence agreements as listed by Greater Türkiye (CC BY 4.0, to 2026-09).

A volunteers' list, transcribed by hand, which cites ministries, parliaments and agencies: its
facts are reported, not attested. `tier` is the list's own view of the relation and is not read.
A range of days is read as its month. A row that stands for several texts says so in the report.
Several instruments of one `source_id` share their web pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, Step, pair
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["read"]

FILE = "turkiye_defence_agreements.csv"
COLUMNS = (
    *("source_id", "parties", "title_en", "instrument_kind", "signed", "status", "legal_ref"),
    *("note", "source_urls"),
)
#: The latest day that the list cites: what it calls in force, it called so on that day or later.
END = "2026-09-18"
#: What each status says: in force or not on the last day, or nothing of it.
STATUS = {
    "in force": "in force",
    "in force (2018)": "",
    "ratified": "",
    "approved by law": "",
    "signed": "",
    "signed (published in Official Gazette)": "",
    "signed; approved by Somalia": "",
    "signed; awaiting TBMM approval": "not in force",
}
#: How each kind of instrument binds; a treaty is here any agreement between governments.
BINDING = {
    "treaty": "binding",
    "protocol": "binding",
    "mou": "unknown",
    "letter_of_intent": "unknown",
    "declaration": "unknown",
    "plan": "unknown",
    "agency_agreement": "unknown",
    "partnership_document": "unknown",
}
#: Turkish acts with the day of their gazette: approval by parliament, ratification.
ACT = re.compile(r"(Law|Presidential Decision) \d+, Official Gazette (\d{4}-\d\d-\d\d)")
ACTS = {"Law": "approval", "Presidential Decision": "ratification"}
#: Words of titles that stand for more than one text.
SEVERAL = ("agreements", "letters of intent", " and Cash Assistance")
OFFICIAL = (".gov.", ".go.ke/", "parliament.ge/", "boe.es/")
RANGE = re.compile(r"(\d{4}-\d\d)-\d\d/\1-\d\d")


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements of two states or more; raise BadData for another layout."""
    report, triples = Report(), list[Triple]()
    for key, row in _rows(path):
        parties = _parties(row)
        report.count("rows")
        report.count("rows of two parties", when=len(parties) == 2)
        report.count("… with another OIC state", when=sum(one.is_oic for one in parties) > 1)
        report.count("rows of more parties", when=len(parties) > 2)
        reason = pair(parties) if len(parties) < 3 else ""
        if reason:
            report.leave(key, reason)
            continue
        report.kept += 1
        triples += _entry(key, row, parties, report).triples("gt", minter)
    return Imported(tuple(triples), report)


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield the rows with their keys: the id and the place among the rows of that id."""
    met: dict[str, int] = {}
    for row in read_rows(path, FILE, COLUMNS, key=("source_id", "parties", "title_en", "signed")):
        met[row["source_id"]] = met.get(row["source_id"], 0) + 1
        yield f"{row['source_id']}-{met[row['source_id']]}", row


def _parties(row: Row) -> list[Actor]:
    codes = row["parties"].split("|")
    return [find("iso3", row, "parties", _signed(row) or END, code) for code in codes]


def _signed(row: Row) -> str:
    span = RANGE.fullmatch(row["signed"])
    return span[1] if span else iso_date(row, "signed")


def _entry(key: str, row: Row, parties: list[Actor], report: Report) -> Entry:
    about, signed, status = (
        meaning("gt-title", row["title_en"], report),
        _signed(row),
        _status(row),
    )
    kind = meaning("gt-kind", row["instrument_kind"], report)
    if "/" in row["signed"]:
        report.note(key, f"signed {row['signed']}: read as {signed}")
    if any(word in row["title_en"] for word in SEVERAL):
        report.note(key, "stands for more than one text")
    return Entry(
        key=key,
        locator=", ".join(filter(None, (row["source_id"], row["legal_ref"]))),
        parties=parties,
        words="",
        domains=about.domains or ("defence",),
        title=row["title_en"],
        signed=signed,
        attested=END if status == "in force" else "",
        not_in_force_on=END if status == "not in force" else "",
        instrument=about.instrument or kind.instrument,
        bindingness=row.code("instrument_kind", BINDING),
        confidence="medium" if signed else "low",
        evidence="reported",
        page=_page(row),
        description=_description(row),
        steps=tuple(_steps(row, parties)),
    )


def _status(row: Row) -> str:
    return row.code("status", STATUS)


def _page(row: Row) -> str:
    """Return the first official page, else the first page."""
    pages = row["source_urls"].split("|")
    return next((page for page in pages if any(host in page for host in OFFICIAL)), pages[0])


def _description(row: Row) -> str:
    said = [f"The list says: {row['status']}."] if row["status"] != "signed" else []
    said += [f"It gives the days {row['signed'].replace('/', ' to ')}."] * ("/" in row["signed"])
    return " ".join(said)


def _steps(row: Row, parties: list[Actor]) -> Iterator[Step]:
    turkiye = next((one for one in parties if one.key == "TUR"), None)
    for act, day in ACT.findall(row["legal_ref"]):
        yield Step(kind=ACTS[act], date=day, actor=turkiye)
