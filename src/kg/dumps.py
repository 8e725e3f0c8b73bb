"""Write the whole graph as files to take away: each format compressed, with checksums."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

import zstandard
from pyoxigraph import DefaultGraph, RdfFormat, Store

from kg.errors import BadData, BadParameter, NotFound
from kg.panel import CHOICES, rows
from kg.panel import FORMATS as TABLES
from kg.store import DUMP, manifest, open_built
from kg.vocab import PREFIXES

__all__ = ["FORMATS", "INDEX", "NAME", "SUMS", "Dump", "panel_name", "put", "read", "write"]

#: Name of every dump, before its suffixes; the list of them; their checksums.
NAME, INDEX, SUMS = "mithaq", "dumps.json", "SHA256SUMS"
#: Suffix to format; Turtle has the default graph alone.
FORMATS = {
    "trig": RdfFormat.TRIG,
    "nq": RdfFormat.N_QUADS,
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
}
CODINGS = ("gz", "zst")


@dataclass(frozen=True)
class Dump:
    """One file: its name, what it is, its size and checksum, and what it has inside."""

    name: str
    suffix: str
    coding: str
    media: str
    bytes: int
    sha256: str
    triples: int
    inflated: int


def write(
    build: Path,
    out: Path,
    step: Callable[[str], None] = lambda name: None,
    *,
    panels: bool = False,
    store: Store | None = None,
) -> list[Dump]:
    """Write every dump of a build into a folder, which is put in place whole.

    With `panels`, the dyad-year panels too, which take minutes. `store` is the graph of the
    build, where the caller has it open. Raises NotReady when there is
    no build, and BadData when the folder cannot be written.
    """
    about = manifest(build)
    store = store or open_built(build)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    except OSError as error:
        raise BadData(f"{out}: cannot be written: {error.strerror}") from error
    try:
        made = [dump for suffix in FORMATS for dump in _dump(store, build, part, suffix, step)]
        _tell(part, made, about)
        for source, directed in _panels() if panels else ():
            _panel(store, part, source, directed, int(str(about["built"])[:4]))
            step(panel_name(source, directed))
        part.chmod(0o755)
        put(part, out)
    except OSError as error:
        raise BadData(f"{out}: cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def read(folder: Path, fingerprint: str = "") -> list[Dump]:
    """Return the dumps of a folder; none when there are none, or of another graph."""
    try:
        found = json.loads((folder / INDEX).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    if fingerprint and found["fingerprint"] != fingerprint:
        return []
    return [Dump(**one) for one in found["files"]]


def _dump(
    store: Store, build: Path, folder: Path, suffix: str, step: Callable[[str], None]
) -> list[Dump]:
    """Write one format in every coding, in one pass over the graph."""
    form = FORMATS[suffix]
    name = f"{NAME}.{suffix}"
    many = _Many(folder, name)
    with many:
        if suffix == "trig" and (build / DUMP).is_file():
            with (build / DUMP).open("rb") as file:
                shutil.copyfileobj(file, cast(IO[bytes], many), 1 << 20)
        elif form.supports_datasets:
            store.dump(cast(IO[bytes], many), form, prefixes=PREFIXES)
        else:
            graph = DefaultGraph()
            store.dump(cast(IO[bytes], many), form, from_graph=graph, prefixes=PREFIXES)
    count = len(store)
    if not form.supports_datasets:
        count = sum(1 for _ in store.quads_for_pattern(None, None, None, DefaultGraph()))
    step(name)
    return [
        Dump(
            name=path.name,
            suffix=suffix,
            coding=coding,
            media=form.media_type.partition(";")[0],
            bytes=path.stat().st_size,
            sha256=_digest(path),
            triples=count,
            inflated=many.size,
        )
        for coding, path in many.paths.items()
    ]


def panel_name(source: str, directed: bool) -> str:
    """Return the name of the file of a panel, without its suffix."""
    return f"dyad-year-{source}-{'directed' if directed else 'undirected'}"


def _panels() -> Iterator[tuple[str, bool]]:
    return ((source, directed) for source in CHOICES for directed in (True, False))


def _panel(store: Store, folder: Path, source: str, directed: bool, last: int) -> None:
    try:
        made = list(rows(store, source, directed=directed, first=None, last=last))
    except NotFound:
        return  # The graph has not got this source.
    name = panel_name(source, directed)
    with gzip.GzipFile(folder / f"{name}.csv.gz", "wb", 6, mtime=0) as file:
        file.write(TABLES["csv"](made))
    with suppress(BadParameter):
        (folder / f"{name}.parquet").write_bytes(TABLES["parquet"](made))


class _Many:
    """A file that is written compressed in every coding at once; the same bytes every time."""

    def __init__(self, folder: Path, name: str) -> None:
        self.paths = {coding: folder / f"{name}.{coding}" for coding in CODINGS}
        self.size = 0
        self._files = [path.open("wb") for path in self.paths.values()]
        self._outs: list[IO[bytes]] = [
            cast(IO[bytes], gzip.GzipFile("", "wb", 6, self._files[0], mtime=0)),
            cast(IO[bytes], zstandard.ZstdCompressor(level=9).stream_writer(self._files[1])),
        ]

    def write(self, data: bytes) -> int:
        self.size += len(data)
        for out in self._outs:
            out.write(data)
        return len(data)

    def flush(self) -> None:
        """Leave it to the end."""

    def __enter__(self) -> _Many:
        return self

    def __exit__(self, *_: object) -> None:
        for out in self._outs:
            out.close()
        for file in self._files:
            file.close()


def _tell(folder: Path, made: list[Dump], about: dict[str, str | int]) -> None:
    sums = "".join(f"{dump.sha256}  {dump.name}\n" for dump in made)
    (folder / SUMS).write_text(sums, "utf-8")
    index = {"version": about["version"], "fingerprint": about["fingerprint"]}
    listed = {**index, "files": [asdict(dump) for dump in made]}
    (folder / INDEX).write_text(json.dumps(listed, indent=1) + "\n", "utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def put(part: Path, out: Path) -> None:
    """Put a folder where another one may be: away with that, then ours by its name."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        os.rename(out, old)  # noqa: PTH104
    os.rename(part, out)  # noqa: PTH104
    shutil.rmtree(old, ignore_errors=True)
