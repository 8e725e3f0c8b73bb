"""Speak HTTP on a connection that no fast worker answers, and give it back when it is answered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from kg.formats import PROBLEM
from kg.headers import HEADERS
from kg.serving.bridge import Bridge
from kg.serving.door import Connection

__all__ = ["ADDRESS", "FIELDS", "HEAD", "Lent"]

#: Bytes and fields of the head of a request (RFC 6585 section 5: 431 beyond them).
HEAD, FIELDS = 64 * 1024, 100
#: Bytes of the address (RFC 9110 section 15.5.15: 414 beyond them).
ADDRESS = 65_000
SHORTER = "POST a long query, as a form or as application/sparql-query"
#: Seconds that the head of a request may take, and then each part of its body.
HEAD_SECONDS, BODY_SECONDS = 20.0, 30.0

CLOSE = b"Connection: close\r\n\r\n"


class Lent(HttpToolsProtocol):
    """uvicorn's protocol on a connection that is given back after each answer, where it can be."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        *,
        connection: Connection,
        app: Bridge,
        back: Callable[[Connection, bool], None],
    ) -> None:
        """Call `back` when the connection is not ours any more: whether it may be used again."""
        super().__init__(config=config, server_state=server_state, app_state={})
        self.app = self._begin
        self._answer = app
        self._connection = connection
        self._back = back
        self._within = False
        self._head = 0
        self._ending = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, but not for ever."""
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the connection back, or see it closed."""
        self._unwait()
        super().connection_lost(exc)
        self._back(self._connection, self._ending and exc is None)

    def data_received(self, data: bytes) -> None:
        """Refuse a head that is too large."""
        if not self._within:
            self._head += len(data)
            if self._head > HEAD + len(data) or (len(data) > HEAD and b"\r\n\r\n" not in data):
                self._refuse_head(data)
                return
        super().data_received(data)

    def on_url(self, url: bytes) -> None:
        """Refuse an address that is too long."""
        super().on_url(url)
        if len(self.url) > ADDRESS and not self.transport.is_closing():
            self._refuse(414, f"The address has more than {ADDRESS:,} bytes", SHORTER)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the fields."""
        super().on_header(name, value)
        if len(self.headers) == FIELDS + 1:
            self._refuse(431, f"The request has more than {FIELDS} fields")

    def on_headers_complete(self) -> None:
        """Start to answer."""
        if self.transport.is_closing():
            return
        self._within, self._head = True, 0
        self._wait(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Wait for the next part."""
        if not self.transport.is_closing():
            self._wait(BODY_SECONDS)
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait no longer."""
        self._unwait()
        self._within = False
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_message_begin(self) -> None:
        """Count the head from its first byte."""
        super().on_message_begin()
        self._ending = False

    def on_response_complete(self) -> None:
        """Give the connection back when nothing of another request has been read from it."""
        super().on_response_complete()
        quiet = self.cycle.response_complete and not (self._within or self._head)
        if quiet and not self.transport.is_closing():
            self._ending = True
            self._unset_keepalive_if_required()
            # Closes a duplicate: the connection itself stays open with the door.
            self.transport.close()

    async def _begin(self, scope: Any, receive: Any, send: Any) -> None:
        begun, self._connection.started = self._connection.started, None
        await self._answer(scope, receive, send, begun=begun)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, in the words of all other errors."""
        if not self.transport.is_closing():
            self._refuse(400, "The request is not HTTP as RFC 9112 has it")

    def _refuse_head(self, data: bytes) -> None:
        if not self.headers and b"\n" not in data[:ADDRESS]:
            self._refuse(414, f"The address has more than {ADDRESS:,} bytes", SHORTER)
        else:
            self._refuse(431, f"The head of the request has more than {HEAD:,} bytes")

    def _refuse(self, status: int, message: str, hint: str = "") -> None:
        """Answer and close."""
        title = HTTPStatus(status).phrase
        problem = {"title": title, "status": status, "detail": message}
        body = json.dumps(problem | ({"hint": hint} if hint else {})).encode()
        fields = {**HEADERS, "Content-Type": PROBLEM, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.transport.write(STATUS_LINE[status] + head.encode() + CLOSE + body)
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._unwait()
        self._timer = self.loop.call_later(seconds, self._give_up)

    def _unwait(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._refuse(408, "The request did not come in time")


def config(app: Any) -> Config:
    """Return how uvicorn is set: no log of its own, no name, answers cut off after a while."""
    # What it would say of a bad request, the client is told; nobody can fill our log with it.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    return Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=15,
        proxy_headers=False,
    )
