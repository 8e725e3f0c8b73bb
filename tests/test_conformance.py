"""The W3C's tests of protocol, graph store and service description; see conformance/README.md."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)
from pyoxigraph import QueryResultsFormat as Rows
from pyoxigraph import parse_query_results as rows_of

from kg.settings import Settings
from tests.live import TOKEN, Reply, send, writing
from tests.serving import Running

HERE = Path(__file__).parent / "conformance" / "sparql11"
WRITER = {"Authorization": f"Bearer {TOKEN}"}
TABULAR = {
    "application/sparql-results+xml": Rows.XML,
    "application/sparql-results+json": Rows.JSON,
    "text/tab-separated-values": Rows.TSV,
    "text/csv": Rows.CSV,
}
RDF = ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
#: The media types of each kind of answer.
FORMATS = {"tabular": tuple(TABULAR), "boolean": tuple(TABULAR)[:2], "RDF": RDF}
#: W3C's id of a test that fails to the reason that it does.
GAPS: dict[str, str] = {}


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))["test"]
    return found


def items(found: list[dict[str, Any]]) -> list[Any]:
    """Return a pytest item for each test, under its W3C name."""
    gap = {
        one["id"]: [pytest.mark.xfail(reason=GAPS[one["id"]], strict=True)]
        for one in found
        if one["id"] in GAPS
    }
    return [pytest.param(one, id=one["id"], marks=gap.get(one["id"], [])) for one in found]


@pytest.fixture(scope="module")
def writer(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with writing(built, tmp_path_factory.mktemp("writer")) as server:
        yield server


# Protocol


@pytest.mark.parametrize(
    "test", items([one for one in cases("protocol") if not one.get("writes")])
)
def test_protocol_query(test: dict[str, Any], live: Running):
    told(live, test, {})


@pytest.mark.parametrize("test", items([one for one in cases("protocol") if one.get("writes")]))
def test_protocol_update(test: dict[str, Any], writer: Running):
    told(writer, test, WRITER)


def told(server: Running, test: dict[str, Any], headers: dict[str, str]) -> None:
    """Hold the requests of a test, at both spellings of the endpoint."""
    for path in ("/sparql/", "/sparql"):
        for request in test["request"]:
            check(request, asked(server, path, request, headers))


def asked(server: Running, path: str, request: dict[str, Any], headers: dict[str, str]) -> Reply:
    sent = dict(headers)
    if media := request.get("type"):
        sent["Content-Type"] = media
    body = request.get("body")
    return send(
        server,
        request["method"],
        path,
        parameters=request.get("parameters"),
        form=request.get("form"),
        body=None if body is None else body.encode(request.get("encoding", "utf-8")),
        headers=sent,
    )


def check(expected: dict[str, Any], reply: Reply) -> None:
    wanted = (4,) if expected.get("status") == "4xx" else (2, 3)
    assert reply.status // 100 in wanted, reply.text
    if form := expected.get("format"):
        assert reply.media in FORMATS[form]
    if "boolean" in expected:
        assert bool(rows_of(reply.body, format=TABULAR[reply.media])) is expected["boolean"]
    if other := expected.get("one_iri_other_than"):
        (row,) = rows_of(reply.body, format=TABULAR[reply.media])
        assert isinstance(row[0], NamedNode)
        assert row[0].value != other


# Graph Store


@pytest.mark.parametrize("test", items(cases("graph-store")))
def test_graph_store(test: dict[str, Any], writer: Running):
    """Tell the story up to this test, and check the last step."""
    cleared = send(writer, "POST", "/sparql", form={"update": "DROP ALL"}, headers=WRITER)
    assert cleared.status // 100 == 2, cleared.text
    new = ""
    for one in cases("graph-store"):
        reply = step(writer, one, new)
        if one.get("location"):
            new = reply.headers["Location"] or ""
        if one["id"] == test["id"]:
            break
    assert reply.status in (test["status"], *test.get("also", ())), reply.text
    if test.get("location"):
        assert new
    if expected := test.get("graph"):
        assert reply.media in RDF
        assert same(reply, filled(expected, writer))


def step(server: Running, test: dict[str, Any], new: str) -> Reply:
    root = f"{server.url}/store"
    address = test["path"].replace("{new}", new) if new else f"{root}{test['path']}"
    path = filled(address, server).removeprefix(server.url)
    if test["path"] != "{new}":
        path = filled(f"/store{test['path']}", server)
    turtle = WRITER | {"Content-Type": "text/turtle; charset=utf-8"}
    for method in ("put", "post"):
        if method in test:
            send(server, method.upper(), path, body=filled(test[method], server), headers=turtle)
    if "body" not in test:
        headers = WRITER | {"Accept": "text/turtle"}
        return send(server, test["method"], path, headers=headers)
    headers = turtle | ({"Content-Type": test["type"]} if "type" in test else {})
    body = filled(test["body"], server)
    return send(server, test["method"], path, body=body, headers=headers)


def filled(text: str, server: Running) -> str:
    return text.replace("{host}", f"127.0.0.1:{server.port}").replace("{store}", "store")


def same(reply: Reply, turtle: str) -> bool:
    """Say whether two graphs are the same but for the names of their blank nodes."""
    form = RdfFormat.from_media_type(reply.media)
    return _canonical(reply.body, form) == _canonical(turtle, RdfFormat.TURTLE)


def _canonical(data: bytes | str, form: RdfFormat | None) -> Dataset:
    found = Dataset(
        Quad(quad.subject, quad.predicate, quad.object)
        for quad in parse(data, format=form, base_iri="http://x/")
    )
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


# Service Description

SD = "http://www.w3.org/ns/sparql-service-description#"
A = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
#: The properties of the vocabulary (https://www.w3.org/TR/sparql11-service-description/) to the
#: class of their subjects.
PROPERTIES = {
    "endpoint": "Service",
    "feature": "Service",
    "defaultEntailmentRegime": "Service",
    "defaultSupportedEntailmentProfile": "Service",
    "extensionFunction": "Service",
    "extensionAggregate": "Service",
    "languageExtension": "Service",
    "supportedLanguage": "Service",
    "propertyFeature": "Service",
    "defaultDataset": "Service",
    "availableGraphs": "Service",
    "resultFormat": "Service",
    "inputFormat": "Service",
    "defaultGraph": "Dataset",
    "namedGraph": "GraphCollection",
    "name": "NamedGraph",
    "entailmentRegime": "NamedGraph",
    "supportedEntailmentProfile": "NamedGraph",
    "graph": "NamedGraph",
}
CLASSES = {
    *("Service", "Feature", "Language", "Function", "Aggregate", "EntailmentRegime"),
    *("EntailmentProfile", "GraphCollection", "Dataset", "Graph", "NamedGraph"),
}
INSTANCES = {
    *("SPARQL10Query", "SPARQL11Query", "SPARQL11Update"),
    *("DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs"),
    "BasicFederatedQuery",
}


@pytest.mark.parametrize("test", items(cases("service-description")))
def test_service_description(test: dict[str, Any], live: Running):
    for path in ("/sparql/", "/sparql"):
        DESCRIBED[test["id"]](live, path, send(live, "GET", path))


def returns_rdf(live: Running, path: str, reply: Reply) -> None:
    assert reply.status == 200
    assert triples(reply)


def has_endpoint_triple(live: Running, path: str, reply: Reply) -> None:
    found = [t for t in triples(reply) if t.predicate == NamedNode(SD + "endpoint")]
    assert NamedNode(f"{live.url}/sparql") in [t.object for t in found]


def conforms_to_schema(live: Running, path: str, reply: Reply) -> None:
    """Hold to the vocabulary: its terms, each of its properties on a subject of its class."""
    found = triples(reply)
    classes = {(t.subject, local(t.object)) for t in found if t.predicate == A}
    # A data set is a collection of graphs too (SPARQL 1.1 Service Description section 3.2).
    classes |= {(one, "GraphCollection") for one, name in classes if name == "Dataset"}
    for triple in found:
        assert not local(triple.predicate) or local(triple.predicate) in PROPERTIES
        if domain := PROPERTIES.get(local(triple.predicate)):
            assert (triple.subject, domain) in classes
            assert isinstance(triple.object, NamedNode | BlankNode)
        if name := local(triple.object):
            assert name in (CLASSES if triple.predicate == A else INSTANCES)
    (service,) = [subject for subject, name in classes if name == "Service"]
    assert [t for t in found if t.subject == service and local(t.predicate) == "endpoint"]


DESCRIBED = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


def triples(reply: Reply) -> list[Triple]:
    form = RdfFormat.from_media_type(reply.media)
    return [quad.triple for quad in parse(reply.body, format=form)]


def local(term: object) -> str:
    """Return the name of a term in the vocabulary; nothing for other terms."""
    value = term.value if isinstance(term, NamedNode) else ""
    return value.removeprefix(SD) if value.startswith(SD) else ""
