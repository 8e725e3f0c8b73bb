"""Judge what the ontology says of itself: title, licence, version, imports."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import DC, DCTERMS, OWL, RDFS, URIRef

from kg.check.facts import Facts
from kg.check.imports import missing_imports
from kg.check.known import CLASSES, PROPERTIES, is_own, own_namespaces
from kg.findings import Finding, Place, Span

__all__ = ["findings"]

#: Rule to the properties of which one is wanted, how bad the lack is, and what to do.
WANTED = (
    ("ontology/no-title", (DCTERMS.title, DC.title, RDFS.label), "warning", "Give dcterms:title"),
    (
        "ontology/no-licence",
        (
            DCTERMS.license,
            DCTERMS.rights,
            DC.rights,
            URIRef("http://creativecommons.org/ns#license"),
            URIRef("https://schema.org/license"),
        ),
        "warning",
        "Say in dcterms:license on what terms it may be used",
    ),
    (
        "ontology/no-version",
        (OWL.versionInfo, OWL.versionIRI),
        "info",
        "Give owl:versionInfo, so that people can cite what they used",
    ),
    (
        "ontology/no-description",
        (DCTERMS.description, DCTERMS.abstract, DC.description, RDFS.comment),
        "info",
        "Say in dcterms:description what it is for",
    ),
)


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield what the headers lack, and imports of what is not there."""
    heads = _heads(ontology)
    if not heads:
        path = ontology.paths[0]
        message = "No file declares an owl:Ontology; write one, with title, licence and version"
        place = Place(ontology.work.layout.name(path), Span(1))
        yield Finding("ontology/no-header", "warning", message, place=place, key="header")
    for head in heads:
        for rule, predicates, severity, message in WANTED:
            if not any((head, predicate, None) in ontology.graph for predicate in predicates):
                yield ontology.finding(rule, severity, message, head)
    for importer, target in missing_imports(ontology):
        message = (
            f"{target} is imported and not in the repository, and nothing is fetched; "
            "copy it under ontology, or take the import out"
        )
        yield ontology.finding(
            "ontology/import", "warning", message, importer, OWL.imports, target
        )


def _heads(ontology: Facts) -> list[URIRef]:
    """Return the ontologies in whose files own terms are defined."""
    own = own_namespaces(ontology)
    terms = [term for term in ontology.typed(*CLASSES, *PROPERTIES) if is_own(term, own)]
    homes = {ontology.home(term) for term in terms}
    return [head for head in ontology.typed(OWL.Ontology) if ontology.home(head) in homes]
