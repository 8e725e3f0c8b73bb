"""Choose the format an answer is written in."""

from __future__ import annotations

from collections.abc import Collection

from pyoxigraph import QueryResultsFormat as Rows
from pyoxigraph import RdfFormat as Graph
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from kg.errors import NotAcceptable

__all__ = [
    "DATASETS",
    "GRAPHS",
    "HTML",
    "NAMES",
    "NDJSON",
    "PROBLEM",
    "ROWS",
    "accepts",
    "choose",
    "named",
    "page",
]

HTML = "text/html"
PROBLEM = "application/problem+json"
NDJSON = "application/x-ndjson"

#: Media types for SELECT and ASK, preferred first.
ROWS: dict[str, Rows] = {
    "application/sparql-results+json": Rows.JSON,
    "application/sparql-results+xml": Rows.XML,
    "text/csv": Rows.CSV,
    "text/tab-separated-values": Rows.TSV,
    NDJSON: Rows.JSON,
}

#: Media types of whole datasets; a single graph can be written in them too.
DATASETS: dict[str, Graph] = {
    "application/trig": Graph.TRIG,
    "application/n-quads": Graph.N_QUADS,
}

#: Media types for CONSTRUCT and DESCRIBE, preferred first.
GRAPHS: dict[str, Graph] = {
    "text/turtle": Graph.TURTLE,
    "application/ld+json": Graph.JSON_LD,
    "application/n-triples": Graph.N_TRIPLES,
    "application/rdf+xml": Graph.RDF_XML,
    **DATASETS,
}

#: File suffix, or value of `format=`, to the media types it may mean.
NAMES: dict[str, tuple[str, ...]] = {
    "json": ("application/sparql-results+json", "application/ld+json"),
    "xml": ("application/sparql-results+xml", "application/rdf+xml"),
    "csv": ("text/csv",),
    "tsv": ("text/tab-separated-values",),
    "ndjson": (NDJSON,),
    "ttl": ("text/turtle",),
    "jsonld": ("application/ld+json",),
    "nt": ("application/n-triples",),
    "rdf": ("application/rdf+xml",),
    "trig": ("application/trig",),
    "nq": ("application/n-quads",),
    "html": (HTML,),
}

#: What clients of other endpoints write for a name in `format=`.
SYNONYMS = {"json-ld": "jsonld", "n3": "ttl", "ntriples": "nt", "rdf+xml": "rdf", "turtle": "ttl"}

#: What a client may also call a media type of ours: plain JSON is the JSON of the query form, XML
#: and plain text, which older clients ask for, likewise. N-Triples was text/plain (RDF 1.0).
ALIASES: dict[str, tuple[str, ...]] = {
    "application/sparql-results+json": ("application/json",),
    "application/sparql-results+xml": ("application/xml", "text/xml"),
    "text/csv": ("text/plain",),
    "application/ld+json": ("application/json",),
    "application/n-triples": ("text/plain",),
    "application/rdf+xml": ("application/xml", "text/xml"),
    PROBLEM: ("application/json",),
}
XML = ("application/xml", "text/xml")


def accepts(header: str | None) -> MIMEAccept:
    """Return an Accept header without media type parameters such as `charset`."""
    wishes = parse_accept_header(header, MIMEAccept)
    return MIMEAccept([(media.partition(";")[0], quality) for media, quality in wishes])


def page(accept: MIMEAccept) -> bool:
    """Say whether the client names pages, and likes them no less than data; `*/*` names none."""
    wish = dict(accept).get(HTML, 0)
    return wish > 0 and wish >= max(accept.quality(media) for media in (*ROWS, *GRAPHS))


def choose(accept: MIMEAccept, offers: Collection[str]) -> str:
    """Return the offer the client likes best; the first when it has no wish."""
    if not accept:
        return next(iter(offers))
    media = max(offers, key=lambda offer: _quality(accept, offer))
    if not _quality(accept, media):
        raise NotAcceptable(f"No acceptable format; offered: {', '.join(offers)}")
    return media


def named(name: str, offers: Collection[str]) -> str:
    """Return the offer that a suffix or `format=` names; it may be the media type itself."""
    for media in NAMES.get(SYNONYMS.get(name, name), (name.replace(" ", "+"),)):
        if media in offers:
            return media
    known = [key for key, means in NAMES.items() if any(media in offers for media in means)]
    raise NotAcceptable(f"No format {name!r} here; use one of: {', '.join(known)}")


def _quality(accept: MIMEAccept, offer: str) -> float:
    """Give the quality of the most specific range, so that `text/csv;q=0, */*` bars CSV.

    An alias counts only where it is named outright: `*/*` is no wish for it, and neither is the
    XML of browsers, which all name pages.
    """
    outright = dict(accept)
    idle = XML if HTML in outright else ()
    aliases = (outright.get(alias, 0) for alias in ALIASES.get(offer, ()) if alias not in idle)
    return float(max(accept.quality(offer), *aliases, 0))
