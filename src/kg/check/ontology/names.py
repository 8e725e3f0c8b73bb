"""Judge how terms are spelt: classes, properties and concepts each in their own way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rdflib import URIRef

from kg.check.facts import Facts, local_name, short
from kg.check.ontology.terms import concepts, deprecated, own_classes, own_properties
from kg.findings import Finding

__all__ = ["findings"]

CAMEL = re.compile(r"[A-Z][A-Za-z0-9]*")
LOWER_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: Names that are numbers on purpose, such as `BFO_0000001`.
NUMBERED = re.compile(r"[A-Za-z]*[_:]?\d+")


def findings(ontology: Facts) -> Iterator[Finding]:
    """Yield terms that are not spelt as their kind is."""
    kinds = (
        ("ontology/class-name", own_classes, CAMEL, "Classes are written UpperCamel"),
        (
            "ontology/property-name",
            own_properties,
            LOWER_CAMEL,
            "Properties are written lowerCamel",
        ),
        ("ontology/concept-name", concepts, KEBAB, "Concepts are written kebab-case"),
    )
    withdrawn = set(deprecated(ontology))
    for rule, terms, pattern, manner in kinds:
        odd = [term for term in terms(ontology) if _odd(term, pattern) and term not in withdrawn]
        for term in odd:
            message = f"{manner}, {short(ontology, term)} is not; rename it before it is published"
            yield ontology.finding(rule, "warning", message, term)


def _odd(term: URIRef, pattern: re.Pattern[str]) -> bool:
    name = local_name(term)
    return not pattern.fullmatch(name) and not NUMBERED.fullmatch(name)
