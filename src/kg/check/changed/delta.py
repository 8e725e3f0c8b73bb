"""Tell what a change takes out of the files of components and puts in."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from kg.check.changed.base import Base, components, read_by_checks
from kg.check.work import Work
from kg.files import fingerprint
from kg.store import quads
from kg.turtle import read

__all__ = ["Delta", "delta", "moved"]


@dataclass(frozen=True)
class Delta:
    """What a change takes out of the files and puts in."""

    files: list[str]
    removed: frozenset[Quad]
    added: frozenset[Quad]


def delta(work: Work, base: Base) -> Delta:
    """Return what differs between the files of components of the base and those of now."""
    layout = work.layout
    now = {layout.name(path): path for path in components(layout, base.pages)}
    names = [n for n in moved(work, base) if n in now or (base.home / "files" / n).is_file()]
    old: set[Quad] = set()
    new: set[Quad] = set()
    for name in names:
        if (base.home / "files" / name).is_file():
            data = (base.home / "files" / name).read_bytes()
            old.update(quads(read(data, name), name))
        if name in now:
            new.update(quads(work.triples_of(now[name]), name))
    still = _still(work, base, old - new, set(names))
    return Delta(names, frozenset(old - new - still), frozenset(new - old))


def moved(work: Work, base: Base) -> list[str]:
    """Return the files that are new, gone or other than when the base was kept."""
    now = {work.layout.name(path): path for path in read_by_checks(work.layout)}
    gone = base.files.keys() - now.keys()
    return sorted({n for n, p in now.items() if fingerprint([p]) != base.files.get(n)} | gone)


def _still(work: Work, base: Base, removed: set[Quad], names: set[str]) -> set[Quad]:
    """Return what was taken out of a file and is said by another, which did not change."""
    nodes = {quad.subject.value for quad in removed if isinstance(quad.subject, NamedNode)}
    others = {name for node in nodes for name in base.shared.get(node, ())} - names
    found: set[Quad] = set()
    for name in others:
        found.update(quads(work.triples_of(work.layout.root / name), name))
    return found
