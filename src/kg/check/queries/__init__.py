"""Judge the saved queries: that each can run, asks of what is there, and answers as it did."""

from __future__ import annotations

from collections.abc import Iterator

from kg.check.covered import kept
from kg.check.queries import golden, headers, patterns, prefixes, shape, terms, variables
from kg.check.queries.read import FAULTY, Text, saved, texts
from kg.check.queries.rules import RULES
from kg.check.work import Work
from kg.findings import Finding

__all__ = ["RULES", "findings"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield what is wrong with saved queries; rules and checks are judged by their text alone.

    A query with a violation is not asked: what it answers follows from its fault.
    """
    mine = saved(work)
    told: set[str] = set()
    work.kept[FAULTY] = told
    for text in texts(work):
        for finding in kept(work, _of(work, text, text in mine)):
            if finding.severity == "violation":
                told.add(text.name)
            yield finding
    yield from kept(work, golden.findings(work, mine))


def _of(work: Work, text: Text, asked: bool) -> Iterator[Finding]:
    """Yield the findings of one file; why one is no query is told by the stage of syntax."""
    yield from headers.findings(text, asked=asked)
    yield from prefixes.findings(text)
    if not text.readable:
        return
    yield from shape.findings(text, asked=asked)
    yield from variables.findings(text)
    unknown = list(terms.findings(work, text, asked=asked))
    yield from unknown
    if asked:
        yield from patterns.findings(work, text, {finding.value for finding in unknown})
