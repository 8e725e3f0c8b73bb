"""Know which file describes a node, and where each of its triples stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from kg.errors import BadData
from kg.positions import Index, index
from kg.vocab import BASE

__all__ = ["Subjects"]

#: Nodes up to which a file is first searched for their names, and read only when it has one.
FEW = 30
WORD = re.compile(r"[A-Za-z0-9_\-]+")


class Subjects:
    """The nodes that files describe, looked up for as few files as will do."""

    def __init__(
        self,
        paths: Iterable[Path],
        name: Callable[[Path], str],
        data: Callable[[Path], bytes],
    ) -> None:
        self._paths = list(paths)
        self.name = name
        self._data = data
        self._files: dict[str, list[Path]] = {}
        self._indices: dict[Path, Index | None] = {}

    def files(self, node: str) -> list[Path]:
        """Return the files that describe a node, of those searched for."""
        return self._files.get(node, [])

    def tell(self, node: str, paths: Iterable[Path]) -> None:
        """Take it that these files, and no others, describe a node."""
        wanted = set(paths)
        self._files[node] = [path for path in self._paths if path in wanted]

    def search(self, nodes: Collection[str], *, everywhere: bool = False) -> None:
        """Look for the files that describe nodes.

        A few nodes are looked for in the files whose text has all words of an IRI, wherever
        prefixes cut it. Words can be written so that they are not seen; `everywhere` reads all.
        """
        nodes = set(nodes) - self._files.keys()
        words = [[word.encode() for word in reversed(WORD.findall(node))] for node in nodes]
        for path in self._paths if nodes else []:
            data = self._data(path)
            if everywhere or len(nodes) > FEW or any(_has(data, one) for one in words):
                for node in _subjects(data) & nodes:
                    self._files.setdefault(node, []).append(path)

    def index(self, path: Path) -> Index | None:
        """Return where the triples of a file stand; None when it has what is not read there."""
        if path not in self._indices:
            try:
                self._indices[path] = index(self._data(path), self.name(path))
            except BadData:
                self._indices[path] = None
        return self._indices[path]


def _has(data: bytes, words: Iterable[bytes]) -> bool:
    return all(word in data for word in words)


def _subjects(data: bytes) -> set[str]:
    found: set[str] = set()
    last = None
    try:
        for quad in parse(data, RdfFormat.TURTLE, base_iri=BASE):
            if quad.subject != last:
                last = quad.subject
                found.add(str(getattr(last, "value", "")))
    except (SyntaxError, ValueError):
        pass  # the stage of syntax says so
    return found
