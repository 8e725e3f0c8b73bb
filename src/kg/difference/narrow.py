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
    known: dict[tuple[str, bytes], list[Triple]] = {}
    one, two = _Files(old, known), _Files(new, known)
    if one.rules != two.rules or old.status_date != new.status_date:
        return _resolved(one), _resolved(two)
    changed = one.different(two) | two.different(one)
    if not changed:
        return Store(), Store()
    if not all(_apart(name) for name in changed):
        return _resolved(one), _resolved(two)
    touched = _touched([one, two], changed)
    return _resolved(one, touched), _resolved(two, touched)


@dataclass
class _Files:
    """The Turtle files of a repository, each read once."""

    settings: Settings
    #: Triples of files that were read, of either side, by name and bytes.
    known: dict[tuple[str, bytes], list[Triple]]

    def __post_init__(self) -> None:
        self.layout = Layout(self.settings.root)
        self.bytes = {self.layout.name(p): read_bytes(p) for p in self.layout.data()}
        self.rules = [(path.name, path.read_bytes()) for path in self.layout.rules()]

    def different(self, other: _Files) -> set[str]:
        return {name for name, data in self.bytes.items() if other.bytes.get(name) != data}

    def read(self, name: str) -> list[Triple]:
        key = (name, self.bytes[name])
        if key not in self.known:
            self.known[key] = read(key[1], name)
        return self.known[key]


def _apart(name: str) -> bool:
    """Say whether a file is of records and matches, not of what all share."""
    return Path(name).parts[:2] in APART


APART = {("data", "agreements"), ("data", "records"), ("data", "matches")}


def _resolved(files: _Files, nodes: set[str] | None = None) -> Store:
    """Return the resolved graph; of records and matches, only the nodes given."""
    store = Store()
    for name in files.bytes:
        triples = files.read(name)
        lines: list[Quad] = list(quads(triples, name))
        if nodes is not None and _apart(name):
            lines = [quad for quad in lines if _iri(quad.subject) in nodes]
        store.bulk_extend(lines)
    resolve(store, files.layout.rules(), status_date=files.settings.status_date)
    return store


def _touched(sides: list[_Files], changed: set[str]) -> set[str]:
    """Return the nodes of records and matches that changed triples lead to, on either side."""
    names = [[name for name in side.bytes if _apart(name)] for side in sides]
    told = [
        {t for name in some if name in changed for t in side.read(name)}
        for side, some in zip(sides, names, strict=True)
    ]
    # What both sides say alike is looked at once.
    mine = [t for name in names[0] for t in sides[0].read(name)]
    mine += [t for name in names[1] if name in changed for t in sides[1].read(name)]
    apart = {_iri(t.subject) for t in mine}
    apart |= {_iri(t.object) for t in mine if t.predicate.value == DESCRIBES}
    links: dict[str, set[str]] = defaultdict(set)
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
