"""What the graph itself dates: when its sources were read, and what was merged into what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.web.names import Ref, Source
from kg.web.pages.reasons import Reason, reason
from kg.web.pages.values import When, chips, text, title, when
from kg.web.site import site

__all__ = ["Page", "view"]

READ = """SELECT ?day (COUNT(?r) AS ?n) (COUNT(DISTINCT ?s) AS ?sources) WHERE {
  GRAPH ?g { ?r mq:retrievedOn ?day ; mq:source ?s } } GROUP BY ?day ORDER BY DESC(?day)"""
MERGED = """SELECT ?merged ?into ?title ?reason WHERE { ?merged dcterms:isReplacedBy ?into .
  OPTIONAL { ?into skos:prefLabel ?title }
  OPTIONAL { ?m mq:claim ?merged ; mq:candidate ?into ; mq:reason ?reason } }
  ORDER BY ?merged LIMIT 200"""
NEWEST = """SELECT ?s (MAX(?day) AS ?last) (COUNT(?r) AS ?n) WHERE {
  GRAPH ?g { ?r mq:retrievedOn ?day ; mq:source ?s } } GROUP BY ?s ORDER BY DESC(?last) DESC(?n) ?s
  LIMIT 30"""


@dataclass(frozen=True)
class Page:
    """What the page of changes shows."""

    about: Mapping[str, str | int]
    read: tuple[tuple[When, int, int], ...]
    newest: tuple[tuple[Source, When, int], ...]
    merged: tuple[tuple[str, Ref, Reason], ...]


def view() -> Page:
    """Return when records were read, from which sources lately, and the merged agreements."""
    graph = site().graph
    return Page(
        graph.about,
        tuple(
            (when(text(row, "day")), int(text(row, "n")), int(text(row, "sources")))
            for row in graph.keep(READ)
        ),
        tuple(
            (chips([row["s"]["value"]])[0], when(text(row, "last")), int(text(row, "n")))
            for row in graph.keep(NEWEST)
            if "s" in row
        ),
        tuple(
            (
                row["merged"]["value"].rsplit("/", 1)[-1],
                title(row.get("title"), row["into"]["value"]),
                reason(text(row, "reason")),
            )
            for row in graph.keep(MERGED)
        ),
    )
