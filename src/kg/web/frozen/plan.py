"""Say what a frozen site has: pages, the data of each thing, answers to saved questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.queries import SavedQuery
from kg.vocab import BASE
from kg.web.site import Graph
from kg.web.terms import path_of

__all__ = ["ALONE", "LAST", "Plan", "plan"]

#: Pages that are about no one thing, and files of the whole.
ALONE = (
    *("/ns", "/schemes", "/shapes", "/prefixes", "/queries/"),
    *("/ns.ttl", "/ns.jsonld", "/ns.nt", "/ns.rdf", "/shapes.ttl", "/shapes.jsonld", "/shapes.nt"),
    *("/shapes.rdf", "/prefixes.ttl", "/prefixes.json", "/context.jsonld"),
    *("/openapi.json", "/cite/dataset.bib", "/cite/dataset.ris"),
    "/cite/dataset.csl.json",
)
#: Pages and files that tell of the dumps, so they are written after these.
LAST = ("/", "/downloads", "/void.ttl", "/dcat.ttl")
#: Suffixes of the answer to a saved question with the values it has by itself.
ANSWERS = ("csv", "tsv", "json", "sheet.csv", "xlsx", "rq")
THINGS = """SELECT DISTINCT ?s ?k WHERE { { ?s a ?k } UNION { GRAPH ?g { ?s a ?k } }
  FILTER(!ISBLANK(?s)) }"""
RECORDS = "SELECT ?record ?of WHERE { GRAPH ?g { ?record mq:describes ?of } }"
GRAPHS = "SELECT ?s ?graph WHERE { ?s mq:namedGraph ?graph }"
RETIRED = "SELECT ?old ?new WHERE { ?old dcterms:isReplacedBy ?new }"


@dataclass(frozen=True)
class Plan:
    """Paths of things with pages and data, of records with data alone, and where others lead."""

    #: Path of a thing to its IRI.
    things: dict[str, str]
    #: Path of a record to that of the agreement that it describes, whose page shows it.
    records: dict[str, str]
    #: Path of what was merged to what took its place.
    moved: dict[str, str]
    alone: tuple[str, ...]
    #: Path of the graph of a source to that of the source.
    graphs: dict[str, str]

    @property
    def leads(self) -> dict[str, str]:
        """Return where the page is of what has none of its own."""
        return {**self.records, **self.moved, **self.graphs}


def plan(graph: Graph, queries: dict[str, SavedQuery], base: str) -> Plan:
    """Return what there is to write."""
    moved = {_path(r["old"]["value"]): _path(r["new"]["value"]) for r in graph.select(RETIRED)}
    records = {_path(r["record"]["value"]): _path(r["of"]["value"]) for r in graph.select(RECORDS)}
    records = {record: moved.get(of, of) for record, of in records.items()}
    graphs = {_path(r["graph"]["value"]): _path(r["s"]["value"]) for r in graph.select(GRAPHS)}
    found = {
        _path(row["s"]["value"]): row["s"]["value"]
        for row in graph.select(THINGS)
        if row["s"]["value"].startswith((base, BASE))
    }
    own = {p: found[p] for p in sorted(found) if p not in records | moved and not _part(p)}
    return Plan(own, records, moved, (*ALONE, *_answers(queries)), graphs)


def _answers(queries: dict[str, SavedQuery]) -> Iterator[str]:
    for name in queries:
        yield f"/queries/{name}"
        for suffix in ANSWERS:
            yield f"/queries/{name}.{suffix}"


def _path(iri: str) -> str:
    return path_of(iri)


def _part(path: str) -> bool:
    """Say whether a thing is a part of another, whose description has it, or a page of its own."""
    pieces = path.split("/")
    own = {"agreement": 2, "record": 3}.get(pieces[0], 9)
    return len(pieces) > own or path in ("ns", "") or path.startswith("ns#")
