"""Importers: a user's own copy of a dataset in, records out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.errors import BadData
from kg.importers import (
    atop,
    bla,
    cow,
    dcad,
    desta,
    fcdo,
    gt,
    ieadb,
    nca,
    nl,
    registers,
    tfdd,
    unctad,
    wti,
)
from kg.importers.base import Imported, Minter, Report, existing, parts

__all__ = ["IMPORTERS", "Imported", "Minter", "Report", "existing", "parts", "run"]

#: Name of a dataset, which is the key of its source, to what reads it.
IMPORTERS: dict[str, Callable[[Path, Minter], Imported]] = {
    "atop": atop.read,
    "bla": bla.read,
    "cow": cow.read,
    "dcad": dcad.read,
    "desta": desta.read,
    "fcdo": fcdo.read,
    "gt": gt.read,
    "ieadb": ieadb.read,
    "nca": nca.read,
    "nl": nl.read,
    "tfdd": tfdd.read,
    "unctad-iia-2020": unctad.read_2020,
    "unctad-iia-2026": unctad.read_2026,
    "wti": wti.read,
    **{source: registers.reader(source) for source in registers.REGISTERS},
}


def run(name: str, path: Path, minter: Minter) -> Imported:
    """Return what the importer of that name makes of a file, or of the folder that holds it.

    `minter` knows the agreements in use; raises BadData for a name or a file we cannot read.
    """
    if name not in IMPORTERS:
        raise BadData(f"There is no importer {name!r}; there are {', '.join(sorted(IMPORTERS))}")
    return IMPORTERS[name](path, minter)
