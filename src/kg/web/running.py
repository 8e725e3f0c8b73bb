"""The queries that run now: a client sees its own, and stops any that it knows the id of."""

from __future__ import annotations

import time

from flask import Blueprint, Response, jsonify

from kg.errors import NotFound
from kg.web.answers import call
from kg.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("running", __name__, url_prefix="/queries/running")


@blueprint.get("/")
def index() -> Response:
    """List the client's own running queries."""
    mine = call().client
    now = time.monotonic()
    found = [one for one in site().graph.pool.running if one.call.client == mine]
    return jsonify(
        [
            {"id": one.call.id, "seconds": round(now - one.started, 3), "query": one.query}
            for one in found
        ]
    )


@blueprint.delete("/<identifier>")
def stop(identifier: str) -> Response:
    """Stop a query; 404 when none of that id runs."""
    if not site().cancel(identifier):
        raise NotFound(f"No query {identifier!r} runs", hint="Its Query-Id is in the access log")
    return Response(status=204)
