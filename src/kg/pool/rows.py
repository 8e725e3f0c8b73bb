"""Count the rows of a serialised answer, and cut it after a row so that it stays well-formed.

A row ends where these bytes are, and they are nowhere else: JSON escapes the quotation mark inside
a string, XML the angle bracket, TSV the line feed. CSV quotes what holds a line feed, so there the
quotation marks before it are counted.
"""

from __future__ import annotations

import json
import re

from pyoxigraph import QueryResultsFormat as Rows

__all__ = ["Buffer", "Full", "count", "cut", "lines"]

JSON, XML, CSV, TSV = Rows.JSON, Rows.XML, Rows.CSV, Rows.TSV
#: Format to what stands between two rows or after each.
BETWEEN = {JSON: b'},{"', XML: b"</result>", TSV: b"\n", CSV: b"\r\n"}
#: Format to the bytes of that which belong to the row, and what closes a cut answer.
CLOSING = {
    JSON: (1, b"]}}"),
    XML: (len(b"</result>"), b"</results></sparql>"),
    TSV: (1, b""),
    CSV: (2, b""),
}
#: Lines before the first row.
HEAD = {JSON: 0, XML: 0, TSV: 1, CSV: 1}
#: Bytes that the shortest row has, of those that are counted while they come.
LEAST = {
    JSON: len(b'{"x":{"type":"uri","value":""}}'),
    XML: len(b"<result></result>"),
    TSV: 1,
    CSV: 2,
}
_CSV_ROW = re.compile(rb'(?:[^"\r]|"(?:[^"]|"")*")*+\r\n')


class Full(Exception):
    """The limit of rows or bytes is reached."""


class Buffer:
    """A file that keeps what is written until it holds more rows or bytes than allowed."""

    def __init__(self, form: Rows, *, rows: int | None, size: int | None) -> None:
        self._chunks: list[bytes] = []
        self._length = 0
        self._between = BETWEEN[form]
        self._rows = None if rows is None else rows + HEAD[form]
        self._size = size
        #: Up to so many bytes there cannot be more rows than allowed, and none are counted.
        self._few = 0 if self._rows is None else self._rows * LEAST[form]
        self._counted = self._found = 0
        self._tail = b""

    def write(self, chunk: bytes) -> int:
        """Keep a chunk; raise Full past a limit."""
        self._chunks.append(chunk)
        self._length += len(chunk)
        if self._size is not None and self._length > self._size:
            raise Full
        if self._rows is not None and self._length > self._few:
            self._count()
            if self._found > self._rows:
                raise Full
        return len(chunk)

    def _count(self) -> None:
        """Count what stands between rows in what came since."""
        data = self._tail + b"".join(self._chunks[self._counted :])
        self._counted = len(self._chunks)
        self._found += data.count(self._between)
        self._tail = data[-(len(self._between) - 1) :] if len(self._between) > 1 else b""

    def flush(self) -> None:
        """Have nothing to flush."""

    @property
    def kept(self) -> bytes:
        """Return what was written, no more than allowed."""
        return b"".join(self._chunks)[: self._size]


def count(body: bytes, form: Rows) -> int:
    """Return how many rows a whole answer has."""
    if form is JSON:
        return _json_rows(body)
    if form is CSV and b'"' in body:
        return len(_CSV_ROW.findall(body)) - 1
    return body.count(BETWEEN[form]) - HEAD[form]


def cut(body: bytes, form: Rows, rows: int | None) -> tuple[bytes, int]:
    """Return the start of an answer up to so many whole rows, and how many those are.

    `body` may end anywhere; with `rows` None all whole rows stay.
    """
    if form is JSON and b"{}" in body:
        return _json_cut(body, rows)
    ends = _ends(body, form)
    kept = len(ends) - HEAD[form] if rows is None else min(rows, len(ends) - HEAD[form])
    own, closing = CLOSING[form]
    if kept + HEAD[form] <= 0:
        return _empty(body, form), 0
    return body[: ends[kept + HEAD[form] - 1] + own] + closing, kept


def lines(body: bytes) -> bytes:
    """Return a whole JSON answer as newline-delimited JSON, a line a row, in the terms of JSON."""
    start = body.index(b'"bindings":[') + len(b'"bindings":[')
    inside = body[start : body.rindex(b"]")]
    if b"{}" in inside:
        rows = json.loads(body)["results"]["bindings"]
        return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)
    return inside.replace(BETWEEN[JSON], b'}\n{"') + (b"\n" if inside else b"")


def _json_rows(body: bytes) -> int:
    if b"{}" in body:
        return len(json.loads(body)["results"]["bindings"])
    # Each row ends with two brackets: to look for both is faster.
    return body.count(b"}" + BETWEEN[JSON]) + (b'"bindings":[]' not in body[:4096])


def _json_cut(body: bytes, rows: int | None) -> tuple[bytes, int]:
    """Cut an answer in which rows may have no value, which looks like nothing else does."""
    try:
        found = json.loads(body)
    except ValueError:
        found = json.loads(body[: body.rindex(BETWEEN[JSON]) + 1] + CLOSING[JSON][1])
    kept = found["results"]["bindings"][:rows]
    found["results"]["bindings"] = kept
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), len(kept)


def _ends(body: bytes, form: Rows) -> list[int]:
    if form is CSV and b'"' in body:
        return [found.end() - 2 for found in _CSV_ROW.finditer(body)]
    return [found.start() for found in re.finditer(re.escape(BETWEEN[form]), body)]


def _empty(body: bytes, form: Rows) -> bytes:
    """Return the head of an answer whose first row is already too much."""
    if form in (CSV, TSV):
        return body.split(BETWEEN[form], 1)[0] + BETWEEN[form]
    head = body[: body.index(b"[", body.index(b'"results"'))] + b"[]}}" if form is JSON else b""
    return head or body[: body.index(b"<results>") + 9] + b"</results></sparql>"
