"""Importers: a user's own copy of a dataset in, records out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from pyoxigraph import Triple

from kg.errors import BadData
from kg.importers import (
    atop,
    bla,
    commitments,
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
from kg.importers.commitments_known import standing

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


#: The dataset whose promises go to agreements that curated files describe.
COMMITMENTS = "treaty-commitments"


def run(name: str, path: Path, minter: Minter, curated: Iterable[Triple] = ()) -> Imported:
    """Return what the importer of that name makes of a file, or of the folder that holds it.

    `minter` knows the agreements in use, `curated` is what people wrote down of agreements and
    pages. Raises BadData for a name or a file we cannot read.
    """
    if name == COMMITMENTS:
        return commitments.read(path, minter, *standing(curated))
    if name not in IMPORTERS:
        known = ", ".join(sorted((*IMPORTERS, COMMITMENTS)))
        raise BadData(f"There is no importer {name!r}; there are {known}")
    return IMPORTERS[name](path, minter)
