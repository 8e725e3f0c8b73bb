"""Do what there is to write with several processes, each of which has the graph of the first."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.sharedctypes import Synchronized
from typing import cast

from kg.errors import KgError
from kg.web.frozen.plan import Plan
from kg.web.frozen.write import Writer
from kg.web.links import address

__all__ = ["run"]

#: Jobs that may take long, so that each is taken alone; jobs taken at a time after these.
LONG, AT_ONCE = 400, 40
#: Objects made before the collector looks for cycles: the pages leave few.
CYCLES = 50_000
#: What a process says when it met something that nobody foresaw, before it says what.
DIED = "a process ended before its work"

#: What to write, the path of a thing, and its IRI or the path that it leads to.
Job = tuple[str, str, str]


def run(
    writer: Writer,
    planned: Plan,
    pages: Sequence[str],
    processes: int,
    step: Callable[[int, int], None],
) -> None:
    """Write all things and pages; raise KgError with what a process met."""
    for kind in ("state/", "agreement/"):
        for path in [one for one in planned.things if one.startswith(kind)][:1]:
            writer.page(address("page", path))  # What is made once, is made once for all.
    jobs = _jobs(planned, pages)
    gc.collect()
    gc.freeze()  # What is there now, no process looks through again.
    try:
        fault = _together(writer, jobs, processes, step)
    finally:
        gc.unfreeze()
    if fault:
        raise KgError(f"The site is not written: {fault}")


def _jobs(planned: Plan, pages: Sequence[str]) -> list[Job]:
    """Return what there is to do, what takes longest first."""
    jobs: list[Job] = [("dumps", "", "")]
    jobs += [("page", path, "") for path in (*pages, *planned.alone)]
    jobs += [("graph", path, "") for path in planned.graphs]
    order = sorted(planned.things, key=lambda path: not path.startswith(SLOW))
    jobs += [("thing", path, planned.things[path]) for path in order]
    leads = {**planned.records, **planned.moved}
    jobs += [("page", path, "") for path in planned.pairs]
    jobs += [("lead", path, to) for path, to in leads.items()]
    return jobs


#: Things whose pages are made from many agreements.
SLOW = ("organisation/", "state/", "scheme/")


def _together(
    writer: Writer, jobs: list[Job], processes: int, step: Callable[[int, int], None]
) -> str:
    """Do the jobs; return what went wrong."""
    context = get_context("fork")
    at, ears, workers = context.Value("l", 0), list[Connection](), []
    for _ in range(processes):
        ear, mouth = context.Pipe(duplex=False)
        worker = context.Process(target=_work, args=(writer, jobs, at, mouth), daemon=True)
        worker.start()
        mouth.close()  # So that the end of the process is heard.
        ears.append(ear)
        workers.append(worker)
    done, fault = 0, ""
    try:
        while ears and not fault:
            for ear in cast(list[Connection], wait(ears)):
                count, fault = _heard(ear)
                done += count
                if not count:
                    ears.remove(ear)
                if fault:
                    break
            step(done, len(jobs))
    finally:
        for worker in workers:
            if ears:
                worker.terminate()
            worker.join()
    return fault


def _heard(ear: Connection) -> tuple[int, str]:
    """Return how many jobs are done since the last word; 0 is the end, with what went wrong."""
    try:
        return cast(tuple[int, str], ear.recv())
    except EOFError:
        return 0, DIED


def _work(writer: Writer, jobs: list[Job], at: Synchronized[int], mouth: Connection) -> None:
    """Take jobs until there are no more."""
    gc.set_threshold(CYCLES)
    fault = DIED
    try:
        while mine := _some(jobs, at):
            for job in mine:
                _do(writer, job)
            mouth.send((len(mine), ""))
        fault = ""
    except (KgError, OSError) as error:
        fault = str(error)
    finally:
        mouth.send((0, fault))


def _some(jobs: list[Job], at: Synchronized[int]) -> list[Job]:
    """Take the next jobs."""
    with at.get_lock():
        start = at.value
        at.value = start + (AT_ONCE if start >= LONG else 1)
        return jobs[start : at.value]


def _do(writer: Writer, job: Job) -> None:
    kind, path, other = job
    if kind == "dumps":
        writer.dumps()
    elif kind == "thing":
        writer.thing(path, other)
    elif kind == "graph":
        writer.page(address("data", path, "ttl"))
    elif kind == "page":
        writer.page(path)
    else:
        writer.stub(path, other)
