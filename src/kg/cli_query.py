"""Write the answer of a query to the terminal, or in any format that HTTP has too."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples

from kg import export as exporting
from kg import formats
from kg.errors import NotAcceptable
from kg.formats import NAMES
from kg.pool.rows import lines
from kg.pool.syntax import explained, no_function
from kg.settings import Settings
from kg.store import open_built
from kg.vocab import BASE, PREFIXES

__all__ = ["FORMATS", "answer"]

#: Formats of rows, and of graphs; two names mean by the form of the query what they do over HTTP.
ROWS = {name: formats.ROWS[NAMES[name][0]] for name in ("csv", "tsv", "json", "xml", "ndjson")}
GRAPHS = exporting.FORMATS | {name: formats.GRAPHS[NAMES[name][1]] for name in ("json", "xml")}
TABLE = "table"
FORMATS = (TABLE, *ROWS, *exporting.FORMATS)


def answer(settings: Settings, text: str, form: str | None) -> None:
    """Write the answer of a query; without a format, as suits the reader and the form.

    The prefixes of the graph need not be declared. Raises BadQuery, with line, column and remedy.
    """
    store = open_built(settings.build)
    prefixes = {name: iri for name, iri in PREFIXES.items() if f"{name}:" in text}
    try:
        result = store.query(text, base_iri=BASE, prefixes=prefixes)
    except SyntaxError as error:
        raise explained(str(error), text) from error
    except RuntimeError as error:
        if missing := no_function(error):
            raise missing from error
        raise
    if isinstance(result, QueryTriples):
        wanted = _offered(form or "turtle", GRAPHS, "A graph is")
        result.serialize(sys.stdout.buffer, GRAPHS[wanted])
        return
    form = _offered(form or _fitting(), (TABLE, *ROWS), "Rows are")
    if form == TABLE:
        _table(result)
    elif form == "ndjson" and isinstance(result, QuerySolutions):
        sys.stdout.buffer.write(lines(result.serialize(format=ROWS[form]) or b""))
    else:
        result.serialize(sys.stdout.buffer, ROWS[form])


def _fitting() -> str:
    return TABLE if sys.stdout.isatty() else "csv"


def _offered(form: str, offers: Iterable[str], what: str) -> str:
    if form in offers:
        return form
    raise NotAcceptable(f"{what} not written as {form}", hint=f"Use one of: {', '.join(offers)}")


def _table(rows: QuerySolutions | QueryBoolean) -> None:
    if isinstance(rows, QueryBoolean):
        click.echo("yes" if rows else "no")
        return
    names = [variable.value for variable in rows.variables]
    cells = [[_cell(row[name]) for name in names] for row in rows]
    width = [max([len(n), *(len(r[i]) for r in cells)]) for i, n in enumerate(names)]
    for row in [names, ["-" * w for w in width], *cells]:
        click.echo("  ".join(c.ljust(w) for c, w in zip(row, width, strict=True)).rstrip())
    click.echo(f"{len(cells)} rows", err=True)


def _cell(term: object) -> str:
    text = str(getattr(term, "value", "") if term is not None else "")
    for head in (f"{BASE}id/", f"{BASE}scheme/"):
        text = text.removeprefix(head)
    return text.replace("\n", " ")
