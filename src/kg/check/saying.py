"""Find the shape, or the check, that a finding comes of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kg.check.subjects import Subjects
from kg.files import Layout
from kg.findings import Finding, Place, Related, Span

__all__ = ["with_rules"]


def with_rules(
    findings: Iterable[Finding], layout: Layout, shapes: Subjects, base: str
) -> list[Finding]:
    """Add to each finding of a shape or a check where that stands.

    A shape is named by its IRI, whole or from the base on.
    """
    findings = list(findings)
    rules = {finding.rule for finding in findings}
    checks = {path.stem: path for path in layout.checks()}
    shapes.search({iri for rule in rules for iri in (rule, base + rule)}, everywhere=True)
    told = {rule: _place(rule, checks.get(rule), layout, shapes, base) for rule in rules}
    return [
        replace(one, related=(*one.related, related)) if (related := told[one.rule]) else one
        for one in findings
    ]


def _place(
    rule: str, check: Path | None, layout: Layout, shapes: Subjects, base: str
) -> Related | None:
    if check is not None:
        return Related(Place(layout.name(check), Span(1, 1)), "the check that says so")
    for iri in (rule, base + rule):
        for path in shapes.files(iri):
            found = shapes.index(path)
            span = found.standing(found.find(iri)[0]).subject if found else None
            return Related(Place(layout.name(path), span), "the shape that says so")
    return None
