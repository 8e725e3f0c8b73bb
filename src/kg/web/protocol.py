"""The endpoint: SPARQL 1.1 Protocol; updates are in `kg.web.update`."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from kg.errors import BadQuery, UnsupportedMedia
from kg.explain import explain
from kg.pool import Job
from kg.vocab import PREFIXES
from kg.web import update
from kg.web.answers import ask, respond, rows_and_graph, timed, wants_html
from kg.web.rdf import described
from kg.web.results import shown
from kg.web.site import site
from kg.web.statistics import statistics

__all__ = ["blueprint"]

blueprint = Blueprint("protocol", __name__)

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
#: Parameters of a request; nobody has a use for more graphs than that.
PARAMETERS = 1000
#: Named graphs that the description of the service lists; where there are more, VoID does.
GRAPHS_TOLD = 250
#: Functions of GeoSPARQL that the store has (OGC 22-047r1, section 8.3).
FUNCTIONS = (
    *("area", "asGeoJSON", "centroid", "convexHull", "coordinateDimension", "difference"),
    *("dimension", "distance", "ehContains", "ehCoveredBy", "ehCovers", "ehDisjoint", "ehEquals"),
    *("ehInside", "ehMeet", "ehOverlap", "envelope", "getSRID", "intersection", "isEmpty"),
    *("isSimple", "length", "perimeter", "rcc8dc", "rcc8ec", "rcc8eq", "rcc8ntpp", "rcc8ntppi"),
    *("rcc8po", "rcc8tpp", "rcc8tppi", "relate", "sfContains", "sfCrosses", "sfDisjoint"),
    *("sfEquals", "sfIntersects", "sfOverlaps", "sfTouches", "sfWithin", "spatialDimension"),
    *("symDifference", "union"),
)
#: How the answer of an ASK that is true ends.
TRUE = b'"boolean":true}'
EXAMPLE = """SELECT ?agreement ?signed WHERE {
  ?agreement mq:party state:PAK, state:TUR ; mq:signedOn ?signed .
}
ORDER BY ?signed ?agreement
LIMIT 100"""


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response | str:
    """Answer a query; without one, describe the service or show the form."""
    _check()
    if change := update.asked():
        return update.perform(change)
    query = _query()
    if query is None:
        timed()  # what is no time is told, even where nothing is timed
        return _form(EXAMPLE) if wants_html() else _description()
    if wants_html():
        return render_template("sparql.html", query=query, result=shown(_job(query)))
    if "explain-empty" in request.values:
        return _explained(query)
    rows, graph = rows_and_graph()
    return respond(_job(query, rows, graph))


def _explained(query: str) -> Response:
    """Say why the query finds nothing, or that it finds something."""
    job = _job(query, "application/sparql-results+json", "application/n-triples")
    if job.default_graphs or job.named_graphs:
        raise BadQuery("explain-empty looks at the whole dataset; leave the graphs out")
    answer = ask(job)
    if answer.rows or (answer.kind == "graph" and answer.body) or answer.body.endswith(TRUE):
        return jsonify(empty=False)
    why = explain(query, site().graph.column, PREFIXES)
    return jsonify(
        empty=True,
        message=why.message,
        pattern=why.pattern,
        matchesAlone=why.alone,
        unknown=[{"term": term, "nearest": near} for term, near in why.unknown.items()],
    )


def _query() -> str | None:
    """Return the one query of the request; None when a GET has none."""
    if request.method != "POST":
        return _only(request.args.getlist("query"), needed=False)
    if request.mimetype == QUERY:
        return _body()
    if request.mimetype not in (FORM, "multipart/form-data"):
        raise UnsupportedMedia(f"POST a query as {FORM} or {QUERY}, not {request.mimetype or '?'}")
    return _only(request.values.getlist("query"), needed=True)


def _check() -> None:
    """Refuse what no client needs: an encoded body, thousands of parameters."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMedia("Send the body as it is, without Content-Encoding")
    found = sum(len(values) for _, values in request.values.lists())
    if found > PARAMETERS:
        raise BadQuery(f"The request has {found} parameters; {PARAMETERS} are allowed")


def _only(found: list[str], *, needed: bool) -> str | None:
    if len(found) > 1 or (needed and not found):
        raise BadQuery(f"Send exactly one query parameter; this request has {len(found)}")
    return found[0] if found else None


def _body() -> str:
    if "query" in request.args:
        raise BadQuery("Send the query in the body or in the address, not in both")
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadQuery(f"The query is not UTF-8: {error}") from error


def _job(query: str, rows: str | None = None, graph: str | None = None) -> Job:
    return Job(
        query=query,
        rows=rows,
        graph=graph,
        default_graphs=tuple(request.values.getlist("default-graph-uri")),
        named_graphs=tuple(request.values.getlist("named-graph-uri")),
    )


def _form(query: str) -> str:
    return render_template("sparql.html", query=query, result=None)


def _description() -> Response:
    """Return the SPARQL 1.1 Service Description."""
    counted = statistics()
    here = not site().settings.store_url
    return described(
        render_template(
            "service.ttl",
            endpoint=f"{request.url_root}sparql",
            root=request.url_root,
            site=site(),
            ours=site().settings.data is None,
            counted=counted,
            named=counted.parts if counted and len(counted.parts) <= GRAPHS_TOLD else (),
            functions=FUNCTIONS if here else (),
        )
    )
