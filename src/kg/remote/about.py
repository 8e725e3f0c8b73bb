"""What another server says of the graph it holds, and where it has it.

`kg publish` describes the graph in a graph of its own: its fingerprint, and which graph is the
default one there. Some servers have no default graph but the union of all, in which a record would
be part of the answer view; there the default graph is published under a name, and asked by it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping

from kg.errors import KgError
from kg.pool.jobs import Answer, Job
from kg.remote.text import has_dataset, names_graphs
from kg.vocab import BASE

__all__ = ["NAMED", "PUBLICATION", "TERMS", "About", "given"]

#: The graph in which a publication is described, and its one subject.
PUBLICATION = BASE + "publication"
#: What is said of a publication, to its property there.
TERMS = {
    "fingerprint": "http://purl.org/dc/terms/identifier",
    "triples": "http://rdfs.org/ns/void#triples",
    "built": "http://purl.org/dc/terms/issued",
    "default": "http://www.w3.org/ns/sparql-service-description#defaultGraph",
}
#: What names each of its named graphs.
NAMED = "http://www.w3.org/ns/sparql-service-description#namedGraph"
_ALL = " ".join(f"<{iri}>" for iri in TERMS.values())
DESCRIBED = f"""SELECT ?p ?o {{
  VALUES ?p {{ {_ALL} }} GRAPH <{PUBLICATION}> {{ <{PUBLICATION}> ?p ?o }} }}"""
GRAPHS = f"SELECT ?g {{ GRAPH <{PUBLICATION}> {{ <{PUBLICATION}> <{NAMED}> ?g }} }}"
#: Records are in named graphs only: one in the default graph means that it is the union.
UNION = "ASK { ?record a mq:Record }"
KEEPS = "ASK { GRAPH ?g { ?record a mq:Record } }"
#: Named graphs that are given to any server.
FEW = 64
#: Seconds for which the description is believed.
FRESH = 5.0

log = logging.getLogger("kg")


def given(job: Job) -> list[tuple[str, str]]:
    """Return the graphs that a job names, as fields of the protocol."""
    fields = [("default-graph-uri", iri) for iri in job.default_graphs]
    return fields + [("named-graph-uri", iri) for iri in job.named_graphs]


class About(Mapping[str, str | int]):
    """The manifest of the graph elsewhere, read again when it may have changed."""

    def __init__(self, url: str, run: Callable[[Job], Answer]) -> None:
        self._run = run
        self._found: dict[str, str | int] = {"store": url}
        self._url = url
        self._read = -FRESH
        self._lock = threading.Lock()
        self._default = ""
        self._graphs: tuple[str, ...] | None = None
        self._kept: bool | None = None

    def __getitem__(self, key: str) -> str | int:
        """Return what is known under a name, as in a manifest."""
        return self._fresh()[key]

    def __iter__(self) -> Iterator[str]:
        """Yield what is known."""
        return iter(self._fresh())

    def __len__(self) -> int:
        """Return how much is known."""
        return len(self._fresh())

    def dataset(self, job: Job) -> list[tuple[str, str]]:
        """Return the graphs that a query is sent with, as fields of the protocol."""
        if job.default_graphs or job.named_graphs:
            return given(job)
        self._fresh()
        if not self._default or has_dataset(job.query):
            return []
        fields = [("default-graph-uri", self._default)]
        if names_graphs(job.query) and not (len(self._named()) > FEW and self._keeps()):
            fields += [("named-graph-uri", iri) for iri in self._named()]
        return fields

    def warn(self) -> None:
        """Read the description, and say in the log what is wrong with the graph there."""
        try:
            self._load()
            if not self._default and json.loads(self._run(Job(query=UNION)).body)["boolean"]:
                log.warning(
                    "%s: its default graph is the union of all graphs, so that records are counted"
                    " with the agreements; publish with --default-graph IRI",
                    self._url,
                )
        except KgError as error:
            log.warning("%s", error)

    def _fresh(self) -> dict[str, str | int]:
        if time.monotonic() - self._read >= FRESH and self._lock.acquire(blocking=False):
            try:
                self._load()
            except KgError:
                self._found = {"store": self._url}
            finally:
                self._lock.release()
        return self._found

    def _load(self) -> None:
        self._read = time.monotonic()
        names = {iri: name for name, iri in TERMS.items()}
        rows = json.loads(self._run(Job(query=DESCRIBED)).body)
        told = {
            names[row["p"]["value"]]: row["o"]["value"]
            for row in rows["results"]["bindings"]
            if row["p"]["value"] in names
        }
        self._default = told.pop("default", "")
        found: dict[str, str | int] = {"store": self._url, **told}
        if str(found.get("triples", "")).isdigit():
            found["triples"] = int(found["triples"])
        if found != self._found:
            self._graphs = self._kept = None
        self._found = found

    def _keeps(self) -> bool:
        """Say whether named graphs are asked though only a default one is given, against the rule.

        Virtuoso does, and repeats each that is given in a field of its answer: too many to read.
        """
        if self._kept is None:
            job = Job(query=KEEPS, default_graphs=(self._default,))
            self._kept = bool(json.loads(self._run(job).body)["boolean"])
        return self._kept

    def _named(self) -> tuple[str, ...]:
        if self._graphs is None:
            rows = json.loads(self._run(Job(query=GRAPHS)).body)["results"]["bindings"]
            self._graphs = tuple(sorted(row["g"]["value"] for row in rows))
        return self._graphs
