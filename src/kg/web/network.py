"""The network: who is bound to whom on a day; as a page, a picture and data."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, replace
from typing import Any, cast

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask_babel import lazy_gettext as N_

from kg.errors import BadQuery
from kg.vocab import BASE, local
from kg.web import ledger, register
from kg.web.derived import Derived, derived
from kg.web.find import index
from kg.web.frame import frame
from kg.web.kept import keep
from kg.web.language import wanted
from kg.web.ledger import FORMS, STRENGTHS, Ledger, Link, Wish
from kg.web.names import name, of_kind
from kg.web.ring import ring
from kg.web.site import site
from kg.web.terms import page_of
from kg.web.tie_files import FILES, file

__all__ = ["blueprint", "network"]

blueprint = Blueprint("network", __name__)
keep(blueprint)

#: The first year of the slider; earlier days can be asked for too.
FIRST = 1900
#: Rows of the table below the picture.
ROWS = 150
#: Agreements of a link that the table names.
TITLES = 2
STRENGTH_NAMES = {
    "promised": N_("promised: a commitment obliges a party"),
    "framework": N_("framework: an agreement without a promise to act"),
    "declared": N_("declared: a political text"),
}
FORM_NAMES = {
    "bilateral": N_("of two"),
    "plurilateral": N_("of many"),
}


@blueprint.record_once
def _keep(state: object) -> None:
    kept = state.app.extensions  # type: ignore[attr-defined]
    kept["kg.register"] = book = Derived(register.read)
    kept["kg.ledger"] = Derived(lambda graph: ledger.read(graph, book.fresh(graph)))


@blueprint.get("/network")
def page() -> str:
    """Show the network of a day with its table."""
    wish = _wish()
    found = network(wish)
    choices = {
        "domain": _concepts("domain"),
        "kind": _concepts("commitment-kind"),
        "strength": [(one, STRENGTH_NAMES[one]) for one in STRENGTHS],
        "form": [(one, FORM_NAMES[one]) for one in FORMS],
        "of": sorted(_states(wish.on), key=lambda pair: pair[1]),
    }
    arguments = {key: str(value) for key, value in _arguments(wish).items()} | {"lang": wanted()}
    return render_template(
        "network.html",
        wish=wish,
        found=found,
        ring=ring(found),
        rows=_strongest(found["links"]),
        names={one["id"]: one for one in found["nodes"]},
        choices=choices,
        years=(FIRST, int(site().settings.status_date[:4])),
        data=url_for("network.data", **arguments),  # type: ignore[arg-type]
        picture=url_for("network.picture", **arguments),  # type: ignore[arg-type]
        files=FILES.items(),
        strengths=STRENGTH_NAMES,
        kind_names=dict(choices["kind"]),
        titles=_titles,
    )


@blueprint.get("/network.json")
def data() -> Response:
    """Return the nodes and links of a day."""
    return jsonify(network(_wish()))


@blueprint.get("/network.<suffix>")
def taken(suffix: str) -> Response:
    """Return the links of a day as a file: a table, or a network for other programs."""
    return file(network(_wish()), suffix, request.url)


@blueprint.get("/network.svg")
def picture() -> Response:
    """Return the picture of a day."""
    wish = _wish()
    found = network(wish)
    text = render_template("network.svg", ring=ring(found), wish=wish, alone=True)
    return Response(text, content_type="image/svg+xml; charset=utf-8")


def _strongest(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the links with most agreements, for the table."""
    return sorted(links, key=lambda one: (-one["known"], -one["unknown"], one["source"]))[:ROWS]


def network(wish: Wish) -> dict[str, Any]:
    """Return the members of a day, their partners, and what binds them."""
    book = cast(Ledger, derived("ledger"))
    members, ours = book.members(wish.on), book.ours(wish.on)
    links = book.links(wish)
    degree: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for link in links:
        for party in (link.one, link.other):
            degree[party][0] += 1
            degree[party][1] += len(link.known) + len(link.unknown)
    shown = set(degree) | (members if not wish.of else set())
    found = (_node(iri, degree[iri]) for iri in shown)
    told = ({**one, "member": one["iri"] in members, "ours": one["iri"] in ours} for one in found)
    nodes = sorted(told, key=_by_name)
    agreements = {key for link in links for key in (*link.known, *link.unknown)}
    return {
        **_arguments(wish),
        "fingerprint": site().graph.fingerprint,
        "counts": {"nodes": len(nodes), "links": len(links), "agreements": len(agreements)},
        "nodes": nodes,
        "links": [_link(link) for link in links],
    }


def _wish() -> Wish:
    """Return what is asked for; 400 for a day or a value that is none."""
    on = frame().day.isoformat()
    of = _one_of("of", "", [key for key, _ in _states(on)])
    domain = request.args.get("domain", "defence").strip()
    return Wish(
        on=on,
        domain=_one_of("domain", domain, [key for key, _ in _concepts("domain")]),
        kind=_one_of("kind", "", [key for key, _ in _concepts("commitment-kind")]),
        strength=_one_of("strength", "", STRENGTHS),
        form=_one_of("form", "bilateral" if "form" not in request.args else "", FORMS),
        unknown=_one_of("unknown", "1", ("0", "1")) != "0",
        of=f"{BASE}id/state/{of}" if of else "",
    )


def _one_of(name: str, default: str, known: object) -> str:
    value = request.args.get(name, default).strip()
    if value and value not in cast(list[str], known):
        offered = ", ".join(list(cast(list[str], known))[:60])
        raise BadQuery(f"{name} = {value[:80]!r} is not known", hint=f"One of: {offered}")
    return value


def _arguments(wish: Wish) -> dict[str, object]:
    """Return the values that say which network it is."""
    return asdict(replace(wish, of=local(wish.of) if wish.of else "")) | {
        "unknown": int(wish.unknown)
    }


def _concepts(scheme: str) -> list[tuple[str, str]]:
    """Return key and label of each concept of a scheme, by label."""
    start = f"{BASE}scheme/{scheme}/"
    found = [iri for iri in of_kind("Concept") if iri.startswith(start)]
    return sorted(((local(iri), name(iri).text) for iri in found), key=lambda pair: pair[1])


def _titles(keys: list[str]) -> list[tuple[str, str]]:
    """Return the keys and titles of the first agreements of a link."""
    known = index().by_iri
    iris = [f"{site().settings.base_iri}id/agreement/{key}" for key in keys[:TITLES]]
    return [
        (local(iri), known[iri].label(wanted()) if iri in known else local(iri)) for iri in iris
    ]


def _states(on: str) -> list[tuple[str, str]]:
    known = index().by_iri
    ours = cast(Ledger, derived("ledger")).ours(on)
    return [(local(iri), known[iri].label(wanted())) for iri in ours if iri in known]


def _node(iri: str, degree: list[int]) -> dict[str, object]:
    entry = index().by_iri.get(iri)
    return {
        "id": local(iri),
        "iri": iri,
        "name": entry.label(wanted()) if entry else local(iri),
        "page": page_of(iri) or iri,
        "links": degree[0],
        "agreements": degree[1],
    }


def _by_name(node: dict[str, object]) -> tuple[bool, str]:
    return (not node["ours"], str(node["name"]))


def _link(link: Link) -> dict[str, object]:
    return {
        "source": local(link.one),
        "target": local(link.other),
        "strength": link.strength,
        "known": len(link.known),
        "unknown": len(link.unknown),
        "kinds": sorted(link.kinds),
        "agreements": [*link.known, *link.unknown],
    }
