"""Import the Nuclear Cooperation Agreements Dataset v2.0 (Fuhrmann 2012, Atomic Assistance).

A row is supplier, recipient, year and type; a mutual agreement has two rows. Rows of one pair of
states, year and type are one record, and no more can be told apart. `year` is the year of
signature. Type 7 is secret help with weapons that nobody has published as an agreement.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, pair
from kg.importers.parties import may_be_oic
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["read"]

FILE = "nca_v2.0.csv"
COLUMNS = ["ccode1", "ccode2", "country1", "country2", "year", "nca", "nca_type"]
SIDES = ("ccode1", "ccode2")
#: Types with goods: only for these does the direction say who helps whom.
SUPPLY = frozenset("34567")
MILITARY = "7"
#: Every row is an agreement.
AGREED = {"1": True}

Key = tuple[int, int, int, str]


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements with an OIC state; raise BadData for another layout."""
    report = Report()
    triples: list[Triple] = []
    for key, rows in sorted(_groups(read_rows(path, FILE, COLUMNS)).items()):
        try:
            parties = [find("nca", rows[0], side, _year(rows[0])) for side in SIDES]
        except Doubt as doubt:
            if any(may_be_oic(rows[0][side]) for side in SIDES):
                _count(rows, report)
                _leave(rows, report, str(doubt))
            continue
        if not any(one.is_oic for one in parties):
            continue
        _count(rows, report)
        if reason := pair(parties):
            _leave(rows, report, reason)
            continue
        triples += _entry(key, rows, parties, report).triples("nca", minter)
    return Imported(tuple(triples), report)


def _groups(rows: Sequence[Row]) -> dict[Key, list[Row]]:
    groups: dict[Key, list[Row]] = {}
    for row in rows:
        row.code("nca", AGREED)
        groups.setdefault(_key(row), []).append(row)
    return groups


def _key(row: Row) -> Key:
    low, high = sorted(_code(row, side) for side in SIDES)
    return low, high, int(_year(row)), row["nca_type"]


def _code(row: Row, side: str) -> int:
    code = row.number(side)
    if code is None:
        raise row.bad(side, f"{row[side]!r} is no COW code; expected a number")
    return code


def _year(row: Row) -> str:
    year = iso_date(row, "year")
    if len(year) != 4:
        raise row.bad("year", f"{row['year']!r} is no year; expected YYYY")
    return year


def _count(rows: Sequence[Row], report: Report) -> None:
    both = all(may_be_oic(rows[0][side]) for side in SIDES)
    for _ in rows:
        report.count("rows with an OIC party")
    report.count("pairs, years and types with an OIC party")
    report.count("… with both parties OIC", when=both)


def _leave(rows: Sequence[Row], report: Report, reason: str) -> None:
    for row in rows:
        report.leave(_directed(row), reason)


def _directed(row: Row) -> str:
    return "-".join(row[column] for column in (*SIDES, "year", "nca_type"))


def _entry(key: Key, rows: Sequence[Row], parties: Sequence[Actor], report: Report) -> Entry:
    name, first = "-".join(map(str, key)), rows[0]
    what = meaning("nca-nca_type", first["nca_type"], report)
    military = first["nca_type"] == MILITARY
    report.kept += 1
    _repeats(name, rows, report)
    return Entry(
        key=name,
        locator=f"COW {key[0]} and {key[1]}, year {key[2]}, nca_type {key[3]}",
        parties=parties,
        words=what.words or "Nuclear cooperation",
        domains=what.domains or ("nuclear-energy",),
        instrument=what.instrument or "unknown",
        confidence="low" if military or not what.domains else "medium",
        evidence="reported" if military else "attested",
        signed=_year(first),
        description=_direction(rows, parties),
        ids={"ncaId": name},
    )


def _repeats(name: str, rows: Sequence[Row], report: Report) -> None:
    first = rows[0]
    for row in rows[1:]:
        same = row["ccode1"] == first["ccode1"]
        how = "the same row again, perhaps another agreement" if same else "the other direction"
        report.leave(_directed(row), f"part of record {name}: {how}")


def _direction(rows: Sequence[Row], parties: Sequence[Actor]) -> str:
    if len({row["ccode1"] for row in rows}) > 1:
        return "The dataset lists it in both directions."
    if rows[0]["nca_type"] not in SUPPLY:
        return ""
    supplier, recipient = (one.name for one in parties)
    return f"The dataset lists {supplier} as supplier and {recipient} as recipient."
