"""Errors over HTTP, and on the command line, name the thing, the place and the remedy."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse

from kg.settings import Settings
from kg.web import create_app
from tests.test_cli import kg

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def client(built: Settings) -> FlaskClient:
    return create_app(built).test_client()


@pytest.mark.parametrize(
    ("method", "path", "status", "detail", "hint"),
    [
        ("GET", "/nope", 404, "There is nothing at /nope", "/openapi.json"),
        ("PATCH", "/sparql", 405, "does not take PATCH", "It takes GET, HEAD, OPTIONS, POST"),
        ("DELETE", "/find", 405, "/find does not take DELETE", "It takes GET"),
        (
            "GET",
            "/queries/nope",
            404,
            "There is no saved query 'nope'",
            "/queries/ lists them all",
        ),
        ("GET", "/queries/support-mapp", 404, "'support-mapp'", "Did you mean support-map?"),
    ],
)
def test_what_is_not_there_says_what_is(
    client: FlaskClient, method: str, path: str, status: int, detail: str, hint: str
):
    answer = client.open(path, method=method, headers=JSON)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert detail in answer.json["detail"]
    assert hint in answer.json["hint"]
    assert "kg query" not in answer.text


@pytest.mark.parametrize(
    ("asked", "parameter", "value"),
    [("date=2026-13-01", "date", "2026-13-01"), ("stat=PAK", "stat", "PAK")],
)
def test_wrong_parameters_name_themselves(
    client: FlaskClient, asked: str, parameter: str, value: str
):
    answer = client.get(f"/queries/support-map.json?{asked}", headers=JSON)
    assert answer.status_code == 422
    assert (answer.json["parameter"], answer.json["value"]) == (parameter, value)
    if parameter == "stat":
        assert answer.json["nearest"] == ["state"]
        assert "Did you mean state?" in answer.json["hint"]


def test_what_is_like_a_key_is_of_its_kind(client: FlaskClient):
    answer = client.get("/id/state/PAKI", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "state/PAK" in answer.text
    assert "/agreement/" not in answer.text


@pytest.mark.parametrize("form", ["turtle", "trig", "ntriples", "nquads", "jsonld", "json", "xml"])
def test_command_line_writes_graphs_in_each_format(built: Settings, form: str):
    query = "CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s skos:prefLabel ?o }"
    done = kg(built.root, "query", "-", "--format", form, stdin=query)
    assert done.returncode == 0, done.stderr
    read = {
        "turtle": RdfFormat.TURTLE,
        "trig": RdfFormat.TRIG,
        "ntriples": RdfFormat.N_TRIPLES,
        "nquads": RdfFormat.N_QUADS,
        "jsonld": RdfFormat.JSON_LD,
        "json": RdfFormat.JSON_LD,
        "xml": RdfFormat.RDF_XML,
    }[form]
    assert len({one.triple for one in parse(done.stdout.encode(), read)}) > 50


def test_command_line_writes_a_line_for_each_row(built: Settings):
    query = "SELECT ?s ?o { ?s skos:prefLabel ?o } ORDER BY ?s ?o LIMIT 3"
    done = kg(built.root, "query", "-", "--format", "ndjson", stdin=query)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(one) for one in done.stdout.splitlines()]
    assert len(rows) == 3
    assert all({"s", "o"} <= set(row) for row in rows)


@pytest.mark.parametrize(
    ("query", "form", "says"),
    [
        ("SELECT * { ?s ?p ?o }", "turtle", "Rows are not written as turtle"),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "csv", "A graph is not written as csv"),
    ],
)
def test_command_line_says_what_a_format_is_not_for(
    built: Settings, query: str, form: str, says: str
):
    done = kg(built.root, "query", "-", "--format", form, stdin=query)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Use one of" in done.stderr
