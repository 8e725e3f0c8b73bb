"""Judge whether a result will say something: a message, a name, a severity."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import SH, Literal, URIRef

from kg.check.facts import Facts
from kg.check.shapes.read import property_shapes
from kg.check.shapes.vocabulary import CONSTRAINTS, SHACL, TERMS, sh
from kg.findings import Finding

__all__ = ["findings"]

#: Rule to the property that is wanted, how bad its lack is, and what to do.
WANTED = (
    ("shapes/no-message", SH.message, "warning", "Say in sh:message what to do when it fails"),
    ("shapes/no-name", SH.name, "info", "Give sh:name: reports and forms show it"),
    ("shapes/no-severity", SH.severity, "info", "Say in sh:severity how bad it is"),
)
LEVELS = (SH.Violation, SH.Warning, SH.Info)


def findings(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    """Yield property shapes whose results would tell people too little."""
    graph = shapes.graph
    for shape in property_shapes(graph):
        checks = any((shape, sh(name), None) in graph for name in CONSTRAINTS)
        for rule, predicate, severity, message in WANTED:
            if checks and (shape, predicate, None) not in graph:
                path = graph.value(shape, SH.path)
                last = (SH.path, path) if isinstance(path, URIRef) else ()
                yield shapes.finding(rule, severity, message, shape, *last)
        for value in graph.objects(shape, SH.message):
            if isinstance(value, Literal) and not str(value).strip():
                message = "sh:message is empty; say in it what to do when it fails"
                yield shapes.finding("shapes/no-message", "warning", message, shape, SH.message)
        for value in graph.objects(shape, SH.severity):
            if (
                isinstance(value, URIRef)
                and value not in LEVELS
                and str(value).removeprefix(SHACL) in TERMS
            ):
                message = "sh:severity is sh:Violation, sh:Warning or sh:Info"
                yield shapes.finding(
                    "shapes/parameter", "violation", message, shape, SH.severity, value
                )
