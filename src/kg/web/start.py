"""The pages for a first visitor: the start, and the search for an agreement by words."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, Response, jsonify, render_template, request

from kg.errors import KgError
from kg.vocab import local
from kg.web.answers import wants_html
from kg.web.search import fold, search
from kg.web.site import Graph, Row, site
from kg.web.terms import page_of

__all__ = ["blueprint"]

blueprint = Blueprint("start", __name__)

SHOWN = 100
AGREEMENT = "VALUES ?kind { mq:Agreement mq:BilateralAgreement mq:PlurilateralAgreement }"
COUNTS = f"""SELECT ?what ?count WHERE {{
  {{ SELECT ("agreements" AS ?what) (COUNT(DISTINCT ?x) AS ?count)
     WHERE {{ {AGREEMENT} ?x a ?kind }} }}
  UNION {{ SELECT ("records" AS ?what) (COUNT(?x) AS ?count)
           WHERE {{ GRAPH ?g {{ ?x a mq:Record }} }} }}
  UNION {{ SELECT ("commitments" AS ?what) (COUNT(?x) AS ?count)
           WHERE {{ GRAPH ?g {{ ?x a mq:Commitment }} }} }}
  UNION {{ SELECT ("states" AS ?what) (COUNT(?x) AS ?count) WHERE {{ ?x a mq:State }} }}
  UNION {{ SELECT ("sources" AS ?what) (COUNT(?x) AS ?count) WHERE {{ ?x a mq:Source }} }}
}} ORDER BY ?what"""
TEXTS = f"""SELECT DISTINCT ?iri ?text WHERE {{ {AGREEMENT} ?iri a ?kind .
  {{ ?iri skos:prefLabel|skos:altLabel|mq:title ?text }}
  UNION {{ GRAPH ?g {{ ?record mq:describes ?iri ; mq:title|skos:altLabel ?text }} }} }}"""
PARTIES = f"SELECT DISTINCT ?iri ?party WHERE {{ {AGREEMENT} ?iri a ?kind ; mq:party ?party }}"
NAMES = """SELECT ?party ?text WHERE { VALUES ?kind { mq:State mq:Organisation mq:OtherParty }
  ?party a ?kind ; skos:prefLabel|skos:altLabel ?text }"""
ABOUT = """SELECT ?iri (MIN(STR(?title)) AS ?label) (MIN(STR(?on)) AS ?signed)
  (MIN(STR(?evidence)) AS ?how) (MIN(STR(?status)) AS ?now) WHERE {
  VALUES ?iri { %s }
  OPTIONAL { ?iri skos:prefLabel|mq:title ?title FILTER(LANG(?title) IN ("en", "")) }
  OPTIONAL { ?iri mq:signedOn ?on } OPTIONAL { ?iri mq:evidence ?evidence }
  OPTIONAL { ?iri mq:status ?status } } GROUP BY ?iri"""
CANDIDATES = """SELECT ?claim ?iri ?rank ?reason ?verdict WHERE {
  VALUES ?claim { %s }
  ?match mq:claim ?claim ; mq:candidate ?iri .
  OPTIONAL { ?match mq:rank ?rank } OPTIONAL { ?match mq:reason ?reason }
  OPTIONAL { ?match mq:verdict ?verdict } } ORDER BY ?claim ?rank ?iri"""


@blueprint.get("/")
def start() -> str:
    """Say what this is, how much there is, and what one can ask."""
    try:
        counts = {row["what"]["value"]: row["count"]["value"] for row in site().graph.keep(COUNTS)}
    except KgError:
        counts = {}
    return render_template("start.html", counts=counts, queries=site().queries.values())


@blueprint.get("/find")
def find() -> Response | str:
    """Find agreements by words; an alleged one comes with its candidates."""
    question = request.args.get("q", "").strip()
    hits = search(_index(site().graph), question)
    found = _described(hits.iris[:SHOWN])
    if not wants_html():
        return jsonify(query=question, exact=hits.exact, count=len(hits.iris), results=found)
    return render_template(
        "find.html", question=question, exact=hits.exact, count=len(hits.iris), found=found
    )


def _index(graph: Graph) -> dict[str, str]:
    """Return the folded words of each agreement: its titles and the names of its parties."""
    names, texts = defaultdict(list), defaultdict(list)
    for row in graph.keep(NAMES):
        names[row["party"]["value"]].append(row["text"]["value"])
    for row in graph.keep(TEXTS):
        texts[row["iri"]["value"]].append(row["text"]["value"])
    for row in graph.keep(PARTIES):
        texts[row["iri"]["value"]] += names[row["party"]["value"]]
    return {iri: fold(" ".join(words)) for iri, words in texts.items()}


def _described(iris: tuple[str, ...]) -> list[dict[str, object]]:
    """Return label, date and evidence of each agreement, and the candidates of the claims."""
    if not iris:
        return []
    claims = _rows(CANDIDATES, iris)
    every = [*iris, *(row["iri"]["value"] for row in claims)]
    about = {row["iri"]["value"]: row for row in _rows(ABOUT, every) if "iri" in row}
    found: list[dict[str, object]] = []
    for iri in iris:
        matches = [row for row in claims if row["claim"]["value"] == iri]
        candidates = [_entry(row["iri"]["value"], about) | _match(row) for row in matches]
        found.append(_entry(iri, about) | {"candidates": candidates})
    return sorted(found, key=lambda entry: (not entry["candidates"], str(entry["signed"])))


def _rows(query: str, iris: list[str] | tuple[str, ...]) -> list[Row]:
    return site().graph.select(query % " ".join(f"<{iri}>" for iri in dict.fromkeys(iris)))


def _entry(iri: str, about: dict[str, Row]) -> dict[str, object]:
    row = about.get(iri, {})
    found = {key: cell["value"] for key, cell in row.items()}
    return {
        "iri": iri,
        "page": page_of(iri),
        "label": found.get("label") or iri.rsplit("/", 1)[-1],
        "signed": found.get("signed", ""),
        "evidence": local(found.get("how", "")),
        "status": local(found.get("now", "")),
    }


def _match(row: Row) -> dict[str, object]:
    found = {key: row[key]["value"] if key in row else "" for key in ("rank", "reason", "verdict")}
    return {**found, "verdict": local(found["verdict"])}
