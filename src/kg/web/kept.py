"""Keep pages and pictures as they were sent, as long as their graph serves."""

from __future__ import annotations

import time

from flask import Blueprint, Response, g, request

from kg import __version__
from kg.formats import HTML
from kg.web.answers import wants_html
from kg.web.language import interface, wanted
from kg.web.site import site

__all__ = ["keep"]

#: Media types of what is kept.
KEPT = (HTML, "application/json", "image/svg+xml")


def keep(blueprint: Blueprint) -> None:
    """Have the pages of a blueprint kept, and say how long each took."""
    blueprint.before_request(_from_kept)
    blueprint.after_request(_into_kept)


def _from_kept() -> Response | None:
    """Answer from the pages kept.

    A page depends on graph, code, address and language only; on the host too, as it says where it
    is itself.
    """
    g.begun = time.perf_counter()
    fingerprint = site().graph.fingerprint
    address = (request.url_root, request.full_path)
    # Data comes in more than one form at some addresses.
    form = HTML if wants_html() else request.headers.get("Accept", "")
    g.page_key = (__version__, fingerprint, *address, form, interface(), wanted())
    found = site().graph.pages.get(g.page_key) if fingerprint else None
    g.page_kept = found is not None
    return None if found is None else Response(found[0], headers=found[1])


def _into_kept(response: Response) -> Response:
    """Keep a page that was made whole."""
    if "begun" not in g:
        return response
    whole = response.status_code == 200 and not response.is_streamed
    if whole and request.method == "GET" and response.mimetype in KEPT and not g.page_kept:
        body = response.get_data()
        site().graph.pages.put(g.page_key, (body, list(response.headers)), len(body))
    took = (time.perf_counter() - g.begun) * 1000
    response.headers["Server-Timing"] = f"page;dur={took:.1f}"
    return response
