"""Make the application: routes, headers, errors."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Flask, Response, g, jsonify, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WSGIResponse

from kg import __version__
from kg.codings import LEAST, encode, pieces, wanted
from kg.errors import Invalid, KgError, NotAcceptable, NotReady
from kg.formats import HTML, PROBLEM, accepts, choose
from kg.headers import HEADERS, PREFLIGHT, REUSED, etag
from kg.pool.guard import lasting
from kg.queries import load
from kg.settings import Settings
from kg.web import (
    citing,
    datasets,
    find,
    frame,
    language,
    linked,
    network,
    openapi,
    pages,
    panels,
    protocol,
    reference,
    running,
    saved,
    schemaorg,
    start,
    store,
    update,
    vocabulary,
)
from kg.web.answers import call, wants_html
from kg.web.site import Site, site

__all__ = ["create_app"]

#: Files of ours that are text.
TEXTS = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
#: Views whose answer is about this moment, not about the graph.
MOMENTARY = ("healthz", "readyz", "metrics", "running.index")


def create_app(settings: Settings, *, fast: int = 0, serving: Site | None = None) -> Flask:
    """Return the application that serves the built graph of these settings.

    `fast` workers are started for whoever hands them connections, see `kg.serving`; `serving` is
    a site that is open already.
    """
    app = Flask("kg")
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.max_post_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_post_body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    language.init(app)
    queries = load(settings.root / "queries")
    app.extensions["kg"] = serving or Site(settings, queries, fast=fast)
    read = (start, find, network, vocabulary, pages)
    asked = (protocol, store, running, saved, openapi)
    taken = (datasets, citing, panels, reference, schemaorg, linked)
    for module in (*read, *asked, *taken):
        app.register_blueprint(module.blueprint)
    frame.init(app)
    app.add_url_rule("/favicon.ico", view_func=icon)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.add_url_rule("/metrics", view_func=metrics)
    app.before_request(unchanged)
    app.after_request(headers)
    app.register_error_handler(KgError, problem)
    app.register_error_handler(HTTPException, http_problem)
    app.context_processor(lambda: {"about": site().graph.about, "version": __version__})
    return app


def icon() -> Response:
    """Return the picture that browsers ask for by this name."""
    return send_from_directory(Path(__file__).parent.parent / "static", "favicon.ico")


def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok", version=__version__)


def readyz() -> Response:
    """Say that the graph answers; 503 until it does."""
    if not site().graph.about:
        raise NotReady("There is no built graph yet; run `kg build`")
    site().graph.probe()
    return jsonify(status="ready", **site().graph.about)


def metrics() -> Response:
    """Give the numbers of this server to Prometheus."""
    return Response(site().metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def unchanged() -> Response | None:
    """Answer 304 when the client has this answer already.

    An answer depends on the graph, the address and the wish of the client, nothing else.
    """
    fingerprint = site().graph.fingerprint
    if request.method not in ("GET", "HEAD") or request.endpoint in MOMENTARY or not fingerprint:
        return None
    if not lasting(request.args.get("query", "")):
        return None
    target = request.path + "?" + request.query_string.decode("latin-1")
    coding = wanted(request.headers.get("Accept-Encoding", ""))
    wish = request.headers.get("Accept", "")
    if wants_html():
        wish += f"\n{language.wanted()}"
    g.etag = etag(__version__, fingerprint, target, wish, coding)
    known = request.if_none_match
    return Response(status=304) if not known.star_tag and known.contains_weak(g.etag) else None


def headers(response: Response) -> Response:
    """Encode the body as the client likes it, and put the headers on every answer."""
    _encode(response)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS" and response.status_code == 200:
        _preflight(response)
    response.vary.update(("Accept", "Accept-Encoding"))
    if response.mimetype == HTML:
        response.vary.add("Accept-Language")
    if "etag" in g and response.status_code in (200, 304) and request.endpoint != "static":
        response.set_etag(g.etag)
        response.headers["Cache-Control"] = REUSED
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if "milliseconds" in g:
        response.headers["Server-Timing"] = f"query;dur={g.milliseconds:.1f}"
    response.headers["Query-Id"] = call().id
    return response


def _preflight(response: Response) -> None:
    """Say what a page from elsewhere may send to this resource."""
    response.headers.update(PREFLIGHT)
    response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
    response.headers.remove("Content-Type")


def _encode(response: Response) -> None:
    """Encode what is worth it: text of some length that is not encoded already."""
    coding = wanted(request.headers.get("Accept-Encoding", ""))
    if not coding or "Content-Encoding" in response.headers or response.status_code == 304:
        return
    if "no-transform" in response.headers.get("Cache-Control", ""):
        return
    if response.is_streamed and request.endpoint != "static":
        body = response.response
        response.response = pieces(cast(Iterable[bytes], body), coding)
        if close := getattr(body, "close", None):
            response.call_on_close(close)
        response.headers.pop("Content-Length", None)
    elif request.endpoint == "static":
        if not _static(response, coding):
            return
    elif not response.is_streamed and len(response.get_data()) >= LEAST:
        response.set_data(encode(response.get_data(), coding))
    else:
        return
    response.headers["Content-Encoding"] = coding


def _static(response: Response, coding: str) -> bool:
    """Encode a file of ours once for each coding; say whether it was worth it."""
    if response.status_code != 200 or response.mimetype not in TEXTS:
        return False
    tag, _ = response.get_etag()
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < LEAST:
        return False
    response.set_data(_encoded(body, coding))
    if tag:
        response.set_etag(tag, weak=True)
    return True


@lru_cache(maxsize=64)
def _encoded(body: bytes, coding: str) -> bytes:
    return encode(body, coding)


def problem(error: KgError) -> Response:
    """Answer an error of ours: status, message, place, remedy."""
    if isinstance(error, Invalid) and (report := update.refusal(error)):
        return report
    body = {"title": _title(error), "status": error.status, "detail": str(error)}
    body |= {key: value for key, value in error.details.items() if _plain(value)}
    response = _problem(body | ({"hint": error.hint} if error.hint else {}))
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="write"'
    if error.status in (429, 503):
        response.headers["Retry-After"] = "5"
    return response


def _title(error: KgError) -> str:
    """Return the name of an error; that of HTTP where it is no more than that."""
    return {404: "Not Found", 413: "Request Entity Too Large"}.get(
        error.status, type(error).__name__
    )


def http_problem(error: HTTPException) -> Response | WSGIResponse:
    """Answer an error of the framework in the same shape."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    body = {"title": error.name, "status": error.code, "detail": error.description}
    response = _problem(body | _said(error))
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def _said(error: HTTPException) -> dict[str, object]:
    """Return the errors that clients meet most in our words: the thing, the place, the remedy."""
    if error.code == 404:
        return {
            "detail": f"There is nothing at {request.path[:300]}",
            "hint": "What there is: /openapi.json, /queries/, /sparql, /find?q=",
        }
    if error.code == 405:
        allowed = sorted(getattr(error, "valid_methods", None) or ())
        told: dict[str, object] = {"hint": f"It takes {', '.join(allowed)}"} if allowed else {}
        return told | {"detail": f"{request.path[:300]} does not take {request.method[:20]}"}
    if error.code == 413:
        limit = request.max_content_length
        most = f"; {limit:,} bytes are allowed" if limit else ""
        return {
            "detail": f"The body of the request is too large{most}",
            "hint": "Send less, or raise max_post_body_bytes where the server is yours",
        }
    return {}


def _problem(body: dict[str, object]) -> Response:
    try:
        media = choose(accepts(request.headers.get("Accept")), (PROBLEM, HTML))
    except NotAcceptable:
        media = PROBLEM
    response = jsonify(body)
    if media == HTML:
        response = Response(render_template("error.html", problem=body), content_type=HTML)
    response.status_code = int(str(body["status"]))
    response.headers["Content-Type"] = f"{media}; charset=utf-8" if media == HTML else media
    return response


def _plain(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, str | dict) for one in value)
    return isinstance(value, str | int | float | bool)
