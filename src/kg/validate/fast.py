"""Judge by shifty, which reads the shapes into an algebra and judges many nodes at once."""

from __future__ import annotations

import re
from functools import lru_cache

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node
from shifty import _shifty

from kg.errors import BadData, BadShapes, KgError
from kg.validate.links import inner
from kg.validate.model import SH
from kg.validate.terms import n3, parsed

__all__ = ["Judge", "judge_of"]

#: IRIs that stand for shapes without a name while shifty judges: its report renames blank nodes.
STAND_IN = "urn:kg:shape:"
#: Format, graph mode, shapes, inference, least severity, sorting and what is not supported.
HOW = ("ntriples", "data", None, False, "info", False, "error")


class Judge:
    """Shapes prepared once for many graphs."""

    def __init__(self, shapes: Graph) -> None:
        """Prepare; raise BadShapes when shifty cannot use the shapes."""
        self.names = {node: URIRef(f"{STAND_IN}{node}") for node in _nameless(shapes)}
        self.nodes: dict[Node, Node] = {iri: node for node, iri in self.names.items()}
        lines = [" ".join(n3(self.names.get(node, node)) for node in triple) for triple in shapes]  # type: ignore[call-overload]
        data = "".join(f"{line} .\n" for line in lines).encode()
        try:
            self.prepared = _shifty.PreparedValidator(data, None, "ntriples", None)
        except ValueError as error:
            raise BadShapes(_told(error)) from error

    def named(self, node: Node) -> Node:
        """Return the node of the shapes that a report calls so."""
        return self.nodes.get(node, node)

    def failing(self, data: bytes) -> list[str]:
        """Return the focus nodes that break a shape, as N-Triples write them, in half the time."""
        try:
            found = self.prepared.validate_algebra(data, None, *HOW)
        except ValueError as error:
            raise _data_or_shapes(error) from error
        return sorted({violation.focus_node for violation in found.violations})

    def judge(self, data: bytes) -> Graph:
        """Return the report on N-Triples; raise BadShapes when the shapes cannot be used."""
        try:
            report = self.prepared.validate_w3c(data, None, *HOW)
        except ValueError as error:
            raise _data_or_shapes(error) from error
        return parsed(report.report_turtle.encode(), ox.RdfFormat.TURTLE)


def judge_of(shapes: Graph) -> Judge:
    """Return the judge by shapes that stay as they are, prepared once."""
    return _prepared(shapes, len(shapes))


@lru_cache(2)
def _prepared(shapes: Graph, size: int) -> Judge:
    return Judge(shapes)


def _data_or_shapes(error: Exception) -> KgError:
    """Return what it was that shifty could not read: of good N-Triples, only terms of RDF 1.2."""
    if "N-Triples syntax error" in str(error):
        return BadData(
            "The data have triple terms or text directions of RDF 1.2, which SHACL 1.0 and its "
            "engines do not know; take them out, or leave out the stage of shapes (--stage)"
        )
    return BadShapes(_told(error))


def _told(error: Exception) -> str:
    """Return the first of what shifty says, without the names that stand for blank nodes."""
    text = " ".join(re.sub(rf"\(<{STAND_IN}\w+>\)", "", str(error)).split())
    return f"The shapes cannot be used: {text[:200]}{'…' * (len(text) > 200)}"


def _nameless(shapes: Graph) -> set[BNode]:
    """Return the blank nodes that a report can name as source: shapes and SPARQL constraints."""
    found: set[Node] = {shape for _, shape in inner(shapes)}
    found.update(shapes.objects(None, URIRef(SH + "sparql")))
    return {node for node in found if isinstance(node, BNode)}
