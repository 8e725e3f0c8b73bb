"""Make terms of their texts, as the reference parser does."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from kg.positions.tokens import DECLARED, LITERAL
from kg.turtle import NIL
from kg.vocab import XSD

__all__ = ["Prefix", "Term", "Terms"]

Term = NamedNode | BlankNode | Literal

ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*+:[^\\]*+>")
ESCAPED = re.compile(r"\\(.)")
INTEGER = re.compile(r"[+-]?[0-9]+")


@dataclass
class Prefix:
    """A prefix that a file declares: its name, its namespace, and where."""

    name: str
    namespace: str
    start: int
    end: int
    used: bool = False


class Terms(dict[str, Term]):
    """Terms by their texts; holds as long as no prefix or base is declared anew."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.prefixes: dict[str, Prefix] = {}
        self.declared: list[Prefix] = []

    def direct(self, text: str, start: int) -> None:
        """Declare a prefix or the base, as a directive that starts there says."""
        parts = DECLARED.match(text)
        assert parts is not None
        iri = self._iri(parts["iri"]).value
        self.clear()
        if parts["prefix"] is None:
            self.base = iri
            return
        prefix = Prefix(parts["prefix"][:-1], iri, start, start + len(text))
        self.prefixes[prefix.name] = prefix
        self.declared.append(prefix)

    def __missing__(self, text: str) -> Term:
        """Return the term of a text, and keep it; one that `[]` makes is new each time."""
        if text[0] == "[":
            return BlankNode()
        self[text] = term = self._made(text)
        return term

    def _made(self, text: str) -> Term:
        match text[0]:
            case "<":
                return self._iri(text)
            case '"' | "'":
                return self._literal(text)
            case "(":
                return NamedNode(NIL)
            case "_":
                return BlankNode(text[2:])
            case first if first in "+-.0123456789":
                return Literal(text, datatype=NamedNode(XSD + _kind(text)))
            case _:
                return self._name(text)

    def _iri(self, text: str) -> NamedNode:
        if ABSOLUTE.fullmatch(text):
            return NamedNode(text[1:-1])
        term = self._read(text)
        assert isinstance(term, NamedNode)
        return term

    def _name(self, text: str) -> NamedNode:
        name, _, local = text.partition(":")
        prefix = self.prefixes.get(name)
        if prefix is None:
            raise ValueError(f"the prefix {name}: has not been declared")
        prefix.used = True
        return NamedNode(
            prefix.namespace + (ESCAPED.sub(r"\1", local) if "\\" in local else local)
        )

    def _literal(self, text: str) -> Literal:
        parts = LITERAL.fullmatch(text)
        assert parts is not None
        value = self._string(parts["string"])
        if parts["language"]:
            return Literal(value, language=parts["language"].lower())
        if parts["datatype"] is None:
            return Literal(value)
        kind = self[parts["datatype"]]
        assert isinstance(kind, NamedNode)
        return Literal(value, datatype=kind)

    def _string(self, text: str) -> str:
        if "\\" in text:
            term = self._read(text)
            assert isinstance(term, Literal)
            return term.value
        quotes = 3 if text[:3] in ('"""', "'''") else 1
        return text[quotes:-quotes]

    def _read(self, text: str) -> object:
        """Have the reference parser read one term, with all its escapes and relative IRIs."""
        turtle = f"<a:s> <a:p> {text} .".encode()
        return next(parse(turtle, RdfFormat.TURTLE, base_iri=self.base or None)).object


def _kind(number: str) -> str:
    if INTEGER.fullmatch(number):
        return "integer"
    return "double" if "e" in number.lower() else "decimal"
