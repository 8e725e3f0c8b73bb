"""Find the places of findings after a change: those of before, where nothing near them changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.check.changed.base import Base
from kg.check.changed.delta import Delta
from kg.check.changed.judged import bare
from kg.check.changed.small import Small
from kg.check.places import locate
from kg.check.saying import with_rules
from kg.check.work import Work
from kg.findings import Finding

__all__ = ["place"]


def place(
    work: Work, base: Base, change: Delta, near: Small, findings: Iterable[Finding]
) -> list[Finding]:
    """Give findings without a place the place that a full check gives them."""
    known = {bare(one): one for one in base.findings}
    nodes = {node.value for node in near.nodes}
    files = set(change.files)
    placed: list[Finding] = []
    close: list[Finding] = []
    others: list[Finding] = []
    for finding in findings:
        old = known.get(finding)
        if finding.focus in nodes or finding.value in nodes:
            close.append(finding)
        elif old is None or files.intersection(_files(old)):
            others.append(finding)
        else:
            placed.append(old)
    fresh = locate(close, work.subjects, near.after)
    fresh += locate(others, work.subjects, base.store)
    return placed + with_rules(fresh, work.layout, work.shapes, work.settings.base_iri)


def _files(finding: Finding) -> Iterator[str]:
    if finding.place:
        yield finding.place.file
    for other in finding.related:
        yield other.place.file
