"""Read what the words of a title say; tables list the keywords, and what each one means."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

from kg.importers.base import Report
from kg.importers.codes import Meaning, meaning

__all__ = ["said"]


def said(table: str, title: str) -> list[Meaning]:
    """Return what the keywords in a title mean, by their place in it, the longest first."""
    found = [(match.start(), -len(word), word) for word, match in _matches(table, title)]
    return [meaning(table, word, Report()) for _, _, word in sorted(found)]


def _matches(table: str, title: str) -> list[tuple[str, re.Match[str]]]:
    plain = " ".join(title.casefold().split())
    found = [(word, pattern.search(plain)) for word, pattern in _patterns(table)]
    return [(word, match) for word, match in found if match]


@cache
def _patterns(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    content = files("kg.importers").joinpath("tables", f"{table}.csv").read_text("utf-8")
    words = [cells["code"] for cells in csv.DictReader(content.splitlines())]
    return tuple((word, re.compile(rf"\b{re.escape(word)}\b")) for word in words)
