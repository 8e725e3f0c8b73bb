"""Judge hierarchies: circles, disjoint classes, ends of the wrong kind."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, SKOS, BNode, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, rdf_list, short
from kg.check.known import CLASSES, PROPERTIES
from kg.check.ontology.terms import own_classes, own_properties, way_back
from kg.findings import Finding

__all__ = ["findings"]

#: Property to the rule that its circles break.
CIRCLES = (
    (RDFS.subClassOf, "ontology/cycle"),
    (RDFS.subPropertyOf, "ontology/cycle"),
    (SKOS.broader, "ontology/broader-cycle"),
)
OF_CLASSES = (RDFS.subClassOf, RDFS.domain, OWL.disjointWith, OWL.equivalentClass)
OF_PROPERTIES = (RDFS.subPropertyOf, OWL.inverseOf, OWL.equivalentProperty)


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield hierarchies that go round or contradict themselves."""
    yield from _circles(ontology)
    yield from _disjoint(ontology)
    yield from _ends(ontology)


def _circles(ontology: Facts) -> Iterator[Finding]:
    for predicate, rule in CIRCLES:
        for start in sorted(set(ontology.graph.subjects(predicate)), key=str):
            loop = way_back(ontology, predicate, start) if not isinstance(start, BNode) else []
            if loop and str(start) == min(str(node) for node in loop):
                names = " → ".join(short(ontology, node) for node in [*loop, loop[0]])
                message = f"{short(ontology, predicate)} goes round: {names}; take one link out"
                end = loop[1] if len(loop) > 1 else start
                yield ontology.finding(rule, "violation", message, start, predicate, end)


def _above(ontology: Facts, term: Node) -> set[Node]:
    """Return a class and all above it."""
    return {node for node in ontology.graph.transitive_objects(term, RDFS.subClassOf) if node}


def _disjoint(ontology: Facts) -> Iterator[Finding]:
    graph = ontology.graph
    pairs = set(graph.subject_objects(OWL.disjointWith))
    for owner in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        for head in graph.objects(owner, OWL.members):
            members = rdf_list(graph, head) or []
            pairs |= {(a, b) for a in members for b in members if str(a) < str(b)}
    for term in own_classes(ontology):
        above = _above(ontology, term)
        for one, two in sorted(pairs, key=str):
            if one in above and two in above:
                message = (
                    f"{short(ontology, term)} can have no members: {short(ontology, one)} and "
                    f"{short(ontology, two)} above it are disjoint; take a link out"
                )
                yield ontology.finding(
                    "ontology/disjoint", "violation", message, term, RDFS.subClassOf
                )


def _ends(ontology: Facts) -> Iterator[Finding]:
    """Yield a property where a class belongs, and a class where a property belongs."""
    classes = {*ontology.typed(*CLASSES)}
    properties = {*ontology.typed(*PROPERTIES)}
    for predicates, wrong, wanted in (
        (OF_CLASSES, properties - classes, "a class"),
        ((RDFS.range,), properties - classes, "a class or a datatype"),
        (OF_PROPERTIES, classes - properties, "a property"),
    ):
        for predicate in predicates:
            for subject, end in sorted(ontology.graph.subject_objects(predicate), key=str):
                if end in wrong:
                    name = short(ontology, predicate)
                    message = f"{short(ontology, end)} is not {wanted}; {name} takes {wanted}"
                    yield ontology.finding(
                        "ontology/wrong-end", "violation", message, subject, predicate, end
                    )
    datatypes = {
        term for term in own_properties(ontology) if _is(ontology, term, OWL.DatatypeProperty)
    }
    for term in own_properties(ontology):
        for end in sorted(ontology.graph.objects(term, RDFS.range), key=str):
            literal = _is_datatype(ontology, end)
            data = term in datatypes
            if (
                literal is not None
                and literal != data
                and (data or _is(ontology, term, OWL.ObjectProperty))
            ):
                kind = "an owl:DatatypeProperty" if data else "an owl:ObjectProperty"
                wanted = "a datatype" if data else "a class"
                message = f"{short(ontology, term)} is {kind}, so its range is {wanted}"
                yield ontology.finding(
                    "ontology/wrong-end", "violation", message, term, RDFS.range, end
                )


def _is(ontology: Facts, term: Node, kind: URIRef) -> bool:
    return (term, RDF.type, kind) in ontology.graph


def _is_datatype(ontology: Facts, end: Node) -> bool | None:
    """Say whether a range is one of literals; None when it is not known."""
    text = str(end)
    if text.startswith("http://www.w3.org/2001/XMLSchema#") or end in (
        RDFS.Literal,
        RDF.langString,
    ):
        return True
    if _is(ontology, end, RDFS.Datatype):
        return True
    return False if any(_is(ontology, end, kind) for kind in CLASSES) or end == OWL.Thing else None
