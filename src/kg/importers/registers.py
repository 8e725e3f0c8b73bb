"""Import the official registers of one layout, `agreements_oic.csv`: seven publishing states.

Brazil: Concordia, Ministry of Foreign Affairs (2021-02). Switzerland: Classified Compilation,
Fedlex (2026-04). Slovakia: Collection of Laws, Slov-Lex (2026-06). Greece: Government Gazette
(2026-04). Argentina: InfoLEG (2026-06). Luxembourg: Legilux (2026-08). Uruguay: IMPO (2026-06).

A law of approval proves approval by one side, not entry into force. Brazil's `in_force` is
`vigor_int_em` of the ministry, the international entry into force: texts that still await
promulgation have it. Its `status` is that of one day; only Switzerland lists just what is in
force. A Slovak notice of termination describes an older agreement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.entry import Entry, Step, pair
from kg.importers.registers_terms import bindingness, corrected, domains, form
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["REGISTERS", "reader"]

FILE = "agreements_oic.csv"
SIDES = ("party_a_iso3", "party_b_iso3")
DATES = ("signed", "in_force", "ended")
COLUMNS = (
    *("source_id", "title", "language", "instrument", *SIDES, *DATES),
    *("place", "domain", "reference", "url"),
)
#: Cells that tell one row from another; the rest is the key and where it was found.
TOLD = COLUMNS[1:-1]
#: Brazil's status on its day: attested in force, ended, awaited, or silent on it.
STATUS = {
    "Em Vigor": "attested",
    "Expirado": "ended",
    "Superado": "ended",
    "Substituído": "ended",
    "Em Ratificação": "awaited",
    "Em ratificação da(s) outra(s) Parte(s)": "awaited",
    "Tramitação Congresso Nacional": "awaited",
    "Tramitação MRE": "awaited",
    "Tramitação Ministérios/Casa Civil": "awaited",
    "Em promulgação/Casa Civil": "",
    "Em promulgação/MRE": "",
    "Situação especial": "",
}
SAID = {
    "Superado": "The ministry lists it as overtaken by another text.",
    "Substituído": "The ministry lists it as replaced by another text.",
    "Situação especial": "The ministry lists it in a special situation, and does not say which.",
}
NOTICES = dict.fromkeys(("conclusion", "termination notice", "amendment", ""))
ENDED = "termination notice"


@dataclass(frozen=True, kw_only=True)
class Register:
    """How one register differs: its keys, its day, its own columns and what it proves."""

    prefix: str
    day: str = ""
    columns: tuple[str, ...] = ()
    living: bool = False
    law: bool = True
    approved: str = ""


REGISTERS = {
    "br": Register(prefix="br-concordia:", day="2021-02-26", columns=("status",), law=False),
    "ch": Register(prefix="ch-sr:cc-", day="2026-04-17", living=True),
    "sk": Register(prefix="sk-zz:", columns=("published", "notice")),
    "gr": Register(prefix="gr-fek:", columns=("published",), approved=r"Law \d+/(\d{4}),"),
    "ar": Register(prefix="ar-infoleg:", columns=("law_date",)),
    "lu": Register(prefix="lu-legilux:", approved=r"Loi du (\d{4}-\d\d-\d\d)"),
    "uy": Register(prefix="uy-impo:", columns=("law_date",)),
}


def reader(source: str) -> Callable[[Path, Minter], Imported]:
    """Return what reads the register of that source id."""
    return lambda path, minter: _read(source, path, minter)


def _read(source: str, path: Path, minter: Minter) -> Imported:
    report, triples, register = Report(), list[Triple](), REGISTERS[source]
    first: dict[tuple[str, ...], str] = {}
    rows = read_rows(path, FILE, (*COLUMNS, *register.columns), key=("source_id",))
    for raw in sorted(rows, key=lambda row: row["source_id"]):
        key, row = raw["source_id"], corrected(raw)
        report.count("rows of the register")
        report.count("… of them signed since 2004", when=raw["signed"] >= "2004")
        earlier = first.setdefault(tuple(raw[column] for column in TOLD), key)
        repeats = f"repeats {earlier}" if earlier != key else ""
        reason = row["leave"] or repeats or _defect(row)
        if reason:
            report.leave(key, reason)
        else:
            report.kept += 1
            _note(row, report)
            triples += _entry(row, register, report).triples(source, minter)
    return Imported(tuple(triples), report)


def _defect(row: Row) -> str:
    try:
        return pair(_parties(row))
    except Doubt as doubt:
        return str(doubt)


def _parties(row: Row) -> list[Actor]:
    """Return the parties on the day of signature, else on the first later day that is known."""
    columns = ("day", *DATES, "published", "law_date")
    days = (iso_date(row, column) for column in columns if column in row.cells)
    day = next(filter(None, days), "")
    return [find("iso3", row, side, day) for side in SIDES]


def _entry(row: Row, register: Register, report: Report) -> Entry:
    key, parties = row["source_id"].removeprefix(register.prefix), _parties(row)
    kind, (fields, about) = form(row, report), domains(row, report)
    unts = row["reference"].startswith("UNTS")
    return Entry(
        key=key.replace("#", "-"),
        locator=", ".join(filter(None, (key, "" if unts else row["reference"]))),
        parties=parties,
        words=f"{kind.words} on {about}",
        domains=fields,
        title=row["title"],
        language=row["language"],
        signed=iso_date(row, "signed"),
        force=iso_date(row, "in_force"),
        until=iso_date(row, "ended"),
        attested=register.day if _attested(row, register) else "",
        not_in_force_on=register.day if _not_in_force(row) else "",
        instrument=kind.instrument,
        bindingness=bindingness(kind.instrument, law=register.law),
        confidence=row["confidence"] or _confidence(row),
        place=row.name("place"),
        page=row["url"],
        description=_description(row),
        steps=tuple(_steps(row, register, parties[0])),
        ids={"untsNumber": re.sub(r"\D", "", row["reference"])} if unts else {},
    )


def _confidence(row: Row) -> str:
    """Brazil's ministry gives the subjects; elsewhere, or corrected, they are read from titles."""
    given = row.cells.get("topics") and not row["note"] and not _early(row)
    return "high" if given else "medium"


def _early(row: Row) -> bool:
    force, signed = iso_date(row, "in_force"), iso_date(row, "signed")
    return bool(force and signed and force < signed[: len(force)])


def _status(row: Row) -> str:
    return row.code("status", STATUS) if "status" in row.cells else ""


def _attested(row: Row, register: Register) -> bool:
    living = register.living or _status(row) == "attested"
    return living and not iso_date(row, "ended") and iso_date(row, "in_force") <= register.day


def _not_in_force(row: Row) -> bool:
    status, force, ended = _status(row), iso_date(row, "in_force"), iso_date(row, "ended")
    # One that was in force and ended on no known day is no longer in force: not the same thing.
    return not force and (status == "awaited" or (status == "ended" and not ended))


def _description(row: Row) -> str:
    if _notice(row) == ENDED and not iso_date(row, "ended"):
        return f"A notice of {row['published']} says that it was terminated; the day is not known."
    return SAID.get(row.cells.get("status", ""), "")


def _notice(row: Row) -> str:
    if "notice" in row.cells:
        row.code("notice", NOTICES)
    return row.cells.get("notice", "")


def _steps(row: Row, register: Register, publisher: Actor) -> Iterator[Step]:
    """Yield the approval that a law proves, the gazette, and the end in a Slovak notice."""
    law = re.match(register.approved, row["reference"]) if register.approved else None
    day = law[1] if law else iso_date(row, "law_date") if "law_date" in row.cells else ""
    if day:
        yield Step(kind="approval", date=day, actor=publisher)
    if register is REGISTERS["gr"]:
        yield Step(kind="publication", date=iso_date(row, "published"), actor=publisher)
    if _notice(row) == ENDED and iso_date(row, "ended"):
        yield Step(kind="termination", date=iso_date(row, "ended"))


def _note(row: Row, report: Report) -> None:
    key, status, force = row["source_id"], _status(row), iso_date(row, "in_force")
    if row["note"]:
        report.note(key, f"corrected or read by hand: {row['note']}")
    if _early(row):
        report.note(key, f"enters into force ({force}) before signature ({row['signed']})")
    if status == "awaited" and force:
        report.note(key, f"status {row['status']}, yet in force since {force}")
    if status == "attested" and iso_date(row, "ended"):
        report.note(key, f"status {row['status']}, yet ended {row['ended']}: not attested")
