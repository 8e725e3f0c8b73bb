"""The saved queries: a list, a form for each, and its answer in any format."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from pyoxigraph import NamedNode

from kg.errors import BadParameter
from kg.formats import NAMES
from kg.pool import Job
from kg.queries import Param, SavedQuery, bind, pick
from kg.vocab import local
from kg.web.answers import ask, reply, rows_and_graph, wants_html
from kg.web.results import Shown, shown
from kg.web.site import site

__all__ = ["blueprint"]

blueprint = Blueprint("saved", __name__, url_prefix="/queries")

#: Kind of a parameter to the class whose members fill its list.
CLASSES = {"state": "mq:State", "organisation": "mq:Organisation"}
#: Kind of a parameter to the HTML input that takes it.
INPUTS = {"date": "date", "integer": "number"}
RESERVED = ("format",)


@blueprint.get("/")
def index() -> Response | str:
    """List the saved queries."""
    queries = site().queries
    if wants_html():
        return render_template("queries.html", queries=queries.values())
    return jsonify([_about(query) for query in queries.values()])


@blueprint.get("/<name>")
def query(name: str) -> Response | str | tuple[str, int]:
    """Show a saved query with its form and answer, or answer it as data."""
    stem, _, suffix = name.rpartition(".")
    if stem and suffix == "rq":
        text = bind(pick(site().queries, stem), _values())
        return Response(text, content_type="application/sparql-query; charset=utf-8")
    if stem and suffix in NAMES and suffix != "html":
        return _data(pick(site().queries, stem), suffix)
    saved = pick(site().queries, name.removesuffix(".html"))
    return _page(saved) if wants_html() or name.endswith(".html") else _data(saved, None)


def _data(saved: SavedQuery, suffix: str | None) -> Response:
    rows, graph = rows_and_graph(suffix)
    return reply(ask(Job(query=_bound(saved, _values()), rows=rows, graph=graph)))


def _page(saved: SavedQuery) -> str | tuple[str, int]:
    values = _values()
    result: Shown | None = None
    problem: BadParameter | None = None
    try:
        result = shown(Job(query=_bound(saved, values)))
    except BadParameter as error:
        problem = error
    options = {param.name: _options(param) for param in saved.params}
    page = render_template(
        "query.html",
        saved=saved,
        values={param.name: values.get(param.name, param.default or "") for param in saved.params},
        options=options,
        inputs=INPUTS,
        result=result,
        problem=problem,
        arguments=values,
    )
    return (page, problem.status) if problem else page


def _values() -> dict[str, str]:
    """Return the arguments that are not ours; an empty field of the form means the default."""
    return {
        key: value for key, value in request.args.items() if key not in RESERVED and value.strip()
    }


def _bound(saved: SavedQuery, values: dict[str, str]) -> str:
    """Bind; raise BadParameter also for a value outside a parameter's options."""
    for param in saved.params:
        value = values.get(param.name)
        if value and param.options and value not in param.options:
            raise BadParameter(f"{param.name} = {value!r}: use one of {', '.join(param.options)}")
    return bind(saved, values)


def _options(param: Param) -> list[tuple[str, str]]:
    """Return value and label of each choice; none for a parameter that is typed freely."""
    if param.options:
        return [(option, option) for option in param.options]
    family, _, scheme = param.kind.partition(":")
    if family in CLASSES:
        pattern = f"?item a {CLASSES[family]} ; skos:prefLabel ?label ."
    elif family == "concept":
        node = NamedNode(f"{site().settings.base_iri}scheme/{scheme}")
        pattern = f"?item skos:inScheme {node} ; skos:prefLabel ?label ."
    else:
        return []
    rows = site().graph.keep(
        f'SELECT ?item ?label WHERE {{ {pattern} FILTER(LANG(?label) IN ("en", "")) }}'
        " ORDER BY ?label ?item"
    )
    return [(local(row["item"]["value"]), row["label"]["value"]) for row in rows]


def _about(saved: SavedQuery) -> dict[str, object]:
    return {
        "name": saved.name,
        "summary": saved.summary,
        "description": saved.description,
        "tags": list(saved.tags),
        "url": url_for("saved.query", name=saved.name, _external=True),
        "parameters": [
            {
                "name": param.name,
                "kind": param.kind,
                "default": param.default,
                "description": param.description,
                "options": list(param.options),
            }
            for param in saved.params
        ],
    }
