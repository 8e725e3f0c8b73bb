"""The page for a first visitor."""

from __future__ import annotations

from flask import Blueprint, render_template

from kg.errors import KgError
from kg.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("start", __name__)

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
}}"""


@blueprint.get("/")
def start() -> str:
    """Say what this is, how much there is, and what one can ask."""
    try:
        counts = {row["what"]["value"]: row["count"]["value"] for row in site().graph.keep(COUNTS)}
    except KgError:
        counts = {}
    return render_template("start.html", counts=counts, queries=site().queries.values())
