"""An answer as a page shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.pool import Job
from kg.web.answers import ask
from kg.web.language import told
from kg.web.names import name, names
from kg.web.site import Row, read_rows
from kg.web.terms import View, table
from kg.web.words import COLUMNS

__all__ = ["PAGE", "Shown", "heading", "shown"]

#: Rows that a page shows at a time, and that a picture is made of; the downloads have them all.
PAGE, PICTURED = 100, 500
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Shown:
    """A table, or the Turtle of a graph."""

    names: tuple[str, ...]
    rows: list[list[View | None]]
    total: int
    truncated: bool = False
    turtle: str | None = None
    #: The rows as the store gave them, as far as a picture is made of them.
    found: tuple[Row, ...] = ()
    #: The rows of this page, and the number of the first of them, from 0.
    page: tuple[tuple[View | None, ...], ...] = ()
    start: int = 0

    #: The columns to show: place, variable and words.
    heads: tuple[tuple[int, str, str], ...] = ()


def shown(job: Job, start: int = 0) -> Shown:
    """Run a query for a page, which shows the rows from `start` on."""
    rows, graph = "application/sparql-results+json", "text/turtle"
    answer = ask(replace(job, rows=rows, graph=graph))
    if answer.kind == "graph":
        return Shown((), [], 0, turtle=answer.body.decode("utf-8"))
    columns, found = read_rows(answer)
    first = found[:PICTURED]
    cells = table(columns, first)
    page = cells[start : start + PAGE]
    if start + PAGE > PICTURED:
        page = table(columns, found[start : start + PAGE])
    heads = [x for x in range(len(columns)) if not _told(page, x)]
    return Shown(
        tuple(columns),
        [_translated(row) for row in cells],
        len(found),
        answer.truncated,
        found=tuple(first),
        page=tuple(tuple(_translated(row)) for row in page),
        start=start,
        heads=tuple((x, columns[x], heading(columns[x])) for x in heads),
    )


def _told(rows: Sequence[Sequence[View | None]], x: int) -> bool:
    """Say whether a column only names the things that another one links to."""
    cells = [row[x] for row in rows]
    if not any(cells) or any(cell and cell.href for cell in cells):
        return False
    return any(
        all(a and b and a.href and a.text == b.text for a, b in ((row[y], row[x]) for row in rows))
        for y in range(len(rows[0]))
        if y != x
    )


def _translated(row: Sequence[View | None]) -> list[View | None]:
    """Return cells with the names of actors and concepts in the reader's language."""
    known = names()
    return [
        replace(view, text=(ref := name(view.title)).text, lang=ref.lang or None)
        if view and view.title and view.title in known
        else view
        for view in row
    ]


def heading(variable: str) -> str:
    """Return the name of a variable as words: in force from, for inForceFrom."""
    words = _WORD.sub(" ", variable).replace("_", " ").lower()
    return told(words) if words in COLUMNS else words
