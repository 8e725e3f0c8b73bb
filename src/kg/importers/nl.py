"""Import the Netherlands' treaties with OIC states from the Basiswettenbestand, `nl_treaties.csv`.

Cite Overheid.nl, Wet- en regelgeving, verdragen, https://wetten.overheid.nl. Reading rules: the
list is of November 2015; "listed" is not proof of force and "pending" is not in force then. Most
days of entry into force are inferred from the oldest version of the text: confidence medium, and
low where another dataset contradicts (SOURCE.txt names four). Second copies (`same_text_as`, or
another consolidation) are left out, and so is the USSR: whether a treaty goes on for one of
`successor_iso3` is not said. An exchange of notes is signed on the day of its last dated note.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, Step, pair
from kg.importers.readings import clip
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["read"]

FILE = "nl_treaties.csv"
COLUMNS = [
    "bwb_id",
    "title_nl",
    "title_original",
    "title_original_lang",
    "instrument_type",
    "party_a",
    "party_b",
    "party_b_name_then",
    "successor_iso3",
    "nl_caribbean_part",
    "first_note",
    "signed",
    "place",
    "in_force",
    "in_force_basis",
    "provisional_from",
    "terminated",
    "status_in_repo",
    "domain",
    "domain2",
    "relation",
    "related_bwb_id",
    "same_text_as",
    "url",
    "note",
]
#: status_in_repo to the day on which the list says that the treaty is not in force.
STATUS = {
    "listed at 2015-11": "",
    "pending at 2015-11": "2015-11",
    "provisionally applied at 2015-11": "",
    "withdrawn from the database": "",
}
#: in_force_basis to how sure the day is; another basis stops the import.
BASIS = {
    "": "high",
    "stated in the record": "high",
    "text: on signature": "high",
    "text: date of the reply": "high",
    "date of the oldest repository version": "medium",
    "date of the repository version that followed signature"
    " (first day of a month, as the text requires)": "medium",
    "date of the repository version in which the treaty was first shown"
    " without a pending mark": "medium",
}
#: Inferred days that another dataset contradicts, by SOURCE.txt.
DISPUTED = {"BWBV0002585", "BWBV0003869", "BWBV0004495", "BWBV0006010"}
RELATIONS = {
    "amends": "Amends",
    "extends_territory": "Extends the territory of",
    "implements": "Implements",
    "revises": "Revises",
    "supplements": "Supplements",
    "suspends": "Suspends",
}
#: A consolidation of another row's treaty, not an agreement of its own.
SAME = "as_amended"
#: Forms that may not bind: an arrangement of ministries, a declaration, a memorandum.
UNSURE = {"arrangement", "joint-declaration", "unknown"}
#: Languages of an original title that we show; another is replaced by the Dutch title.
LANGUAGES = {"en", "fr"}
#: A shorter original title is a bare heading ("Administrative Arrangement").
SHORTEST = 40
#: Original titles that the file marks as English and that are Dutch.
DUTCH = {"BWBV0005664"}


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements of the Netherlands with an OIC state."""
    report = Report()
    triples: list[Triple] = []
    rows = read_rows(path, FILE, COLUMNS, key=("bwb_id",))
    for row in sorted(rows, key=lambda row: row["bwb_id"]):
        report.count("rows")
        report.count("rows that are no second copy", when=not _copied(row))
        entry = _entry(row, report)
        triples += entry.triples("nl", minter) if entry else ()
    return Imported(tuple(triples), report)


def _entry(row: Row, report: Report) -> Entry | None:
    """Return what a row says; None, and the reason in the report, for one that is not ours."""
    parties, reason = _parties(row)
    reason = _copied(row) or reason
    if reason:
        report.leave(row["bwb_id"], reason)
        return None
    report.kept += 1
    _note(row, report)
    return _said(row, parties, report)


def _copied(row: Row) -> str:
    if row["same_text_as"]:
        return f"second copy of {row['same_text_as']}"
    return f"later text of {row['related_bwb_id']}" if row["relation"] == SAME else ""


def _parties(row: Row) -> tuple[Sequence[Actor], str]:
    """Return the parties and, when they make no record here, the reason."""
    day = iso_date(row, "signed") or iso_date(row, "in_force")
    try:
        parties = sorted(find("nl", row, side, day) for side in ("party_a", "party_b"))
    except Doubt as doubt:
        return (), str(doubt)
    reason = pair(parties)
    if reason and row["successor_iso3"]:
        return (), f"with the USSR; not said whether it binds {row['successor_iso3']}"
    return parties, reason


def _said(row: Row, parties: Sequence[Actor], report: Report) -> Entry:
    form = meaning("nl-instrument_type", row["instrument_type"], report)
    title, language = _title(row)
    until, provisional = iso_date(row, "terminated"), iso_date(row, "provisional_from")
    return Entry(
        key=row["bwb_id"],
        locator=f"BWB {row['bwb_id']}",
        parties=parties,
        words=form.words,
        domains=_domains(row, report),
        confidence=_confidence(row),
        title=clip(title),
        language=language,
        signed=iso_date(row, "signed"),
        force=iso_date(row, "in_force"),
        until=until,
        not_in_force_on=row.code("status_in_repo", STATUS),
        instrument=form.instrument,
        bindingness="unknown" if form.instrument in UNSURE else "binding",
        place=row.name("place"),
        page=row["url"],
        description=_description(row),
        steps=[
            *([Step(kind="provisional-application", date=provisional)] if provisional else []),
            *([Step(kind="termination", date=until)] if until else []),
        ],
    )


def _domains(row: Row, report: Report) -> list[str]:
    codes = filter(None, (row["domain"], row["domain2"]))
    return [one for code in codes for one in meaning("nl-domain", code, report).domains]


def _title(row: Row) -> tuple[str, str]:
    """Return the title as signed in English or French, else the Dutch one, and its language."""
    own, language = row["title_original"], row["title_original_lang"]
    if language in LANGUAGES and len(own) >= SHORTEST and row["bwb_id"] not in DUTCH:
        return own, language
    return row["title_nl"], "nl"


def _confidence(row: Row) -> str:
    if row["bwb_id"] in DISPUTED:
        return "low"
    sure = row.code("in_force_basis", BASIS)
    return "medium" if iso_date(row, "terminated") else sure


def _description(row: Row) -> str:
    said = []
    if row["relation"]:
        said.append(f"{row.code('relation', RELATIONS)} {row['related_bwb_id']}.")
    if row["first_note"]:
        said.append(f"The first note is of {iso_date(row, 'first_note')}.")
    if row["nl_caribbean_part"]:
        said.append(f"For the part of the Kingdom: {row['nl_caribbean_part']}.")
    if row["terminated"]:
        said.append("The end is the day on which the database dropped the text.")
    return " ".join(said)


def _note(row: Row, report: Report) -> None:
    signed, force = iso_date(row, "signed"), iso_date(row, "in_force")
    if force and signed and force < signed:
        report.note(row["bwb_id"], f"enters into force ({force}) before signature ({signed})")
    if row["bwb_id"] in DISPUTED:
        report.note(row["bwb_id"], f"another dataset contradicts entry into force {force}")
    if row["note"]:
        report.note(row["bwb_id"], row["note"])
