"""Judge the graph by the SHACL shapes."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, Store

from kg.check.naming import finding_of, findings_of
from kg.check.work import Work
from kg.errors import BadShapes
from kg.findings import Finding
from kg.validate import disagreements, shapes_graph, slow_shapes, union, validate_store

__all__ = ["findings"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield a finding for each result of the shapes, by the engine that `work` names.

    With `both` the results of the fast engine are given, and each that one engine alone gives.
    """
    base = work.settings.base_iri
    shapes = shapes_graph(work.layout.shapes())
    engine = "fast" if work.engine == "both" else work.engine
    yield from findings_of(validate_store(work.store, shapes, engine=engine), shapes, base)
    if engine == "fast":
        for shape, reason in slow_shapes(shapes, blank=lambda: _blank(work.store)).items():
            name = str(shape).removeprefix(base)
            yield Finding("shacl/reference-engine", "info", f"{name} goes to pySHACL: {reason}.")
    if work.engine == "both":
        yield from _apart(work)


def _blank(store: Store) -> bool:
    """Say whether a graph has blank nodes."""
    terms = (term for quad in store for term in (quad.subject, quad.object))
    return any(isinstance(term, BlankNode) for term in terms)


def _apart(work: Work) -> Iterator[Finding]:
    shapes = shapes_graph(work.layout.shapes())
    try:
        apart = disagreements(union(work.store), shapes)
    except BadShapes as error:
        yield Finding("shacl/engines-disagree", "warning", f"One engine gives up: {error}.")
        return
    for engine, one in apart:
        found = finding_of(one, shapes, work.settings.base_iri)
        yield Finding(
            "shacl/engines-disagree",
            "warning",
            f"Only the {engine} engine finds {found.rule}: {found.message}",
            found.focus,
            found.path,
            found.value,
            key=f"{engine} {found.rule} {found.key}",
        )
