"""Accept the clients' connections and hand each to the process that answers on it.

A connection goes to a fast worker first. What that does not answer itself comes back with its
request unread, and is served here by Flask; when that answer is out the connection goes to a fast
worker again. This process keeps every connection open beside the worker, so a worker that dies
takes none with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from kg.pool import Pool, wire
from kg.pool.fast import CLOSED, PASSED, RETURNED
from kg.remote import Remote

__all__ = ["Connection", "Door"]

#: Connections at a time; more wait to be accepted.
CONNECTIONS = 2000
#: Seconds that a client may take over the rest of an answer, for each 16 MiB of it.
PATIENCE = 120.0
NOWAIT = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL


@dataclass(eq=False)
class Connection:
    """A client's connection."""

    number: int
    socket: socket.socket
    client: str
    #: When a fast worker began with the query that it did not finish, in seconds.
    started: float | None = None


@dataclass(eq=False)
class _Channel:
    """A fast worker and the pool that it belongs to."""

    pool: Pool | Remote
    number: int
    socket: socket.socket
    connections: dict[int, Connection] = field(default_factory=dict)
    #: Out of date: it is given no more connections.
    retired: bool = False


class Door:
    """The listening socket and all connections."""

    def __init__(
        self,
        listener: socket.socket,
        slow: Callable[[Connection, socket.socket], None],
        lost: Callable[[], None],
    ) -> None:
        """Hand to `slow` what no fast worker answers, as a socket of its own.

        `lost` is called when the graph is gone.
        """
        self._lost = lost
        self._listener = listener
        self._slow = slow
        self._loop = asyncio.get_running_loop()
        self._connections: dict[int, Connection] = {}
        self._channels: dict[tuple[int, int], _Channel] = {}
        self._next = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._room.set()
        self._pool: Pool | Remote | None = None

    @property
    def count(self) -> int:
        """Return how many connections are open."""
        return len(self._connections)

    def use(self, pool: Pool | Remote) -> None:
        """Take the fast workers of this pool from now on, and no others."""
        self._pool = pool
        call = self._loop.call_soon_threadsafe
        pool.hear(
            started=lambda number, channel: call(self._started, pool, number, channel),
            stolen=lambda number, one, at: call(self._stolen, pool, number, one, at),
            retired=lambda number: call(self._retired, pool, number),
            gone=lambda number: call(self._gone, pool, number),
            lost=lambda: call(self._lost),
        )

    def retire(self, pool: Pool | Remote) -> None:
        """Have the fast workers of a pool give back their connections, which go to others."""
        for channel in self._of(pool):
            self._retire(channel)

    def forget(self, pool: Pool | Remote) -> None:
        """Forget the fast workers of a pool that is closed."""
        for channel in self._of(pool):
            self._drop(channel)

    def held(self, pool: Pool | Remote) -> int:
        """Return how many connections the fast workers of a pool have."""
        return sum(len(channel.connections) for channel in self._of(pool))

    async def run(self) -> None:
        """Accept connections until cancelled."""
        self._listener.setblocking(False)
        while True:
            await self._room.wait()
            new, address = await self._loop.sock_accept(self._listener)
            new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._next += 1
            connection = Connection(self._next, new, str(address[0]))
            self._connections[connection.number] = connection
            if len(self._connections) >= CONNECTIONS:
                self._room.clear()
            self.offer(connection)

    def offer(self, connection: Connection) -> None:
        """Hand a connection to the fast worker with the fewest, or keep it when there is none."""
        channels = self._of(self._pool) if self._pool else []
        fresh = [channel for channel in channels if not channel.retired]
        for channel in sorted(fresh, key=lambda one: len(one.connections)):
            message = (connection.number, connection.client)
            try:
                wire.send(channel.socket, message, connection.socket.fileno(), flags=NOWAIT)
            except OSError:
                continue
            channel.connections[connection.number] = connection
            return
        self.keep(connection)

    def keep(self, connection: Connection) -> None:
        """Serve a connection here."""
        self._slow(connection, connection.socket.dup())

    def close(self, connection: Connection) -> None:
        """Close a connection that nobody else has."""
        self._connections.pop(connection.number, None)
        connection.socket.close()
        self._room.set()

    # News of the fast workers.

    def _of(self, pool: Pool | Remote) -> list[_Channel]:
        return [channel for channel in self._channels.values() if channel.pool is pool]

    def _started(self, pool: Pool | Remote, number: int, new: socket.socket) -> None:
        self._gone(pool, number)
        new.setblocking(False)
        self._channels[id(pool), number] = channel = _Channel(pool, number, new)
        self._loop.add_reader(new.fileno(), self._read, channel)

    def _retired(self, pool: Pool | Remote, number: int) -> None:
        if channel := self._channels.get((id(pool), number)):
            self._retire(channel)

    def _retire(self, channel: _Channel) -> None:
        """Have a fast worker give back its connections, and give it no others."""
        channel.retired = True
        with contextlib.suppress(OSError):
            wire.send(channel.socket, None, flags=NOWAIT)

    def _gone(self, pool: Pool | Remote, number: int) -> None:
        if channel := self._channels.get((id(pool), number)):
            self._drop(channel)

    def _stolen(self, pool: Pool | Remote, number: int, connection: int, started: int) -> None:
        """Keep the connection whose query a fast worker did not finish."""
        channel = self._channels.get((id(pool), number))
        if channel and (found := channel.connections.pop(connection, None)):
            found.started = started / 1e9
            self.keep(found)

    def _drop(self, channel: _Channel) -> None:
        """Hear the last words of a dead worker, and hand its connections to others."""
        self._read(channel)
        self._channels.pop((id(channel.pool), channel.number), None)
        self._loop.remove_reader(channel.socket.fileno())
        channel.socket.close()
        for connection in list(channel.connections.values()):
            self.offer(connection)

    def _read(self, channel: _Channel) -> None:
        while True:
            try:
                (word, number), files = wire.receive(channel.socket)
            except BlockingIOError:
                return
            except (EOFError, OSError):
                # The worker is dead; the holder tells what it was at, and replaces it.
                self._loop.remove_reader(channel.socket.fileno())
                return
            if connection := channel.connections.pop(number, None):
                self._heard(word, connection, files)

    def _heard(self, word: str, connection: Connection, files: list[int]) -> None:
        if word == CLOSED:
            self.close(connection)
        elif word == PASSED:
            self.keep(connection)
        elif word == RETURNED:
            self.offer(connection)
        else:
            task = self._loop.create_task(self._finish(connection, files[0]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _finish(self, connection: Connection, file: int) -> None:
        """Send the rest of an answer, then offer the connection again."""
        try:
            with mmap.mmap(file, 0, prot=mmap.PROT_READ) as rest:
                patience = PATIENCE * (1 + len(rest) / 2**24)
                async with asyncio.timeout(patience):
                    await self._loop.sock_sendall(connection.socket, rest)
        except (OSError, TimeoutError, ValueError):
            self.close(connection)
            return
        finally:
            os.close(file)
        self.offer(connection)
