"""The dataset as a whole: its description, its files, and what crawlers ask for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from flask import Blueprint, Response, render_template, request, send_file
from pyoxigraph import NamedNode
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from kg.dcat import Extent, dcat
from kg.dumps import INDEX, NAME, SUMS, Dump, read
from kg.errors import NotFound
from kg.vocab import local
from kg.web.links import address
from kg.web.rdf import described
from kg.web.site import site
from kg.web.statistics import statistics
from kg.web.terms import path_of

__all__ = ["blueprint", "dumps", "extent", "pages"]

blueprint = Blueprint("datasets", __name__)

#: Addresses of a part of the sitemap (sitemaps.org: at most 50,000).
PART = 50_000
KINDS = (
    "mq:Agreement mq:State mq:Organisation mq:OtherParty mq:Source skos:ConceptScheme skos:Concept"
)
PAGES = f"SELECT DISTINCT ?iri WHERE {{ VALUES ?kind {{ {KINDS} }} ?iri a ?kind }} ORDER BY ?iri"
#: Pages that are about no one thing.
ALONE = ("/", "/downloads", "/ns", "/prefixes", "/queries/", "/schemes", "/shapes")
SIGNED = "SELECT (MIN(?d) AS ?first) (MAX(?d) AS ?last) WHERE { ?a mq:signedOnEarliest ?d }"
#: Places that crawlers would only load for nothing.
CLOSED = ("/sparql", "/store", "/queries/*?", "/between?", "/data/graph/")
XML = "application/xml"
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: Suffix of a coding to the name it goes by in Content-Encoding, the smallest first.
ENCODED = {"zst": "zstd", "gz": "gzip"}


@blueprint.get("/void.ttl")
@blueprint.get("/.well-known/void")
def void() -> Response:
    """Describe the dataset: what it has how often, on whose terms, endpoint, files."""
    text = render_template(
        "void.ttl",
        root=request.url_root,
        about=site().graph.about,
        dumps=dumps(),
        base_iri=site().settings.base_iri,
        ours=site().settings.data is None,
        counted=statistics(),
    )
    return described(text, suffix=request.path.rstrip("/").endswith(".ttl"))


@blueprint.get("/dcat.ttl")
def catalogue() -> Response:
    """Describe the dataset and its files as a catalogue."""
    text = dcat(request.url_root, site().graph.about, dumps(), extent())
    return described(text, suffix=True)


@blueprint.get("/downloads")
def downloads() -> str:
    """List the files of the dataset."""
    return render_template("downloads.html", dumps=dumps(), sums=SUMS, name=NAME)


@blueprint.get("/dumps/<name>")
def dump(name: str) -> Response:
    """Send a file of the dataset; without `.gz` or `.zst`, in the coding that the client takes."""
    folder = site().settings.dumps_folder
    here = {one.name: one for one in dumps()}
    if name in here:
        return _send(folder / name, f"application/{ENCODED[here[name].coding]}")
    if name in (SUMS, INDEX) and here:
        return _send(folder / name, "application/json" if name == INDEX else "text/plain")
    codings = {one.coding: one for one in here.values() if one.name == f"{name}.{one.coding}"}
    if not codings:
        raise NotFound(f"There is no dump {name!r}", hint="The dumps are listed at /downloads")
    return _encoded(folder, codings)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List the parts of the sitemap."""
    parts = range(1, len(pages()) // PART + 2)
    lines = "".join(
        f"<sitemap><loc>{escape(request.url_root)}sitemap-{part}.xml</loc></sitemap>\n"
        for part in parts
    )
    return _xml(f'<sitemapindex xmlns="{SITEMAPS}">\n{lines}</sitemapindex>\n')


@blueprint.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> Response:
    """List pages."""
    found = pages()[(part - 1) * PART : part * PART] if part else []
    if not found:
        raise NotFound(f"The sitemap has no part {part}", hint="/sitemap.xml lists them")
    root = request.url_root.rstrip("/")
    day = site().graph.about.get("built", "")
    dated = f"<lastmod>{day}</lastmod>" if day else ""
    lines = "".join(f"<url><loc>{escape(root + page)}</loc>{dated}</url>\n" for page in found)
    return _xml(f'<urlset xmlns="{SITEMAPS}">\n{lines}</urlset>\n')


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Ask crawlers to leave alone what has no end."""
    lines = "".join(f"Disallow: {place}\n" for place in CLOSED)
    text = f"User-agent: *\n{lines}Allow: /\nSitemap: {request.url_root}sitemap.xml\n"
    return Response(text, content_type="text/plain; charset=utf-8")


def dumps() -> list[Dump]:
    """Return the dumps of the graph that serves; none when there are none of it."""
    return read(site().settings.dumps_folder, site().graph.fingerprint)


def pages() -> list[str]:
    """Return the addresses of the pages that a crawler should know."""
    base = site().settings.base_iri
    ours = [row["iri"]["value"] for row in site().graph.keep(PAGES)]
    things = [address("page", path_of(iri)) for iri in ours if path_of(iri) != iri or base in iri]
    return [*ALONE, *things]


def extent() -> Extent:
    """Return what the graph covers."""
    organisation = NamedNode(f"{site().settings.base_iri}id/organisation/OIC")
    members = f"SELECT DISTINCT ?s WHERE {{ ?m mq:organisation {organisation} ; mq:member ?s }}"
    states = sorted(row["s"]["value"] for row in site().graph.keep(members))
    row = next(iter(site().graph.keep(SIGNED)), {})
    first, last = (row[name]["value"] if name in row else "" for name in ("first", "last"))
    return Extent(first, last, tuple(one for one in states if local(one)))


def _send(path: Path, media: str) -> Response:
    response = send_file(path, mimetype=media, conditional=True, etag=False)
    response.headers["Cache-Control"] = "public, no-cache, no-transform"
    return response


def _encoded(folder: Path, codings: dict[str, Dump]) -> Response:
    accept = parse_accept_header(request.headers.get("Accept-Encoding", ""), Accept)
    media = next(iter(codings.values())).media
    for coding, name in ENCODED.items():
        if coding in codings and accept.quality(name):
            response = _send(folder / codings[coding].name, media)
            response.headers["Content-Encoding"] = name
            return response
    response = Response(_inflated(folder / codings["gz"].name), mimetype=media)
    response.headers["Content-Length"] = str(codings["gz"].inflated)
    response.headers["Cache-Control"] = "public, no-cache, no-transform"
    return response


def _inflated(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        while piece := file.read(1 << 16):
            yield piece


def _xml(body: str) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'
    return Response(text, content_type=f"{XML}; charset=utf-8")
