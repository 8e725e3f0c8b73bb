"""The SPARQL 1.1 Graph Store HTTP Protocol, for reading: a graph, or all of them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode
from werkzeug.utils import send_file

from kg.errors import BadQuery, NotFound, Refused
from kg.formats import DATASETS, GRAPHS, accepts, choose, named
from kg.pool import Job
from kg.store import DUMP
from kg.web.answers import respond
from kg.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("store", __name__, url_prefix="/store")
WRITING = ("PUT", "POST", "DELETE", "PATCH")
TRIG = "application/trig"


@blueprint.route("", methods=["GET"])
def indirect() -> Response:
    """Return the graph that `graph=` or `default` names (section 4.2), or else all of them."""
    graphs = request.args.getlist("graph")
    default = "default" in request.args
    if len(graphs) + default > 1:
        raise BadQuery("Name one graph: graph=IRI or default")
    if graphs:
        return _named(graphs[0])
    return _graph("?s ?p ?o") if default else _all()


@blueprint.route("/<path:path>", methods=["GET"])
def direct(path: str) -> Response:
    """Return the graph whose IRI is the address asked for (section 4.1)."""
    return _named(request.base_url)


@blueprint.route("", methods=WRITING)
@blueprint.route("/<path:path>", methods=WRITING)
def write(path: str = "") -> Response:
    """Refuse to write."""
    raise Refused("This graph store is read-only; the graph is built from files with `kg build`")


def _named(iri: str) -> Response:
    try:
        node = NamedNode(iri)
    except ValueError as error:
        raise BadQuery(f"graph={iri!r} is not an absolute IRI: {error}") from error
    if not site().graph.select(f"SELECT * WHERE {{ GRAPH {node} {{ ?s ?p ?o }} }} LIMIT 1"):
        raise NotFound(
            f"There is no graph {iri}", hint="SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
        )
    return _graph(f"GRAPH {node} {{ ?s ?p ?o }}")


def _graph(pattern: str) -> Response:
    return respond(
        Job(query=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", graph=_media(GRAPHS))
    )


def _all() -> Response:
    """Return the dataset; as TriG it is the file that the server was started from."""
    media = _media(DATASETS)
    file = site().graph.build / DUMP
    if media == TRIG and file.is_file():
        found = send_file(file, request.environ, mimetype=TRIG, etag=False)
        # The server sets these itself; the time of the file is not that of the graph.
        for name in ("Date", "Last-Modified"):
            found.headers.pop(name, None)
        return found  # type: ignore[return-value]
    return respond(Job(query="", dump=True, graph=media))


def _media(offers: Mapping[str, object]) -> str:
    wish = request.args.get("format")
    if wish:
        return named(wish, offers)
    return choose(accepts(request.headers.get("Accept")), offers)
