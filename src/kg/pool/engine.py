"""Answer one query from a store: the bytes, in the format wanted, within the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import IO, cast

import pyoxigraph
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, Store

from kg.errors import BadQuery, NotAcceptable, Refused
from kg.formats import GRAPHS, NDJSON, ROWS
from kg.pool.guard import check
from kg.pool.jobs import Answer, Job
from kg.pool.rows import Buffer, Full, count, cut, lines
from kg.pool.syntax import explained, no_function
from kg.vocab import BASE

__all__ = ["WHOLE", "Sink", "answer"]

#: Bytes up to which a graph is answered whole; past them it is streamed.
WHOLE = 256 * 1024
#: Gets the head of a streamed answer, and returns what takes its bytes.
Sink = Callable[[Answer], Callable[[bytes], object]]


def answer(store: Store, job: Job, stream: Sink | None = None) -> Answer:
    """Run a query and return its answer; raise BadQuery, Refused or NotAcceptable.

    Rows are whole, within the limits of the job. A large graph goes through `stream`, if there is
    one, and the answer returned then has no body.
    """
    try:
        if job.dump:
            return _dump(store, job, stream)
        check(job.query)
        results = _query(store, job)
        if isinstance(results, QueryTriples):
            return _graph(results, job, stream)
        media = _wanted(job.rows, "SELECT and ASK", ROWS)
        if isinstance(results, QueryBoolean):
            return Answer(results.serialize(format=ROWS[media]) or b"", media, "boolean")
        return _rows(results, media, job)
    except SyntaxError as error:
        raise explained(str(error), job.query) from error
    except RuntimeError as error:
        if missing := no_function(error):
            raise missing from error
        raise
    except OSError as error:
        if job.graph and "service" not in job.query.lower():
            raise NotAcceptable(f"{job.graph} cannot hold this graph: {error}") from error
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
        base_iri=BASE,
        prefixes={name: iri for name, iri in job.prefixes.items() if f"{name}:" in job.query},
        default_graph=default,  # type: ignore[arg-type]
        named_graphs=named,  # type: ignore[arg-type]
    )


def _rows(results: QuerySolutions, media: str, job: Job) -> Answer:
    form = ROWS[media]
    buffer = Buffer(form, rows=job.limit, size=job.max_bytes)
    try:
        results.serialize(cast(IO[bytes], buffer), format=form)
    except Full:
        body, kept = cut(buffer.kept, form, job.limit)
        return Answer(_shaped(body, media), media, "rows", kept, truncated=True)
    body = buffer.kept
    found = count(body, form)
    truncated = job.limit is not None and found > job.limit
    if truncated:
        body, found = cut(body, form, job.limit)
    return Answer(_shaped(body, media), media, "rows", found, truncated)


def _shaped(body: bytes, media: str) -> bytes:
    return lines(body) if media == NDJSON else body


class _Graph:
    """A file that keeps the start of a graph and streams it when there is more."""

    def __init__(self, media: str, stream: Sink | None) -> None:
        self.data = bytearray()
        self.put: Callable[[bytes], object] | None = None
        self._media = media
        self._stream = stream

    def write(self, chunk: bytes) -> int:
        if self.put is None:
            self.data += chunk
            if self._stream is not None and len(self.data) > WHOLE:
                self.put = self._stream(Answer(b"", self._media, "graph"))
                self.put(bytes(self.data))
        else:
            self.put(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Have nothing to flush."""

    @property
    def answer(self) -> Answer:
        body = b"" if self.put else bytes(self.data)
        return Answer(body, self._media, "graph")


def _graph(results: QueryTriples, job: Job, stream: Sink | None) -> Answer:
    media = _wanted(job.graph, "CONSTRUCT and DESCRIBE", GRAPHS)
    file = _Graph(media, stream)
    pyoxigraph.serialize(
        results,
        cast(IO[bytes], file),
        format=GRAPHS[media],
        prefixes=cast(dict[str, str], job.prefixes),
    )
    return file.answer


def _dump(store: Store, job: Job, stream: Sink | None) -> Answer:
    file = _Graph(job.graph or "application/trig", stream)
    form, prefixes = GRAPHS[job.graph or "application/trig"], cast(dict[str, str], job.prefixes)
    store.dump(cast(IO[bytes], file), format=form, prefixes=prefixes)
    return file.answer


def _wanted(media: str | None, forms: str, offers: Mapping[str, object]) -> str:
    if media is None:
        raise NotAcceptable(f"{forms} are answered in one of: {', '.join(offers)}")
    return media
