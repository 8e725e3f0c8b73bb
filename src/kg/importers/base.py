"""The reading and normalising that every importer shares."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import BadData
from kg.vocab import BASE, MQ, RDF_TYPE, XSD

__all__ = [
    "Imported",
    "Minter",
    "Report",
    "Row",
    "concept",
    "facts",
    "is_oic",
    "may_be_oic",
    "name_of",
    "partial_date",
    "read_rows",
    "slug",
    "state_of",
    "text",
    "typed",
]


@dataclass(frozen=True)
class Row:
    """A row of a dataset that knows where it stands."""

    place: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the cell, without surrounding blanks."""
        return self.cells[column].strip()

    def number(self, column: str) -> int | None:
        """Return a whole number; None for a blank or a sentinel (negative or 9999)."""
        value = self[column]
        if value == "":
            return None
        try:
            number = int(float(value))
        except ValueError as error:
            raise BadData(f"{self.place}:{column}: {value!r} is not a whole number") from error
        return None if number < 0 or number == 9999 else number


@dataclass
class Report:
    """What an import kept, and each row it left out with the reason."""

    kept: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def leave(self, key: str, reason: str) -> None:
        """Note a row that is left out."""
        self.left_out.append((key, reason))

    def note(self, key: str, reason: str) -> None:
        """Note something odd in a row that is kept."""
        self.notes.append((key, reason))

    def lines(self) -> Iterator[str]:
        """Yield a line for each row left out or noted."""
        yield from (f"left out {key}: {reason}" for key, reason in self.left_out)
        yield from (f"note {key}: {reason}" for key, reason in self.notes)

    def summary(self) -> str:
        """Return the counts in one line."""
        return f"{self.kept} records, {len(self.left_out)} rows left out, {len(self.notes)} notes"


@dataclass(frozen=True)
class Imported:
    """The records of a dataset as triples, and the report."""

    triples: tuple[Triple, ...]
    report: Report


class Minter:
    """Gives records their agreement: the one they have, else a new IRI that nothing uses."""

    def __init__(self, assigned: Mapping[str, str], taken: Collection[str]) -> None:
        """Take what records already have, and all agreement IRIs in use."""
        self._assigned = dict(assigned)
        self._taken = set(taken)

    def agreement(self, record: str, parties: Iterable[str], signed: str) -> str:
        """Return the agreement IRI of a record."""
        if record in self._assigned:
            return self._assigned[record]
        stem = BASE + "id/agreement/" + slug(parties, signed)
        iri, count = stem, 1
        while iri in self._taken:
            count += 1
            iri = f"{stem}-{count}"
        self._taken.add(iri)
        return iri


def slug(parties: Iterable[str], signed: str) -> str:
    """Return the readable key of an agreement: `PAK-TUR-1954-04-02`."""
    return "-".join([*sorted(parties), signed or "undated"])


def read_rows(path: Path, filename: str, columns: Collection[str], key: str = "") -> list[Row]:
    """Return the rows of a CSV file (or of `filename` in a folder).

    Raises BadData naming file:row:column for a missing file or column, a wrong encoding, a
    short row, or a key that stands twice.
    """
    path = path / filename if path.is_dir() else path
    try:
        content = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadData(f"{path}: cannot be read: {error.strerror}; expected {filename}") from error
    except UnicodeDecodeError as error:
        raise BadData(f"{path}: not UTF-8 at byte {error.start}; expected {filename}") from error
    reader = csv.DictReader(content.splitlines())
    missing = sorted(set(columns) - set(reader.fieldnames or ()))
    if missing:
        raise BadData(
            f"{path}:1: no column {', '.join(missing)}; expected the layout of {filename}"
        )
    return list(_checked(path, reader, key))


def _checked(path: Path, reader: csv.DictReader[str], key: str) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for cells in reader:
        place = f"{path}:{reader.line_num}"
        if None in cells or None in cells.values():
            count = len(reader.fieldnames or ())
            raise BadData(
                f"{place}: expected {count} cells; the file is cut or has another edition"
            )
        if key and cells[key] in seen:
            raise BadData(f"{place}:{key}: {cells[key]} stands already in row {seen[cells[key]]}")
        seen[cells[key] if key else place] = reader.line_num
        yield Row(place, cells)


def partial_date(row: Row, year: str, month: str, day: str) -> str:
    """Return a date at the precision of the row: `2001-05-04`, `2001-05`, `2001` or "".

    Raises BadData for a day that no calendar has.
    """
    y, m, d = row.number(year), row.number(month), row.number(day)
    if not y:
        return ""
    try:
        if m and d:
            return datetime.date(y, m, d).isoformat()
        return datetime.date(y, m, 1).isoformat()[:7] if m else f"{y:04d}"
    except ValueError as error:
        raise BadData(f"{row.place}:{day}: {y}-{m}-{d} is no date ({error})") from error


DATE_TYPES = {10: "date", 7: "gYearMonth", 4: "gYear"}


def typed(date: str) -> Literal:
    """Return a partial date as a literal of its own datatype."""
    return Literal(date, datatype=NamedNode(XSD + DATE_TYPES[len(date)]))


def text(value: str) -> Literal:
    """Return an English literal."""
    return Literal(value, language="en")


def concept(scheme: str, key: str) -> NamedNode:
    """Return a concept of one of our schemes."""
    return NamedNode(f"{BASE}scheme/{scheme}/{key}")


def facts(
    subject: str,
    kind: str,
    values: Mapping[str, NamedNode | Literal | Iterable[NamedNode | Literal] | None],
) -> Iterator[Triple]:
    """Yield the triples of one node; a value of None is left out."""
    node = NamedNode(subject)
    yield Triple(node, NamedNode(RDF_TYPE), NamedNode(MQ + kind))
    for name, value in values.items():
        many = [value] if isinstance(value, NamedNode | Literal) else value or ()
        predicate = NamedNode(name if name.startswith("http") else MQ + name)
        yield from (Triple(node, predicate, one) for one in many)


@dataclass(frozen=True)
class Span:
    """One COW code over a span of days stands for one of our states."""

    first: str
    until: str
    state: str
    name: str


@cache
def _crosswalk() -> dict[str, list[Span]]:
    source = files("kg.importers").joinpath("crosswalk.csv").read_text("utf-8")
    spans: dict[str, list[Span]] = {}
    for row in csv.DictReader(source.splitlines()):
        span = Span(row["from"], row["until"], row["state"], row["name"])
        spans.setdefault(row["cow"], []).append(span)
    return spans


def state_of(row: Row, column: str, date: str) -> str:
    """Return the state key of a COW code on a day; raise BadData for a code not mapped."""
    for span in _crosswalk().get(row[column], ()):
        if (not span.first or span.first <= date) and (not span.until or date < span.until):
            return span.state
    raise BadData(f"{row.place}:{column}: no state for COW code {row[column]} on {date or '?'}")


def may_be_oic(code: str) -> bool:
    """Say whether a COW code stood for an OIC state at any time."""
    return any(is_oic(span.state) for span in _crosswalk().get(code, ()))


@cache
def _names() -> dict[str, str]:
    return {span.state: span.name for spans in _crosswalk().values() for span in spans}


def name_of(state: str) -> str:
    """Return the English name of a state, for a generated label."""
    return _names()[state]


@cache
def _oic() -> frozenset[str]:
    source = files("kg.importers").joinpath("oic.csv").read_text("utf-8")
    return frozenset(row["state"] for row in csv.DictReader(source.splitlines()))


def is_oic(state: str) -> bool:
    """Say whether a state is, or was succeeded by, a member state of the OIC."""
    return state in _oic()
