"""Keep what a full check loaded, made and found, for checks of a change to build on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.check import texts
from kg.check.changed.footprint import made, named, predicates
from kg.check.changed.locality import NotLocal, Profile, prove
from kg.check.changed.profile import pointed, profile
from kg.check.places import locate
from kg.check.saying import with_rules
from kg.check.work import Work
from kg.files import Layout, fingerprint
from kg.findings import Finding, Place, Related, Result, Span
from kg.queries import parse
from kg.vocab import BASE

__all__ = [
    "DERIVED",
    "Base",
    "components",
    "described",
    "folder",
    "key",
    "read",
    "read_by_checks",
    "save",
]

#: Graph of a kept store that has what the rules made; all other graphs are as loaded.
DERIVED = NamedNode("urn:kg:derived")
#: Format of what is kept; another number makes an older base unusable.
VERSION = 3
#: Triples that point to a source up to which it is a node like those of records.
FEW = 50


@dataclass(frozen=True)
class Base:
    """A full check that is kept."""

    home: Path
    #: Fingerprint of all that forces a full check when it changes.
    key: str
    #: SHA-256 of each file that a check reads, by its name.
    files: dict[str, str]
    #: Names of the files of sources whose nodes are nodes of components.
    pages: frozenset[str]
    #: Nodes that several files of components describe, each with their names.
    shared: dict[str, list[str]]
    profile: Profile
    #: What shapes and checks found, with places.
    findings: list[Finding]
    #: Rules and checks that are not local, each with why.
    apart: dict[str, str]
    #: Predicates that each check can look at; None for any.
    looks: dict[str, list[str] | None]
    #: Predicates that some rule or check names.
    named: frozenset[str]
    #: Why the graph is not fit for checks of a change; "" when it is.
    unfit: str = ""

    @cached_property
    def store(self) -> Store:
        """Open the kept store, to be read."""
        return Store.read_only(str(self.home / "store"))


def folder(work: Work) -> Path:
    """Return where a repository keeps its base."""
    return work.settings.build.parent / "check"


def components(layout: Layout, pages: Collection[str]) -> list[Path]:
    """Return the files whose nodes make up components: some sources, matches, and records."""
    matches = layout.root / "data/matches"
    near = (p for p in layout.reference() if matches in p.parents or layout.name(p) in pages)
    return [*near, *layout.records()]


def key(work: Work, pages: Collection[str]) -> str:
    """Return the fingerprint of what forces a full check: all but the files of components."""
    layout = work.layout
    own = set(components(layout, pages))
    paths = [p for p in layout.data() if p not in own]
    code = sorted((Path(__file__).parents[2]).rglob("*.py"))
    paths += [*layout.rules(), *layout.shapes(), *layout.checks(), *code]
    settings = (work.settings.status_date, work.settings.base_iri)
    return fingerprint(paths, *settings, *sorted(pages), pyoxigraph.__version__)


def save(work: Work, findings: Iterable[Finding]) -> Base:
    """Keep a full check whose `work` kept what it loaded and made; return the base."""
    home = folder(work)
    kept = work.keep
    assert kept is not None, "the work of a base keeps what it loads"
    fresh = home.with_name(f"{home.name}-new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    layout = work.layout
    pages = _pages(work, kept)
    own = components(layout, pages)
    for path in own:
        copy = fresh / "files" / layout.name(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    hubs = described(work, set(layout.data()) - set(own))
    found, unfit = profile(kept, frozenset(hubs))
    found = replace(found, to_else=found.to_else | _scratch(layout))
    store = Store(str(fresh / "store"))
    store.bulk_load(path=kept / "input.nq", format=RdfFormat.N_QUADS)
    store.bulk_load(path=kept / "made.nt", format=RdfFormat.N_TRIPLES, to_graph=DERIVED)
    store.flush()
    del store
    with (kept / "input.nq").open("rb") as lines, (fresh / "hubs.nq").open("wb") as out:
        out.writelines(line for line in lines if _of_hub(line, hubs))
    base = Base(
        home=home,
        key=key(work, pages),
        files={layout.name(p): fingerprint([p]) for p in read_by_checks(layout)},
        pages=pages,
        shared={node: names for node, names in described(work, own).items() if len(names) > 1},
        profile=found,
        findings=_placed(work, findings),
        apart=dict(_apart(layout, found)),
        named=frozenset().union(*(named(parse(p).text) for p in _queries(layout))),
        looks={path.stem: _looks(path) for path in layout.checks()},
        unfit=unfit,
    )
    told = asdict(base) | {"version": VERSION, "home": ""}
    (fresh / "base.json").write_text(json.dumps(told, default=sorted), "utf-8")
    shutil.rmtree(home, ignore_errors=True)
    fresh.rename(home)
    shutil.rmtree(kept, ignore_errors=True)
    return base


def read(work: Work) -> Base | None:
    """Return the base of a repository; None when there is none, or an older one."""
    home = folder(work)
    try:
        told = json.loads((home / "base.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if told.pop("version", 0) != VERSION or not (home / "store").is_dir():
        return None
    told["home"] = home
    told["pages"], told["named"] = frozenset(told["pages"]), frozenset(told["named"])
    told["profile"] = Profile(**{name: frozenset(v) for name, v in told["profile"].items()})
    told["findings"] = [_finding(one) for one in told["findings"]]
    return Base(**told)


def _finding(told: dict[str, Any]) -> Finding:
    related = tuple(Related(_place(one["place"]), one["message"]) for one in told["related"])
    place = told["place"] and _place(told["place"])
    results = tuple(map(_result, told["results"]))
    return Finding(**{**told, "place": place, "related": related, "results": results})


def _result(told: dict[str, Any]) -> Result:
    return Result(**{**told, "detail": tuple(map(_result, told["detail"]))})


def _place(told: dict[str, Any]) -> Place:
    return Place(told["file"], told["span"] and Span(**told["span"]))


def _placed(work: Work, findings: Iterable[Finding]) -> list[Finding]:
    placed = locate(findings, work.subjects, work.store)
    return with_rules(placed, work.layout, work.shapes, work.settings.base_iri)


def read_by_checks(layout: Layout) -> list[Path]:
    """Return the files that stages read: Turtle and queries."""
    return sorted({*texts.turtle(layout), *texts.queries(layout), *layout.data()})


def _of_hub(line: bytes, hubs: Collection[str]) -> bool:
    return line.startswith(b"_:") or line[1 : line.index(b" ") - 1].decode() in hubs


def _pages(work: Work, kept: Path) -> frozenset[str]:
    """Return the files of sources of which each has few triples that point to it."""
    sources = work.layout.root / "data/sources"
    paths = [path for path in work.layout.reference() if sources in path.parents]
    nodes = {path: set(described(work, [path])) for path in paths}
    counts = pointed(kept, set().union(*nodes.values()))
    few = (p for p, found in nodes.items() if all(counts[one] <= FEW for one in found))
    return frozenset(work.layout.name(path) for path in few)


def described(work: Work, paths: Iterable[Path]) -> dict[str, list[str]]:
    """Return the nodes that files describe, each with the names of these files.

    Raises SyntaxError for a file that is not Turtle.
    """
    found: dict[str, list[str]] = {}
    for path in paths:
        name, last = work.layout.name(path), None
        for quad in pyoxigraph.parse(work.bytes_of(path), RdfFormat.TURTLE, base_iri=BASE):
            if quad.subject != last and isinstance(quad.subject, NamedNode):
                names = found.setdefault(quad.subject.value, [])
                if name not in names:
                    names.append(name)
            last = quad.subject
    return found


def _scratch(layout: Layout) -> frozenset[str]:
    """Return the predicates of the scratch graph of rules, which is not kept."""
    rules = [parse(path) for path in layout.rules()]
    scratch = [rule for rule in rules if rule.header.get("graph") == "work"]
    return frozenset(name for rule in scratch for name in made(rule.text))


def _apart(layout: Layout, told: Profile) -> Iterator[tuple[str, str]]:
    for path in _queries(layout):
        try:
            prove(parse(path).text, told)
        except NotLocal as why:
            yield path.stem, str(why)


def _queries(layout: Layout) -> list[Path]:
    return [*layout.rules(), *layout.checks()]


def _looks(path: Path) -> list[str] | None:
    found = predicates(parse(path).text)
    return None if found is None else sorted(found)
