"""Read a dataset's CSV file as rows that know where they stand."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kg.errors import BadData

__all__ = ["Row", "iso_date", "partial_date", "read_rows"]

T = TypeVar("T")

#: Cells that stand for "not known"; negative numbers do too, they are the datasets' sentinels.
UNKNOWN = {"", "<NA>", "NA", "9999", "2899-01-01"}
WHOLE = re.compile(r"-?[0-9]+(\.0+)?")
ISO = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
#: No dataset we read has a day outside these years.
YEARS = range(1500, 2101)


@dataclass(frozen=True)
class Row:
    """A row of a dataset; its place is `file:row`."""

    place: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the cell as it stands, without surrounding blanks."""
        return self.cells[column].strip()

    def number(self, column: str) -> int | None:
        """Return a whole number; None for a blank or a sentinel."""
        value = self[column]
        if value in UNKNOWN:
            return None
        if not WHOLE.fullmatch(value):
            raise self.bad(column, f"{value!r} is not a whole number; expected digits, or blank")
        number = int(value.split(".")[0])
        return None if number < 0 else number

    def name(self, column: str) -> str:
        """Return an identifier or word; "" for a blank or a sentinel."""
        value = self[column]
        return "" if value in UNKNOWN or value.startswith("-") else value

    def code(self, column: str, table: Mapping[str, T]) -> T:
        """Return what a code stands for; raise BadData for one the table does not have."""
        if self[column] not in table:
            known = ", ".join(repr(code) for code in table)
            raise self.bad(column, f"{self[column]!r} is no code we know; expected {known}")
        return table[self[column]]

    def bad(self, column: str, what: str) -> BadData:
        """Return the error that names file, row and column."""
        return BadData(f"{self.place}:{column}: {what}", details={"column": column})


def read_rows(
    path: Path,
    filename: str,
    columns: Collection[str],
    key: Sequence[str] = (),
    *,
    delimiter: str = ",",
) -> list[Row]:
    """Return the rows of a CSV file in UTF-8, or of `filename` in a folder.

    Raises BadData naming file, row and column for a missing file or column, a wrong
    encoding, a row of another length, or a key that stands twice.
    """
    path = path / filename if path.is_dir() else path
    content = io.StringIO(_content(path, filename), newline="")
    reader = csv.DictReader(content, delimiter=delimiter, strict=True)
    try:
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            expected = f"expected the columns of {filename}"
            raise BadData(f"{path}:1: no column {', '.join(missing)}; {expected}")
        return list(_checked(path, reader, key))
    except csv.Error as error:
        raise BadData(f"{path}:{reader.reader.line_num}: not CSV: {error}") from error


def _content(path: Path, filename: str) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadData(f"{path}: cannot be read: {error.strerror}; expected {filename}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise BadData(
            f"{path}:{line}:{column}: byte 0x{data[error.start]:02x}; expected UTF-8"
        ) from error


def _checked(path: Path, reader: csv.DictReader[str], key: Sequence[str]) -> Iterator[Row]:
    seen: dict[tuple[str, ...], int] = {}
    for cells in reader:
        row = Row(f"{path}:{reader.line_num}", cells)
        _check_length(row, list(reader.fieldnames or ()))
        value = tuple(row[name] for name in key)
        if key and value in seen:
            raise row.bad(key[0], f"{'/'.join(value)} stands already in row {seen[value]}")
        seen[value] = reader.line_num
        yield row


def _check_length(row: Row, names: list[str]) -> None:
    # DictReader files surplus cells under None, and gives None for cells that are missing.
    short = next((name for name in names if row.cells[name] is None), None)
    if short is not None:
        raise BadData(f"{row.place}: expected {len(names)} cells; the row ends before {short}")
    if None in row.cells:
        raise BadData(f"{row.place}: expected {len(names)} cells; the row has more")


def partial_date(row: Row, year: str, month: str, day: str) -> str:
    """Return a date as precise as the row: `2001-05-04`, `2001-05`, `2001`, or "" if unknown.

    Raises BadData for a day that no calendar has. A day and month without a year say nothing.
    """
    y, m, d = row.number(year), row.number(month), row.number(day)
    if not y:
        return ""
    if y not in YEARS:
        raise row.bad(year, f"{y} is no year; expected {YEARS[0]} to {YEARS[-1]}")
    if m and m > 12:
        raise row.bad(month, f"{m} is no month; expected 1 to 12, or blank")
    if d and not m:
        raise row.bad(month, f"day {d} of {y} has no month; expected 1 to 12")
    try:
        full = datetime.date(y, m or 1, d or 1).isoformat()
    except ValueError as error:
        raise row.bad(day, f"{y}-{m}-{d} is no date; expected a day of that month") from error
    return full if d else full[:7] if m else full[:4]


def iso_date(row: Row, column: str) -> str:
    """Return a date that the row writes as `2001`, `2001-05` or `2001-05-04`; "" if unknown.

    A time after the day is dropped. Raises BadData for anything else, or a day no calendar has.
    """
    value = row.name(column).split(" ")[0].split("T")[0]
    if not value:
        return ""
    if not ISO.fullmatch(value):
        raise row.bad(column, f"{value!r} is no date; expected YYYY, YYYY-MM or YYYY-MM-DD")
    try:
        full = datetime.date.fromisoformat(value + "0000-01-01"[len(value) :])
    except ValueError as error:
        raise row.bad(column, f"{value!r} is no day of a calendar") from error
    if full.year not in YEARS:
        raise row.bad(column, f"{value!r} is no year; expected {YEARS[0]} to {YEARS[-1]}")
    return value
