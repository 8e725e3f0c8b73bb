"""Serve RDF that is not ours: the files given, or nothing at all, in place of the built graph."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyoxigraph import Quad, RdfFormat, Store, parse

from kg import __version__
from kg.errors import BadData
from kg.files import fingerprint
from kg.store import DUMP, open_built

__all__ = ["publish", "read"]

#: File suffix to format, beside those that the store knows.
SUFFIXES = {"owl": RdfFormat.RDF_XML, "xml": RdfFormat.RDF_XML, "json": RdfFormat.JSON_LD}


def read(build: Path, data: Iterable[Path] | None) -> Iterable[Quad]:
    """Return what a server starts with: the files that were given, or else the built graph."""
    return _built(build) if data is None else _files(data)


def publish(paths: Iterable[Path], home: Path) -> Path:
    """Return a folder like that of a build, made below `home`, with the RDF of these files.

    Raises BadData with file, line and column.
    """
    paths = list(paths)
    store = Store()
    store.bulk_extend(_files(paths))
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=home))
    store.dump(str(folder / DUMP), format=RdfFormat.TRIG)
    about = {
        "version": __version__,
        "fingerprint": fingerprint(paths)[:16],
        "triples": len(store),
        "graphs": len(list(store.named_graphs())),
    }
    (folder / "manifest.json").write_text(json.dumps(about) + "\n", "utf-8")
    return folder


def _built(build: Path) -> Iterator[Quad]:
    yield from open_built(build)


def _files(paths: Iterable[Path]) -> Iterator[Quad]:
    for path in paths:
        yield from _file(path)


def _file(path: Path) -> Iterator[Quad]:
    suffix = path.suffix.removeprefix(".").lower()
    form = SUFFIXES.get(suffix) or RdfFormat.from_extension(suffix)
    if form is None:
        raise BadData(f"{path}: not the name of an RDF file; use .ttl, .nt, .nq, .trig, .rdf …")
    base = path.resolve().as_uri()
    try:
        yield from parse(path=path, format=form, base_iri=base, rename_blank_nodes=True)
    except SyntaxError as error:
        raise BadData(f"{path}:{error.lineno}:{error.offset}: {error.msg}") from error
    except OSError as error:
        raise BadData(f"{path}: cannot be read: {error.strerror}") from error
