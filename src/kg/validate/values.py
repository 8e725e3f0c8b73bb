"""Say of one value what surely holds, from its bytes alone; of the rest the engine judges."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal

from rdflib import Graph, Literal
from rdflib.namespace import RDF, XSD
from rdflib.term import Node

from kg.validate.links import items
from kg.validate.model import SH
from kg.validate.terms import n3

__all__ = ["Members", "Test", "silent", "surely", "whole"]

#: Says that a value, as N-Triples write it, surely meets a constraint.
Test = Callable[[bytes], bool]
#: Members of a class, by the class as N-Triples write it.
Members = Mapping[bytes, Collection[bytes]]

SHAPES = {SH["NodeShape"], SH["PropertyShape"]}
#: What a shape says that asks for nothing.
WORDS = {
    SH[word]
    for word in ("defaultValue", "description", "group", "message", "name", "order", "severity")
}
#: First bytes of the terms of a kind.
KINDS = {
    "IRI": b"<",
    "Literal": b'"',
    "BlankNode": b"_",
    "IRIOrLiteral": b'<"',
    "BlankNodeOrIRI": b"_<",
    "BlankNodeOrLiteral": b'_"',
}
#: Lexical forms that are surely well typed (XSD 1.1 part 2), by datatype.
FORMS = {
    XSD.boolean: rb"true|false",
    XSD.date: rb"(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
    rb"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)",
    XSD.decimal: rb"-?\d{1,9}(?:\.\d{1,6})?",
    XSD.duration: rb"P[1-9]\d{0,3}[YMD]",
    XSD.gYear: rb"(?!0000)\d{4}",
    XSD.gYearMonth: rb"(?!0000)\d{4}-(?:0[1-9]|1[0-2])",
    XSD.integer: rb"-?\d{1,9}",
}
NUMBERS = tuple(f'"^^<{kind}>'.encode() for kind in (XSD.integer, XSD.decimal))
NUMBER = re.compile(rb"-?\d{1,9}(?:\.\d{1,6})?")
#: What a pattern may have so that Python and the engine read it alike, and what it may not have.
ALIKE = re.compile(r"(?:[A-Za-z0-9_ ^$(){}\[\]?*+|.,:/#-]|\\\.)*")
APART = re.compile(r"\(\?|[*+?}]\+|\[[^\]]*(?:\[|--)")
ESCAPE = re.compile(rb"\\(?:u.{4}|U.{8}|.)")
UTF_8_FOLLOWS = re.compile(rb"[\x80-\xbf]")


def silent(predicate: Node, value: Node) -> bool:
    """Say that a triple of a shape asks nothing of a value."""
    if predicate == RDF.type:
        return value in SHAPES
    return predicate in WORDS or not str(predicate).startswith(SH)


def surely(shapes: Graph, predicate: Node, value: Node, members: Members) -> Test | None:
    """Return the test of one constraint; None when only the engine can tell."""
    build = TESTS.get(str(predicate).removeprefix(SH))
    return build(shapes, value, members) if build else None


def _datatype(shapes: Graph, value: Node, members: Members) -> Test | None:
    if value == XSD.string:
        return lambda term: term[-1:] == b'"'
    if value == RDF.langString:
        return lambda term: term[:1] == b'"' and term[-1:] not in b'">'
    form = FORMS.get(value)  # type: ignore[call-overload]
    if form is None:
        return None
    whole = re.compile(b'"(?:%b)"\\^\\^<%b>' % (form, re.escape(str(value).encode()))).fullmatch
    return lambda term: whole(term) is not None


def _node_kind(shapes: Graph, value: Node, members: Members) -> Test | None:
    first = KINDS.get(str(value).removeprefix(SH))
    return None if first is None else lambda term: term[:1] in first


def _class(shapes: Graph, value: Node, members: Members) -> Test | None:
    return members[n3(value).encode()].__contains__


def _in(shapes: Graph, value: Node, members: Members) -> Test | None:
    return {n3(item).encode() for item in items(shapes, value)}.__contains__


def _language_in(shapes: Graph, value: Node, members: Members) -> Test | None:
    tags = {str(item).lower().encode() for item in items(shapes, value)}

    def holds(term: bytes) -> bool:
        tagged = term[:1] == b'"' and term[-1:] not in b'">'
        tag = term.rpartition(b'"@')[2].lower() if tagged else b""
        return tag in tags or any(tag.startswith(one + b"-") for one in tags)

    return None if b"*" in tags else holds


def _pattern(shapes: Graph, value: Node, members: Members) -> Test | None:
    if not ALIKE.fullmatch(str(value)) or APART.search(str(value)):
        return None
    found = re.compile(str(value)).search
    return lambda term: (
        term[:1] != b"_" and b"\\" not in term and found(_lexical(term).decode()) is not None
    )


def _least_length(shapes: Graph, value: Node, members: Members) -> Test | None:
    least = int(str(value))
    return lambda term: term[:1] != b"_" and _length(term) >= least


def _most_length(shapes: Graph, value: Node, members: Members) -> Test | None:
    most = int(str(value))
    return lambda term: term[:1] != b"_" and _length(term) <= most


def _lexical(term: bytes) -> bytes:
    return term[1 : term.rindex(b'"')] if term[:1] == b'"' else term[1:-1]


def _length(term: bytes) -> int:
    text = _lexical(term)
    if b"\\" in text:
        text = ESCAPE.sub(b"x", text)
    return len(text) if text.isascii() else len(UTF_8_FOLLOWS.sub(b"", text))


def _number(term: bytes) -> Decimal | None:
    text = _lexical(term)
    plain = term.endswith(NUMBERS) and NUMBER.fullmatch(text)
    return Decimal(text.decode()) if plain else None


def _least(shapes: Graph, value: Node, members: Members) -> Test | None:
    least = _number(n3(value).encode()) if isinstance(value, Literal) else None
    if least is None:
        return None
    return lambda term: (number := _number(term)) is not None and number >= least


def _most(shapes: Graph, value: Node, members: Members) -> Test | None:
    most = _number(n3(value).encode()) if isinstance(value, Literal) else None
    if most is None:
        return None
    return lambda term: (number := _number(term)) is not None and number <= most


def _or(shapes: Graph, value: Node, members: Members) -> Test | None:
    ways = [whole(shapes, one, members) for one in items(shapes, value)]
    known = [way for way in ways if way is not None]
    return (lambda term: any(way(term) for way in known)) if len(known) == len(ways) else None


def whole(shapes: Graph, shape: Node, members: Members) -> Test | None:
    """Return the test of a shape that asks of values alone; None when only the engine can tell."""
    tests = [
        surely(shapes, predicate, value, members)
        for predicate, value in shapes.predicate_objects(shape)
        if not silent(predicate, value)
    ]
    known = [test for test in tests if test is not None]
    return (lambda term: all(test(term) for test in known)) if len(known) == len(tests) else None


TESTS: dict[str, Callable[[Graph, Node, Members], Test | None]] = {
    "class": _class,
    "datatype": _datatype,
    "in": _in,
    "languageIn": _language_in,
    "maxInclusive": _most,
    "maxLength": _most_length,
    "minInclusive": _least,
    "minLength": _least_length,
    "nodeKind": _node_kind,
    "or": _or,
    "pattern": _pattern,
}
