"""Judge by pySHACL, which follows the specification to the letter and takes its time."""

from __future__ import annotations

import warnings
from typing import Any

import pyshacl
from pyshacl.errors import ReportableRuntimeError, ValidationFailure
from rdflib import Graph, URIRef
from rdflib.namespace import OWL
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from kg.errors import BadShapes
from kg.validate.model import SH
from kg.validate.terms import parsed

__all__ = ["judge"]

#: Steps that shapes may lead from one to another; circles are found before (`kg.validate.shapes`).
DEPTH = 100


class _Remembering(Graph):
    """A graph that parses a query text once.

    pySHACL asks the same text again for each focus node, with other bindings: parsing took 78 %
    of its time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[str, tuple[tuple[str, str], ...]], Query] = {}

    def query(self, query_object: str | Query, *args: Any, **kwargs: Any) -> Result:
        """Answer as `Graph.query` does."""
        if isinstance(query_object, str):
            names = dict(self.namespaces()) | dict(kwargs.get("initNs") or {})
            key = (query_object, tuple(sorted((k, str(v)) for k, v in names.items())))
            if key not in self.known:
                self.known[key] = _prepared(query_object, names)
            query_object = self.known[key]
        return super().query(query_object, *args, **kwargs)


def _prepared(text: str, names: dict[str, URIRef]) -> Query:
    try:
        return prepareQuery(text, initNs=names)
    except Exception as error:  # rdflib raises just this for a prefix that is not declared
        raise BadShapes(f"A query of the shapes is not SPARQL: {_line(error)}") from error


def judge(data: bytes, shapes: Graph) -> Graph:
    """Return pySHACL's report on N-Triples; raise BadShapes when it cannot use the shapes."""
    graph = parsed(data, into=_Remembering())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            report = pyshacl.validate(
                graph,
                shacl_graph=_with_prefixes(shapes),
                inference="none",
                inplace=True,
                max_validation_depth=DEPTH,
            )[1]
    except (ReportableRuntimeError, NotImplementedError, RecursionError) as error:
        raise BadShapes(f"The shapes cannot be used: {_line(error)}") from error
    if isinstance(report, ValidationFailure):
        raise BadShapes(f"The shapes cannot be used: {_line(report)}")
    assert isinstance(report, Graph), report
    return report


def _with_prefixes(shapes: Graph) -> Graph:
    """Give queries the prefixes that their declarations import (SHACL section 5.2.1)."""
    declare = URIRef(SH + "declare")
    whole = shapes
    for node in set(shapes.objects(None, URIRef(SH + "prefixes"))):
        for there in set(shapes.transitive_objects(node, OWL.imports)) - {node}:
            for declared in shapes.objects(there, declare):
                whole = shapes + Graph() if whole is shapes else whole
                whole.add((node, declare, declared))
    return whole


def _line(error: Exception) -> str:
    text = str(getattr(error, "message", "") or error)
    return " ".join(text.split())
