"""Import the list of treaties of DESTA (Dür, Baccini and Elsig 2014), `raw_DESTA.csv`.

Cite A. Dür, L. Baccini and M. Elsig (2014), Review of International Organizations 9(3) 353–375.
The cells `c1` to `c91` hold numbers of ISO 3166, of today's states whatever the year. Dates are
years. A row that is no `base_treaty` (an accession, a protocol, a consolidated text, a withdrawal,
a negotiation) is left out. A `name` is mostly a list of parties, and then no title.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.entry import Entry, pair
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["read"]

FILE = "raw_DESTA.csv"
SIDES = [f"c{number}" for number in range(1, 92)]
COLUMNS = ["number", "base_treaty", "name", "entry_type", "year", "entryforceyear", "language"]
#: What an entry may be; only the first is an agreement of its own here.
TYPES = {
    "base_treaty": "",
    "accession": "accession to",
    "consolidated": "consolidated text of",
    "negotiation": "negotiation, nothing signed:",
    "protocol or amendment": "protocol or amendment to",
    "withdrawal": "withdrawal from",
}
#: Words that make a name a title, with the form they give.
TITLES = {"Agreement": "agreement", "Convention": "convention", "Union": "unknown"}
#: The last day that the list covers; its numbers name the states of this day.
END = "2020-12-31"


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements of two parties, one an OIC state at least."""
    report = Report()
    triples: list[Triple] = []
    rows = read_rows(path, FILE, [*COLUMNS, *SIDES], key=("number",), delimiter=";")
    for row in sorted(rows, key=lambda row: row["number"]):
        entry = _entry(row, report)
        if entry:
            triples += entry.triples("desta", minter)
    return Imported(tuple(triples), report)


def _entry(row: Row, report: Report) -> Entry | None:
    """Return what a row says; None, and the reason in the report, for one that is not ours."""
    kind = row.code("entry_type", TYPES)
    sides = [side for side in SIDES if row.name(side)]
    report.count("base treaties", when=not kind)
    if not any(find("desta", row, side, END).is_oic for side in sides):
        return None
    _count(report, kind, sides)
    reason = f"{kind} {row['base_treaty']}" if kind else ""
    parties: Sequence[Actor] = ()
    if not reason:
        parties, reason = _parties(row, sides)
    if reason:
        report.leave(row["number"], reason)
        return None
    return _agreement(row, parties, report)


def _count(report: Report, kind: str, sides: Sequence[str]) -> None:
    report.count("rows with an OIC party")
    report.count("… of them base treaties", when=not kind)
    report.count("… of them base treaties of two parties", when=not kind and len(sides) == 2)


def _parties(row: Row, sides: Sequence[str]) -> tuple[Sequence[Actor], str]:
    if len(sides) != 2:
        return (), f"{len(sides)} parties"
    try:
        parties = sorted(find("desta", row, side, iso_date(row, "year")) for side in sides)
    except Doubt as doubt:
        return (), str(doubt)
    return parties, pair(parties)


def _agreement(row: Row, parties: Sequence[Actor], report: Report) -> Entry:
    force = _force(row, report)
    word = next((word for word in TITLES if word in row["name"]), "")
    report.kept += 1
    report.count("records with both parties OIC", when=all(one.is_oic for one in parties))
    return Entry(
        key=row["number"],
        locator=f"number {row['number']}",
        parties=parties,
        words="Preferential trade agreement",
        domains=("free-trade",),
        # Only a row whose text the authors had has a language.
        confidence="high" if row.name("language") and not _late(row) else "medium",
        title=row["name"] if word else "",
        signed=iso_date(row, "year"),
        force=force,
        instrument=TITLES.get(word, "unknown"),
        bindingness="binding" if force else "unknown",
        ids={"destaId": row["number"]},
    )


def _force(row: Row, report: Report) -> str:
    if _late(row):
        said = f"entry into force {row['entryforceyear']} before signature {row['year']}"
        report.note(row["number"], f"{said}: an error, not read")
        return ""
    return iso_date(row, "entryforceyear")


def _late(row: Row) -> bool:
    # A year apart may be a retroactive clause; the one case is 16 years.
    force, signed = row.number("entryforceyear"), row.number("year")
    return bool(force and signed and force < signed - 1)
