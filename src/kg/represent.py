"""Write a description in each format in which a thing's data is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import Quad, RdfFormat, Triple, serialize

from kg.errors import BadData
from kg.jsonld import Kinds, document, dumps
from kg.turtle import write
from kg.vocab import PREFIXES

__all__ = ["represent", "represented"]


def represent(quads: Iterable[Quad], media: str, iri: str, kinds: Kinds) -> bytes:
    """Return the description of a thing in a format.

    TriG and N-Quads tell which source's graph says what; the others have each triple once.
    """
    return next(represented(quads, (media,), iri, kinds))


def represented(
    quads: Iterable[Quad], medias: Iterable[str], iri: str, kinds: Kinds
) -> Iterator[bytes]:
    """Yield the description of a thing in each of some formats; triples are sorted once."""
    quads = list(quads)
    triples: list[Triple] | None = None
    for media in medias:
        if media in DATASETS:
            ordered = sorted(quads, key=str)
            yield serialize(ordered, format=DATASETS[media], prefixes=PREFIXES) or b""
            continue
        if triples is None:
            triples = sorted({quad.triple for quad in quads}, key=str)
        yield WRITERS[media](triples, iri, kinds)


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
