"""Tell findings in RDF: a SHACL validation report with the place of each result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.findings import Finding, Place
from kg.report.model import Report, Rule
from kg.turtle import write
from kg.vocab import BASE, PREFIXES, RDF_TYPE, XSD

__all__ = ["CHECK", "shacl"]

SH = PREFIXES["sh"]
#: Our terms beside SHACL's: file, line, column, endLine, endColumn, fingerprint, related, reason.
CHECK = BASE + "check#"
SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Info"}
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")

Term = NamedNode | BlankNode | Literal


def shacl(report: Report) -> str:
    """Return the report (SHACL section 3.6) as Turtle; findings of every stage are results."""
    shown = report.shown
    node = BlankNode("report")
    triples = [_type(node, "ValidationReport"), _triple(node, SH + "conforms", _bool(not shown))]
    for number, finding in enumerate(shown):
        result = BlankNode(f"result{number}")
        triples += [_triple(node, SH + "result", result), _type(result, "ValidationResult")]
        triples += _result(report, finding, result)
    return write(triples, PREFIXES | {"check": CHECK})


def _result(report: Report, finding: Finding, result: BlankNode) -> Iterator[Triple]:
    rule = report.rule(finding.rule)
    facts: dict[str, Term] = {
        SH + "focusNode": _node(finding),
        SH + "resultSeverity": NamedNode(SH + SEVERITIES[finding.severity]),
        SH + "resultMessage": Literal(finding.message),
        SH + "sourceConstraintComponent": NamedNode(_component(rule)),
        SH + "sourceShape": NamedNode(rule.iri or CHECK + quote(finding.rule)),
        CHECK + "fingerprint": Literal(finding.fingerprint),
    }
    if finding.path:
        facts[SH + "resultPath"] = NamedNode(finding.path)
    if finding.value:
        facts[SH + "value"] = _value(finding.value)
    if finding.reason:
        facts[CHECK + "reason"] = Literal(finding.reason)
    for name, term in facts.items():
        yield _triple(result, name, term)
    if finding.place:
        yield from _at(result, finding.place)
    for number, other in enumerate(finding.related):
        there = BlankNode(f"{result.value}related{number}")
        yield _triple(result, CHECK + "related", there)
        yield _triple(there, SH + "resultMessage", Literal(other.message))
        yield from _at(there, other.place)


def _at(node: BlankNode, place: Place) -> Iterator[Triple]:
    yield _triple(node, CHECK + "file", Literal(place.file))
    if place.span is None:
        return
    numbers = {"line": place.span.line, "column": place.span.column}
    if place.span.end_line:
        numbers |= {"endLine": place.span.end_line, "endColumn": place.span.end_column}
    for name, number in numbers.items():
        term = Literal(str(number), datatype=NamedNode(XSD + "integer"))
        yield _triple(node, CHECK + name, term)


def _component(rule: Rule) -> str:
    if rule.component:
        return rule.component
    if rule.stage == "checks":
        return SH + "SPARQLConstraintComponent"
    return f"{CHECK}{(rule.stage or 'other').capitalize()}ConstraintComponent"


def _node(finding: Finding) -> NamedNode:
    """Return the focus, or the file of a finding that has none."""
    if IRI.fullmatch(finding.focus):
        return NamedNode(finding.focus)
    return NamedNode("file:" + quote(finding.place.file if finding.place else "."))


def _value(value: str) -> NamedNode | Literal:
    return NamedNode(value) if IRI.fullmatch(value) else Literal(value)


def _triple(subject: BlankNode, predicate: str, term: Term) -> Triple:
    return Triple(subject, NamedNode(predicate), term)


def _type(node: BlankNode, name: str) -> Triple:
    return _triple(node, RDF_TYPE, NamedNode(SH + name))


def _bool(value: bool) -> Literal:
    return Literal(str(value).lower(), datatype=NamedNode(XSD + "boolean"))
