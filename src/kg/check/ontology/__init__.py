"""Judge the ontology and its schemes: words, use, structure, names, header."""

from __future__ import annotations

from collections.abc import Iterator

from kg.check.covered import kept
from kg.check.facts import ontology_of
from kg.check.ontology import concepts, header, links, names, owl, properties, use, words
from kg.check.ontology.rules import RULES
from kg.check.work import Work
from kg.findings import Finding, Place

__all__ = ["RULES", "findings"]


def findings(work: Work) -> Iterator[Finding]:
    """Yield what is wrong with the ontology of the repository."""
    if not work.layout.ontology():
        yield Finding(
            "ontology/none",
            "violation",
            "There is no ontology; define the terms of the data in Turtle files under ontology",
            place=Place("ontology"),
            key="none",
        )
        return
    ontology = ontology_of(work)
    parts = (words, links, properties, owl, names, header, concepts)
    found = (finding for part in parts for finding in part.findings(ontology))
    yield from kept(work, found)
    yield from kept(work, use.findings(work, ontology))
