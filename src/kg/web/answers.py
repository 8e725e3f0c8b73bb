"""Turn queries into HTTP answers, with the format the client asked for."""

from __future__ import annotations

import time
from dataclasses import replace

from flask import Response, g, request

from kg.errors import NotAcceptable
from kg.formats import GRAPHS, HTML, NAMES, ROWS, accepts, choose, named
from kg.pool import Answer, Job
from kg.web.site import site

__all__ = ["TEXTUAL", "ask", "reply", "rows_and_graph", "wants_html"]

#: Media types that carry a charset.
TEXTUAL = ("text/csv", "text/tab-separated-values", "text/turtle")


def wants_html() -> bool:
    """Say whether the client would rather have a page than data; `format=` decides first."""
    if wish := request.values.get("format"):
        return wish == "html"
    accept = accepts(request.headers.get("Accept"))
    data = max((accept.quality(media) for media in (*ROWS, *GRAPHS)), default=0)
    return bool(accept) and accept.quality(HTML) > 0 and accept.quality(HTML) >= data


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
        return site().graph.pool.run(replace(job, limit=site().settings.max_returned_rows))
    finally:
        g.milliseconds = (time.perf_counter() - start) * 1000


def reply(answer: Answer) -> Response:
    """Return the response for an answer; a cut one says so."""
    response = Response(answer.body)
    charset = "; charset=utf-8" if answer.media in TEXTUAL else ""
    response.headers["Content-Type"] = answer.media + charset
    if answer.rows is not None:
        response.headers["Mithaq-Rows"] = str(answer.rows)
    if answer.truncated:
        response.headers["Mithaq-Truncated"] = "true"
    return response
