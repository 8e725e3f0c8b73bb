"""Tell which files a change altered, and what it takes out of those of components and puts in."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad, Triple

from kg.check.changed.base import Base, components, described, read_by_checks
from kg.check.work import Work
from kg.errors import KgError
from kg.files import fingerprint
from kg.store import quads
from kg.turtle import read

__all__ = ["Delta", "delta", "moved", "tell_subjects"]


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
    found = work.kept.get("moved")
    if found is None:
        found = work.kept["moved"] = _moved(work, base)
    assert isinstance(found, list)
    return found


def _moved(work: Work, base: Base) -> list[str]:
    now = {work.layout.name(path): path for path in read_by_checks(work.layout)}
    gone = base.files.keys() - now.keys()
    return sorted({n for n, p in now.items() if fingerprint([p]) != base.files.get(n)} | gone)


def tell_subjects(work: Work, base: Base) -> None:
    """Tell which files describe the nodes of changed files, where the base knows of no others.

    Nodes that others may describe are left to be searched for.
    """
    layout, names = work.layout, moved(work, base)
    loaded = {layout.name(path): path for path in layout.data()}
    old: set[str] = set()
    for path in (base.home / "files" / name for name in names):
        if path.is_file():
            old.update(subject(triple) for triple in read(path.read_bytes(), path.name))
    try:
        now = described(work, [loaded[name] for name in names if name in loaded])
    except (SyntaxError, ValueError, KgError):
        return  # the stage of syntax says so
    for node, mine in now.items():
        others = set(base.shared.get(node, ())) - set(names)
        about = base.store.quads_for_pattern(NamedNode(node), None, None, None)
        if others or node in old or next(about, None) is None:
            work.subjects.tell(node, (loaded[name] for name in {*mine, *others}))


def subject(triple: Triple) -> str:
    """Return the subject of a triple, as far as it has an IRI."""
    return triple.subject.value if isinstance(triple.subject, NamedNode) else ""


def _still(work: Work, base: Base, removed: set[Quad], names: set[str]) -> set[Quad]:
    """Return what was taken out of a file and is said by another, which did not change."""
    nodes = {quad.subject.value for quad in removed if isinstance(quad.subject, NamedNode)}
    others = {name for node in nodes for name in base.shared.get(node, ())} - names
    found: set[Quad] = set()
    for name in others:
        found.update(quads(work.triples_of(work.layout.root / name), name))
    return found
