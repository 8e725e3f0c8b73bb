"""The vocabulary for readers and machines: ontology, schemes, shapes, prefixes."""

from __future__ import annotations

import re
from typing import cast

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    serialize,
)
from werkzeug.wrappers import Response as Redirect

from kg.errors import NotFound
from kg.files import Layout, read_bytes
from kg.formats import GRAPHS, HTML, accepts, choose, named
from kg.headers import content_type
from kg.pool import Job
from kg.reference import SCHEMES, SHAPES, TERMS, Concept, Fact, concepts, rules, terms
from kg.turtle import read
from kg.vocab import BASE, MQ, PREFIXES
from kg.web.answers import ask, reply, wants_html
from kg.web.kept import keep
from kg.web.language import wanted
from kg.web.links import links_of
from kg.web.site import site

__all__ = ["blueprint", "scheme_page"]

blueprint = Blueprint("reference", __name__)
keep(blueprint)

ONTOLOGY = (
    "DESCRIBE ?term WHERE { VALUES ?kind { owl:Ontology owl:Class owl:ObjectProperty"
    " owl:DatatypeProperty owl:AnnotationProperty rdf:Property rdfs:Class } ?term a ?kind ."
    f' FILTER(STRSTARTS(STR(?term), "{MQ[:-1]}")) }}'
)
Term = NamedNode | BlankNode | Literal
HEAD = f"SELECT ?p ?o WHERE {{ <{MQ[:-1]}> ?p ?o }}"
ALL_SCHEMES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s a skos:ConceptScheme ; ?p ?o }"
VERSION = re.compile(r"\d+(\.\d+)*")
#: Suffix by which a graph of the vocabulary may be asked for.
SUFFIXES = ("ttl", "jsonld", "nt", "rdf", "trig", "nq", "html")


@blueprint.get("/ns")
@blueprint.get("/ns.<any(ttl, jsonld, nt, rdf, trig, nq, html):suffix>")
def ontology(suffix: str = "") -> Response | str:
    """Return the ontology, or its reference as a page."""
    if _as_page(suffix):
        about = {row["p"]["value"]: row["o"]["value"] for row in site().graph.keep(HEAD)}
        found = terms(_facts(TERMS))
        return links_of(
            render_template("reference.html", about=about, terms=found, ns=MQ, suffixes=SUFFIXES),
            "/ns",
        )
    response = reply(ask(Job(query=ONTOLOGY, graph=_media(suffix))))
    return links_of(response, "/ns")


@blueprint.get("/ns/<path:rest>")
def inside(rest: str) -> Redirect:
    """Lead to the prefixes, to this version of the ontology, or to a term of it."""
    if rest == "prefixes":
        return redirect("/prefixes", 303)
    if VERSION.fullmatch(rest):
        rows = site().graph.keep(HEAD)
        if any(row["o"]["value"] == f"{MQ[:-1]}/{rest}" for row in rows):
            return redirect("/ns", 303)
        raise NotFound(f"The ontology has no version {rest} here", hint="The one here is /ns")
    found = next((one for one in terms(_facts(TERMS)) if one.name == rest), None)
    if found is None:
        raise NotFound(f"The ontology has no term {rest!r}", hint="All its terms are at /ns")
    return redirect(f"/ns#{rest}", 303)


@blueprint.get("/scheme")
@blueprint.get("/schemes")
def schemes() -> Response | str:
    """List the schemes of concepts."""
    if wants_html():
        found = concepts(_facts(SCHEMES)).values()
        page = render_template("schemes.html", schemes=found, language=wanted(), count=_count)
        return links_of(page, "/schemes")
    return links_of(reply(ask(Job(query=ALL_SCHEMES, graph=_media("")))), "/schemes")


def scheme_page(iri: str, path: str) -> str | None:
    """Return the page of a scheme of concepts, as a tree; None when it is no scheme."""
    found = concepts(_facts(SCHEMES)).get(iri)
    if found is None:
        return None
    return render_template("scheme.html", scheme=found, path=path, language=wanted(), base=BASE)


@blueprint.get("/shapes")
@blueprint.get("/shapes.<any(ttl, jsonld, nt, rdf, trig, nq, html):suffix>")
def shapes(suffix: str = "") -> Response | str:
    """Return the shapes that every build is held against, or what they ask as a page."""
    store = _shapes()
    if _as_page(suffix):
        rows = store.query(SHAPES, prefixes=PREFIXES)
        assert isinstance(rows, QuerySolutions)
        names = [variable.value for variable in rows.variables]
        cells = [{n: row[n].value for n in names if row[n]} for row in rows]
        return links_of(render_template("shapes.html", rules=list(rules(cells))), "/shapes")
    media = _media(suffix)
    form = GRAPHS[media]
    triples = sorted((quad.triple for quad in store), key=str)
    known = PREFIXES if form.supports_datasets or form != RdfFormat.N_TRIPLES else None
    body = serialize(triples, format=form, prefixes=known) or b""
    return links_of(Response(body, content_type=content_type(media)), "/shapes")


@blueprint.get("/shape/<path:name>")
def shape(name: str) -> Redirect:
    """See other: the shapes are one document."""
    return redirect(f"/shapes#{name}" if wants_html() else "/shapes", 303)


@blueprint.get("/prefixes")
@blueprint.get("/prefixes.<any(ttl, json, html):suffix>")
def prefixes(suffix: str = "") -> Response | str:
    """Return the prefixes that every query here may use without declaring them."""
    offers = ("application/json", "text/turtle", HTML)
    wish = suffix or request.args.get("format", "")
    media = {"ttl": "text/turtle", "json": offers[0], "jsonld": offers[0], "html": HTML}.get(wish)
    media = media or choose(accepts(request.headers.get("Accept")), offers)
    if media == HTML:
        return render_template("prefixes.html", prefixes=PREFIXES)
    if media == "text/turtle":
        lines = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
        return Response(lines, content_type=content_type(media))
    return jsonify({"@context": PREFIXES})


def _as_page(suffix: str) -> bool:
    return suffix == "html" or (not suffix and wants_html())


def _media(suffix: str) -> str:
    if wish := suffix or request.args.get("format"):
        return named(wish, GRAPHS)
    return choose(accepts(request.headers.get("Accept")), GRAPHS)


def _facts(query: str) -> list[Fact]:
    return [
        (row["s"]["value"], row["p"]["value"], row["o"]["value"], row["o"].get("xml:lang", ""))
        for row in site().graph.keep(query)
    ]


def _count(scheme: Concept) -> int:
    return sum(1 + _count(one) for one in scheme.narrower)


def _shapes() -> Store:
    """Return the shapes; their blank nodes are named by the order in which they come."""
    layout = Layout(site().settings.root)
    names: dict[object, BlankNode] = {}

    def named(term: Term) -> Term:
        if isinstance(term, BlankNode):
            return names.setdefault(term, BlankNode(f"b{len(names)}"))
        return term

    store = Store()
    for path in layout.shapes():
        for triple in read(read_bytes(path), layout.name(path)):
            subject, value = named(cast(Term, triple.subject)), named(cast(Term, triple.object))
            store.add(Quad(cast(NamedNode, subject), triple.predicate, value))
    if not len(store):
        raise NotFound("There are no shapes here", hint="They are in ontology/shapes/")
    return store
