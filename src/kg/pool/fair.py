"""Share few workers among many clients: whoever waits, waits in turn, and never without bound."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

from kg.errors import TooBusy

__all__ = ["Fair"]

Worker = TypeVar("Worker")


class _Ticket(Generic[Worker]):
    def __init__(self) -> None:
        self.worker: Worker | None = None


class Fair(Generic[Worker]):
    """Idle workers, and the clients that wait for one, served one after the other."""

    def __init__(self, *, waiting: int, per_client: int, running: int) -> None:
        """Bound how many wait in all, how many of one client, and how many of one run."""
        self._bounds = waiting, per_client
        self._running = running
        self._idle: deque[Worker] = deque()
        self._holders: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[_Ticket[Worker]]] = OrderedDict()
        self._changed = threading.Condition()

    def take(self, client: str, seconds: float) -> Worker:
        """Return a worker for the client; TooBusy when too many wait, or it waited too long."""
        ticket: _Ticket[Worker] = _Ticket()
        deadline = time.monotonic() + seconds
        with self._changed:
            self._queue(client, ticket)
            self._grant()
            while ticket.worker is None:
                if not self._changed.wait(max(0.0, deadline - time.monotonic())):
                    break
            if ticket.worker is None:
                self._leave(client, ticket)
                raise TooBusy("All workers are busy", hint="Try again in a few seconds")
            return ticket.worker

    def give(self, worker: Worker) -> None:
        """Add an idle worker."""
        with self._changed:
            self._idle.append(worker)
            self._grant()

    def free(self, client: str) -> None:
        """Say that the client has ended with its worker, which may be given or gone."""
        with self._changed:
            self._holders[client] -= 1
            self._holders += Counter()
            self._grant()

    def discard_if(self, dead: Callable[[Worker], bool]) -> list[Worker]:
        """Forget the idle workers that are dead, or as good as that, and return them."""
        with self._changed:
            found = [worker for worker in self._idle if dead(worker)]
            self._idle = deque(worker for worker in self._idle if worker not in found)
            return found

    @property
    def load(self) -> tuple[int, int, int]:
        """Return how many workers are idle, how many are taken, how many clients' calls wait."""
        with self._changed:
            waiting = sum(map(len, self._queues.values()))
            return len(self._idle), self._holders.total(), waiting

    def _queue(self, client: str, ticket: _Ticket[Worker]) -> None:
        waiting, per_client = self._bounds
        mine = self._queues.get(client, ())
        if len(mine) >= per_client or sum(map(len, self._queues.values())) >= waiting:
            raise TooBusy("Too many queries are waiting", hint="Ask fewer at a time")
        self._queues.setdefault(client, deque()).append(ticket)

    def _leave(self, client: str, ticket: _Ticket[Worker]) -> None:
        queue = self._queues[client]
        queue.remove(ticket)
        if not queue:
            del self._queues[client]

    def _grant(self) -> None:
        """Give each idle worker to the client that was served longest ago."""
        for client in list(self._queues):
            if not self._idle:
                return
            if self._holders[client] >= self._running:
                continue
            ticket = self._queues[client].popleft()
            self._queues.move_to_end(client)
            if not self._queues[client]:
                del self._queues[client]
            ticket.worker = self._idle.popleft()
            self._holders[client] += 1
            self._changed.notify_all()
