"""Write a table of typed values: CSV, TSV, Excel, Parquet, lines of JSON.

No cell is a formula to a spreadsheet: in CSV and TSV a text that begins with = + - @, a tab or
a line end gets an apostrophe before it (OWASP, CSV Injection); in Excel every text is written as
a text. Numbers and days are what they are.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kg.errors import BadParameter, TooLarge

__all__ = ["MEDIA", "TABLES", "Column", "Table", "Value", "as_table", "safe"]

Value = str | int | float | bool | datetime.date | None
#: What a spreadsheet may take for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Rows of an Excel sheet without its heading, and characters of a cell.
ROWS, CELL = 1_048_575, 32_767
#: Day on which every file says that it was made, so that its bytes depend on the table alone.
EPOCH = datetime.datetime(2000, 1, 1)


@dataclass(frozen=True)
class Column:
    """A column: its name, and what it means."""

    name: str
    description: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of typed values under named columns, and what the file should say of them."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    #: Source, version, licence and address, as the file says them where it has a place for it.
    about: Mapping[str, str] = field(default_factory=dict)


def as_table(name: str, rows: Iterable[Sequence[Value]], columns: Sequence[str]) -> Table:
    """Return a table from plain names and rows."""
    return Table(name, [Column(one) for one in columns], list(rows))


def safe(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value


def to_csv(table: Table) -> bytes:
    """Return UTF-8 CSV (RFC 4180), with the byte order mark by which Excel knows it."""
    return b"\xef\xbb\xbf" + _separated(table, ",").encode()


def to_tsv(table: Table) -> bytes:
    """Return tab-separated values; tabs and line ends in a cell become spaces."""
    flat = [[_flat(value) for value in row] for row in table.rows]
    return _separated(Table(table.title, table.columns, flat), "\t").encode()


def to_jsonl(table: Table) -> bytes:
    """Return a line of JSON for each row."""
    names = [column.name for column in table.columns]
    lines = (
        json.dumps(dict(zip(names, map(_json, row), strict=True)), ensure_ascii=False)
        for row in table.rows
    )
    return "".join(f"{line}\n" for line in lines).encode()


def to_xlsx(table: Table) -> bytes:
    """Return an Excel workbook: the rows, and a sheet that says what they are.

    Raises TooLarge for more rows than a sheet has.
    """
    if len(table.rows) > ROWS:
        raise TooLarge(
            f"{len(table.rows)} rows are more than Excel takes; ask for .parquet or .csv"
        )
    import xlsxwriter

    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **plain})
    book.set_properties({"title": table.title[:255], "created": EPOCH})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Data")
    sheet.freeze_panes(1, 0)
    for x, column in enumerate(table.columns):
        sheet.write_string(0, x, column.name[:CELL], bold)
        sheet.set_column(x, x, _width(column, [row[x] for row in table.rows[:200]]))
    for y, row in enumerate(table.rows, 1):
        for x, value in enumerate(row):
            _cell(sheet, y, x, value, day)
    if table.columns:
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    _about(book.add_worksheet("About"), table, bold)
    book.close()
    return out.getvalue()


def to_parquet(table: Table) -> bytes:
    """Return Parquet with typed columns; a column of mixed values is text.

    Raises BadParameter when pyarrow, the optional dependency that writes it, is missing.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise BadParameter(
            "Parquet needs pyarrow, which this server does not have; ask for .csv or .xlsx"
        ) from error
    kinds = {
        int: arrow.int64(),
        float: arrow.float64(),
        bool: arrow.bool_(),
        datetime.date: arrow.date32(),
    }
    cells = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays, names = [], [column.name for column in table.columns]
    for column in cells:
        found = {type(value) for value in column if value is not None}
        kind = kinds.get(found.pop()) if len(found) == 1 else None
        texts = [_text(value) for value in column] if kind is None else list(column)
        arrays.append(arrow.array(texts, kind or arrow.string()))
    said = {"title": table.title, **table.about}
    made = arrow.Table.from_arrays(arrays, names=names).replace_schema_metadata(said)
    out = io.BytesIO()
    parquet.write_table(made, out, compression="zstd")
    return out.getvalue()


#: Suffix to what writes a table.
TABLES: dict[str, Callable[[Table], bytes]] = {
    "csv": to_csv,
    "tsv": to_tsv,
    "jsonl": to_jsonl,
    "xlsx": to_xlsx,
    "parquet": to_parquet,
}
#: Suffix to media type, of networks too.
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
}


def _separated(table: Table, delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([safe(column.name) for column in table.columns])
    for row in table.rows:
        writer.writerow([safe(one) if isinstance(one, str) else _text(one) for one in row])
    return text.getvalue()


def _flat(value: Value) -> Value:
    return " ".join(value.split()) if isinstance(value, str) else value


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return (
        value.isoformat()
        if isinstance(value, datetime.date)
        else (None if value is None else str(value))
    )


def _json(value: Value) -> object:
    return value.isoformat() if isinstance(value, datetime.date) else value


def _cell(sheet: object, y: int, x: int, value: Value, day: object) -> None:
    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(y, x, value)
    elif isinstance(value, int | float) and abs(value) < 10**15:
        sheet.write_number(y, x, value)
    elif isinstance(value, datetime.date) and value.year >= 1900:
        sheet.write_datetime(y, x, value, day)
    else:
        # Excel has no days before 1900, and no numbers of more than 15 digits.
        sheet.write_string(y, x, (_text(value) or "")[:CELL])


def _width(column: Column, values: Iterable[Value]) -> int:
    longest = max((len(_text(value) or "") for value in values), default=0)
    return min(max(longest, len(column.name)) + 2, 60)


def _about(sheet: object, table: Table, bold: object) -> None:
    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    said = {"title": table.title, **table.about}
    said |= {one.name: one.description for one in table.columns if one.description}
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for y, (name, value) in enumerate(said.items()):
        sheet.write_string(y, 0, name[:CELL], bold)
        sheet.write_string(y, 1, value[:CELL])
