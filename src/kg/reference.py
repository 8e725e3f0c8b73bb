"""Read the reference of the vocabulary from triples: its terms, its schemes, its shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.vocab import MQ, PREFIXES, RDF_TYPE, local

__all__ = ["SCHEMES", "SHAPES", "TERMS", "Concept", "Rule", "Term", "concepts", "rules", "terms"]

OWL, RDFS, SKOS = PREFIXES["owl"], PREFIXES["rdfs"], PREFIXES["skos"]
#: What is asked for each term of the ontology, the members of unions as if they stood alone.
TERMS = f"""SELECT DISTINCT ?s ?p ?o WHERE {{
  VALUES ?kind {{ owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }}
  ?s a ?kind . FILTER(STRSTARTS(STR(?s), "{MQ}"))
  {{ ?s ?p ?o FILTER(!ISBLANK(?o)) }}
  UNION {{ VALUES ?p {{ rdfs:domain rdfs:range }}
    ?s ?p ?union . FILTER(ISBLANK(?union)) ?union owl:unionOf/rdf:rest*/rdf:first ?o }} }}"""
#: What is asked for the concepts of the schemes.
SCHEMES = """SELECT DISTINCT ?s ?p ?o WHERE {
  VALUES ?kind { skos:Concept skos:ConceptScheme } ?s a ?kind ; ?p ?o FILTER(!ISBLANK(?o)) }"""
#: What is asked for the shapes of a store that has them.
SHAPES = """SELECT ?shape ?target ?rule ?name ?message ?severity ?path WHERE {
  ?shape a sh:NodeShape . OPTIONAL { ?shape sh:targetClass|sh:targetSubjectsOf ?target }
  ?shape sh:property|sh:sparql|sh:node ?rule .
  ?rule sh:message ?message
  OPTIONAL { ?rule sh:name ?name } OPTIONAL { ?rule sh:severity ?severity }
  OPTIONAL { ?rule sh:path ?path FILTER(ISIRI(?path)) } } ORDER BY ?shape ?rule"""

#: Subject, property and value of a triple, and the language of the value.
Fact = tuple[str, str, str, str]


@dataclass
class Term:
    """A class or property, with what the ontology says of it and what names it."""

    iri: str
    kind: str
    facts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: For a class: its subclasses, and the properties that it has and that lead to it.
    narrower: list[str] = field(default_factory=list)
    has: list[str] = field(default_factory=list)
    of: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the name of the term in its namespace, which is its anchor too."""
        return local(self.iri)

    @property
    def label(self) -> str:
        """Return the label of the term."""
        return next(iter(self.said("skos:prefLabel") or self.said("rdfs:label")), self.name)

    def said(self, name: str) -> list[str]:
        """Return the values of a property by its prefixed name."""
        prefix, _, rest = name.partition(":")
        return sorted(set(self.facts.get(PREFIXES[prefix] + rest, [])))


@dataclass
class Concept:
    """A concept or scheme, and what is narrower."""

    iri: str
    facts: dict[str, dict[str, list[str]]]
    narrower: list[Concept] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the last part of the IRI, which is the anchor."""
        return local(self.iri)

    def said(self, name: str, language: str = "en") -> list[str]:
        """Return the values of a property in a language, else in English or without one."""
        prefix, _, rest = name.partition(":")
        found = self.facts.get(PREFIXES[prefix] + rest, {})
        return found.get(language) or found.get("en") or found.get("") or []

    def label(self, language: str = "en") -> str:
        """Return the label, in a language where there is one."""
        named = self.said("skos:prefLabel", language) or self.said("dcterms:title", language)
        return next(iter(named), self.name)


@dataclass(frozen=True)
class Rule:
    """One rule of a shape: what it is about, and what it asks."""

    shape: str
    target: str
    name: str
    message: str
    severity: str
    path: str


KINDS = {
    OWL + "Class": "class",
    OWL + "ObjectProperty": "object property",
    OWL + "DatatypeProperty": "datatype property",
    OWL + "AnnotationProperty": "annotation property",
}


def terms(facts: Iterable[Fact]) -> list[Term]:
    """Return the terms of the ontology by kind and name, each with what points to it."""
    found: dict[str, Term] = {}
    for subject, predicate, value, _ in facts:
        term = found.setdefault(subject, Term(subject, ""))
        if predicate == RDF_TYPE and value in KINDS:
            term.kind = KINDS[value]
        elif predicate != RDF_TYPE:
            term.facts[predicate].append(value)
    for term in found.values():
        for name, way in (("rdfs:domain", "has"), ("rdfs:range", "of")):
            for iri in term.said(name):
                if iri in found:
                    getattr(found[iri], way).append(term.iri)
        for iri in term.said("rdfs:subClassOf"):
            if iri in found:
                found[iri].narrower.append(term.iri)
    order = list(KINDS.values())
    return sorted(found.values(), key=lambda term: (order.index(term.kind), term.name.casefold()))


def concepts(facts: Iterable[Fact]) -> dict[str, Concept]:
    """Return the schemes by IRI, each with its concepts as a tree."""
    said: dict[str, dict[str, dict[str, list[str]]]] = {}
    for subject, predicate, value, language in facts:
        words = said.setdefault(subject, {}).setdefault(predicate, {})
        words.setdefault(language, []).append(value)
    nodes = {iri: Concept(iri, found) for iri, found in said.items()}
    schemes = {
        iri: node
        for iri, node in nodes.items()
        if SKOS + "ConceptScheme" in node.said("rdf:type", "")
    }
    for node in sorted(nodes.values(), key=lambda one: one.label().casefold()):
        above = [nodes[iri] for iri in node.said("skos:broader", "") if iri in nodes]
        inside = [schemes[iri] for iri in node.said("skos:inScheme", "") if iri in schemes]
        for parent in above or inside:
            parent.narrower.append(node)
    return dict(sorted(schemes.items()))


def rules(rows: Iterable[dict[str, str]]) -> Iterator[Rule]:
    """Yield the rules of the shapes."""
    for row in rows:
        yield Rule(
            shape=row["shape"],
            target=row.get("target", ""),
            name=row.get("name", local(row["rule"])),
            message=row["message"],
            severity=local(row.get("severity", "Violation")),
            path=row.get("path", ""),
        )
