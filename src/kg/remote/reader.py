"""Read long queries in a process of its own: a text can exhaust the one stack of the parser."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
from multiprocessing.connection import Connection

from kg.errors import BadQuery, KgError
from kg.pool.jobs import Job
from kg.pool.sandbox import confine
from kg.remote.text import kind

__all__ = ["Reader", "main"]

#: Characters up to which no text can exhaust the stack: a quarter of what was found to.
SHORT = 4000
#: Seconds that a query may take to be read, and bytes of memory.
PATIENCE, MEMORY = 2.0, 512 * 1024 * 1024
COMMAND = "from kg.remote.reader import main; main()"


class Reader:
    """Says what kind of answer a query has, and raises what is wrong with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None

    def kind(self, job: Job) -> str:
        """Return rows, boolean or graph; BadQuery and Refused as `kg.remote.text.kind`."""
        if len(job.query) <= SHORT:
            return kind(job)
        with self._lock:
            found = self._asked(job)
        if isinstance(found, KgError):
            raise found
        return found

    def close(self) -> None:
        """End the process."""
        if self._process is not None and self._pipe is not None:
            self._pipe.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def _asked(self, job: Job) -> str | KgError:
        pipe = self._started()
        with contextlib.suppress(EOFError, OSError):
            pipe.send(job)
            if pipe.poll(PATIENCE):
                found: str | KgError = pipe.recv()
                return found
        self.close()
        return BadQuery("The query is too long, or nests too deep, to be read")

    def _started(self) -> Connection:
        if self._process is None or self._process.poll() is not None or self._pipe is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", COMMAND, str(theirs.fileno())],
                    pass_fds=(theirs.fileno(),),
                    stdin=subprocess.DEVNULL,
                )
            self._pipe = Connection(ours.detach())
        return self._pipe


def main() -> None:
    """Answer jobs with the kind of their query, or the error, until the socket closes."""
    confine(memory=MEMORY)
    pipe = Connection(int(sys.argv[1]))
    with contextlib.suppress(EOFError):
        while True:
            job: Job = pipe.recv()
            try:
                pipe.send(kind(job))
            except KgError as error:
                pipe.send(error)
