"""Judge a graph by SHACL shapes, with a fast engine or with the reference one."""

from __future__ import annotations

from kg.validate.engines import ENGINES, NOT_FAST, slow_shapes
from kg.validate.model import SH, Violation
from kg.validate.shapes import named_owner, shapes_graph, targets
from kg.validate.stored import PART, union, validate_store
from kg.validate.whole import disagreements, validate

__all__ = [
    "ENGINES",
    "NOT_FAST",
    "PART",
    "SH",
    "Violation",
    "disagreements",
    "named_owner",
    "shapes_graph",
    "slow_shapes",
    "targets",
    "union",
    "validate",
    "validate_store",
]
