"""Import the Bilateral Labor Agreements datasets (Chilton and Woda 2022): formation and coding.

The formation file lists the agreements, the country of destination mostly first; the coding file
has a title and provisions for the texts that were read. `ratified` is undefined and mixes entry
into force, signature and ratification: it is only described. `evidence_notavailable` marks an
agreement for which nothing was found but an older list. Provisions are no commitments here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.bla_days import at, contradiction, erratum, note, ratified, signed
from kg.importers.entry import Entry, pair
from kg.importers.keywords import said
from kg.importers.parties import may_be_oic
from kg.importers.rows import Row, read_rows

__all__ = ["read"]

FILE = "BLAs_Formation_Data.csv"
CODING = "BLAs_Coding_Data.csv"
SIDES = ("codeA", "codeB")
#: How near the dataset is to a text, the best first: the confidence.
FOUND = {"copy_available": "high", "evidence_available": "medium", "evidence_notavailable": "low"}
COLUMNS = ["treatyID", "countryA", "countryB", *SIDES, "year", "datesigned", "ratified", *FOUND]
CODED = ["treatyID", "agreement_title", "coded_orig_lang", "autorenew"]
CODED += ["bla_duration", "bla_duration_years"]
YES = {"1": True, "1.0": True, "0": False, "0.0": False, "": False}
RENEWAL = {"1.0": "automatic", "1": "automatic", "0.0": "", "0": "", "": ""}
#: bla_duration to whether bla_duration_years is the term, and to the renewal where it says one.
DURATION = {
    "The BLA is valid for a specified number of years": (True, ""),
    "The BLA is valid until terminated": (False, "indefinite"),
    "The BLA does not mention when it terminates": (False, ""),
    "Other": (False, ""),
}
#: Instruments that bind once they are ratified; a memorandum may or may not.
BINDING = frozenset(
    {
        "agreement",
        "amending-protocol",
        "convention",
        "exchange-of-notes",
        "framework-agreement",
        "protocol",
    }
)
#: A title longer than this is a headnote.
LONGEST = 300


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements with an OIC state; raise BadData for another layout.

    The path is the folder, or the formation file with the coding file beside it.
    """
    report = Report()
    triples: list[Triple] = []
    folder = path if path.is_dir() else path.parent
    texts = {
        row["treatyID"]: row for row in read_rows(folder / CODING, CODING, CODED, ["treatyID"])
    }
    rows = read_rows(path, FILE, COLUMNS, key=["treatyID"])
    days = Counter(_day_and_pair(row) for row in rows if row["datesigned"])
    for row in sorted(rows, key=_number):
        parties = _parties(row)
        if not any(may_be_oic(row[side]) for side in SIDES):
            continue
        _count(row, report)
        if isinstance(parties, str):
            report.leave(row["treatyID"], parties)
            continue
        if days[_day_and_pair(row)] > 1:
            report.note(row["treatyID"], "another row has the same pair and day: both are kept")
        triples += _entry(row, texts.get(row["treatyID"]), parties, report).triples("bla", minter)
    return Imported(tuple(triples), report)


def _number(row: Row) -> int:
    if row.number("treatyID") is None:
        raise row.bad("treatyID", f"{row['treatyID']!r}; expected a number")
    return int(row["treatyID"])


def _day_and_pair(row: Row) -> tuple[str, ...]:
    return (*sorted(row[side] for side in SIDES), row["datesigned"])


def _parties(row: Row) -> list[Actor] | str:
    """Return the parties, or why they are no bilateral agreement of an OIC state."""
    try:
        parties = [find("bla", row, side, at(row)) for side in SIDES]
    except Doubt as doubt:
        return str(doubt)
    return pair(parties) or parties


def _count(row: Row, report: Report) -> None:
    report.count("rows with an OIC party")
    report.count("… with both parties OIC", when=all(may_be_oic(row[side]) for side in SIDES))


def _entry(row: Row, text: Row | None, parties: Sequence[Actor], report: Report) -> Entry:
    report.kept += 1
    report.count("records with a coded text", when=text is not None)
    note(row, report)
    title = _title(text)
    forms, topics = said("bla-title", title), said("bla-topic", title)
    instrument = forms[0].instrument if forms else "unknown"
    years, renewal = _term(text)
    return Entry(
        key=row["treatyID"],
        locator=f"treatyID {row['treatyID']}",
        parties=parties,
        words="Labour agreement",
        domains=list(dict.fromkeys(["labour", *(one for t in topics for one in t.domains)])),
        confidence=_confidence(row),
        title=title,
        signed=signed(row),
        instrument=instrument,
        bindingness=_bindingness(row, instrument),
        years=years,
        renewal=renewal,
        description=_description(row, text),
        ids={"blaId": row["treatyID"]},
    )


def _bindingness(row: Row, instrument: str) -> str:
    if instrument == "joint-statement":
        return "political"
    return "binding" if row["ratified"] and instrument in BINDING else "unknown"


def _title(text: Row | None) -> str:
    title = " ".join(text["agreement_title"].split()) if text else ""
    quoted = title.startswith('"') and title.endswith('"') and title.count('"') == 2
    if quoted or title.count('"') == 1:
        title = title.replace('"', "").strip()
    return title if len(title) <= LONGEST else ""


def _term(text: Row | None) -> tuple[int | None, str]:
    if text is None:
        return None, ""
    fixed, open_ended = text.code("bla_duration", DURATION)
    years = text.number("bla_duration_years") if fixed else None
    return years or None, text.code("autorenew", RENEWAL) if fixed else open_ended


def _confidence(row: Row) -> str:
    best = next((level for column, level in FOUND.items() if row.code(column, YES)), "low")
    if erratum(row) and best == "high":
        return "medium"
    return "low" if contradiction(row) else best


def _description(row: Row, text: Row | None) -> str:
    words = [contradiction(row)]
    if ratified(row):
        words.append(
            f"The dataset's column “ratified”, which it does not define: {ratified(row)}."
        )
    if text is not None and text["coded_orig_lang"] != "English":
        words.append(f"The dataset read the text in {text['coded_orig_lang']}.")
    return " ".join(filter(None, words))
