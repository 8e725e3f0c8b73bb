"""Name what a graph is about in its own words: labels, values, who says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from kg.vocab import MQ, PREFIXES, RDF_TYPE, local

__all__ = ["Graph", "Term", "both", "short", "value_of"]

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = PREFIXES["skos"]
#: Properties that name a node, best first.
NAMES = (SKOS + "prefLabel", RDFS + "label", PREFIXES["dcterms"] + "title", MQ + "title")
#: What properties of other vocabularies are called, where the ontology does not say.
OUTSIDE = {
    SKOS + "prefLabel": "name",
    SKOS + "altLabel": "other name",
    SKOS + "scopeNote": "scope note",
    SKOS + "inScheme": "scheme",
    SKOS + "topConceptOf": "top concept of",
    SKOS + "exactMatch": "exact match",
    SKOS + "closeMatch": "close match",
    PREFIXES["dcterms"] + "isReplacedBy": "replaced by",
    PREFIXES["dcterms"] + "bibliographicCitation": "citation",
    PREFIXES["dcat"] + "landingPage": "page",
    PREFIXES["foaf"] + "page": "page",
    RDFS + "subClassOf": "subclass of",
    RDFS + "subPropertyOf": "subproperty of",
    RDF_TYPE: "class",
}
#: Nodes without a name of their own: by what they join, and the word between.
JOINED = {
    MQ + "claim": (MQ + "candidate", "and"),
    MQ + "member": (MQ + "organisation", "in"),
    MQ + "predecessor": (MQ + "successor", "→"),
    MQ + "relatingAgreement": (MQ + "relatedAgreement", "and"),
    MQ + "decidesAgreement": (MQ + "decidesProperty", "–"),
}
#: Characters of a label that is shown whole.
LONG = 90

Term = NamedNode | Literal | BlankNode | Triple


@dataclass(frozen=True)
class Graph:
    """A resolved graph, asked for the words of its nodes; the other side knows the rest."""

    store: Store
    other: Store | None = None

    def values(self, node: str, prop: str, *, anywhere: bool = False) -> list[Term]:
        """Return the values of a property of a node, in the answer view or in any graph."""
        found = {
            quad.object
            for quad in self.store.quads_for_pattern(NamedNode(node), NamedNode(prop), None, None)
            if anywhere or not isinstance(quad.graph_name, NamedNode)
        }
        return sorted(found, key=str)

    def value(self, node: str, prop: str) -> Term | None:
        """Return one value of a property of a node in any graph."""
        return next(iter(self.values(node, prop, anywhere=True)), None)

    def kinds(self, node: str) -> set[str]:
        """Return the classes of a node."""
        return {value_of(v) for v in self.values(node, RDF_TYPE, anywhere=True)}

    def about(self, node: str) -> list[Quad]:
        """Return all that is said of a node."""
        return list(self.store.quads_for_pattern(NamedNode(node), None, None, None))

    def label(self, iri: str) -> str:
        """Return what a node is called: in English where it can be, else its last part."""
        for store in (self.store, self.other):
            if store is not None and (name := _name(store, iri)):
                return name
        return self._joined(iri) or local(iri)

    def _joined(self, iri: str) -> str:
        """Return the name of a node that joins two others: `China in OIC`."""
        if not iri.startswith("http"):
            return ""
        for prop, (other, word) in JOINED.items():
            one, two = self.value(iri, prop), self.value(iri, other)
            if one is not None and two is not None:
                return f"{self.text(one)} {word} {self.text(two)}"
        return ""

    def word(self, prop: str) -> str:
        """Return what a property is called, for the middle of a sentence."""
        name = self.label(prop)
        return OUTSIDE.get(prop, name) if name == local(prop) else name

    def text(self, term: Term | None) -> str:
        """Return a value as people read it: a label, or a literal with its language."""
        if isinstance(term, NamedNode):
            return self.label(term.value)
        if isinstance(term, Literal):
            tag = f" ({term.language})" if term.language and term.language != "en" else ""
            return _cut(term.value) + tag
        return "a node without a name"

    def sayers(self, agreement: str, prop: str, value: Term) -> list[str]:
        """Return the sources whose records of an agreement say a value."""
        found = set()
        for record in self.values(agreement, MQ + "record"):
            if value in self.values(value_of(record), prop, anywhere=True):
                found |= {self.source(value_of(record))}
        return sorted(found)

    def source(self, record: str) -> str:
        """Return what the source of a record is called: its key, which is shorter than titles."""
        source = self.value(record, MQ + "source")
        notation = self.value(value_of(source), SKOS + "notation") if source else None
        return value_of(notation) or (local(value_of(source)) if source else "nobody")


def both(
    old: Graph, new: Graph, before: list[Term], after: list[Term]
) -> tuple[list[str], list[str]]:
    """Return old and new values as people read them.

    Where they read alike, nodes are named by their IRIs, and texts from where they differ.
    """
    texts = [old.text(term) for term in before], [new.text(term) for term in after]
    if texts[0] != texts[1]:
        return texts
    words = [value_of(term) for term in [*before, *after]]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*words, strict=False))
    same = max(0, len(list(alike)) - LONG // 3)

    def text(term: Term) -> str:
        if isinstance(term, NamedNode):
            return short(term.value)
        return ("…" if same else "") + _cut(value_of(term)[same:])

    return [text(term) for term in before], [text(term) for term in after]


def value_of(term: object) -> str:
    """Return the IRI of a node or the text of a literal."""
    return str(getattr(term, "value", "")) if term is not None else ""


def short(iri: str) -> str:
    """Return an IRI with a prefix where there is one."""
    for prefix, namespace in sorted(PREFIXES.items(), key=lambda item: -len(item[1])):
        rest = iri[len(namespace) :]
        if iri.startswith(namespace) and re.fullmatch(r"[\w.\-]+", rest):
            return f"{prefix}:{rest}"
    return f"<{iri}>"


def _name(store: Store, iri: str) -> str:
    if not re.match(r"[a-z][a-z0-9+.-]*:", iri):
        return ""
    for prop in NAMES:
        found: Iterable[Quad] = store.quads_for_pattern(
            NamedNode(iri), NamedNode(prop), None, None
        )
        texts = sorted(
            (q.object.language != "en", q.object.value)
            for q in found
            if isinstance(q.object, Literal)
        )
        if texts:
            return _cut(texts[0][1])
    return ""


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONG else text[: LONG - 1].rstrip() + "…"
