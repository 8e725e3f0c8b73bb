"""Answer queries from another SPARQL 1.1 server, within the limits that hold here.

Every query is read here first: its syntax errors have our places and words, SERVICE and updates
are refused, and what kind of answer it has is known. The server is asked by POST with a form,
which all servers understand.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

from kg.credentials import Credentials, parted
from kg.errors import BadQuery, NotAcceptable, TooSlow, Unreachable
from kg.formats import GRAPHS, ROWS
from kg.pool.fair import Fair
from kg.pool.jobs import Answer, Job
from kg.pool.processes import PER_CLIENT, WAITING, Call
from kg.pool.slots import Slots
from kg.remote import replies
from kg.remote.about import About, given
from kg.remote.exchange import Exchange, Watch, connections
from kg.remote.reader import Reader
from kg.remote.text import declared

__all__ = ["Pieces", "Remote"]

#: Statuses that say that the query is wrong, and that the server is busy or out of time.
WRONG, BUSY = {400, 413, 414, 422}, {408, 429, 503, 504}
OFFERS: dict[str, Iterable[str]] = {"graph": GRAPHS, "rows": ROWS, "boolean": ROWS}
#: Bytes up to which a graph is answered whole; past them it is streamed.
WHOLE = 256 * 1024
#: Seconds that a question about the graph there may take.
ABOUT = 3.0


class Remote:
    """The face of a pool, before a server elsewhere."""

    def __init__(
        self,
        url: str,
        *,
        limit_ms: int = 10_000,
        connections_: int = 16,
        token: str | None = None,
        user: str | None = None,
    ) -> None:
        """Ask the SPARQL endpoint at `url`, over so many connections at most.

        A name and password may be in the address, as in `https://name:password@host/sparql`; it
        is told to nobody.
        """
        self.url, named = parted(url)
        self.limit = limit_ms / 1000
        self.slots = Slots(0)
        self.fair: Fair[int] = Fair(
            waiting=WAITING, per_client=PER_CLIENT, running=max(1, connections_ // 2)
        )
        for number in range(connections_):
            self.fair.give(number)
        self._credentials = Credentials(token=token, user=user or named)
        self._http = connections(connections_)
        self._watch = Watch()
        self._reader = Reader()
        self.about = About(
            self.url, lambda job: self.plain(job, Call(client="about", limit=ABOUT))
        )

    def start(self) -> Remote:
        """Say in the log what is wrong with the graph there, or that nobody answers."""
        self.about.warn()
        return self

    def run(self, job: Job, call: Call | None = None) -> Answer:
        """Answer a query whole; raise what a pool raises, or Unreachable."""
        answer, pieces = self.stream(job, call)
        with contextlib.closing(pieces):
            return Answer(
                b"".join(pieces), answer.media, answer.kind, answer.rows, answer.truncated
            )

    def stream(self, job: Job, call: Call | None = None) -> tuple[Answer, Pieces]:
        """Return the head of an answer, and its bytes piece by piece; close what is not read."""
        job = replace(job, query=replies.DUMPED) if job.dump else job
        return self._open(job, call or Call(), self.about.dataset(job))

    def plain(self, job: Job, call: Call | None = None) -> Answer:
        """Answer a query on the graphs as the server has them, wherever our default one is."""
        answer, pieces = self._open(job, call or Call(), given(job))
        pieces.close()
        return answer

    @property
    def running(self) -> list[Exchange]:
        """Return the queries that run now."""
        return self._watch.exchanges

    def cancel(self, identifier: str) -> bool:
        """Stop waiting for the query of that id; say whether there was one."""
        return self._watch.cancel(identifier)

    def hear(self, **told: object) -> None:
        """Have no fast workers to tell of."""

    @property
    def lost(self) -> bool:
        """Say that the graph is never gone: it is elsewhere."""
        return False

    def close(self) -> None:
        """Close the connections, and end the thread and the process."""
        self._watch.close()
        self._reader.close()
        self._http.clear()

    def _open(self, job: Job, call: Call, dataset: list[tuple[str, str]]) -> tuple[Answer, Pieces]:
        kind = "graph" if job.dump else self._reader.kind(job)
        media = job.graph if kind == "graph" else job.rows
        if media is None:
            raise NotAcceptable(f"This is answered in one of: {', '.join(OFFERS[kind])}")
        limit = min(self.limit, call.limit or self.limit)
        connection = self.fair.take(call.client, limit)
        exchange = Exchange(self.url, job.query, call, limit)
        pieces = Pieces(exchange, self._watch, lambda: self._free(connection, call))
        self._watch.add(exchange)
        try:
            self._ask(exchange, job, kind, dataset)
            return self._answered(exchange, pieces, job, kind, media), pieces
        except BaseException:
            pieces.close()
            raise

    def _ask(
        self, exchange: Exchange, job: Job, kind: str, dataset: list[tuple[str, str]]
    ) -> None:
        accept = replies.GRAPH if kind == "graph" and not job.dump else replies.ROW
        body = urlencode([("query", declared(job)), *dataset])
        status = exchange.open(self._http, body, accept, self._credentials)
        if status == 200:
            return
        said = exchange.told()
        if status in WRONG:
            raise BadQuery(f"{self.url} refuses the query: {said}")
        if status in BUSY:
            raise TooSlow(f"{self.url} is busy or out of time ({status}): {said}")
        raise Unreachable(f"{self.url} answers {status}: {said}")

    def _answered(
        self, exchange: Exchange, pieces: Pieces, job: Job, kind: str, media: str
    ) -> Answer:
        if kind != "graph":
            if kind == "rows":
                answer = replies.rows(exchange, job, media)
            else:
                answer = replies.boolean(exchange, media)
            pieces.take(answer.body)
            return answer
        make = replies.dump if job.dump else replies.graph
        body = pieces.start(make(exchange, job, media))
        return Answer(body or b"", media, "graph")

    def _free(self, connection: int, call: Call) -> None:
        self.fair.give(connection)
        self.fair.free(call.client)


class Pieces:
    """The bytes of one answer, made as they come from the server."""

    def __init__(self, exchange: Exchange, watch: Watch, free: Callable[[], None]) -> None:
        self.whole: bytes | None = None
        self._exchange = exchange
        self._watch = watch
        self._free = free
        self._begun: list[bytes] = []
        self._rest: Iterator[bytes] = iter(())
        self._open = True

    def take(self, body: bytes) -> None:
        """Take an answer that has come whole."""
        self.whole = body
        self.close()

    def start(self, pieces: Iterator[bytes]) -> bytes | None:
        """Take pieces; return all of them when they are few bytes, which are whole then."""
        size = 0
        self._rest = pieces
        for piece in pieces:
            self._begun.append(piece)
            size += len(piece)
            if size > WHOLE:
                return None
        self.take(b"".join(self._begun))
        return self.whole

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces; the time that the reader takes over one is not the query's."""
        if self.whole is not None:
            yield self.whole
            return
        left = self._exchange.deadline - time.monotonic()
        self._watch.resume(self._exchange, math.inf)
        yield from self._begun
        self._begun = []
        while True:
            self._watch.resume(self._exchange, time.monotonic() + left)
            piece = next(self._rest, None)
            if piece is None:
                break
            left = self._exchange.deadline - time.monotonic()
            self._watch.resume(self._exchange, math.inf)
            yield piece
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._open:
            self._open = False
            self._watch.drop(self._exchange)
            self._exchange.close()
            self._free()
