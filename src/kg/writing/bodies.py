"""Read RDF that a client sent, with nothing fetched and nothing expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Quad, parse

from kg.errors import BadData, UnsupportedMedia
from kg.formats import DATASETS, GRAPHS
from kg.writing.changes import ALL, Body

__all__ = ["quads"]

#: An XML document that declares entities, or is in another encoding than UTF-8.
_ENTITY = re.compile(rb"<!ENTITY|\0")


def quads(body: Body, graph: str) -> Iterator[Quad]:
    """Yield the quads of a body, its blank nodes renamed, to go into a graph or, for ALL, into
    those that it names itself.

    Raises BadData with line and column, UnsupportedMedia for a media type that is not RDF.
    """
    form = GRAPHS.get(body.media)
    if form is None or (graph == ALL and body.media not in DATASETS):
        offers = DATASETS if graph == ALL else GRAPHS
        raise UnsupportedMedia(
            f"{body.media or 'A body without a media type'} is not read here;"
            f" send one of: {', '.join(offers)}"
        )
    if body.media == "application/rdf+xml" and _ENTITY.search(body.data):
        raise BadData(f"{body.name}: XML entities are not read; write the IRIs out, in UTF-8")
    try:
        yield from parse(
            body.data,
            format=form,
            base_iri=body.base,
            without_named_graphs=graph != ALL,
            rename_blank_nodes=True,
        )
    except SyntaxError as error:
        raise _broken(body, error) from error
    except ValueError as error:
        raise BadData(f"{body.name}: {error}") from error


def _broken(body: Body, error: SyntaxError) -> BadData:
    if "LoadDocumentCallback" in str(error.msg):
        return BadData(
            f"{body.name}: a context on another server is not fetched",
            hint="Write the @context into the document",
        )
    if error.lineno is None:
        return BadData(f"{body.name}: {error.msg}")
    details = {"line": error.lineno, "column": error.offset or 1}
    place = f"{body.name}:{error.lineno}:{error.offset or 1}"
    return BadData(f"{place}: {error.msg}", details=details)
