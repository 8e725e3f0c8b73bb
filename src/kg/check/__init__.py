"""Judge files and the built graph, stage by stage, and tell what is wrong where."""

from __future__ import annotations

from kg.check.graph import accepted, check_store, run_check
from kg.check.places import locate
from kg.findings import Finding

__all__ = ["Finding", "accepted", "check_store", "locate", "run_check"]
