"""Hold the triples of some files as one graph that knows the file of each triple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, BNode, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

from kg.check.sites import prefixes_of, where
from kg.check.work import Work
from kg.errors import BadShapes
from kg.findings import Finding

__all__ = ["Facts", "local_name", "ontology_of", "rdf_list", "shapes_of", "short"]

Fact = tuple[Node, Node, Node]


class Facts:
    """The triples of some files, and where each stands."""

    def __init__(self, work: Work, paths: Iterable[Path]) -> None:
        """Read the files; blank nodes of different files stay apart."""
        self.work = work
        self.graph = Graph(bind_namespaces="none")
        self.paths = list(paths)
        self.homes: dict[Fact, Path] = {}
        #: What is worked out from them once: sets of terms, by name.
        self.sets: dict[str, frozenset[str]] = {}
        for number, path in enumerate(self.paths):
            for prefix, space in prefixes_of(work.bytes_of(path).decode("utf-8")):
                self.graph.bind(prefix, space, override=False)
            for triple in work.triples_of(path):
                parts = (triple.subject, triple.predicate, triple.object)
                fact = tuple(_term(part, number) for part in parts)
                assert len(fact) == 3
                self.graph.add(fact)
                self.homes.setdefault(fact, path)

    def typed(self, *kinds: Node) -> list[URIRef]:
        """Return the named nodes of any of these classes, sorted."""
        found = {s for kind in kinds for s in self.graph.subjects(RDF.type, kind)}
        return sorted(s for s in found if isinstance(s, URIRef))

    def named(self, node: Node) -> Node:
        """Return the named node that a blank node hangs from; itself when it has a name."""
        seen: set[Node] = set()
        while isinstance(node, BNode) and node not in seen:
            seen.add(node)
            node = next(self.graph.subjects(None, node), node)
        return node

    def home(
        self, subject: Node, predicate: Node | None = None, value: Node | None = None
    ) -> Path:
        """Return the file of a triple; the first file when there is no such triple."""
        facts = self.graph.triples((subject, predicate, value))
        return next((self.homes[fact] for fact in facts), self.paths[0])

    def finding(
        self,
        rule: str,
        severity: str,
        message: str,
        subject: Node,
        predicate: Node | None = None,
        value: Node | None = None,
    ) -> Finding:
        """Return a finding at a triple of these files, or at its subject."""
        path = self.home(subject, predicate, value)
        owner = self.named(subject)
        terms = [term for term in (owner, predicate, value) if term is not None]
        return Finding(
            rule,
            severity,
            message,
            _plain(owner),
            _plain(predicate),
            _plain(value),
            where(self.work, path, *terms),
            key="" if isinstance(owner, URIRef) else f"{_plain(predicate)} {_plain(value)}",
        )


def ontology_of(work: Work) -> Facts:
    """Return the facts of ontology and schemes, read once."""
    if "ontology" not in work.kept:
        work.kept["ontology"] = Facts(work, work.layout.ontology())
    facts = work.kept["ontology"]
    assert isinstance(facts, Facts)
    return facts


def shapes_of(work: Work) -> Facts:
    """Return the facts of the shapes, read once."""
    if "shapes" not in work.kept:
        work.kept["shapes"] = Facts(work, work.layout.shapes())
    facts = work.kept["shapes"]
    assert isinstance(facts, Facts)
    return facts


def rdf_list(graph: Graph, head: Node) -> list[Node] | None:
    """Return the members of an RDF list; None when it is not well formed."""
    members: list[Node] = []
    seen: set[Node] = set()
    while head != RDF.nil:
        first, rest = list(graph.objects(head, RDF.first)), list(graph.objects(head, RDF.rest))
        if len(first) != 1 or len(rest) != 1 or head in seen:
            return None
        seen.add(head)
        members += first
        head = rest[0]
    return members


def short(graph: Graph | Facts, node: Node | None) -> str:
    """Return a term as a message names it: with its prefix where that is known."""
    graph = graph.graph if isinstance(graph, Facts) else graph
    if not isinstance(node, URIRef):
        return str(node)
    for prefix, namespace in _names(graph):
        if node.startswith(namespace) and "/" not in node[len(namespace) :]:
            return f"{prefix}:{node[len(namespace) :]}"
    return f"<{node}>"


def local_name(iri: str) -> str:
    """Return what an IRI ends in: after `#` or the last `/`."""
    return iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1]


def _names(graph: Graph) -> Iterator[tuple[str, str]]:
    for prefix, namespace in sorted(graph.namespaces(), key=lambda item: -len(item[1])):
        if prefix:
            yield prefix, str(namespace)


def _term(term: object, number: int) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(f"f{number}-{term.value}")
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise BadShapes("RDF 1.2 triple terms are not checked by the lints")


def _plain(node: Node | None) -> str:
    return (
        str(node)
        if isinstance(node, IdentifiedNode | Literal) and not isinstance(node, BNode)
        else ""
    )
