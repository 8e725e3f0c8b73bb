"""Do tasks in a few processes at once, which see all that this one has loaded."""

from __future__ import annotations

import gc
import multiprocessing
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Generic, Self, TypeVar

from kg.errors import WorkerDied

__all__ = ["LANES", "Lanes"]

#: Processes that work at once, beside one that loads.
LANES = 2
#: How the number of a task is written into the pipe that processes take it from.
NUMBER = struct.Struct("H")

T = TypeVar("T")


class Lanes(Generic[T]):
    """Tasks that run beside what this process does, until their results are asked for.

    Each process takes the next task when it is done with one. They are copies of this process,
    which is safe only while it has one thread; where it has more, or where the system cannot
    tell, the tasks are done here, when their results are asked for.
    """

    def __init__(self, tasks: Sequence[Callable[[], T]], *, workers: int = LANES) -> None:
        """Take at most 65,535 tasks, whose results and errors can be pickled."""
        self._tasks = tasks
        self._workers = min(workers, len(tasks)) if _alone() else 0
        self._running: dict[Connection, BaseProcess] = {}

    def __enter__(self) -> Self:
        """Start the processes."""
        if not self._workers:
            return self
        source, sink = os.pipe()
        os.set_blocking(sink, False)
        os.write(sink, b"".join(NUMBER.pack(number) for number in range(len(self._tasks))))
        os.close(sink)
        gc.freeze()  # what is loaded stays shared: the collector of a copy would write to it
        try:
            for _ in range(self._workers):
                self._start(source)
        finally:
            gc.unfreeze()
            os.close(source)
        return self

    def _start(self, source: int) -> None:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_work, args=(self._tasks, source, theirs), daemon=True)
        process.start()
        theirs.close()
        self._running[ours] = process

    def results(self) -> Iterator[tuple[int, T]]:
        """Yield the number of each task and its result, as they are done.

        Raises what a task raises, and WorkerDied when a process ends before its tasks.
        """
        if not self._workers:
            yield from ((number, task()) for number, task in enumerate(self._tasks))
            return
        left = set(range(len(self._tasks)))
        while self._running:
            for pipe in wait(list(self._running)):
                assert isinstance(pipe, Connection)
                try:
                    number, result, error = pipe.recv()
                except EOFError:
                    self._running.pop(pipe).join()
                    continue
                if error is not None:
                    raise error
                left.remove(number)
                yield number, result
        if left:
            raise WorkerDied("A process of the check was ended from outside; is memory short?")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the processes that still run."""
        for pipe, process in self._running.items():
            process.kill()
            process.join()
            pipe.close()


def _alone() -> bool:
    """Say whether this process has a single thread, those of libraries counted."""
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def _work(tasks: Sequence[Callable[[], T]], source: int, pipe: Connection) -> None:
    with pipe:
        while number := os.read(source, NUMBER.size):
            at = NUMBER.unpack(number)[0]
            try:
                pipe.send((at, tasks[at](), None))
            except Exception as error:  # raised again where results are read
                pipe.send((at, None, error))
