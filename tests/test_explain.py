"""An empty answer says which pattern empties it and which terms were meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kg.settings import Settings
from kg.web import create_app


@pytest.fixture(scope="module")
def client(built: Settings) -> Iterator[FlaskClient]:
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


def explained(client: FlaskClient, query: str) -> dict[str, object]:
    answer = client.get("/sparql", query_string={"query": query, "explain-empty": ""})
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a mq:party state:PAK }",
        "ASK { ?a mq:party state:PAK }",
        "CONSTRUCT WHERE { ?a mq:party state:PAK }",
    ],
)
def test_what_is_found_is_not_empty(client: FlaskClient, query: str):
    assert explained(client, query) == {"empty": False}


@pytest.mark.parametrize(
    ("pattern", "lacks", "meant"),
    [
        ("?a mq:partys state:PAK", "ns#partys", "ns#party"),
        ("?a a mq:BilateralAgrement", "ns#BilateralAgrement", "ns#BilateralAgreement"),
        ("?a mq:party state:PKA", "id/state/PKA", "id/state/PAK"),
        ("GRAPH ?g { ?r mq:describe ?a }", "ns#describe", "ns#describes"),
    ],
)
def test_a_term_that_the_graph_lacks_is_named_with_the_one_meant(
    client: FlaskClient, pattern: str, lacks: str, meant: str
):
    for query in (f"SELECT * {{ {pattern} }}", f"ASK {{ ?a mq:signedOn ?d . {pattern} }}"):
        said = explained(client, query)
        (unknown,) = said["unknown"]
        assert unknown["term"] == f"https://w3id.org/mithaq/{lacks}"
        assert f"https://w3id.org/mithaq/{meant}" in unknown["nearest"]
        assert not said["matchesAlone"]


def test_the_pattern_that_empties_the_answer_is_named(client: FlaskClient):
    said = explained(
        client,
        "SELECT * { VALUES ?s { state:TUR } ?a mq:party ?s . ?a mq:party state:SAU"
        " OPTIONAL { ?a mq:nothing ?x } }",
    )
    assert "state/SAU" in said["pattern"] or "?s" in said["pattern"]
    assert said["matchesAlone"]
    assert said["unknown"] == []


def test_a_filter_that_leaves_nothing_is_said(client: FlaskClient):
    said = explained(client, 'SELECT * { ?a mq:party state:PAK FILTER(STR(?a) = "x") }')
    assert said["pattern"] == ""
    assert "FILTER" in said["message"]


def test_what_an_answer_can_do_without_is_not_blamed(client: FlaskClient):
    said = explained(
        client,
        "SELECT * { ?a mq:party state:PAK OPTIONAL { ?a mq:nothing ?x } FILTER(BOUND(?x))"
        " { ?a mq:party ?b } UNION { ?a mq:other ?b } }",
    )
    assert said["pattern"] == ""


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": "SELECT * { ?s ?p"},
        {"query": "SELECT * FROM <x:g> { ?s ?p ?o }"},
        {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": "x:g"},
    ],
)
def test_what_cannot_be_explained_is_400(client: FlaskClient, arguments: dict[str, str]):
    answer = client.get("/sparql", query_string=arguments | {"explain-empty": ""})
    assert answer.status_code == 400
    assert answer.json["detail"]
