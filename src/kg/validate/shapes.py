"""Read shapes, and refuse those of which nobody can say what they mean, with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import OWL, RDF
from rdflib.term import Node

from kg.errors import BadData, BadShapes
from kg.files import read_bytes
from kg.turtle import read
from kg.validate.fast import Judge, judge_of
from kg.validate.links import TARGETS, circle
from kg.validate.model import SH
from kg.validate.report import results
from kg.validate.terms import as_rdflib, n3

__all__ = ["graph_of", "named_owner", "shapes_graph", "usable"]


def shapes_graph(paths: Iterable[Path]) -> Graph:
    """Read shapes; raise BadShapes when a file is broken or a shape would check nothing."""
    graph, texts = Graph(), {}
    for path in paths:
        try:
            data = read_bytes(path)
            for triple in read(data, str(path)):
                graph.add(_triple(triple))
        except BadData as error:
            raise BadShapes(str(error)) from error
        texts[path] = data.decode("utf-8")
    if not len(graph):
        raise BadShapes("No shapes were found under ontology/shapes: nothing would be checked")
    _refuse(usable(graph), texts)
    return graph


def targets(paths: Iterable[Path]) -> set[str]:
    """Return the classes that shapes are for."""
    return {str(kind) for kind in shapes_graph(paths).objects(None, SH.targetClass)}


def graph_of(triples: Iterable[ox.Triple]) -> Graph:
    """Return triples as a shapes graph, with nothing refused."""
    graph = Graph()
    for triple in triples:
        graph.add(_triple(triple))
    return graph


def _triple(triple: ox.Triple) -> tuple[Node, Node, Node]:
    return as_rdflib(triple.subject), as_rdflib(triple.predicate), as_rdflib(triple.object)


def _refuse(graph: Graph, texts: dict[Path, str]) -> None:
    known = set(graph.subjects(RDF.type, OWL.Ontology)) | {URIRef(SH), URIRef(str(SH)[:-1])}
    for importer, wanted in sorted(graph.subject_objects(OWL.imports), key=str):
        if wanted not in known:
            _bad(texts, importer, f"imports {wanted}, which is not here; add its file, or drop it")
    for shape in sorted(graph.subjects(RDF.type, URIRef(SH + "NodeShape")), key=str):
        used = (None, URIRef(SH + "node"), shape) in graph
        if not used and not any((shape, target, None) in graph for target in TARGETS):
            _bad(texts, shape, "a shape without a target checks nothing; add sh:targetClass")
    back = circle(graph)
    if back is not None:
        _bad(
            texts, _owner(graph, back), "a shape that leads back to itself has no meaning in SHACL"
        )
    for shape, pattern in sorted(graph.subject_objects(URIRef(SH + "pattern")), key=str):
        flags = graph.value(shape, URIRef(SH + "flags"))
        if not _regular(str(pattern), str(flags or "")):
            _bad(texts, _owner(graph, shape), f"sh:pattern is no regular expression: {pattern}")
    _well_formed(graph, texts)
    for node, text in sorted(graph.subject_objects(URIRef(SH + "select")), key=str):
        try:
            ox.Store().query(_declared(graph, node) + str(text))
        except SyntaxError as error:
            _bad(
                texts, _owner(graph, node), f"sh:select is not SPARQL: {error.msg.splitlines()[0]}"
            )
    judge_of(graph)


def _declared(graph: Graph, node: Node) -> str:
    """Return the prefixes that a query is given (SHACL section 5.2.1)."""
    lines = [f"PREFIX sh: <{SH}>\n"]
    for there in graph.objects(node, URIRef(SH + "prefixes")):
        for source in graph.transitive_objects(there, OWL.imports):
            for one in graph.objects(source, URIRef(SH + "declare")):
                prefix, name = (
                    graph.value(one, URIRef(SH + key)) for key in ("prefix", "namespace")
                )
                lines.append(f"PREFIX {prefix}: <{name}>\n")
    return "".join(lines)


def _well_formed(graph: Graph, texts: dict[Path, str]) -> None:
    """Hold the shapes against W3C's shapes of shapes (SHACL appendix C)."""
    judge = Judge(_shapes_of_shapes())
    data = "".join(" ".join(map(n3, triple)) + " .\n" for triple in graph).encode()
    if not judge.failing(data):
        return
    for one in results(judge.judge(data), _shapes_of_shapes(), judge.named):
        node: Node = BNode(one.focus[2:]) if one.focus.startswith("_:") else URIRef(one.focus)
        what = one.path.removeprefix(SH)
        _bad(
            texts,
            _owner(graph, node),
            f"not a well-formed shape: {f'sh:{what}: ' if what else ''}{one.message}",
        )


@cache
def _shapes_of_shapes() -> Graph:
    there = find_spec("pyshacl")  # which is found, not loaded: that takes a tenth of a second
    assert there is not None
    data = (Path(str(there.origin)).parent / "assets/shacl-shacl.ttl").read_bytes()
    return usable(graph_of(quad.triple for quad in ox.parse(data, ox.RdfFormat.TURTLE)))


def usable(graph: Graph) -> Graph:
    """Drop `sh:uniqueLang` of any other form than `true`, which does nothing (section 4.4.2)."""
    for shape, told in list(graph.subject_objects(URIRef(SH + "uniqueLang"))):
        if isinstance(told, Literal) and str(told) != "true":
            graph.remove((shape, URIRef(SH + "uniqueLang"), told))
    return graph


def _owner(graph: Graph, node: Node) -> Node:
    """Return the nearest named node that leads to a node: what a reader can find in a file."""
    seen: set[Node] = set()
    while isinstance(node, BNode) and node not in seen:
        seen.add(node)
        node = next(iter(sorted(graph.subjects(None, node), key=str)), node)
    return node


def named_owner(graph: Graph, shape: str) -> str:
    """Return the IRI of a shape, or of the nearest that leads to one without a name."""
    if not shape.startswith("_:"):
        return shape
    owner = _owner(graph, BNode(shape[2:]))
    return str(owner) if isinstance(owner, URIRef) else ""


def _bad(texts: dict[Path, str], node: Node, message: str) -> None:
    name = str(node).rstrip("/#").replace("#", "/").rsplit("/", 1)[-1]
    spot = re.compile(rf"^(<[^<>\s]*[/#:]|[\w.-]*:){re.escape(name)}>?\s", re.MULTILINE)
    whole = re.compile(rf"^<{re.escape(str(node))}>\s", re.MULTILINE)
    for pattern in (whole, spot):
        for path, text in texts.items():
            found = pattern.search(text)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                details = {"file": str(path), "line": line, "column": 1}
                raise BadShapes(f"{path}:{line}:1: {node}: {message}", details=details)
    raise BadShapes(f"{node}: {message}")


def _regular(pattern: str, flags: str) -> bool:
    ask = f"SELECT (REGEX('', {ox.Literal(pattern)}, {ox.Literal(flags)}) AS ?fits) {{}}"
    return next(iter(ox.Store().query(ask)))["fits"] is not None  # type: ignore[arg-type]
