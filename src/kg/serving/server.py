"""Start everything, keep it, and stop it: the listening socket, the door, uvicorn, the graph."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Coroutine
from pathlib import Path

from flask import Flask
from uvicorn import Server

from kg.access import AccessLog
from kg.errors import CannotListen, KgError, NotReady
from kg.pool import Pool
from kg.remote import Remote
from kg.serving.bridge import Bridge, Request, Scope
from kg.serving.door import Connection, Door
from kg.serving.slow import Lent, config
from kg.settings import Settings
from kg.store import manifest
from kg.web import create_app
from kg.web.site import Site
from kg.web.warming import warm

__all__ = ["pid_file", "serve"]

log = logging.getLogger("kg")
#: Seconds that the old graph may take over its last answers beyond the time limit.
GRACE = 5.0
#: Seconds between two attempts to load a graph that was lost.
AGAIN = 2.0


def serve(settings: Settings) -> None:
    """Serve until interrupted; CannotListen when the port is taken, NotReady without a build."""
    if not (settings.store_url or settings.writable):
        manifest(settings.build)
    with listening(settings) as door:
        app = create_app(settings, fast=settings.fast_workers)
        site: Site = app.extensions["kg"]
        warm(app)
        mine = pid_file(settings)
        try:
            mine.parent.mkdir(parents=True, exist_ok=True)
            mine.write_text(f"{os.getpid()}\n", "ascii")
            asyncio.run(_House(settings, app, site, door).run())
        finally:
            site.close()
            mine.unlink(missing_ok=True)


def pid_file(settings: Settings) -> Path:
    """Return where the number of the process is that serves this build on this port."""
    return settings.build.parent / f"serve-{settings.port}.pid"


def listening(settings: Settings) -> socket.socket:
    """Open the socket before the graph is loaded: it is the step that fails, and clients wait."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {settings.host}:{settings.port}: {error}",
            hint="Stop what uses the port, or choose another: KG_PORT=8011 kg serve",
        ) from error


class _House:
    """All that lives as long as the event loop."""

    def __init__(
        self, settings: Settings, app: Flask, site: Site, listener: socket.socket
    ) -> None:
        self._settings = settings
        self._app = app
        self._site = site
        self._listener = listener
        self._server = Server(config(app))
        self._server.config.load()
        self._bridge = Bridge(
            app,
            cancel=lambda identifier: self._site.cancel(identifier),
            done=self._done,
            log=AccessLog(settings.access_log),
            trusted=frozenset(settings.trusted_proxies.split()),
            limit=max(settings.max_post_body_bytes, settings.max_write_bytes * settings.writable),
        )
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Accept until a signal says to stop; then let what runs come to its end."""
        loop = asyncio.get_running_loop()
        self._door = Door(self._listener, self._slow, lambda: self._spawn(self._recover()))
        self._door.use(self._site.graph.pool)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._reload()))
        accepting = asyncio.create_task(self._door.run())
        try:
            await self._server.serve(sockets=[])
        finally:
            accepting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await accepting

    def _slow(self, connection: Connection, duplicate: socket.socket) -> None:
        self._spawn(self._lend(connection, duplicate))

    async def _lend(self, connection: Connection, duplicate: socket.socket) -> None:
        protocol = Lent(
            self._server.config,
            self._server.server_state,
            connection=connection,
            app=self._bridge,
            back=self._back,
        )
        duplicate.setblocking(False)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, duplicate)
        except OSError:
            duplicate.close()
            self._door.close(connection)

    def _back(self, connection: Connection, usable: bool) -> None:
        if usable:
            self._door.offer(connection)
        else:
            self._door.close(connection)

    def _done(self, scope: Scope, request: Request) -> None:
        self._site.metrics.answered(request.status, time.perf_counter() - request.start)

    async def _recover(self) -> None:
        """Load the graph again when the process that held it has ended; try until it is there."""
        while (lost := self._site.graph.pool).lost:
            log.error("the process that held the graph has ended; loading it again")
            # Clients of its workers are answered here meanwhile: 503.
            self._door.forget(lost)
            await self._reload()
            if self._site.graph.pool.lost:
                await asyncio.sleep(AGAIN)

    async def _reload(self) -> None:
        """Load the newest build beside the one that serves, then let it serve in its place."""
        try:
            old = await asyncio.to_thread(self._site.reload)
        except KgError as error:
            log.error("not reloaded: %s", error)
            return
        new = self._site.graph.pool
        warm(self._app)
        self._door.use(new)
        self._door.retire(old)
        await self._empty(old)
        self._door.forget(old)
        await asyncio.to_thread(old.close)
        log.warning("reloaded: %s", self._site.graph.fingerprint)

    async def _empty(self, pool: Pool | Remote) -> None:
        deadline = time.monotonic() + pool.limit + GRACE
        while time.monotonic() < deadline and (self._door.held(pool) or pool.running):
            await asyncio.sleep(0.05)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def reload(settings: Settings) -> str:
    """Have the server of this build load the newest one; return the fingerprint that serves then.

    Raises NotReady when no server runs, or when it did not change over in time.
    """
    try:
        pid = int(pid_file(settings).read_text("ascii"))
        os.kill(pid, signal.SIGHUP)
    except (OSError, ValueError) as error:
        raise NotReady(
            f"No server of this build on port {settings.port}",
            hint="Start one with `kg serve`, or name its port: KG_PORT=8011 kg reload",
        ) from error
    return "" if settings.store_url else str(manifest(settings.build)["fingerprint"])
