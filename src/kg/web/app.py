"""Make the application: routes, headers, errors; run it."""

from __future__ import annotations

import hashlib
import socket

from flask import Flask, Response, g, jsonify, render_template, request
from waitress import create_server
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WSGIResponse

from kg import __version__
from kg.errors import CannotListen, KgError, NotAcceptable, NotReady
from kg.formats import HTML, PROBLEM, accepts, choose
from kg.pool import Job
from kg.queries import load
from kg.settings import Settings
from kg.store import manifest
from kg.web import linked, openapi, protocol, saved, start
from kg.web.site import Site, site

__all__ = ["create_app", "serve"]

THREADS = 8
#: On every answer: what a page may load, and who may read it.
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS, POST",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Link, Mithaq-Dataset, Mithaq-Rows, Mithaq-Truncated,"
    " Server-Timing",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'; object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
#: Views whose answer is about this moment, not about the graph.
MOMENTARY = ("healthz", "readyz")


def create_app(settings: Settings) -> Flask:
    """Return the application that serves the built graph of these settings."""
    app = Flask("kg")
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.max_post_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_post_body_bytes
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["kg"] = Site(settings, load(settings.root / "queries"))
    for module in (start, protocol, saved, openapi, linked):
        app.register_blueprint(module.blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.before_request(unchanged)
    app.after_request(headers)
    app.register_error_handler(KgError, problem)
    app.register_error_handler(HTTPException, http_problem)
    app.context_processor(lambda: {"about": site().graph.about, "version": __version__})
    return app


def serve(settings: Settings) -> None:
    """Serve until interrupted; CannotListen when the port is taken, NotReady without a build."""
    manifest(settings.build)
    with _listening(settings) as door:
        app = create_app(settings)
        try:
            create_server(app, sockets=[door], threads=THREADS).run()
        finally:
            app.extensions["kg"].close()


def _listening(settings: Settings) -> socket.socket:
    """Open the socket ourselves, before the workers start: it is the step that fails."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {settings.host}:{settings.port}: {error}",
            hint="Stop what uses the port, or choose another: KG_PORT=8011 kg serve",
        ) from error


def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok", version=__version__)


def readyz() -> Response:
    """Say that the graph answers; 503 until it does."""
    if not site().graph.about:
        raise NotReady("There is no built graph yet; run `kg build`")
    site().graph.pool.run(Job(query="ASK {}"))
    return jsonify(status="ready", **site().graph.about)


def unchanged() -> Response | None:
    """Answer 304 when the client has this answer already.

    An answer depends on the graph, the address and the wish of the client, nothing else.
    """
    fingerprint = site().graph.fingerprint
    if request.method not in ("GET", "HEAD") or request.endpoint in MOMENTARY or not fingerprint:
        return None
    parts = (__version__, fingerprint, request.url, request.headers.get("Accept", ""))
    g.etag = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
    known = request.if_none_match
    return Response(status=304) if not known.star_tag and known.contains_weak(g.etag) else None


def headers(response: Response) -> Response:
    """Put the headers on every answer."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.vary.add("Accept")
    if "etag" in g and response.status_code in (200, 304) and request.endpoint != "static":
        response.set_etag(g.etag)
        response.headers["Cache-Control"] = "public, no-cache"
    elif request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    if "milliseconds" in g:
        response.headers["Server-Timing"] = f"query;dur={g.milliseconds:.1f}"
    return response


def problem(error: KgError) -> Response:
    """Answer an error of ours: status, message, place, remedy."""
    body = {"title": type(error).__name__, "status": error.status, "detail": str(error)}
    body |= {key: value for key, value in error.details.items() if _plain(value)}
    response = _problem(body | ({"hint": error.hint} if error.hint else {}))
    if error.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def http_problem(error: HTTPException) -> Response | WSGIResponse:
    """Answer an error of the framework in the same shape."""
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    response = _problem({"title": error.name, "status": error.code, "detail": error.description})
    if allowed := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


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
        return all(isinstance(one, str) for one in value)
    return isinstance(value, str | int | float | bool)
