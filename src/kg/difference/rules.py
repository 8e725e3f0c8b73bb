"""Name the shapes, checks, rules and saved queries that two repositories have otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, Quad, Store

from kg.difference.entries import Entry, Line, values
from kg.difference.patch import differ
from kg.difference.words import Graph, Term
from kg.errors import KgError
from kg.files import Layout, read_bytes
from kg.queries import parse
from kg.settings import Settings
from kg.turtle import read
from kg.vocab import PREFIXES

__all__ = ["SECTIONS", "changed"]

SH = PREFIXES["sh"]
#: Section to the folder of its files of queries.
FOLDERS = {"Queries": "queries", "Checks": "ontology/checks", "Rules": "ontology/rules"}
SECTIONS = ("Shapes", *FOLDERS)


def changed(old: Settings, new: Settings) -> Iterator[Entry]:
    """Yield an entry for each shape, check, rule and saved query that changed."""
    yield from _shapes(_graph(old), _graph(new))
    for section, folder in FOLDERS.items():
        before, after = _texts(old.root / folder), _texts(new.root / folder)
        for name in sorted(before.keys() | after.keys()):
            if before.get(name) != after.get(name):
                root = (new if name in after else old).root
                yield _query(
                    section, f"{folder}/{name}", root, _state(name in before, name in after)
                )


def _texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.rq"))}


def _state(before: bool, after: bool) -> str:
    return "changed" if before and after else "removed" if before else "added"


def _query(section: str, name: str, root: Path, state: str) -> Entry:
    try:
        label = parse(root / name).summary
    except (KgError, UnicodeDecodeError):
        label = name
    return Entry(section, name, label, state, ())


def _graph(settings: Settings) -> Store:
    store = Store()
    for path in Layout(settings.root).shapes():
        store.extend(
            Quad(t.subject, t.predicate, t.object) for t in read(read_bytes(path), path.name)
        )
    return store


def _shapes(old: Store, new: Store) -> Iterator[Entry]:
    removed, added = differ(old, new)
    before, after = Graph(old, new), Graph(new, old)
    told: dict[str, tuple[list[Quad], list[Quad]]] = defaultdict(lambda: ([], []))
    for number, quads in enumerate((removed, added)):
        for quad in quads:
            told[str(getattr(quad.subject, "value", ""))][number].append(quad)
    for node, (gone, fresh) in sorted(told.items()):
        if not node.startswith("http"):
            continue
        state = _state(bool(before.about(node)), bool(after.about(node)))
        lines = [
            Line.of(prop.removeprefix(SH), _shown(before, a), _shown(after, b), prop=prop)
            for _, prop, a, b in values(gone, fresh)
            if state == "changed"
        ]
        name = (after if after.about(node) else before).value(node, SH + "name")
        label = name.value if isinstance(name, Literal) else node.rsplit("/", 1)[-1]
        yield Entry("Shapes", node, label, state, tuple(lines))


def _shown(graph: Graph, terms: list[Term]) -> list[str]:
    return [graph.text(term) for term in terms]
