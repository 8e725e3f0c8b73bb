"""Writing over HTTP: who may, in what form, on what condition, and what is answered."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from werkzeug.test import TestResponse

from kg.errors import BadShapes
from kg.settings import Settings
from kg.vocab import MQ
from kg.web import create_app

TOKEN = "0123456789abcdef"
AUTH = {"Authorization": f"Bearer {TOKEN}"}
G = {"graph": "http://e/g"}
NT = {"Accept": "application/n-triples"}


@pytest.fixture(scope="module")
def begun(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    yield from opened(built, tmp_path_factory.mktemp("empty"), data=())


@pytest.fixture
def client(begun: FlaskClient) -> FlaskClient:
    """A writable server that is empty."""
    assert update(begun, "DROP ALL").status_code == 204
    return begun


@pytest.fixture
def ours(built: Settings, tmp_path: Path) -> Iterator[FlaskClient]:
    """A writable server that begins with the built graph, and keeps its shapes."""
    yield from opened(built, tmp_path, data=None)


def opened(built: Settings, home: Path, data: tuple[Path, ...] | None) -> Iterator[FlaskClient]:
    app = create_app(
        replace(
            built,
            writable=True,
            write_token=TOKEN,
            write_folder=home / "written",
            max_write_bytes=100_000,
            data=data,
        )
    )
    yield app.test_client()
    app.extensions["kg"].close()


def put(
    client: FlaskClient, body: bytes | str, media: str = "text/turtle", **more: Any
) -> TestResponse:
    headers = AUTH | more.pop("headers", {})
    more = {"path": "/store", "query_string": G, "content_type": media, "method": "PUT"} | more
    return client.open(data=body, headers=headers, **more)


def update(client: FlaskClient, text: str, **more: Any) -> TestResponse:
    headers = AUTH | more.pop("headers", {})
    return client.post(
        "/sparql", data=text, content_type="application/sparql-update", headers=headers, **more
    )


def held(client: FlaskClient, **names: str) -> list[str]:
    answer = client.get("/store", query_string=names or G, headers=NT)
    assert answer.status_code == 200
    return sorted(answer.text.splitlines())


# Who may write

WAYS = [
    {"path": "/store", "method": "PUT", "query_string": G},
    {"path": "/store/a", "method": "DELETE"},
    {"path": "/sparql", "method": "POST", "data": {"update": "DROP ALL"}},
    {"path": "/sparql", "method": "POST", "content_type": "application/sparql-update"},
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way['method']} {way['path']}")
@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        ("Bearer ", 401),
        ("Basic OjA=", 401),
        ("Bearer wrong", 403),
        (f"Bearer {TOKEN}x", 403),
        ("Bearer ü", 403),
    ],
)
def test_writing_needs_the_token(
    client: FlaskClient, way: dict[str, Any], header: str | None, status: int
):
    answer = client.open(**way, headers={} if header is None else {"Authorization": header})
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize("token", ["", "short", "x" * 15])
def test_server_without_a_good_token_does_not_start(built: Settings, tmp_path: Path, token: str):
    with pytest.raises(BadShapes, match="KG_WRITE_TOKEN"):
        create_app(
            replace(built, writable=True, write_token=token, write_folder=tmp_path / "written")
        )
    assert "write_token" not in repr(built)


def test_reading_needs_no_token(client: FlaskClient):
    assert client.get("/store?default", headers=NT).status_code == 200
    assert client.post("/sparql", data={"query": "ASK {}"}).status_code == 200


# Graphs


def test_graph_is_made_replaced_added_to_and_deleted(client: FlaskClient):
    first = put(client, "<a> <p> 1 .")
    assert (first.status_code, first.headers["Mithaq-Added"]) == (201, "1")
    assert put(client, "<a> <p> 2 .").status_code == 204
    assert put(client, "<a> <p> 3 .", method="POST").status_code == 204
    assert [line.split('"')[1] for line in held(client)] == ["2", "3"]
    assert held(client)[0].startswith("<http://e/a> <http://e/p>")
    gone = client.delete("/store", query_string=G, headers=AUTH)
    assert (gone.status_code, gone.data) == (204, b"")
    assert client.delete("/store", query_string=G, headers=AUTH).status_code == 404
    assert client.get("/store", query_string=G).status_code == 404


def test_empty_graph_is_there(client: FlaskClient):
    assert put(client, "").status_code == 201
    assert held(client) == []
    assert client.head("/store", query_string=G).status_code == 200


def test_address_is_the_name_of_a_graph(client: FlaskClient):
    assert put(client, "<> <p> <q> .", path="/store/a/b", query_string={}).status_code == 201
    (line,) = held(client, graph="http://localhost/store/a/b")
    assert line == (
        "<http://localhost/store/a/b> <http://localhost/store/a/p> <http://localhost/store/a/q> ."
    )


@pytest.mark.parametrize("path", ["a%20b", "%C3%A9", "a%2Fb", "a:b@c", "%E4"])
def test_address_is_the_name_as_it_was_sent(client: FlaskClient, path: str):
    assert put(client, "<> <p> 1 .", path=f"/store/{path}", query_string={}).status_code == 201
    (line,) = held(client, graph=f"http://localhost/store/{path}")
    assert line.startswith(f"<http://localhost/store/{path}>")
    assert client.get(f"/store/{path}").status_code == 200


def test_posted_graph_gets_a_name(client: FlaskClient):
    answer = put(client, "<> <p> 1 .", method="POST", query_string={})
    assert answer.status_code == 201
    name = answer.headers["Location"]
    assert name.startswith("http://localhost/store/")
    assert held(client, graph=name)[0].startswith(f"<{name}>")


def test_dataset_is_posted_and_put_whole(client: FlaskClient):
    put(client, "<a> <p> 1 .")
    quads = "<http://e/s> <http://e/p> <http://e/o> <http://e/h> ."
    assert (
        put(client, quads, "application/n-quads", query_string={}, method="POST").status_code
        == 204
    )
    assert len(held(client)) == 1
    assert put(client, quads, "application/n-quads", query_string={}).status_code == 204
    whole = client.get("/store", headers={"Accept": "application/n-quads"})
    assert whole.text.strip() == quads
    assert put(client, "<a> <p> 1 .", query_string={}).status_code == 400
    assert client.delete("/store", headers=AUTH).status_code == 400


def test_files_of_a_form_are_added_together(client: FlaskClient):
    files = {
        "one": (io.BytesIO(b"<a> <p> _:x ."), "one.ttl"),
        "two": (io.BytesIO(b"<http://e/a> <http://e/p> _:x ."), "two.nt", "application/n-triples"),
    }
    answer = client.post("/store", query_string=G, data=files, headers=AUTH)
    assert answer.status_code == 201
    assert len(held(client)) == 2
    assert client.post("/store", query_string=G, data={"a": "b"}, headers=AUTH,
                       content_type="multipart/form-data").status_code == 400  # fmt: skip


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("text/turtle; charset=utf-8", "<http://e/a> <http://e/p> 'é' .".encode()),
        ("text/turtle; charset=ISO-8859-1", "<http://e/a> <http://e/p> 'é' .".encode("latin-1")),
        ("TEXT/TURTLE; CHARSET=UTF-8", "\ufeff<http://e/a> <http://e/p> 'é' .".encode()),
        ("application/ld+json", '{"@id":"http://e/a","http://e/p":"é"}'.encode()),
        ("application/n-triples", '<http://e/a> <http://e/p> "é" .'.encode()),
        ("application/trig", "<http://e/a> <http://e/p> 'é' .".encode()),
    ],
)
def test_formats_and_charsets(client: FlaskClient, media: str, body: bytes):
    assert put(client, body, media).status_code == 201
    assert held(client) == ['<http://e/a> <http://e/p> "é" .']


@pytest.mark.parametrize(
    ("media", "body", "status", "told"),
    [
        ("text/csv", b"a", 415, "text/csv"),
        ("", b"a", 415, "media type"),
        ("text/turtle; charset=klingon", b"", 415, "UTF-8"),
        ("text/turtle; charset=hex", b"", 415, "UTF-8"),
        ("text/turtle", b"<a> <b>\n 'x", 400, "body:2:"),
        ("text/turtle", b"<a> <b> '\xff' .", 400, "body:1"),
        ("application/trig", b"<g> { <a> <b> <c> }", 400, "body"),
        ("text/turtle", b"#" * 100_001, 413, "too large"),
    ],
)
def test_body_that_is_not_taken(
    client: FlaskClient, media: str, body: bytes, status: int, told: str
):
    answer = put(client, body, media)
    assert answer.status_code == status
    assert told in answer.json["detail"]
    assert client.get("/store", query_string=G).status_code == 404


def test_error_of_a_body_has_line_and_column(client: FlaskClient):
    problem = put(client, "<a> <b> 1 .\n<a> <b> nonsense .").json
    assert (problem["line"], problem["column"]) == (2, 9)


def test_gzip_is_inflated_up_to_the_limit(client: FlaskClient):
    coded = {"headers": {"Content-Encoding": "gzip"}}
    assert put(client, gzip.compress(b"<a> <p> 1 ."), **coded).status_code == 201
    assert put(client, gzip.compress(b"#" * 99_999), **coded).status_code == 204
    bomb = put(client, gzip.compress(b"#" * 50_000_000), **coded)
    assert (bomb.status_code, "inflates" in bomb.json["detail"]) == (413, True)
    for broken in (b"no", gzip.compress(b"<a> <p> 1 .")[:-3], gzip.compress(b"") + b"x"):
        assert put(client, broken, **coded).status_code == 400
    assert put(client, b"", headers={"Content-Encoding": "br"}).status_code == 415


def test_patch_is_no_method_of_a_store(client: FlaskClient):
    answer = put(client, "", method="PATCH")
    assert answer.status_code == 405
    allowed = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}
    assert set(answer.headers["Allow"].split(", ")) == allowed
    options = client.options("/store", query_string=G)
    assert set(options.headers["Allow"].split(", ")) == allowed


# Conditions


def test_write_to_a_graph_that_changed_since_is_refused(client: FlaskClient):
    put(client, "<a> <p> 1 .")
    seen = client.get("/store", query_string=G).headers["ETag"]
    assert put(client, "<a> <p> 2 .", headers={"If-Match": seen}).status_code == 204
    assert put(client, "<a> <p> 3 .", headers={"If-Match": seen}).status_code == 412
    assert (
        client.delete("/store", query_string=G, headers=AUTH | {"If-Match": seen}).status_code
        == 412
    )
    assert [line.split('"')[1] for line in held(client)] == ["2"]
    assert client.get("/store", query_string=G, headers={"If-None-Match": seen}).status_code == 200


def test_graph_is_only_made_or_only_replaced(client: FlaskClient):
    only_new, only_old = {"If-None-Match": "*"}, {"If-Match": "*"}
    assert put(client, "<a> <p> 1 .", headers=only_old).status_code == 412
    assert put(client, "<a> <p> 1 .", headers=only_new).status_code == 201
    assert put(client, "<a> <p> 2 .", headers=only_new).status_code == 412
    assert put(client, "<a> <p> 2 .", headers=only_old).status_code == 204


# Updates


def test_update_in_each_form(client: FlaskClient):
    text = "INSERT DATA { <http://e/a> <http://e/p> %d }"
    direct = update(client, text % 1)
    assert (direct.status_code, direct.headers["Mithaq-Added"]) == (204, "1")
    form = client.post("/sparql", data={"update": text % 2}, headers=AUTH)
    assert (form.status_code, form.headers["Mithaq-Removed"]) == (204, "0")
    found = client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }", "format": "csv"})
    assert len(found.text.splitlines()) == 3
    assert found.headers["ETag"].strip('"').startswith(form.headers["Mithaq-Dataset"])


@pytest.mark.parametrize(
    "more",
    [
        {"method": "GET", "query_string": {"update": "DROP ALL"}},
        {"method": "POST", "data": {"update": ["DROP ALL", "DROP ALL"]}},
        {"method": "POST", "data": {"update": "DROP ALL", "query": "ASK {}"}},
        {"method": "POST", "query_string": {"update": "DROP ALL"}, "data": {"query": "ASK {}"}},
        {
            "method": "POST",
            "data": {
                "update": "WITH <http://e/g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
                "using-graph-uri": "http://e/h",
            },
        },
        {"method": "POST", "data": b"\xff", "content_type": "application/sparql-update"},
        {"method": "POST", "data": {"update": "INSERT {"}},
    ],
)
def test_update_in_a_wrong_form(client: FlaskClient, more: dict[str, Any]):
    assert client.open("/sparql", headers=AUTH, **more).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/a>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_other_servers_are_not_asked(client: FlaskClient, text: str):
    assert update(client, text).status_code == 403


def test_what_is_written_is_there_after_a_start(built: Settings, tmp_path: Path):
    for expected in ([], ['<http://e/a> <http://e/p> "x" .']):
        for client in opened(built, tmp_path, data=()):
            if expected:
                assert held(client) == expected
            put(client, "<a> <p> 'x' .")


def test_service_tells_that_it_takes_updates(client: FlaskClient):
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})
    found = {str(quad.object) for quad in parse(answer.data, format=RdfFormat.TURTLE)}
    assert "<http://www.w3.org/ns/sparql-service-description#SPARQL11Update>" in found


# Shapes

BAD = f"INSERT DATA {{ <http://e/x> a <{MQ}Agreement> }}"


def test_update_that_breaks_a_shape_is_422_with_the_results(ours: FlaskClient):
    before = held(ours, default="")
    answer = update(ours, BAD)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    first = answer.json["results"][0]
    assert first["focus"] == "http://e/x"
    assert first["message"]
    assert first["severity"] == "violation"
    assert held(ours, default="") == before


@pytest.mark.parametrize("media", ["text/turtle", "application/ld+json", "application/n-triples"])
def test_report_is_rdf_when_asked_for(ours: FlaskClient, media: str):
    answer = update(ours, BAD, headers={"Accept": media})
    assert (answer.status_code, answer.mimetype) == (422, media)
    found = list(parse(answer.data, format=RdfFormat.from_media_type(media)))
    results = [q for q in found if str(q.predicate) == "<http://www.w3.org/ns/shacl#focusNode>"]
    assert {str(quad.object) for quad in results} == {"<http://e/x>"}


def test_graph_that_breaks_a_shape_is_409(ours: FlaskClient):
    assert put(ours, f"<x> a <{MQ}Agreement> .").status_code == 409
    assert ours.get("/store", query_string=G).status_code == 404


def test_write_that_keeps_the_shapes_is_made(ours: FlaskClient):
    assert put(ours, "<x> <p> 'no class of ours' .").status_code == 201
    pages = ours.get("/", headers={"Accept": "text/html"})
    assert pages.status_code == 200
