"""Know which terms are the repository's own, and which well-known vocabularies define."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache

from rdflib import OWL, RDF, RDFS, VANN, URIRef, namespace

from kg.check.facts import Facts

__all__ = [
    "CLASSES",
    "PROPERTIES",
    "defined",
    "is_defined",
    "is_own",
    "nearest",
    "own_namespaces",
    "scheme_of",
    "vocabulary",
]

CLASSES = (OWL.Class, RDFS.Class)
PROPERTIES = (
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    RDF.Property,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.TransitiveProperty,
    OWL.SymmetricProperty,
    OWL.AsymmetricProperty,
    OWL.ReflexiveProperty,
    OWL.IrreflexiveProperty,
    OWL.OntologyProperty,
)
#: Vocabularies whose terms rdflib lists in full.
LISTED = (
    namespace.DC,
    namespace.DCAM,
    namespace.DCAT,
    namespace.DCMITYPE,
    namespace.DCTERMS,
    namespace.FOAF,
    namespace.ORG,
    namespace.OWL,
    namespace.PROV,
    namespace.QB,
    namespace.RDF,
    namespace.RDFS,
    namespace.SH,
    namespace.SKOS,
    namespace.VANN,
    namespace.VOID,
    namespace.XSD,
)
#: Terms that rdflib's lists lack or spell otherwise: RDF 1.2, OWL 2, SKOS.
ALSO = {
    str(RDF): ["dirLangString", "reifies"],
    str(OWL): ["rational", "real", "NamedIndividual", "Axiom", "Annotation", "imports"],
}


@cache
def vocabulary() -> dict[str, frozenset[str]]:
    """Return each well-known namespace, and the terms that it defines."""
    return {str(space): frozenset(_terms(space)) for space in LISTED}


def _terms(space: type[namespace.DefinedNamespace]) -> Iterator[str]:
    base = str(space)
    for name in [*space.__annotations__, *space._extras, *ALSO.get(base, [])]:
        yield base + name


def own_namespaces(ontology: Facts) -> frozenset[str]:
    """Return the namespaces whose terms the ontology itself says it defines.

    They are told by `vann:preferredNamespaceUri`, by `rdfs:isDefinedBy`, or by terms under
    the IRI of the ontology; where none tells, those of most classes and properties.
    """
    if "own" not in ontology.sets:
        ontology.sets["own"] = _own_namespaces(ontology)
    return ontology.sets["own"]


def _own_namespaces(ontology: Facts) -> frozenset[str]:
    graph = ontology.graph
    heads = [str(head) for head in ontology.typed(OWL.Ontology)]
    told = {str(value) for value in graph.objects(None, VANN.preferredNamespaceUri)}
    terms = ontology.typed(*CLASSES, *PROPERTIES)
    for term in terms:
        if any(str(home) in heads for home in graph.objects(term, RDFS.isDefinedBy)):
            told.add(_space(term))
        told |= {_space(term) for head in heads if _space(term) in (f"{head}#", f"{head}/", head)}
    told -= vocabulary().keys()
    if told:
        return frozenset(told)
    counts = Counter(_space(term) for term in terms if _space(term) not in vocabulary())
    return frozenset(space for space, _ in counts.most_common(1))


def defined(ontology: Facts) -> frozenset[URIRef]:
    """Return every term to which the ontology's files give a class."""
    return frozenset(s for s in ontology.graph.subjects(RDF.type) if isinstance(s, URIRef))


def is_own(term: str, namespaces: Collection[str]) -> bool:
    """Say whether an IRI is in one of the namespaces, and not the namespace itself."""
    return any(term.startswith(space) and len(term) > len(space) for space in namespaces)


def is_defined(term: URIRef, known: Collection[URIRef], namespaces: Collection[str]) -> bool:
    """Say whether ontology or a well-known vocabulary defines a term; true where none can tell.

    A term of a vocabulary that is not listed here is not judged.
    """
    if term in known:
        return True
    listed = vocabulary().get(_space(term))
    return str(term) in listed if listed is not None else not is_own(term, namespaces)


def nearest(term: str, known: Collection[str]) -> str:
    """Return the known term nearest in spelling, or ""."""
    space = _space(term)
    local = term[len(space) :]
    names = {str(other)[len(space) :] for other in known if str(other).startswith(space)}
    near = difflib.get_close_matches(local, sorted(names - {local, ""}), n=1, cutoff=0.7)
    return space + near[0] if near else ""


def scheme_of(iri: str, schemes: Collection[str]) -> str:
    """Return the concept scheme under whose IRI this one is, or ""."""
    under = [s for s in schemes if str(iri).startswith((f"{s}/", f"{s}#"))]
    return max(under, key=len, default="")


def _space(term: str) -> str:
    cut = term.rfind("#") if "#" in term else term.rfind("/")
    return str(term[: cut + 1])
