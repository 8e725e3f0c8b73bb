"""Make a change in a forked process first, on its own copy of the store, and hear what it does.

The process has no network, bounded memory and bounded time; ended at any moment it leaves nothing.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import time
from collections.abc import Callable
from threading import Thread
from typing import Any

from kg.errors import KgError, OutOfMemory, TooSlow, WorkerDied
from kg.pool.sandbox import confine

__all__ = ["Trial"]

#: Exit code of a process that ran out of memory and could say so.
FULL = 77
ABORTED = (signal.SIGABRT, signal.SIGBUS, signal.SIGSEGV)


class Trial:
    """A forked process that works something out, and what it said so far."""

    def __init__(
        self, work: Callable[[], Any], *, seconds: float, memory: int, forget: Callable[[], None]
    ) -> None:
        """Fork a process that is to return what `work` returns, or raise the KgError it raises.

        `forget` closes in it what only this process needs. This process must have one thread.
        """
        self._seconds = seconds
        self.deadline = time.monotonic() + seconds
        self._said = bytearray()
        self._status: int | None = None
        self._ended = False
        self.descriptor, theirs = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.descriptor)
            _be(work, theirs, memory, forget)
        os.close(theirs)
        os.set_blocking(self.descriptor, False)

    def read(self) -> bool:
        """Take what there is to read from `descriptor`; return whether it was the last."""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self.descriptor, 1 << 20):
                self._said += piece
            return True
        return False

    def end(self) -> None:
        """End the process if it runs; nothing is left of it."""
        if not self._ended:
            if self._status is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
            self._wait()

    def reaped(self, status: int) -> None:
        """Take the status of the process from whoever has waited for all of its children."""
        self._status = status

    def result(self) -> Any:
        """Wait for the end and return the result; raise the KgError, TooSlow or OutOfMemory."""
        late = False
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN | select.POLLHUP)
        while not (late := time.monotonic() > self.deadline):
            if poll.poll(max(0.0, self.deadline - time.monotonic()) * 1000) and self.read():
                break
        if late:
            self.end()
            raise TooSlow(
                f"The write was stopped after {self._seconds:g} s; nothing was written",
                hint="Write less at a time",
            )
        self._wait()
        return self._outcome()

    def _wait(self) -> None:
        self._ended = True
        os.close(self.descriptor)
        if self._status is None:
            _, self._status = os.waitpid(self.pid, 0)

    def _outcome(self) -> Any:
        status = self._status or 0
        if status:
            number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            if number in ABORTED or status == FULL << 8:
                raise OutOfMemory("The write wanted too much memory; nothing was written")
            raise WorkerDied("The process that tried the write ended; nothing was written")
        found = pickle.loads(self._said)
        if isinstance(found, KgError):
            raise found
        return found


def _be(work: Callable[[], Any], pipe: int, memory: int, forget: Callable[[], None]) -> None:
    """Be the process; never return."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        forget()
        confine(memory=memory)
        found: list[Any] = []
        # The store draws the names of new blank nodes by thread. This one began with a copy of the
        # generator of its parent, as the next one will; a new thread has a generator of its own.
        thread = Thread(target=lambda: found.append(_done(work)))
        thread.start()
        thread.join()
        if isinstance(found[0], MemoryError):
            code = FULL
            return
        with os.fdopen(pipe, "wb") as file:
            pickle.dump(found[0], file)
        code = 0
    except BrokenPipeError:
        code = 0
    finally:
        os._exit(code)


def _done(work: Callable[[], Any]) -> Any:
    """Return what comes of it, which may be an error."""
    try:
        return work()
    except (KgError, MemoryError) as error:
        return error
