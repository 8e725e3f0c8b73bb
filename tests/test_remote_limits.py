"""A server elsewhere may be slow, wrong or hostile: what our own promises is held all the same."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph
import pytest

from kg.credentials import parted
from kg.errors import BadQuery, Cancelled, TooSlow, Unreachable
from kg.pool import Call, Job
from kg.publish import Publisher
from kg.remote import PUBLICATION, Remote
from kg.remote.pool import WHOLE
from kg.settings import Settings
from kg.store import open_built
from kg.web import create_app
from tests.peers import Peer, free_port, oxigraph

HEAD = b'{"head":{"vars":["x"]},"results":{"bindings":['
ROW = b'{"x":{"type":"literal","value":"v"}}'
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def peer(built: Settings) -> Iterator[Peer]:
    with oxigraph() as running:
        Publisher(built.build, running.store, query=running.query).publish()
        yield running


@pytest.fixture
def remote(peer: Peer) -> Iterator[Remote]:
    with contextlib.closing(Remote(peer.query, limit_ms=5_000)) as one:
        yield one


class Asked(BaseHTTPRequestHandler):
    """One request to a server that a test makes up."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with contextlib.suppress(OSError):
            self.server.answer(self)  # type: ignore[attr-defined]

    def begin(self, status: int = 200, media: str = JSON, **fields: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *words: object) -> None:
        pass


@contextlib.contextmanager
def pretending(answer: Callable[[Asked], object], **options: object) -> Iterator[Remote]:
    """Ask a server that gives every request this answer."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Asked) as server:
        server.answer = answer  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        address = f"127.0.0.1:{server.server_port}/sparql"
        user = options.pop("in_address", "")
        remote = Remote(f"http://{user}{address}", **options)  # type: ignore[arg-type]
        with contextlib.closing(remote):
            yield remote
        server.shutdown()
        thread.join()


def ask(remote: Remote, text: str = "SELECT ?x {}", **more: object) -> bytes:
    return remote.plain(Job(query=text, **more)).body  # type: ignore[arg-type]


def test_nothing_is_evaluated_in_front_of_the_server(remote: Remote):
    """Over values alone, this would run for hours where it is only to be read."""
    values = " ".join(map(str, range(200)))
    text = "".join(f"VALUES ?{name} {{ {values} }} " for name in "abcde")
    begin = time.monotonic()
    remote._reader.kind(Job(query=f"ASK {{ {text} FILTER(?a + ?b + ?c + ?d + ?e < 0) }}"))
    remote._reader.kind(Job(query=f"SELECT (COUNT(*) AS ?n) {{ {text} }}"))
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize(
    "text",
    [
        f"ASK {{ FILTER({'!' * 90_000}true) }}",
        f"ASK {{ ?a <a:a>{'/<a:a>' * 60_000} ?b }}",
        f"ASK {{ {'<<' * 45_000} }}",
    ],
    ids=["not", "path", "quoted"],
)
def test_text_that_exhausts_the_parser_is_told_so(remote: Remote, text: str):
    with pytest.raises(BadQuery):
        ask(remote, text)
    assert b"true" in ask(remote, "ASK { ?s ?p ?o }" + " " * 5000)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * { ?ask ?construct 'describe' }", "rows"),
        ("PREFIX ask: <a:ask> # construct\nDESCRIBE ask:ask", "graph"),
        ("BASE <http://select/> CONSTRUCT WHERE { ?s ?p ?o }", "graph"),
        ("ask{select * {}}", "boolean"),
    ],
)
def test_kind_of_a_query(remote: Remote, text: str, kind: str):
    assert remote._reader.kind(Job(query=text)) == kind


def test_server_that_drips_is_left_at_the_deadline():
    """Each byte is in time; the answer is not."""

    def drip(request: Asked) -> None:
        request.begin()
        request.wfile.write(HEAD)
        for _ in range(60):
            request.wfile.write(b" ")
            time.sleep(0.1)

    with pretending(drip, limit_ms=500) as remote:
        begin = time.monotonic()
        with pytest.raises(TooSlow, match=r"0\.5 s"):
            ask(remote)
        assert time.monotonic() - begin < 0.9


def test_server_that_drips_its_head_is_left_at_the_deadline():
    def drip(request: Asked) -> None:
        for _ in range(60):
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Wait: "[:1])
            time.sleep(0.1)

    with pretending(drip, limit_ms=500) as remote:
        begin = time.monotonic()
        with pytest.raises(TooSlow):
            ask(remote)
        assert time.monotonic() - begin < 0.9


def test_cut_answer_is_not_fetched_to_its_end():
    sent = []

    def endless(request: Asked) -> None:
        request.begin()
        request.wfile.write(HEAD + ROW)
        while True:
            sent.append(request.wfile.write((b"," + ROW) * 1000))

    with pretending(endless, limit_ms=5_000) as remote:
        answer = remote.plain(Job(query="SELECT ?x {}", limit=10))
    assert (answer.rows, answer.truncated) == (10, True)
    assert len(json.loads(answer.body)["results"]["bindings"]) == 10
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize(
    ("status", "media", "body", "error"),
    [
        (200, "text/html", b"<html>hello", Unreachable),
        (200, JSON, HEAD + ROW, Unreachable),
        (200, JSON, HEAD + ROW + b",]}}", Unreachable),
        (200, JSON, b'{"boolean":true}', Unreachable),
        (301, "text/plain", b"elsewhere", Unreachable),
        (401, "text/plain", b"who are you", Unreachable),
        (500, "text/plain", b"cannot", Unreachable),
        (400, "text/plain", b"no such function", BadQuery),
        (503, "text/plain", b"later", TooSlow),
    ],
)
def test_what_a_server_may_say(status: int, media: str, body: bytes, error: type[Exception]):
    def say(request: Asked) -> None:
        request.begin(status, media)
        request.wfile.write(body)

    with pretending(say) as remote, pytest.raises(error, match=r"127\.0\.0\.1"):
        ask(remote)


def test_rows_cut_by_the_server_are_told_and_parts_of_an_answer_refused():
    def cut(request: Asked) -> None:
        partial = {"X_SQL_State": "S1TAT"} if "COUNT" in request.form else {}
        request.begin(X_SPARQL_MaxRows="2", **partial)
        request.wfile.write(HEAD + ROW + b"," + ROW + b"]}}")

    with pretending(cut) as remote:
        assert remote.plain(Job(query="SELECT ?x {}")).truncated
        with pytest.raises(TooSlow, match="part of the answer"):
            ask(remote, "SELECT (COUNT(*) AS ?x) {}")


def test_query_is_stopped_by_its_id():
    here = threading.Event()

    def wait(request: Asked) -> None:
        here.set()
        request.connection.recv(1)

    with pretending(wait, limit_ms=8_000) as remote:
        found: list[Exception] = []

        def run() -> None:
            try:
                remote.run(Job(query="ASK {}"), Call(id="one", client="me"))
            except Cancelled as error:
                found.append(error)

        remote.about._read = time.monotonic() + 99
        thread = threading.Thread(target=run)
        thread.start()
        assert here.wait(5)
        time.sleep(0.1)
        assert [one.call.id for one in remote.running] == ["one"]
        assert remote.cancel("one")
        assert not remote.cancel("two")
        thread.join(2)
        assert len(found) == 1
        assert remote.running == []
        assert remote.fair.load[1:] == (0, 0)


def test_credentials_are_given_when_asked_for_and_not_shown():
    seen = []

    def guarded(request: Asked) -> None:
        seen.append(request.headers.get("Authorization", ""))
        if not seen[-1]:
            request.begin(401, WWW_Authenticate='Basic realm="x"')
            return
        request.begin()
        request.wfile.write(HEAD + b"]}}")

    with pretending(guarded, in_address="me:a%40b@") as remote:
        ask(remote)
        ask(remote)
        assert "me" not in remote.url
        assert "me" not in str(remote.about["store"])
    assert seen[0] == ""
    assert set(seen[1:]) == {"Basic bWU6YUBi"}
    with pretending(guarded, token="secret") as remote:
        ask(remote)
    assert seen[-1] == "Bearer secret"
    assert parted("http://h/q?x=1") == ("http://h/q?x=1", None)


def test_large_graph_comes_in_pieces_and_has_all_triples(built: Settings, remote: Remote):
    store = open_built(built.build)
    for media, form in (
        ("application/n-triples", pyoxigraph.RdfFormat.N_TRIPLES),
        ("text/turtle", pyoxigraph.RdfFormat.TURTLE),
        ("application/ld+json", pyoxigraph.RdfFormat.JSON_LD),
    ):
        job = Job(query="CONSTRUCT WHERE { ?s ?p ?o }", graph=media)
        head, pieces = remote.stream(job)
        with contextlib.closing(pieces):
            body = b"".join(pieces)
        assert (pieces.whole is None) == (len(body) > WHOLE)
        triples = {q.triple for q in pyoxigraph.parse(body, format=form)}
        assert head.media == media
        assert len(triples) == len(list(store.quads_for_pattern(None, None, None, DEFAULT)))


DEFAULT = pyoxigraph.DefaultGraph()


def test_store_gives_the_graphs_of_the_other_server(built: Settings, peer: Peer):
    app = create_app(replace(built, store_url=peer.query))
    try:
        for media in ("application/trig", "application/n-quads"):
            answer = app.test_client().get("/store", headers={"Accept": media})
            form = pyoxigraph.RdfFormat.from_media_type(media)
            assert form is not None
            quads = set(pyoxigraph.parse(answer.data, format=form))
            assert len(quads) == len(open_built(built.build))
        answer = app.test_client().get("/readyz")
        assert answer.json["fingerprint"]
        assert answer.json["store"] == peer.query
    finally:
        app.extensions["kg"].close()


def test_fingerprint_changes_with_the_publication(built: Settings, peer: Peer, remote: Remote):
    first = remote.about["fingerprint"]
    app = create_app(replace(built, store_url=peer.query))
    try:
        tag = app.test_client().get("/queries/members-of.csv").headers["ETag"]
        again = app.test_client().get("/queries/members-of.csv", headers={"If-None-Match": tag})
        assert again.status_code == 304
    finally:
        app.extensions["kg"].close()
    Publisher(built.build, peer.store, query=peer.query)._graphs.delete(PUBLICATION)
    remote.about._read = 0
    assert "fingerprint" not in remote.about
    Publisher(built.build, peer.store, query=peer.query).publish()
    remote.about._read = 0
    assert remote.about["fingerprint"] == first


def test_union_default_graph_is_warned_of_and_helped(
    built: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """Oxigraph can have such a default graph too; ours has a name there."""
    records = Job(query="SELECT (COUNT(?r) AS ?n) { ?r a mq:Record }", rows="text/csv")
    named = Job(query="SELECT (COUNT(?r) AS ?n) { GRAPH ?g { ?r a mq:Record } }", rows="text/csv")
    with oxigraph(free_port(), None, "--union-default-graph") as peer:
        options = {"query": peer.query, "pause": 0.01}
        with pytest.raises(Exception, match="other numbers") as caught:
            Publisher(built.build, peer.store, **options).publish()  # type: ignore[arg-type]
        assert "--default-graph" in caught.value.hint  # type: ignore[attr-defined]
        with contextlib.closing(Remote(peer.query).start()) as remote:
            assert "union of all graphs" in caplog.text
            assert remote.run(records).body != b"n\r\n0\r\n"
        caplog.clear()
        name = "https://w3id.org/mithaq/graph/answers"
        Publisher(built.build, peer.store, default=name, **options).publish()  # type: ignore[arg-type]
        with contextlib.closing(Remote(peer.query).start()) as remote:
            assert "union" not in caplog.text
            assert remote.run(records).body == b"n\r\n0\r\n"
            assert remote.run(named).body not in (b"n\r\n0\r\n", b"")


def test_publishing_a_file(peer: Peer, tmp_path: Path):
    file = tmp_path / "some.trig"
    file.write_text(
        '<a:a> <b:b> [ <c:c> "x" ] . <g:one> { <a:a> <b:b> 1, 2 } <g:two> { <a:a> a <b:b> }'
    )
    with oxigraph() as other:

        def publish() -> dict[str, int]:
            return Publisher(Path("none"), other.store, query=other.query, data=file).publish()

        assert publish() == {"default": 2, "g:one": 2, "g:two": 1}
        file.write_text('<a:a> <b:b> "y" . <g:one> { <a:a> <b:b> 1 }')
        assert publish() == {"default": 1, "g:one": 1}
        again = Publisher(Path("none"), other.store, query=other.query, data=file)
        assert again.sizes() == {"default": 1, "g:one": 1}


def test_server_that_lost_its_data_is_published_to_again(built: Settings):
    port = free_port()
    with oxigraph(port) as other:
        first = Publisher(built.build, other.store, query=other.query).publish()
    with oxigraph(port) as other:
        assert Publisher(built.build, other.store, query=other.query).publish() == first


def test_server_that_limits_bodies_gets_smaller_ones(built: Settings, peer: Peer):
    """A proxy before the server that takes 70 kB at a time."""
    seen = []

    class Proxy(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append(len(body))
            if len(body) > 70_000:
                self.send_error(413)
                return
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            fields = {"Content-Type": "application/n-triples"}
            server.request(self.command, self.path, body, fields)
            status = server.getresponse().status
            server.close()
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_DELETE = do_PUT

        def log_message(self, *words: object) -> None:
            pass

    with (
        oxigraph(port := free_port()) as other,
        ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as way,
    ):
        thread = threading.Thread(target=way.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{way.server_port}/store"
        sizes = Publisher(built.build, url, query=other.query, chunk=1_000_000).publish()
        way.shutdown()
        thread.join()
    assert sum(sizes.values()) == len(open_built(built.build))
    assert max(seen) > 70_000
