"""Check what a change can affect, by what it hangs together with, and prove it."""

from __future__ import annotations

from kg.check.changed.base import save
from kg.check.changed.run import Checked, check_changed, full, partly
from kg.check.changed.small import Full
from kg.check.changed.stages import RULES, Told, stages_changed

__all__ = [
    "RULES",
    "Checked",
    "Full",
    "Told",
    "check_changed",
    "full",
    "partly",
    "save",
    "stages_changed",
]
