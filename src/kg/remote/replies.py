"""Make our answers from what another server says, in any format, within the limits of a job.

Rows are asked for as SPARQL JSON and graphs as N-Triples, which every server has; a server that
has only others is read in those. Bytes are parsed as they come, so that a cut answer is not
fetched to its end, and a large graph is passed on piece by piece.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import DefaultGraph, Quad, QueryBoolean, QuerySolutions, RdfFormat, Triple
from pyoxigraph import QueryResultsFormat as Rows

from kg.errors import TooSlow, Unreachable
from kg.formats import GRAPHS, NDJSON, ROWS
from kg.pool.jobs import Answer, Job
from kg.pool.rows import Buffer, Full, count, cut, lines
from kg.remote.about import PUBLICATION
from kg.remote.exchange import Exchange

__all__ = ["DUMPED", "GRAPH", "ROW", "boolean", "dump", "graph", "rows"]

ROW = "application/sparql-results+json, application/sparql-results+xml;q=0.5"
GRAPH = "application/n-triples, text/turtle;q=0.5, application/rdf+xml;q=0.3"
#: What a whole dataset is asked for with.
DUMPED = f"""SELECT ?s ?p ?o ?g {{
  {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{PUBLICATION}>) }} }}"""
#: A blank node as Virtuoso writes it, and the bytes of its term up to there.
BLANK, LONGEST = re.compile(rb'("bnode", *"value": *")nodeID://'), 64
#: Triples that are written at a time.
MANY = 2000
#: Formats of which pieces can be put one after the other.
PIECEWISE = {RdfFormat.N_TRIPLES, RdfFormat.N_QUADS, RdfFormat.TURTLE, RdfFormat.TRIG}
#: What Virtuoso says of an answer that its time limit has cut, and of one cut by its row limit.
PARTIAL, MOST = "X-SQL-State", "X-SPARQL-MaxRows"


def boolean(exchange: Exchange, media: str) -> Answer:
    """Return the answer of an ASK, which Virtuoso gives as a row with 1 or 0, or as no row."""
    parsed = _parsed(exchange)
    try:
        if isinstance(parsed, QuerySolutions):
            value = next((str(getattr(row[0], "value", "")) for row in parsed), "0")
            said = json.dumps({"head": {}, "boolean": value in ("1", "true")})
            parsed = pyoxigraph.parse_query_results(said, format=Rows.JSON)
        return Answer(parsed.serialize(format=ROWS[media]) or b"", media, "boolean")
    except (SyntaxError, ValueError, OSError) as error:
        raise _broken(exchange, error) from error


def rows(exchange: Exchange, job: Job, media: str) -> Answer:
    """Return the answer of a SELECT."""
    parsed = _parsed(exchange)
    if isinstance(parsed, QueryBoolean):
        raise _broken(exchange, "not rows")
    form = ROWS[media]
    buffer = Buffer(form, rows=job.limit, size=job.max_bytes)
    try:
        parsed.serialize(cast(IO[bytes], buffer), format=form)
    except Full:
        data, kept = cut(buffer.kept, form, job.limit)
        return Answer(_shaped(data, media), media, "rows", kept, truncated=True)
    except (SyntaxError, ValueError, OSError) as error:
        raise _broken(exchange, error) from error
    data = buffer.kept
    found = count(data, form)
    if job.limit is not None and found > job.limit:
        data, kept = cut(data, form, job.limit)
        return Answer(_shaped(data, media), media, "rows", kept, truncated=True)
    answer = Answer(_shaped(data, media), media, "rows", found)
    return replace(answer, truncated=_cut_there(exchange, found))


def graph(exchange: Exchange, job: Job, media: str) -> Iterator[bytes]:
    """Yield the answer of a CONSTRUCT or a DESCRIBE."""
    form = RdfFormat.from_media_type(exchange.media)
    if form is None or not exchange.media:
        raise _broken(exchange, exchange.media or "no Content-Type")
    if GRAPHS[media] in PIECEWISE:
        exchange.most = None
    quads = pyoxigraph.parse(cast(IO[bytes], _File(exchange)), format=form)
    return _written(exchange, (quad.triple for quad in quads), GRAPHS[media], job)


def dump(exchange: Exchange, job: Job, media: str) -> Iterator[bytes]:
    """Yield all graphs, from the answer to DUMPED."""
    parsed = _parsed(exchange)
    if isinstance(parsed, QueryBoolean):
        raise _broken(exchange, "not rows")
    if GRAPHS[media] in PIECEWISE:
        exchange.most = None
    return _written(exchange, _quads(exchange, parsed), GRAPHS[media], job)


def _quads(exchange: Exchange, parsed: QuerySolutions) -> Iterator[Quad]:
    found = 0
    for row in parsed:
        found += 1
        s, p, o, g = (cast(Any, row[name]) for name in "spog")
        yield Quad(s, p, o, g or DefaultGraph())
    if _cut_there(exchange, found):
        raise Unreachable(f"{exchange.url} gives no more than {found} rows at a time")


def _written(
    exchange: Exchange, triples: Iterable[Triple | Quad], form: RdfFormat, job: Job
) -> Iterator[bytes]:
    """Yield triples as they come, with the prefixes once; whole in a format with an end."""
    prefixes = dict(job.prefixes)
    head = pyoxigraph.serialize([], format=form, prefixes=prefixes) or b""
    source = iter(triples)
    many = MANY if form in PIECEWISE else None
    try:
        yield _bytes(list(itertools.islice(source, many)), form, prefixes)
        while piece := list(itertools.islice(source, MANY)):
            yield _bytes(piece, form, prefixes).removeprefix(head)
    except (SyntaxError, ValueError, OSError) as error:
        raise _broken(exchange, error) from error


def _bytes(triples: list[Triple | Quad], form: RdfFormat, prefixes: dict[str, str]) -> bytes:
    return pyoxigraph.serialize(cast(list[Quad], triples), format=form, prefixes=prefixes) or b""


def _parsed(exchange: Exchange) -> QuerySolutions | QueryBoolean:
    form = Rows.from_media_type(exchange.media) if exchange.media else None
    if form not in (Rows.JSON, Rows.XML):
        raise _broken(exchange, exchange.media or "no Content-Type")
    if exchange.fields.get(PARTIAL, "") == "S1TAT":
        raise TooSlow(f"{exchange.url} stopped at its own time limit, with a part of the answer")
    file = _Mended(exchange) if form == Rows.JSON else _File(exchange)
    try:
        return pyoxigraph.parse_query_results(cast(IO[bytes], file), format=form)
    except (SyntaxError, ValueError, OSError) as error:
        raise _broken(exchange, error) from error


class _File:
    """What parsers read: an answer, its pieces as large as they come."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._data = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, empty at the end."""
        if self._at >= len(self._data):
            self._data, self._at = self.next(), 0
        end = self._at + size if size > 0 else len(self._data)
        found = self._data[self._at : end]
        self._at = end
        return found

    def next(self) -> bytes:
        """Return the next piece."""
        return self._exchange.fetch()


class _Mended(_File):
    """SPARQL JSON in which the blank nodes of Virtuoso, `nodeID://b1`, have proper names."""

    _kept = b""

    def next(self) -> bytes:
        """Return the next piece; a term that is cut waits for the rest."""
        while True:
            piece = self._exchange.fetch()
            data = BLANK.sub(rb"\1nodeID-", self._kept + piece)
            start = data.rfind(b"{") if piece else -1
            waits = start >= 0 and len(data) - start < LONGEST
            self._kept = data[start:] if waits else b""
            ready = data[:start] if waits else data
            if ready or not piece:
                return ready


def _cut_there(exchange: Exchange, found: int) -> bool:
    """Say whether the server has cut the rows by a limit of its own."""
    most = exchange.fields.get(MOST, "")
    return most.isdigit() and found >= int(most)


def _broken(exchange: Exchange, cause: object) -> Unreachable:
    return Unreachable(
        f"{exchange.url} does not answer as SPARQL says: {cause}",
        hint="Is the address of --store that of its SPARQL endpoint?",
    )


def _shaped(body: bytes, media: str) -> bytes:
    return lines(body) if media == NDJSON else body
