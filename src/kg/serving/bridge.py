"""Run the Flask application for uvicorn, and stop its queries when their client goes away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from a2wsgi import WSGIMiddleware
from werkzeug.exceptions import RequestEntityTooLarge

from kg.access import AccessLog

__all__ = ["Bridge", "Request"]

#: Threads that run views; most of the time they wait for a worker.
THREADS = 48

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Any]
Send = Callable[[Message], Any]


@dataclass
class Request:
    """What the views need to know of the request beside what is in it."""

    client: str
    begun: float | None = None
    id: str = field(default_factory=lambda: uuid4().hex[:16])
    start: float = field(default_factory=time.perf_counter)
    status: int = 0
    bytes: int = 0


class Bridge:
    """An ASGI application around a WSGI one."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        *,
        cancel: Callable[[str], object],
        done: Callable[[Scope, Request], None],
        log: AccessLog,
        trusted: frozenset[str],
        limit: int,
    ) -> None:
        """Call `cancel` with the id of a request whose client is gone, `done` after each answer.

        A body of more than `limit` bytes is 413. A client that is `trusted` may name the one that
        it asks for in X-Forwarded-For.
        """
        self._inner = WSGIMiddleware(_bounded(app, limit), workers=THREADS)
        self._cancel = cancel
        self._done = done
        self._log = log
        self._trusted = trusted

    async def __call__(
        self, scope: Scope, receive: Receive, send: Send, *, begun: float | None = None
    ) -> None:
        """Answer one request, that a fast worker may have begun with."""
        request = Request(self._client(scope), begun)
        scope["kg"] = request
        watch = _Watch(receive, lambda: self._cancel(request.id))

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
            else:
                request.bytes += len(message.get("body", b""))
            await send(message)

        try:
            await watch.start()
            await self._inner(scope, watch.receive, counted)  # type: ignore[arg-type]
        finally:
            watch.stop()
            self._done(scope, request)
            self._write(scope, request)

    def _client(self, scope: Scope) -> str:
        """Return the address of the client: the last one that a trusted proxy does not own."""
        address = (scope.get("client") or ("", 0))[0]
        named = [v for k, v in scope["headers"] if k == b"x-forwarded-for"]
        hops = [
            one.strip() for one in b",".join(named).decode("latin-1").split(",") if one.strip()
        ]
        while address in self._trusted and hops:
            address = hops.pop()
        scope["client"] = (address, (scope.get("client") or ("", 0))[1])
        return str(address)

    def _write(self, scope: Scope, request: Request) -> None:
        if self._log.open:
            self._log.write(
                id=request.id,
                client=request.client,
                method=scope["method"],
                path=scope["path"],
                status=request.status,
                milliseconds=round((time.perf_counter() - request.start) * 1000, 3),
                bytes=request.bytes,
                lane="slow",
            )


class _Watch:
    """Passes on the body of a request, and then waits for its client to go."""

    def __init__(self, receive: Receive, gone: Callable[[], object]) -> None:
        self._receive = receive
        self._gone = gone
        self._first: Message | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._first = await self._next()

    async def receive(self) -> Message:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._task:
            return {"type": "http.request", "body": b"", "more_body": False}
        return await self._next()

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _next(self) -> Message:
        message: Message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone()
        elif not message.get("more_body"):
            self._task = asyncio.create_task(self._wait())
        return message

    async def _wait(self) -> None:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._gone()


class _Body:
    """The body of a request up to a number of bytes."""

    def __init__(self, inner: Any, limit: int) -> None:
        self._inner = inner
        self._left = limit

    def read(self, size: int = -1) -> bytes:
        """Read; raise RequestEntityTooLarge past the limit."""
        found: bytes = self._inner.read(size if size >= 0 else self._left + 1)
        self._left -= len(found)
        # Whoever reads stops at the limit by himself, and would take a cut body for a whole one.
        if self._left < 0 or (not self._left and self._inner.read(1)):
            raise RequestEntityTooLarge
        return found


def _bounded(app: Callable[..., Iterable[bytes]], limit: int) -> Callable[..., Iterable[bytes]]:
    """Have a body read to its end, whether it tells its length or not, and not past the limit."""

    def wrapped(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        environ["wsgi.input_terminated"] = True
        environ["wsgi.input"] = _Body(environ["wsgi.input"], limit)
        return app(environ, start)

    return wrapped
