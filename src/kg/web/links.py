"""Addresses of the forms of a thing, and the links that lead from one to the others."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request

from kg.formats import GRAPHS, HTML, NAMES
from kg.web.terms import SAFE

__all__ = ["LICENCE", "SHOWN", "SUFFIXES", "address", "links", "links_of", "split"]

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
#: Suffix of a graph format to its media type.
SUFFIXES = {name: means[-1] for name, means in NAMES.items() if means[-1] in GRAPHS}
#: Suffixes that pages and headers name, the preferred one of each format.
SHOWN = ("ttl", "jsonld", "nt", "rdf", "trig")


def address(way: str, path: str, suffix: str = "") -> str:
    """Return the address of a page, or of data, of a thing."""
    return f"/{way}/{quote(path, safe=SAFE)}" + (f".{suffix}" if suffix else "")


def links(response: Response) -> Response:
    """Tell, with a page or data of a thing, where the other forms and the licence are."""
    way, _, rest = request.path[1:].partition("/")
    if response.status_code != 200 or way not in ("page", "data") or not rest:
        return response
    path = split(rest)[0]
    if way == "page" and response.mimetype != HTML:
        return response
    here = request.url_root.rstrip("/")
    for name in SHOWN:
        target = f'<{address("data", path, name)}>; rel="alternate"; type="{SUFFIXES[name]}"'
        response.headers.add("Link", target)
    page_here = address("page", path)
    if way == "page":
        response.headers.add("Link", f'<{here}{page_here}>; rel="canonical"')
        response.headers.add("Link", f'<{address("data", path)}>; rel="describedby"')
    else:
        response.headers.add("Link", f'<{page_here}>; rel="alternate"; type="{HTML}"')
        response.headers.add("Link", '</ns>; rel="describedby"')
    response.headers.add("Link", f'<{LICENCE}>; rel="license"')
    return response


def links_of(answer: Response | str, path: str) -> Response:
    """Tell, with a page or data of the vocabulary, where its other forms are."""
    response = answer if isinstance(answer, Response) else Response(answer, mimetype=HTML)
    for name in SHOWN:
        target = f'<{path}?format={name}>; rel="alternate"; type="{SUFFIXES[name]}"'
        response.headers.add("Link", target)
    response.headers.add("Link", f'<{path}?format=html>; rel="alternate"; type="{HTML}"')
    response.headers.add("Link", f'<{LICENCE}>; rel="license"')
    return response


def split(path: str) -> tuple[str, str | None]:
    stem, _, suffix = path.rpartition(".")
    return (stem, suffix) if stem and suffix in SUFFIXES else (path, None)
