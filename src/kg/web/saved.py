"""The saved queries: a list, a form for each, and its answer in any format."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from kg.errors import BadParameter
from kg.formats import NAMES
from kg.pool import Job
from kg.queries import Param, SavedQuery, bind, pick
from kg.vocab import local
from kg.web.answers import ask, reply, rows_and_graph, wants_html
from kg.web.find import index as everything
from kg.web.frame import KEPT, frame
from kg.web.kept import keep
from kg.web.language import wanted
from kg.web.parameters import bound, choices
from kg.web.results import Shown, shown
from kg.web.site import site
from kg.web.takeaway import FILES, answer
from kg.web.views import picture
from kg.web.worldmap import world_map

__all__ = ["MOST", "blueprint"]

blueprint = Blueprint("saved", __name__, url_prefix="/queries")
keep(blueprint)

#: Kind of a parameter to the HTML input that takes it.
INPUTS = {"date": "date", "integer": "number"}
#: Kinds of entries that a parameter may be chosen from.
CHOSEN = ("state", "organisation", "concept")
#: The largest `limit` and `offset`.
MOST = 10**9 - 1
#: Arguments that are ours, whatever the query.
RESERVED = ("format", "limit", "offset", "timeout", "view", *KEPT)


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
    taken = next((one for one in FILES if name.endswith(f".{one}")), "")
    if taken and (stem := name.removesuffix(f".{taken}")):
        saved = _saved(stem)
        return answer(saved.summary, _paged(bound(saved, _values())), taken, saved.name)
    stem, _, suffix = name.rpartition(".")
    if stem and suffix == "rq":
        text = bind(_saved(stem), _values())
        return Response(text, content_type="application/sparql-query; charset=utf-8")
    if stem and suffix in NAMES and suffix != "html":
        return _data(_saved(stem), suffix)
    saved = _saved(name.removesuffix(".html"))
    return _page(saved) if wants_html() or name.endswith(".html") else _data(saved, None)


def _saved(name: str) -> SavedQuery:
    return pick(site().queries, name, "/queries/ lists them all")


def _data(saved: SavedQuery, suffix: str | None) -> Response:
    rows, graph = rows_and_graph(suffix)
    text = bound(saved, _values())
    limit, offset = _page_wanted()
    text = _paged(text)
    answer = ask(Job(query=text, rows=rows, graph=graph))
    response = reply(answer)
    response.headers["Mithaq-Dataset"] = site().graph.fingerprint
    response.headers.add("Link", f'<{_link(saved, suffix, limit, offset)}>; rel="self"')
    if limit and answer.rows == limit:
        after = _link(saved, suffix, limit, offset + limit)
        response.headers.add("Link", f'<{after}>; rel="next"')
    return response


def _paged(text: str) -> str:
    """Return a query for the rows that `limit` and `offset` name."""
    limit, offset = _page_wanted()
    if limit is None and not offset:
        return text
    return f"{text}\nOFFSET {offset}" + (f" LIMIT {limit}" if limit is not None else "")


def _page_wanted() -> tuple[int | None, int]:
    """Return `limit` and `offset`; every saved query has a total order, so pages are stable."""
    numbers: dict[str, int | None] = {}
    for name, least in (("limit", 1), ("offset", 0)):
        value = request.args.get(name, "").strip()
        if value and not (value.isascii() and value.isdigit() and least <= int(value) <= MOST):
            raise BadParameter(
                f"{name} = {value!r}: not a whole number from {least}",
                details={"parameter": name, "value": value},
            )
        numbers[name] = int(value) if value else None
    return numbers["limit"], numbers["offset"] or 0


def _link(saved: SavedQuery, suffix: str | None, limit: int | None, offset: int) -> str:
    """Return the address of this answer, with every value of its parameters spelt out."""
    values = {param.name: param.default or "" for param in saved.params} | _values()
    name = saved.name + (f".{suffix}" if suffix else "")
    pages = {"limit": limit, "offset": offset}
    values |= {key: str(number) for key, number in pages.items() if number}
    return url_for("saved.query", name=name, _external=True, **values)


def _page(saved: SavedQuery) -> str | tuple[str, int]:
    values = _of_the_day(saved, _values())
    start = _page_wanted()[1]
    result: Shown | None = None
    problem: BadParameter | None = None
    try:
        result = shown(Job(query=bound(saved, values)), start)
    except BadParameter as error:
        problem = error
    here = {**values, "view": request.args.get("view", "").strip()}
    options = {param.name: _named(param) for param in saved.params}
    wish = request.args.get("view", "").strip() or saved.header.get("view", "")
    seen = picture(wish, result.names, result.found, result.rows) if result else None
    spelt = {param.name: param.default or "" for param in saved.params} | values
    page = render_template(
        "query.html",
        saved=saved,
        values={param.name: values.get(param.name, param.default or "") for param in saved.params},
        options=options,
        inputs=INPUTS,
        result=result,
        problem=problem,
        arguments=values,
        turn=lambda row: url_for("saved.query", name=saved.name, **here, offset=row),  # type: ignore[arg-type]
        seen=seen,
        world=world_map(site().settings.status_date) if seen and seen.view == "map" else None,
        permalink=url_for("saved.query", name=saved.name, _external=True, **spelt),
        csv=url_for("saved.query", name=f"{saved.name}.csv", _external=True, **spelt),
        text=bind(saved, values) if not problem else saved.text,
    )
    return (page, problem.status) if problem else page


def _values() -> dict[str, str]:
    """Return the arguments that are not ours; an empty field of the form means the default."""
    _once()
    found = {
        key: value for key, value in request.args.items() if key not in RESERVED and value.strip()
    }
    on = request.args.get("on", "").strip()
    return {"date": on, **found} if on and request.view_args and _dated() else found


def _of_the_day(saved: SavedQuery, values: dict[str, str]) -> dict[str, str]:
    """Return the values of a page: the day is the page's own unless another is asked for."""
    if any(param.name == "date" for param in saved.params):
        return {"date": frame().day.isoformat(), **values}
    return values


def _once() -> None:
    """Refuse an argument with two values: one of them would be left out unsaid."""
    for name, values in request.args.lists():
        given = [value for value in values if value.strip()]
        if len(given) > 1 and name != "timeout":  # a fault of the protocol: 400
            raise BadParameter(
                f"{name} is given {len(given)} times: {', '.join(given)[:200]}",
                hint=f"Give {name} once; ask once for each value",
                details={"parameter": name, "value": ", ".join(given)[:200]},
            )


def _dated() -> bool:
    """Say whether the query that is asked has a day, which `on=` then is."""
    name = (request.view_args or {}).get("name", "")
    saved = site().queries.get(name) or site().queries.get(name.rpartition(".")[0])
    return saved is not None and any(param.name == "date" for param in saved.params)


def _named(param: Param) -> list[tuple[str, str]]:
    """Return the choices of a parameter with their names in the language that is wanted."""
    found = choices(param)
    if wanted() == "en" or param.options:
        return found
    names = {
        local(iri): entry for iri, entry in everything().by_iri.items() if entry.kind in CHOSEN
    }
    named = [(key, names[key].label(wanted()) if key in names else label) for key, label in found]
    return sorted(named, key=lambda pair: pair[1])


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
