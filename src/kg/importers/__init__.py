"""Importers: a user's own copy of a dataset in, records out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.errors import BadData
from kg.importers import atop, cow, dcad
from kg.importers.base import Imported, Minter, Report, existing, parts

__all__ = ["IMPORTERS", "Imported", "Minter", "Report", "existing", "parts", "run"]

#: Name of a dataset to what reads it.
IMPORTERS: dict[str, Callable[[Path, Minter], Imported]] = {
    "atop": atop.read,
    "cow": cow.read,
    "dcad": dcad.read,
}


def run(name: str, path: Path, existing: Minter) -> Imported:
    """Return what the importer of that name makes of a file, or of the folder that holds it.

    `existing` knows the agreements in use; raises BadData for a name or a file we cannot read.
    """
    if name not in IMPORTERS:
        raise BadData(f"There is no importer {name!r}; there are {', '.join(sorted(IMPORTERS))}")
    return IMPORTERS[name](path, existing)
