"""Answer queries in a process of its own, which the pool may kill at any moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, cast

import pyoxigraph
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store
from pyoxigraph import QueryResultsFormat as Rows

from kg.errors import BadQuery, KgError, NotAcceptable, Refused
from kg.formats import GRAPHS, ROWS
from kg.pool.guard import check, is_update
from kg.pool.sandbox import confine
from kg.store import open_built
from kg.vocab import PREFIXES

__all__ = ["Answer", "Job", "answer", "work"]

POSITION = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
PREFIXED = re.compile(r"(?<![\w?$<:/])([A-Za-z][\w.-]*):")
SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Job:
    """A query, and how its answer is wanted; None bars that kind of answer."""

    query: str
    rows: str | None = "application/sparql-results+json"
    graph: str | None = "text/turtle"
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    limit: int | None = None
    prefixes: Mapping[str, str] = field(default_factory=lambda: dict(PREFIXES))


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, and whether rows were cut at the limit."""

    body: bytes
    media: str
    kind: str
    rows: int | None = None
    truncated: bool = False


class _Full(Exception):
    """The limit of rows is reached."""


class _Lines:
    """A file that keeps what is written and stops past a number of lines."""

    def __init__(self, limit: int | None) -> None:
        self.data = bytearray()
        self.count = 0
        self.limit = limit

    def write(self, chunk: bytes) -> int:
        self.data += chunk
        self.count += bytes(chunk).count(b"\n")
        if self.limit is not None and self.count > self.limit:
            raise _Full
        return len(chunk)

    def flush(self) -> None:
        """Have nothing to flush."""


def work(connection: Connection, build: Path) -> None:
    """Answer the jobs that come through the connection until it closes."""
    confine()
    store: Store | None = None
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            return
        try:
            store = store or open_built(build)
            connection.send(answer(store, job))
        except KgError as error:
            connection.send(error)


def answer(store: Store, job: Job) -> Answer:
    """Run a query and return its answer; raise BadQuery, Refused or NotAcceptable."""
    check(job.query)
    try:
        results = _query(store, job)
        if isinstance(results, QueryTriples):
            return _graph(results, job)
        media = _wanted(job.rows, "SELECT and ASK", ROWS)
        if isinstance(results, QueryBoolean):
            return Answer(results.serialize(format=ROWS[media]) or b"", media, "boolean")
        return _rows(results, media, job.limit)
    except SyntaxError as error:
        raise _explained(str(error), job.query) from error
    except OSError as error:
        raise Refused(f"The query asked for what this endpoint never does: {error}") from error


def _query(store: Store, job: Job) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run with the dataset of the protocol: naming one kind of graph empties the other."""
    given = bool(job.default_graphs or job.named_graphs)
    try:
        default = [NamedNode(iri) for iri in job.default_graphs] if given else None
        named = [NamedNode(iri) for iri in job.named_graphs] if given else None
    except ValueError as error:
        raise BadQuery(f"A graph is not named by an absolute IRI: {error}") from error
    return store.query(
        job.query,
        prefixes=dict(job.prefixes),
        default_graph=default,  # type: ignore[arg-type]
        named_graphs=named,  # type: ignore[arg-type]
    )


def _rows(results: QuerySolutions, media: str, limit: int | None) -> Answer:
    """Serialise up to `limit` rows, by way of TSV: it has one line a row, so it can be cut."""
    lines = _Lines(None if limit is None else limit + 1)
    truncated = False
    try:
        results.serialize(cast(IO[bytes], lines), format=Rows.TSV)
    except _Full:
        truncated = True
    data = bytes(lines.data)
    if truncated:
        data = _head(data, limit or 0)
    count = data.count(b"\n") - 1
    if ROWS[media] != Rows.TSV:
        data = _converted(data, ROWS[media])
    return Answer(data, media, "rows", count, truncated)


def _head(data: bytes, rows: int) -> bytes:
    """Return the header and the first rows of a TSV."""
    return b"".join(line + b"\n" for line in data.split(b"\n", rows + 1)[: rows + 1])


def _converted(data: bytes, to: Rows) -> bytes:
    parsed = pyoxigraph.parse_query_results(data, format=Rows.TSV)
    return parsed.serialize(format=to) or b""


def _graph(results: QueryTriples, job: Job) -> Answer:
    media = _wanted(job.graph, "CONSTRUCT and DESCRIBE", GRAPHS)
    body = pyoxigraph.serialize(results, format=GRAPHS[media], prefixes=dict(job.prefixes))
    return Answer(body or b"", media, "graph")


def _wanted(media: str | None, forms: str, offers: Mapping[str, object]) -> str:
    if media is None:
        raise NotAcceptable(f"{forms} are answered in one of: {', '.join(offers)}")
    return media


def _explained(message: str, query: str) -> KgError:
    """Turn the parser's message into an error with a place and a remedy."""
    if is_update(query):
        return Refused("This endpoint is read-only; updates are refused")
    found = POSITION.search(message)
    if found is None:
        return BadQuery(f"Not a SPARQL query: {message}")
    line, column = int(found[1]), int(found[2])
    lines = query.splitlines() or [""]
    excerpt = lines[min(line, len(lines)) - 1]
    details = {"line": line, "column": column, "excerpt": excerpt[:200]}
    text, hint = _cause(found[3], excerpt, column)
    return BadQuery(f"Line {line}, column {column}: {text}", hint=hint, details=details)


def _cause(expected: str, excerpt: str, column: int) -> tuple[str, str | None]:
    if "Prefix not found" in expected:
        names = PREFIXED.findall(excerpt[: column + 1]) or ["this"]
        return f"prefix {names[-1]}: is not declared", f"Add PREFIX {names[-1]}: <…> at the top"
    tokens = (token.strip() for token in expected.split(", "))
    words = [token for token in tokens if token and "u{" not in token and token[0] != "["][:SHOWN]
    return f"expected {' or '.join(words) or 'something else'}", None
