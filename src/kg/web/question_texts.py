"""The texts of saved queries for the catalogues of translations (a Babel extractor)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

__all__ = ["extract"]

_TEXTS = ("summary", "description")


def extract(
    file: IO[bytes], keywords: object, comments: object, options: dict[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield line, function, text and comments of what a page shows of a query's header.

    See https://babel.pocoo.org/en/latest/messages.html#writing-extraction-methods.
    """
    del keywords, comments, options
    for number, line in enumerate(file, 1):
        name, colon, text = line.decode("utf-8").removeprefix("#+ ").strip().partition(": ")
        if not line.startswith(b"#+ ") or not colon:
            continue
        if name.startswith("param."):
            text = text.partition(", ")[2]
        elif name not in _TEXTS:
            continue
        if text:
            yield number, "_", text, []
