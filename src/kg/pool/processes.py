"""Run queries in worker processes that can be killed, so that a time limit is a limit."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.errors import KgError, TooSlow
from kg.pool.worker import Answer, Job, work

__all__ = ["Pool", "WorkerDied"]


class WorkerDied(KgError):
    """The process that answered the query ended: out of memory, most often."""

    status = 503


class _Worker:
    """A process and our end of the pipe to it."""

    def __init__(self, build: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["kg.pool.worker"])
        ours, theirs = context.Pipe()
        self.pipe: Connection = ours
        self.process: BaseProcess = context.Process(
            target=work, args=(theirs, build), daemon=True, name="kg-worker"
        )
        self.process.start()
        theirs.close()

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Pool:
    """Workers that each hold the built graph open; threads borrow them."""

    def __init__(self, build: Path, *, workers: int = 2, limit_ms: int = 10_000) -> None:
        """Start the workers; a graph that is not there yet is told by the first `run`."""
        self._build = build
        self._limit = limit_ms / 1000
        self._closed = False
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._size = max(1, workers)
        for _ in range(self._size):
            self._idle.put(_Worker(build))

    def __enter__(self) -> Self:
        """Return the pool itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers."""
        self.close()

    def run(self, job: Job) -> Answer:
        """Answer a query, or raise what the worker raised, TooSlow or WorkerDied."""
        worker = self._borrow()
        deadline = time.monotonic() + self._limit
        healthy = False
        try:
            reply = self._ask(worker, job, deadline)
            healthy = True
        finally:
            self._return(worker, healthy=healthy)
        if isinstance(reply, KgError):
            raise reply
        return reply

    def close(self) -> None:
        """End the idle workers now, and each busy one when its answer is out."""
        self._closed = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().kill()

    def _borrow(self) -> _Worker:
        try:
            worker = self._idle.get(timeout=self._limit)
        except queue.Empty:
            raise TooSlow("All workers are busy", hint="Try again in a few seconds") from None
        if worker.process.is_alive():
            return worker
        worker.kill()
        return _Worker(self._build)

    def _return(self, worker: _Worker, *, healthy: bool) -> None:
        if self._closed or not healthy:
            worker.kill()
        if not self._closed:
            self._idle.put(worker if healthy else _Worker(self._build))

    def _ask(self, worker: _Worker, job: Job, deadline: float) -> Answer | KgError:
        try:
            worker.pipe.send(job)
            if not worker.pipe.poll(max(0.0, deadline - time.monotonic())):
                raise TooSlow(
                    f"The query was stopped after {self._limit:g} s",
                    hint="Add a LIMIT, bind more terms, or ask for one state or one year",
                )
            reply: Answer | KgError = worker.pipe.recv()
            return reply
        except (EOFError, OSError) as error:
            raise WorkerDied(
                "The query ended its worker, most likely for want of memory",
                hint="Ask for less at a time",
            ) from error
