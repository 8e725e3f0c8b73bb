"""Make a finding of a result of SHACL."""

from __future__ import annotations

from rdflib import Graph

from kg.findings import Finding
from kg.validate import Violation, named_owner

__all__ = ["finding_of"]


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
    )
