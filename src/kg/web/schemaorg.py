"""schema.org for search engines: as an answer, and inside pages."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Redirect

from kg import schemaorg
from kg.errors import NotFound
from kg.jsonld import dumps as to_text
from kg.web.datasets import dumps
from kg.web.dossier import dossier
from kg.web.known import find
from kg.web.links import SHOWN, SUFFIXES, address
from kg.web.names import english
from kg.web.site import site
from kg.web.terms import iri_of, path_of

__all__ = ["blueprint", "schema_org"]

blueprint = Blueprint("schemaorg", __name__)


@blueprint.get("/schema-org/<path:path>")
def thing(path: str) -> Response | Redirect:
    """Return what schema.org has words for, of a thing."""
    found = find(path)
    if found.moved:
        return redirect(address("schema-org", found.path), 301)
    text = schema_org(found.iri)
    if not text:
        raise NotFound(f"schema.org has no type for {found.iri}", hint="Its data is at /data/")
    return Response(text, content_type="application/ld+json")


@blueprint.get("/schema-org")
def dataset() -> Response:
    """Return what schema.org has words for, of the dataset."""
    return Response(schema_org_dataset(), content_type="application/ld+json")


@blueprint.app_context_processor
def functions() -> dict[str, object]:
    """Have templates know what to say of a thing, and where its data is."""
    return {
        "schema_org": schema_org,
        "schema_org_dataset": schema_org_dataset,
        "iri_at": iri_of,
        "canonical": lambda path: request.url_root.rstrip("/") + address("page", path),
        "alternates": lambda path: [(address("data", path, one), SUFFIXES[one]) for one in SHOWN],
    }


def schema_org(iri: str) -> Markup:
    """Return the JSON-LD of a thing, fit for a script element; empty when there is none."""
    page = request.url_root.rstrip("/") + address("page", path_of(iri))
    made = schemaorg.thing(dossier(iri).said, iri, page, request.url_root, english())
    # Escaped by `to_text`: no character of it begins or ends an element.
    return Markup(to_text(made)) if made else Markup()


def schema_org_dataset() -> Markup:
    """Return the JSON-LD of the dataset, fit for a script element."""
    made = schemaorg.dataset(request.url_root, site().graph.about, dumps())
    return Markup(to_text(made))
