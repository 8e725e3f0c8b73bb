"""Count what the graph has, once in its life, for the descriptions that machines read."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Literal

from kg.errors import BadQuery, OutOfMemory, TooSlow
from kg.web.site import Row, site

__all__ = ["Part", "Statistics", "statistics"]

ALL = "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }"
SIZE = (
    "(COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)"
    " (COUNT(DISTINCT ?p) AS ?properties)"
)
WHOLE = f"SELECT {SIZE} WHERE {{ {ALL} }}"
ANSWERS = f"SELECT {SIZE} WHERE {{ ?s ?p ?o }}"
TYPED = f"SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE {{ {ALL} FILTER(?p = rdf:type) }}"
ENTITIES = f'SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {ALL} FILTER(STRSTARTS(STR(?s), "%s")) }}'
CLASSES = "SELECT ?of (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?of } GROUP BY ?of ORDER BY ?of"
PROPERTIES = "SELECT ?of (COUNT(*) AS ?n) WHERE { ?s ?of ?o } GROUP BY ?of ORDER BY ?of"
GRAPHS = "SELECT ?of (COUNT(*) AS ?n) WHERE { GRAPH ?of { ?s ?p ?o } } GROUP BY ?of ORDER BY ?of"
SOURCES = """SELECT ?graph ?source ?title ?rights ?licence WHERE {
  ?source mq:namedGraph ?graph .
  OPTIONAL { ?source dcterms:title ?title }
  OPTIONAL { ?source dcterms:rights ?rights }
  OPTIONAL { ?source dcterms:license ?licence }
} ORDER BY ?graph ?source ?title ?rights ?licence"""
EXAMPLE = "SELECT ?iri WHERE { ?iri a mq:Agreement } ORDER BY ?iri LIMIT 1"


@dataclass(frozen=True)
class Part:
    """A named graph: its triples, and of which source it is, on whose terms; as Turtle."""

    iri: str
    triples: int
    source: str = ""
    title: str = ""
    rights: str = ""
    licence: str = ""


@dataclass(frozen=True)
class Statistics:
    """The numbers of a graph: of all of it, of the default graph, and of each named one."""

    whole: dict[str, int]
    answers: dict[str, int]
    classes: dict[str, int]
    properties: dict[str, int]
    parts: tuple[Part, ...]
    example: str


def statistics() -> Statistics | None:
    """Return the numbers of the graph that serves.

    None where counting takes too long or too much, as another server's graph may, and where
    nothing tells whether the graph is still the one that was counted.
    """
    graph = site().graph
    return graph.once("statistics", _counted) if graph.fingerprint else None


def _counted() -> Statistics | None:
    scan = site().graph.scan
    try:
        whole = _numbers(scan(WHOLE)[0])
        whole["classes"] = int(scan(TYPED)[0]["n"]["value"])
        whole["entities"] = int(scan(ENTITIES % site().settings.base_iri)[0]["n"]["value"])
        answers, classes, properties = _numbers(scan(ANSWERS)[0]), scan(CLASSES), scan(PROPERTIES)
        parts, example = _parts(scan(GRAPHS), scan(SOURCES)), scan(EXAMPLE)
    except (BadQuery, OutOfMemory, TooSlow):
        return None
    return Statistics(
        whole,
        {**answers, "classes": len(classes)},
        _sizes(classes),
        _sizes(properties),
        parts,
        example[0]["iri"]["value"] if example else "",
    )


def _numbers(row: Row) -> dict[str, int]:
    return {name: int(cell["value"]) for name, cell in row.items()}


def _sizes(rows: list[Row]) -> dict[str, int]:
    """Return how many there are of each IRI; a class that is a blank node is left out."""
    return {
        row["of"]["value"]: int(row["n"]["value"]) for row in rows if row["of"]["type"] == "uri"
    }


def _parts(graphs: list[Row], sources: list[Row]) -> tuple[Part, ...]:
    of: dict[str, Row] = {}
    for row in sources:
        of.setdefault(row["graph"]["value"], row)
    return tuple(
        Part(
            iri,
            triples,
            *(_turtle(of.get(iri, {}), name) for name in ("source", "title", "rights", "licence")),
        )
        for iri, triples in _sizes(graphs).items()
    )


def _turtle(row: Row, name: str) -> str:
    cell = row.get(name)
    if cell is None:
        return ""
    if cell["type"] == "uri":
        return f"<{cell['value']}>"
    return str(Literal(cell["value"], language=cell.get("xml:lang")))
