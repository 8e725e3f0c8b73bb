"""Judge the graph by the SHACL shapes."""

from __future__ import annotations

from collections.abc import Iterator

from kg.check.work import Work
from kg.findings import Finding
from kg.validate import shapes_graph, union, validate_parts

__all__ = ["findings"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield a finding for each result of the shapes."""
    shapes = shapes_graph(work.layout.shapes())
    for v in validate_parts(union(work.store), shapes):
        name = v.shape.removeprefix(work.settings.base_iri)
        yield Finding(name, v.severity, v.message, v.focus, v.path, v.value)
