"""Keep what a full check loaded, made and found, for checks of a change to build on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.check.changed.footprint import made
from kg.check.changed.locality import NotLocal, Profile, prove
from kg.check.work import Work
from kg.files import Layout, fingerprint
from kg.findings import Finding, Result
from kg.queries import parse

__all__ = ["DERIVED", "Base", "components", "folder", "key", "read", "save"]

#: Graph of a kept store that has what the rules made; all other graphs are as loaded.
DERIVED = NamedNode("urn:kg:derived")
#: Format of what is kept; another number makes an older base unusable.
VERSION = 1


@dataclass(frozen=True)
class Base:
    """A full check that is kept."""

    home: Path
    #: Fingerprint of all that forces a full check when it changes.
    key: str
    #: SHA-256 of each file of components, by its name.
    files: dict[str, str]
    profile: Profile
    findings: list[Finding]
    #: Rules and checks that are not local, each with why.
    apart: dict[str, str]
    #: Why the graph is not fit for checks of a change; "" when it is.
    unfit: str = ""

    @property
    def store(self) -> Store:
        """Open the kept store, to be read."""
        return Store.read_only(str(self.home / "store"))


def folder(work: Work) -> Path:
    """Return where a repository keeps its base."""
    return work.settings.build.parent / "check"


def components(layout: Layout) -> list[Path]:
    """Return the files whose nodes make up components: records and matches."""
    matches = layout.root / "data/matches"
    return [*(p for p in layout.reference() if matches in p.parents), *layout.records()]


def key(work: Work) -> str:
    """Return the fingerprint of what forces a full check: all but the files of components."""
    layout = work.layout
    own = set(components(layout))
    paths = [p for p in layout.data() if p not in own]
    code = sorted((Path(__file__).parents[2]).rglob("*.py"))
    paths += [*layout.rules(), *layout.shapes(), *layout.checks(), *code]
    settings = (work.settings.status_date, work.settings.base_iri)
    return fingerprint(paths, *settings, pyoxigraph.__version__)


def save(work: Work, findings: Iterable[Finding]) -> Base:
    """Keep a full check whose `work` kept what it loaded and made; return the base."""
    home = folder(work)
    kept = work.keep
    assert kept is not None, "the work of a base keeps what it loads"
    fresh = home.with_name(f"{home.name}-new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    layout = work.layout
    own = components(layout)
    files = {}
    for path in own:
        name = layout.name(path)
        files[name] = fingerprint([path])
        (fresh / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, fresh / "files" / name)
    hubs = _hubs(work, set(own))
    profile, unfit = _profile(kept, hubs)
    profile = replace(profile, to_else=profile.to_else | _scratch(layout))
    store = Store(str(fresh / "store"))
    store.bulk_load(path=kept / "input.nq", format=RdfFormat.N_QUADS)
    store.bulk_load(path=kept / "made.nt", format=RdfFormat.N_TRIPLES, to_graph=DERIVED)
    store.flush()
    del store
    with (kept / "input.nq").open("rb") as lines, (fresh / "hubs.nq").open("wb") as out:
        out.writelines(line for line in lines if _of_hub(line, hubs))
    apart = dict(_apart(layout, profile))
    base = Base(home, key(work), files, profile, list(findings), apart, unfit)
    told = {
        "version": VERSION,
        "key": base.key,
        "files": files,
        "profile": {name: sorted(values) for name, values in asdict(profile).items()},
        "findings": [asdict(f) | {"place": None, "related": ()} for f in base.findings],
        "apart": apart,
        "unfit": unfit,
    }
    (fresh / "base.json").write_text(json.dumps(told), "utf-8")
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
    if told.get("version") != VERSION or not (home / "store").is_dir():
        return None
    profile = Profile(**{name: frozenset(values) for name, values in told["profile"].items()})
    findings = [_finding(one) for one in told["findings"]]
    return Base(home, told["key"], told["files"], profile, findings, told["apart"], told["unfit"])


def _finding(told: dict[str, Any]) -> Finding:
    results = tuple(map(_result, told["results"]))
    return Finding(**{**told, "related": (), "results": results})


def _result(told: dict[str, Any]) -> Result:
    return Result(**{**told, "detail": tuple(map(_result, told["detail"]))})


def _of_hub(line: bytes, hubs: frozenset[str]) -> bool:
    return line.startswith(b"_:") or line[1 : line.index(b" ") - 1].decode() in hubs


def _hubs(work: Work, own: set[Path]) -> frozenset[str]:
    return frozenset(
        triple.subject.value
        for path in work.layout.data()
        if path not in own
        for triple in work.triples_of(path)
        if isinstance(triple.subject, NamedNode)
    )


def _profile(kept: Path, hubs: frozenset[str]) -> tuple[Profile, str]:
    """Return what is so of every triple, and why the graph is not fit, if it is not."""
    local: set[bytes] = set()
    unfit = ""
    names = {f"<{hub}>".encode() for hub in hubs}
    for subject, _, rest, by_rule in _lines(kept):
        if subject.startswith(b"_:"):
            unfit = "there are blank nodes in records" if by_rule or _in_graph(rest) else unfit
        elif subject not in names:
            local.add(subject)
        elif by_rule or _in_graph(rest):
            unfit = f"{subject.decode()} is described by rules, or in a named graph"
    seen: dict[str, set[bytes]] = {n: set() for n in ("hub", "local", "node", "other", "out")}
    for subject, predicate, rest, _ in _lines(kept):
        value = rest.split(b" ", 1)[0]
        inside = value in local
        if subject in names or subject.startswith(b"_:"):
            seen["hub"].add(predicate)
            if inside:
                seen["out"].add(predicate)
        else:
            seen["local"].add(predicate)
            seen["node" if inside else "other"].add(predicate)
        if predicate in local:
            unfit = f"{predicate.decode()} is a predicate and a node of a component"
    plain = {name: frozenset(p[1:-1].decode() for p in found) for name, found in seen.items()}
    profile = Profile(
        of_hubs=plain["hub"],
        of_local=plain["local"],
        to_else=plain["other"],
        to_others=(plain["hub"] | plain["local"]) - plain["node"] - plain["out"],
        to_local=plain["out"],
        hubs=hubs,
    )
    return profile, unfit


def _in_graph(rest: bytes) -> bool:
    """Say whether object and graph of a line of N-Quads have a graph."""
    words = rest.rsplit(b" ", 2)
    return len(words) == 3 and words[1][:1] + words[1][-1:] == b"<>" and b'"' not in words[1]


def _lines(kept: Path) -> Iterator[tuple[bytes, bytes, bytes, bool]]:
    """Yield subject, predicate, the rest, and whether a rule made it, of each line kept."""
    for name in ("input.nq", "made.nt"):
        with (kept / name).open("rb") as file:
            for line in file:
                subject, predicate, rest = line.split(b" ", 2)
                yield subject, predicate, rest, name == "made.nt"


def _scratch(layout: Layout) -> frozenset[str]:
    """Return the predicates of the scratch graph of rules, which is not kept."""
    rules = [parse(path) for path in layout.rules()]
    scratch = [rule for rule in rules if rule.header.get("graph") == "work"]
    return frozenset(name for rule in scratch for name in made(rule.text))


def _apart(layout: Layout, profile: Profile) -> Iterator[tuple[str, str]]:
    for path in [*layout.rules(), *layout.checks()]:
        try:
            prove(parse(path).text, profile)
        except NotLocal as why:
            yield path.stem, str(why)
