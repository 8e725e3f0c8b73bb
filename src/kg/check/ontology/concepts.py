"""Judge concept schemes by the integrity conditions of SKOS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from rdflib import SKOS, Literal, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, short
from kg.check.ontology.terms import concepts, deprecated
from kg.findings import Finding

__all__ = ["findings"]


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield concepts that have no scheme, share a name, or are linked against themselves."""
    withdrawn = set(deprecated(ontology))
    terms = [concept for concept in concepts(ontology) if concept not in withdrawn]
    for concept in terms:
        yield from _scheme(ontology, concept)
        yield from _labels(ontology, concept)
        yield from _links(ontology, concept)
    yield from _clashes(ontology, terms)


def _schemes(ontology: Facts, concept: Node) -> set[Node]:
    graph = ontology.graph
    return {
        *graph.objects(concept, SKOS.inScheme),
        *graph.objects(concept, SKOS.topConceptOf),
        *graph.subjects(SKOS.hasTopConcept, concept),
    }


def _tops(ontology: Facts, scheme: Node) -> set[Node]:
    graph = ontology.graph
    return {*graph.subjects(SKOS.topConceptOf, scheme), *graph.objects(scheme, SKOS.hasTopConcept)}


def _scheme(ontology: Facts, concept: URIRef) -> Iterator[Finding]:
    graph = ontology.graph
    schemes = _schemes(ontology, concept)
    if not schemes:
        message = f"{short(ontology, concept)} is in no scheme; say in which by skos:inScheme"
        yield ontology.finding("ontology/no-scheme", "warning", message, concept)
    for scheme in sorted(schemes, key=str):
        tops = _tops(ontology, scheme)
        above = [
            b for b in graph.objects(concept, SKOS.broader) if scheme in _schemes(ontology, b)
        ]
        if concept in tops and above:
            message = (
                f"{short(ontology, concept)} is a top concept and has {short(ontology, above[0])} "
                "above it; take skos:topConceptOf or skos:broader out"
            )
            yield ontology.finding(
                "ontology/top-concept", "warning", message, concept, SKOS.broader, above[0]
            )
        elif tops and concept not in tops and not above:
            message = (
                f"{short(ontology, concept)} has nothing above it and is no top concept, so "
                "nobody finds it from the top; add skos:broader or skos:topConceptOf"
            )
            yield ontology.finding("ontology/top-concept", "warning", message, concept)


def _labels(ontology: Facts, concept: URIRef) -> Iterator[Finding]:
    """Yield labels that are preferred and alternative at once (SKOS S13)."""
    names = set(ontology.graph.objects(concept, SKOS.prefLabel))
    for link in (SKOS.altLabel, SKOS.hiddenLabel):
        for value in sorted(ontology.graph.objects(concept, link), key=str):
            if value in names:
                message = f'"{value}" is the preferred label too; take it out here'
                yield ontology.finding(
                    "ontology/label-kinds", "warning", message, concept, link, value
                )


def _links(ontology: Facts, concept: URIRef) -> Iterator[Finding]:
    """Yield links that SKOS keeps apart: related and broader (S27), exact and others (S46)."""
    graph = ontology.graph
    above = set(graph.transitive_objects(concept, SKOS.broader)) - {concept}
    below = set(graph.transitive_subjects(SKOS.broader, concept)) - {concept}
    for other in sorted(graph.objects(concept, SKOS.related), key=str):
        if other in above | below:
            message = f"{short(ontology, other)} is above or below it; drop skos:related"
            yield ontology.finding(
                "ontology/related-broader", "violation", message, concept, SKOS.related, other
            )
    exact = set(graph.objects(concept, SKOS.exactMatch))
    for link in (SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch):
        for other in sorted(graph.objects(concept, link), key=str):
            if other in exact:
                message = (
                    f"<{other}> is an exact match too, which excludes {short(ontology, link)}"
                )
                yield ontology.finding(
                    "ontology/match-clash", "violation", message, concept, link, other
                )


def _clashes(ontology: Facts, terms: list[URIRef]) -> Iterator[Finding]:
    owners: dict[tuple[Node, str, str], list[URIRef]] = defaultdict(list)
    for concept in terms:
        for value in ontology.graph.objects(concept, SKOS.prefLabel):
            for scheme in _schemes(ontology, concept) if isinstance(value, Literal) else ():
                key = (scheme, str(value).casefold(), str(getattr(value, "language", "")))
                owners[key].append(concept)
    for (_, label, _), sharing in sorted(owners.items(), key=str):
        for concept in sharing[1:]:
            other = short(ontology, sharing[0])
            message = f'"{label}" names {other} of the same scheme too; rename one, or merge them'
            yield ontology.finding(
                "ontology/label-clash", "violation", message, concept, SKOS.prefLabel
            )
