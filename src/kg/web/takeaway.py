"""Answers as files for other programs: tables for spreadsheets, networks for graph programs."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from contextlib import suppress

from flask import Response, request

from kg.downloads import MEDIA, NETWORKS, TABLES, Column, Network, Table, Value, as_network
from kg.errors import NotAcceptable
from kg.pool import Job
from kg.vocab import XSD, local
from kg.web.answers import ask
from kg.web.links import LICENCE
from kg.web.site import Cell, Row, read_rows, site
from kg.web.terms import LABELLED, labels

__all__ = ["FILES", "answer", "network_file", "table_file"]

#: Suffixes of an answer that only we write; `sheet.csv` is CSV that no spreadsheet runs.
FILES = ("sheet.csv", "sheet.tsv", "jsonl", "xlsx", "parquet", *NETWORKS)
#: Pairs of columns whose order says nothing.
EVEN = {("a", "b"), ("one", "two"), ("state1", "state2")}
NUMBERS: dict[str, type[int] | type[float]] = {
    XSD + name: kind
    for kind, names in {
        int: ("integer", "int", "long", "nonNegativeInteger", "gYear"),
        float: ("decimal", "double", "float"),
    }.items()
    for name in names
}


def answer(title: str, query: str, suffix: str, name: str) -> Response:
    """Return the rows of a query as a file: a table with labels beside IRIs, or a network."""
    found = ask(Job(query=query, rows="application/sparql-results+json"))
    if found.kind == "graph":
        raise NotAcceptable(
            f"{title}: a graph, no table", hint="Ask for .ttl, .jsonld, .nt or .rdf"
        )
    columns, rows = read_rows(found)
    named = _labels(rows)
    cells = [[_typed(row.get(column)) for column in columns] for row in rows]
    if suffix in NETWORKS:
        way = tuple(columns[:2]) not in EVEN and not {"a", "b"} <= set(columns)
        made = as_network(title, columns, cells, named, directed=way)
        response = network_file(made, suffix, name)
    else:
        response = table_file(_table(title, columns, rows, cells, named), suffix, name)
    response.headers["Mithaq-Rows"] = str(len(rows))
    if found.truncated:
        response.headers["Mithaq-Truncated"] = "true"
    return response


def table_file(table: Table, suffix: str, name: str) -> Response:
    """Return a table as a file that a browser saves."""
    plain = suffix.removeprefix("sheet.")
    return _file(TABLES[plain](table), plain, name)


def network_file(network: Network, suffix: str, name: str) -> Response:
    """Return a network as a file that a browser saves."""
    return _file(NETWORKS[suffix](network), suffix, name)


def _file(body: bytes, suffix: str, name: str) -> Response:
    response = Response(body, content_type=MEDIA[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
    response.headers["Mithaq-Dataset"] = site().graph.fingerprint
    return response


def _table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    cells: Sequence[Sequence[Value]],
    named: dict[str, str],
) -> Table:
    """Return a table in which a column of labels follows each column of IRIs."""
    iris = {c for row in rows for c in columns if row.get(c, {}).get("type") == "uri"}
    heads: list[Column] = []
    made: list[list[Value]] = [[] for _ in rows]
    for x, column in enumerate(columns):
        heads.append(Column(column))
        for row, found in zip(made, cells, strict=True):
            row.append(found[x])
        if column in iris:
            heads.append(Column(f"{column}_label"))
            for row, found in zip(made, cells, strict=True):
                row.append(named.get(str(found[x])) if found[x] is not None else None)
    about = site().graph.about
    said = {
        "version": f"{about.get('version', '')}+{about.get('fingerprint', '')}",
        "address": request.url,
        "licence": LICENCE,
        "note": "An empty cell is not known; it does not say no.",
    }
    return Table(title, heads, made, said)


def _labels(rows: Iterable[Row]) -> dict[str, str]:
    iris = [cell["value"] for row in rows for cell in row.values() if cell["type"] == "uri"]
    iris = list(dict.fromkeys(iris))
    found: dict[str, str] = {}
    for start in range(0, len(iris), LABELLED):
        found |= labels(iris[start : start + LABELLED])
    return {iri: found.get(iri, local(iri)) for iri in iris}


def _typed(cell: Cell | None) -> Value:
    if cell is None:
        return None
    value, kind = cell["value"], cell.get("datatype", "")
    with suppress(ValueError):
        if kind in NUMBERS:
            return NUMBERS[kind](value)
        if kind == XSD + "date":
            return datetime.date.fromisoformat(value)
        if kind == XSD + "boolean":
            return value in ("true", "1")
    return value
