"""Measure `kg check` beside plain pySHACL, in one run, on the graph of this repository.

A part of the graph of about 100,000 triples is judged by plain pySHACL, by ours with pySHACL and
by the fast engine, each in a process of its own that starts with two files, N-Triples and shapes,
loads what it needs and no more, and ends with the results: CPU seconds of the whole process, peak
memory, and whether the results are the same. Then the index of positions, all stages on
everything, and a change of one agreement file. With --write the table goes to
docs/performance.md; with --part only the part is judged.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from page import put

from kg import settings as config
from kg.files import Layout

ROOT = Path(__file__).resolve().parent.parent
HEADING = "## `kg check`"
LINES = 100_000


def main() -> int:
    """Measure, print the table, and return 1 when a target is missed."""
    if sys.argv[1:2] == ["--job"]:
        JOBS[sys.argv[2]](*map(Path, sys.argv[3:]))
        return 0
    out = Table()
    with tempfile.TemporaryDirectory() as home:
        part = Path(home) / "part.nt"
        beside_pyshacl(part, out)
        if "--part" not in sys.argv[1:]:
            positions(Path(home) / "positions", out)
            everything(Path(home) / "report", out)
            one_change(Path(home) / "repository", out)
    print(out.text())
    if "--write" in sys.argv[1:]:
        put("check", out.text())
    return int(out.missed)


class Table:
    """The section as it grows."""

    def __init__(self) -> None:
        self.missed = False
        self.lines = [
            f"{HEADING}\n",
            f"Written by `benchmarks/check.py --write`, in one run, {os.cpu_count()} cores, other"
            " work beside: CPU seconds say more than wall time.\n",
            "| what | measured | target |",
            "|---|---|---|",
        ]

    def row(self, what: str, value: str, target: str = "", *, reached: bool = True) -> None:
        self.missed |= not reached
        self.lines.append(f"| {what} | {value}{'' if reached else ' (missed)'} | {target} |")
        print(self.lines[-1], file=sys.stderr, flush=True)

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


class Run:
    """A job in a process of its own: wall and CPU seconds, and the peak of all its processes."""

    def __init__(self, job: str, *paths: Path) -> None:
        begin, before = time.monotonic(), os.times()
        command = [sys.executable, __file__, "--job", job, *map(str, paths)]
        process = subprocess.Popen(command, start_new_session=True)
        self.peak = 0
        watch = threading.Thread(target=self.watch, args=(process,))
        watch.start()
        code = process.wait()
        watch.join()
        after = os.times()
        self.wall = time.monotonic() - begin
        self.cpu = after.children_user + after.children_system
        self.cpu -= before.children_user + before.children_system
        if code:
            raise SystemExit(f"{job} ended with {code}")

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        while process.poll() is None:
            self.peak = max(self.peak, memory(process.pid))
            time.sleep(0.2)

    def __str__(self) -> str:
        return f"{self.cpu:.1f} s CPU, {self.wall:.1f} s, {self.peak >> 20:,} MB"


def memory(session: int) -> int:
    """Return the bytes of all processes of a session, what they share counted once."""
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.getsid(int(entry.name)) == session:
                told = (entry / "smaps_rollup").read_text()
                total += 1024 * int(re.findall(r"^Pss:\s+(\d+)", told, re.MULTILINE)[0])
        except (OSError, IndexError):
            continue
    return total


def beside_pyshacl(part: Path, out: Table) -> None:
    """Judge one part of the graph three ways."""
    from kg.check.work import Work
    from kg.parts import cut
    from kg.validate import union

    data = union(Work(config.load(ROOT)).store)
    count = max(1, data.count(b"\n") // LINES)
    part.write_bytes(next(iter(cut(data, count))))
    triples = part.read_bytes().count(b"\n")
    ways = {"plain pySHACL": "plain", "reference engine": "reference", "fast engine": "fast"}
    runs, found = {}, {}
    for name, job in ways.items():
        result = part.with_suffix(f".{job}")
        runs[job] = Run(job, part, result)
        found[job] = pickle.loads(result.read_bytes())
        out.row(f"{triples:,} triples by {name}", str(runs[job]))
    same = found["plain"] == found["reference"] == found["fast"]
    out.row("the three give the same results", f"{len(found['fast'])}", "yes", reached=same)
    ratio = runs["plain"].cpu / runs["fast"].cpu
    out.row("CPU of pySHACL to the fast engine", f"{ratio:.0f}", "≥ 20", reached=ratio >= 20)


def positions(result: Path, out: Table) -> None:
    """Index where each triple of the records stands, as often as makes a million."""
    run = Run("positions", ROOT, result)
    count, seconds = pickle.loads(result.read_bytes())
    told = f"{seconds * 1e6 / count:.1f} s CPU; {count:,} triples: {run}"
    reached = seconds * 1e6 / count <= 20
    out.row("position index of a million triples", told, "≤ 20 s", reached=reached)


def everything(result: Path, out: Table) -> None:
    """Run every stage on the repository."""
    run = Run("everything", ROOT, result)
    seconds, failed, size = pickle.loads(result.read_bytes())
    reached = run.wall <= 60 and run.peak <= 2_500 << 20 and not failed
    what = f"`kg check`, {len(seconds)} stages, {size:,} triples, of a build of these files"
    out.row(what, str(run), "≤ 60 s, 2,500 MB", reached=reached)
    for name, spent in seconds.items():
        out.row(f"— {name}, wall time of its parts together", f"{spent:.1f} s")


def one_change(copy: Path, out: Table) -> None:
    """Check a change of one file in a copy of the repository."""
    copy.mkdir()
    for name in ("ontology", "data", "queries"):
        shutil.copytree(ROOT / name, copy / name)
    Run("base", copy)
    path = sorted((copy / "data/agreements").glob("*.ttl"))[0]
    text = path.read_text("utf-8")
    path.write_text(re.sub(r'mq:locator "', 'mq:locator "the ', text, count=1), "utf-8")
    run = Run("changed", copy)
    reached = run.wall <= 3
    out.row("`kg check --changed` after a change of one file", str(run), "≤ 3 s", reached=reached)


def _plain(part: Path, result: Path) -> None:
    import pyshacl
    from rdflib import Graph

    from kg.validate import shapes_graph
    from kg.validate.report import results
    from kg.validate.whole import essence

    shapes = shapes_graph(Layout(ROOT).shapes())
    report = pyshacl.validate(Graph().parse(part, format="nt"), shacl_graph=shapes)[1]
    found = {essence(one) for one in results(report, shapes)}
    result.write_bytes(pickle.dumps(found))


def _ours(engine: str) -> Callable[[Path, Path], None]:
    def job(part: Path, result: Path) -> None:
        from kg.validate import shapes_graph, validate
        from kg.validate.whole import essence

        shapes = shapes_graph(Layout(ROOT).shapes())
        found = {essence(one) for one in validate(part.read_bytes(), shapes, engine=engine)}
        result.write_bytes(pickle.dumps(found))

    return job


def _positions(root: Path, result: Path) -> None:
    from kg.positions import index

    records = b"\n".join(path.read_bytes() for path in Layout(root).records())
    data, start = records, time.process_time()
    found = len(index(data, "records"))
    if found < 1_000_000:
        data, start = records * (1 + 1_000_000 // found), time.process_time()
        found = len(index(data, "records"))
    result.write_bytes(pickle.dumps((found, time.process_time() - start)))


def _everything(root: Path, result: Path) -> None:
    from kg.check.run import Options
    from kg.check.run import run as check
    from kg.check.work import Work

    work = Work(config.load(root, {}))
    report = check(work, Options())
    seconds = {stage.name: stage.seconds for stage in report.stages}
    failed = any(stage.state != "run" for stage in report.stages)
    result.write_bytes(pickle.dumps((seconds, failed, len(work.store))))


def _base(copy: Path) -> None:
    from kg.check import changed
    from kg.check.work import Work

    changed.full(Work(config.load(copy, {})))


def _changed(copy: Path) -> None:
    command = [sys.executable, "-m", "kg.cli", "--root", str(copy), "check", "--changed"]
    subprocess.run([*command, "--format", "markdown"], check=False)


JOBS: dict[str, Callable[..., None]] = {
    "plain": _plain,
    "reference": _ours("reference"),
    "fast": _ours("fast"),
    "positions": _positions,
    "everything": _everything,
    "base": _base,
    "changed": _changed,
}


if __name__ == "__main__":
    sys.exit(main())
