"""The page for a first visitor."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import format_decimal

from kg.errors import KgError
from kg.vocab import local
from kg.web.frame import frame
from kg.web.kept import keep
from kg.web.names import name, of_kind, ref
from kg.web.search import fold
from kg.web.site import site
from kg.web.terms import iri_of
from kg.web.worldmap import world_map

__all__ = ["blueprint"]

blueprint = Blueprint("start", __name__)
keep(blueprint)

#: States that the start offers at a click.
EXAMPLES = ("PAK", "TUR", "IRN", "SAU", "EGY", "IDN", "NGA", "MAR", "KAZ", "ARE")
AGREEMENT = "VALUES ?kind { mq:Agreement mq:BilateralAgreement mq:PlurilateralAgreement }"
COUNTS = f"""SELECT ?what ?count WHERE {{
  {{ SELECT ("agreements" AS ?what) (COUNT(DISTINCT ?x) AS ?count)
     WHERE {{ {AGREEMENT} ?x a ?kind }} }}
  UNION {{ SELECT ("records" AS ?what) (COUNT(?x) AS ?count)
           WHERE {{ GRAPH ?g {{ ?x a mq:Record }} }} }}
  UNION {{ SELECT ("commitments" AS ?what) (COUNT(?x) AS ?count)
           WHERE {{ GRAPH ?g {{ ?x a mq:Commitment }} }} }}
  UNION {{ SELECT ("states" AS ?what) (COUNT(?x) AS ?count) WHERE {{ ?x a mq:State }} }}
  UNION {{ SELECT ("sources" AS ?what) (COUNT(?x) AS ?count) WHERE {{ ?x a mq:Source }} }}
}} ORDER BY ?what"""


@blueprint.get("/")
def start() -> str:
    """Say what this is, how much there is, and what one can ask."""
    try:
        rows = site().graph.keep(COUNTS)
        counts = {row["what"]["value"]: int(row["count"]["value"]) for row in rows}
        states = [(local(iri), name(iri).text) for iri in of_kind("State")]
        world = world_map(frame().day.isoformat()) if counts else None
    except KgError:
        counts, states, world = {}, [], None
    keys = {key for key, _ in states}
    return render_template(
        "start.html",
        counts=counts,
        queries=site().queries.values(),
        states=sorted(states, key=lambda state: fold(state[1])),
        examples=[ref(iri_of(f"state/{key}")) for key in EXAMPLES if key in keys],
        number=format_decimal,
        world=world,
    )
