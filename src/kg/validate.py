"""Judge a graph by SHACL shapes, with a fast engine or with the reference one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pyshacl
import shifty
from pyoxigraph import RdfFormat, Store, serialize
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from kg.errors import BadData, BadShapes
from kg.files import read_bytes
from kg.parts import cut
from kg.turtle import read

__all__ = [
    "ENGINES",
    "PART",
    "SH",
    "Violation",
    "results",
    "shapes_graph",
    "targets",
    "union",
    "validate",
    "validate_parts",
]

#: Bytes of N-Triples that are judged in one go.
PART = 25_000_000
SH = Namespace("http://www.w3.org/ns/shacl#")
SEVERITY = {str(SH.Violation): "violation", str(SH.Warning): "warning", str(SH.Info): "info"}


@dataclass(frozen=True, order=True)
class Violation:
    """One result of a SHACL report."""

    shape: str
    focus: str
    path: str
    value: str
    severity: str
    message: str


def union(store: Store) -> bytes:
    """Return the triples of every graph as N-Triples, for an engine that knows one graph."""
    return serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES) or b""


def shapes_graph(paths: Iterable[Path]) -> Graph:
    """Read shapes; raise BadShapes when a file is broken or a shape would check nothing."""
    graph = Graph()
    for path in paths:
        try:
            data = read_bytes(path)
            read(data, str(path))
        except BadData as error:
            raise BadShapes(str(error)) from error
        graph.parse(data=data, format="turtle")
    if not len(graph):
        raise BadShapes("No shapes were found under ontology/shapes: nothing would be checked")
    for shape in set(graph.subjects(RDF.type, SH.NodeShape)):
        targets = [SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf]
        used = (None, SH.node, shape) in graph
        if not used and not any((shape, target, None) in graph for target in targets):
            raise BadShapes(
                f"{shape}: a shape without a target checks nothing; add sh:targetClass"
            )
    return graph


def targets(paths: Iterable[Path]) -> set[str]:
    """Return the classes that shapes are for."""
    return {str(kind) for kind in shapes_graph(paths).objects(None, SH.targetClass)}


def validate(data: bytes, shapes: Graph, *, engine: str = "fast") -> list[Violation]:
    """Return the results of validating N-Triples by shapes, sorted."""
    return sorted(set(results(ENGINES[engine](data, shapes)).values()))


def validate_parts(data: bytes, shapes: Graph, *, workers: int = 2) -> list[Violation]:
    """Return what `validate` returns, for a large graph in less time and memory.

    The graph is cut into parts of about PART bytes that are judged in processes of their own.
    Shapes that look at links backwards are given the whole at once: see `kg.parts`.
    """
    count = 1 + len(data) // PART
    if count == 1 or (None, SH.inversePath, None) in shapes:
        return validate(data, shapes)
    with ProcessPoolExecutor(workers, get_context("forkserver")) as pool:
        left = [pool.submit(validate, part, shapes) for part in cut(data, count)]
        found = {violation for one in left for violation in one.result()}
    return sorted(found)


def _fast(data: bytes, shapes: Graph) -> Graph:
    report = shifty.validate(data, shapes, graph_mode="data", infer=False)[1]
    assert isinstance(report, Graph)
    return report


def _reference(data: bytes, shapes: Graph) -> Graph:
    graph = Graph().parse(data=data, format="nt")
    report = pyshacl.validate(graph, shacl_graph=shapes, inference="none")[1]
    if not isinstance(report, Graph):
        raise BadShapes(f"The shapes cannot be used: {report}")
    return report


def results(report: Graph) -> dict[Node, Violation]:
    """Return the results of a SHACL report by the nodes that they have in it."""
    return {
        result: Violation(
            shape=str(report.value(result, SH.sourceShape) or ""),
            focus=str(report.value(result, SH.focusNode) or ""),
            path=_name(report.value(result, SH.resultPath)),
            value=str(report.value(result, SH.value) or ""),
            severity=SEVERITY.get(str(report.value(result, SH.resultSeverity)), "violation"),
            message=str(report.value(result, SH.resultMessage) or ""),
        )
        for result in report.objects(None, SH.result)
    }


def _name(path: Node | None) -> str:
    """Return the property a path is; one of several steps is a blank node and has no name."""
    return str(path) if isinstance(path, URIRef) else ""


#: Name of an engine to what runs it: shifty is fast, pySHACL is the reference.
ENGINES: dict[str, Callable[[bytes, Graph], Graph]] = {"fast": _fast, "reference": _reference}
