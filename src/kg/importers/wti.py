"""Import the World Treaty Index (Poast, Bommarito and Katz 2010; after Rohn 1983), 1900 to 2003.

Reading rules that the file does not state:

- `party1`, `party2` are codes of the day: `tables/wti.csv` has each, typing errors too, and the
  day from which a colony's code means a state. Before it the row is left out.
- A headnote of one word may say little (`ESTABLISHMENT`): `tables/wti-row.csv` has the fields of
  such a row.
- Rows that share day, parties and headnote repeat each other, unless the UN or the League
  registered both, each at a place of its own: then there are two agreements.
- An agreement of the United Arab Republic stands twice, under Egypt `(UAR)` and under Syria
  `(EGYPT)`; signed before the union, it is Egypt's: `tables/wti-row.csv` leaves out Syria's row.
- In a few rows `topic1` and `title` are interchanged.
- `ispartyof4`, `dbflag`, `extra_entry`, `group*`, `Cultural*` and the languages are marks that
  another project made for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, Step, pair
from kg.importers.readings import reading
from kg.importers.rows import Row, iso_date, read_rows
from kg.importers.wti_cite import locator, place, registered, series, unts
from kg.importers.wti_dates import Dates, dates
from kg.importers.wti_text import bare, fields, subject, title

__all__ = ["read"]

FILE = "Treaties_Master_List_Treaties.tsv"
COLUMNS = [
    "treaty_id",
    "Source",
    "Vol",
    "Page",
    "Signed",
    "Force",
    "Regis",
    "party1",
    "party2",
    "laterality",
    "headnote",
    "topic1",
    "topic2",
    "title",
]
SIDES = ("party1", "party2")
LATERALITY = {"BILAT": "", "UNILAT": "unilateral: a declaration of one state"}
#: The field of an agreement of which neither topic nor headnote tells a narrower one.
VAGUE = ("political",)
KEY = re.compile(r"[A-Za-z0-9._-]+")


def read(path: Path, minter: Minter) -> Imported:
    """Return the index's bilateral agreements of OIC states; path is the file or its folder."""
    rows = read_rows(path, FILE, COLUMNS, ["treaty_id"], delimiter="\t")
    report = Report()
    return Imported(tuple(_triples(sorted(rows, key=_order), minter, report)), report)


def _order(row: Row) -> tuple[bool, str]:
    # The registered row of an agreement comes first, so that the others repeat it.
    return not registered(row), row["treaty_id"]


def _triples(rows: list[Row], minter: Minter, report: Report) -> Iterator[Triple]:
    kept: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        signed = iso_date(row, "Signed")
        parties = [_actor(row, side, signed) for side in SIDES]
        if not any(one.is_oic for one in parties):
            continue
        twins = kept.setdefault(_likeness(row, parties), [])
        fault = _fault(row, parties, twins, report)
        if fault:
            report.leave(_key(row), fault)
            continue
        twins.append(row)
        report.kept += 1
        yield from _entry(row, parties, report).triples("wti", minter)


def _actor(row: Row, side: str, signed: str) -> Actor:
    try:
        return find("wti", row, side, signed)
    except Doubt as doubt:
        return Actor("", "in doubt", f"party {doubt}")


def _key(row: Row) -> str:
    key = row["treaty_id"]
    if not KEY.fullmatch(key):
        raise row.bad("treaty_id", f"{key!r} is no key; expected letters and digits")
    return key


def _likeness(row: Row, parties: list[Actor]) -> tuple[str, ...]:
    words = re.sub(r"\W+", " ", bare(row["headnote"]).upper()).strip()
    return (row["Signed"], *sorted(one.key or one.name for one in parties), words)


def _fault(row: Row, parties: list[Actor], twins: list[Row], report: Report) -> str:
    """Count a row of an OIC party; return why it is left out, "" when it is not."""
    both = all(one.is_oic for one in parties)
    unfit = row.code("laterality", LATERALITY)
    unfit = unfit or reading("wti-row", row["treaty_id"]).leave or pair(parties)
    first = next((twin for twin in twins if _same(row, twin)), None)
    report.count("rows with an OIC party")
    report.count("… of them without a date of entry into force", when=not row["Force"])
    report.count("… of them between two parties", when=not unfit)
    report.count("… between two parties, both OIC", when=not unfit and both)
    report.count("… between two parties, repeating another row", when=not unfit and bool(first))
    if unfit or first is None:
        return unfit
    return f"repeats {first['treaty_id']}: same day, parties and headnote"


def _same(row: Row, twin: Row) -> bool:
    return not (registered(row) and registered(twin)) or place(row) == place(twin)


@dataclass(frozen=True)
class _Subject:
    """What the codes and the headnote say that an agreement is about."""

    domains: tuple[str, ...]
    words: str
    instrument: str
    told: bool


def _subject(row: Row, report: Report) -> _Subject:
    topics = [row["topic1"], *filter(None, [row["topic2"]])]
    kind = meaning("wti-title", row["title"], report)
    if kind.domains:  # the columns are interchanged
        topics, kind = [row["title"]], meaning("wti-topic", row["topic1"], report)
    said = [meaning("wti-topic", topic, report) for topic in topics]
    coded = [domain for code in said for domain in code.domains]
    known = reading("wti-row", row["treaty_id"]).domains
    told = [
        known or fields(topic, row["headnote"]) or code.domains
        for topic, code in zip(topics, said, strict=True)
    ]
    domains = [domain for several in told for domain in several]
    words = subject(row["headnote"]) or said[0].words or "Agreement"
    if kind.words and kind.words not in words.lower():
        words = f"{words} ({kind.words})"
    instrument = kind.instrument or "unknown"
    return _Subject(
        tuple(dict.fromkeys(domains)) or VAGUE, words, instrument, told=domains != coded
    )


def _entry(row: Row, parties: list[Actor], report: Report) -> Entry:
    about, days = _subject(row, report), dates(row)
    for fault in days.faults:
        report.note(_key(row), f"{fault}: confidence low")
    for sentence in days.unread:
        report.note(_key(row), sentence)
    if reading("wti-row", row["treaty_id"]).note:
        report.note(_key(row), reading("wti-row", row["treaty_id"]).note)
    if days.early:
        report.note(
            _key(row), f"enters into force ({days.force}) before signature ({days.signed})"
        )
    return Entry(
        key=_key(row),
        locator=locator(row),
        parties=parties,
        title=title(row["headnote"]),
        words=about.words,
        domains=about.domains,
        confidence=_confidence(row, about, days),
        signed=days.signed,
        force=days.force,
        instrument=about.instrument,
        bindingness=_bindingness(row, about.instrument),
        description=" ".join(days.unread),
        steps=[Step(kind="registration", date=days.registration)] if days.registration else [],
        ids={"wtiId": _key(row), "untsNumber": unts(row), "treatySeries": series(row, report)},
    )


def _confidence(row: Row, about: _Subject, days: Dates) -> str:
    if reading("wti-row", row["treaty_id"]).confidence:
        return reading("wti-row", row["treaty_id"]).confidence
    if days.faults or (about.domains == VAGUE and not about.told):
        return "low"
    return "medium" if about.told or not registered(row) else "high"


def _bindingness(row: Row, instrument: str) -> str:
    if registered(row):
        return "binding"
    return "political" if instrument in ("joint-declaration", "joint-statement") else "unknown"
