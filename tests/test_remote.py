"""Another server answers in place of the built graph: `oxigraph serve`, as it comes from PyPI."""

from __future__ import annotations

import csv
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.errors import BadQuery, NotAcceptable, Refused, TooSlow, Unreachable
from kg.pool import Job
from kg.publish import DEFAULT, Publisher
from kg.queries import load
from kg.remote import Remote
from kg.settings import Settings
from kg.store import open_built
from kg.web import create_app
from tests.peers import Peer, comparable, free_port, oxigraph
from tests.serving import serving


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with oxigraph() as running:
        yield running


@pytest.fixture(scope="module")
def published(built: Settings, peer: Peer) -> Peer:
    Publisher(built.build, peer.store, query=peer.query, chunk=20_000).publish()
    return peer


@pytest.fixture(scope="module")
def remote(published: Peer) -> Iterator[Remote]:
    one = Remote(published.query, limit_ms=5_000)
    yield one
    one.close()


def rows(text: str) -> list[object]:
    head, *body = csv.reader(text.splitlines())
    return comparable(head, body)


def test_every_graph_is_there_with_every_triple(built: Settings, published: Peer):
    store = open_built(built.build)
    sizes = Publisher(built.build, published.store, query=published.query).sizes()
    assert sum(sizes.values()) == len(store)
    assert set(sizes) == {DEFAULT, *(graph.value for graph in store.named_graphs())}


@pytest.mark.parametrize("name", sorted(load(Path(__file__).parent.parent / "queries")))
def test_saved_query_has_the_rows_of_the_built_graph(built: Settings, published: Peer, name: str):
    here = create_app(built)
    there = create_app(replace(built, store_url=published.query))
    try:
        answers = [app.test_client().get(f"/queries/{name}.csv") for app in (here, there)]
    finally:
        for app in (here, there):
            app.extensions["kg"].close()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert rows(answers[0].text) == rows(answers[1].text)


def test_limits_hold(remote: Remote):
    cut = remote.run(Job(query="SELECT * { ?s ?p ?o }", limit=7))
    assert (cut.rows, cut.truncated) == (7, True)
    assert len(json.loads(cut.body)["results"]["bindings"]) == 7
    small = remote.run(Job(query="SELECT * { ?s ?p ?o }", rows="text/csv", max_bytes=5_000))
    assert small.truncated
    assert len(small.body) <= 5_000


def test_each_kind_of_answer_in_each_format(remote: Remote):
    assert json.loads(remote.run(Job(query="ASK { ?s a mq:State }")).body)["boolean"] is True
    graph = remote.run(Job(query="CONSTRUCT WHERE { state:PAK a ?kind }"))
    assert b"state:PAK a" in graph.body
    lines = remote.run(Job(query="SELECT (1 AS ?x) {}", rows="application/x-ndjson"))
    assert json.loads(lines.body)["x"]["value"] == "1"


def test_what_is_refused_here_never_gets_there(remote: Remote):
    with pytest.raises(Refused):
        remote.run(Job(query="SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"))
    with pytest.raises(Refused):
        remote.run(Job(query="CLEAR ALL"))
    with pytest.raises(BadQuery, match="Line 2"):
        remote.run(Job(query="SELECT *\n{ ?s ?p"))
    with pytest.raises(NotAcceptable):
        remote.run(Job(query="ASK {}", rows=None))


def test_runaway_is_given_up_on_time(published: Peer):
    one = Remote(published.query, limit_ms=700)
    begin = time.monotonic()
    with pytest.raises(TooSlow, match=r"0\.7 s"):
        one.run(Job(query="SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"))
    assert time.monotonic() - begin < 1.5
    one.close()


def test_server_that_is_not_there_is_502(built: Settings):
    app = create_app(replace(built, store_url="http://127.0.0.1:9/query"))
    answer = app.test_client().get("/sparql?query=ASK%20%7B%7D")
    assert (answer.status_code, answer.json["title"]) == (502, "Unreachable")
    assert "--store" in answer.json["hint"]
    app.extensions["kg"].close()


def test_our_server_before_another(built: Settings, published: Peer):
    import urllib.request

    with serving(built, "--store", published.query) as server:
        for path in ("/sparql?query=ASK%20%7B%7D", "/", "/queries/support-map.csv?state=PAK"):
            with urllib.request.urlopen(server.url + path, timeout=30) as answer:
                assert answer.status == 200


def test_publishing_goes_on_where_it_was_broken_off(built: Settings, tmp_path: Path):
    """The server is killed in the middle, started again on the same data, and published to."""
    for note in built.build.parent.glob("published-*.json"):
        note.unlink()
    seen: list[str] = []
    port = free_port()
    with oxigraph(port, tmp_path / "data") as peer:
        publisher = Publisher(built.build, peer.store, query=peer.query, seconds=5, pause=0.02)

        def tell(graph: str) -> None:
            seen.append(graph)
            if len(seen) == 2:
                peer.process.kill()

        with pytest.raises(Unreachable, match=r"PUT|does not answer"):
            publisher.publish(tell)
    with oxigraph(port, tmp_path / "data") as peer:
        again: list[str] = []
        sizes = Publisher(built.build, peer.store, query=peer.query).publish(again.append)
        assert not set(again) & set(seen)
        assert len(again) + len(seen) == len(sizes)
        third: list[str] = []
        Publisher(built.build, peer.store, query=peer.query).publish(third.append)
        assert third == []


def test_a_graph_of_ours_that_is_gone_is_taken_away(built: Settings, published: Peer):
    import urllib.request

    gone = "https://w3id.org/mithaq/graph/gone"
    request = urllib.request.Request(
        f"{published.store}?graph={gone}", b"<a:a> <a:b> <a:c> .", method="PUT"
    )
    request.add_header("Content-Type", "text/turtle")
    urllib.request.urlopen(request, timeout=10).close()
    told: list[str] = []
    Publisher(built.build, published.store, query=published.query).publish(told.append)
    assert any(gone in text for text in told)
    assert gone not in Publisher(built.build, published.store, query=published.query).sizes()


def test_server_that_refuses_is_told_with_its_words(built: Settings, published: Peer):
    class Refusing(BaseHTTPRequestHandler):
        def do_DELETE(self) -> None:
            self.send_error(401, "who are you")

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with pytest.raises(Unreachable, match="401"):
            Publisher(built.build, url, query=published.query).publish()
        server.shutdown()
        thread.join()


def test_command_publishes_and_counts(built: Settings, peer: Peer, published: Peer):
    done = CliRunner().invoke(
        cli, ["--root", str(built.root), "publish", "--to", peer.store, "--query", peer.query]
    )
    assert done.exit_code == 0, done.output
    assert "counted at" in done.output
