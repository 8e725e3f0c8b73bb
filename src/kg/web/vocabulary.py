"""What an editor completes with: prefixes, and the classes and properties that the graph uses."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from kg.vocab import PREFIXES
from kg.web.find import index
from kg.web.language import wanted
from kg.web.site import site
from kg.web.terms import page_of, short

__all__ = ["blueprint"]

blueprint = Blueprint("vocabulary", __name__)

#: What is told of a term.
NAMES = ("term", "kind", "label", "note")
#: IRIs that are named in one answer.
MOST = 1000
TERMS = """SELECT ?term ?kind (MIN(STR(?l)) AS ?label) (MIN(STR(?d)) AS ?note) WHERE {
  VALUES (?class ?kind) { (owl:Class "class") (owl:ObjectProperty "property")
    (owl:DatatypeProperty "property") (owl:AnnotationProperty "property") }
  ?term a ?class .
  OPTIONAL { ?term skos:prefLabel|rdfs:label ?l FILTER(LANG(?l) IN ("en", "")) }
  OPTIONAL { ?term skos:definition ?d FILTER(LANG(?d) IN ("en", "")) }
} GROUP BY ?term ?kind ORDER BY ?term ?kind"""


@blueprint.get("/vocabulary.json")
def vocabulary() -> Response:
    """Return the prefixes that queries know, and the terms of the ontology with their meaning."""
    found = [
        {
            name: row[name]["value"] if name in row else ""
            for name in ("term", "kind", "label", "note")
        }
        for row in site().graph.keep(TERMS)
        if "term" in row
    ]
    return jsonify(prefixes=PREFIXES, terms=found)


@blueprint.post("/labels")
def labels() -> Response:
    """Return the names of the IRIs of a form field `iri`, in the language that is wanted."""
    known = index().by_iri
    asked = list(dict.fromkeys(request.form.getlist("iri")))[:MOST]
    return jsonify(
        {
            iri: {"label": known[iri].label(wanted()), "page": page_of(iri), "short": short(iri)}
            if iri in known
            else {"label": "", "page": page_of(iri), "short": short(iri)}
            for iri in asked
        }
    )
