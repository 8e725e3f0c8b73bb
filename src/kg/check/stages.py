"""Run stages one after the other: what they find, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

from kg.check.work import Work
from kg.errors import KgError
from kg.findings import Finding
from kg.report import Rule, StageRun

__all__ = ["Judged", "Stage", "judge"]

#: Stage whose violations keep the graph from being built.
SYNTAX = "syntax"


@dataclass(frozen=True)
class Stage:
    """A part of the check that can run alone."""

    name: str
    #: What it judges, in a few words.
    summary: str
    findings: Callable[[Work], Iterable[Finding]]
    #: Whether it needs the built graph, which needs files without errors of syntax.
    graph: bool = False
    #: Whether it works in processes of its own, so that others may run meanwhile.
    beside: bool = False
    #: The rules it applies, as far as they are known before it runs.
    rules: Callable[[Work], Iterable[Rule]] = lambda work: ()


Judged = tuple[StageRun, list[Finding]]


def judge(work: Work, stages: Sequence[Stage], *, debug: bool = False) -> list[Judged]:
    """Return each stage's run and findings, in order; one that fails does not stop the others.

    The stages that need the graph are skipped when syntax has violations, or when the graph
    cannot be built. With `debug` an unexpected error is let through.
    """
    judged = [_judge(work, stage, debug) for stage in stages if not stage.graph]
    later = [stage for stage in stages if stage.graph]
    wrong = any(
        finding.severity == "violation"
        for run, found in judged
        for finding in found
        if run.name == SYNTAX
    )
    if wrong:
        judged = [_excused(one) for one in judged]
        return judged + [_skipped(stage, "the files have errors of syntax") for stage in later]
    if later and (failed := _load(work, debug)):
        why = "the graph cannot be built"
        return [*judged, (failed, []), *(_skipped(stage, why) for stage in later)]
    return judged + _on_graph(work, later, debug)


def _on_graph(work: Work, stages: Sequence[Stage], debug: bool) -> list[Judged]:
    with ThreadPoolExecutor(1) as pool:
        ahead = {s.name: pool.submit(_judge, work, s, debug) for s in stages if s.beside}
        here = {s.name: _judge(work, s, debug) for s in stages if not s.beside}
        return [here[s.name] if s.name in here else ahead[s.name].result() for s in stages]


def _judge(work: Work, stage: Stage, debug: bool) -> Judged:
    start = perf_counter()
    work.step(stage.name)
    try:
        found = list(stage.findings(work))
    except KgError as error:
        return _failed(stage.name, error, start), []
    except Exception as error:
        # The one place where any error ends: a fault in one stage must not hide what others find.
        if debug:
            raise
        return _failed(stage.name, error, start), []
    return StageRun(stage.name, seconds=_since(start)), found


def _load(work: Work, debug: bool) -> StageRun | None:
    """Build the graph; return what became of it when it cannot be built."""
    start = perf_counter()
    try:
        _ = work.store
    except KgError as error:
        return _failed("load", error, start)
    except Exception as error:
        if debug:
            raise
        return _failed("load", error, start)
    return None


def _failed(name: str, error: Exception, start: float) -> StageRun:
    if isinstance(error, KgError):
        return StageRun(name, "failed", str(error), error.exit_code, _since(start))
    what = f"internal error, {type(error).__name__}: {error}; --debug shows where"
    return StageRun(name, "failed", what, 4, _since(start))


def _excused(judged: Judged) -> Judged:
    """Return a stage as skipped when it failed on a file that syntax has told of."""
    run, found = judged
    if run.state == "failed" and run.exit_code in (2, 3):
        return StageRun(run.name, "skipped", run.reason, seconds=run.seconds), found
    return judged


def _skipped(stage: Stage, why: str) -> Judged:
    return StageRun(stage.name, "skipped", why), []


def _since(start: float) -> float:
    return round(perf_counter() - start, 3)
