"""The clients that people have work against the server as they are."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from kg.settings import Settings
from tests.live import TOKEN, send, writing
from tests.serving import Running

STATE = "https://w3id.org/mithaq/id/state/PAK"
SELECT = f"""PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?label WHERE {{ <{STATE}> skos:prefLabel ?label FILTER(LANG(?label) = "en") }}"""
CONSTRUCT = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ <{STATE}> }} ?s ?p ?o }}"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def writer(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with writing(built, tmp_path_factory.mktemp("writer")) as server:
        yield server


# SPARQLWrapper


@pytest.fixture
def wrapper(live: Running):
    """A SPARQLWrapper of the endpoint."""
    module = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    found = module.SPARQLWrapper(f"{live.url}/sparql")
    found.setTimeout(10)
    return found


@pytest.mark.parametrize("how", ["GET", "POST urlencoded", "POST postdirectly"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_sparqlwrapper_select(form: str, how: str, wrapper):
    method, _, request = how.partition(" ")
    wrapper.setMethod(method)
    if request:
        wrapper.setRequestMethod(request)
    wrapper.setQuery(SELECT)
    wrapper.setReturnFormat(form)
    found = wrapper.queryAndConvert()
    if form == "json":
        assert found["results"]["bindings"][0]["label"]["value"] == "Pakistan"
    else:
        assert "Pakistan" in (found.toxml() if form == "xml" else found.decode())


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", ["turtle", "n3", "rdf+xml", "xml", "json-ld"])
def test_sparqlwrapper_construct(form: str, wrapper):
    wrapper.setQuery(CONSTRUCT)
    wrapper.setReturnFormat(form)
    found = wrapper.queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert (URIRef(STATE), None, Literal("Pakistan", lang="en")) in graph


@pytest.mark.parametrize("conneg", [True, False])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_sparqlwrapper_ask(form: str, conneg: bool, wrapper):
    wrapper.setQuery("ASK {}")
    wrapper.setReturnFormat(form)
    wrapper.setOnlyConneg(conneg)
    found = wrapper.queryAndConvert()
    assert found["boolean"] if form == "json" else "true" in found.toxml()


def test_sparqlwrapper_names_a_bad_query(wrapper):
    from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

    wrapper.setQuery("SELECT * { ?s ?p }")
    with pytest.raises(QueryBadFormed, match="column"):
        wrapper.query()


def test_sparqlwrapper_updates(writer: Running):
    module = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    wrapper = module.SPARQLWrapper(f"{writer.url}/sparql")
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    wrapper.setMethod("POST")
    wrapper.setQuery("INSERT DATA { <http://x/s> <http://x/p> <http://x/wrapped> }")
    assert wrapper.query().response.status < 300
    wrapper.setQuery("ASK { <http://x/s> <http://x/p> <http://x/wrapped> }")
    wrapper.setReturnFormat("json")
    assert wrapper.queryAndConvert()["boolean"]


# rdflib


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rdflib_store_selects(form: str, method: str, live: Running):
    graph = Graph(SPARQLStore(f"{live.url}/sparql", method=method, returnFormat=form))
    rows = [str(row[0]) for row in graph.query(SELECT)]
    assert rows == ["Pakistan"]


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_store_is_a_graph(method: str, live: Running):
    graph = Graph(SPARQLStore(f"{live.url}/sparql", method=method))
    assert graph.query("ASK {}").askAnswer
    assert (URIRef(STATE), None, Literal("Pakistan", lang="en")) in graph
    assert len(list(graph.triples((URIRef(STATE), None, None)))) > 3
    assert len(graph) > 100


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rdflib_store_constructs(method: str, live: Running):
    graph = Graph(SPARQLStore(f"{live.url}/sparql", method=method))
    assert len(graph.query(CONSTRUCT).graph) > 3


def test_rdflib_store_updates(writer: Running):
    store = SPARQLUpdateStore(
        f"{writer.url}/sparql",
        f"{writer.url}/sparql",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    graph = Graph(store, identifier=URIRef("http://x/rdflib"))
    graph.add((URIRef("http://x/s"), URIRef("http://x/p"), Literal("rdflib")))
    assert len(graph) == 1
    graph.remove((None, None, None))
    assert len(graph) == 0


def test_rdflib_reads_linked_data_from_the_address(live: Running):
    for path in ("/data/state/PAK.ttl", "/id/state/PAK", "/ns", "/void.ttl"):
        assert len(Graph().parse(f"{live.url}{path}")) > 3


# pandas


def test_pandas_reads_csv_from_the_address(live: Running):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pandas = pytest.importorskip(
            "pandas", reason="pandas is not installed"
        )
    address = f"{live.url}/queries/agreements-by-decade.csv"
    table = pandas.read_csv(address)
    assert len(table) > 1
    asked = send(
        live, "GET", "/sparql", parameters={"query": SELECT}, headers={"Accept": "text/csv"}
    )
    assert list(pandas.read_csv(io.BytesIO(asked.body)).label) == ["Pakistan"]
    query = "SELECT%20(1%20AS%20%3Fone)%20(1.5%20AS%20%3Fhalf)%20%7B%7D"
    typed = pandas.read_csv(f"{live.url}/sparql?query={query}&format=csv")
    assert (typed.one.dtype.kind, typed.half.dtype.kind) == ("i", "f")


# curl


@pytest.fixture
def curl(live: Running):
    """Run curl against a path, and return what it prints."""
    if not (program := shutil.which("curl")):
        pytest.skip("curl is not installed")

    def run(path: str, *options: str) -> str:
        command = [program, "-sS", "--fail-with-body", "-m", "10", *options, live.url + path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 22), done.stderr
        return done.stdout

    return run


def test_curl_gets(curl):
    found = curl("/sparql", "-G", "--data-urlencode", f"query={SELECT}")
    assert json.loads(found)["results"]["bindings"][0]["label"]["value"] == "Pakistan"
    csv = curl("/sparql", "-G", "--data-urlencode", f"query={SELECT}", "-H", "Accept: text/csv")
    assert csv.splitlines() == ["label", "Pakistan"]


def test_curl_posts(curl, tmp_path: Path):
    (tmp_path / "q.rq").write_text(SELECT, "utf-8")
    direct = ("-H", "Content-Type: application/sparql-query", "--data-binary", f"@{tmp_path}/q.rq")
    for options in (
        ("--data-urlencode", f"query={SELECT}"),
        ("--data-urlencode", f"query@{tmp_path}/q.rq"),
        ("-F", f"query=<{tmp_path}/q.rq"),
        direct,
    ):
        found = json.loads(curl("/sparql", *options))
        assert found["results"]["bindings"][0]["label"]["value"] == "Pakistan"


def test_curl_posts_what_is_long(curl, tmp_path: Path):
    """More than a megabyte is 413; curl asks with Expect: 100-continue before it sends it."""
    (tmp_path / "long.rq").write_text("ASK {} #" + "a" * 900_000, "utf-8")
    (tmp_path / "longer.rq").write_text("ASK {} #" + "a" * 2_000_000, "utf-8")
    typed = ("-H", "Content-Type: application/sparql-query", "--data-binary")
    assert json.loads(curl("/sparql", *typed, f"@{tmp_path}/long.rq"))["boolean"]
    assert json.loads(curl("/sparql", *typed, f"@{tmp_path}/longer.rq"))["status"] == 413


def test_curl_follows_an_identifier(curl):
    found = curl("/id/state/PAK", "-L", "-H", "Accept: text/turtle")
    assert (URIRef(STATE), None, None) in Graph().parse(data=found, format="turtle")


def test_curl_sees_heads_and_compressed_answers(curl):
    head = curl("/sparql?query=ASK%20%7B%7D", "-I")
    assert head.startswith("HTTP/1.1 200")
    assert "content-type: application/sparql-results+json" in head.lower()
    query = "query=SELECT * { ?s ?p ?o } LIMIT 500"
    plain = curl("/sparql", "-G", "--data-urlencode", query)
    assert curl("/sparql", "-G", "--data-urlencode", query, "--compressed") == plain


# An editor in a browser

ORIGIN = {"Origin": "https://yasgui.example"}
#: What YASQE accepts, by the form of the query.
SELECTS, GRAPHS = "application/sparql-results+json,*/*;q=0.9", "text/turtle,*/*;q=0.9"


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_editor_may_ask_from_elsewhere(path: str, live: Running):
    asked = ORIGIN | {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "accept,content-type",
    }
    reply = send(live, "OPTIONS", path, headers=asked)
    assert reply.status in (200, 204)
    assert reply.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN["Origin"])
    methods = [one.strip() for one in reply.headers["Access-Control-Allow-Methods"].split(",")]
    assert {"GET", "POST"} <= set(methods)
    fields = reply.headers["Access-Control-Allow-Headers"].lower().split(",")
    assert {"accept", "content-type"} <= {one.strip() for one in fields}


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (SELECT, SELECTS, JSON),
        ("ASK {}", SELECTS, JSON),
        (CONSTRUCT, GRAPHS, "text/turtle"),
        (f"DESCRIBE <{STATE}>", GRAPHS, "text/turtle"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_editor_asks(method: str, query: str, accept: str, media: str, live: Running):
    headers = ORIGIN | {"Accept": accept, "Sec-Fetch-Mode": "cors", "Referer": ORIGIN["Origin"]}
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        reply = send(live, "POST", "/sparql", form={"query": query}, headers=headers)
    else:
        reply = send(live, "GET", "/sparql", parameters={"query": query}, headers=headers)
    assert (reply.status, reply.media) == (200, media)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.body


def test_editor_is_told_where_a_query_is_wrong(live: Running):
    headers = ORIGIN | {"Accept": SELECTS}
    reply = send(live, "POST", "/sparql", form={"query": "SELECT *\n{ ?s ?p }"}, headers=headers)
    assert reply.status == 400
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.json()["line"] == 2


@pytest.mark.parametrize("name", ["application/sparql-results+json", "json", "csv", "text/csv"])
def test_format_may_be_a_name_or_a_media_type(name: str, live: Running):
    """As other endpoints have it."""
    reply = send(live, "GET", "/sparql", parameters={"query": SELECT, "format": name})
    assert reply.status == 200
    assert reply.media.endswith(name.rpartition("/")[2])
