"""Say what a frozen site has: pages, the data of each thing, answers to saved questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, NamedNode, Store

from kg.queries import SavedQuery
from kg.vocab import BASE, MQ, PREFIXES, RDF_TYPE, local
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
BILATERAL, PARTY = NamedNode(MQ + "BilateralAgreement"), NamedNode(MQ + "party")
TYPE, DESCRIBES = NamedNode(RDF_TYPE), NamedNode(MQ + "describes")
REPLACED, GRAPH = NamedNode(PREFIXES["dcterms"] + "isReplacedBy"), NamedNode(MQ + "namedGraph")


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
    #: Pages of two states that have an agreement of two.
    pairs: tuple[str, ...]
    #: Path of the graph of a source to that of the source.
    graphs: dict[str, str]

    @property
    def leads(self) -> dict[str, str]:
        """Return where the page is of what has none of its own."""
        return {**self.records, **self.moved, **self.graphs}


def plan(store: Store, queries: Mapping[str, SavedQuery], base: str) -> Plan:
    """Return what there is to write."""
    moved = _pairs(store, REPLACED)
    records = {one: moved.get(of, of) for one, of in _pairs(store, DESCRIBES).items()}
    graphs = {graph: source for source, graph in _pairs(store, GRAPH).items()}
    found = {
        path_of(quad.subject.value): quad.subject.value
        for quad in store.quads_for_pattern(None, TYPE, None, None)
        if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith((base, BASE))
    }
    own = {
        p: found[p] for p in sorted(found) if p not in records and p not in moved and not _part(p)
    }
    return Plan(own, records, moved, (*ALONE, *_answers(queries)), _between(store), graphs)


def _pairs(store: Store, predicate: NamedNode) -> dict[str, str]:
    """Return the paths of the subjects of a property with those of its values."""
    return {
        path_of(quad.subject.value): path_of(quad.object.value)
        for quad in store.quads_for_pattern(None, predicate, None, None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
    }


def _between(store: Store) -> tuple[str, ...]:
    """Return the pages of two states, in the order of their keys as the server has them."""
    found = set()
    for agreement in store.quads_for_pattern(None, TYPE, BILATERAL, None):
        parties = store.quads_for_pattern(agreement.subject, PARTY, None, DefaultGraph())
        iris = (quad.object.value for quad in parties if isinstance(quad.object, NamedNode))
        states = sorted({local(iri) for iri in iris if "/id/state/" in iri})
        if len(states) == 2:
            found.add("/between/" + "/".join(states))
    return tuple(sorted(found))


def _answers(queries: Mapping[str, SavedQuery]) -> Iterator[str]:
    for name in queries:
        yield f"/queries/{name}"
        for suffix in ANSWERS:
            yield f"/queries/{name}.{suffix}"


def _part(path: str) -> bool:
    """Say whether a thing is a part of another, whose description has it, or a page of its own."""
    pieces = path.split("/")
    own = {"agreement": 2, "record": 3}.get(pieces[0], 9)
    return len(pieces) > own or path in ("ns", "") or path.startswith("ns#")
