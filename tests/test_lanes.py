"""Tasks that are done in processes beside this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from kg.check import lanes
from kg.check.lanes import Lanes
from kg.errors import BadShapes, WorkerDied
from tests.conftest import ROOT


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take this process for one with a single thread; these tasks share nothing with others."""
    monkeypatch.setattr(lanes, "_alone", lambda: True)


def results(tasks: list[Callable[[], object]], workers: int = 2) -> dict[int, object]:
    """Return the result of each task."""
    with Lanes(tasks, workers=workers) as running:
        return dict(running.results())


@pytest.mark.usefixtures("_alone")
def test_each_task_is_done_once_and_elsewhere():
    found = results([lambda n=n: (n * n, os.getpid()) for n in range(300)])
    assert [found[n][0] for n in range(300)] == [n * n for n in range(300)]
    assert os.getpid() not in {pid for _, pid in found.values()}


@pytest.mark.usefixtures("_alone")
@pytest.mark.parametrize("workers", [0, 2])
def test_what_a_task_raises_is_raised(workers: int):
    def bad() -> None:
        raise BadShapes("no shapes", hint="write some")

    with pytest.raises(BadShapes, match="no shapes") as raised:
        results([bad], workers)
    assert raised.value.hint == "write some"


@pytest.mark.usefixtures("_alone")
def test_a_process_that_is_killed_is_told():
    with pytest.raises(WorkerDied):
        results([partial(os._exit, 9), lambda: 1])


def test_with_threads_the_tasks_are_done_here():
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        assert set(results([os.getpid, os.getpid]).values()) == {os.getpid()}
    finally:
        end.set()
        thread.join()


def test_a_check_in_processes_reports_what_one_process_does(tmp_path: Path):
    """Run `kg check` twice on the example with faults of several stages in it."""
    root = tmp_path / "example"
    shutil.copytree(ROOT / "tests/cases/example", root)
    for path in (*root.glob("data/**/*.ttl"), *root.glob("queries/*.rq")):
        path.write_text(path.read_text("utf-8").replace("lib:name", "lib:nane"), "utf-8")
    told = [
        subprocess.run(
            [sys.executable, "-c", CHECK, str(root), many],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for many in ("", "many")
    ]
    assert told[0] == told[1]
    assert told[0].count("Finding(") > 2


CHECK = """
import sys, threading
from pathlib import Path
from kg import settings
from kg.check import lanes
from kg.check.run import Options, run
from kg.check.work import Work
assert lanes._alone()
if not sys.argv[2]:
    lanes._alone = lambda: False
report = run(Work(settings.load(Path(sys.argv[1]), {})), Options())
print([(stage.name, stage.state) for stage in report.stages])
print(*report.findings, sep=chr(10))
"""
