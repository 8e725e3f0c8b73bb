"""Answer queries from another SPARQL 1.1 server, within the limits that hold here.

Every query is read here first: its syntax errors have our places and words, SERVICE and updates
are refused, and what kind of answer it has is known. The server is asked by POST with a form,
which all servers understand, for SPARQL JSON or N-Triples; other formats are made from these.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pyoxigraph
import urllib3
from pyoxigraph import QueryBoolean, QueryTriples, RdfFormat, Store
from pyoxigraph import QueryResultsFormat as Rows

from kg.errors import BadQuery, NotAcceptable, TooSlow, Unreachable
from kg.formats import GRAPHS, NDJSON, ROWS
from kg.pool.guard import check
from kg.pool.jobs import Answer, Job
from kg.pool.processes import Call, Running
from kg.pool.rows import Buffer, Full, count, cut, lines
from kg.pool.slots import Slots
from kg.pool.syntax import explained
from kg.vocab import BASE

__all__ = ["Remote"]

JSON, TRIPLES = "application/sparql-results+json", "application/n-triples"
#: Bytes read at a time, and of an answer that is not rows.
PIECE, LARGEST = 1 << 16, 256 * 1024 * 1024
#: Characters of what the server says that are passed on.
TOLD = 300


class _Load:
    """What a pool has of workers; here the server has them."""

    load = (0, 0, 0)


class Whole:
    """The bytes of an answer that has come already."""

    def __init__(self, body: bytes) -> None:
        self.whole: bytes | None = body

    def __iter__(self) -> Iterator[bytes]:
        """Yield the one piece."""
        yield self.whole or b""

    def close(self) -> None:
        """Have nothing to close."""


class Remote:
    """The face of a pool, before a server elsewhere."""

    def __init__(self, url: str, *, limit_ms: int = 10_000, connections: int = 16) -> None:
        """Ask the SPARQL endpoint at `url`, over so many connections at most."""
        self.url = url
        self.limit = limit_ms / 1000
        self.slots = Slots(0)
        self.fair = _Load()
        self.running: list[Running] = []
        self._http = urllib3.PoolManager(maxsize=connections, block=True, retries=False)
        self._empty = Store()

    def run(self, job: Job, call: Call | None = None) -> Answer:
        """Answer a query; raise what a pool raises, or Unreachable."""
        check(job.query)
        kind = self._kind(job)
        wanted = job.graph if kind == "graph" else job.rows
        if wanted is None:
            raise NotAcceptable(f"{self.url}: no acceptable format for this kind of query")
        deadline = time.monotonic() + min(self.limit, (call and call.limit) or self.limit)
        body = self._ask(job, TRIPLES if kind == "graph" else JSON, deadline)
        if kind == "graph":
            return _graph(body, wanted, job)
        return _rows(body, wanted, job, kind)

    def stream(self, job: Job, call: Call | None = None) -> tuple[Answer, Whole]:
        """Answer a query as `run` does; the answer is whole."""
        answer = self.run(job, call)
        return answer, Whole(answer.body)

    def cancel(self, identifier: str) -> bool:
        """Say that no query can be stopped here."""
        return False

    def hear(self, started: object, stolen: object) -> None:
        """Have no fast workers to tell of."""

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def _kind(self, job: Job) -> str:
        """Read the query as the store would, and say what kind of answer it has."""
        try:
            found = self._empty.query(job.query, base_iri=BASE, prefixes=dict(job.prefixes))
        except SyntaxError as error:
            raise explained(str(error), job.query) from error
        except (OSError, ValueError) as error:
            raise BadQuery(str(error)) from error
        if isinstance(found, QueryTriples):
            return "graph"
        return "boolean" if isinstance(found, QueryBoolean) else "rows"

    def _ask(self, job: Job, media: str, deadline: float) -> bytes:
        fields = [("query", _declared(job))]
        fields += [("default-graph-uri", iri) for iri in job.default_graphs]
        fields += [("named-graph-uri", iri) for iri in job.named_graphs]
        left = deadline - time.monotonic()
        try:
            answer = self._http.request(
                "POST",
                self.url,
                body=urlencode(fields),
                headers={
                    "Accept": media,
                    "Content-Type": "application/x-www-form-urlencoded",
                    "User-Agent": "mithaq",
                },
                timeout=urllib3.Timeout(connect=min(5.0, left), read=left),
                preload_content=False,
                redirect=False,
            )
            try:
                body = self._read(answer, job, deadline)
            finally:
                answer.close()
        except urllib3.exceptions.ReadTimeoutError as error:
            raise self._late() from error
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(
                f"{self.url} does not answer: {error}", hint="Is the server of --store running?"
            ) from error
        return self._judged(answer.status, body)

    def _read(self, answer: urllib3.BaseHTTPResponse, job: Job, deadline: float) -> bytes:
        body = bytearray()
        for piece in answer.stream(PIECE):
            body += piece
            if time.monotonic() > deadline:
                raise self._late()
            if len(body) > LARGEST:
                raise Unreachable(f"{self.url}: the answer has more than {LARGEST} bytes")
        return bytes(body)

    def _judged(self, status: int, body: bytes) -> bytes:
        if status == 200:
            return body
        said = " ".join(body.decode("utf-8", "replace").split())[:TOLD]
        if status in (400, 413, 414, 422):
            raise BadQuery(f"{self.url} refuses the query: {said}")
        if status in (408, 429, 503, 504):
            raise TooSlow(f"{self.url} is busy or out of time ({status}): {said}")
        raise Unreachable(f"{self.url} answers {status}: {said}")

    def _late(self) -> TooSlow:
        return TooSlow(
            f"{self.url} did not answer within {self.limit:g} s",
            hint="Add a LIMIT, bind more terms, or ask for one state or one year",
        )


def _declared(job: Job) -> str:
    """Return the query with the prefixes that it uses, on its first line so that lines stay."""
    used = {name: iri for name, iri in job.prefixes.items() if f"{name}:" in job.query}
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in used.items()) + job.query


def _rows(body: bytes, media: str, job: Job, kind: str) -> Answer:
    form = ROWS[media]
    try:
        parsed: Any = pyoxigraph.parse_query_results(body, format=Rows.JSON)
        if kind == "boolean":
            return Answer(parsed.serialize(format=form) or b"", media, kind)
        buffer = Buffer(form, rows=job.limit, size=job.max_bytes)
        try:
            parsed.serialize(buffer, format=form)
        except Full:
            data, kept = cut(buffer.kept, form, job.limit)
            return Answer(_shaped(data, media), media, kind, kept, truncated=True)
    except (SyntaxError, ValueError) as error:
        raise Unreachable(f"The server's answer is not SPARQL JSON: {error}") from error
    data = bytes(buffer.data)
    found = count(data, form)
    answer = Answer(_shaped(data, media), media, kind, found)
    if job.limit is not None and found > job.limit:
        data, found = cut(data, form, job.limit)
        answer = replace(answer, body=_shaped(data, media), rows=found, truncated=True)
    return answer


def _shaped(body: bytes, media: str) -> bytes:
    return lines(body) if media == NDJSON else body


def _graph(body: bytes, media: str, job: Job) -> Answer:
    if media == TRIPLES:
        return Answer(body, media, "graph")
    prefixes: Mapping[str, str] = job.prefixes
    try:
        triples = (quad.triple for quad in pyoxigraph.parse(body, format=RdfFormat.N_TRIPLES))
        made = pyoxigraph.serialize(triples, format=GRAPHS[media], prefixes=dict(prefixes))
    except (SyntaxError, ValueError) as error:
        raise Unreachable(f"The server's answer is not N-Triples: {error}") from error
    return Answer(made or b"", media, "graph")
