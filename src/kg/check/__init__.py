"""Judge files and the built graph, stage by stage, and tell what is wrong where."""

from __future__ import annotations

from kg.check.graph import accept, accepted, run_check
from kg.check.places import locate
from kg.check.work import Work
from kg.findings import Finding

__all__ = ["Finding", "Work", "accept", "accepted", "locate", "run_check"]
