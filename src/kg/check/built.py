"""Settle what stages found on a graph: where it stands, which rule says so, what is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyoxigraph import Store

from kg.check.catalogue import STAGES
from kg.check.graph import accept
from kg.check.places import locate
from kg.check.saying import with_rules
from kg.check.stages import found
from kg.check.work import Work
from kg.findings import Finding
from kg.settings import Settings

__all__ = ["check_store", "reasoned", "settled"]


def check_store(
    store: Store, settings: Settings, *, step: Callable[[str], None] = lambda name: None
) -> list[Finding]:
    """Return the findings of shapes and checks over a resolved store, worst first.

    Raises BadShapes when a shape has no target, or a check is not a SELECT query.
    """
    work = Work(settings, step)
    work.store = store
    told = dict.fromkeys(found(work, [STAGES["shacl"], STAGES["checks"]]))
    return sorted(settled(work, told), key=lambda finding: finding.order)


def settled(work: Work, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the place and the rule of each, and the reason where one is accepted.

    The graph, where it was built, tells of nodes that are in no file. It accepts warnings; a
    violation never.
    """
    store = work.store if "store" in vars(work) else None
    told = [(finding.place is None and bool(finding.focus), finding) for finding in findings]
    placed = [finding for lost, finding in told if not lost]
    placed += locate([finding for lost, finding in told if lost], work.subjects, store)
    placed = with_rules(placed, work.layout, work.shapes, work.settings.base_iri)
    return placed if store is None else reasoned(placed, store)


def reasoned(findings: Iterable[Finding], store: Store) -> list[Finding]:
    """Return findings with the reasons that a graph gives: it accepts warnings, no violation."""
    told = list(findings)
    bad = [finding for finding in told if finding.severity == "violation"]
    return bad + accept([f for f in told if f.severity != "violation"], store)
