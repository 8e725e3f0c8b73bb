"""Linked data: each IRI leads to data or to a page about it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as Redirect

from kg.errors import NotFound
from kg.formats import GRAPHS, NAMES, accepts, choose, named
from kg.pool import Job
from kg.vocab import MQ
from kg.web.answers import ask, reply, wants_html
from kg.web.nearest import unknown
from kg.web.site import site
from kg.web.terms import View, iri_of, labels, table

__all__ = ["blueprint"]

blueprint = Blueprint("linked", __name__)

#: Suffix of a graph format to its media type, the preferred suffix first.
SUFFIXES = {name: means[-1] for name, means in NAMES.items() if means[-1] in GRAPHS}
OUTGOING = 500
INCOMING = 200
#: A subject's triples are in the answer view, or, for records, in the graph of their source.
EITHER = "{{ {0} }} UNION {{ GRAPH ?graph {{ {0} }} }}"


@blueprint.get("/id/<path:path>")
def thing(path: str) -> Redirect:
    """See other: data or page."""
    return _see_other(path)


@blueprint.get("/scheme/<path:path>")
def concept(path: str) -> Redirect:
    """See other, for the concepts."""
    return _see_other(f"scheme/{path}")


@blueprint.get("/data/<path:path>")
def data(path: str) -> Response:
    """Return the triples about a thing."""
    stem, suffix = _split(path)
    node = _known(stem)
    wish = suffix or request.args.get("format")
    media = _media(wish)
    query = f"CONSTRUCT {{ {node} ?p ?o }} WHERE {{ {EITHER.format(f'{node} ?p ?o')} }}"
    return reply(ask(Job(query=query, graph=media)))


@blueprint.get("/page/<path:path>")
@blueprint.get("/statements/<path:path>")
def page(path: str) -> str:
    """Show the triples about a thing, in both directions."""
    node = _known(path)
    out = _triples(f"{node} ?property ?value", OUTGOING)
    into = _triples(f"?value ?property {node}", INCOMING)
    return render_template(
        "page.html",
        iri=node.value,
        label=labels([node.value]).get(node.value, path.rsplit("/", 1)[-1]),
        path=path,
        out=out,
        into=into,
        limits=(OUTGOING, INCOMING),
        suffixes=("ttl", "jsonld", "nt", "rdf"),
    )


@blueprint.get("/ns")
def ontology() -> Response | Redirect:
    """Return the ontology."""
    query = (
        "DESCRIBE ?term WHERE { VALUES ?kind { owl:Ontology owl:Class owl:ObjectProperty"
        " owl:DatatypeProperty owl:AnnotationProperty rdf:Property rdfs:Class } ?term a ?kind ."
        f' FILTER(STRSTARTS(STR(?term), "{MQ[:-1]}")) }}'
    )
    wish = request.args.get("format")
    media = "text/turtle" if wants_html() else _media(wish)
    return reply(ask(Job(query=query, graph=media)))


@blueprint.get("/void.ttl")
@blueprint.get("/.well-known/void")
def void() -> Response:
    """Describe the dataset: size, licence, endpoint."""
    text = render_template("void.ttl", root=request.url_root, about=site().graph.about)
    return Response(text, content_type="text/turtle; charset=utf-8")


def _see_other(path: str) -> Redirect:
    stem, suffix = _split(path)
    node = _known(stem)
    successor = _successor(node)
    if successor:
        return redirect(f"/{successor}{f'.{suffix}' if suffix else ''}", 301)
    if not suffix and wants_html():
        return redirect(f"/page/{stem}", 303)
    wish = suffix or request.args.get("format")
    media = _media(wish)
    chosen = next(name for name, means in NAMES.items() if means == (media,))
    return redirect(f"/data/{stem}.{chosen}", 303)


def _successor(node: NamedNode) -> str | None:
    """Return the path of what a merged agreement was merged into."""
    rows = site().graph.select(f"SELECT ?into WHERE {{ {node} dcterms:isReplacedBy ?into }}")
    base = site().settings.base_iri
    return rows[0]["into"]["value"].removeprefix(base) if rows else None


def _media(wish: str | None) -> str:
    """Return the format a suffix or `format=` names, else the one that Accept prefers."""
    if wish:
        return named(wish, GRAPHS)
    return choose(accepts(request.headers.get("Accept")), GRAPHS)


def _split(path: str) -> tuple[str, str | None]:
    stem, _, suffix = path.rpartition(".")
    return (stem, suffix) if stem and suffix in SUFFIXES else (path, None)


def _known(path: str) -> NamedNode:
    """Return the node of a path; raise NotFound when the graph says nothing of it."""
    iri = iri_of(path)
    try:
        node = NamedNode(iri)
    except ValueError as error:
        raise NotFound(f"{iri!r} is not an IRI: {error}") from error
    if not site().graph.select(f"SELECT * WHERE {{ {EITHER.format(f'{node} ?p ?o')} }} LIMIT 1"):
        raise unknown(iri)
    return node


def _triples(pattern: str, limit: int) -> list[list[View | None]]:
    names = ("property", "value", "graph")
    query = (
        f"SELECT DISTINCT ?property ?value ?graph WHERE {{ {EITHER.format(pattern)} }}"
        f" ORDER BY ?property ?value ?graph LIMIT {limit}"
    )
    return table(names, site().graph.select(query))
