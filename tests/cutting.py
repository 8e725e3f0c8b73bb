"""Cut a small repository out of ours: the ontology whole, some agreements, and what they need."""

from __future__ import annotations

import shutil
from pathlib import Path

from pyoxigraph import NamedNode

from kg.files import Layout, read_bytes
from kg.turtle import read, write

__all__ = ["AGREEMENTS", "cut"]

#: Agreements that the small repository has.
AGREEMENTS = (
    "AZE-TUR-2021-06-15",
    "CHN-IRN-2016-11-14",
    "IRN-RUS-2025-01-17",
    "LBY-TUR-2019-11-27",
    "PAK-SAU-2025-09-17",
    "PAK-TUR-1954-04-02",
)
#: Files and folders that are taken as they are.
WHOLE = (
    "ontology",
    "queries",
    "data/actors",
    "data/organisations",
    "data/sources/datasets.ttl",
    "docs/questions.md",
    "pyproject.toml",
    "tests/cases/mini",
    "tests/cases/queries",
)
SOURCE = "https://w3id.org/mithaq/id/source/"


def cut(root: Path, target: Path) -> Path:
    """Write the small repository into a new folder."""
    for name in WHOLE:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name)
        else:
            shutil.copy(root / name, target / name)
    (target / "ontology/accepted-warnings.ttl").unlink()
    (target / "data/agreements").mkdir()
    for agreement in AGREEMENTS:
        shutil.copy(root / f"data/agreements/{agreement}.ttl", target / "data/agreements")
    _sources(root, target)
    return target


def _sources(root: Path, target: Path) -> None:
    """Keep of the cited pages those that the files cite."""
    cited = {
        triple.object.value
        for path in Layout(target).data()
        for triple in read(read_bytes(path), path.name)
        if isinstance(triple.object, NamedNode) and triple.object.value.startswith(SOURCE)
    }
    for path in sorted((root / "data/sources").glob("pages*.ttl")):
        triples = read(read_bytes(path), path.name)
        kept = [
            t
            for t in triples
            if not t.subject.value.startswith(SOURCE) or t.subject.value in cited
        ]
        (target / "data/sources" / path.name).write_text(write(kept), "utf-8")
