"""Judge properties: domain and range, kinds, inverses."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, BNode, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, short
from kg.check.known import CLASSES, PROPERTIES
from kg.check.ontology.terms import deprecated, own_classes, own_properties
from kg.findings import Finding

__all__ = ["findings"]

KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield properties that say too little or contradict themselves, and punned terms."""
    withdrawn = set(deprecated(ontology))
    for term in own_properties(ontology):
        yield from _kinds(ontology, term)
        yield from _inverse(ontology, term)
        if term not in withdrawn:
            yield from _ends(ontology, term)
    yield from _punned(ontology)


def _kinds(ontology: Facts, term: URIRef) -> Iterator[Finding]:
    kinds = [kind for kind in KINDS if (term, RDF.type, kind) in ontology.graph]
    if len(kinds) > 1:
        names = " and ".join(short(ontology, kind) for kind in kinds)
        message = f"{short(ontology, term)} is {names}; its values are nodes or literals: keep one"
        yield ontology.finding(
            "ontology/property-kinds", "violation", message, term, RDF.type, kinds[1]
        )


def _ends(ontology: Facts, term: URIRef) -> Iterator[Finding]:
    graph = ontology.graph
    if (term, RDF.type, OWL.AnnotationProperty) in graph:
        return
    family = set(graph.transitive_objects(term, RDFS.subPropertyOf))
    family |= set(graph.objects(term, OWL.equivalentProperty))
    inverse = {*graph.objects(term, OWL.inverseOf), *graph.subjects(OWL.inverseOf, term)}
    sides = (
        ("ontology/no-domain", RDFS.domain, RDFS.range, "of what it is said"),
        ("ontology/no-range", RDFS.range, RDFS.domain, "what its values are"),
    )
    for rule, predicate, mirror, what in sides:
        told = any((one, predicate, None) in graph for one in family)
        if not told and not any((one, mirror, None) in graph for one in inverse):
            name = short(ontology, predicate)
            message = f"{short(ontology, term)} has no {name}; say {what}"
            yield ontology.finding(rule, "info", message, term)
    domains = sorted(graph.objects(term, RDFS.domain), key=str)
    if len(domains) > 1:
        names = " and ".join(short(ontology, one) for one in domains if not isinstance(one, BNode))
        message = (
            f"Several rdfs:domain mean all of them at once: {names}; for any of them write one "
            "class with owl:unionOf"
        )
        yield ontology.finding(
            "ontology/several-domains", "warning", message, term, RDFS.domain, domains[1]
        )


def _inverse(ontology: Facts, term: URIRef) -> Iterator[Finding]:
    graph = ontology.graph

    def wrong(message: str, other: Node) -> Finding:
        return ontology.finding(
            "ontology/inverse", "violation", message, term, OWL.inverseOf, other
        )

    for other in sorted(graph.objects(term, OWL.inverseOf), key=str):
        name = short(ontology, other)
        back = {*graph.objects(other, OWL.inverseOf)}
        ends = [_ends_of(graph, term, side) for side in (RDFS.domain, RDFS.range)]
        swapped = [_ends_of(graph, other, side) for side in (RDFS.range, RDFS.domain)]
        if other == term:
            yield wrong("It is its own inverse; make it an owl:SymmetricProperty instead", other)
        elif back and term not in back:
            message = f"{name} has another inverse; make the pair agree"
            yield wrong(message, other)
        elif (other, RDF.type, OWL.DatatypeProperty) in graph:
            yield wrong(f"{name} has literals for values, and so no inverse; take it out", other)
        elif any(a and b and a != b for a, b in zip(ends, swapped, strict=True)):
            message = f"Domain and range are not range and domain of {name}; make the pair agree"
            yield wrong(message, other)


def _ends_of(graph: object, term: Node, side: URIRef) -> set[Node]:
    ends = set(graph.objects(term, side))  # type: ignore[attr-defined]
    return set() if any(isinstance(end, BNode) for end in ends) else ends


def _punned(ontology: Facts) -> Iterator[Finding]:
    """Yield terms that are a class and a property, or a class and a member of a class of ours."""
    classes, properties = own_classes(ontology), set(own_properties(ontology))
    built_in = {*CLASSES, *PROPERTIES}
    for term in classes:
        kinds = set(ontology.graph.objects(term, RDF.type)) - built_in
        above = [kind for kind in sorted(kinds, key=str) if kind in classes]
        if term in properties:
            message = f"{short(ontology, term)} is a class and a property; give one another name"
            yield ontology.finding("ontology/punned", "warning", message, term, RDF.type)
        elif above:
            message = (
                f"{short(ontology, term)} is a class and a member of {short(ontology, above[0])}; "
                "write rdfs:subClassOf, or make it no class"
            )
            yield ontology.finding("ontology/punned", "warning", message, term, RDF.type, above[0])
