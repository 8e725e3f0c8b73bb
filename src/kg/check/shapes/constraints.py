"""Judge constraints that no value can meet, that no engine can read, or that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from rdflib import RDF, SH, XSD, Literal, URIRef
from rdflib.term import Node

from kg.check.facts import Facts, rdf_list, short
from kg.check.shapes.read import property_shapes, shape_nodes
from kg.check.shapes.sparql import sparql_findings
from kg.check.shapes.vocabulary import CONSTRAINTS, KINDS, ONCE, SHACL, is_unknown, sh
from kg.findings import Finding

__all__ = ["findings"]

#: Pairs of bounds, the lower first, and whether they may be equal.
BOUNDS = (
    ("minCount", "maxCount", True),
    ("minLength", "maxLength", True),
    ("qualifiedMinCount", "qualifiedMaxCount", True),
    ("minInclusive", "maxInclusive", True),
    ("minExclusive", "maxExclusive", False),
    ("minInclusive", "maxExclusive", False),
    ("minExclusive", "maxInclusive", False),
)
NODE_KINDS = {SH.IRI, SH.BlankNode, SH.Literal}
NODE_KINDS |= {SH.BlankNodeOrIRI, SH.BlankNodeOrLiteral, SH.IRIOrLiteral}
#: What XPath's regular expressions have and Python's do not, to what stands for it.
XPATH = ((r"\\[pP]\{[^}]*\}", r"\\w"), (r"\\[icIC]", r"\\w"), (r"-\[[^\]]*\]\]", "]"))


def findings(shapes: Facts, ontology: Facts) -> Iterator[Finding]:
    """Yield constraints that are wrong in themselves."""
    for shape in shape_nodes(shapes.graph):
        yield from _parameters(shapes, shape)
        yield from _contradictions(shapes, shape)
        yield from _patterns(shapes, shape)
    yield from _idle(shapes)
    yield from sparql_findings(shapes)


def _parameters(shapes: Facts, shape: Node) -> Iterator[Finding]:
    for name in ONCE:
        values = sorted(shapes.graph.objects(shape, sh(name)), key=str)
        if len(values) > 1:
            message = f"sh:{name} is given {len(values)} times; a shape has it once at most"
            yield shapes.finding("shapes/parameter", "violation", message, shape, sh(name))
    for name, kind in KINDS.items():
        for value in sorted(shapes.graph.objects(shape, sh(name)), key=str):
            if not _fits(value, kind):
                message = f"sh:{name} takes {WANTED[kind]}, not {_written(shapes, value)}"
                yield shapes.finding(
                    "shapes/parameter", "violation", message, shape, sh(name), value
                )


#: Kind of a parameter's value to how a message names it.
WANTED = {
    "count": "a whole number from 0 up",
    "boolean": "true or false",
    "text": "a plain string",
    "IRI": "an IRI",
    "node kind": "one of sh:IRI, sh:Literal, sh:BlankNode and the three pairs of them",
}


def _fits(value: Node, kind: str) -> bool:
    if kind == "IRI":
        return isinstance(value, URIRef)
    if kind == "node kind":
        # A name that SHACL does not have is told as such.
        return value in NODE_KINDS or is_unknown(value)
    if not isinstance(value, Literal):
        return False
    if kind == "count":
        return value.datatype == XSD.integer and re.fullmatch(r"\+?\d+", str(value)) is not None
    if kind == "boolean":
        return value.datatype == XSD.boolean
    return value.datatype in (None, XSD.string) and not value.language


def _written(shapes: Facts, value: Node) -> str:
    return f'"{value}"' if isinstance(value, Literal) else short(shapes, value)


def _contradictions(shapes: Facts, shape: Node) -> Iterator[Finding]:
    graph = shapes.graph

    def clash(message: str, name: str, value: Node | None) -> Finding:
        text = f"No value can pass: {message}"
        return shapes.finding("shapes/contradiction", "violation", text, shape, sh(name), value)

    for low, high, equal in BOUNDS:
        lower, upper = graph.value(shape, sh(low)), graph.value(shape, sh(high))
        order = _compare(lower, upper)
        if order is not None and (order > 0 or (order == 0 and not equal)):
            yield clash(f"sh:{low} {lower} is above sh:{high} {upper}; put one right", high, upper)
    for value in graph.objects(shape, SH["in"]):
        if value == RDF.nil:
            message = "sh:in is empty, so no value can pass; list the values, or take it out"
            yield shapes.finding("shapes/in-empty", "violation", message, shape, SH["in"])
        members = rdf_list(graph, value)
        for wanted in graph.objects(shape, SH.hasValue) if members else []:
            if wanted not in (members or []):
                yield clash("sh:hasValue wants a value that sh:in leaves out", "hasValue", wanted)
    datatype = graph.value(shape, SH.datatype)
    kind = graph.value(shape, SH.nodeKind)
    classes = list(graph.objects(shape, SH["class"]))
    if datatype is not None and classes:
        yield clash("sh:datatype wants a literal, sh:class a node; keep one", "datatype", datatype)
    if datatype is not None and kind in (SH.IRI, SH.BlankNode, SH.BlankNodeOrIRI):
        yield clash(
            f"sh:datatype wants a literal, {short(shapes, kind)} does not", "nodeKind", kind
        )
    if classes and kind == SH.Literal:
        yield clash("sh:class wants a node, sh:Literal a literal; keep one", "nodeKind", kind)
    tagged = datatype in (None, RDF.langString, URIRef(str(RDF) + "dirLangString"))
    for name in ("languageIn", "uniqueLang"):
        text = graph.value(shape, sh(name))
        if text is not None and not tagged and str(text) != "false":
            message = f"sh:{name} is about tagged text, and sh:datatype allows none"
            yield clash(message, name, text)


def _compare(lower: Node | None, upper: Node | None) -> int | None:
    """Return which is greater; None when they are no two numbers and no two dates of one type."""
    if not isinstance(lower, Literal) or not isinstance(upper, Literal):
        return None
    try:
        one, two = Decimal(str(lower)), Decimal(str(upper))
        return (one > two) - (one < two)
    except InvalidOperation:
        if lower.datatype != upper.datatype or str(lower)[:1] == "-" or str(upper)[:1] == "-":
            return None
        return (str(lower) > str(upper)) - (str(lower) < str(upper))


def _patterns(shapes: Facts, shape: Node) -> Iterator[Finding]:
    for value in sorted(shapes.graph.objects(shape, SH.pattern), key=str):
        text = str(value)
        for old, new in XPATH:
            text = re.sub(old, new, text)
        try:
            re.compile(text)
        except re.error as error:
            message = f"The regular expression of sh:pattern cannot be read: {error}; correct it"
            yield shapes.finding("shapes/pattern", "violation", message, shape, SH.pattern, value)
    for value in shapes.graph.objects(shape, SH.flags):
        if set(str(value)) - set("smixq"):
            message = f'sh:flags "{value}": the flags are s, m, i, x and q'
            yield shapes.finding("shapes/pattern", "violation", message, shape, SH.flags, value)
        if (shape, SH.pattern, None) not in shapes.graph:
            message = "sh:flags without sh:pattern does nothing; take it out"
            yield shapes.finding("shapes/pattern", "violation", message, shape, SH.flags, value)


def _idle(shapes: Facts) -> Iterator[Finding]:
    """Yield property shapes without a path, and those that ask for nothing."""
    graph = shapes.graph
    params = [sh(name) for name in [*CONSTRAINTS, "values", "rule", "defaultValue"]]
    for shape in property_shapes(graph):
        predicates = set(graph.predicates(shape))
        unknown = any(is_unknown(predicate) for predicate in predicates)
        if SH.path not in predicates and not unknown:
            message = "The property shape has no sh:path, so it checks nothing; say of what it is"
            yield shapes.finding("shapes/no-path", "violation", message, shape)
        elif not unknown and not any(p in predicates for p in params):
            if any(not str(p).startswith(SHACL) and p != RDF.type for p in predicates):
                continue  # constraint components of the repository's own
            message = "The property shape asks for nothing; add a constraint, or delete it"
            yield shapes.finding("shapes/no-constraint", "warning", message, shape)
