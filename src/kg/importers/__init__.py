"""Importers: a user's own copy of a dataset in, records out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.importers import atop, dcad
from kg.importers.base import Imported, Minter, Report

__all__ = ["IMPORTERS", "Imported", "Minter", "Report"]

#: Name of a dataset to what reads it.
IMPORTERS: dict[str, Callable[[Path, Minter], Imported]] = {"atop": atop.read, "dcad": dcad.read}
