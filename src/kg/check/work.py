"""Hold what the stages of a check share: the files, read once, and the graph, built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pyoxigraph import RdfFormat, Store, Triple

from kg.check.subjects import Subjects
from kg.files import Layout, read_bytes
from kg.resolve import resolve
from kg.settings import Settings
from kg.store import in_memory, load, up_to_date
from kg.turtle import read

__all__ = ["Work"]


@dataclass
class Work:
    """A repository under check.

    Each part is made when a stage first asks for it, and kept: a stage that needs the files
    alone never builds the graph.
    """

    settings: Settings
    #: Told the name of what is being done, for a progress bar.
    step: Callable[[str], None] = lambda name: None
    #: What one stage has made and others use, by name.
    kept: dict[str, object] = field(default_factory=dict, repr=False)
    #: Who judges by shapes: `fast`, `reference`, or `both` against each other.
    engine: str = "fast"
    #: Folder that gets what was loaded and what rules made, for later checks of a change.
    keep: Path | None = None
    _bytes: dict[Path, bytes] = field(default_factory=dict, repr=False)

    @cached_property
    def layout(self) -> Layout:
        """Return the folders of the repository."""
        return Layout(self.settings.root)

    def bytes_of(self, path: Path) -> bytes:
        """Return the bytes of a UTF-8 file; raises BadData (exit 2) when it is none."""
        if path not in self._bytes:
            self._bytes[path] = read_bytes(path)
        return self._bytes[path]

    def triples_of(self, path: Path) -> list[Triple]:
        """Return the triples of a Turtle file; raises BadData with line and column."""
        return read(self.bytes_of(path), self.layout.name(path))

    @cached_property
    def store(self) -> Store:
        """Return the graph with the resolution rules run.

        A build of these files, by this code, is that graph.
        """
        self.step("load")
        if self.keep is None and up_to_date(self.settings):
            return in_memory(self.settings.build)
        store = load(self.layout)
        day = self.settings.status_date
        if self.keep is None:
            resolve(store, self.layout.rules(), status_date=day, step=self.step)
            return store
        self.keep.mkdir(parents=True, exist_ok=True)
        store.dump(self.keep / "input.nq", format=RdfFormat.N_QUADS)
        with (self.keep / "made.nt").open("wb") as made:
            resolve(store, self.layout.rules(), status_date=day, step=self.step, keep=made)
        return store

    @cached_property
    def subjects(self) -> Subjects:
        """Return which file of the graph describes a node, and where."""
        return Subjects(self.layout.data(), self.layout.name, self.bytes_of)

    @cached_property
    def shapes(self) -> Subjects:
        """Return which file has a shape, and where."""
        return Subjects(self.layout.shapes(), self.layout.name, self.bytes_of)

    def ontology(self) -> Iterator[Triple]:
        """Yield the triples of ontology and schemes."""
        for path in self.layout.ontology():
            yield from self.triples_of(path)
