"""What every view needs: the graph that serves now, the saved queries, the settings."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from flask import current_app
from pyoxigraph import Quad

from kg import __version__
from kg.errors import NotReady, Refused
from kg.pool import Answer, Call, Job, Pool, Service, Stream
from kg.pool.cache import Cache
from kg.pool.guard import lasting
from kg.queries import SavedQuery
from kg.remote import Pieces, Remote
from kg.settings import Settings
from kg.store import manifest
from kg.web.metrics import Metrics
from kg.writing import Change, Committed

__all__ = ["Cell", "Fact", "Graph", "Row", "Site", "read_rows", "site"]

#: A term of a row as SPARQL JSON has it: type, value, datatype, xml:lang.
Cell = Mapping[str, str]
Row = Mapping[str, Cell]
#: A statement: its named graph ("" is the answer view), subject, predicate, and object as a cell.
Fact = tuple[str, str, str, Cell]
#: Bytes of the pages kept.
PAGES = 64 * 1024**2
#: Statements of a thing, its parts and its records: plain patterns, each read by its subject.
FACTS = """SELECT ?g ?s ?p ?o WHERE {{ {{ VALUES ?s {{ {node} }} ?s ?p ?o }}
  UNION {{ {node} {ways} ?s . ?s ?p ?o }}
  UNION {{ {node} mq:record ?s . GRAPH ?g {{ ?s ?p ?o }} }} }}"""
Made = TypeVar("Made")
#: Who asks the queries of our own pages.
OURS = "pages"
CSV = "text/csv"


@dataclass
class Graph:
    """One build: its workers, its manifest, and answers kept as long as it serves."""

    pool: Pool | Remote
    build: Path
    about: Mapping[str, str | int]
    cache: Cache[Answer]
    kept: dict[str, list[Row]] = field(default_factory=dict)
    made: dict[Hashable, tuple[str, object]] = field(default_factory=dict)
    #: Pages as they were sent, not encoded, with their own headers.
    pages: Cache[tuple[bytes, list[tuple[str, str]]]] = field(default_factory=lambda: Cache(PAGES))

    @property
    def fingerprint(self) -> str:
        """Return what changes when the graph does; empty when there is none."""
        return str(self.about.get("fingerprint", ""))

    def select(self, query: str) -> list[Row]:
        """Return all rows of a query of ours."""
        return read_rows(self.run(Job(query=query)))[1]

    def scan(self, query: str) -> list[Row]:
        """Return all rows of a query that is asked once, so that its answer need not be kept."""
        return read_rows(self.pool.run(Job(query=query), Call(client=OURS)))[1]

    def rows(self, query: str) -> Iterator[list[str]]:
        """Yield all rows of a query that is asked once, as texts: what a whole graph has of it."""
        answer = self.pool.run(Job(query=query, rows=CSV), Call(client=OURS))
        rows = csv.reader(io.StringIO(answer.body.decode(), newline=""))
        next(rows, None)
        return rows

    def column(self, query: str) -> list[str]:
        """Return the first column of a query of ours."""
        names, rows = read_rows(self.run(Job(query=query)))
        return [row[names[0]]["value"] for row in rows]

    def facts(self, iri: str, parts: Sequence[str]) -> list[Fact]:
        """Return what is said of a thing, of what these properties lead to, and by its records."""
        ways = "|".join(f"mq:{name}" for name in parts)
        return [
            (_text(row, "g"), _text(row, "s"), _text(row, "p"), row["o"])
            for row in self.select(FACTS.format(node=f"<{iri}>", ways=ways))
        ]

    def at_hand(self, iri: str) -> list[Quad] | None:
        """Return the quads that describe a thing where the graph is in this process, else None."""
        return None

    def run(self, job: Job, call: Call | None = None) -> Answer:
        """Answer a query whole, from the answers kept where it is among them."""
        key = self._kept_as(job)
        found = self.cache.get(key)
        if found is None:
            found = self.pool.run(job, call or Call(client=OURS))
            self._keep(key, job, found)
        return found

    def stream(self, job: Job, call: Call) -> tuple[Answer, Stream | Pieces | None]:
        """Answer a query whole, or else return the head of its answer and the stream of it."""
        key = self._kept_as(job)
        if found := self.cache.get(key):
            return found, None
        head, stream = self.pool.stream(job, call)
        if stream.whole is None:
            return head, stream
        self._keep(key, job, head)
        return head, None

    def _kept_as(self, job: Job) -> tuple[object, ...]:
        """Return the key under which an answer is kept."""
        return (job.query, job.rows, job.graph, job.default_graphs, job.named_graphs, job.limit)

    def _keep(self, key: tuple[object, ...], job: Job, answer: Answer) -> None:
        if lasting(job.query):
            self.cache.put(key, answer, len(answer.body) + len(job.query))

    def probe(self) -> None:
        """Have a worker answer; raise why it does not."""
        self.pool.run(Job(query="ASK {}"))

    def exists(self, graph: str) -> bool:
        """Say whether there is a named graph of that IRI."""
        found = self.select(f"ASK {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}")
        return found[0]["answer"]["value"] == "true"

    def write(self, change: Change) -> Committed:
        """Make a change; Refused where nothing may be written."""
        raise Refused("This endpoint is read-only; updates are refused")

    def close(self) -> None:
        """End the workers."""
        self.pool.close()

    def keep(self, query: str) -> list[Row]:
        """Return the rows of a query of ours, asked once in the life of the graph."""
        if query not in self.kept:
            self.kept[query] = self.select(query)
        return self.kept[query]

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of this graph, made once as long as its fingerprint stays."""
        fingerprint = self.fingerprint
        found = self.made.get(key)
        if found is None or found[0] != fingerprint or not fingerprint:
            found = (fingerprint, make())
            self.made[key] = found
        return cast(Made, found[1])


class Site:
    """The graph that serves now; `reload` puts the newest build in its place."""

    def __init__(
        self, settings: Settings, queries: Mapping[str, SavedQuery], *, fast: int = 0
    ) -> None:
        """Open the graph with that many fast workers beside the others."""
        self.settings = settings
        self.queries = queries
        self.metrics = Metrics(self)
        self._fast = fast
        self._changing = threading.Lock()
        self.graph = self._open()

    def close(self) -> None:
        """End the workers."""
        self.graph.close()

    def cancel(self, identifier: str) -> bool:
        """Stop the query of that id; say whether there was one."""
        return self.graph.pool.cancel(identifier)

    def reload(self) -> Pool | Remote:
        """Open the newest build and let it serve; return the pool of the one before.

        Raises NotReady, and changes nothing, when the new one cannot be loaded.
        """
        if self.settings.writable and not self.graph.pool.lost:
            raise NotReady("A graph that is written to has nothing to reload; it is as it is")
        with self._changing:
            new = self._open()
            if not new.about:
                new.pool.close()
                raise NotReady("There is no built graph; run `kg build`")
            old, self.graph = self.graph, new
            return old.pool

    def _open(self) -> Graph:
        settings = self.settings
        if settings.writable:
            from kg.web.written import Written

            return Written(settings, fast=self._fast, service=self._service())
        if settings.store_url:
            return self._elsewhere()
        build = settings.build.resolve()
        try:
            about: Mapping[str, str | int] = manifest(build)
        except NotReady:
            about = {}
        pool = Pool(
            build,
            workers=settings.workers,
            limit_ms=settings.query_time_limit_ms,
            memory=settings.query_memory_bytes,
            fast=self._fast,
            service=self._service(str(about.get("fingerprint", ""))),
        )
        if about:
            pool.start()
        return Graph(pool, build, about, Cache(settings.cache_bytes))

    def _service(self, fingerprint: str = "") -> Service:
        settings = self.settings
        return Service(
            version=__version__,
            fingerprint=fingerprint,
            rows=settings.max_returned_rows,
            size=settings.max_returned_bytes,
            access_log=settings.access_log,
        )

    def _elsewhere(self) -> Graph:
        """Open the graph that another server holds.

        It may change there at any time, so no answer is kept; its fingerprint is read anew.
        """
        settings = self.settings
        remote = Remote(
            settings.store_url, limit_ms=settings.query_time_limit_ms, token=settings.store_token
        ).start()
        return Graph(remote, settings.build.parent / "elsewhere", remote.about, Cache(0))


def site() -> Site:
    """Return the site of the application that serves this request."""
    return cast(Site, current_app.extensions["kg"])


def _text(row: Row, name: str) -> str:
    return row[name]["value"] if name in row else ""


def read_rows(answer: Answer) -> tuple[list[str], list[Row]]:
    """Return the variables and rows of a SPARQL JSON answer; ASK is one cell."""
    found = json.loads(answer.body)
    if "boolean" in found:
        value = str(found["boolean"]).lower()
        return ["answer"], [{"answer": {"type": "literal", "value": value}}]
    return found["head"]["vars"], found["results"]["bindings"]
