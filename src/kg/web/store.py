"""The SPARQL 1.1 Graph Store HTTP Protocol: a graph, or all of them, read and written."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from flask import Blueprint, Response, request
from pyoxigraph import NamedNode
from werkzeug.utils import send_file

from kg.errors import BadQuery, NotFound
from kg.formats import DATASETS, GRAPHS, accepts, choose, named
from kg.pool import Job
from kg.store import DUMP
from kg.web import update
from kg.web.answers import respond
from kg.web.bodies import bodies, medium
from kg.web.site import site
from kg.writing import ALL, DEFAULT, Drop, Load

__all__ = ["blueprint"]

blueprint = Blueprint("store", __name__, url_prefix="/store")
WRITING = ("PUT", "POST", "DELETE")
TRIG = "application/trig"


@blueprint.route("", methods=["GET"])
@blueprint.route("/<path:path>", methods=["GET"])
def read(path: str = "") -> Response:
    """Return the graph that is named, or else all of them."""
    graph = _target(path)
    if graph == ALL:
        return _all()
    return _graph("?s ?p ?o") if graph == DEFAULT else _named(graph)


@blueprint.route("", methods=WRITING)
@blueprint.route("/<path:path>", methods=WRITING)
def write(path: str = "") -> Response:
    """Put a graph in place of another, add to it, or remove it (sections 5.3 to 5.5)."""
    update.authorize()
    graph = _target(path)
    if request.method == "DELETE":
        return _drop(graph)
    update.allow_more()
    if graph != ALL or medium() in DATASETS:
        return _load(graph)
    if request.method == "PUT":
        raise BadQuery(
            "Name the graph to put: graph=IRI or default",
            hint=f"A whole dataset is put as {' or '.join(DATASETS)}",
        )
    return _create()


def _target(path: str) -> str:
    """Return the name of the graph that is meant: by the address itself, or by a parameter."""
    if path:
        return _address()
    graphs = request.args.getlist("graph")
    default = "default" in request.args
    if len(graphs) + default > 1:
        raise BadQuery("Name one graph: graph=IRI or default")
    for iri in graphs:
        _node(iri)
    return graphs[0] if graphs else DEFAULT if default else ALL


def _address() -> str:
    """Return the address of the request as it was sent, without its query: the name of a graph."""
    scope = request.environ.get("asgi.scope", {})
    raw: bytes = scope.get("raw_path", b"")
    sent = raw.decode("latin-1") or str(request.environ.get("RAW_URI", ""))
    if not sent.startswith("/"):
        return request.base_url
    return request.host_url.rstrip("/") + sent.partition("?")[0]


def _node(iri: str) -> NamedNode:
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise BadQuery(f"graph={iri!r} is not an absolute IRI: {error}") from error


# Reading


def _named(iri: str) -> Response:
    node = _node(iri)
    if not site().graph.exists(node.value):
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


# Writing


def _load(graph: str) -> Response:
    base = request.base_url if graph in (DEFAULT, ALL) else graph
    change = Load(
        graph=graph,
        bodies=bodies(base),
        replace=request.method == "PUT",
        expect=update.expected(),
    )
    done = update.make(change)
    return update.written(done, 201 if done.created else 204)


def _create() -> Response:
    """Make a graph for what was posted, and say where it is (section 5.5)."""
    iri = f"{request.base_url.rstrip('/')}/{uuid4()}"
    change = Load(graph=iri, bodies=bodies(iri), replace=False, expect=update.expected())
    response = update.written(update.make(change), 201)
    response.headers["Location"] = iri
    return response


def _drop(graph: str) -> Response:
    if graph == ALL:
        raise BadQuery("Name the graph to delete: graph=IRI or default", hint="Or send DROP ALL")
    return update.perform(Drop(graph=graph, expect=update.expected()))
