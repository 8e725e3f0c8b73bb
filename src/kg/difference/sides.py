"""Read the two sides of a comparison: git revisions, folders, builds or files of RDF."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import RdfFormat, Store, parse

from kg import settings as config
from kg.errors import BadData
from kg.files import read_bytes
from kg.settings import Settings
from kg.store import DUMP, quads
from kg.turtle import read

__all__ = ["FORMATS", "Side", "opened"]

#: Ending of a file to its format.
FORMATS = {".trig": RdfFormat.TRIG, ".nq": RdfFormat.N_QUADS, ".ttl": RdfFormat.TURTLE}
#: What of a revision is read.
PARTS = ("ontology", "data", "queries", "pyproject.toml")


@dataclass(frozen=True)
class Side:
    """One side: a repository whose files are resolved, or a graph as it stands."""

    name: str
    #: Settings of a repository; None for a graph.
    settings: Settings | None = None
    store: Store | None = None


@contextmanager
def opened(names: list[str], root: Path) -> Iterator[list[Side]]:
    """Give the sides that the names stand for; what was unpacked for them is gone after.

    A path that exists is read as a path, anything else as a git revision of `root`. Raises
    BadData (exit 2) when it is neither.
    """
    with ExitStack() as stack:
        yield [_side(name, root, stack) for name in names]


def _side(name: str, root: Path, stack: ExitStack) -> Side:
    path = root / name
    if path.is_file():
        return Side(name, store=_graph(path))
    if (path / DUMP).is_file():
        return Side(name, store=_graph(path / DUMP))
    if (path / "ontology").is_dir() or (path / "data").is_dir():
        return Side(name, _settings(path))
    if path.is_dir():
        raise BadData(f"{name}: neither a repository (ontology/, data/) nor a build ({DUMP})")
    return _revision(name, root, stack)


def _settings(path: Path) -> Settings:
    return config.load(path.resolve(), {})


def _graph(path: Path) -> Store:
    if path.suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise BadData(f"{path}: a graph is a file that ends in {known}")
    data, store = read_bytes(path), Store()
    if path.suffix == ".ttl":
        store.extend(quads(read(data, str(path)), str(path)))
        return store
    try:
        store.bulk_extend(parse(data, FORMATS[path.suffix]))
    except (SyntaxError, ValueError) as error:
        raise BadData(f"{path}: not valid {FORMATS[path.suffix].name}: {error}") from error
    return store


def _revision(name: str, root: Path, stack: ExitStack) -> Side:
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
    if commit is None:
        raise BadData(f"{name}: neither a path nor a git revision here; try HEAD or a branch")
    sha = commit.decode().strip()
    prefix = (_git(root, "rev-parse", "--show-prefix") or b"").decode().strip()
    listed = _git(root, "ls-tree", "--name-only", f"{sha}:{prefix}") or b""
    parts = [part for part in PARTS if part in listed.decode("utf-8", "replace").splitlines()]
    if not {"ontology", "data"} & set(parts):
        raise BadData(f"{name}: the revision has neither ontology/ nor data/")
    archive = _git(root, "archive", "--format=tar", f"{sha}:{prefix}", "--", *parts)
    if archive is None:
        raise BadData(f"{name}: git cannot read the files of the revision")
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="kg-diff-")))
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return Side(name, _settings(folder))


def _git(root: Path, *words: str) -> bytes | None:
    """Return what git says, None when it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    except OSError as error:
        raise BadData(f"git cannot be run: {error.strerror}; compare folders instead") from error
    return done.stdout if done.returncode == 0 else None
