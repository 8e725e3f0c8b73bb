"""List the files of the graph, read them, and replace them without half-writing."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import BadData

__all__ = ["Layout", "fingerprint", "read_bytes", "replace_bytes", "replace_file", "replace_files"]


@dataclass(frozen=True)
class Layout:
    """The folders of a repository laid out like ours."""

    root: Path

    def name(self, path: Path) -> str:
        """Return the path of a file as messages give it: from the root of the repository."""
        return str(path.relative_to(self.root))

    def ontology(self) -> list[Path]:
        """Ontology and schemes: loaded into the default graph."""
        return [*_ttl(self.root / "ontology", deep=False), *_ttl(self.root / "ontology/schemes")]

    def reference(self) -> list[Path]:
        """Actors, organisations, sources: loaded into the default graph."""
        folders = ("actors", "organisations", "sources", "matches")
        return [path for name in folders for path in _ttl(self.root / "data" / name)]

    def curated(self) -> list[Path]:
        """Records that people wrote down, one file an agreement."""
        return list(_ttl(self.root / "data/agreements"))

    def records(self) -> list[Path]:
        """Curated and imported records: loaded into one named graph a source."""
        return [*self.curated(), *_ttl(self.root / "data/records")]

    def shapes(self) -> list[Path]:
        """SHACL shapes, one file a class."""
        return list(_ttl(self.root / "ontology/shapes"))

    def rules(self) -> list[Path]:
        """Resolution rules, in the order in which they run."""
        return sorted((self.root / "ontology/rules").glob("*.rq"))

    def checks(self) -> list[Path]:
        """Whole-graph checks: each passes when it selects nothing."""
        return sorted((self.root / "ontology/checks").glob("*.rq"))

    def alignments(self) -> list[Path]:
        """Alignments to other vocabularies: never loaded."""
        return list(_ttl(self.root / "ontology/alignments"))

    def data(self) -> list[Path]:
        """Everything that is loaded, in loading order."""
        return [*self.ontology(), *self.reference(), *self.records()]

    def turtle(self) -> list[Path]:
        """Every Turtle file that `kg fmt` keeps in form."""
        return [*self.data(), *self.shapes(), *self.alignments()]


def _ttl(folder: Path, *, deep: bool = True) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.ttl") if deep else folder.glob("*.ttl"))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a UTF-8 file; raise BadData with a remedy when it can't be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadData(f"{path}: cannot be read: {error.strerror}") from error
    if data.startswith(b"\xef\xbb\xbf"):
        raise BadData(f"{path}:1:1: starts with a byte order mark; save it as plain UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadData(f"{path}:{line}: not UTF-8; save the file as UTF-8") from error
    return data


def fingerprint(paths: Iterable[Path], *extra: str) -> str:
    """Return a SHA-256 over the names and bytes of files, and any extra strings."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for text in extra:
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()


def replace_file(path: Path, text: str) -> bool:
    """Put `text` in place whole or not at all; return whether the file changed."""
    return replace_bytes(path, text.encode("utf-8"))


def replace_bytes(path: Path, data: bytes) -> bool:
    """Put bytes in place whole or not at all; return whether the file changed."""
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True


def replace_files(folder: Path, texts: Mapping[str, str], *, stale: str = "") -> bool:
    """Put each text in place by its name, then drop other files that match `stale`."""
    changed = [replace_file(folder / name, text) for name, text in texts.items()]
    old = [path for path in folder.glob(stale) if path.name not in texts] if stale else []
    for path in old:
        path.unlink()
    return any(changed) or bool(old)
