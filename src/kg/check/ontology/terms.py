"""List the repository's own classes, properties and concepts."""

from __future__ import annotations

from rdflib import OWL, SKOS, Literal, URIRef
from rdflib.term import Node

from kg.check.facts import Facts
from kg.check.known import CLASSES, PROPERTIES, is_own, own_namespaces

__all__ = ["concepts", "deprecated", "own_classes", "own_properties", "successors", "way_back"]

#: What leads from a withdrawn term to the one to use: Dublin Core, OBO, Prov.
SUCCESSORS = (
    URIRef("http://purl.org/dc/terms/isReplacedBy"),
    URIRef("http://purl.obolibrary.org/obo/IAO_0100001"),
    OWL.sameAs,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    SKOS.exactMatch,
)


def own_classes(ontology: Facts) -> list[URIRef]:
    """Return the classes of the ontology's own namespaces."""
    own = own_namespaces(ontology)
    return [term for term in ontology.typed(*CLASSES) if is_own(term, own)]


def own_properties(ontology: Facts) -> list[URIRef]:
    """Return the properties of the ontology's own namespaces."""
    own = own_namespaces(ontology)
    return [term for term in ontology.typed(*PROPERTIES) if is_own(term, own)]


def concepts(ontology: Facts) -> list[URIRef]:
    """Return the concepts of the schemes."""
    return ontology.typed(SKOS.Concept)


def deprecated(ontology: Facts) -> list[URIRef]:
    """Return the terms that are withdrawn."""
    found = {
        term
        for term, value in ontology.graph.subject_objects(OWL.deprecated)
        if isinstance(value, Literal) and str(value) in ("true", "1") and isinstance(term, URIRef)
    }
    return sorted(found | {*ontology.typed(OWL.DeprecatedClass, OWL.DeprecatedProperty)})


def successors(ontology: Facts, term: Node) -> list[Node]:
    """Return what to use in place of a withdrawn term."""
    return [end for link in SUCCESSORS for end in ontology.graph.objects(term, link)]


def way_back(ontology: Facts, predicate: URIRef, start: Node) -> list[Node]:
    """Return the nodes on a way along a property from a node back to itself, or []."""
    stack: list[list[Node]] = [[start]]
    seen: set[Node] = set()
    while stack:
        path = stack.pop()
        for end in sorted(ontology.graph.objects(path[-1], predicate), key=str):
            if end == start:
                return path
            if end not in seen:
                seen.add(end)
                stack.append([*path, end])
    return []
