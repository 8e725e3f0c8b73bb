"""Import UK Treaties Online (Foreign, Commonwealth & Development Office), `uk_treaties.csv`.

Cite https://treaties.fcdo.gov.uk/. Reading rules: `parties` mixes parties and the extent of an
agreement, in capitals or not; `tables/fcdo.csv` tells them apart, by the day of independence.
Where a title names other parties than the column, `tables/fcdo-row.csv` has our reading of the
row. `in_force` and `terminated` are the days of the act; when the act takes effect on another
day, `…_effective` has it, and that day is read. `subject` is often wrong, so words of the title
(`tables/fcdo-words.csv`) come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers import fcdo_series
from kg.importers.actors import Actor, Doubt, find, state_on
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, Step, pair
from kg.importers.keywords import said
from kg.importers.parties import is_oic
from kg.importers.readings import Reading, clip, reading, readings
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["read"]

FILE = "uk_treaties.csv"
COLUMNS = [
    "fcdo_id",
    "title",
    "type",
    "subject",
    "parties",
    "party_iso3",
    "signed",
    "place",
    "in_force",
    "in_force_effective",
    "provisional",
    "terminated",
    "terminated_effective",
    "references",
    "document_url",
]
#: What a row may be; only the first is an agreement of two parties.
TYPES = {"bilateral": True, "multilateral": False}
#: Forms that bind; a memorandum, minutes or a statement may not, and nor may a letter of intent.
BINDING = {
    "agreement",
    "amending-protocol",
    "convention",
    "exchange-of-notes",
    "protocol",
    "treaty",
}
#: What stands in titles for a character that was lost: the pound sign, else an apostrophe.
LOST = "&#65533;"
#: What stands for a pound sign before an amount.
POUND = re.compile(f"(?:{LOST}|(?<!&)#)(?=[0-9])")


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements of two parties, one an OIC state at least."""
    report = Report()
    triples: list[Triple] = []
    rows = read_rows(path, FILE, COLUMNS, key=("fcdo_id",))
    for row in sorted(rows, key=lambda row: row["fcdo_id"]):
        if row.code("type", TYPES) and _is_ours(row, report):
            entry = _entry(row, report)
            triples += entry.triples("fcdo", minter) if entry else ()
    return Imported(tuple(triples), report)


def _is_ours(row: Row, report: Report) -> bool:
    listed = any(is_oic(code) for code in row["party_iso3"].split())
    known = row["fcdo_id"] in readings("fcdo-row")
    report.count("bilateral rows that list an OIC state", when=listed)
    report.count("rows more whose title alone names an OIC party", when=known and not listed)
    return listed or known


def _entry(row: Row, report: Report) -> Entry | None:
    """Return what a row says; None, and the reason in the report, for one that is not ours."""
    ours = reading("fcdo-row", row["fcdo_id"])
    parties, reason = _parties(row, ours)
    if reason:
        report.leave(row["fcdo_id"], reason)
        return None
    report.kept += 1
    report.count("records with both parties OIC", when=all(one.is_oic for one in parties))
    _note(row, ours, report)
    return _said(row, ours, parties, report)


def _parties(row: Row, ours: Reading) -> tuple[Sequence[Actor], str]:
    """Return the parties and, when they make no record here, the reason."""
    if ours.leave:
        return (), ours.leave
    day = iso_date(row, "signed") or iso_date(row, "in_force")
    try:
        found = [state_on(key, day) for key in ours.parties] or list(_listed(row, day))
    except Doubt as doubt:
        return (), str(doubt)
    parties = sorted({one for one in found if one.kind != "territory"})
    reason = pair(parties)
    if reason == "no OIC state":
        return (), "the OIC states that are listed are territories to which it extends"
    return parties, reason


def _listed(row: Row, day: str) -> Iterator[Actor]:
    names = filter(None, row["parties"].split(" ; "))
    return (find("fcdo", row, "parties", day, code=name) for name in names)


def _said(row: Row, ours: Reading, parties: Sequence[Actor], report: Report) -> Entry:
    title = _title(row)
    form = next((one for one in said("fcdo-title", title) if one.instrument), None)
    instrument = form.instrument if form else "unknown"
    domains, confidence = _domains(row, ours, title, report)
    until, provisional = _ended(row), iso_date(row, "provisional")
    return Entry(
        key=row["fcdo_id"],
        locator=f"lb_document_id {row['fcdo_id']}",
        parties=parties,
        words=instrument.replace("-", " ").capitalize(),
        domains=domains,
        confidence=ours.confidence or confidence,
        title=clip(title),
        signed=iso_date(row, "signed"),
        force=_force(row),
        until=until,
        instrument=instrument,
        bindingness="binding" if instrument in BINDING else "unknown",
        place="" if row["place"] in ("Not Known", "Unknown") else row.name("place"),
        page=row["document_url"],
        description=_description(row, ours),
        steps=[
            *([Step(kind="provisional-application", date=provisional)] if provisional else []),
            *([Step(kind="termination", date=until)] if until else []),
        ],
        ids={
            "fcdoId": row["fcdo_id"],
            "treatySeries": fcdo_series.volume(row),
            "untsNumber": fcdo_series.number(row),
        },
    )


def _title(row: Row) -> str:
    return POUND.sub("£", row["title"]).replace(LOST, "'")


def _domains(row: Row, ours: Reading, title: str, report: Report) -> tuple[tuple[str, ...], str]:
    """Return the fields and how sure they are: read by us, or by a rule that may err."""
    subject = meaning("fcdo-subject", row["subject"], report).domains
    words = next((one.domains for one in said("fcdo-words", title) if one.domains), ())
    if ours.domains:
        return ours.domains, "high"
    if subject and (not words or set(subject) & set(words)):
        return words or subject, "high"
    if not words:
        report.note(row["fcdo_id"], "neither subject nor title tells the field: political")
    return words or ("political",), "medium" if words else "low"


def _force(row: Row) -> str:
    return iso_date(row, "in_force_effective") or iso_date(row, "in_force")


def _ended(row: Row) -> str:
    """Return the last day of force; "" for one that lies before the agreement's own days."""
    end = iso_date(row, "terminated_effective") or iso_date(row, "terminated")
    return "" if end < max(_force(row), iso_date(row, "signed")) else end


def _description(row: Row, ours: Reading) -> str:
    note = f"{ours.note[:1].upper()}{ours.note[1:]}." if ours.note else ""
    return " ".join(filter(None, (note, fcdo_series.printed(row))))


def _note(row: Row, ours: Reading, report: Report) -> None:
    signed, force = iso_date(row, "signed"), _force(row)
    if force and signed and force < signed:
        report.note(row["fcdo_id"], f"enters into force ({force}) before signature ({signed})")
    end = iso_date(row, "terminated_effective") or iso_date(row, "terminated")
    if end and not _ended(row):
        report.note(row["fcdo_id"], f"ends ({end}) before it begins: not read")
    if ours.note:
        report.note(row["fcdo_id"], ours.note)
    if LOST in row["title"]:
        report.note(row["fcdo_id"], "the title has lost a character: £ or ' put in")
