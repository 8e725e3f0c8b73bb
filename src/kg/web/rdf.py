"""Answer with RDF that is made here as Turtle, in the format that the client likes."""

from __future__ import annotations

import pyoxigraph
from flask import Response, request
from pyoxigraph import RdfFormat

from kg.errors import NotAcceptable
from kg.formats import GRAPHS, ROWS, accepts, choose, named
from kg.headers import content_type

__all__ = ["described"]

TURTLE = "text/turtle"


def described(text: str, *, suffix: bool = False) -> Response:
    """Return a description; an address with a suffix is Turtle unless `format=` says otherwise."""
    media = _media(suffix)
    body: str | bytes = text
    if media != TURTLE:
        triples = (quad.triple for quad in pyoxigraph.parse(text, format=RdfFormat.TURTLE))
        body = pyoxigraph.serialize(triples, format=GRAPHS[media]) or b""
    return Response(body, content_type=content_type(media))


def _media(suffix: bool) -> str:
    if wish := request.values.get("format"):
        return named(wish, GRAPHS)
    if suffix:
        return TURTLE
    accept = accepts(request.headers.get("Accept"))
    try:
        return choose(accept, GRAPHS)
    except NotAcceptable:
        # A client of SPARQL that likes rows only is told what the service is all the same.
        if any(accept.quality(media) for media in ROWS):
            return TURTLE
        raise
