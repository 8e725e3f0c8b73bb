"""Write the panel as CSV or Parquet, whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from kg.errors import BadData, BadParameter
from kg.panel.columns import COLUMNS

__all__ = ["FORMATS", "put"]


def as_csv(rows: Iterable[Sequence[int | str | None]]) -> bytes:
    """Return the rows under a header as UTF-8 CSV (RFC 4180, lines end with LF); None is blank."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def as_parquet(rows: Iterable[Sequence[int | str | None]]) -> bytes:
    """Return the rows as Parquet: numbers are int32, None is null.

    Raises BadParameter when pyarrow, the optional dependency that writes it, is missing.
    """
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError as error:
        raise BadParameter(
            "Parquet needs pyarrow, which is not installed; `pip install 'mithaq[parquet]'`,"
            " or ask for --format csv"
        ) from error
    kinds = [arrow.string() if c.datatype == "string" else arrow.int32() for c in COLUMNS]
    schema = arrow.schema(list(zip([c.name for c in COLUMNS], kinds, strict=True)))
    cells = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [arrow.array(list(c), kind) for c, kind in zip(cells, kinds, strict=True)]
    out = io.BytesIO()
    parquet.write_table(arrow.Table.from_arrays(arrays, schema=schema), out)
    return out.getvalue()


#: Name of a format on the command line to what writes it.
FORMATS: dict[str, Callable[[Iterable[Sequence[int | str | None]]], bytes]] = {
    "csv": as_csv,
    "parquet": as_parquet,
}


def put(path: Path, data: bytes) -> None:
    """Put a file in place whole or not at all; raise BadData when it cannot be written."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadData(
            f"{path}: cannot be written: {error.strerror}; name a file in a folder that exists"
            " and may be written to"
        ) from error
