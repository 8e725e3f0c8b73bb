"""The endpoint follows the SPARQL Protocol; pages and data are told apart; errors help."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from kg.errors import KgError, NotReady
from kg.serving import serve
from kg.settings import Settings
from kg.web import create_app

FORM = "application/x-www-form-urlencoded"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
DATA = """
@prefix mq: <https://w3id.org/mithaq/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix b: <https://w3id.org/mithaq/id/> .
@base <https://w3id.org/mithaq/> .

<graph/news> {
  <id/record/news/1> a mq:Record ; mq:describes <id/agreement/PAK-TUR-2025-02-13> ;
    mq:title "Joint Declaration, Islamabad"@en .
}
{
  <ns> a owl:Ontology .
  mq:State a owl:Class ; skos:prefLabel "state"@en .
  <id/state/PAK> a mq:State ; skos:prefLabel "Pakistan"@en , "باكستان"@ar .
  <id/state/TUR> a mq:State ; skos:prefLabel "Türkiye"@en ; skos:altLabel "Turkey"@en .
  <id/agreement/PAK-TUR-2025-02-13> a mq:Agreement , mq:BilateralAgreement ;
    skos:prefLabel "Declaration of 2025 <b>&amp;</b>"@en ;
    mq:party <id/state/PAK> , <id/state/TUR> ; mq:signedOn "2025-02-13"^^xsd:date .
  <id/agreement/PAK-TUR-undated> a mq:Agreement , mq:BilateralAgreement ;
    skos:prefLabel "Strategic Alliance Treaty"@en ; mq:party <id/state/PAK> , <id/state/TUR> ;
    mq:evidence <scheme/evidence/alleged> .
  <id/match/1> a mq:Match ; mq:claim <id/agreement/PAK-TUR-undated> ;
    mq:candidate <id/agreement/PAK-TUR-2025-02-13> ; mq:rank 1 ;
    mq:reason "The same visit"@en ; mq:verdict <scheme/verdict/probable> .
}
"""
QUERY = """#+ summary: Agreements of a state
#+ description: Oldest first.
#+ param.state: state, whose agreements
#+ param.since: date
SELECT ?agreement ?signed WHERE {
  VALUES ?state { <https://w3id.org/mithaq/id/state/PAK> }
  VALUES ?since { "1900-01-01"^^<http://www.w3.org/2001/XMLSchema#date> }
  ?agreement mq:party ?state . OPTIONAL { ?agreement mq:signedOn ?signed }
} ORDER BY ?signed ?agreement
"""
MANY = "SELECT * { VALUES ?a { 1 2 3 4 5 6 7 8 9 } VALUES ?b { 1 2 3 4 5 6 7 8 9 } }"
ONE = "SELECT (1 AS ?x) {}"
RUNAWAY = "SELECT (COUNT(*) AS ?n) {{ {} }}".format(
    " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(200)))} }}" for i in range(6))
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> Settings:
    root = tmp_path_factory.mktemp("site")
    build = root / "build"
    build.mkdir()
    store = Store(str(build / "store"))
    store.extend(parse(DATA, format=RdfFormat.TRIG))
    store.flush()
    triples = len(store)
    del store
    about = {"version": "0.1.0", "fingerprint": "f1", "triples": triples, "built": "2026-11-24"}
    (build / "manifest.json").write_text(json.dumps(about))
    (root / "queries").mkdir()
    (root / "queries" / "agreements-of-a-state.rq").write_text(QUERY, encoding="utf-8")
    return Settings(root=root, build=build, max_returned_rows=50, query_time_limit_ms=10_000)


@pytest.fixture(scope="module")
def app(settings):
    app = create_app(settings)
    yield app
    app.extensions["kg"].close()


@pytest.fixture
def client(app):
    return app.test_client()


def test_get_answers_json(client):
    response = client.get("/sparql", query_string={"query": ONE})
    assert response.status_code == 200
    assert response.mimetype == "application/sparql-results+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Server-Timing"].startswith("query;dur=")
    assert "Accept" in response.headers["Vary"]
    assert json.loads(response.data)["results"]["bindings"][0]["x"]["value"] == "1"


def test_both_posts_answer(client):
    form = client.post("/sparql", data={"query": ONE})
    direct = client.post("/sparql/", data=ONE, content_type="application/sparql-query")
    assert form.data == direct.data == client.get("/sparql/", query_string={"query": ONE}).data


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("application/json", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/json", "application/sparql-results+json"),
    ],
)
def test_rows_come_as_accepted(client, accept, media):
    response = client.get("/sparql", query_string={"query": ONE}, headers={"Accept": accept})
    assert response.mimetype == media


@pytest.mark.parametrize(
    "media", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
)
def test_graph_comes_as_accepted(client, media):
    query = {"query": "CONSTRUCT WHERE { ?s a mq:State }"}
    response = client.get("/sparql", query_string=query, headers={"Accept": media})
    assert response.mimetype == media
    assert b"PAK" in response.data


def test_format_beats_accept(client):
    query = {"query": ONE, "format": "csv"}
    response = client.get("/sparql", query_string=query, headers={"Accept": "application/json"})
    assert response.data == b"x\r\n1\r\n"


def test_browser_gets_a_page(client):
    response = client.get("/sparql", query_string={"query": ONE}, headers=HTML)
    assert response.mimetype == "text/html"
    assert "1 row" in response.text


def test_no_query_describes_the_service(client):
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert response.mimetype == "text/turtle"
    assert list(parse(response.data, format=RdfFormat.TURTLE))
    assert client.get("/sparql", headers={"Accept": "application/n-triples"}).status_code == 200
    assert "<textarea" in client.get("/sparql", headers=HTML).text


def test_head_and_options(client):
    head = client.head("/sparql", query_string={"query": ONE})
    assert (head.status_code, head.data) == (200, b"")
    options = client.options("/sparql")
    assert options.status_code == 200
    assert options.headers["Access-Control-Max-Age"] == "86400"
    assert "x-requested-with" in options.headers["Access-Control-Allow-Headers"].lower()
    assert "Content-Type" not in options.headers
    assert "Content-Range" in head.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Max-Age" not in head.headers


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/sparql", {"GET", "HEAD", "OPTIONS", "POST"}),
        ("/queries/agreements-of-a-state.csv", {"GET", "HEAD", "OPTIONS"}),
        ("/queries/running/x", {"DELETE", "OPTIONS"}),
    ],
)
def test_a_page_from_elsewhere_may_what_the_resource_can(client, path, methods):
    headers = client.options(path).headers
    assert set(headers["Access-Control-Allow-Methods"].split(", ")) == methods
    assert headers["Access-Control-Allow-Methods"] == headers["Allow"]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"query_string": "query=ASK+%7B%7D&query=ASK+%7B%7D"}, 400),
        ({"query_string": {"query": "NONSENSE"}}, 400),
        ({"query_string": {"query": "CLEAR ALL"}}, 403),
        ({"query_string": {"update": "CLEAR ALL"}}, 403),
        ({"query_string": {"query": "ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}}, 403),
        ({"query_string": {"query": ONE}, "headers": {"Accept": "image/png"}}, 406),
        ({"query_string": {"query": ONE, "format": "docx"}}, 406),
        ({"query_string": {"query": "ASK {}", "default-graph-uri": "x y"}}, 400),
        ({"method": "POST", "data": "a=b", "content_type": FORM}, 400),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403),
        ({"method": "POST", "data": "x", "content_type": "application/sparql-update"}, 403),
        ({"method": "POST", "data": ONE, "content_type": "text/plain"}, 415),
        ({"method": "POST", "data": b"\xff", "content_type": "application/sparql-query"}, 400),
        ({"method": "POST", "data": b"x" * 1_000_001}, 413),
        ({"method": "PUT"}, 405),
    ],
)
def test_wrong_request_is_a_problem(client, arguments, status):
    if arguments.get("data") and len(arguments["data"]) > 1_000_000:
        arguments = arguments | {"content_type": "application/sparql-query"}
    response = client.open("/sparql", **arguments)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.json["status"] == status
    assert response.headers["Cache-Control"] == "no-store"


def test_syntax_error_tells_the_place(client):
    response = client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p }"})
    assert response.json["line"] == 2
    assert response.json["excerpt"] == "{ ?s ?p }"
    page = client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p }"}, headers=HTML)
    assert page.status_code == 400
    assert "Line 2" in page.text


def test_named_graph_of_the_protocol(client):
    query = {
        "query": "SELECT ?r { ?r a mq:Record }",
        "default-graph-uri": "https://w3id.org/mithaq/graph/news",
    }
    assert client.get("/sparql", query_string=query).headers["Mithaq-Rows"] == "1"


def test_cut_answer_says_so(client):
    response = client.get("/sparql", query_string={"query": MANY})
    assert response.headers["Mithaq-Truncated"] == "true"
    assert len(json.loads(response.data)["results"]["bindings"]) == 50
    assert "Mithaq-Truncated" not in client.get("/sparql", query_string={"query": ONE}).headers


def test_etag_gives_304_and_follows_format(client):
    first = client.get("/sparql", query_string={"query": ONE})
    tag = first.headers["ETag"]
    again = client.get("/sparql", query_string={"query": ONE}, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    csv = {"If-None-Match": tag, "Accept": "text/csv"}
    other = client.get("/sparql", query_string={"query": ONE}, headers=csv)
    assert other.status_code == 200


def test_saved_query_in_every_format(client):
    for suffix, media in [("csv", "text/csv"), ("json", "application/sparql-results+json")]:
        response = client.get(f"/queries/agreements-of-a-state.{suffix}")
        assert response.mimetype == media
        assert response.headers["Mithaq-Rows"] == "2"
    source = client.get("/queries/agreements-of-a-state.rq?state=TUR")
    assert "id/state/TUR>" in source.text


def test_saved_query_page_has_form_and_answer(client):
    page = client.get("/queries/agreements-of-a-state?state=TUR&since=", headers=HTML)
    assert page.status_code == 200
    assert '<option value="TUR" selected>Türkiye</option>' in page.text
    assert 'type="date"' in page.text
    assert 'href="/page/agreement/PAK-TUR-2025-02-13"' in page.text
    assert "<b>" not in page.text


@pytest.mark.parametrize("arguments", ["nope=1", "state=P+K%3E", "since=yesterday"])
def test_bad_parameter_is_422(client, arguments):
    response = client.get(f"/queries/agreements-of-a-state.json?{arguments}")
    assert response.status_code == 422
    page = client.get(f"/queries/agreements-of-a-state?{arguments}", headers=HTML)
    assert page.status_code == 422
    assert "<form" in page.text


@pytest.mark.parametrize(
    "name", ["agreements-of-a-state.csv", "agreements-of-a-state", "agreements-of-a-state.rq"]
)
@pytest.mark.parametrize(
    "twice", ["state=PAK&state=TUR", "limit=1&limit=2", "format=csv&format=tsv"]
)
def test_a_parameter_given_twice_is_422(client, name, twice):
    response = client.get(f"/queries/{name}?{twice}")
    assert response.status_code == 422
    assert response.json["parameter"] == twice[: twice.index("=")]
    assert client.get("/queries/agreements-of-a-state.csv?state=&state=PAK").status_code == 200


def test_unknown_parameter_lists_the_known(client):
    detail = client.get("/queries/agreements-of-a-state.json?nope=1").json["detail"]
    assert "state" in detail
    assert "since" in detail


def test_unknown_query_is_404(client):
    response = client.get("/queries/agreements-of-state")
    assert response.status_code == 404
    assert "agreements-of-a-state" in response.json["hint"]


def test_queries_are_listed(client):
    assert client.get("/queries/").json[0]["parameters"][0]["kind"] == "state"
    assert "Agreements of a state" in client.get("/queries", headers=HTML).text


@pytest.mark.parametrize(
    ("path", "headers", "target"),
    [
        ("/id/state/PAK", {}, "/data/state/PAK.ttl"),
        ("/id/state/PAK", {"Accept": "application/ld+json"}, "/data/state/PAK.jsonld"),
        ("/id/state/PAK", HTML, "/page/state/PAK"),
        ("/id/state/PAK.nt", HTML, "/data/state/PAK.nt"),
        ("/id/state/PAK?format=rdf", HTML, "/data/state/PAK.rdf"),
    ],
)
def test_thing_leads_to_data_or_page(client, path, headers, target):
    response = client.get(path, headers=headers)
    assert response.status_code == 303
    assert response.headers["Location"] == target
    assert client.get(target, headers=headers).status_code == 200


def test_data_of_a_record_comes_from_its_graph(client):
    assert b"Joint Declaration" in client.get("/data/record/news/1.ttl").data


@pytest.mark.parametrize("path", ["/id/state/XXX", "/data/state/XXX.ttl", "/page/a%3Eb", "/nope"])
def test_unknown_thing_is_404(client, path):
    assert client.get(path).status_code == 404
    page = client.get(path, headers=HTML)
    assert page.status_code == 404
    assert page.mimetype == "text/html"


def test_page_shows_both_directions_with_labels(client):
    page = client.get("/statements/agreement/PAK-TUR-2025-02-13", headers=HTML).text
    assert "Pakistan" in page
    assert "Joint Declaration, Islamabad" in page
    assert "/page/graph/news" in page
    assert "<b>" not in page


def test_ontology_is_rdf(client):
    response = client.get("/ns")
    assert response.mimetype == "text/turtle"
    assert b"mq:State" in response.data
    assert client.get("/ns?format=jsonld").mimetype == "application/ld+json"


def test_void_parses(client):
    response = client.get("/void.ttl")
    assert len(list(parse(response.data, format=RdfFormat.TURTLE))) >= 8


def test_start_explains_and_counts(client):
    page = client.get("/", headers=HTML).text
    assert "agreements" in page
    assert "not\n  registered" in page or "not registered" in page
    assert "/queries/agreements-of-a-state" in page
    assert "borders" in page


WORDS = ["strategic alliance turkey", "STRATEGIC turkiye", "treaty باكستان"]


@pytest.mark.parametrize("words", WORDS)
def test_alleged_agreement_is_found_with_its_candidates(client, words):
    found = client.get("/find", query_string={"q": words}).json
    assert found["exact"]
    assert found["results"][0]["evidence"] == "alleged"
    candidate = found["results"][0]["candidates"][0]
    assert candidate["iri"].endswith("PAK-TUR-2025-02-13")
    assert candidate["reason"] == "The same visit"
    page = client.get("/find", query_string={"q": words}, headers=HTML).text
    assert "The same visit" in page


def test_title_of_a_record_finds_its_agreement(client):
    found = client.get("/find", query_string={"q": "Islamabad"}).json
    assert [entry["signed"] for entry in found["results"]] == ["2025-02-13"]


def test_missing_word_is_told(client):
    found = client.get("/find", query_string={"q": "strategic alliance zanzibar"}).json
    assert not found["exact"]
    assert client.get("/find", query_string={"q": "zanzibar"}).json["count"] == 0


PAGES = ["/", "/find", "/queries/", "/sparql", "/page/state/PAK", "/nope"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_safe_and_without_inline_scripts(client, path):
    response = client.get(path, headers=HTML)
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    # Data for search engines is no script: nothing runs it.
    text = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", response.text)
    assert not re.search(r"<script(?! src=\"/static/)", text)
    assert "style=" not in response.text


def test_style_is_served(client):
    with client.get("/static/mithaq.css") as response:
        assert response.status_code == 200


def test_health_and_readiness(client, tmp_path):
    assert client.get("/healthz").json["status"] == "ok"
    assert client.get("/readyz").json["fingerprint"] == "f1"
    empty = create_app(Settings(root=tmp_path, build=tmp_path / "build", workers=1))
    try:
        assert empty.test_client().get("/healthz").status_code == 200
        assert empty.test_client().get("/readyz").status_code == 503
        assert empty.test_client().get("/", headers=HTML).status_code == 200
    finally:
        empty.extensions["kg"].close()


def test_new_build_takes_over_when_told_to(settings, tmp_path):
    old, new, link = (tmp_path / name for name in ("old", "new", "build"))
    for folder, name in ((old, "f1"), (new, "f2")):
        folder.mkdir()
        store = Store(str(folder / "store"))
        store.flush()
        del store
        (folder / "manifest.json").write_text(json.dumps({"fingerprint": name}))
    link.symlink_to("old")
    app = create_app(replace(settings, build=link, workers=1))
    try:
        assert app.test_client().get("/readyz").json["fingerprint"] == "f1"
        link.unlink()
        link.symlink_to("new")
        assert app.test_client().get("/readyz").json["fingerprint"] == "f1"
        app.extensions["kg"].reload().close()
        assert app.test_client().get("/readyz").json["fingerprint"] == "f2"
        (new / "manifest.json").unlink()
        with pytest.raises(NotReady):
            app.extensions["kg"].reload()
        assert app.test_client().get("/readyz").json["fingerprint"] == "f2"
    finally:
        app.extensions["kg"].close()


@pytest.fixture
def address(settings) -> Iterator[str]:
    """A server of ours in a process of its own, with one worker and little patience."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code = (
        "import sys; from pathlib import Path\n"
        "from kg.settings import Settings; from kg.serving import serve\n"
        "root = Path(sys.argv[1])\n"
        "serve(Settings(root=root, build=root / 'build', port=int(sys.argv[2]), workers=1,"
        " query_time_limit_ms=1500))\n"
    )
    command = [sys.executable, "-c", code, str(settings.root), str(port)]
    with subprocess.Popen(command) as process:
        try:
            _await(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def _await(url: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except OSError as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            time.sleep(0.1)
    raise TimeoutError(url)


def test_real_server_stops_a_runaway_and_goes_on(address):
    request = urllib.request.Request(f"{address}/sparql", RUNAWAY.encode())
    request.add_header("Content-Type", "application/sparql-query")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=60)
    assert caught.value.code == 503
    assert json.loads(caught.value.read())["title"] == "TooSlow"
    caught.value.close()
    with urllib.request.urlopen(f"{address}/sparql?query=ASK%20%7B%7D", timeout=60) as answer:
        assert json.loads(answer.read())["boolean"] is True


def test_taken_port_is_told_with_a_remedy(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(KgError, match=str(port)) as caught:
            serve(replace(settings, port=port))
    assert "KG_PORT" in (caught.value.hint or "")


def test_serving_without_a_build_is_not_ready(tmp_path: Path):
    with pytest.raises(NotReady, match="kg build"):
        serve(Settings(root=tmp_path, build=tmp_path / "build"))


def test_page_is_kept_by_language(client):
    english = client.get("/", headers={"Accept": "text/html"})
    turkish = client.get("/", headers={"Accept": "text/html", "Accept-Language": "tr"})
    arabic = client.get("/?lang=ar", headers={"Accept": "text/html"})
    assert len({one.headers["ETag"] for one in (english, turkish, arabic)}) == 3
    assert "Accept-Language" in english.headers["Vary"]
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert '<html lang="en" dir="ltr">' in english.text
