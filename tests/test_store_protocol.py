"""The graph store is read by the protocol, whole and graph by graph."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from pyoxigraph import NamedNode, RdfFormat, Store, parse

from kg.settings import Settings
from kg.store import open_built
from kg.web import create_app

NT, TRIG, NQ = "application/n-triples", "application/trig", "application/n-quads"


@pytest.fixture(scope="module")
def client(built: Settings) -> Iterator[FlaskClient]:
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


@pytest.fixture(scope="module")
def store(built: Settings) -> Store:
    return open_built(built.build)


@pytest.fixture(scope="module")
def graph(store: Store) -> NamedNode:
    return sorted(store.named_graphs(), key=str)[0]  # type: ignore[return-value]


def triples(body: bytes, form: RdfFormat) -> set[str]:
    return {str(quad) for quad in parse(body, format=form)}


def test_named_graph_is_read(client: FlaskClient, store: Store, graph: NamedNode):
    answer = client.get("/store", query_string={"graph": graph.value}, headers={"Accept": NT})
    assert (answer.status_code, answer.mimetype) == (200, NT)
    found = {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, graph)}
    assert len(answer.data.splitlines()) == len(found) > 0


def test_default_graph_is_read(client: FlaskClient, store: Store):
    answer = client.get("/store?default", headers={"Accept": NT})
    default = sum(quad.graph_name.__class__.__name__ == "DefaultGraph" for quad in store)
    assert answer.data.count(b"\n") == default > 0


@pytest.mark.parametrize(("media", "form"), [(TRIG, RdfFormat.TRIG), (NQ, RdfFormat.N_QUADS)])
def test_whole_dataset_is_read(client: FlaskClient, store: Store, media: str, form: RdfFormat):
    answer = client.get("/store", headers={"Accept": media})
    assert (answer.status_code, answer.mimetype) == (200, media)
    assert len(triples(answer.data, form)) == len(store)
    answer.close()


def test_direct_address_is_the_name_of_a_graph(client: FlaskClient):
    assert client.get("/store/nothing").status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/store?graph=http://nowhere.example/", 404),
        ("/store?graph=relative", 400),
        ("/store?graph=http://a.example/&default", 400),
        ("/store?graph=http://a.example/&graph=http://b.example/", 400),
        ("/store?default&format=nonsense", 406),
    ],
)
def test_wrong_graph_is_told(client: FlaskClient, address: str, status: int):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.json["detail"]


def test_format_without_graphs_does_not_hold_a_dataset(client: FlaskClient):
    assert client.get("/store", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_writing_is_refused(client: FlaskClient, method: str):
    for path in ("/store?default", "/store/a"):
        answer = client.open(path, method=method, data=b"", content_type="text/turtle")
        assert answer.status_code == 403


def test_head_and_options(client: FlaskClient, graph: NamedNode):
    head = client.head("/store", query_string={"graph": graph.value})
    assert (head.status_code, head.data) == (200, b"")
    assert "GET" in client.options("/store").headers["Allow"]
