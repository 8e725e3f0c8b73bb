"""Say what a change means in the words of the graph, for people and for machines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Quad, Store

from kg.difference import patch, render, rules
from kg.difference.changes import changes
from kg.difference.entries import Entry, Line
from kg.difference.narrow import resolved
from kg.difference.sides import Side, opened
from kg.files import Layout
from kg.resolve import resolve
from kg.settings import Settings
from kg.store import load

__all__ = ["FORMATS", "Difference", "Entry", "Line", "compare"]


@dataclass(frozen=True)
class Difference:
    """What is different between two graphs, by quads and in words."""

    old: str
    new: str
    entries: list[Entry]
    removed: set[Quad]
    added: set[Quad]

    def __bool__(self) -> bool:
        """Say whether anything is different."""
        return bool(self.entries or self.removed or self.added)

    def patch(self) -> str:
        """Return the change as RDF Patch."""
        return patch.write(self.removed, self.added)


def compare(
    old: str, new: str, root: Path, *, step: Callable[[str], None] = lambda name: None
) -> Difference:
    """Return what is different between two git revisions, folders, builds or files of RDF.

    Repositories are resolved as far as they differ. Raises BadData (exit 2) for a side that is
    none of these, or whose files cannot be read.
    """
    step("read")
    with opened([old, new], root) as (one, two):
        before, after = _graphs(one, two, step)
        step("compare")
        removed, added = patch.differ(before, after)
        entries = changes(before, after, removed, added)
        if one.settings and two.settings:
            entries += rules.changed(one.settings, two.settings)
        return Difference(old, new, entries, removed, added)


def _graphs(one: Side, two: Side, step: Callable[[str], None]) -> tuple[Store, Store]:
    step("resolve")
    if one.settings and two.settings:
        return resolved(one.settings, two.settings)
    return _graph(one), _graph(two)


def _graph(side: Side) -> Store:
    if side.settings is None:
        assert side.store is not None
        return side.store
    return _resolved(side.settings)


def _resolved(settings: Settings) -> Store:
    layout = Layout(settings.root)
    store = load(layout)
    resolve(store, layout.rules(), status_date=settings.status_date)
    return store


#: Name of a format to what writes it.
FORMATS: dict[str, Callable[[Difference], str]] = {
    "text": lambda d: render.as_text(d.old, d.new, d.entries),
    "markdown": lambda d: render.as_markdown(d.old, d.new, d.entries),
    "json": lambda d: render.as_json(d.old, d.new, d.entries),
    "patch": Difference.patch,
}
