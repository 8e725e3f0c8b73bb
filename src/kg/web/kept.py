"""Keep pages as they were sent, as long as their graph serves."""

from __future__ import annotations

import time

from flask import Blueprint, Response, g, request

from kg import __version__
from kg.formats import HTML
from kg.web.answers import wants_html
from kg.web.language import interface, wanted
from kg.web.site import site

__all__ = ["keep"]


def keep(blueprint: Blueprint) -> None:
    """Have the pages of a blueprint kept, and say how long each took."""
    blueprint.before_request(_from_kept)
    blueprint.after_request(_into_kept)


def _from_kept() -> Response | None:
    """Answer from the pages kept; a page depends on graph, code, address and language only."""
    g.begun = time.perf_counter()
    fingerprint = site().graph.fingerprint
    g.page_key = (__version__, fingerprint, request.full_path, wants_html(), interface(), wanted())
    body = site().graph.pages.get(g.page_key) if fingerprint else None
    g.page_kept = body is not None
    return None if body is None else Response(body, content_type=HTML + "; charset=utf-8")


def _into_kept(response: Response) -> Response:
    """Keep a page that was made whole."""
    if "begun" not in g:
        return response
    if response.status_code == 200 and response.mimetype == HTML and not g.page_kept:
        body = response.get_data()
        site().graph.pages.put(g.page_key, body, len(body))
    took = (time.perf_counter() - g.begun) * 1000
    response.headers["Server-Timing"] = f"page;dur={took:.1f}"
    return response
