"""A worker that answers plain queries on the clients' own connections.

The connections are accepted by another process, which keeps them open beside us. A request is
looked at without being taken from its connection; only when its answer is ready are the bytes
taken and the answer sent. So a query that takes too long can be taken from us by ending us: its
request is still where it was, and a worker with more time reads it anew.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import select
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from secrets import token_hex

from pyoxigraph import Store

from kg.access import AccessLog
from kg.codings import LEAST, encode
from kg.errors import KgError
from kg.headers import HEADERS, REUSED, content_type, etag
from kg.pool import wire
from kg.pool.cache import Cache
from kg.pool.engine import answer
from kg.pool.guard import lasting
from kg.pool.jobs import Answer, Job
from kg.pool.plan import Service
from kg.pool.request import LARGEST, Request, read
from kg.pool.slots import Slots
from kg.pool.wear import faults, worn

__all__ = ["CLOSED", "PASSED", "REST", "RETURNED", "work"]

#: What we say of a connection: it is closed, it needs another, the rest of an answer is to be
#: sent, it is given back as was asked.
CLOSED, PASSED, REST, RETURNED = "closed", "passed", "rest", "returned"
#: What queries may differ in that take equally long: comments at the ends of lines, and numbers.
ALIKE = re.compile(r"(?m)(?:^|\s)#.*$|\d+")
FOUND, UNCHANGED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 304 Not Modified\r\n"
#: Bytes of answers that a worker keeps, and of requests that it need not read again.
KEPT, MEMO = 48 * 1024 * 1024, 16 * 1024 * 1024
EVERY = "".join(
    f"\r\n{name}: {value}"
    for name, value in {**HEADERS, "Vary": "Accept, Accept-Encoding"}.items()
)
#: Bytes of an answer of ours; larger ones are left to others.
WHOLE = 16 * 1024 * 1024
#: Milliseconds that a client may take to take more, and seconds for all of an answer.
AT_ONCE, IN_ALL = 10, 0.1
#: Seconds that a connection may be silent, and between two looks at that; looks between two
#: collections of what nothing refers to any more.
SILENT, SWEEP, COLLECT = 75.0, 5.0, 12


@dataclass(eq=False)
class _Connection:
    number: int
    socket: socket.socket
    client: str
    last: float


@dataclass(frozen=True)
class _Reply:
    """An answer as bytes: its status, what comes after the date, and the body."""

    status: bytes
    head: bytes
    body: bytes
    rows: int


class _TooLarge(Exception):
    """The answer is for others to send."""


def work(
    channel: socket.socket, store: Store, service: Service, slots: Slots, at: int, writes: int
) -> None:
    """Serve the connections that come through the channel until it closes.

    `writes` is how often the graph had been written to when this process had it.
    """
    _Worker(channel, store, service, slots, at, writes).run()


class _Worker:
    def __init__(
        self,
        channel: socket.socket,
        store: Store,
        service: Service,
        slots: Slots,
        at: int,
        writes: int,
    ) -> None:
        self._channel = channel
        self._store = store
        self._service = service
        self._slots = slots
        self._slot = slots.slot(at)
        self._writes = writes
        self._log = AccessLog(service.access_log)
        self._connections: dict[int, _Connection] = {}
        self._poll = select.epoll()
        self._poll.register(channel.fileno(), select.EPOLLIN)
        self._replies: Cache[_Reply] = Cache(KEPT)
        self._memo: Cache[Request] = Cache(MEMO)
        self._series, self._count_of_ids = token_hex(4), 0
        self._second = 0
        self._opening = b""

    def run(self) -> None:
        """Look at what is ready, one request of each connection at a time."""
        # Nothing here refers to itself; what does all the same is collected in quiet moments.
        gc.disable()
        home = self._channel.fileno()
        sweep, sweeps, begun = time.monotonic() + SWEEP, 0, faults()
        while True:
            for descriptor, _ in self._poll.poll(SWEEP):
                if descriptor == home:
                    self._accept()
                if self._slots.writes != self._writes:
                    self._give_back()
                    return
                if connection := self._connections.get(descriptor):
                    self._try(connection)
            if (now := time.monotonic()) > sweep:
                sweep = now + SWEEP
                sweeps += 1
                if sweeps % COLLECT == 0:
                    gc.collect()
                if worn(begun):
                    self._give_back()
                    return
                self._sweep(now)

    def _accept(self) -> None:
        """Take over a connection, or give all back; EOFError when the channel closes."""
        message, files = wire.receive(self._channel)
        if message is None:
            self._give_back()
            return
        number, client = message
        new = socket.socket(fileno=files[0])
        new.setblocking(False)
        connection = _Connection(number, new, client, time.monotonic())
        self._connections[new.fileno()] = connection
        self._poll.register(new.fileno(), select.EPOLLIN)

    def _try(self, connection: _Connection) -> None:
        """Serve a connection; leave it to others when that fails in a way nobody thought of.

        If it ended this worker, the request would end the next one too, and so on.
        """
        try:
            self._serve(connection)
        except Exception:  # the edge of this process
            traceback.print_exc()
            self._slot.settle()
            if connection.socket.fileno() >= 0:
                self._leave(connection, PASSED)

    def _serve(self, connection: _Connection) -> None:
        start = time.perf_counter_ns()
        try:
            data = connection.socket.recv(LARGEST, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._leave(connection, CLOSED)
            return
        request = self._memo.get(data)
        if request is None and (request := read(data)) and request.size == len(data):
            self._memo.put(data, request, 3 * len(data))
        reply = self._reply(request, connection) if request else None
        if request is None or reply is None:
            self._slot.add("passed")
            self._leave(connection, PASSED)
            return
        self._send(connection, reply, request.size, start)

    def _reply(self, request: Request, connection: _Connection) -> _Reply | None:
        """Return the answer; None when the request is for others: too long, too large, wrong."""
        lasts = lasting(request.query)
        tag = self._tag(request) if request.get and lasts else ""
        if tag and request.unless and _named(request.unless, tag):
            return _Reply(UNCHANGED, _head({}, tag), b"", -1)
        if lasts and (found := self._replies.get(request.key)):
            self._slot.add("hits")
            return found
        hashed = hash(ALIKE.sub("", request.query))
        if self._slots.remembers(hashed):
            return None
        self._slot.begin(connection.number, hashed)
        try:
            reply = self._made(request, tag)
        except (KgError, _TooLarge):
            return None
        finally:
            self._slot.end()
        if lasts:
            self._replies.put(request.key, reply, len(reply.body) + 2 * len(request.query))
        return reply

    def _made(self, request: Request, tag: str) -> _Reply:
        job = Job(
            query=request.query,
            rows=request.rows,
            graph=request.graph,
            default_graphs=request.default_graphs,
            named_graphs=request.named_graphs,
            limit=self._service.rows,
            max_bytes=min(WHOLE, self._service.size),
        )
        start = time.perf_counter()
        found = answer(self._store, job, _refuse)
        if len(found.body) > WHOLE or (found.truncated and found.rows != job.limit):
            raise _TooLarge
        coding = request.coding if len(found.body) >= LEAST else ""
        fields = {
            "Content-Type": content_type(found.media),
            "Server-Timing": f"query;dur={(time.perf_counter() - start) * 1000:.1f}",
        }
        if found.rows is not None:
            fields["Mithaq-Rows"] = str(found.rows)
        if found.truncated:
            fields["Mithaq-Truncated"] = "true"
        if coding:
            fields["Content-Encoding"] = coding
        body = encode(found.body, coding)
        fields["Content-Length"] = str(len(body))
        return _Reply(FOUND, _head(fields, tag), body, found.rows or 0)

    def _tag(self, request: Request) -> str:
        one = self._service
        return etag(one.version, one.fingerprint, request.target, request.accept, request.coding)

    def _send(self, connection: _Connection, reply: _Reply, size: int, start: int) -> None:
        """Take the request from the connection and send the answer, or have the rest sent."""
        self._count_of_ids += 1
        identifier = f"{self._series}{self._count_of_ids:08x}"
        head = b"".join(
            (reply.status, self._dated(), identifier.encode(), reply.head, b"\r\n\r\n")
        )
        try:
            connection.socket.recv(size)
            rest = _push(connection.socket, head, reply.body)
        except OSError:
            self._leave(connection, CLOSED)
            return
        self._count(connection, reply, identifier, start)
        if rest:
            self._pass_rest(connection, rest)
        else:
            connection.last = time.monotonic()

    def _count(self, connection: _Connection, reply: _Reply, identifier: str, start: int) -> None:
        took = time.perf_counter_ns() - start
        slot = self._slot
        slot.add("requests")
        slot.add("bytes", len(reply.body))
        if reply.rows > 0:
            slot.add("rows", reply.rows)
        if reply.rows < 0:
            slot.add("unchanged")
        slot.took(took)
        if self._log.open:
            self._log.write(
                id=identifier,
                client=connection.client,
                path="/sparql",
                status=304 if reply.rows < 0 else 200,
                milliseconds=round(took / 1e6, 3),
                rows=max(reply.rows, 0),
                bytes=len(reply.body),
                lane="fast",
            )

    def _pass_rest(self, connection: _Connection, rest: memoryview) -> None:
        """Leave what the connection does not take now to one who can wait."""
        file = os.memfd_create("rest")
        with os.fdopen(file, "wb", closefd=False) as writer:
            writer.write(rest)
        self._leave(connection, REST, file)
        os.close(file)

    def _leave(self, connection: _Connection, word: str, *files: int) -> None:
        descriptor = connection.socket.fileno()
        self._poll.unregister(descriptor)
        del self._connections[descriptor]
        connection.socket.close()
        wire.send(self._channel, (word, connection.number), *files)

    def _give_back(self) -> None:
        for connection in list(self._connections.values()):
            self._leave(connection, RETURNED)

    def _sweep(self, now: float) -> None:
        for connection in list(self._connections.values()):
            if now - connection.last > SILENT:
                self._leave(connection, CLOSED)

    def _dated(self) -> bytes:
        """Return the fields before the id of the query, made anew each second."""
        if (second := int(time.time())) != self._second:
            self._second = second
            self._opening = f"Date: {formatdate(second, usegmt=True)}\r\nQuery-Id: ".encode()
        return self._opening


def _push(to: socket.socket, head: bytes, body: bytes) -> memoryview | None:
    """Send to a client as long as it takes the bytes at once; return what it left."""
    try:
        sent = to.sendmsg((head, body))
    except BlockingIOError:
        sent = 0
    if sent == len(head) + len(body):
        return None
    rest = memoryview(body if sent >= len(head) else head + body)
    rest = rest[sent - len(head) if sent >= len(head) else sent :]
    deadline = time.monotonic() + IN_ALL
    writable = select.poll()
    writable.register(to, select.POLLOUT)
    while rest and time.monotonic() < deadline and writable.poll(AT_ONCE):
        with contextlib.suppress(BlockingIOError):
            rest = rest[to.send(rest) :]
    return rest or None


def _refuse(head: Answer) -> Callable[[bytes], object]:
    raise _TooLarge


def _head(fields: dict[str, str], tag: str) -> bytes:
    """Return these fields and those of every answer, each after the end of a line."""
    held = f'{REUSED}\r\nETag: "{tag}"' if tag else "no-store"
    own = "".join([f"\r\n{name}: {value}" for name, value in fields.items()])
    return f"{own}\r\nCache-Control: {held}{EVERY}".encode("latin-1")


def _named(header: str, tag: str) -> bool:
    """Say whether If-None-Match names the tag (RFC 9110 section 13.1.2)."""
    return header.strip() == "*" or f'"{tag}"' in header
