"""Load the built graph into another server by the Graph Store Protocol, graph by graph.

A graph is put whole, or, when it is large, put in part and the rest posted to it. What is done is
noted beside the build, so that a broken run goes on where it stopped; at the end the triples of
every graph are counted by a query.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import urllib3
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, RdfFormat, serialize

from kg.errors import BadData, Unreachable
from kg.files import replace_file
from kg.pool.jobs import Job
from kg.remote import Remote
from kg.store import manifest, open_built
from kg.vocab import BASE

__all__ = ["DEFAULT", "Publisher", "authorization"]

#: How the default graph is called in the notes and reports.
DEFAULT = "default"
#: Tries of one request; each pause between two is twice the one before.
TRIES = 5
#: Statuses that may pass: the server is busy, or restarts.
PASSING = {429, 500, 502, 503, 504}
TYPE = "application/n-triples"
OURS = BASE + "graph/"


class Publisher:
    """One server, and what it has of our graph."""

    def __init__(
        self,
        build: Path,
        url: str,
        *,
        query: str,
        headers: dict[str, str] | None = None,
        chunk: int = 16_000_000,
        seconds: float = 120.0,
        pause: float = 0.5,
    ) -> None:
        """Write to the graph store at `url`, in pieces of so many bytes, and count at `query`.

        `headers` go with every request that writes, which may take so many seconds, and is tried
        again after a pause. Raises NotReady when there is no build.
        """
        self.fingerprint = str(manifest(build)["fingerprint"])
        self._store = open_built(build)
        self._url = url
        self._remote = Remote(query, limit_ms=int(seconds * 1000))
        self._headers = {"Content-Type": TYPE, "User-Agent": "mithaq"} | (headers or {})
        self._chunk = chunk
        self._pause = pause
        self._http = urllib3.PoolManager(timeout=seconds, retries=False)
        name = hashlib.sha256(url.encode()).hexdigest()[:12]
        self._notes = build.parent / f"published-{name}.json"

    @property
    def graphs(self) -> list[str]:
        """Return our graphs, the default one first."""
        return [DEFAULT, *sorted(one.value for one in self._store.named_graphs())]

    def publish(self, tell: Callable[[str], None] = lambda text: None) -> dict[str, int]:
        """Put every graph that is not there yet, take away ours that are gone, and count.

        Returns the number of triples of each graph. Raises Unreachable when the server does not
        take one, and BadData when it has other numbers in the end; a rerun goes on from there.
        """
        done = self._done()
        for graph in self.graphs:
            if graph not in done:
                self._put(graph)
                done.append(graph)
                replace_file(self._notes, json.dumps(self._state(done), indent=1) + "\n")
                tell(graph)
        for graph in sorted(self._theirs() - set(self.graphs)):
            self._send("DELETE", graph, None)
            tell(f"{graph}: taken away")
        return self._counted(done)

    def _counted(self, done: list[str]) -> dict[str, int]:
        ours = {graph: self._size(graph) for graph in self.graphs}
        theirs = self._sizes()
        wrong = {graph for graph, size in ours.items() if theirs.get(graph, 0) != size}
        if wrong:
            left = [graph for graph in done if graph not in wrong]
            replace_file(self._notes, json.dumps(self._state(left), indent=1) + "\n")
            some = ", ".join(f"{g}: {theirs.get(g, 0)}, not {ours[g]}" for g in sorted(wrong)[:3])
            raise BadData(f"{self._url} has other numbers of triples: {some}; publish again")
        return ours

    def _state(self, done: list[str]) -> dict[str, object]:
        return {"url": self._url, "fingerprint": self.fingerprint, "done": sorted(done)}

    def _done(self) -> list[str]:
        try:
            state = json.loads(self._notes.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        same = state.get("fingerprint") == self.fingerprint and state.get("url") == self._url
        return list(state["done"]) if same else []

    def _put(self, graph: str) -> None:
        method = "PUT"
        for piece in self._pieces(graph):
            self._send(method, graph, piece)
            method = "POST"

    def _pieces(self, graph: str) -> Iterator[bytes]:
        """Yield a graph as N-Triples; whole where it has blank nodes, which a cut would rename."""
        quads = list(self._store.quads_for_pattern(None, None, None, _node(graph)))
        triples = [quad.triple for quad in quads]
        blank = any(isinstance(t, BlankNode) for q in triples for t in (q.subject, q.object))
        body = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
        if blank or len(body) <= self._chunk:
            yield body
            return
        start = 0
        while start < len(body):
            end = body.find(b"\n", min(start + self._chunk, len(body) - 1)) + 1
            yield body[start:end]
            start = end

    def _send(self, method: str, graph: str, body: bytes | None) -> None:
        which = "default" if graph == DEFAULT else f"graph={quote(graph, safe='')}"
        address = f"{self._url}{'&' if '?' in self._url else '?'}{which}"
        for attempt in range(TRIES):
            try:
                answer = self._http.request(method, address, body=body, headers=self._headers)
            except urllib3.exceptions.HTTPError as error:
                failure = str(error)
            else:
                if answer.status < 300 or (method == "DELETE" and answer.status == 404):
                    return
                said = " ".join(answer.data.decode("utf-8", "replace").split())[:300]
                failure = f"{answer.status} {said}"
                if answer.status not in PASSING:
                    break
            time.sleep(self._pause * 2**attempt)
        raise Unreachable(
            f"{method} {address}: {failure}", hint="What is done is noted; publish again to go on"
        )

    def _size(self, graph: str) -> int:
        return sum(1 for _ in self._store.quads_for_pattern(None, None, None, _node(graph)))

    def _theirs(self) -> set[str]:
        """Return the graphs there under our base."""
        return {graph for graph in self._sizes() if graph.startswith(OURS)}

    def _sizes(self) -> dict[str, int]:
        rows = self._rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        found = {row["g"]["value"]: int(row["n"]["value"]) for row in rows if "g" in row}
        (default,) = self._rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        return found | {DEFAULT: int(default["n"]["value"])}

    def _rows(self, query: str) -> list[dict[str, dict[str, str]]]:
        rows: list[dict[str, dict[str, str]]] = json.loads(
            self._remote.run(Job(query=query)).body
        )["results"]["bindings"]
        return rows


def authorization(token: str | None, user: str | None) -> dict[str, str]:
    """Return the field that says who writes: a bearer token, or NAME:PASSWORD."""
    if token:
        return {"Authorization": f"Bearer {token}"}
    return dict(urllib3.make_headers(basic_auth=user)) if user else {}


def _node(graph: str) -> NamedNode | DefaultGraph:
    return DefaultGraph() if graph == DEFAULT else NamedNode(graph)
