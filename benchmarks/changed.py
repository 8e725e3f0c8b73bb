"""Prove on the whole repository that a check of a change finds what a check of everything finds.

Twenty edits of the kinds that people make, each alone in a copy of the repository: what the check
of the change finds more and less than before, with its seconds. Then all edits that can be told
apart together, against a check of everything: its findings must be those of before with what each
edit brought and took. With --each every edit is held against a check of everything of its own
(an hour); names of edits as arguments choose among them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg import settings as config
from kg.check import changed
from kg.check.work import Work
from kg.findings import Finding
from kg.turtle import read, write
from kg.vocab import BASE, MQ, RDF_TYPE, XSD

ROOT = Path(__file__).resolve().parent.parent
Edit = Callable[[Path], None]
Triples = list[Triple]


def term(name: str) -> NamedNode:
    """Return a term of the ontology, or a node by its path below the base."""
    return NamedNode(BASE + name if "/" in name else MQ + name)


def rewrite(name: str, change: Callable[[Triples], Triples]) -> Edit:
    """Return an edit of the triples of one file."""

    def edit(root: Path) -> None:
        path = root / name
        path.write_text(write(change(read(path.read_bytes(), name))), "utf-8")

    return edit


def first(name: str, predicate: str, make: Callable[[Triple], Triples], number: int = 0) -> Edit:
    """Return an edit of one triple with a property: the first, or that of a number."""

    def change(triples: Triples) -> Triples:
        fits = [one for one in triples if one.predicate == term(predicate)]
        one = fits[number]
        return [other for other in triples if other != one] + make(one)

    return rewrite(name, change)


def to(value: NamedNode | Literal) -> Callable[[Triple], Triples]:
    """Return what gives a triple another value."""
    return lambda one: [Triple(one.subject, one.predicate, value)]


def also(predicate: str, value: NamedNode | Literal) -> Callable[[Triple], Triples]:
    """Return what keeps a triple and adds another of its node."""
    return lambda one: [one, Triple(one.subject, term(predicate), value)]


def without(name: str, kind: str, number: int = 0) -> Edit:
    """Return an edit that drops a node of a class with all that it says."""

    def change(triples: Triples) -> Triples:
        nodes = [t.subject for t in triples if t.predicate.value == RDF_TYPE]
        nodes = [n for n in nodes if Triple(n, NamedNode(RDF_TYPE), term(kind)) in triples]
        return [one for one in triples if one.subject != nodes[number]]

    return rewrite(name, change)


def copied(name: str, old: str, new: str) -> Edit:
    """Return an edit that adds a file like another one under another name."""

    def edit(root: Path) -> None:
        text = (root / name).read_text("utf-8").replace(old, new)
        (root / name.replace(old, new)).write_text(text, "utf-8")

    return edit


def promise(one: Triple) -> Triples:
    """Return a commitment, of a state that is no party, for the record of a triple."""
    assert isinstance(one.subject, NamedNode)
    node = NamedNode(one.subject.value + "/commitment/99")
    about = {
        "kind": "scheme/commitment-kind/cooperate",
        "obligor": "id/state/BRA",
        "obligee": "id/state/PAK",
    }
    made = [Triple(node, term(name), term(value)) for name, value in about.items()]
    kind = Triple(node, NamedNode(RDF_TYPE), term("Commitment"))
    return [Triple(one.subject, term("commitment"), node), kind, *made]


def confirmed(triples: Triples) -> Triples:
    """Return matches with the first that is only probable confirmed."""
    probable = term(VERDICT + "probable")
    one = next(t for t in triples if t.object == probable)
    return [t for t in triples if t != one] + to(term(VERDICT + "confirmed"))(one)


def untyped(one: Triple) -> Triples:
    """Return a triple and an event, of its node, without a class."""
    assert isinstance(one.subject, NamedNode)
    node = NamedNode(one.subject.value + "/event/99")
    return [
        one,
        Triple(one.subject, term("event"), node),
        Triple(node, term("date"), day("2001-01-01")),
    ]


def day(text: str) -> Literal:
    """Return a date."""
    return Literal(text, datatype=NamedNode(XSD + "date"))


A, R = "data/agreements/", "data/records/"
FOAF = "http://xmlns.com/foaf/0.1/"
VERDICT = "scheme/verdict/"
#: What is edited, apart from each other, and how.
EDITS: dict[str, Edit] = {
    "locator altered": first(A + "PAK-TUR-1954-04-02.ttl", "locator", to(Literal("p. 1"))),
    "signed later than in force": first(A + "SAU-YAR-1934.ttl", "signedOn", to(day("1999-01-01"))),
    "record removed": without(R + "dcad.ttl", "Record", 3),
    "record of a large dataset removed": without(R + "wti-1970s.ttl", "Record", 50),
    "party added": first(
        A + "AZE-TUR-2010-08-16.ttl", "party", also("party", term("id/state/PAK"))
    ),
    "party that nobody knows": first(
        A + "PAK-UZB-2007-09-21.ttl", "party", to(term("id/state/XYZ"))
    ),
    "party taken away": first(A + "TUR-USA-1959-03-05.ttl", "party", lambda one: []),
    "commitment altered": first(
        A + "KWT-SAU-1965-07-07.ttl", "kind", to(term("scheme/commitment-kind/none-such"))
    ),
    "commitment of one who is no party": first(
        A + "IRQ-PAK-1950-02-26.ttl", "describes", lambda one: [one, *promise(one)]
    ),
    "match rejected": first(
        "data/matches/links.ttl", "verdict", to(term(VERDICT + "rejected")), 700
    ),
    "match confirmed": rewrite("data/matches/links.ttl", confirmed),
    "match removed": without("data/matches/links.ttl", "Match", 1500),
    "new file": copied(A + "KWT-TUR-2018-10-10.ttl", "2018-10-10", "2018-10-11"),
    "file like another": copied(A + "QAT-TUR-2007.ttl", "TUR-2007", "TUR-2008-01-01"),
    "file deleted": lambda root: (root / A / "UGA-ZAF-2023-02.ttl").unlink(),
    "page without an author": first(
        "data/sources/pages.ttl", "tier", to(term("scheme/source-tier/unattributed")), 258
    ),
    "page removed": without("data/sources/pages-2.ttl", "Source", 17),
    "term misspelt": first(
        A + "OMN-PAK-2020-10-20.ttl",
        "signedOn",
        lambda one: [Triple(one.subject, term("signdOn"), one.object)],
    ),
    "property of another vocabulary": first(
        A + "MYS-VNM-2023.ttl",
        "describes",
        lambda one: [one, Triple(one.subject, NamedNode(FOAF + "topic"), Literal("x"))],
    ),
    "event without a class": first(A + "SEN-USA-2001.ttl", "describes", untyped),
    "state renamed": first("data/actors/states.ttl", "iso3", to(Literal("QQQ"))),
    "coverage of a dataset": first("data/sources/datasets.ttl", "covers", lambda one: []),
    "acceptance removed": without("ontology/accepted-warnings.ttl", "AcceptedWarning"),
}


def main() -> int:
    """Make the edits, print a line for each, and return 1 where two checks differ."""
    each = "--each" in sys.argv[1:]
    names = [name for name in sys.argv[1:] if name in EDITS] or list(EDITS)
    with tempfile.TemporaryDirectory() as home:
        root = Path(home)
        for name in ("ontology", "data", "queries", "pyproject.toml"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
            copy(ROOT / name, root / name)
        before = Counter(changed.full(work(root)))
        return proven(root, names, before, each=each)


def proven(root: Path, names: list[str], before: Counter[Finding], *, each: bool) -> int:
    """Return how many of the checks of changes differ from checks of everything."""
    wrong, sum_, near = 0, Counter(before), []
    print("| edit | CPU s | more | fewer | equal |", "|---|---|---|---|---|", sep="\n")
    for name in names:
        saved = {path: path.read_bytes() for path in files(root)}
        EDITS[name](root)
        start = os.times()
        try:
            found = Counter(changed.partly(work(root)).findings)
        except changed.Full as why:
            line(name, "whole", "", "", str(why))
        else:
            more, fewer = found - before, before - found
            took = sum(os.times()[:4]) - sum(start[:4])
            equal = ""
            if each:
                differ = set(found) ^ set(found_by_all(root))
                wrong += bool(differ)
                equal = "no: " + told(differ) if differ else "yes"
            line(name, f"{took:.1f}", told(more), told(fewer), equal)
            sum_ += more
            sum_ -= fewer
            near.append(name)
        put_back(root, saved)
    return wrong + together(root, near, sum_)


def together(root: Path, names: list[str], sum_: Counter[Finding]) -> int:
    """Return 1 when all edits at once do not give what each of them gave."""
    for name in names:
        EDITS[name](root)
    part = set(changed.partly(work(root)).findings)
    whole = set(found_by_all(root))
    line(f"these {len(names)} together", "", "", "", "no" if part ^ whole else "yes")
    for which, differ in (
        ("change", part ^ whole),
        ("sum", {bare(one) for one in sum_} ^ {bare(one) for one in whole}),
    ):
        for one in sorted(differ, key=lambda one: one.order):
            print(f"{which}: {'only everything' if one in whole else 'only change'}: {one}")
    return int(part != whole)


def found_by_all(root: Path) -> list[Finding]:
    """Return what a check of everything finds; the check that is kept stays."""
    kept, aside = root / "build/check", root / "build/aside"
    kept.rename(aside)
    try:
        return changed.full(work(root))
    finally:
        shutil.rmtree(kept, ignore_errors=True)
        aside.rename(kept)


def bare(one: Finding) -> Finding:
    """Return a finding without its places, which move with each edit of a file."""
    return Finding(one.rule, one.severity, one.message, one.focus, one.path, one.value)


def work(root: Path) -> Work:
    """Return a work on the copy."""
    return Work(config.load(root, {}))


def files(root: Path) -> list[Path]:
    """Return the Turtle files of the copy."""
    return sorted(path for part in ("data", "ontology") for path in (root / part).rglob("*.ttl"))


def put_back(root: Path, saved: dict[Path, bytes]) -> None:
    """Undo an edit."""
    for path in files(root):
        if path not in saved:
            path.unlink()
    for path, data in saved.items():
        if not path.is_file() or path.read_bytes() != data:
            path.write_bytes(data)


def told(findings: Counter[Finding] | set[Finding]) -> str:
    """Return findings as their rules, each with how many."""
    rules = Counter(one.rule for one in findings)
    return ", ".join(f"{number} {rule}" for rule, number in sorted(rules.items()))


def line(*cells: str) -> None:
    """Print a row at once."""
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    start = time.monotonic()
    code = main()
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    sys.exit(min(code, 1))
