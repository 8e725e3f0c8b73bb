"""Leave a rule to the check that does it instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.check.work import Work
from kg.findings import Finding
from kg.queries import HEADER

__all__ = ["covered", "kept"]


def kept(work: Work, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings whose rule no check does instead."""
    taken = covered(work)
    for finding in found:
        if finding.rule not in taken:
            yield finding


def covered(work: Work) -> dict[str, str]:
    """Return the rules that checks do instead, and which: `#+ instead-of: stage/rule`."""
    found = work.kept.get("covered")
    if found is None:
        found = work.kept["covered"] = dict(_covered(work))
    assert isinstance(found, dict)
    return found


def _covered(work: Work) -> Iterator[tuple[str, str]]:
    for path in work.layout.checks():
        for key, value in HEADER.findall(work.bytes_of(path).decode("utf-8")):
            if key == "instead-of":
                yield from ((rule.strip(), path.stem) for rule in value.split(","))
