"""Describe the saved queries and the endpoint as an API: OpenAPI 3.1, made from the queries.

Specification: OpenAPI 3.1.0, https://spec.openapis.org/oas/v3.1.0
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from kg import __version__
from kg.citation import MEDIA
from kg.downloads import MEDIA as FILE_MEDIA
from kg.downloads import NETWORKS
from kg.formats import GRAPHS, PROBLEM, ROWS
from kg.panel import CHOICES
from kg.queries import Param, SavedQuery
from kg.web.links import SUFFIXES as GRAPH_NAMES
from kg.web.parameters import LONGEST, choices
from kg.web.saved import MOST
from kg.web.site import site
from kg.web.takeaway import FILES

__all__ = ["blueprint"]

blueprint = Blueprint("openapi", __name__)

Schema = dict[str, Any]

#: Suffix of an answer to its media type, as saved queries that select rows are answered.
SUFFIXES = {
    "json": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "xml": "application/sparql-results+xml",
    **{
        name: FILE_MEDIA[name.removeprefix("sheet.")].partition(";")[0]
        for name in FILES
        if name not in NETWORKS
    },
}
#: Kind of a parameter that has no list of values to its schema.
TYPES: dict[str, Schema] = {
    "agreement": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9.\-]*$"},
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer", "minimum": -MOST, "maximum": MOST},
    "text": {"type": "string", "maxLength": LONGEST},
    "iri": {"type": "string", "format": "iri"},
}
ERRORS = {
    "400": "The request cannot be read.",
    "403": "The query asks another endpoint, or would write.",
    "404": "There is no such query.",
    "406": "No acceptable format.",
    "410": "There was such a thing; it is withdrawn.",
    "422": "A parameter is unknown, or the graph has no such value; the nearest are named.",
    "429": "Too many queries wait already; try again after Retry-After.",
    "503": "The query was stopped at its time limit, or no worker was free.",
    "507": "The query wanted more memory than one query may have.",
}


@blueprint.get("/openapi.json")
def document() -> Response:
    """Return the description."""
    queries = site().queries.values()
    return jsonify(
        openapi="3.1.0",
        info={
            "title": "Mithaq",
            "version": __version__,
            "summary": "Agreements of the Islamic nations, with sources",
            "description": f"Dataset {site().graph.fingerprint or 'not built'}.",
            "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
        },
        servers=[{"url": request.url_root.rstrip("/")}],
        paths={
            **{f"/queries/{one.name}.{{format}}": {"get": _operation(one)} for one in queries},
            "/sparql": {"get": _endpoint()},
            "/data/{path}": {"get": _description()},
            "/cite/agreement/{key}.{format}": {"get": _citation()},
            "/panels/dyad-year.csv": {"get": _panel()},
        },
        components={
            "schemas": {**_lists(), "Problem": PROBLEM_SCHEMA},
            "responses": {code: _problem(text) for code, text in ERRORS.items()},
        },
    )


def _operation(saved: SavedQuery) -> Schema:
    return {
        "operationId": saved.name.replace("-", "_"),
        "summary": saved.summary,
        "description": (saved.description or saved.summary)
        + " Where two columns are of states or organisations, also as .graphml and .gexf.",
        "tags": list(saved.tags),
        "parameters": [
            {
                "name": "format",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "enum": list(SUFFIXES)},
            },
            *(_parameter(param) for param in saved.params),
            _number("limit", 1, "Rows to return."),
            _number("offset", 0, "Rows to leave out first; the order is total."),
            _timeout(),
        ],
        "responses": {
            "200": {
                "description": "The rows.",
                "headers": {
                    "Mithaq-Dataset": {
                        "description": "Fingerprint of the graph that answered.",
                        "schema": {"type": "string"},
                    },
                    "Link": {
                        "description": "self: with every parameter; next: the next page.",
                        "schema": {"type": "string"},
                    },
                },
                "content": {media: {} for media in SUFFIXES.values()},
            },
            **_errors("400", "404", "406", "422", "429", "503", "507"),
        },
    }


def _description() -> Schema:
    return {
        "operationId": "describe",
        "summary": "The description of a thing",
        "description": "An agreement comes with its records, commitments and events.",
        "parameters": [
            _in_path("path", "Path of the IRI below the base, without id/: state/PAK."),
            _choice("format", list(GRAPH_NAMES), "Suffix of a format; it beats Accept."),
        ],
        "responses": {
            "200": {
                "description": "The triples.",
                "content": {media: {} for media in GRAPHS},
            },
            "301": {"description": "The thing has another address."},
            "303": {"description": "A file of ours: see its own address."},
            **_errors("404", "406", "410", "429", "503", "507"),
        },
    }


def _citation() -> Schema:
    return {
        "operationId": "cite",
        "summary": "How to cite an agreement",
        "parameters": [
            _in_path("key", "Key of the agreement: PAK-TUR-1954-04-02."),
            {**_choice("format", list(MEDIA), "Format."), "in": "path", "required": True},
        ],
        "responses": {
            "200": {
                "description": "The citation.",
                "content": {media.partition(";")[0]: {} for media in MEDIA.values()},
            },
            "301": {"description": "The agreement has another address."},
            **_errors("404", "406", "410", "429", "503", "507"),
        },
    }


def _panel() -> Schema:
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    return {
        "operationId": "dyad_year",
        "summary": "Pairs of states, year by year",
        "description": "Its codebook (CSVW) is at /panels/dyad-year.csv-metadata.json.",
        "parameters": [
            _choice("source", list(CHOICES), "What it is made from."),
            _choice("directed", ["true", "false"], "Each ordered pair, or each pair once."),
            {"name": "from", "in": "query", "description": "First year.", "schema": year},
            {"name": "to", "in": "query", "description": "Last year.", "schema": year},
        ],
        "responses": {
            "200": {"description": "The rows.", "content": {"text/csv": {}}},
            **_errors("404", "422"),
        },
    }


def _in_path(name: str, text: str) -> Schema:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def _choice(name: str, values: list[str], text: str) -> Schema:
    schema = {"type": "string", "enum": values}
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _endpoint() -> Schema:
    return {
        "operationId": "sparql",
        "summary": "SPARQL 1.1 Protocol, query by GET",
        "description": "Without a query, the description of the service.",
        "parameters": [
            {"name": "query", "in": "query", "schema": {"type": "string"}},
            _timeout(),
        ],
        "responses": {
            "200": {
                "description": "Rows or a graph, as the form of the query has it.",
                "content": {media: {} for media in (*ROWS, *GRAPHS)},
            },
            **_errors("400", "403", "406", "429", "503", "507"),
        },
    }


def _parameter(param: Param) -> Schema:
    schema = dict(_schema(param))
    if param.default is not None:
        schema["default"] = (
            int(param.default) if schema.get("type") == "integer" else param.default
        )
    return {
        "name": param.name,
        "in": "query",
        "description": param.description or param.name,
        "schema": schema,
    }


def _schema(param: Param) -> Schema:
    if param.options:
        return {"type": "string", "enum": list(param.options)}
    family = param.kind.partition(":")[0]
    if family in TYPES:
        return TYPES[family]
    return {"$ref": f"#/components/schemas/{_name(param.kind)}"}


def _lists() -> dict[str, Schema]:
    """Return a schema for each kind whose values the graph lists."""
    kinds = {param.kind: param for one in site().queries.values() for param in one.params}
    return {
        _name(kind): {"type": "string", "enum": [key for key, _ in choices(param)]}
        for kind, param in sorted(kinds.items())
        if kind.partition(":")[0] not in TYPES and choices(param)
    }


def _name(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.replace("-", ":").split(":"))


def _number(name: str, least: int, text: str) -> Schema:
    schema = {"type": "integer", "minimum": least, "maximum": MOST}
    return {"name": name, "in": "query", "description": text, "schema": schema}


def _timeout() -> Schema:
    most = site().settings.query_time_limit_ms / 1000
    return {
        "name": "timeout",
        "in": "query",
        "description": f"Seconds after which the query is stopped; at most {most:g}.",
        "schema": {"type": "number", "exclusiveMinimum": 0},
    }


def _errors(*codes: str) -> Schema:
    return {code: {"$ref": f"#/components/responses/{code}"} for code in codes}


def _problem(text: str) -> Schema:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {PROBLEM: {"schema": schema}}}


#: RFC 9457, with what helps to mend the request.
PROBLEM_SCHEMA: Schema = {
    "type": "object",
    "required": ["title", "status", "detail"],
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "parameter": {"type": "string"},
        "nearest": {"type": "array", "items": {"type": "string"}},
        "line": {"type": "integer"},
        "column": {"type": "integer"},
    },
}
