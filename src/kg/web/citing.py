"""How to cite an agreement, or this version of the dataset."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as Redirect

from kg import citation
from kg.citation import FORMATS, MEDIA, Citation
from kg.errors import NotAcceptable, NotFound
from kg.web.dossier import dossier
from kg.web.known import find
from kg.web.links import address
from kg.web.names import clean, english
from kg.web.site import Cell, site
from kg.web.terms import path_of

__all__ = ["blueprint", "cite", "cite_dataset"]

blueprint = Blueprint("citing", __name__)
#: What a citation says of an agreement.
SAID = (
    *("prefLabel", "title", "titleGenerated", "party", "signedOn", "place"),
    *("untsNumber", "treatySeries", "evidence"),
)


@blueprint.get("/cite/dataset.<path:suffix>")
def dataset(suffix: str) -> Response:
    """Return the citation of this version of the dataset."""
    return _written(cite_dataset(), suffix)


@blueprint.get("/cite/<path:path>")
def agreement(path: str) -> Response | Redirect:
    """Return the citation of an agreement."""
    suffix = next((one for one in FORMATS if path.endswith(f".{one}")), "")
    stem = path.removesuffix(f".{suffix}")
    found = find(stem)
    if not found.path.startswith("agreement/") or found.path.count("/") > 1:
        raise NotFound(f"{found.iri} is no agreement", hint="The dataset is at /cite/dataset.bib")
    if found.moved:
        return redirect(address("cite", found.path, suffix), 301)
    return _written(cite(found.iri), suffix)


@blueprint.app_context_processor
def functions() -> dict[str, object]:
    """Have templates know how to cite."""
    return {
        "cite": cite,
        "cite_dataset": cite_dataset,
        "cite_text": lambda found: clean(citation.text(found)),
        "cite_formats": {"bib": "BibTeX", "ris": "RIS", "csl.json": "CSL-JSON"},
    }


def cite(iri: str) -> Citation:
    """Return what a citation of an agreement says."""
    known = dossier(iri)
    said = {
        name: [_named(cell) for cell in cells] for name, cells in known.own.items() if name in SAID
    }
    texts = (cell["value"] for one in known.records.values() for cell in one.get("page", ()))
    said["page"] = sorted(dict.fromkeys(texts))
    page = request.url_root.rstrip("/") + address("page", path_of(iri))
    return citation.facts(iri, page, site().graph.about, said)


def _named(cell: Cell) -> str:
    """Return a value as a citation says it: a thing by its English name."""
    return english().get(cell["value"], cell["value"]) if cell["type"] == "uri" else cell["value"]


def cite_dataset() -> Citation:
    """Return what a citation of this version of the dataset says."""
    return citation.dataset(request.url_root, site().graph.about, site().settings.root)


def _written(found: Citation, suffix: str) -> Response:
    if suffix not in FORMATS:
        raise NotAcceptable(f"No format {suffix!r} here; use one of: {', '.join(FORMATS)}")
    response = Response(FORMATS[suffix](found), content_type=MEDIA[suffix])
    response.headers["Content-Disposition"] = f'inline; filename="{_name(found.key)}.{suffix}"'
    return response


def _name(key: str) -> str:
    return "".join(
        char if char.isascii() and (char.isalnum() or char in ".-") else "-" for char in key
    )
