"""Make findings of the results of SHACL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rdflib import Graph

from kg.findings import Finding, Result
from kg.validate import Violation, named_owner

__all__ = ["finding_of", "findings_of"]


def findings_of(found: Iterable[Violation], shapes: Graph, base: str) -> list[Finding]:
    """Return the findings of results, each once: results that a reader cannot tell apart are one.

    So a value that breaks two constraints of a shape with one message is told once.
    """
    merged: dict[Finding, Finding] = {}
    for one in found:
        new = finding_of(one, shapes, base)
        old = merged.get(new)
        merged[new] = replace(old, results=(*old.results, *new.results)) if old else new
    return list(merged.values())


def finding_of(one: Violation, shapes: Graph, base: str) -> Finding:
    """Return the finding of a result: its rule is the nearest shape that has a name.

    Where the shape is not named itself, or says no message, the key tells the component and the
    path, so that two results of one shape are two findings.
    """
    owner = named_owner(shapes, one.shape)
    nameless = owner != one.shape
    made = one.message.startswith("sh:")
    component = one.component.rpartition("#")[2].removesuffix("ConstraintComponent")
    return Finding(
        owner.removeprefix(base) or "shacl",
        one.severity,
        one.message,
        one.focus,
        one.path,
        one.value,
        key=f"{component} {one.path_text}".strip() if nameless or made else "",
        results=(_result(one),),
    )


def _result(one: Violation) -> Result:
    return Result(
        one.component,
        one.shape,
        one.focus_term,
        one.value_term,
        one.path_text,
        one.severity_iri,
        one.constraint,
        tuple(map(_result, one.detail)),
    )
