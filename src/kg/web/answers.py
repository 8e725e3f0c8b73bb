"""Turn queries into HTTP answers, with the format the client asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask import Response, g, request

from kg.errors import BadQuery, Cancelled, NotAcceptable, OutOfMemory, TooBusy, TooSlow, WorkerDied
from kg.formats import GRAPHS, NAMES, ROWS, accepts, choose, named, page
from kg.headers import content_type
from kg.pool import Answer, Call, Job, Stream
from kg.remote import Pieces
from kg.web.site import site

__all__ = ["ask", "call", "reply", "respond", "rows_and_graph", "timed", "wants_html"]


def wants_html() -> bool:
    """Say whether the client would rather have a page than data; `format=` decides first."""
    if wish := request.values.get("format"):
        return wish == "html"
    return page(accepts(request.headers.get("Accept")))


def rows_and_graph(name: str | None = None) -> tuple[str | None, str | None]:
    """Return the wanted media types for rows and for a graph; None where none will do.

    A suffix beats `format=`, which beats Accept. Raises NotAcceptable when neither will do.
    """
    wish = name or request.values.get("format")
    accept = accepts(request.headers.get("Accept"))
    found: list[str | None] = []
    for offers in (ROWS, GRAPHS):
        try:
            found.append(named(wish, offers) if wish else choose(accept, offers))
        except NotAcceptable:
            found.append(None)
    if found == [None, None]:
        offered = f"suffix or format: {', '.join(NAMES)}; Accept: {', '.join((*ROWS, *GRAPHS))}"
        raise NotAcceptable(f"No acceptable format; offered: {offered}")
    return found[0], found[1]


def ask(job: Job) -> Answer:
    """Run a query of the client's and note how long it took."""
    start = time.perf_counter()
    try:
        return site().graph.run(_limited(job), timed())
    except (TooSlow, TooBusy, OutOfMemory, Cancelled, WorkerDied) as error:
        site().metrics.stopped(type(error).__name__)
        raise
    finally:
        g.milliseconds = (time.perf_counter() - start) * 1000


def respond(job: Job) -> Response:
    """Answer a query: a small answer whole, a large graph piece by piece."""
    start = time.perf_counter()
    try:
        answer, pieces = site().graph.stream(_limited(job), timed())
    except (TooSlow, TooBusy, OutOfMemory, Cancelled, WorkerDied) as error:
        site().metrics.stopped(type(error).__name__)
        raise
    finally:
        g.milliseconds = (time.perf_counter() - start) * 1000
    if pieces is None:
        return reply(answer)
    return reply(answer, _Pieces(pieces))


class _Pieces:
    """The pieces of an answer, closed when the client has read or left."""

    def __init__(self, stream: Stream | Pieces) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        self._stream.close()


def call() -> Call:
    """Return who asks, under the id of this request."""
    asked = request.environ.get("asgi.scope", {}).get("kg")
    if asked is None:
        return Call(client=request.remote_addr or "")
    return Call(client=asked.client, id=asked.id, begun=asked.begun)


def timed() -> Call:
    """Return who asks, and for how long at most: `timeout` shortens the time limit of a query."""
    return replace(call(), limit=_seconds(request.values.getlist("timeout")))


def _seconds(found: list[str]) -> float | None:
    """Return the seconds of `timeout`, None without; raise BadQuery for what is not a time."""
    if not found:
        return None
    try:
        seconds = float(found[0] if len(found) == 1 and "_" not in found[0] else "nan")
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        value, most = ", ".join(found)[:100], site().settings.query_time_limit_ms / 1000
        raise BadQuery(
            f"timeout = {value!r}: not a number of seconds above 0",
            hint=f"Give seconds, as timeout=2.5; the limit here is {most:g}",
            details={"parameter": "timeout", "value": value},
        )
    return seconds


def _limited(job: Job) -> Job:
    settings = site().settings
    return replace(job, limit=settings.max_returned_rows, max_bytes=settings.max_returned_bytes)


def reply(answer: Answer, pieces: Iterable[bytes] | None = None) -> Response:
    """Return the response for an answer, whose bytes may come in pieces; a cut one says so."""
    response = Response(answer.body if pieces is None else pieces)
    response.headers["Content-Type"] = content_type(answer.media)
    if answer.rows is not None:
        response.headers["Mithaq-Rows"] = str(answer.rows)
    if answer.truncated:
        response.headers["Mithaq-Truncated"] = "true"
    return response
