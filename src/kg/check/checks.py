"""Judge the graph by the whole-graph checks of `ontology/checks`."""

from __future__ import annotations

from collections.abc import Iterator

from kg.check.graph import run_check
from kg.check.work import Work
from kg.errors import BadShapes
from kg.findings import Finding
from kg.queries import parse

__all__ = ["findings"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield a finding for each row that a check selects; BadShapes when there is no check."""
    paths = work.layout.checks()
    if not paths:
        raise BadShapes(f"{work.layout.root}/ontology/checks: no checks; nothing would be checked")
    for path in paths:
        work.step(path.stem)
        yield from run_check(work.store, parse(path))
