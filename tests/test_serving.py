"""The server as its clients meet it: real processes, real sockets."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

import brotli
import pytest
import zstandard

from kg.build import build
from kg.settings import Settings
from kg.store import manifest
from tests.serving import Running, children, serving

RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(?b != ?d) }"
LIMIT = 1.5
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def server(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("log") / "access.jsonl"
    with serving(built, query_time_limit_ms=int(LIMIT * 1000), access_log=log) as running:
        running.log = log  # type: ignore[attr-defined]
        yield running


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def ask(server: Running, method: str, path: str, *, body=None, **headers: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    with contextlib.closing(connection):
        connection.request(
            method, path, body=body, headers=headers, encode_chunked=isinstance(body, Iterator)
        )
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


def get(server: Running, path: str, **headers: str) -> Reply:
    return ask(server, "GET", path, **headers)


def sparql(query: str) -> str:
    return f"/sparql?query={quote(query)}"


def counter(server: Running, name: str) -> float:
    lines = get(server, "/metrics").body.decode().splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def test_fast_workers_answer_what_flask_answers(server: Running):
    """One and the same query by either way: `explain`-less GET, and POST with a foreign field."""
    query = "SELECT ?s { ?s a mq:State } ORDER BY ?s LIMIT 3"
    before = counter(server, "kg_fast_answers_total")
    fast = get(server, sparql(query), Accept=JSON)
    body = fast.body
    # It is counted when the client has it already.
    assert wait_for(lambda: counter(server, "kg_fast_answers_total") == before + 1, 5)
    slow = get(server, sparql(query) + "&other=1", Accept=JSON)
    assert slow.body == body
    assert counter(server, "kg_fast_answers_total") == before + 1
    ignored = {"Date", "Query-Id", "Server-Timing", "ETag"}
    same = {key.title(): value for key, value in fast.headers.items() if key not in ignored}
    other = {key.title(): value for key, value in slow.headers.items()}
    assert same == {key: other[key] for key in same}


def test_answer_of_a_fast_worker_is_not_modified(server: Running):
    path = sparql("SELECT ?s { ?s a mq:State } LIMIT 2")
    tag = get(server, path, Accept=JSON).headers["ETag"]
    again = get(server, path, Accept=JSON, **{"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    assert get(server, path, Accept="text/csv", **{"If-None-Match": tag}).status == 200
    changed = get(server, path + "&other=1", Accept=JSON, **{"If-None-Match": tag})
    assert changed.status == 200


@pytest.mark.parametrize("more", ["", "&other=1"])
def test_answers_of_the_moment_are_not_kept(server: Running, more: str):
    path = sparql("SELECT (UUID() AS ?u) {}") + more
    found = [get(server, path, Accept=JSON) for _ in range(6)]
    assert len({answer.body for answer in found}) == 6
    assert not any("ETag" in answer.headers for answer in found)


@pytest.mark.parametrize("more", ["", "&other=1"])
@pytest.mark.parametrize(
    ("coding", "decode"),
    [
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
    ],
)
def test_answers_are_encoded_as_the_client_likes(server: Running, coding, decode, more):
    path = sparql("SELECT * { ?s ?p ?o } LIMIT 200") + more
    plain = get(server, path, Accept=JSON).body
    encoded = get(server, path, Accept=JSON, **{"Accept-Encoding": f"{coding}, deflate;q=0.1"})
    assert encoded.headers["Content-Encoding"] == coding
    data = encoded.body
    assert len(data) < len(plain) / 2
    assert len(json.loads(decode(data))["results"]["bindings"]) == 200


def test_connection_survives_pages_errors_and_long_queries(server: Running):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    ports = set()
    paths = [sparql("ASK {}"), "/", sparql("nonsense"), sparql(RUNAWAY), sparql("ASK { }")]
    statuses = []
    for path in paths:
        connection.request("GET", path, headers={"Accept": JSON})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        ports.add(connection.sock.getsockname())
    connection.close()
    assert statuses == [200, 200, 400, 503, 200]
    assert len(ports) == 1


def test_runaway_is_stopped_on_time_and_remembered(server: Running):
    query = RUNAWAY + " # remembered"
    for _ in range(2):
        start = time.monotonic()
        answer = get(server, sparql(query), Accept=JSON)
        took = time.monotonic() - start
        assert answer.status == 503
        assert answer.json()["title"] == "TooSlow"
        assert answer.headers["Retry-After"]
        assert took >= LIMIT


@pytest.mark.parametrize("way", ["get", "form", "body", "saved"])
def test_timeout_shortens_the_limit(server: Running, way: str):
    """Told by what the error says, not by a clock."""
    query, form = f"{RUNAWAY} # timeout by {way}", "application/x-www-form-urlencoded"
    if way == "get":
        answer = get(server, f"{sparql(query)}&timeout=0.25", Accept=JSON)
    elif way == "form":
        body = urlencode({"query": query, "timeout": "0.25"})
        answer = ask(server, "POST", "/sparql", body=body, **{"Content-Type": form})
    elif way == "body":
        fields = {"Content-Type": "application/sparql-query"}
        answer = ask(server, "POST", "/sparql?timeout=0.25", body=query, **fields)
    else:
        answer = get(server, "/queries/one-way-commitments.csv?offset=1&timeout=0.000001")
    assert (answer.status, answer.json()["title"]) == (503, "TooSlow")
    assert ("1e-06 s" if way == "saved" else "0.25 s") in answer.json()["detail"]


def test_timeout_lengthens_nothing(server: Running):
    answer = get(server, f"{sparql(RUNAWAY + ' # long timeout')}&timeout=3600", Accept=JSON)
    assert answer.status == 503
    assert f"{LIMIT:g} s" in answer.json()["detail"]


@pytest.mark.parametrize("value", ["", "abc", "-1", "0", "nan", "inf", "1_0", "1&timeout=2"])
@pytest.mark.parametrize("path", [f"/sparql?query={quote('ASK {}')}", "/queries/members-of.csv?"])
def test_timeout_that_is_no_time_is_400(server: Running, path: str, value: str):
    answer = get(server, f"{path}&timeout={value}", Accept=JSON)
    assert (answer.status, answer.json().get("parameter")) == (400, "timeout")
    assert f"{LIMIT:g}" in answer.json()["hint"]


def test_runaway_takes_no_other_connection_with_it(server: Running):
    """Connections that share a fast worker with a runaway are answered all the same."""
    others = [server.socket() for _ in range(6)]
    runaways = [server.socket() for _ in range(2)]
    request = f"GET {sparql('ASK {}')} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n".encode()
    heavy = f"GET {sparql(RUNAWAY + '#2')} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n"
    for one in runaways:
        one.sendall(heavy.encode())
    start = time.monotonic()
    for one in others:
        one.sendall(request)
    for one in others:
        assert b"200 OK" in one.recv(65536)
    assert time.monotonic() - start < 1
    for one in runaways:
        assert b"503" in one.recv(65536).split(b"\r\n")[0]
    for one in (*others, *runaways):
        one.close()


def test_pipelined_requests_are_answered_in_order(server: Running):
    with server.socket() as one:
        paths = [sparql("SELECT (1 AS ?x) {}"), "/healthz", sparql("SELECT (2 AS ?x) {}")]
        heads = [f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n" for path in paths]
        one.sendall("".join(heads).encode())
        found = b""
        while found.count(b"HTTP/1.1 200") < 3 or not found.rstrip().endswith(b"}"):
            found += one.recv(65536)
        first, second, third = found.split(b"HTTP/1.1 200")[1:]
        assert b'"value":"1"' in first
        assert b'"status":"ok"' in second.replace(b" ", b"")
        assert b'"value":"2"' in third


def test_request_may_come_in_pieces(server: Running):
    text = f"GET {sparql('ASK {}')} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n".encode()
    with server.socket() as one:
        for at in range(0, len(text), 40):
            one.sendall(text[at : at + 40])
            time.sleep(0.02)
        assert b"200 OK" in one.recv(65536)
        one.sendall(text)
        assert b"200 OK" in one.recv(65536)


def test_slow_reader_gets_all_and_holds_nobody_up(server: Running):
    """Half a megabyte of rows, read a little at a time, while others are answered."""
    query = "SELECT ?a ?p ?b ?c { ?a ?p ?b . ?c a mq:State } LIMIT 20000"
    with server.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        one.sendall(
            f"GET {sparql(query)} HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\n\r\n".encode()
        )
        time.sleep(0.3)
        start = time.monotonic()
        assert get(server, sparql("ASK {}"), Accept=JSON).status == 200
        assert time.monotonic() - start < 1
        answer = http.client.HTTPResponse(one)
        answer.begin()
        body = answer.read()
        answer.close()
    assert answer.status == 200
    assert len(body) > 1_000_000
    # The long way yields to others: on a busy machine it may need more than its time at first.
    tried = (get(server, sparql(query) + "&other=1", Accept="text/csv") for _ in range(20))
    whole = next(one for one in tried if one.status == 200)
    assert body == whole.body


def test_client_that_leaves_stops_its_query(server: Running):
    with server.socket() as one:
        request = f"GET {sparql(RUNAWAY + '#left')} HTTP/1.1\r\nHost: x\r\nAccept: {JSON}\r\n\r\n"
        one.sendall(request.encode())
        assert wait_for(lambda: b"#left" in get(server, "/queries/running/").body, 1.4)
    assert wait_for(lambda: b"#left" not in get(server, "/queries/running/").body, 0.5)


def test_running_query_is_listed_and_stopped_by_its_id(server: Running):
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(get(server, sparql(RUNAWAY + "#stop me"), Accept=JSON))
    )
    thread.start()
    found: list[dict] = []

    def listed() -> bool:
        found[:] = get(server, "/queries/running/").json()
        return any("#stop me" in one["query"] for one in found)

    assert wait_for(listed, 1.4)
    identifier = next(one["id"] for one in found if "#stop me" in one["query"])
    assert ask(server, "DELETE", f"/queries/running/{identifier}").status == 204
    thread.join(10)
    assert answers[0].status == 503
    assert answers[0].json()["title"] == "Cancelled"
    assert answers[0].headers["Query-Id"] == identifier
    assert ask(server, "DELETE", f"/queries/running/{identifier}").status == 404


def test_large_graph_is_streamed_and_broken_off_at_the_limit(server: Running):
    query = "CONSTRUCT { ?a ?b ?d } { ?a ?b ?c . ?e ?f ?d }"
    with server.socket() as one:
        accept = "application/n-triples"
        one.sendall(
            f"GET {sparql(query)} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n".encode()
        )
        answer = http.client.HTTPResponse(one)
        answer.begin()
        assert answer.status == 200
        assert answer.headers["Transfer-Encoding"] == "chunked"
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
        answer.close()


def test_head_that_is_too_large_is_refused(server: Running):
    with server.socket() as one:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n")
        assert b" 431 " in one.recv(65536).split(b"\r\n")[0]
    with server.socket() as one:
        fields = b"".join(b"X-%d: y\r\n" % number for number in range(500))
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n")
        assert b" 431 " in one.recv(65536).split(b"\r\n")[0]


def test_body_without_a_length_is_read_to_its_end(server: Running):
    headers = {"Content-Type": "application/sparql-query", "Accept": JSON}
    answer = ask(server, "POST", "/sparql", body=iter([b"ASK", b" {}"]), **headers)
    assert answer.json()["boolean"] is True


def test_body_over_the_limit_is_413_without_a_length_too(server: Running):
    parts = [b"#" * 100_000] * 15
    for body in (b"".join(parts), iter(parts)):
        answer = ask(
            server, "POST", "/sparql", body=body, **{"Content-Type": "application/sparql-query"}
        )
        assert answer.status == 413


def test_each_answer_has_a_line_in_the_log(server: Running):
    fast = get(server, sparql("ASK { } # logged"), Accept=JSON)
    slow = get(server, "/healthz")

    def logged() -> dict[str, dict]:
        lines = map(json.loads, server.log.read_text().splitlines())  # type: ignore[attr-defined]
        return {line["id"]: line for line in lines}

    assert wait_for(lambda: slow.headers["Query-Id"] in logged(), 2)
    first, second = (logged()[one.headers["Query-Id"]] for one in (fast, slow))
    assert (first["status"], first["lane"], first["client"]) == (200, "fast", "127.0.0.1")
    assert (second["status"], second["lane"], second["path"]) == (200, "slow", "/healthz")


def test_reload_fails_no_request(built: Settings, tmp_path: Path):
    home = tmp_path / "build"
    home.mkdir()
    settings = replace(built, root=built.root, build=home / "current")
    build(settings)
    stop, statuses = threading.Event(), []
    with serving(settings, build=home / "current") as server:

        def requests() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            number = 0
            while not stop.is_set():
                number += 1
                more = "&other=1" if number % 3 == 0 else ""
                connection.request("GET", sparql(f"ASK {{}} #{number}") + more)
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
            connection.close()

        askers = [threading.Thread(target=requests) for _ in range(4)]
        for asker in askers:
            asker.start()
        fingerprints = [get(server, "/readyz").json()["fingerprint"]]
        about = manifest(home / "current") | {"fingerprint": "changed"}
        (home / "current" / "manifest.json").write_text(json.dumps(about))
        server.process.send_signal(signal.SIGHUP)
        assert wait_for(lambda: fingerprint(server) == "changed", 20)
        (home / "current" / "graph.trig").write_text("<a")
        server.process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert fingerprint(server) == "changed"
        stop.set()
        for asker in askers:
            asker.join(30)
        assert wait_for(lambda: len(children(server.process.pid)) == 1 + 4 + 2, 5)
    assert fingerprints[0] != "changed"
    assert set(statuses) == {200}
    assert len(statuses) > 100


def fingerprint(server: Running) -> str:
    return get(server, "/readyz").json()["fingerprint"]


def test_killed_workers_are_replaced_and_no_answer_is_lost(server: Running):
    holder = next(pid for pid in children(server.process.pid) if children(pid))
    for pid in children(holder):
        os.kill(pid, signal.SIGKILL)
        assert get(server, sparql(f"ASK {{}} # {pid}"), Accept=JSON).status == 200
    assert wait_for(lambda: len(children(holder)) == 4 + 2, 5)
    assert get(server, "/").status == 200


def test_end_leaves_no_process(built: Settings):
    with serving(built) as server:
        found = children(server.process.pid)
        assert len(found) == 1 + 4 + 2
    assert wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in found), 5)


def wait_for(true, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.02)
    return False


def test_server_loads_its_graph_again_when_its_holder_dies(built: Settings):
    """Even a client of a fast worker is answered meanwhile, on the connection that it has."""
    with serving(built) as server:
        path = sparql("SELECT ?s { ?s a mq:State } ORDER BY ?s LIMIT 2")
        place = ("127.0.0.1", server.port)
        clients = [http.client.HTTPConnection(*place, timeout=20) for _ in range(3)]
        for client in clients:
            client.request("GET", path, headers={"Accept": JSON})
            client.getresponse().read()
        for _ in range(2):
            (holder,) = [pid for pid in children(server.process.pid) if children(pid)]
            os.kill(holder, signal.SIGKILL)
            statuses = []
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and statuses[-4:] != [200] * 4:
                for client in clients:
                    client.request("GET", path, headers={"Accept": JSON})
                    answer = client.getresponse()
                    answer.read()
                    statuses.append(answer.status)
                time.sleep(0.02)
            assert set(statuses) <= {200, 503}
            assert statuses[-4:] == [200] * 4
        for client in clients:
            client.close()
