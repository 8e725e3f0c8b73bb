"""Load the files of the graph into a store, and open a built one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from kg.errors import BadData, NotReady
from kg.files import Layout, fingerprint, read_bytes
from kg.settings import Settings
from kg.turtle import read
from kg.vocab import BASE, MQ

__all__ = [
    "DESCRIBES",
    "DUMP",
    "WORK",
    "graph_of",
    "in_memory",
    "inputs",
    "load",
    "manifest",
    "open_built",
    "quads",
    "up_to_date",
]

#: The whole graph of a build as TriG, beside its store: loaded into memory, and downloaded.
DUMP = "graph.trig"
#: Scratch graph of the rules; dropped when they are done.
WORK = NamedNode(BASE + "graph/work")
SOURCE = MQ + "source"
DESCRIBES = MQ + "describes"
#: Modules that have no part in a build.
APART = {
    *("access", "cli", "cli_check", "cli_export", "cli_query", "cli_serve", "codings"),
    *("credentials", "explain", "export", "findings", "foreign", "graphstore", "headers"),
    *("publish", "pytest_items", "pytest_plugin", "settings", "skeleton"),
}
OWNED = {MQ + "commitment", MQ + "event", MQ + "participation"}


def load(layout: Layout) -> Store:
    """Return an in-memory store with every file of the graph.

    Ontology and reference data go to the default graph; records, with their commitments,
    participations and events, go to the named graph of their source. Raises BadData with
    file:line:column.
    """
    store = Store()
    for path in layout.data():
        name = layout.name(path)
        store.bulk_extend(quads(read(read_bytes(path), name), name))
    if len(store) == 0:
        raise BadData(
            f"{layout.root}: no ontology/ or data/ with Turtle files; run in a repository"
        )
    return store


def quads(triples: Iterable[Triple], name: str) -> Iterator[Quad]:
    """Give each triple its graph: a record's source decides, all else is default."""
    triples = list(triples)
    homes = _homes(triples, name)
    for triple in triples:
        home = homes.get(str(triple.subject), DefaultGraph())
        yield Quad(triple.subject, triple.predicate, triple.object, home)


def graph_of(source: str) -> NamedNode:
    """Return the named graph of a source: `…/graph/dcad` of `…/id/source/dcad`."""
    return NamedNode(source.replace("/id/source/", "/graph/", 1))


def _homes(triples: list[Triple], name: str) -> dict[str, NamedNode]:
    records = {str(t.subject) for t in triples if t.predicate.value == DESCRIBES}
    homes = {
        str(t.subject): graph_of(t.object.value)
        for t in triples
        if t.predicate.value == SOURCE and isinstance(t.object, NamedNode)
        if str(t.subject) in records
    }
    for record in sorted(records - homes.keys()):
        raise BadData(f"{name}: record {record} has no mq:source; say who says so")
    owned = {
        str(t.object): homes[str(t.subject)]
        for t in triples
        if t.predicate.value in OWNED and str(t.subject) in homes
    }
    return homes | owned


def manifest(build: Path) -> dict[str, str | int]:
    """Return what is known of a build; raise NotReady when there is none."""
    try:
        found: dict[str, str | int] = json.loads((build / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise NotReady(f"{build}: no built graph here; run `kg build`") from error
    return found


def open_built(build: Path) -> Store:
    """Open the built store read-only; raise NotReady when there is none."""
    manifest(build)
    try:
        return Store.read_only(str(build / "store"))
    except OSError as error:
        raise NotReady(f"{build}/store: cannot be opened ({error}); run `kg build`") from error


def in_memory(build: Path) -> Store:
    """Return a built graph in memory, with the names that its file has for blank nodes."""
    manifest(build)
    store = Store()
    # Parsed apart: `load` would give blank nodes other names.
    store.bulk_extend(parse(path=str(build / DUMP), format=RdfFormat.TRIG))
    return store


def inputs(settings: Settings) -> str:
    """Return the fingerprint of everything a build depends on."""
    layout = Layout(settings.root)
    paths = [*layout.data(), *layout.rules(), *layout.shapes(), *layout.checks()]
    paths += [path for path in [settings.root / settings.check.suppressions] if path.is_file()]
    home = Path(__file__).parent
    modules = [*sorted(home.glob("*.py")), home / "check/graph.py"]
    code = [module for module in modules if module.stem not in APART]
    return fingerprint([*paths, *code], settings.status_date, pyoxigraph.__version__)


def up_to_date(settings: Settings) -> bool:
    """Say whether the build on disk is of the files as they are."""
    try:
        found = json.loads((settings.build / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    whole = (settings.build / "store").is_dir() and (settings.build / DUMP).is_file()
    return bool(found.get("inputs") == inputs(settings) and whole)
