"""Run queries in worker processes that can be killed, so that a time limit is a limit."""

from __future__ import annotations

import contextlib
import itertools
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from kg.errors import (
    Cancelled,
    KgError,
    NotReady,
    OutOfMemory,
    Refused,
    TooBusy,
    TooSlow,
    WorkerDied,
)
from kg.pool import wire
from kg.pool.allocator import environment
from kg.pool.fair import Fair
from kg.pool.jobs import Answer, Job
from kg.pool.lane import End
from kg.pool.plan import Plan, Service, Writing
from kg.pool.sandbox import MEMORY
from kg.pool.slots import Slots
from kg.store import manifest

if TYPE_CHECKING:
    from kg.pool.writes import Outcome
    from kg.writing import Change

__all__ = ["Call", "Pool", "Running", "Stream"]

#: Seconds that a graph may take to load, and that the news of a death may.
LOADING, NEWS = 300.0, 2.0
#: Seconds that a query may have been at a fast worker, and that therefore count.
EARLIER = 0.5
HOLDER = "from kg.pool.holder import main; main()"
#: Queries that wait in all and of one client.
WAITING, PER_CLIENT = 64, 16
#: Writes that wait for one that is being made.
WRITES = 16


@dataclass(frozen=True, kw_only=True)
class Call:
    """Who asks, under which id it can be stopped, and for how many seconds at most."""

    client: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)
    limit: float | None = None
    #: When the query was begun elsewhere (`time.monotonic`): its time counts from then.
    begun: float | None = None


@dataclass(eq=False)
class _Worker:
    """A process of the holder's, and our end of the pipe to it."""

    pid: int
    pipe: Connection


@dataclass(eq=False)
class Running:
    """A query that runs now."""

    call: Call
    query: str
    started: float
    worker: _Worker
    stopped: type[KgError] | None = None


class Pool:
    """The workers of one graph; threads borrow those for long queries."""

    def __init__(
        self,
        build: Path,
        *,
        workers: int = 2,
        limit_ms: int = 10_000,
        memory: int = MEMORY,
        fast: int = 0,
        service: Service | None = None,
        writing: Writing | None = None,
    ) -> None:
        """Load the graph and start the workers; a graph that is not there is told by `stream`.

        With `writing` the graph is that of a folder, which begins with the build.
        """
        self.limit = limit_ms / 1000
        self._plan = Plan(
            build=build,
            slow=max(1, workers),
            memory=memory,
            fast=fast,
            service=service,
            writing=writing,
        )
        self.slots = Slots(self._plan.slots)
        #: What a manifest would say of a graph that is written to.
        self.about: dict[str, str | int] = {}
        self.fair: Fair[_Worker] = Fair(
            waiting=WAITING, per_client=PER_CLIENT, running=max(1, workers - 1)
        )
        self._early: list[tuple[int, socket.socket]] = []
        self._on_started: Callable[[int, socket.socket], object] = lambda *new: self._early.append(
            new
        )
        self._on_stolen: Callable[[int, int, int], object] = lambda *of: None
        self._on_retired: Callable[[int], object] = lambda number: None
        self._on_gone: Callable[[int], object] = lambda number: None
        self._on_lost: Callable[[], object] = lambda: None
        self._running: dict[str, Running] = {}
        self._gone: dict[int, int] = {}
        self._retired: set[int] = set()
        self._writes = itertools.count(1)
        self._to_write = threading.Semaphore(WRITES)
        self._writing = threading.Lock()
        self._outcomes: dict[int, Outcome] = {}
        self._news = threading.Condition()
        self._failed: KgError | None = None
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._build = build
        if writing is None:
            try:
                manifest(build)
            except NotReady as error:
                self._failed = error

    def start(self) -> Self:
        """Load the graph and start the workers; raise NotReady when that fails."""
        if self._failed:
            raise self._failed
        ours, theirs = wire.pair()
        self._control = ours
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            env=environment(),
        )
        theirs.close()
        wire.send(ours, self._plan, self.slots.descriptor)
        ours.settimeout(LOADING)
        try:
            while (news := self._hear())[0] != "ready":
                if self._failed:
                    raise self._failed
            self.about = news[1]  # type: ignore[assignment]
        except (EOFError, TimeoutError) as error:
            self.close()
            raise NotReady(f"{self._build}: the graph could not be loaded") from error
        except KgError:
            self.close()
            raise
        ours.settimeout(None)
        threading.Thread(target=self._listen, daemon=True, name="kg-pool").start()
        return self

    def __enter__(self) -> Self:
        """Start the workers."""
        with contextlib.suppress(NotReady):
            self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End all workers."""
        self.close()

    def close(self) -> None:
        """End the holder, and with it every worker."""
        self._closed = True
        if self._process is None:
            return
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._control.close()
        for _, channel in self._early:
            channel.close()

    # Queries.

    def run(self, job: Job, call: Call | None = None) -> Answer:
        """Answer a query whole, or raise what it raised, TooSlow, TooBusy, OutOfMemory …"""
        answer, pieces = self.stream(job, call)
        with contextlib.closing(pieces):
            return Answer(
                b"".join(pieces), answer.media, answer.kind, answer.rows, answer.truncated
            )

    def stream(self, job: Job, call: Call | None = None) -> tuple[Answer, Stream]:
        """Return the head of an answer, and its bytes piece by piece; close what is not read."""
        if self._failed:
            raise self._failed
        call = call or Call()
        try:
            return self._stream(job, call)
        except WorkerDied as error:
            # Ended from outside, most likely before it had the query; one more may try.
            if error.details.get("signal") != signal.SIGKILL:
                raise
        return self._stream(job, call)

    def _stream(self, job: Job, call: Call) -> tuple[Answer, Stream]:
        limit = min(self.limit, call.limit or self.limit)
        worker = self.fair.take(call.client, limit)
        running = Running(call, job.query, self._begun(call), worker)
        self._running[call.id] = running
        stream = Stream(self, running, limit)
        try:
            return stream.open(job), stream
        except BaseException:
            stream.close()
            raise

    def _begun(self, call: Call) -> float:
        now = time.monotonic()
        return call.begun if call.begun and now - call.begun < EARLIER else now

    @property
    def running(self) -> list[Running]:
        """Return the queries that run now."""
        return list(self._running.values())

    def cancel(self, identifier: str) -> bool:
        """Stop the query of that id; say whether there was one."""
        running = self._running.get(identifier)
        if running is None:
            return False
        self.stop(running, Cancelled)
        return True

    def stop(self, running: Running, reason: type[KgError]) -> None:
        """Kill the worker that runs a query."""
        running.stopped = running.stopped or reason
        with contextlib.suppress(OSError):
            wire.send(self._control, ("end", running.worker.pid))

    # Writes.

    def write(self, change: Change) -> Outcome:
        """Make a change, and return when every worker that is asked from now on sees it.

        Raises TooBusy when too many wait, and what the writer raises; then nothing has changed.
        """
        if self._failed:
            raise self._failed
        if self._plan.writing is None:
            raise Refused("This graph is not written to")
        if not self._to_write.acquire(blocking=False):
            raise TooBusy("Too many writes are waiting", hint="Try again in a few seconds")
        try:
            with self._writing:
                outcome = self._write(change)
        finally:
            self._to_write.release()
        if isinstance(outcome.done, KgError):
            raise outcome.done
        return outcome

    def _write(self, change: Change) -> Outcome:
        number = next(self._writes)
        with wire.enclosed(change) as file:
            try:
                wire.send(self._control, ("write", number), file)
            except OSError as error:
                # That it is gone was not heard yet; nothing was written.
                raise WorkerDied("The process that holds the graph ended") from error
        with self._news:
            self._news.wait_for(lambda: number in self._outcomes or self._failed)
            if found := self._outcomes.pop(number, None):
                self.about = found.about
                return found
            assert self._failed is not None
            raise self._failed

    # For those who hand connections to the fast workers, and for Stream.

    def hear(
        self,
        *,
        started: Callable[[int, socket.socket], object],
        stolen: Callable[[int, int, int], object],
        retired: Callable[[int], object],
        gone: Callable[[int], object],
        lost: Callable[[], object],
    ) -> None:
        """Have news of the fast workers told from now on, and those that are there first.

        `started(number, channel)`: the worker of that number is new. `stolen(number, connection,
        nanoseconds)`: it was ended over the query of a connection, begun then. `retired(number)`:
        it answers no more, though it may still be at a query. `gone(number)`: it has ended.
        `lost()`: the graph and all workers are gone. They are called in another thread.
        """
        self._on_started, self._on_stolen = started, stolen
        self._on_retired, self._on_gone, self._on_lost = retired, gone, lost
        while self._early:
            started(*self._early.pop(0))
        if self.lost:
            lost()

    @property
    def lost(self) -> bool:
        """Say whether the graph is gone with the process that held it."""
        return self._failed is not None

    def finished(self, running: Running, *, reusable: bool) -> None:
        """Take back the worker of a query, or let it go."""
        if self._running.get(running.call.id) is running:
            del self._running[running.call.id]
        with self._news:
            if reusable and running.worker.pid not in self._retired:
                self.fair.give(running.worker)
            else:
                running.worker.pipe.close()
        self.fair.free(running.call.client)

    def death(self, pid: int) -> int:
        """Return the signal that ended a worker, as soon as it is known; 0 when it is not."""
        with self._news:
            self._news.wait_for(lambda: pid in self._gone, NEWS)
            return self._gone.get(pid, 0)

    # News from the holder.

    def _listen(self) -> None:
        while True:
            try:
                self._hear()
            except (EOFError, OSError):
                break
        with self._news:
            self._failed = WorkerDied("The process that holds the graph ended")
            self._news.notify_all()
        if not self._closed:
            self._on_lost()

    def _hear(self) -> tuple[object, ...]:
        message, files = wire.receive(self._control)
        match message:
            case ("started", "slow", _, pid):
                self.fair.give(_Worker(pid, Connection(files[0])))
            case ("started", "fast", number, pid):
                self._on_started(number, socket.socket(fileno=files[0]))
            case ("stolen", number, connection, started):
                self._on_stolen(number, connection, started)
            case ("retired", "slow", _, pid):
                self._retire(pid)
            case ("retired", "fast", number, _):
                self._on_retired(number)
            case ("gone", kind, number, pid, status):
                self._bury(kind, number, pid, status)
            case ("written", number):
                self._heard(number, files[0])
            case ("failed", error):
                self._failed = error
        return tuple(message)

    def _retire(self, pid: int) -> None:
        """Ask an idle worker no more; a busy one is let go when it is done."""
        with self._news:
            self._retired.add(pid)
            for worker in self.fair.discard_if(lambda worker: worker.pid == pid):
                worker.pipe.close()

    def _heard(self, number: int, file: int) -> None:
        outcome = wire.opened(file)
        with self._news:
            self._outcomes[number] = outcome
            self._news.notify_all()

    def _bury(self, kind: str, number: int, pid: int, status: int) -> None:
        with self._news:
            self._retired.discard(pid)
            self._gone[pid] = status
            while len(self._gone) > 256:
                self._gone.pop(next(iter(self._gone)))
            self._news.notify_all()
        if kind == "slow":
            self.fair.discard_if(lambda worker: worker.pid == pid)
        else:
            self._on_gone(number)


class Stream:
    """The bytes of one answer; each piece is fetched when it is asked for."""

    def __init__(self, pool: Pool, running: Running, limit: float) -> None:
        self._pool = pool
        self._running = running
        self._limit = limit
        self._deadline = running.started + limit
        self._body: bytes | None = None
        self._open = True

    def open(self, job: Job) -> Answer:
        """Send the job and return the head of the answer."""
        try:
            self._running.worker.pipe.send(job)
        except OSError as error:
            raise self._cause() from error
        reply = self._next()
        if isinstance(reply, KgError):
            self._end()
            raise reply
        assert isinstance(reply, Answer)
        if reply.body or reply.kind != "graph":
            self._body = reply.body
            self._end()
        return reply

    @property
    def whole(self) -> bytes | None:
        """Return the bytes when there is one piece of them, which has come already."""
        return self._body

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces; the time that the reader takes over one is not the query's."""
        if self._body is not None:
            yield self._body
            return
        while self._open:
            piece = self._next()
            if isinstance(piece, End):
                self._release(piece)
                return
            assert isinstance(piece, bytes)
            before = time.monotonic()
            yield piece
            self._deadline += time.monotonic() - before

    def close(self) -> None:
        """Kill the worker when the answer is not complete."""
        if self._open:
            self._open = False
            self._pool.stop(self._running, Cancelled)
            self._pool.finished(self._running, reusable=False)

    def _end(self) -> None:
        end = self._next()
        assert isinstance(end, End)
        self._release(end)

    def _release(self, end: End) -> None:
        self._open = False
        stopped = self._running.stopped is not None
        self._pool.finished(self._running, reusable=not (end.worn or stopped))

    def _next(self) -> KgError | Answer | End | bytes:
        pipe = self._running.worker.pipe
        try:
            if pipe.poll(max(0.0, self._deadline - time.monotonic())):
                found: KgError | Answer | End | bytes = pipe.recv()
                return found
        except (EOFError, OSError) as error:
            raise self._cause() from error
        self._pool.stop(self._running, TooSlow)
        raise self._cause()

    def _cause(self) -> KgError:
        """Return why the worker is no more."""
        stopped = self._running.stopped
        if stopped is TooSlow:
            return TooSlow(
                f"The query was stopped after {self._limit:g} s",
                hint="Add a LIMIT, bind more terms, or ask for one state or one year",
            )
        if stopped:
            return stopped("The query was stopped on request")
        ended = self._pool.death(self._running.worker.pid)
        if ended == signal.SIGABRT:
            return OutOfMemory(
                "The query wanted more memory than one query may have",
                hint="Ask for less at a time: add a LIMIT, or drop ORDER BY, DISTINCT or GROUP BY",
            )
        return WorkerDied(
            "The query ended its worker",
            hint="Ask for less at a time",
            details={"signal": int(ended)},
        )
