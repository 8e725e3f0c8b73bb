"""The first line of the files of a written store: what it is, and where in its history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store, parse

from kg.errors import BadData

__all__ = ["Head", "add_graphs", "read_head"]


@dataclass(frozen=True)
class Head:
    """The first line of a snapshot and of a journal."""

    kind: str
    id: str
    generation: int
    #: Transactions since the folder was made, up to here.
    commits: int
    quads: int = 0
    #: Named graphs, since N-Quads cannot tell of an empty one.
    graphs: tuple[str, ...] = ()

    def line(self) -> bytes:
        return b"# " + json.dumps(vars(self), separators=(",", ":")).encode() + b"\n"


def read_head(path: Path, line: bytes, kind: str, generation: int) -> Head:
    """Return the head that a line is; BadData when it is not that of this file."""
    try:
        found = Head(**json.loads(line.removeprefix(b"# ")))
    except (ValueError, TypeError) as error:
        raise BadData(f"{path}:1: not the first line of a {kind}") from error
    if (found.kind, found.generation) != (kind, generation):
        raise BadData(f"{path}:1: is the {found.kind} of generation {found.generation}")
    return found


def add_graphs(store: Store, head: Head, path: Path) -> None:
    """Add the named graphs of a snapshot, which may be empty."""
    lines = "".join(f"<urn:x> <urn:x> <urn:x> {name} .\n" for name in head.graphs)
    try:
        for quad in parse(lines, format=RdfFormat.N_QUADS):
            store.add_graph(quad.graph_name)
    except SyntaxError as error:
        raise BadData(f"{path}:1: has a graph without a name: {error.msg}") from error
