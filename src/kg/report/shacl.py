"""Tell findings in RDF: a SHACL validation report with the place of each result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kg.findings import Finding, Place, Result
from kg.report.model import Report, Rule
from kg.report.results import SH, Term, result_triples
from kg.vocab import BASE, PREFIXES, RDF_TYPE, XSD

__all__ = ["CHECK", "shacl"]

#: The rule that says what is left to the reference engine: a notice, not a result.
ENGINE = "shacl/reference-engine"
#: Our terms beside SHACL's: rule, file, line, column, endLine, endColumn, fingerprint, related,
#: reason.
CHECK = BASE + "check#"
SEVERITIES = {"violation": "Violation", "warning": "Warning", "info": "Info"}
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")


def shacl(report: Report) -> str:
    """Return the report (SHACL section 3.6) as Turtle; findings of every stage are results.

    A finding of shapes has the results that SHACL gives it, each once, however often an engine
    comes to it. What is said of an engine alone is no result.
    """
    shown = [finding for finding in report.shown if finding.rule != ENGINE]
    node = BlankNode("report")
    triples = [_type(node, "ValidationReport"), _triple(node, SH + "conforms", _bool(not shown))]
    told = [(finding, one) for finding in shown for one in finding.results or (None,)]
    for number, (finding, one) in enumerate(told):
        result = BlankNode(f"result{number}")
        triples.append(_triple(node, SH + "result", result))
        if one is None:
            triples += _made(report, finding, result)
        else:
            triples += result_triples(result, _graded(one, finding))
        triples += _beside(finding, result)
    prefixes = PREFIXES | {"check": CHECK}
    return (serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


def _graded(result: Result, finding: Finding) -> Result:
    """Return a result with the severity that the settings give the finding, where they do."""
    own = result.severity.removeprefix(SH).lower()
    if finding.severity == (own if own in SEVERITIES else "violation"):
        return result
    return replace(result, severity=SH + SEVERITIES[finding.severity])


def _made(report: Report, finding: Finding, result: BlankNode) -> Iterator[Triple]:
    """Yield the triples of a finding that is of no shape."""
    rule = report.rule(finding.rule)
    facts: dict[str, Term] = {
        "focusNode": _node(finding),
        "resultSeverity": NamedNode(SH + SEVERITIES[finding.severity]),
        "sourceConstraintComponent": NamedNode(_component(rule)),
        "sourceShape": NamedNode(rule.iri or CHECK + quote(finding.rule)),
    }
    if IRI.fullmatch(finding.path):
        facts["resultPath"] = NamedNode(finding.path)
    if finding.value:
        facts["value"] = _value(finding.value)
    yield _type(result, "ValidationResult")
    for name, term in facts.items():
        yield _triple(result, SH + name, term)


def _beside(finding: Finding, result: BlankNode) -> Iterator[Triple]:
    """Yield what SHACL leaves open: the message, and our terms."""
    yield _triple(result, SH + "resultMessage", Literal(finding.message))
    yield _triple(result, CHECK + "rule", Literal(finding.rule))
    yield _triple(result, CHECK + "fingerprint", Literal(finding.fingerprint))
    if finding.reason:
        yield _triple(result, CHECK + "reason", Literal(finding.reason))
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
