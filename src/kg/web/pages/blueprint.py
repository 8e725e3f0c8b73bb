"""The addresses of the pages."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from kg.errors import BadChoice
from kg.web import linked
from kg.web.frame import frame, kept
from kg.web.kept import keep
from kg.web.nearest import known, unknown
from kg.web.pages import agreement as agreements
from kg.web.pages import changes as whats_new
from kg.web.pages import domain as domains
from kg.web.pages import organisation as organisations
from kg.web.pages import pair as pairs
from kg.web.pages import source as sources
from kg.web.pages import state as states
from kg.web.terms import iri_of

__all__ = ["blueprint"]

blueprint = Blueprint("pages", __name__)
keep(blueprint)


@blueprint.get("/page/state/<key>")
def state(key: str) -> str | Redirect:
    """Show whom a state can call on, and what binds it."""
    if key != key.upper():
        return redirect(kept(f"/page/state/{key.upper()}"), 301)
    iri = known(f"state/{key}", "State")
    return render_template("pages/state.html", page=states.view(iri, frame()), path=f"state/{key}")


@blueprint.get("/between")
def between() -> Redirect:
    """See the page of the two states that a form names."""
    keys = [request.args.get(name, "").strip() for name in ("a", "b")]
    if not all(keys):
        raise BadChoice("Two states are needed: a=PAK and b=TUR")
    return redirect(kept(pairs.address(*keys)), 303)


@blueprint.get("/between/<a>/<b>")
def pair(a: str, b: str) -> str | Redirect:
    """Show everything between two states."""
    address = pairs.address(a, b)
    if request.path != address:
        return redirect(kept(address), 301)
    one, two = (known(f"state/{key}", "State") for key in (a, b))
    return render_template("pages/pair.html", page=pairs.view(one, two, frame()))


@blueprint.get("/page/pair/<a>-<b>")
def pair_by_key(a: str, b: str) -> Redirect:
    """Redirect to the page of two states."""
    return redirect(kept(pairs.address(a, b)), 301)


@blueprint.get("/page/agreement/<path:key>")
def agreement(key: str) -> str | Redirect:
    """Show what is known of an agreement, value by value, and who says so."""
    iri = iri_of(f"agreement/{key}")
    found = agreements.view(iri, frame())
    if isinstance(found, agreements.Merged):
        return redirect(kept(found.into), 301)
    if found is None:
        # Its spells of status and its parts have IRIs below its own, and pages without a form.
        return linked.page(f"agreement/{key}")
    return render_template("pages/agreement.html", page=found, path=f"agreement/{key}")


@blueprint.get("/page/organisation/<key>")
def organisation(key: str) -> str:
    """Show what binds the members of an organisation to each other on a day."""
    iri = known(f"organisation/{key}", "Organisation")
    page = organisations.view(iri, frame(), request.args.get("show", "agreements"))
    return render_template("pages/organisation.html", page=page, path=f"organisation/{key}")


@blueprint.get("/page/scheme/domain/<key>")
def domain(key: str) -> str:
    """Show who covers a field, with whom, since when."""
    iri = known(f"scheme/domain/{key}", "Concept")
    return render_template(
        "pages/domain.html", page=domains.view(iri, frame()), path=f"scheme/domain/{key}"
    )


@blueprint.get("/page/source/<key>")
def source(key: str) -> str:
    """Show what a source covers, on what terms, and what it says."""
    iri = iri_of(f"source/{key}")
    found = sources.view(iri)
    if found is None:
        raise unknown(iri)
    return render_template("pages/source.html", page=found, path=f"source/{key}")


@blueprint.get("/sources")
def all_sources() -> str:
    """List the sources with what they cover."""
    return render_template("pages/sources.html", page=sources.index())


@blueprint.get("/domains")
def all_domains() -> str:
    """List the fields of cooperation."""
    return render_template("pages/domains.html", page=domains.index())


@blueprint.get("/states")
def all_states() -> str:
    """List the states and the organisations."""
    return render_template("pages/states.html", page=states.index(frame()))


@blueprint.get("/changes")
def changes() -> str:
    """Show what the graph itself dates: when its sources were read, what is newest."""
    return render_template("pages/changes.html", page=whats_new.view())
