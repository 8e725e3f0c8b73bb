"""Run the stages, several at once: what they find, and what became of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter

from kg.check.lanes import LANES, Lanes
from kg.check.work import Work
from kg.errors import KgError
from kg.findings import Finding
from kg.report import Rule, StageRun

__all__ = ["Judged", "Stage", "found", "judge"]

#: Stage whose violations keep the graph from being built.
SYNTAX = "syntax"
Part = Callable[[Work], Iterable[Finding]]


@dataclass(frozen=True)
class Stage:
    """A part of the check that can run alone."""

    name: str
    #: What it judges, in a few words.
    summary: str
    findings: Part
    #: Whether it needs the built graph, which needs files without errors of syntax.
    graph: bool = False
    #: The rules it applies, as far as they are known before it runs.
    rules: Callable[[Work], Iterable[Rule]] = lambda work: ()
    #: What it is made of, for a stage that is many tasks: together they find what it finds.
    parts: Callable[[Work], Sequence[Part]] | None = None
    #: Name of the stage that leaves in `Work.kept` what this one reads.
    after: str = ""


Judged = tuple[StageRun, list[Finding]]
#: What is run in one go, in one process: the stages, each with the part of it.
Task = list[tuple[Stage, Part]]


def judge(work: Work, stages: Sequence[Stage], *, debug: bool = False) -> list[Judged]:
    """Return each stage's run and findings, in order; one that fails does not stop the others.

    The stages that need the graph are skipped when syntax has violations, or when the graph
    cannot be built. With `debug` an unexpected error is let through.
    """
    one = partial(_judge, work, debug=debug)
    workers = 0 if debug else LANES
    judged = [one(s, s.findings) for s in stages if s.name == SYNTAX]
    wrong = any(finding.severity == "violation" for _, found in judged for finding in found)
    early = [stage for stage in stages if not stage.graph and stage.name != SYNTAX]
    later = [stage for stage in stages if stage.graph]
    beside = _Run(work, early, one, workers=min(workers, 1) if later and not wrong else workers)
    with beside.lanes:
        failed = _load(work, debug) if later and not wrong else None
        judged += beside.judged()
    if wrong:
        judged = [_excused(one) for one in judged]
        return judged + [_skipped(stage, "the files have errors of syntax") for stage in later]
    if failed:
        why = "the graph cannot be built"
        return [*judged, (failed, []), *(_skipped(stage, why) for stage in later)]
    after = _Run(work, later, one, workers=workers)
    with after.lanes:
        return judged + after.judged()


def found(work: Work, stages: Sequence[Stage]) -> list[Finding]:
    """Return what stages find on a graph that is there; raises what they raise."""
    run = _Run(work, stages, partial(_raise, work), workers=LANES)
    with run.lanes:
        return [finding for _, some in run.judged() for finding in some]


class _Run:
    """Stages as tasks for some processes: long ones first, small parts of stages to end with."""

    def __init__(
        self,
        work: Work,
        stages: Sequence[Stage],
        one: Callable[[Stage, Part], Judged],
        *,
        workers: int,
    ) -> None:
        self.work, self.stages = work, stages
        self.tasks = sorted(_tasks(work, stages), key=lambda task: task[0][0].parts is not None)
        run = [partial(_run, task, one) for task in self.tasks]
        self.lanes: Lanes[list[Judged]] = Lanes(run, workers=workers)

    def judged(self) -> list[Judged]:
        """Return what became of each stage, in order."""
        done: dict[int, list[Judged]] = {}
        for number, result in self.lanes.results():
            for stage, _ in self.tasks[number]:
                self.work.step(stage.name)
            done[number] = result
        parts: dict[str, list[Judged]] = defaultdict(list)
        for _, judged in sorted(done.items()):
            for one in judged:
                parts[one[0].name].append(one)
        return [_joined(parts[stage.name]) for stage in self.stages]


def _tasks(work: Work, stages: Sequence[Stage]) -> list[Task]:
    tasks: list[Task] = []
    for stage in stages:
        before = next((task for task in tasks if task[-1][0].name == stage.after), None)
        if before is not None:
            before.append((stage, stage.findings))
        elif stage.parts is not None:
            tasks += [[(stage, part)] for part in stage.parts(work)]
        else:
            tasks.append([(stage, stage.findings)])
    return tasks


def _run(task: Task, one: Callable[[Stage, Part], Judged]) -> list[Judged]:
    return [one(stage, part) for stage, part in task]


def _joined(parts: Sequence[Judged]) -> Judged:
    """Return the parts of a stage as one; it has failed, and found nothing, when one has."""
    seconds = round(sum(run.seconds for run, _ in parts), 3)
    failed = next((run for run, _ in parts if run.state == "failed"), None)
    if failed:
        return replace(failed, seconds=seconds), []
    return replace(parts[0][0], seconds=seconds), [f for _, some in parts for f in some]


def _raise(work: Work, stage: Stage, part: Part) -> Judged:
    return StageRun(stage.name), list(part(work))


def _judge(work: Work, stage: Stage, part: Part, *, debug: bool) -> Judged:
    start = perf_counter()
    try:
        found = list(part(work))
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
