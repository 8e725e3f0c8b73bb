"""Write a description in each format in which a thing's data is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from kg.errors import BadData
from kg.jsonld import Kinds, document, dumps
from kg.turtle import write
from kg.vocab import PREFIXES

__all__ = ["DATASETS", "distinct", "represent", "written"]


def represent(quads: Iterable[Quad], media: str, iri: str, kinds: Kinds) -> bytes:
    """Return the description of a thing in a format.

    TriG and N-Quads tell which source's graph says what; the others have each triple once.
    """
    quads = list(quads)
    if media in DATASETS:
        return serialize(sorted(quads, key=str), format=DATASETS[media], prefixes=PREFIXES) or b""
    return written(distinct(quads), media, iri, kinds)


def distinct(quads: Iterable[Quad]) -> list[Triple]:
    """Return each triple once, sorted by how N-Triples has it."""
    return sorted({quad.triple for quad in quads}, key=str)


def written(triples: list[Triple], media: str, iri: str, kinds: Kinds) -> bytes:
    """Return the description of a thing, from what `distinct` returned, in a format of triples."""
    return WRITERS[media](triples, iri, kinds)


def _turtle(triples: list[Triple], iri: str, kinds: Kinds) -> bytes:
    try:
        return write(triples).encode()
    except BadData:
        # Blank nodes that have no stable name: whatever order the library gives.
        return serialize(triples, format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def _jsonld(triples: list[Triple], iri: str, kinds: Kinds) -> bytes:
    return dumps(document(triples, iri, kinds)).encode()


def _ntriples(triples: list[Triple], iri: str, kinds: Kinds) -> bytes:
    lines = serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    return b"".join(sorted(lines.splitlines(keepends=True)))


def _rdfxml(triples: list[Triple], iri: str, kinds: Kinds) -> bytes:
    return serialize(triples, format=RdfFormat.RDF_XML, prefixes=PREFIXES) or b""


#: Formats that know named graphs.
DATASETS = {"application/trig": RdfFormat.TRIG, "application/n-quads": RdfFormat.N_QUADS}
WRITERS: dict[str, Callable[[list[Triple], str, Kinds], bytes]] = {
    "text/turtle": _turtle,
    "application/ld+json": _jsonld,
    "application/n-triples": _ntriples,
    "application/rdf+xml": _rdfxml,
}
