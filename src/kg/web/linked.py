"""Linked data: each IRI leads to data or to a page about it."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import NamedNode, Quad
from werkzeug.wrappers import Response as Redirect

from kg import describe, jsonld
from kg.formats import GRAPHS, NAMES, accepts, choose, named
from kg.headers import content_type
from kg.pool import Job
from kg.represent import represent
from kg.vocab import MQ
from kg.web import reference
from kg.web.answers import ask, respond, wants_html
from kg.web.frame import kept
from kg.web.known import find
from kg.web.links import SHOWN, address, links, split
from kg.web.site import site
from kg.web.terms import SAFE, View, labels, path_of, rest_of, short, table

__all__ = ["blueprint", "described", "kinds"]

blueprint = Blueprint("linked", __name__)
blueprint.after_app_request(links)
blueprint.add_app_template_filter(short)
blueprint.add_app_template_filter(path_of, "path")

OUTGOING = 500
INCOMING = 200
#: A subject's triples are in the answer view, or, for records, in the graph of their source.
EITHER = "{{ {0} }} UNION {{ GRAPH ?graph {{ {0} }} }}"


@blueprint.get("/id/<path:path>")
def thing(path: str) -> Redirect:
    """See other: data or page."""
    return _see_other(path)


@blueprint.get("/scheme/<path:path>")
@blueprint.get("/graph/<path:path>")
@blueprint.get("/accepted-warnings")
def other(path: str = "") -> Redirect:
    """See other, for what is not below /id/: concepts, and the graphs of the sources."""
    return _see_other(f"{request.path.split('/')[1]}/{path}".rstrip("/"))


@blueprint.get("/data/<path:path>")
def data(path: str) -> Response | Redirect:
    """Return the description of a thing; see other for a file of ours, whose IRIs begin so too."""
    stem, suffix = split(path)
    if stem.split("/")[0] in FILES:
        return _see_other(f"data/{path}")
    found = find(stem)
    media = _media(suffix)
    chosen = suffix or _suffix(media)
    if found.moved:
        return redirect(address("data", found.path, chosen), 301)
    if found.path.startswith("graph/"):
        response = respond(Job(query=_whole(found.iri), graph=media))
    else:
        body = represent(described(found.iri), media, found.iri, kinds())
        response = Response(body, content_type=content_type(media))
    response.headers["Content-Location"] = address("data", found.path, chosen)
    return response


@blueprint.get("/page/<path:path>")
@blueprint.get("/statements/<path:path>")
def page(path: str) -> str | Redirect:
    """Show the triples about a thing, in both directions."""
    found = find(path)
    if found.moved:
        return redirect(kept(address(request.path.split("/")[1], found.path)), 301)
    is_scheme = found.path.startswith("scheme/") and found.path.count("/") == 1
    if is_scheme and (tree := reference.scheme_page(found.iri, found.path)):
        return tree
    node = NamedNode(found.iri)
    out = _triples(f"{node} ?property ?value", OUTGOING)
    into = _triples(f"?value ?property {node}", INCOMING)
    return render_template(
        "page.html",
        iri=found.iri,
        label=labels([found.iri]).get(found.iri, path.rsplit("/", 1)[-1]),
        path=quote(found.path, safe=SAFE),
        out=out,
        into=into,
        limits=(OUTGOING, INCOMING),
        suffixes=SHOWN,
    )


@blueprint.get("/context.jsonld")
def context() -> Response:
    """Return the JSON-LD context of all our terms."""
    text = jsonld.dumps({"@context": jsonld.context(kinds())})
    return Response(text, content_type="application/ld+json")


def described(iri: str) -> list[Quad]:
    """Return the quads that describe a thing."""
    if (found := site().graph.at_hand(iri)) is not None:
        return found
    rows = "application/sparql-results+json"
    return describe.quads(ask(Job(query=describe.query(iri), rows=rows)).body)


def kinds() -> dict[str, str]:
    """Return what the values of each property of ours are, as the ontology says."""
    return site().graph.once("kinds of values", _kinds)


def _kinds() -> dict[str, str]:
    found = (
        (row["p"]["value"], row["object"]["value"]) for row in site().graph.keep(jsonld.KINDS)
    )
    return {iri: jsonld.kind_of(iri, one == "true") for iri, one in found if iri.startswith(MQ)}


#: First folders of the IRIs of our files, `…/data/agreements/KEY`.
FILES = ("actors", "agreements", "matches", "organisations", "records", "sources")


def _see_other(path: str) -> Redirect:
    stem, suffix = split(path)
    found = find(stem)
    if found.moved:
        query = request.query_string.decode("latin-1")
        target = quote("/" + rest_of(found.iri), safe=SAFE)
        return redirect(
            target + (f".{suffix}" if suffix else "") + (f"?{query}" if query else ""), 301
        )
    if not suffix and wants_html():
        return redirect(address("page", found.path), 303)
    return redirect(address("data", found.path, suffix or _suffix(_media(None))), 303)


def _whole(graph: str) -> str:
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {NamedNode(graph)} {{ ?s ?p ?o }} }}"


def _suffix(media: str) -> str:
    return next(name for name, means in NAMES.items() if means == (media,))


def _media(suffix: str | None) -> str:
    """Return the format a suffix or `format=` names, else the one that Accept prefers."""
    if wish := suffix or request.args.get("format"):
        return named(wish, GRAPHS)
    return choose(accepts(request.headers.get("Accept")), GRAPHS)


def _triples(pattern: str, limit: int) -> list[list[View | None]]:
    names = ("property", "value", "graph")
    query = (
        f"SELECT DISTINCT ?property ?value ?graph WHERE {{ {EITHER.format(pattern)} }}"
        f" ORDER BY ?property ?value ?graph LIMIT {limit}"
    )
    return table(names, site().graph.select(query))
