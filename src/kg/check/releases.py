"""Keep lists of the IRIs that releases promise to keep.

A list is `releases/VERSION.txt.gz`: one IRI a line, without the base, sorted. Which IRIs those
are says the setting `released`.
"""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions
from rdflib import OWL

from kg.check.facts import ontology_of
from kg.check.work import Work
from kg.errors import BadData, BadShapes
from kg.files import Layout, replace_bytes

__all__ = ["freeze", "label", "last", "names"]

ENDING = ".txt.gz"
#: What is listed of what is gone.
SHOWN = 5


def freeze(work: Work, version: str, *, force: bool = False) -> tuple[Path, int]:
    """Write the list of a release; return the file, and how many IRIs it has.

    Raises BadShapes when the ontology has another version, and BadData when an IRI of the last
    list is gone, unless forced: a new list would forget that it was promised.
    """
    _same(work, version)
    now = _promised(work)
    before = last(work.layout)
    gone = sorted(set(names(before)) - _described(work)) if before else []
    if before and gone and not force:
        told = ", ".join(gone[:SHOWN]) + (" …" if len(gone) > SHOWN else "")
        raise BadData(
            f"{work.layout.name(before)} has {len(gone)} IRIs that nothing describes: {told}",
            hint="Say by dcterms:isReplacedBy what replaces them; --force gives them up",
        )
    path = work.layout.root / "releases" / f"{version}{ENDING}"
    if not path.is_file() or names(path) != now:  # another zlib may give other bytes
        text = "".join(f"{name}\n" for name in now)
        replace_bytes(path, gzip.compress(text.encode(), 9, mtime=0))
    return path, len(now)


def last(layout: Layout) -> Path | None:
    """Return the list of the last release; None when there is none."""
    return max((layout.root / "releases").glob(f"*{ENDING}"), key=_version, default=None)


def names(path: Path) -> list[str]:
    """Return the IRIs of a list, without the base; raise BadData when it cannot be read."""
    try:
        return gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise BadData(f"The list of released IRIs cannot be read: {error}") from error


def label(path: Path) -> str:
    """Return the version that a list is of."""
    return path.name.removesuffix(ENDING)


def _same(work: Work, version: str) -> None:
    ontology = ontology_of(work)
    versions = sorted({str(v) for v in ontology.graph.objects(None, OWL.versionInfo)})
    if not re.fullmatch(r"[0-9A-Za-z][\w.\-]*", version):
        raise BadShapes(f"{version!r} is no version such as 1.0.0")
    if version not in versions:
        told = f"has the version {', '.join(versions)}" if versions else "has no owl:versionInfo"
        raise BadShapes(f"The ontology {told}; write owl:versionInfo {version!r} there first")


def _described(work: Work) -> set[str]:
    rows = work.store.query("SELECT DISTINCT ?n { ?n ?p ?o }", use_default_graph_as_union=True)
    assert isinstance(rows, QuerySolutions)
    base = work.settings.base_iri
    found = {node.value for row in rows if isinstance(node := row["n"], NamedNode)}
    return {iri.removeprefix(base) for iri in found if iri.startswith(base)}


def _promised(work: Work) -> list[str]:
    wanted = re.compile(work.settings.released)
    return sorted(name for name in _described(work) if wanted.fullmatch(name))


def _version(path: Path) -> tuple[tuple[int, str], ...]:
    """Return what versions are sorted by: numbers as numbers, 1.0.0-rc1 before 1.0.0."""
    parts = re.split(r"[.\-]", label(path))
    told = [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
    return (*told, (0, ""))
