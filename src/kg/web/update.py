"""Writing over HTTP: who may, what is asked, and how it is answered."""

from __future__ import annotations

import hmac

import pyoxigraph
from flask import Response, request

from kg.errors import BadQuery, Invalid, KgError, NotAcceptable, Refused, Unauthorized
from kg.formats import DATASETS, GRAPHS, PROBLEM, accepts, choose
from kg.vocab import PREFIXES
from kg.web.site import site
from kg.writing import Change, Committed, Expect, Update

__all__ = ["asked", "authorize", "expected", "make", "perform", "refusal", "written"]

UPDATE = "application/sparql-update"
FORM = "application/x-www-form-urlencoded"
#: What a report may be written in.
RDF = [media for media in GRAPHS if media not in DATASETS]
READ_ONLY = "This endpoint is read-only; updates are refused"


def asked() -> Update | None:
    """Return the update that the request asks for (SPARQL 1.1 Protocol 2.2); None for a query.

    Raises BadQuery when it is sent in a wrong way, and what `authorize` raises.
    """
    direct = request.mimetype == UPDATE
    if not direct and "update" not in request.args:
        if request.method != "POST" or request.mimetype not in (FORM, "multipart/form-data"):
            return None
        if site().settings.writable:  # The form has to be read to know what is in it.
            allow_more(site().settings.max_post_body_bytes)
        if "update" not in request.form:
            return None
    authorize()
    if direct:
        allow_more()
    if request.method != "POST" or "update" in request.args:
        raise BadQuery(f"POST an update, as {UPDATE} or as update= of a form")
    if "query" in request.values:
        raise BadQuery("Send a query or an update, not both")
    texts = [_text()] if direct else request.form.getlist("update")
    if len(texts) != 1:
        raise BadQuery(f"Send exactly one update parameter; this request has {len(texts)}")
    return Update(
        text=texts[0],
        using=tuple(request.values.getlist("using-graph-uri")),
        using_named=tuple(request.values.getlist("using-named-graph-uri")),
        expect=expected(),
    )


def authorize() -> None:
    """Raise Refused where nothing is written or the token is wrong, Unauthorized without it."""
    settings = site().settings
    if not settings.writable:
        raise Refused(READ_ONLY)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Writing needs a token", hint="Authorization: Bearer <KG_WRITE_TOKEN>")
    if not hmac.compare_digest(token.strip().encode(), settings.write_token.encode()):
        raise Refused("This token may not write")


def allow_more(least: int = 0) -> None:
    """Take a body as large as a write may be, or as `least` if that is more."""
    limit = max(site().settings.max_write_bytes, least)
    request.max_content_length = limit
    request.max_form_memory_size = limit


def expected() -> Expect:
    """Return what the client wants to hold before it writes (RFC 9110 section 13.1)."""
    match, none = request.if_match, request.if_none_match
    if not none.star_tag and none.as_set():
        raise BadQuery("If-None-Match takes * when something is written")
    exists = True if match.star_tag else False if none.star_tag else None
    tags = match.as_set()
    versions = tuple(tag.partition(".")[0] for tag in tags) if tags else None
    return Expect(versions=versions, exists=exists)


def perform(change: Change) -> Response:
    """Make a change, and tell what it did in the headers of an answer without a body."""
    return written(make(change))


def make(change: Change) -> Committed:
    """Make a change, and count what came of it."""
    metrics = site().metrics
    try:
        done = site().graph.write(change)
    except KgError as error:
        metrics.wrote(type(error).__name__)
        raise
    metrics.wrote("made" if done.changed else "nothing to do")
    return done


def written(done: Committed, status: int = 204) -> Response:
    """Return the answer for a change that is made."""
    response = Response(status=status)
    response.headers["Mithaq-Added"] = str(done.added)
    response.headers["Mithaq-Removed"] = str(done.removed)
    response.headers["Mithaq-Dataset"] = done.version
    return response


def refusal(error: Invalid) -> Response | None:
    """Return the SHACL report of a refused write where the client likes RDF better than JSON."""
    accept = accepts(request.headers.get("Accept"))
    try:
        media = choose(accept, (PROBLEM, *RDF))
    except NotAcceptable:
        media = PROBLEM
    if media == PROBLEM or not error.report:
        return None
    quads = pyoxigraph.parse(error.report, format=pyoxigraph.RdfFormat.N_TRIPLES)
    triples = (quad.triple for quad in quads)
    body = pyoxigraph.serialize(triples, format=GRAPHS[media], prefixes=PREFIXES)
    return Response(body, status=error.status, content_type=media)


def _text() -> str:
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadQuery(f"The update is not UTF-8: {error}") from error
