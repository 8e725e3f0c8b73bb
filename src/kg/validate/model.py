"""Say what a SHACL report says, in one value a result."""

from __future__ import annotations

from dataclasses import dataclass

from rdflib import Namespace

__all__ = ["SEVERITY", "SH", "Violation"]

SH = Namespace("http://www.w3.org/ns/shacl#")
#: Severity of a result to ours; one that SHACL does not name counts as the worst.
SEVERITY = {SH + "Violation": "violation", SH + "Warning": "warning", SH + "Info": "info"}


@dataclass(frozen=True, order=True)
class Violation:
    """One result of a SHACL report (SHACL section 3.6.2)."""

    #: IRI of the source shape, or `_:label` of one without a name.
    shape: str
    #: The focus node: an IRI, `_:label`, or the lexical form of a literal.
    focus: str
    #: IRI of the property; "" when there is none or the path has several steps.
    path: str
    #: The value: an IRI, `_:label`, or the lexical form of a literal; "" when there is none.
    value: str
    severity: str
    #: The English message, or else the first.
    message: str
    #: IRI of the constraint component.
    component: str = ""
    #: The path as SPARQL writes it, of any length: `<a>/^<b>`.
    path_text: str = ""
    #: Focus node and value as N-Triples write them.
    focus_term: str = ""
    value_term: str = ""
    #: IRI of the severity as the shape gives it.
    severity_iri: str = ""
    #: Every message, as (text, language).
    messages: tuple[tuple[str, str], ...] = ()
    #: IRI of the SPARQL constraint, or `_:label`.
    constraint: str = ""
    #: Results that say why (`sh:detail`).
    detail: tuple[Violation, ...] = ()
