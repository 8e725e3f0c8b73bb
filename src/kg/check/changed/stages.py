"""Run the stages after a change: those of texts on changed files, shapes and checks near them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from kg.check import source, syntax
from kg.check.changed.base import folder, read, save
from kg.check.changed.delta import moved, tell_subjects
from kg.check.changed.revision import differing
from kg.check.changed.run import Checked, partly
from kg.check.changed.small import Full, Small
from kg.check.stages import Judged, Stage, judge
from kg.check.work import Work
from kg.errors import KgError
from kg.findings import Finding
from kg.report import StageRun

__all__ = ["RULES", "Told", "stages_changed"]

#: The rule of what is told of the check of a change itself.
RULES = {"check/incremental": ("violation", "A check of a change that differs from a full one")}
#: Stages that judge files alone, and those that judge the graph near a change.
TEXTS = {"syntax": syntax.findings, "source": source.findings}
GRAPH = ("shacl", "checks")
#: Why other stages do not run.
LEFT = "it reads the whole graph; a check without --changed runs it"
KEPT = "It is kept, and --changed builds on it from now on."
NOT_KEPT = "It is not kept: that takes the stages shacl and checks, both run to the end."


@dataclass(frozen=True)
class Told:
    """What the stages found, and what was done to find it."""

    judged: list[Judged]
    notes: tuple[str, ...]
    #: The graph round the change; None when everything was checked.
    near: Small | None = None
    #: Files that changed.
    files: frozenset[str] = frozenset()


def stages_changed(
    work: Work,
    stages: Sequence[Stage],
    revision: str,
    *,
    verify: bool = False,
    debug: bool = False,
) -> Told:
    """Return what the stages find after a change; all of it when it cannot be told apart.

    A revision that is not "" also says which files are judged as texts. With `verify` everything
    is checked afterwards, and each difference is a finding.
    """
    since = differing(work.layout.root, revision) if revision else None
    try:
        told = _partly(work, stages, since, debug)
    except Full as why:
        judged, kept = _whole(work, stages, debug)
        return Told(
            judged, (f"Everything was checked: {why}.", NOT_KEPT if kept is None else KEPT)
        )
    if not verify:
        return told
    judged, kept = _whole(replace(work, kept={}), stages, debug)
    differences = list(_differences(told, judged, kept or []))
    number = f"{len(differences) or 'no'} difference{'s' * (len(differences) != 1)}"
    note = f"Held against a check of everything: {number}."
    return Told([*judged, (StageRun("incremental"), differences)], (*told.notes, note))


def _partly(work: Work, stages: Sequence[Stage], since: set[str] | None, debug: bool) -> Told:
    names = {stage.name for stage in stages}
    base = read(work)
    if work.engine != "fast":
        raise Full("so does each engine but the fast one")
    if base is None and (since is None or names.intersection(GRAPH)):
        raise Full("no earlier check is kept")
    files = since or set()
    if base is not None:
        files = files | set(moved(work, base))
        tell_subjects(work, base)
    judged = _texts(work, stages, files, debug)
    syntax_found = judged["syntax"][1] if "syntax" in judged else []
    if any(one.severity == "violation" for one in syntax_found):
        checked = None
    elif names.intersection(GRAPH):
        checked = _graph(work, judged)
    else:
        checked = Checked([])
    for stage in stages:
        if stage.name not in judged:
            why = LEFT if checked else "the files have errors of syntax"
            judged[stage.name] = (StageRun(stage.name, "skipped", why), [])
    notes = [_since(files, since), *(checked.notes if checked else ())]
    order = [judged[stage.name] for stage in stages]
    return Told(order, tuple(notes), checked.near if checked else None, frozenset(files))


def _texts(
    work: Work, stages: Sequence[Stage], files: Collection[str], debug: bool
) -> dict[str, Judged]:
    """Judge changed files as texts."""
    paths = {work.layout.root / name for name in files}
    near = [replace(s, findings=_only(s.name, paths)) for s in stages if s.name in TEXTS]
    return {run.name: (run, found) for run, found in judge(work, near, debug=debug)}


def _only(name: str, paths: set[Path]) -> Callable[[Work], Iterable[Finding]]:
    return lambda work: TEXTS[name](work, only=paths)


def _graph(work: Work, judged: dict[str, Judged]) -> Checked:
    """Judge the graph near a change, and put what is found with its stages."""
    start = perf_counter()
    work.step("shapes and checks")
    try:
        checked = partly(work)
    except KgError as error:
        raise Full(str(error)) from error
    names = {path.stem for path in work.layout.checks()}
    seconds = round(perf_counter() - start, 3)
    mine = [one for one in checked.findings if one.rule in names]
    shapes = [one for one in checked.findings if one.rule not in names]
    judged["shacl"] = (StageRun("shacl", seconds=seconds), shapes)
    judged["checks"] = (StageRun("checks"), mine)
    return checked


def _whole(
    work: Work, stages: Sequence[Stage], debug: bool
) -> tuple[list[Judged], list[Finding] | None]:
    """Run stages on everything; also return what was kept, with places, where it was."""
    kept = None
    if work.engine == "fast" and {stage.name for stage in stages}.issuperset(GRAPH):
        work.keep = folder(work).with_name("check-kept")
    judged = judge(work, stages, debug=debug)
    done = {run.name: found for run, found in judged if run.state == "run"}
    if work.keep and done.keys() >= set(GRAPH):
        kept = save(work, {*done["shacl"], *done["checks"]}).findings
    elif work.keep:
        shutil.rmtree(work.keep, ignore_errors=True)
    return judged, kept


def _since(files: Collection[str], since: set[str] | None) -> str:
    other = "" if since is None else f", {len(since):,} of them since the revision"
    number = f"{len(files):,} file{'s' * (len(files) != 1)}"
    return f"{number} changed since the check that is kept{other}"


def _differences(told: Told, judged: list[Judged], kept: list[Finding]) -> Iterator[Finding]:
    """Yield a finding for each that one of the two checks alone has."""
    part: set[Finding] = set()
    whole = set(kept)
    for run, found in told.judged:
        part.update(found if run.state == "run" else ())
    for run, found in judged:
        if run.name in TEXTS:
            whole.update(f for f in found if f.place and f.place.file in told.files)
    for which, ones in (("the change", part - whole), ("everything", whole - part)):
        for one in sorted(ones, key=lambda finding: finding.order):
            message = f"Only the check of {which} finds {one.rule}: {one.message}"
            key = f"{which} {one.rule} {one.key} {one.place}"
            yield replace(
                one, rule="check/incremental", severity="violation", message=message, key=key
            )
