"""What the server tells machines of its graph is what the graph has."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, Store, parse

from kg.settings import Settings
from kg.store import open_built
from kg.vocab import PREFIXES
from kg.web import create_app
from kg.web.protocol import FUNCTIONS

PREFIXED = {
    **PREFIXES,
    "void": "http://rdfs.org/ns/void#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
}


@pytest.fixture(scope="module")
def client(built: Settings):
    app = create_app(built)
    yield app.test_client()
    app.extensions["kg"].close()


def ask(client: FlaskClient, path: str, query: str) -> list[tuple[str, ...]]:
    told = Store()
    reply = client.get(path, headers={"Accept": "application/n-triples"})
    told.extend(parse(reply.data, format=RdfFormat.N_TRIPLES))
    return [tuple(term.value for term in row) for row in told.query(query, prefixes=PREFIXED)]


VOID = "/.well-known/void"


def test_sizes_are_those_of_the_graph(client: FlaskClient, built: Settings):
    quads = list(open_built(built.build))
    whole = ask(
        client,
        VOID,
        "SELECT ?n ?s ?o ?p { ?d void:triples ?n ; void:distinctSubjects ?s ;"
        " void:distinctObjects ?o ; void:properties ?p ; void:sparqlEndpoint ?e }",
    )
    kinds = [{quad.subject for quad in quads}, {quad.object for quad in quads}]
    counts = [len(quads), *map(len, kinds), len({quad.predicate for quad in quads})]
    assert whole == [tuple(map(str, counts))]


def test_partitions_are_those_of_the_default_graph(client: FlaskClient, built: Settings):
    told = ask(client, VOID, "SELECT ?c ?n { ?x void:class ?c ; void:entities ?n }")
    rows = open_built(built.build).query(
        "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c"
    )
    assert sorted(told) == sorted((row["c"].value, row["n"].value) for row in rows)
    uses = ask(client, VOID, "SELECT ?p ?n { ?x void:property ?p ; void:triples ?n }")
    assert len(uses) > 50


def test_each_source_has_its_terms_and_its_size(client: FlaskClient, built: Settings):
    told = ask(
        client,
        VOID,
        "SELECT ?g ?n { ?whole void:subset ?x . ?x sd:name ?g ; void:triples ?n ;"
        " dcterms:source ?s ; dcterms:rights ?r ; dcterms:title ?t }",
    )
    store = open_built(built.build)
    sizes = [
        (g.value, str(len(list(store.quads_for_pattern(None, None, None, g)))))
        for g in store.named_graphs()
    ]
    assert sizes
    assert sorted(told) == sorted(sizes)


def test_service_lists_its_graphs(client: FlaskClient, built: Settings):
    names = ask(client, "/sparql", "SELECT ?g { ?d sd:namedGraph/sd:name ?g . ?d a sd:Dataset }")
    assert sorted(names) == sorted((g.value,) for g in open_built(built.build).named_graphs())

    assert b"void:entities" in client.get("/sparql").data


def test_functions_that_are_told_are_there():
    store, geof = Store(), "http://www.opengis.net/def/function/geosparql/"
    for name in FUNCTIONS:
        list(store.query(f"SELECT (<{geof}{name}>(1, 2) AS ?x) {{}}"))


def test_graph_is_counted_once(built: Settings):
    app = create_app(built)
    try:
        with app.test_client() as client:
            first = client.get("/void.ttl").data
            made = app.extensions["kg"].graph.made["statistics"]
            assert client.get("/void.ttl").data == first
            assert app.extensions["kg"].graph.made["statistics"] is made
    finally:
        app.extensions["kg"].close()


@pytest.mark.parametrize(
    ("path", "accept", "media"),
    [
        ("/void.ttl", "application/rdf+xml", "text/turtle"),
        ("/void.ttl?format=nt", "*/*", "application/n-triples"),
        ("/.well-known/void", "application/rdf+xml", "application/rdf+xml"),
        ("/.well-known/void", "application/ld+json", "application/ld+json"),
        ("/.well-known/void", "*/*", "text/turtle"),
        ("/sparql", "application/sparql-results+json", "text/turtle"),
        ("/sparql", "application/ld+json", "application/ld+json"),
    ],
)
def test_descriptions_come_as_accepted(client: FlaskClient, path: str, accept: str, media: str):
    reply = client.get(path, headers={"Accept": accept})
    assert (reply.status_code, reply.mimetype) == (200, media)
    assert list(parse(reply.data, format=RdfFormat.from_media_type(media)))
    charset = re.search("charset=utf-8", reply.headers["Content-Type"])
    assert bool(charset) == (media == "text/turtle")


def test_description_that_nobody_can_write_is_406(client: FlaskClient):
    for path in ("/.well-known/void", "/sparql"):
        assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
