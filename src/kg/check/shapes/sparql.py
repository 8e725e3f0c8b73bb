"""Judge the queries inside shapes: that they parse, and ask about the node under check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Store
from rdflib import SH, Literal
from rdflib.term import Node

from kg.check.facts import Facts
from kg.check.shapes.vocabulary import sh
from kg.findings import Finding
from kg.pool.syntax import explained

__all__ = ["sparql_findings"]

FORMS = ("select", "ask", "construct")


def sparql_findings(shapes: Facts) -> Iterator[Finding]:
    """Yield queries of sh:select, sh:ask and sh:construct that cannot work."""
    for name in FORMS:
        for node, text in sorted(shapes.graph.subject_objects(sh(name)), key=str):
            if isinstance(text, Literal):
                yield from _query(shapes, node, name, text)
    for owner, node in sorted(shapes.graph.subject_objects(SH.sparql), key=str):
        if not any((node, sh(name), None) in shapes.graph for name in FORMS):
            message = "sh:sparql leads to no query; give the constraint an sh:select"
            yield shapes.finding("shapes/sparql", "violation", message, owner, SH.sparql)


def _query(shapes: Facts, node: Node, name: str, text: Literal) -> Iterator[Finding]:
    body = re.sub(r"#[^\n<>]*$|\"[^\"\n]*\"", "", str(text), flags=re.MULTILINE)
    if (None, SH.sparql, node) in shapes.graph and not re.search(r"[$?]this\b", body):
        message = "The query lacks $this, so it does not ask about the node under check; use $this"
        yield shapes.finding("shapes/sparql", "violation", message, node, sh(name), text)
        return
    head = " ".join(f"PREFIX {p}: <{n}>" for p, n in _prefixes(shapes, node))
    # $PATH stands for a property path, which a variable cannot.
    query = re.sub(r"[$?]PATH\b", "<urn:path>", str(text))
    try:
        Store().query(f"{head} {query}")
    except SyntaxError as error:
        reason = explained(str(error), f"{head} {query}")
        message = f"The query cannot be read: {reason}; correct it, or declare its prefixes"
        yield shapes.finding("shapes/sparql", "violation", message, node, sh(name), text)


def _prefixes(shapes: Facts, node: Node) -> Iterator[tuple[str, str]]:
    """Yield the prefixes that sh:prefixes of a query leads to."""
    for owner in shapes.graph.objects(node, SH.prefixes):
        for each in shapes.graph.objects(owner, SH.declare):
            prefix = shapes.graph.value(each, SH.prefix)
            space = shapes.graph.value(each, SH.namespace)
            if prefix is not None and space is not None:
                yield str(prefix), str(space)
