"""Judge bytes before they are read: whether they are text, and as it is to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.check.texts import span
from kg.findings import Finding, Place, Span

__all__ = ["BOM", "findings", "load"]

BOM = b"\xef\xbb\xbf"
#: Starts of UTF-16, by which editors on Windows save "Unicode".
UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: Characters of a line beyond which editors and differences are of no use.
LONG = 1_000_000


def load(path: Path, name: str) -> bytes | Finding:
    """Return the bytes of a file, or a finding when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        why = (error.strerror or "unknown error").lower()
        message = f"Cannot be read: {why}; mend the link or the permissions, or remove it"
        return _finding("unreadable", "violation", message, Place(name))


def findings(data: bytes, name: str) -> Iterator[Finding]:
    """Yield what is wrong with the bytes of a file; a violation means that it is no text."""
    if data.startswith(UTF16) or b"\0" in data[:200]:
        message = "This is not UTF-8 but UTF-16, or no text; save it as UTF-8"
        yield _finding("encoding", "violation", message, Place(name, Span(1, 1, 1, 2)))
        return
    if data.startswith(BOM):
        message = (
            "Starts with a byte order mark, which belongs to no file here; save it as plain UTF-8"
        )
        yield _finding("byte-order-mark", "violation", message, Place(name, Span(1, 1, 1, 2)))
        data = data.removeprefix(BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = len(data[: error.start].decode("utf-8"))
        place = Place(name, span(data.decode("utf-8", "replace"), start))
        message = f"Byte 0x{data[error.start]:02X} is not UTF-8; save the file as UTF-8"
        yield _finding("encoding", "violation", message, place)
        return
    if "\r" in text:
        place = Place(name, span(text, text.index("\r")))
        message = "Lines end with a carriage return; `kg fmt` ends them with a line feed alone"
        yield _finding("line-ending", "warning", message, place)
    long = _long_line(text)
    if long is not None:
        message = f"A line of more than {LONG:,} characters; break it, or keep the text elsewhere"
        yield _finding("long-line", "warning", message, Place(name, span(text, long)))


def _long_line(text: str) -> int | None:
    """Return where the first line that is too long starts."""
    start = 0
    while len(text) - start > LONG:
        end = text.rfind("\n", start, start + LONG + 1)
        if end < 0:
            return start
        start = end + 1
    return None


def _finding(rule: str, severity: str, message: str, place: Place) -> Finding:
    return Finding(f"syntax/{rule}", severity, message, place=place, key=rule)
