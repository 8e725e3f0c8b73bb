"""List the texts of a repository and cut them into lines."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kg.files import Layout
from kg.findings import Span

__all__ = ["declare", "queries", "span", "turtle"]

TURTLE_FOLDERS, TURTLE_SUFFIXES = ("ontology", "data"), (".ttl", ".trig")
QUERY_FOLDERS, QUERY_SUFFIXES = ("ontology", "queries"), (".rq",)


def turtle(layout: Layout) -> list[Path]:
    """Return every file of the ontology and the data that is Turtle or TriG by its name."""
    return sorted(_files(layout.root, TURTLE_FOLDERS, TURTLE_SUFFIXES))


def queries(layout: Layout) -> list[Path]:
    """Return every file that is a SPARQL query by its name: saved ones, rules and checks."""
    return sorted(_files(layout.root, QUERY_FOLDERS, QUERY_SUFFIXES))


def span(text: str, start: int, end: int = 0) -> Span:
    """Return the lines and columns of two offsets of a text; one character without an end."""
    return Span(*_point(text, start), *_point(text, end or start + 1))


def declare(prefix: str, known: Mapping[str, str], line: str) -> str:
    """Return how to mend an undeclared prefix, by the prefixes of the repository."""
    if prefix in known:
        return "add " + line.format(prefix, known[prefix])
    near = difflib.get_close_matches(prefix, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}:?" if near else f"add {line.format(prefix, '…')}"


def _point(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _files(root: Path, folders: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder in folders:
        for path in (root / folder).rglob("*"):
            hidden = re.search(r"(?:^|/)\.", str(path.relative_to(root)))
            if path.suffix in suffixes and not hidden:
                yield path
