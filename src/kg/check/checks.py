"""Judge the graph by the whole-graph checks of `ontology/checks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from kg.check.graph import run_check
from kg.check.work import Work
from kg.errors import BadShapes
from kg.findings import Finding
from kg.queries import parse

__all__ = ["findings", "parts"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield a finding for each row that a check selects; BadShapes when there is no check."""
    for part in parts(work):
        yield from part(work)


def parts(work: Work) -> list[Callable[[Work], Iterator[Finding]]]:
    """Return what judges by one check each."""
    return [partial(_by, path) for path in work.layout.checks()] or [_missing]


def _by(path: Path, work: Work) -> Iterator[Finding]:
    yield from run_check(work.store, parse(path))


def _missing(work: Work) -> Iterator[Finding]:
    raise BadShapes(f"{work.layout.root}/ontology/checks: no checks; nothing would be checked")
