"""Judge the graph after a change: the findings of before, and what the change makes of them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from kg.check import checks, shacl
from kg.check.changed.base import Base, folder, key, read, save
from kg.check.changed.delta import Delta, delta
from kg.check.changed.judged import Sides, bare, judged
from kg.check.changed.placing import place
from kg.check.changed.small import Full, Small, small
from kg.check.work import Work
from kg.findings import Finding
from kg.vocab import MQ

__all__ = ["Checked", "check_changed", "full", "partly", "started"]


@dataclass(frozen=True)
class Checked:
    """The findings of shapes and checks as a full run gives them."""

    findings: list[Finding]
    #: Why everything was checked; "" when only what the change can affect was.
    whole: str = ""
    #: Files that changed since the base.
    files: list[str] = field(default_factory=list)
    #: What was done, for the reader.
    notes: list[str] = field(default_factory=list)
    #: The graph round the change, where it was told apart.
    near: Small | None = None


def check_changed(work: Work) -> Checked:
    """Return the findings of shapes and checks, judging what changed since the last full check.

    Runs in full, and keeps a new base, when there is no usable base, when anything but the files
    of records changed, or when the change cannot be told apart from the rest; `whole` says why.
    """
    try:
        return partly(work)
    except Full as why:
        return Checked(full(work), whole=str(why))


def started(work: Work) -> Work:
    """Return a work of the same settings whose graph is kept, for `save`."""
    return replace(work, kept={}, keep=folder(work).with_name("check-kept"))


def full(work: Work) -> list[Finding]:
    """Return the findings of shapes and checks of everything, and keep them as the base."""
    fresh = started(work)
    _ = fresh.store
    with ThreadPoolExecutor(1) as beside:  # shapes are judged in processes of their own
        shapes = beside.submit(lambda: list(shacl.findings(fresh)))
        found = {*checks.findings(fresh), *shapes.result()}
    return sorted_(set(save(fresh, found).findings))


def sorted_(findings: set[Finding]) -> list[Finding]:
    """Return findings in their order."""
    return sorted(findings, key=lambda finding: finding.order)


def partly(work: Work) -> Checked:
    """Return what `check_changed` does; raise Full, saying why, when all must be checked."""
    base = read(work)
    if base is None:
        raise Full("no earlier check is kept")
    if base.key != key(work, base.pages):
        raise Full("ontology, reference data, shapes, rules, checks or the program changed")
    rules = [path.stem for path in work.layout.rules() if path.stem in base.apart]
    if base.unfit or rules:
        raise Full(base.unfit or f"rule {rules[0]}: {base.apart[rules[0]]}")
    if MQ + "acceptsRule" in base.profile.of_local:
        raise Full("a file of records accepts warnings")
    change = delta(work, base)
    round_ = small(work, base, change)
    size = len(round_.nodes)
    found = Counter(map(bare, base.findings))
    if not change.removed and not change.added:
        notes = ["no triple changed"]
    else:
        sides = Sides(work, base, round_)
        for before, after in judged(sides):
            found.subtract(before - after)
            found.update(after - before)
        notes = _notes(base, change, size, sides)
    placed = place(work, base, change, round_, set(+found))
    return Checked(sorted_(set(placed)), files=change.files, notes=notes, near=round_)


def _notes(base: Base, change: Delta, size: int, sides: Sides) -> list[str]:
    def some(number: int, what: str) -> str:
        return f"{number:,} {what}{'s' * (number != 1)}"

    notes = [
        f"{some(len(change.files), 'file')}: {some(len(change.added), 'triple')} added,"
        f" {len(change.removed):,} removed; {some(size, 'node')} hang together with them"
    ]
    notes.append(
        f"{len(base.looks)} checks: {len(sides.idle)} look at nothing that changed,"
        f" {len(sides.local)} on these nodes, {len(sides.wider)} with others that share values,"
        f" {len(sides.whole)} on the whole graph"
        + (f": {', '.join(sides.whole)}" if sides.whole else "")
    )
    return notes
