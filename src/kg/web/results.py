"""An answer as a page shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kg.pool import Job
from kg.web.answers import ask
from kg.web.site import Row, read_rows
from kg.web.terms import View, table

__all__ = ["PAGE", "Shown", "shown"]

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

    @property
    def heads(self) -> list[tuple[int, str, str]]:
        """Return the columns to show: place, variable and words.

        A column that says again what an IRI's label says is left to the data.
        """
        shown = [x for x in range(len(self.names)) if not self._told(x)]
        return [(x, self.names[x], _words(self.names[x])) for x in shown]

    def _told(self, x: int) -> bool:
        """Say whether another column links to the thing that this one names."""
        cells = [row[x] for row in self.page]
        if not any(cells) or any(cell and cell.href for cell in cells):
            return False
        return any(
            all(a and b and a.href and a.text == b.text for a, b in pairs)
            for y in range(len(self.names))
            if y != x and (pairs := [(row[y], row[x]) for row in self.page])
        )


def shown(job: Job, start: int = 0) -> Shown:
    """Run a query for a page, which shows the rows from `start` on."""
    rows, graph = "application/sparql-results+json", "text/turtle"
    answer = ask(replace(job, rows=rows, graph=graph))
    if answer.kind == "graph":
        return Shown((), [], 0, turtle=answer.body.decode("utf-8"))
    names, found = read_rows(answer)
    first = found[:PICTURED]
    cells = table(names, first)
    page = cells[start : start + PAGE]
    if start + PAGE > PICTURED:
        page = table(names, found[start : start + PAGE])
    return Shown(
        tuple(names),
        cells,
        len(found),
        answer.truncated,
        found=tuple(first),
        page=tuple(map(tuple, page)),
        start=start,
    )


def _words(name: str) -> str:
    """Return the name of a variable as words: in force from, for inForceFrom."""
    return _WORD.sub(" ", name).replace("_", " ").lower()
