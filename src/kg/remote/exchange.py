"""One request to another server, over at its deadline whatever that server does."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kg.credentials import Credentials
from kg.errors import Cancelled, KgError, TooSlow, Unreachable
from kg.pool.processes import Call

__all__ = ["Exchange", "Watch", "connections"]

#: Bytes read at a time, and seconds that a connection may take.
PIECE, CONNECTING = 1 << 16, 5.0
#: Bytes of an answer that has to be whole before it can be passed on.
LARGEST = 256 * 1024 * 1024
#: Characters of what the server says that are passed on.
TOLD = 300

_here = threading.local()


class Exchange:
    """A request and its answer, which any thread may stop."""

    def __init__(self, url: str, query: str, call: Call, limit: float) -> None:
        self.url = url
        self.query = query
        self.call = call
        self.started = time.monotonic()
        self.deadline = self.started + limit
        self.most: int | None = LARGEST
        self.media = ""
        self.fields: Mapping[str, str] = {}
        self.socket: socket.socket | None = None
        self._limit = limit
        self._stopped: type[KgError] | None = None
        self._answer: urllib3.BaseHTTPResponse | None = None
        self._read = 0

    def open(
        self, http: urllib3.PoolManager, body: str, accept: str, credentials: Credentials
    ) -> int:
        """Send a form, wait for the head of the answer, return its status."""
        for _ in range(2):
            fields = {
                "Accept": accept,
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": "mithaq",
                **credentials.fields("POST", self.url),
            }
            answer = self._answer = self._sent(http, body, fields)
            if answer.status != 401:
                break
            if not credentials.asked(answer.headers.get("WWW-Authenticate")):
                break
            answer.drain_conn()
        self.fields = answer.headers
        self.media = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return answer.status

    def _sent(
        self, http: urllib3.PoolManager, body: str, fields: dict[str, str]
    ) -> urllib3.BaseHTTPResponse:
        left = max(0.001, self.deadline - time.monotonic())
        _here.exchange = self
        try:
            return http.request(
                "POST",
                self.url,
                body=body,
                headers=fields,
                timeout=urllib3.Timeout(connect=min(CONNECTING, left), read=left),
                preload_content=False,
                redirect=False,
            )
        except urllib3.exceptions.ReadTimeoutError as error:
            raise self._late() from error
        except urllib3.exceptions.HTTPError as error:
            raise self._cause(error) from error
        finally:
            _here.exchange = None

    def fetch(self) -> bytes:
        """Return the next bytes of the answer, as many as are there, empty at its end."""
        assert self._answer is not None
        try:
            piece = self._answer.read1(PIECE)
        except urllib3.exceptions.ReadTimeoutError as error:
            raise self._late() from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._cause(error) from error
        if self._stopped:
            raise self._cause(None)
        if not piece:
            self.socket = None  # the connection may be another's from here on
        self._read += len(piece)
        if self.most is not None and self._read > self.most:
            raise Unreachable(f"{self.url}: the answer has more than {self.most} bytes")
        return piece

    def told(self) -> str:
        """Return the beginning of what the server says, on one line."""
        said = bytearray()
        with contextlib.suppress(KgError):
            while len(said) < PIECE and (piece := self.fetch()):
                said += piece
        return " ".join(said.decode("utf-8", "replace").split())[:TOLD]

    def close(self) -> None:
        """Keep the connection when the answer was read to its end, else close it."""
        if self._answer is not None:
            with contextlib.suppress(urllib3.exceptions.HTTPError, OSError, KgError):
                if not self._stopped and self.fetch() == b"":
                    return
            self._answer.close()

    def stop(self, reason: type[KgError]) -> None:
        """End it now; the thread that waits for the server gets the reason."""
        self._stopped = self._stopped or reason
        with contextlib.suppress(OSError):
            if self.socket is not None:
                self.socket.shutdown(socket.SHUT_RDWR)

    def _cause(self, error: Exception | None) -> KgError:
        if self._stopped is TooSlow:
            return self._late()
        if self._stopped:
            return self._stopped("The query was stopped on request")
        return Unreachable(
            f"{self.url} does not answer: {error}", hint="Is the server of --store running?"
        )

    def _late(self) -> TooSlow:
        return TooSlow(
            f"{self.url} did not answer within {self._limit:g} s",
            hint="Add a LIMIT, bind more terms, or ask for one state or one year",
        )


class Watch:
    """A thread that stops exchanges at their deadlines."""

    def __init__(self) -> None:
        self._open: dict[str, Exchange] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def add(self, exchange: Exchange) -> None:
        """Watch an exchange from now on."""
        with self._changed:
            self._open[exchange.call.id] = exchange
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="kg-watch")
                self._thread.start()
            self._changed.notify()

    def drop(self, exchange: Exchange) -> None:
        """Watch it no more."""
        with self._changed:
            if self._open.get(exchange.call.id) is exchange:
                del self._open[exchange.call.id]

    def resume(self, exchange: Exchange, deadline: float) -> None:
        """Give an exchange another deadline; infinity while nothing is asked of the server."""
        with self._changed:
            exchange.deadline = deadline
            self._changed.notify()

    @property
    def exchanges(self) -> list[Exchange]:
        """Return those that are open."""
        with self._changed:
            return list(self._open.values())

    def cancel(self, identifier: str) -> bool:
        """Stop the exchange of a call; say whether there is one."""
        with self._changed:
            exchange = self._open.get(identifier)
        if exchange:
            exchange.stop(Cancelled)
        return exchange is not None

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for exchange in list(self._open.values()):
                    if exchange.deadline <= now:
                        exchange.stop(TooSlow)
                        del self._open[exchange.call.id]
                next_ = min((one.deadline for one in self._open.values()), default=now + 3600)
                self._changed.wait(min(3600.0, max(0.0, next_ - now)))


class _Plain(HTTPConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        _lend(self)
        return super().getresponse()


class _Secure(HTTPSConnection):
    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        _lend(self)
        return super().getresponse()


def _lend(connection: HTTPConnection) -> None:
    """Tell the exchange of this thread its socket, without which it cannot be stopped."""
    exchange: Exchange | None = getattr(_here, "exchange", None)
    if exchange is not None:
        exchange.socket = connection.sock


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


def connections(count: int) -> urllib3.PoolManager:
    """Return a pool that keeps so many connections to a server."""
    found = urllib3.PoolManager(maxsize=count, retries=False)
    found.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return found
