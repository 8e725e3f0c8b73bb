"""An answer as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.pool import Job
from kg.web.answers import ask
from kg.web.site import Row, read_rows
from kg.web.terms import View, table

__all__ = ["Shown", "shown"]

#: Rows that a page shows; the downloads have them all.
PAGE = 500


@dataclass(frozen=True)
class Shown:
    """A table, or the Turtle of a graph."""

    names: tuple[str, ...]
    rows: list[list[View | None]]
    total: int
    truncated: bool = False
    turtle: str | None = None
    #: The rows as the store gave them, as far as they are shown.
    found: tuple[Row, ...] = ()


def shown(job: Job) -> Shown:
    """Run a query for a page."""
    rows, graph = "application/sparql-results+json", "text/turtle"
    answer = ask(replace(job, rows=rows, graph=graph))
    if answer.kind == "graph":
        return Shown((), [], 0, turtle=answer.body.decode("utf-8"))
    names, found = read_rows(answer)
    cells = table(names, found[:PAGE])
    first = tuple(found[:PAGE])
    return Shown(tuple(names), cells, len(found), answer.truncated, found=first)
