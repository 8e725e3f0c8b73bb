"""Judge the labels and definitions of terms."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rdflib import RDFS, SKOS, Literal, URIRef

from kg.check.facts import Facts, short
from kg.check.ontology.terms import concepts, deprecated, own_classes, own_properties
from kg.findings import Finding

__all__ = ["findings"]

LABELS = (RDFS.label, SKOS.prefLabel)
DEFINITIONS = (
    SKOS.definition,
    RDFS.comment,
    URIRef("http://purl.org/dc/terms/description"),
    URIRef("http://purl.org/dc/elements/1.1/description"),
    URIRef("http://purl.obolibrary.org/obo/IAO_0000115"),
)
SPACE = re.compile(r"^\s|\s$|[ \t\u00a0]{2}|[\t\r\u00a0]")


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield terms without words of their own, and words that are not neat."""
    withdrawn = set(deprecated(ontology))
    groups = (own_classes(ontology), own_properties(ontology), concepts(ontology))
    rules = ("ontology/no-definition", "ontology/no-definition", "ontology/concept-definition")
    for terms, rule in zip(groups, rules, strict=True):
        for term in terms:
            yield from _labels(ontology, term)
            if term not in withdrawn:
                yield from _definition(ontology, term, rule)
    for terms in groups[:2]:
        yield from _shared(ontology, [t for t in terms if t not in withdrawn])
    yield from _alike(ontology, [t for terms in groups for t in terms if t not in withdrawn])
    yield from _spaces(ontology)


def _labels(ontology: Facts, term: URIRef) -> Iterator[Finding]:
    graph = ontology.graph
    if not any((term, label, None) in graph for label in LABELS):
        message = (
            f"{short(ontology, term)} has no label; give it an rdfs:label with a language tag"
        )
        yield ontology.finding("ontology/no-label", "warning", message, term)
    for predicate in LABELS:
        seen: set[str] = set()
        for value in sorted(graph.objects(term, predicate), key=str):
            language = (value.language or "") if isinstance(value, Literal) else "?"
            if language in seen:
                message = (
                    f"{short(ontology, term)} has two labels in one language ({language}); "
                    "keep one, and make the others skos:altLabel"
                )
                yield ontology.finding(
                    "ontology/labels-repeated", "warning", message, term, predicate, value
                )
            seen.add(language)


def _definition(ontology: Facts, term: URIRef, rule: str) -> Iterator[Finding]:
    graph = ontology.graph
    texts = [value for link in DEFINITIONS for value in graph.objects(term, link)]
    labels = {str(value).casefold() for link in LABELS for value in graph.objects(term, link)}
    if not texts:
        message = (
            f"{short(ontology, term)} has no definition; say in skos:definition what it means"
        )
        yield ontology.finding(rule, "warning", message, term)
    elif all(str(text).casefold().strip(". ") in labels | {""} for text in texts):
        message = (
            f"The definition of {short(ontology, term)} says no more than its label; say more"
        )
        yield ontology.finding(rule, "warning", message, term, None, texts[0])


def _shared(ontology: Facts, terms: list[URIRef]) -> Iterator[Finding]:
    """Yield labels that two classes share, or two properties."""
    owners: dict[tuple[str, str], list[URIRef]] = defaultdict(list)
    for term in terms:
        labels = {
            (str(value).casefold(), value.language or "")
            for value in ontology.graph.objects(term, RDFS.label)
            if isinstance(value, Literal)
        }
        for label in labels:
            owners[label].append(term)
    for (name, _), sharing in sorted(owners.items()):
        for term in sharing[1:]:
            other = short(ontology, sharing[0])
            message = f'"{name}" is also the label of {other}; rename one, or merge the two'
            yield ontology.finding("ontology/label-shared", "warning", message, term, RDFS.label)


def _alike(ontology: Facts, terms: list[URIRef]) -> Iterator[Finding]:
    owners: dict[tuple[str, str], URIRef] = {}
    for term in terms:
        for link in DEFINITIONS:
            for value in sorted(ontology.graph.objects(term, link), key=str):
                text = " ".join(str(value).casefold().split())
                # Concepts of two schemes may well be defined alike: "not known".
                scheme = str(ontology.graph.value(term, SKOS.inScheme))
                other = owners.setdefault((text, scheme), term) if text else term
                if other != term:
                    message = (
                        f"{short(ontology, other)} has the same definition; "
                        "say in which way this one differs, or merge the two"
                    )
                    yield ontology.finding(
                        "ontology/definition-repeated", "warning", message, term, link, value
                    )


def _spaces(ontology: Facts) -> Iterator[Finding]:
    for subject, predicate, value in sorted(ontology.homes, key=str):
        one_line = predicate in (*LABELS, SKOS.altLabel, *DEFINITIONS)
        if one_line and isinstance(value, Literal) and SPACE.search(str(value)):
            message = "Spaces stand at an end of the text, or two in a row; take them out"
            yield ontology.finding(
                "ontology/label-space", "warning", message, subject, predicate, value
            )
