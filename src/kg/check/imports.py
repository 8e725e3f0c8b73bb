"""Find what the files import and the repository does not have."""

from __future__ import annotations

from collections.abc import Iterator

from rdflib import OWL, RDF, URIRef
from rdflib.term import Node

from kg.check.facts import Facts

__all__ = ["missing_imports"]


def missing_imports(facts: Facts, *others: Facts) -> Iterator[tuple[Node, Node]]:
    """Yield each ontology and what it imports in vain: nothing of that name is declared here.

    An IRI may be that of an ontology, of its version, or of a file beside the one that imports.
    """
    here = set()
    for graph in (facts.graph, *(other.graph for other in others)):
        here |= set(graph.subjects(RDF.type, OWL.Ontology))
        here |= set(graph.objects(None, OWL.versionIRI))
    names = {path.name for each in (facts, *others) for path in each.paths}
    for head, target in sorted(facts.graph.subject_objects(OWL.imports)):
        beside = isinstance(target, URIRef) and target.rsplit("/", 1)[-1] in names
        if target not in here and not beside:
            yield head, target
