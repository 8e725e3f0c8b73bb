"""The process that holds the graph in memory and forks the workers that answer from it.

It has one thread, so that it may fork at any time. It starts workers, ends them when asked to,
puts new ones in the place of the dead, and takes from a fast worker the query that takes it too
long. Where the graph is written to, it has each write tried, makes it, and then puts new workers
in the place of all. It is run as `main()` with the descriptor of a socket as its argument; the
first message through that is the `Plan`.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pyoxigraph import RdfFormat, Store

from kg.errors import KgError, NotReady
from kg.pool import fast, lane, wire
from kg.pool.allocator import release
from kg.pool.plan import Plan
from kg.pool.sandbox import confine
from kg.pool.slots import Slot, Slots
from kg.store import DUMP, manifest

if TYPE_CHECKING:
    from kg.pool.writes import Outcome, Writes

__all__ = ["main"]

Found = TypeVar("Found")

#: Seconds between two looks at the fast workers, and for which a query that took long is known.
TICK, FORGET = 0.01, 60.0
#: Nanoseconds that a query may run in a fast worker: of the processor, and of the clock.
BUDGET, PATIENCE = 100_000_000, 500_000_000


@dataclass
class _Worker:
    kind: str
    number: int
    pid: int
    #: The query that a fast worker was seen at, and its processor time then.
    seen: int = 0
    used: int = 0
    #: Out of date since a write, or about to end; it is not replaced once more.
    retired: bool = False


def main() -> None:
    """Hold the graph until the socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    plan, files = wire.receive(control)
    try:
        store, writes = _apart(lambda: hold(plan))
    except KgError as error:
        wire.send(control, ("failed", error))
        return
    gc.collect()
    gc.freeze()
    release()
    holder = Holder(control, store, plan, Slots(plan.slots, files[0]), writes)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        holder.run()
    holder.end()


def hold(plan: Plan) -> tuple[Store, Writes | None]:
    """Return the graph in memory, and what writes to it."""
    if plan.writing is None:
        return load(plan.build), None
    # What judges a write takes memory that a server without writes does not need.
    from kg.foreign import read
    from kg.pool.writes import Writes
    from kg.writing import Writer

    wanted = plan.writing
    writer = Writer(wanted.folder, wanted.shapes, read(plan.build, wanted.data))
    return writer.store, Writes(writer, _apart)


def load(build: Path) -> Store:
    """Return the built graph in memory; raise NotReady when there is none, or a part of one."""
    about = manifest(build)
    store = Store()
    dump = build / DUMP
    try:
        if dump.is_file():
            store.bulk_load(path=str(dump), format=RdfFormat.TRIG)
        else:
            store.bulk_extend(Store.read_only(str(build / "store")))
    except (OSError, SyntaxError, ValueError) as error:
        raise NotReady(f"{build}: cannot be loaded ({error}); run `kg build`") from error
    wanted = about.get("triples", len(store))
    if len(store) != wanted:
        raise NotReady(f"{build}: has {len(store)} triples, not {wanted}; run `kg build`")
    return store


def _apart(work: Callable[[], Found]) -> Found:
    """Do something in a thread that has ended before anything is forked.

    The engine seeds its random numbers once a thread. Had this thread drawn any, every worker
    would go on from the same seed, and `UUID()` would give one and the same again and again.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


class Holder:
    """The workers of one graph, and the loop that keeps them."""

    def __init__(
        self,
        control: socket.socket,
        store: Store,
        plan: Plan,
        slots: Slots,
        writes: Writes | None = None,
    ) -> None:
        self._writes = writes
        self._control = control
        self._store = store
        self._plan = plan
        self._slots = slots
        if writes:
            self._serve(str(writes.about["fingerprint"]))
        self._workers: dict[int, _Worker] = {}
        self._wake, self._waker = socket.socketpair()
        for end in (self._wake, self._waker):
            end.setblocking(False)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self) -> None:
        """Start the workers and keep them until the socket closes."""
        for number in range(self._plan.slow):
            self._start("slow", number)
        for number in range(self._plan.fast):
            self._start("fast", number)
        wire.send(self._control, ("ready", self._writes.about if self._writes else {}))
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        forgetting = time.monotonic() + FORGET
        while True:
            ready = self._wait(poll)
            if self._wake.fileno() in ready:
                with contextlib.suppress(BlockingIOError):
                    self._wake.recv(4096)
                self._reap()
            if self._control.fileno() in ready:
                self._obey(*wire.receive(self._control))
            self._tend(ready)
            self._watch()
            if time.monotonic() > forgetting:
                forgetting = time.monotonic() + FORGET
                self._slots.forget()

    def _wait(self, poll: select.poll) -> set[int]:
        """Return the descriptors that are ready, after a while none."""
        trial = self._writes.descriptor if self._writes else None
        if trial is not None:
            poll.register(trial, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(TICK * 1000)}
        if trial is not None:
            poll.unregister(trial)
        return ready

    def end(self) -> None:
        """End all workers."""
        if self._writes:
            self._writes.close()
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        for pid in self._workers:
            os.waitpid(pid, 0)

    def _obey(self, message: tuple[str, int], files: list[int]) -> None:
        """Carry out an order: end a worker, if it is still the one meant, or begin a write."""
        order, number = message
        if order == "end" and number in self._workers:
            self._end(self._workers[number])
        if order == "write" and self._writes:
            at_once = self._writes.begin(number, files.pop())
            if at_once:
                self._tell(number, at_once)
        for file in files:
            os.close(file)

    # Writes.

    def _tend(self, ready: set[int]) -> None:
        """Hear how a write goes; when it is made, every worker is out of date."""
        if self._writes is None or (descriptor := self._writes.descriptor) is None:
            return
        if found := self._writes.tend(descriptor in ready):
            number, outcome = found
            if not isinstance(outcome.done, KgError) and outcome.done.changed:
                self._renew(str(outcome.about["fingerprint"]))
            self._tell(number, outcome)

    def _renew(self, fingerprint: str) -> None:
        """Put workers that see the write in the place of those that do not.

        A fast worker is followed by one with another slot, since it may be busy with its own.
        """
        self._slots.written()
        self._serve(fingerprint)
        old = [worker for worker in self._workers.values() if not worker.retired]
        for worker in old:
            worker.retired = True
            wire.send(self._control, ("retired", worker.kind, worker.number, worker.pid))
        for worker in old:
            number = worker.number
            if worker.kind == "fast":
                number = (number + self._plan.fast) % self._slots.count
                self._clear(number)
            self._start(worker.kind, number)

    def _serve(self, fingerprint: str) -> None:
        """Have the workers of from now on name this graph."""
        if self._plan.service:
            service = replace(self._plan.service, fingerprint=fingerprint)
            self._plan = replace(self._plan, service=service)

    def _clear(self, slot: int) -> None:
        """End the worker of two writes ago, if it still has the slot."""
        for worker in [one for one in self._workers.values() if one.number == slot]:
            if worker.kind == "fast":
                os.kill(worker.pid, signal.SIGKILL)
                self._replace(*os.waitpid(worker.pid, 0))

    def _tell(self, number: int, outcome: Outcome) -> None:
        """Tell what came of a write; the report of one that is refused may be long."""
        with wire.enclosed(outcome) as file:
            wire.send(self._control, ("written", number), file)

    # Workers.

    def _end(self, worker: _Worker) -> None:
        """End a worker and start the next; to free the memory of the dead may take a while."""
        os.kill(worker.pid, signal.SIGKILL)
        if worker.kind == "slow" and not worker.retired:
            worker.retired = True
            self._start(worker.kind, worker.number)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            if self._writes:
                self._writes.reaped(pid, status)
            self._replace(pid, status)

    def _replace(self, pid: int, status: int) -> None:
        worker = self._workers.pop(pid, None)
        if worker is None:
            return
        if worker.kind == "fast":
            self._settle(worker.number)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        wire.send(self._control, ("gone", worker.kind, worker.number, pid, number))
        if not worker.retired:
            self._start(worker.kind, worker.number)

    def _settle(self, number: int) -> None:
        """Give back the query that a dead fast worker was at."""
        slot = self._slots.slot(number)
        if slot.sequence & 1:
            started, connection, hashed = slot.running
            self._slots.remember(hashed)
            slot.settle()
            wire.send(self._control, ("stolen", number, connection, started))

    def _start(self, kind: str, number: int) -> None:
        ours, theirs = wire.pair() if kind == "fast" else socket.socketpair()
        writes = self._slots.writes
        pid = os.fork()
        if pid == 0:
            self._become(kind, number, ours, theirs, writes)
        theirs.close()
        self._workers[pid] = _Worker(kind, number, pid)
        wire.send(self._control, ("started", kind, number, pid), ours.fileno())
        ours.close()

    def _become(
        self, kind: str, number: int, ours: socket.socket, theirs: socket.socket, writes: int
    ) -> None:
        """Be a worker; never return."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (ours, self._control, self._wake, self._waker):
                end.close()
            if self._writes:
                self._writes.forget()
            confine(memory=self._plan.memory)
            if kind == "fast":
                assert self._plan.service is not None
                fast.work(theirs, self._store, self._plan.service, self._slots, number, writes)
            else:
                lane.work(Connection(theirs.detach()), self._store)
            code = 0
        except (EOFError, BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
            code = 0
        finally:
            os._exit(code)

    def _watch(self) -> None:
        """Take the query from each fast worker that has been at it for too long."""
        now = time.monotonic_ns()
        for worker in [one for one in self._workers.values() if one.kind == "fast"]:
            slot = self._slots.slot(worker.number)
            sequence = slot.sequence
            if not sequence & 1:
                continue
            if sequence != worker.seen:
                worker.seen, worker.used = sequence, _processor(worker.pid)
                continue
            past = now - slot.running[0]
            if past > PATIENCE or (past > BUDGET and self._spent(worker) > BUDGET):
                self._take(worker, slot, sequence)

    def _spent(self, worker: _Worker) -> int:
        return _processor(worker.pid) - worker.used

    def _take(self, worker: _Worker, slot: Slot, seen: int) -> None:
        """Stop a worker, look again, and end it if it is still at the same query."""
        os.kill(worker.pid, signal.SIGSTOP)
        _, status = os.waitpid(worker.pid, os.WUNTRACED)
        if os.WIFSTOPPED(status):
            if slot.sequence != seen:
                os.kill(worker.pid, signal.SIGCONT)
                return
            os.kill(worker.pid, signal.SIGKILL)
            _, status = os.waitpid(worker.pid, 0)
        self._replace(worker.pid, status)


def _processor(pid: int) -> int:
    """Return the nanoseconds of processor time that a process has had (clock_getcpuclockid(3))."""
    try:
        return time.clock_gettime_ns((~pid << 3) | 2)
    except OSError:
        return 0
