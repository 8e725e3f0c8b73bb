"""Write results of SHACL as the triples that its specification gives them (section 3.6.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from kg.findings import Result
from kg.vocab import PREFIXES, RDF_TYPE

__all__ = ["SH", "Term", "path_triples", "result_triples"]

SH = PREFIXES["sh"]
RDF = PREFIXES["rdf"]
#: How SPARQL writes a step of a path, and the property of SHACL for it (section 2.3.1).
SIGNS = {
    "^": "inversePath",
    "*": "zeroOrMorePath",
    "+": "oneOrMorePath",
    "?": "zeroOrOnePath",
}
TOKEN = re.compile(r"<[^<>]*>|[()^*+?/|]")

Term = NamedNode | BlankNode | Literal


def result_triples(node: BlankNode, result: Result) -> Iterator[Triple]:
    """Yield the triples of a result, but for its message.

    Blank nodes of data and shapes keep their labels behind a mark of where they are from, so
    that two results of one nameless shape name the same node.
    """
    facts = {
        "focusNode": _term(result.focus, "data"),
        "resultSeverity": NamedNode(result.severity or SH + "Violation"),
        "sourceShape": _node(result.shape),
        "sourceConstraintComponent": _node(result.component),
    }
    if result.value:
        facts["value"] = _term(result.value, "data")
    if result.constraint:
        facts["sourceConstraint"] = _node(result.constraint)
    yield Triple(node, NamedNode(RDF_TYPE), NamedNode(SH + "ValidationResult"))
    for name, term in facts.items():
        yield Triple(node, NamedNode(SH + name), term)
    if result.path:
        yield from path_triples(node, SH + "resultPath", result.path)
    for number, inner in enumerate(result.detail):
        there = BlankNode(f"{node.value}detail{number}")
        yield Triple(node, NamedNode(SH + "detail"), there)
        yield from result_triples(there, inner)


def path_triples(node: BlankNode, property_: str, text: str) -> Iterator[Triple]:
    """Yield the triples that give a node a path, of which SPARQL's form is given."""
    term, triples = _Path(TOKEN.findall(text), f"{node.value}path").read()
    yield Triple(node, NamedNode(property_), term)
    yield from triples


class _Path:
    """A path on its way from SPARQL's form to SHACL's."""

    def __init__(self, tokens: list[str], name: str) -> None:
        self.tokens, self.name = tokens, name
        self.made = 0
        self.triples: list[Triple] = []

    def read(self) -> tuple[NamedNode | BlankNode, list[Triple]]:
        return self.whole(), self.triples

    def whole(self) -> NamedNode | BlankNode:
        if self.tokens[0] == "^":
            self.tokens.pop(0)
            return self.stepped("^", self.unit())
        steps = [self.unit()]
        sign = self.tokens[0] if self.tokens else ")"
        if sign in ("*", "+", "?"):
            self.tokens.pop(0)
            return self.stepped(sign, steps[0])
        while self.tokens and self.tokens[0] == sign != ")":
            self.tokens.pop(0)
            steps.append(self.unit())
        if len(steps) == 1:
            return steps[0]
        list_ = self.listed(steps)
        return list_ if sign == "/" else self.linked("alternativePath", list_)

    def unit(self) -> NamedNode | BlankNode:
        token = self.tokens.pop(0)
        if token != "(":
            return NamedNode(token[1:-1])
        inner = self.whole()
        self.tokens.pop(0)
        return inner

    def stepped(self, sign: str, inner: NamedNode | BlankNode) -> BlankNode:
        return self.linked(SIGNS[sign], inner)

    def linked(self, name: str, inner: NamedNode | BlankNode) -> BlankNode:
        node = self.fresh()
        self.triples.append(Triple(node, NamedNode(SH + name), inner))
        return node

    def listed(self, members: list[NamedNode | BlankNode]) -> NamedNode | BlankNode:
        rest: NamedNode | BlankNode = NamedNode(RDF + "nil")
        for member in reversed(members):
            node = self.fresh()
            self.triples.append(Triple(node, NamedNode(RDF + "first"), member))
            self.triples.append(Triple(node, NamedNode(RDF + "rest"), rest))
            rest = node
        return rest

    def fresh(self) -> BlankNode:
        self.made += 1
        return BlankNode(f"{self.name}{self.made}")


def _node(told: str) -> NamedNode | BlankNode:
    return BlankNode(f"shapes-{told[2:]}") if told.startswith("_:") else NamedNode(told)


@lru_cache(maxsize=1 << 12)
def _term(written: str, whose: str) -> Term:
    """Return a term that N-Triples write so."""
    if written.startswith("_:"):
        return BlankNode(f"{whose}-{written[2:]}")
    line = f"<x:x> <x:x> {written} ."
    term = next(iter(parse(line.encode(), RdfFormat.N_TRIPLES))).object
    assert isinstance(term, NamedNode | BlankNode | Literal)
    return term
