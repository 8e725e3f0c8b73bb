"""Judge files together: the same triple in two, and files that nothing reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from kg.check.source.source import Source, Term, finding
from kg.findings import Finding, Place, Related

__all__ = ["RULES", "repeated", "stray"]

RULES = {
    "source/triple-in-two-files": ("warning", "A triple that two files say"),
    "source/not-read": ("warning", "A file in a folder that nothing reads"),
}


def repeated(sources: Iterable[Source], wanted: AbstractSet[str]) -> Iterator[Finding]:
    """Yield each triple of a file that an earlier file says too, where one of them is wanted."""
    first: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        shared: dict[str, set[Term]] = defaultdict(set)
        earlier: dict[str, Source] = {}
        for node in source.nodes:
            if isinstance(node, NamedNode):
                for other in first[node.value]:
                    if not wanted & {source.name, other.name}:
                        continue
                    shared[other.name].add(node)
                    earlier[other.name] = other
                first[node.value].append(source)
        for name, nodes in shared.items():
            said = {t for t in earlier[name].triples if t.subject in nodes}
            for triple in source.triples:
                if triple in said:
                    yield _twice(triple, source, earlier[name])


def _twice(triple: Triple, source: Source, earlier: Source) -> Finding:
    message = f"{earlier.name} says this too; keep it where the node is described"
    return Finding(
        "source/triple-in-two-files",
        "warning",
        message,
        str(getattr(triple.subject, "value", "")),
        triple.predicate.value,
        str(getattr(triple.object, "value", "")),
        _place(triple, source),
        (Related(_place(triple, earlier), "said first here"),),
    )


def _place(triple: Triple, source: Source) -> Place:
    wanted = (triple.subject, triple.predicate, triple.object)
    found = source.index
    rows = (
        found.find(str(getattr(triple.subject, "value", "")), triple.predicate.value)
        if found
        else []
    )
    for number in rows:
        if found and found.rows[number][:3] == wanted:
            return source.place(found.standing(number).pair)
    return source.place()


def stray(paths: Sequence[Path], read: set[Path], root: Path) -> Iterator[Finding]:
    """Yield the files that are of the repository by their folder, but that nothing reads."""
    for path in paths:
        if path not in read:
            name = str(path.relative_to(root))
            message = "Nothing reads this file; move it into a folder of the graph (docs/data.md)"
            yield finding("not-read", "warning", message, key="stray").at(Place(name))
