"""The saved queries as an API: described, checked against the graph, paged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from kg.settings import Settings
from kg.web import create_app


def path_of(link: str) -> str:
    return link[1 : link.index(">")].removeprefix("http://localhost")


@pytest.fixture(scope="module")
def client(built: Settings) -> Iterator[FlaskClient]:
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


def test_the_description_is_valid_and_names_every_query(client: FlaskClient):
    document = client.get("/openapi.json").json
    validate(document)
    names = {path.split("/")[2].split(".")[0] for path in document["paths"] if "queries" in path}
    assert names == {one["name"] for one in client.get("/queries/").json}
    assert "PAK" in document["components"]["schemas"]["State"]["enum"]
    assert "defence" in document["components"]["schemas"]["ConceptDomain"]["enum"]


def test_every_operation_answers_with_its_defaults_or_says_what_the_graph_lacks(
    client: FlaskClient,
):
    for path, operations in client.get("/openapi.json").json["paths"].items():
        if "queries" not in path:
            continue
        arguments = {
            parameter["name"]: parameter["schema"]["default"]
            for parameter in operations["get"]["parameters"]
            if "default" in parameter["schema"]
        }
        answer = client.get(path.replace("{format}", "csv"), query_string=arguments)
        assert answer.status_code in (200, 422), (path, answer.text)
        if answer.status_code == 422:
            assert answer.json["parameter"] in arguments


@pytest.mark.parametrize(
    ("name", "arguments", "parameter", "nearest"),
    [
        ("support-map", {"state": "PAKI"}, "state", "PAK"),
        ("support-map", {"state": "Pakistan"}, "state", "PAK"),
        ("in-force-in-domain", {"domain": "defense"}, "domain", "defence"),
        ("identifiers", {"agreement": "PAK-TUR-1954-04-03"}, "agreement", "PAK-TUR-1954-04-02"),
        ("identifiers", {"agreement": "PAK-SAU-2025-09-17-2"}, "agreement", "PAK-SAU-2025-09-17"),
    ],
)
def test_a_value_that_the_graph_lacks_is_422_and_offers_the_nearest(
    client: FlaskClient, name: str, arguments: dict[str, str], parameter: str, nearest: str
):
    answer = client.get(f"/queries/{name}.json", query_string=arguments)
    assert answer.status_code == 422
    assert answer.json["parameter"] == parameter
    assert answer.json["nearest"][0] == nearest
    assert nearest in answer.json["hint"]


def test_a_merged_agreement_says_into_what(client: FlaskClient):
    answer = client.get("/queries/identifiers.json?agreement=PAK-SAU-2025-09-17-2")
    assert "merged into PAK-SAU-2025-09-17" in answer.json["detail"]


def test_pages_follow_each_other_and_end(client: FlaskClient):
    whole = client.get("/queries/who-says-what.csv?agreement=PAK-TUR-1954-04-02").text
    address: str | None = "/queries/who-says-what.csv?agreement=PAK-TUR-1954-04-02&limit=3"
    rows: list[str] = []
    for _ in range(50):
        if address is None:
            break
        answer = client.get(address)
        head, *lines = answer.text.splitlines()
        rows += lines
        links = dict(reversed(link.split("; rel=")) for link in answer.headers.getlist("Link"))
        address = (
            links['"next"'].strip("<>").replace("http://localhost", "")
            if '"next"' in links
            else None
        )
    assert [head, *rows] == whole.splitlines()


@pytest.mark.parametrize("argument", ["limit=0", "limit=-1", "offset=x", "limit=1e3", "limit=²"])
def test_a_page_that_is_no_number_is_422(client: FlaskClient, argument: str):
    answer = client.get(f"/queries/members-of.csv?{argument}")
    assert answer.status_code == 422
    assert answer.json["parameter"] in ("limit", "offset")


def test_an_answer_has_an_address_with_every_parameter_and_its_dataset(client: FlaskClient):
    answer = client.get("/queries/support-map.csv?state=TUR")
    assert answer.headers["Mithaq-Dataset"]
    link = answer.headers.getlist("Link")[0]
    assert "state=TUR" in link
    assert "date=2026-01-01" in link
    assert (
        client.get(link[1 : link.index(">")].replace("http://localhost", "")).data == answer.data
    )
