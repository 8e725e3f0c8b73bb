"""Judge what OWL 2 DL forbids, where it can be decided simply."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, RDFS, BNode, Literal, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, rdf_list, short
from kg.check.known import PROPERTIES, nearest, vocabulary
from kg.check.ontology.terms import own_classes, own_properties
from kg.findings import Finding

__all__ = ["findings"]

#: Namespaces whose terms an ontology may not say anything about (OWL 2 syntax, section 2.4).
RESERVED = (str(RDF), str(RDFS), str(OWL), "http://www.w3.org/2001/XMLSchema#")
#: Characteristics that properties without nodes for values cannot have.
OF_NODES = (
    OWL.InverseFunctionalProperty,
    OWL.TransitiveProperty,
    OWL.SymmetricProperty,
    OWL.AsymmetricProperty,
    OWL.ReflexiveProperty,
    OWL.IrreflexiveProperty,
)
#: Characteristics that do not go with transitivity (OWL 2 syntax, section 11.2).
NOT_TRANSITIVE = {
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.AsymmetricProperty,
    OWL.IrreflexiveProperty,
}
OF_CLASSES = (OWL.unionOf, OWL.intersectionOf, OWL.oneOf)
LISTS = (*OF_CLASSES, OWL.members, OWL.propertyChainAxiom)


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield axioms that OWL 2 DL does not allow, and terms that its vocabularies do not have."""
    yield from _unknown(ontology)
    yield from _rdfs(ontology)
    yield from _reserved(ontology)
    yield from _characteristics(ontology)
    yield from _lists(ontology)


def _unknown(ontology: Facts) -> Iterator[Finding]:
    for fact in sorted(ontology.homes, key=str):
        for number, term in enumerate(fact):
            if not isinstance(term, URIRef):
                continue
            space = term[: max(term.rfind("#"), term.rfind("/")) + 1]
            terms = vocabulary().get(str(space))
            local = str(term)[len(space) :]
            numbered = space == str(RDF) and local.startswith("_")
            if terms is None or not local or str(term) in terms or numbered:
                continue
            near = nearest(term, sorted(terms))
            hint = f"did you mean {short(ontology, URIRef(near))}?" if near else "correct it"
            message = f"{short(ontology, term)} is no term of its vocabulary; {hint}"
            last = fact[1 : number + 1]
            yield ontology.finding("ontology/unknown-term", "violation", message, fact[0], *last)


def _rdfs(ontology: Facts) -> Iterator[Finding]:
    graph = ontology.graph
    if not ontology.typed(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty):
        return  # an ontology in RDFS alone
    for term in [*own_classes(ontology), *own_properties(ontology)]:
        kinds = set(graph.objects(term, RDF.type))
        for plain, better in (
            (RDFS.Class, "owl:Class"),
            (RDF.Property, "owl:ObjectProperty or another of OWL's kinds"),
        ):
            if plain in kinds and not any(str(kind).startswith(str(OWL)) for kind in kinds):
                message = (
                    f"{short(ontology, term)} is an {short(ontology, plain)} among terms of OWL, "
                    f"whose tools overlook it; make it an {better}"
                )
                yield ontology.finding(
                    "ontology/rdfs-term", "warning", message, term, RDF.type, plain
                )


def _reserved(ontology: Facts) -> Iterator[Finding]:
    for subject, predicate, value in sorted(ontology.homes, key=str):
        declared = predicate == RDF.type and value in PROPERTIES  # as tools do for rdfs:label
        if isinstance(subject, URIRef) and str(subject).startswith(RESERVED) and not declared:
            message = (
                f"{short(ontology, subject)} is defined by the W3C, and an OWL ontology says "
                "nothing about it; use a term of your own"
            )
            yield ontology.finding(
                "ontology/reserved-term", "warning", message, subject, predicate, value
            )


def _characteristics(ontology: Facts) -> Iterator[Finding]:
    graph = ontology.graph
    for term in ontology.typed(*PROPERTIES):
        kinds = set(graph.objects(term, RDF.type))
        literal = {OWL.DatatypeProperty, OWL.AnnotationProperty} & kinds
        for kind in sorted(kinds, key=str):
            message = ""
            if literal and kind in OF_NODES:
                message = f"{short(ontology, kind)} is for object properties alone; take it out"
            elif OWL.AnnotationProperty in kinds and kind == OWL.FunctionalProperty:
                message = "An annotation property cannot be functional; take it out"
            elif kind == OWL.TransitiveProperty and kinds & NOT_TRANSITIVE:
                message = "A transitive property cannot be functional, asymmetric or irreflexive"
            if message:
                yield ontology.finding("ontology/owl-dl", "warning", message, term, RDF.type, kind)
    for subject, value in sorted(graph.subject_objects(OWL.onProperty), key=str):
        if isinstance(value, Literal) or (
            isinstance(value, URIRef) and not list(graph.objects(value, RDF.type))
        ):
            message = (
                f"{short(ontology, value)} of a restriction is declared as no property; declare it"
            )
            yield ontology.finding(
                "ontology/owl-dl", "warning", message, subject, OWL.onProperty, value
            )


def _lists(ontology: Facts) -> Iterator[Finding]:
    graph = ontology.graph
    for link in LISTS:
        for owner, head in sorted(graph.subject_objects(link), key=str):
            members = rdf_list(graph, head)
            if members is None or not members:
                message = (
                    f"{short(ontology, link)} takes a list in round brackets with something in it"
                )
                yield ontology.finding("ontology/list", "violation", message, owner, link)
            elif link in OF_CLASSES and _nameless(ontology, owner):
                message = "The nameless class has no type; write `a owl:Class` into its brackets"
                yield ontology.finding("ontology/owl-dl", "warning", message, owner, link)


def _nameless(ontology: Facts, owner: Node) -> bool:
    """Say whether a class has neither a name nor a type."""
    return isinstance(owner, BNode) and (owner, RDF.type, None) not in ontology.graph
