"""Judge Turtle as it is written, file by file and then together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kg.check import texts
from kg.check.source import across, form, iris, literals
from kg.check.source.source import Source
from kg.check.work import Work
from kg.errors import BadData
from kg.files import Layout, read_bytes
from kg.findings import Finding
from kg.prefixes import prefixes
from kg.turtle import parsed

__all__ = ["RULES", "findings"]

#: The rules of this stage: severity and what is wrong.
RULES = literals.RULES | iris.RULES | form.RULES | across.RULES


def findings(work: Work, *, only: Collection[Path] | None = None) -> Iterator[Finding]:
    """Yield what is wrong in the text of the files; those that cannot be read are left out.

    With `only`, of these files: alone, and as far as they say what another one says.
    """
    layout = work.layout
    known = prefixes(layout)
    paths = [path for path in texts.turtle(layout) if only is None or path in only]
    kept = set(layout.turtle())
    yield from across.stray(paths, kept, layout.root)
    sources = _sources((path for path in paths if path in kept), layout, known)
    own = iris.bases(work.settings.base_iri, layout, sources.values())
    for source in sources.values():
        yield from _alone(source, own)
    if only is None:
        yield from iris.names(sources.values(), own)
        beside = sources
    else:
        nodes = {str(node.value) for source in sources.values() for node in source.nodes}
        work.subjects.search(nodes)
        others = {path for node in nodes for path in work.subjects.files(node)}
        beside = _sources(others, layout, known)
    loaded = (beside[path] for path in layout.data() if path in beside)
    yield from across.repeated(loaded, {source.name for source in sources.values()})


def _sources(
    paths: Iterable[Path], layout: Layout, known: Mapping[str, str]
) -> dict[Path, Source]:
    found = {path: _source(path, layout, known) for path in paths}
    return {path: source for path, source in found.items() if source}


def _alone(source: Source, own: Sequence[str]) -> Iterator[Finding]:
    for found in (
        literals.findings(source),
        iris.findings(source, own, data=source.name.startswith("data/")),
    ):
        for finding in found:
            source.told.add(finding.rule)
            yield finding
    yield from form.findings(source)


def _source(path: Path, layout: Layout, known: Mapping[str, str]) -> Source | None:
    name = layout.name(path)
    try:
        data = read_bytes(path)
        triples, declared = parsed(data, name)
    except BadData:
        return None  # the stage of syntax says so
    return Source(path, name, data, triples, known, declared)
