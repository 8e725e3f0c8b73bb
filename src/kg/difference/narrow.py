"""Resolve two repositories as far as they differ, and no further."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store, Triple

from kg.files import Layout, read_bytes
from kg.resolve import resolve
from kg.settings import Settings
from kg.store import DESCRIBES, quads
from kg.turtle import read

__all__ = ["resolved"]


def resolved(old: Settings, new: Settings) -> tuple[Store, Store]:
    """Return the resolved graphs of two repositories, alike parts left out of both.

    When only records or matches differ, just the agreements that they lead to are resolved:
    every rule looks at one agreement, with its records and what links it to others.
    """
    one, two = _Files(old), _Files(new)
    if one.rules != two.rules or old.status_date != new.status_date:
        return _whole(one), _whole(two)
    changed = one.different(two) | two.different(one)
    if any(layout_part(one, name) == "shared" for name in changed):
        return _whole(one), _whole(two)
    touched = _touched([one, two], changed)
    return _part(one, touched), _part(two, touched)


@dataclass
class _Files:
    """The Turtle files of a repository, each read once."""

    settings: Settings

    def __post_init__(self) -> None:
        self.layout = Layout(self.settings.root)
        self.bytes = {self.layout.name(p): read_bytes(p) for p in self.layout.data()}
        self.rules = [(path.name, path.read_bytes()) for path in self.layout.rules()]
        self.triples: dict[str, list[Triple]] = {}

    def different(self, other: _Files) -> set[str]:
        return {name for name, data in self.bytes.items() if other.bytes.get(name) != data}

    def read(self, name: str) -> list[Triple]:
        if name not in self.triples:
            self.triples[name] = read(self.bytes[name], name)
        return self.triples[name]


def layout_part(files: _Files, name: str) -> str:
    """Return "apart" for files of records and matches, else "shared"."""
    folder = Path(name).parts[:2]
    return "apart" if folder in APART else "shared"


APART = {("data", "agreements"), ("data", "records"), ("data", "matches")}


def _whole(files: _Files) -> Store:
    return _resolved(files, None)


def _part(files: _Files, nodes: set[str]) -> Store:
    return _resolved(files, nodes)


def _resolved(files: _Files, nodes: set[str] | None) -> Store:
    store = Store()
    for name in files.bytes:
        triples = files.read(name)
        lines: list[Quad] = list(quads(triples, name))
        if nodes is not None and layout_part(files, name) == "apart":
            lines = [quad for quad in lines if _iri(quad.subject) in nodes]
        store.bulk_extend(lines)
    resolve(store, files.layout.rules(), status_date=files.settings.status_date)
    return store


def _touched(sides: list[_Files], changed: set[str]) -> set[str]:
    """Return the nodes of records and matches that changed triples lead to, on either side."""
    links: dict[str, set[str]] = defaultdict(set)
    told: list[set[Triple]] = []
    for side in sides:
        names = [name for name in side.bytes if layout_part(side, name) == "apart"]
        told.append({t for name in names if name in changed for t in side.read(name)})
        mine = [triple for name in names for triple in side.read(name)]
        apart = {_iri(t.subject) for t in mine}
        apart |= {_iri(t.object) for t in mine if t.predicate.value == DESCRIBES}
        for triple in mine:
            one, two = _iri(triple.subject), _iri(triple.object)
            if two in apart:
                links[one].add(two)
                links[two].add(one)
    left = [_iri(triple.subject) for triple in told[0] ^ told[1]]
    seen: set[str] = set()
    while left:
        node = left.pop()
        if node not in seen:
            seen.add(node)
            left += links.get(node, ())
    return seen


def _iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""
