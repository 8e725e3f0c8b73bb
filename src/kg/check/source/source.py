"""Hold what the lints of one Turtle file share: its text, its triples, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import BadData
from kg.findings import Finding, Place, Span
from kg.positions import Index, index
from kg.turtle import joined, write

__all__ = ["Source", "Term", "finding"]

Term = NamedNode | BlankNode | Literal


@dataclass
class Source:
    """A Turtle file that can be read."""

    path: Path
    name: str
    data: bytes
    triples: list[Triple]
    #: Prefix to namespace, as the repository has them, and as the file declares them.
    prefixes: Mapping[str, str]
    declared: Mapping[str, str]
    #: What is found in it so far, by rule.
    told: set[str] = field(default_factory=set)
    #: The prefixes that are told of already.
    misled: set[str] = field(default_factory=set)

    @cached_property
    def text(self) -> str:
        """Return the text of the file."""
        return self.data.decode("utf-8")

    @cached_property
    def written(self) -> str | BadData:
        """Return the file as `kg fmt` writes it, or why it cannot."""
        try:
            return write(self.triples, joined(self.prefixes, self.declared))
        except BadData as error:
            return error

    @cached_property
    def index(self) -> Index | None:
        """Return where the triples stand; None for what RDF 1.2 has beyond 1.1."""
        try:
            return index(self.data, self.name)
        except BadData:
            return None

    def place(self, span: Span | None = None) -> Place:
        """Return a place in the file."""
        return Place(self.name, span)

    def objects(self, wrong: Callable[[Term], Finding | None]) -> Iterator[Finding]:
        """Yield what is wrong with the objects, at each triple that has one."""
        faults = {term: fault for term in self.values if (fault := wrong(term))}
        if not faults:
            return
        for number, row in enumerate(self.index.rows if self.index else []):
            if (fault := faults.get(row[2])) and self.index:
                place = self.place(self.index.standing(number).object)
                focus = row[0].value if isinstance(row[0], NamedNode) else ""
                yield replace(fault, focus=focus, path=row[1].value, place=place)
        if self.index is None:
            yield from (replace(fault, place=self.place()) for fault in faults.values())

    @cached_property
    def values(self) -> set[Term]:
        """Return the objects of the triples, each once."""
        return {triple.object for triple in self.triples if not isinstance(triple.object, Triple)}

    @cached_property
    def nodes(self) -> set[Term]:
        """Return the subjects of the triples, each once."""
        return {t.subject for t in self.triples if not isinstance(t.subject, Triple)}


def finding(rule: str, severity: str, message: str, *, value: str = "", key: str = "") -> Finding:
    """Return a finding of this stage that has no place yet."""
    return Finding(f"source/{rule}", severity, message, value=value, key=key)
