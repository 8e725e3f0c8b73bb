"""Turn terms and graphs of Oxigraph into those of rdflib, as written, and write paths."""

from __future__ import annotations

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.validate.model import SH

__all__ = ["as_rdflib", "bare", "n3", "parsed", "path_text"]

#: How a path of one kind is written round the path inside it (SPARQL section 9.1).
PATHS = {
    "inversePath": "^{}",
    "zeroOrMorePath": "{}*",
    "oneOrMorePath": "{}+",
    "zeroOrOnePath": "{}?",
}


def parsed(
    data: bytes, form: ox.RdfFormat = ox.RdfFormat.N_TRIPLES, into: Graph | None = None
) -> Graph:
    """Return triples as a graph of rdflib that keeps literals as they are written."""
    graph = Graph() if into is None else into
    for quad in ox.parse(data, form):
        graph.add((as_rdflib(quad.subject), as_rdflib(quad.predicate), as_rdflib(quad.object)))
    return graph


def as_rdflib(term: object) -> Node:
    """Return a term of Oxigraph as rdflib's; `normalize` would drop the Z of a date."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal), term
    if term.language:
        return Literal(term.value, lang=term.language)
    kind = URIRef(term.datatype.value)
    plain = str(kind) == "http://www.w3.org/2001/XMLSchema#string"
    return Literal(term.value, datatype=None if plain else kind, normalize=False)


def n3(node: Node | None) -> str:
    """Return a term as N-Triples write it; "" for none."""
    if node is None:
        return ""
    if isinstance(node, Literal):
        kind = ox.NamedNode(str(node.datatype)) if node.datatype else None
        return str(ox.Literal(str(node), datatype=kind, language=node.language or None))
    return f"_:{node}" if isinstance(node, BNode) else f"<{node}>"


def bare(node: Node | None) -> str:
    """Return an IRI, `_:label` or the lexical form of a literal; "" for none."""
    return f"_:{node}" if isinstance(node, BNode) else str(node or "")


def path_text(graph: Graph, path: Node | None) -> str:
    """Return a SHACL path as SPARQL writes it; "" for what is no path."""
    if isinstance(path, URIRef):
        return f"<{path}>"
    if path is None or isinstance(path, Literal):
        return ""
    if (path, RDF.first, None) in graph:
        return _joined(graph, path, "/")
    for kind, form in PATHS.items():
        inner = graph.value(path, URIRef(SH + kind))
        if inner is not None:
            text = path_text(graph, inner)
            return form.format(text if isinstance(inner, URIRef) else f"({text})")
    either = graph.value(path, URIRef(SH + "alternativePath"))
    return "" if either is None else _joined(graph, either, "|")


def _joined(graph: Graph, head: Node, sign: str) -> str:
    steps = list(Collection(graph, head))
    texts = [path_text(graph, step) for step in steps]
    return sign.join(
        text if isinstance(step, URIRef) else f"({text})"
        for step, text in zip(steps, texts, strict=True)
    )
