"""Judge the graph after a change: the findings of before, and what the change makes of them."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import DefaultGraph, Quad, Store
from rdflib import Graph, URIRef

from kg.check import checks, shacl
from kg.check.changed.base import DERIVED, Base, folder, key, read, save
from kg.check.changed.footprint import predicates
from kg.check.changed.small import Delta, Full, Small, delta, small
from kg.check.graph import run_check
from kg.check.naming import findings_of
from kg.check.work import Work
from kg.findings import Finding
from kg.queries import SavedQuery, parse
from kg.validate import shapes_graph, union, validate
from kg.validate.links import inner, items, looks_forward
from kg.validate.model import SH

__all__ = ["Checked", "check_changed", "full", "partly", "verify"]


@dataclass(frozen=True)
class Checked:
    """The findings of shapes and checks as a full run gives them, without places."""

    findings: list[Finding]
    #: Why everything was checked; "" when only what the change can affect was.
    whole: str = ""
    #: Files that changed since the base.
    files: list[str] = field(default_factory=list)
    #: What was done, for the reader.
    notes: list[str] = field(default_factory=list)


def check_changed(work: Work) -> Checked:
    """Return the findings of shapes and checks, judging what changed since the last full check.

    Runs in full, and keeps a new base, when there is no usable base, when anything but the files
    of records changed, or when the change cannot be told apart from the rest; `whole` says why.
    """
    try:
        return partly(work)
    except Full as why:
        return Checked(full(work), whole=str(why))


def full(work: Work) -> list[Finding]:
    """Return the findings of shapes and checks of everything, and keep them as the base."""
    keep = folder(work).with_name("check-kept")
    fresh = Work(work.settings, work.step, keep=keep)
    _ = fresh.store
    with ThreadPoolExecutor(1) as beside:  # shapes are judged in processes of their own
        shapes = beside.submit(lambda: list(shacl.findings(fresh)))
        found = sorted_({*checks.findings(fresh), *shapes.result()})
    save(fresh, found)
    return found


def verify(work: Work) -> tuple[Checked, list[Finding], list[Finding]]:
    """Check the change and then everything; return the first, and what it lacks and has more."""
    told = check_changed(work)
    whole = set(full(work))
    found = set(told.findings)
    return told, sorted_(whole - found), sorted_(found - whole)


def sorted_(findings: set[Finding]) -> list[Finding]:
    """Return findings in their order."""
    return sorted(findings, key=lambda finding: finding.order)


def partly(work: Work) -> Checked:
    """Return what `check_changed` does; raise Full, saying why, when all must be checked."""
    base = read(work)
    if base is None:
        raise Full("no earlier check is kept")
    if base.key != key(work):
        raise Full("ontology, reference data, shapes, rules, checks or the program changed")
    rules = [path.stem for path in work.layout.rules() if path.stem in base.apart]
    if base.unfit or rules:
        raise Full(base.unfit or f"rule {rules[0]}: {base.apart[rules[0]]}")
    change = delta(work, base)
    if not change.removed and not change.added:
        return Checked(base.findings, files=change.files, notes=["no triple changed"])
    round_ = small(work, base, change)
    notes = [f"{len(change.added)} triples added, {len(change.removed)} removed"]
    notes.append(f"{round_.size:,} triples hang together with them")
    found = Counter(base.findings)
    for before, after in _judged(work, base, change, round_, notes):
        found.subtract(before - after)
        found.update(after - before)
    return Checked(sorted_(set(+found)), files=change.files, notes=notes)


def _judged(
    work: Work, base: Base, change: Delta, round_: Small, notes: list[str]
) -> Iterator[tuple[set[Finding], set[Finding]]]:
    """Yield for shapes and each check what it finds before and after."""
    yield _shapes(work, base, round_)
    differ = _names(round_)
    apart = []
    for path in work.layout.checks():
        check = parse(path)
        if path.stem not in base.apart:
            yield set(run_check(round_.before, check)), set(run_check(round_.after, check))
            continue
        names = predicates(check.text)
        if names is None or names & differ:
            apart.append(check)
    if apart:
        notes.append(f"on the whole graph: {', '.join(check.name for check in apart)}")
        yield from _on_whole(base, change, round_, apart)


def _shapes(work: Work, base: Base, round_: Small) -> tuple[set[Finding], set[Finding]]:
    shapes = shapes_graph(work.layout.shapes())
    used = {str(node) for node in shapes.objects()}
    if not looks_forward(shapes) or used & base.profile.to_local - _plain(shapes):
        raise Full("a shape looks at links backwards, by SPARQL or from hubs into components")
    base_iri = work.settings.base_iri
    before, after = (
        set(findings_of(validate(union(store), shapes), shapes, base_iri))
        for store in (round_.before, round_.after)
    )
    return before, after


def _plain(shapes: Graph) -> set[str]:
    """Return the properties whose shapes look at no triple of the values."""
    deep = {outer for outer, _ in inner(shapes)} | set(shapes.subjects(URIRef(SH + "class")))
    paths: dict[str, bool] = {}
    for shape, path in shapes.subject_objects(URIRef(SH + "path")):
        if isinstance(path, URIRef):
            paths[str(path)] = paths.get(str(path), True) and shape not in deep
        else:
            either = shapes.value(path, URIRef(SH + "alternativePath"))
            flat = list(items(shapes, either)) if either is not None else []
            plain = bool(flat) and shape not in deep and all(isinstance(n, URIRef) for n in flat)
            for step in flat if plain else shapes.transitive_objects(path, None):
                paths[str(step)] = paths.get(str(step), True) and plain
    return {path for path, plain in paths.items() if plain}


def _names(round_: Small) -> set[str]:
    """Return the predicates of all that differs between before and after, rules included."""
    differ = set(round_.before) ^ set(round_.after)
    return {quad.predicate.value for quad in differ}


def _on_whole(
    base: Base, change: Delta, round_: Small, apart: list[SavedQuery]
) -> Iterator[tuple[set[Finding], set[Finding]]]:
    """Run checks on a copy of the kept store with the change made in it."""
    with TemporaryDirectory(dir=base.home.parent) as home:
        copy = Path(home) / "store"
        shutil.copytree(base.home / "store", copy, copy_function=_linked)
        store = Store(str(copy))
        before, after = set(round_.before), set(round_.after)
        for quad in before - after:
            store.remove(quad)
            store.remove(Quad(quad.subject, quad.predicate, quad.object, DERIVED))
        store.extend(after - before)
        graphs = [graph for graph in store.named_graphs() if graph != DERIVED]
        for check in apart:
            name = check.name
            default = [DefaultGraph(), DERIVED]
            found = run_check(store, check, default_graph=default, named_graphs=graphs)
            yield {one for one in base.findings if one.rule == name}, set(found)
        del store


def _linked(source: str, target: str) -> None:
    """Copy a file of the store; tables are never written again, so a link will do."""
    if source.endswith(".sst"):
        os.link(source, target)
    else:
        shutil.copyfile(source, target)
