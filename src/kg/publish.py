"""Load a graph into another server, graph by graph, and count what is there in the end.

A graph is put whole, or, when it is large, put in part and the rest posted to it. What is done is
noted beside the build, so that a broken run goes on where it stopped. A graph of its own describes
the publication; it is taken away first and written last, so that a half of it never has a name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kg.credentials import Credentials
from kg.errors import BadData, TooLarge
from kg.files import replace_file
from kg.graphstore import DEFAULT, GraphStore
from kg.pool.jobs import Job
from kg.remote import NAMED, PUBLICATION, TERMS, Remote
from kg.store import manifest, open_built
from kg.vocab import BASE, XSD

__all__ = ["DEFAULT", "Publisher", "open_file"]

OURS = BASE + "graph/"
#: Bytes below which a graph is not cut, though the server finds it too large.
LEAST = 64_000
SIZES = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
UNION = "Where the default graph is the union of all, use --default-graph IRI"


def open_file(path: Path) -> tuple[Store, dict[str, str | int]]:
    """Return the dataset of a file of RDF, and what a manifest would say of it."""
    form = RdfFormat.from_extension(path.suffix.removeprefix("."))
    if form is None:
        raise BadData(f"{path}: no format of RDF has the suffix {path.suffix!r}")
    store = Store()
    try:
        store.bulk_load(path=str(path), format=form)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except (OSError, SyntaxError, ValueError) as error:
        raise BadData(f"{path}: {error}") from error
    if any(isinstance(graph, BlankNode) for graph in store.named_graphs()):
        raise BadData(f"{path}: a graph that is named by a blank node cannot be published")
    return store, {"fingerprint": digest, "triples": len(store)}


class Publisher:
    """One server, and what it has of our graph."""

    def __init__(
        self,
        build: Path,
        url: str,
        *,
        query: str,
        data: Path | None = None,
        default: str = DEFAULT,
        token: str | None = None,
        user: str | None = None,
        chunk: int = 16_000_000,
        seconds: float = 120.0,
        pause: float = 0.5,
    ) -> None:
        """Write to the graph store at `url`, in pieces of so many bytes, and count at `query`.

        The default graph goes to the graph named `default`, when it has another name there. With
        `data`, the dataset of that file in place of the build. Raises NotReady or BadData when
        there is none.
        """
        self._about = dict(manifest(build)) if data is None else {}
        self._store = open_built(build) if data is None else Store()
        if data is not None:
            self._store, self._about = open_file(data)
        self.fingerprint = str(self._about["fingerprint"])
        self._built = data is None
        self._default = default
        self._remote = Remote(query, limit_ms=int(seconds * 1000), token=token, user=user)
        credentials = Credentials(token=token, user=user)
        self._graphs = GraphStore(url, credentials, seconds=seconds, pause=pause)
        self._url = url
        self._chunk = chunk
        name = hashlib.sha256(f"{url} {default} {data or ''}".encode()).hexdigest()[:12]
        self._notes = (build.parent if data is None else data.parent) / f"published-{name}.json"

    @property
    def graphs(self) -> list[str]:
        """Return our graphs by their names there, the default one first."""
        return [self._default, *sorted(one.value for one in self._store.named_graphs())]

    def publish(self, tell: Callable[[str], None] = lambda text: None) -> dict[str, int]:
        """Put every graph that is not there yet, take away those that are gone, and count.

        Returns the number of triples of each graph. Raises Unreachable when the server does not
        take one, and BadData when it has other numbers in the end; a rerun goes on from there.
        """
        ours = {graph: self._size(graph) for graph in self.graphs}
        theirs = self.sizes()
        noted, before = self._read_notes()
        done = [graph for graph in noted if theirs.get(graph) == ours.get(graph, -1)]
        gone = sorted((before | self._mine(theirs)) & set(theirs) - set(ours))
        if len(done) < len(ours) or gone:
            self._graphs.delete(PUBLICATION)
        for graph in ours:
            if graph not in done:
                self._put(graph)
                done.append(graph)
                self._write_notes(done, before)
                tell(graph)
        for graph in gone:
            self._graphs.delete(graph)
            tell(f"{graph}: taken away")
        self._check(ours, done, before)
        self._write_notes(done, set())
        self._graphs.put(PUBLICATION, [self._description()])
        return ours

    def sizes(self) -> dict[str, int]:
        """Return the number of triples of each graph there."""
        found = {row["g"]: int(row["n"]) for row in self._rows(SIZES) if "g" in row}
        found.pop(PUBLICATION, None)
        if self._default == DEFAULT:
            (default,) = self._rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
            found[DEFAULT] = int(default["n"])
        return found

    def _check(self, ours: dict[str, int], done: list[str], before: set[str]) -> None:
        theirs = self.sizes()
        wrong = sorted(graph for graph, size in ours.items() if theirs.get(graph, 0) != size)
        if wrong:
            self._write_notes([graph for graph in done if graph not in wrong], before)
            some = ", ".join(f"{g}: {theirs.get(g, 0)}, not {ours[g]}" for g in wrong[:3])
            union = DEFAULT in wrong and theirs[DEFAULT] > ours[DEFAULT]
            raise BadData(
                f"{self._url} has other numbers of triples: {some}",
                hint=UNION if union else "Publish again",
            )

    def _mine(self, theirs: dict[str, int]) -> set[str]:
        """Return the graphs there that only a build of ours can have put."""
        return {graph for graph in theirs if self._built and graph.startswith(OURS)}

    def _read_notes(self) -> tuple[list[str], set[str]]:
        """Return the graphs that are done, and all that were put by earlier publications."""
        with suppress(OSError, ValueError, KeyError):
            state = json.loads(self._notes.read_text("utf-8"))
            done, before = list(state["done"]), set(state["before"])
            same = state["fingerprint"] == self.fingerprint
            return (done, before) if same else ([], before | set(done))
        return [], set()

    def _write_notes(self, done: list[str], before: set[str]) -> None:
        state = {"url": self._url, "fingerprint": self.fingerprint}
        lists = {"done": sorted(done), "before": sorted(before)}
        replace_file(self._notes, json.dumps(state | lists, indent=1) + "\n")

    def _put(self, graph: str) -> None:
        """Put a graph, in smaller pieces when the server takes no larger ones."""
        while True:
            try:
                return self._graphs.put(graph, self._pieces(graph))
            except TooLarge:
                if self._chunk <= LEAST:
                    raise
                self._chunk //= 4

    def _pieces(self, graph: str) -> Iterator[bytes]:
        """Yield a graph as N-Triples; what has blank nodes first and whole: a cut renames them."""
        # No name for the iterator: the store wants it dropped in the thread that made it.
        triples = [quad.triple for quad in self._quads(graph)]
        blank = _lines(one for one in triples if _blank(one))
        rest = _lines(one for one in triples if not _blank(one))
        if len(blank) + len(rest) <= self._chunk:
            yield blank + rest
            return
        if blank:
            yield blank
        start = 0
        while start < len(rest):
            end = start + self._chunk
            if end < len(rest):
                end = rest.rfind(b"\n", start, end) + 1 or rest.index(b"\n", start) + 1
            yield rest[start:end]
            start = end

    def _size(self, graph: str) -> int:
        return sum(1 for _ in self._quads(graph))

    def _quads(self, graph: str) -> Iterator[Quad]:
        return self._store.quads_for_pattern(None, None, None, self._node(graph))

    def _node(self, graph: str) -> NamedNode | DefaultGraph:
        return DefaultGraph() if graph == self._default else NamedNode(graph)

    def _description(self) -> bytes:
        about: dict[str, str | int] = {**self._about}
        if self._default != DEFAULT:
            about["default"] = self._default
        triples = [
            Triple(NamedNode(PUBLICATION), NamedNode(TERMS[name]), _term(name, about[name]))
            for name in TERMS
            if name in about
        ]
        subject, named = NamedNode(PUBLICATION), NamedNode(NAMED)
        graphs = [NamedNode(graph) for graph in self.graphs if graph != self._default]
        return _lines([*triples, *(Triple(subject, named, graph) for graph in graphs)])

    def _rows(self, query: str) -> list[dict[str, str]]:
        rows = json.loads(self._remote.plain(Job(query=query)).body)["results"]["bindings"]
        return [{name: cell["value"] for name, cell in row.items()} for row in rows]


def _lines(triples: Iterable[Triple]) -> bytes:
    return serialize(triples, format=RdfFormat.N_TRIPLES) or b""


def _blank(triple: Triple) -> bool:
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode)


def _term(name: str, value: str | int) -> NamedNode | Literal:
    if name == "default":
        return NamedNode(str(value))
    kinds = {"triples": "integer", "built": "date"}
    kind = NamedNode(XSD + kinds[name]) if name in kinds else None
    return Literal(str(value), datatype=kind)
