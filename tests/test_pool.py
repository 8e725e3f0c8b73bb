"""Queries run in processes that can be killed, and reach nothing outside the graph."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.errors import (
    BadQuery,
    Cancelled,
    NotAcceptable,
    NotReady,
    OutOfMemory,
    Refused,
    TooBusy,
    TooSlow,
    WorkerDied,
)
from kg.pool import Answer, Call, Job, Pool, Service
from kg.pool.guard import asks_service, is_update, lasting

ROWS = 3000
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(?b != ?d) }"
GRAPH = NamedNode("http://e/graph")
SERVICE = Service(version="1", fingerprint="f1", rows=1000, size=10**6)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    store = Store(str(folder / "store"))
    store.extend(
        Quad(NamedNode(f"http://e/{i}"), NamedNode("http://e/p"), Literal(f"{i}\t\n" * 10))
        for i in range(ROWS)
    )
    store.add(Quad(NamedNode("http://e/g"), NamedNode("http://e/p"), Literal("in"), GRAPH))
    store.flush()
    del store
    (folder / "manifest.json").write_text('{"fingerprint": "f1"}')
    return folder


@pytest.fixture(scope="module")
def pool(build):
    with Pool(build, workers=2, limit_ms=20_000) as pool:
        yield pool


def rows(answer: Answer) -> list[dict]:
    return json.loads(answer.body)["results"]["bindings"]


def test_select_is_answered_in_each_format(pool):
    query = "SELECT (1 AS ?x) {}"
    json_ = pool.run(Job(query=query))
    assert (json_.kind, json_.rows, json_.truncated) == ("rows", 1, False)
    assert rows(json_)[0]["x"]["value"] == "1"
    assert pool.run(Job(query=query, rows="text/csv")).body == b"x\r\n1\r\n"
    assert pool.run(Job(query=query, rows="text/tab-separated-values")).body == b"?x\n1\n"
    assert b"<binding" in pool.run(Job(query=query, rows="application/sparql-results+xml")).body


def test_ask_is_boolean(pool):
    assert json.loads(pool.run(Job(query="ASK {}")).body)["boolean"] is True


def test_construct_is_a_graph(pool):
    query = "CONSTRUCT { ?s a mq:State } WHERE { BIND(state:PAK AS ?s) }"
    answer = pool.run(Job(query=query))
    assert answer.kind == "graph"
    assert b"state:PAK a mq:State" in answer.body


def test_answer_larger_than_a_pipe_buffer_arrives_whole(pool):
    answer = pool.run(Job(query="SELECT * { ?s ?p ?o }"))
    assert len(answer.body) > 200_000
    assert len(rows(answer)) == ROWS


@pytest.mark.parametrize("media", ["application/sparql-results+json", "text/csv"])
def test_cut_answer_says_so_and_is_well_formed(pool, media):
    answer = pool.run(Job(query="SELECT ?s { ?s ?p ?o }", rows=media, limit=7))
    assert (answer.rows, answer.truncated) == (7, True)
    found = answer.body.count(b"http://e/")
    assert found == 7


def test_answer_of_exactly_the_limit_is_not_cut(pool):
    answer = pool.run(Job(query="SELECT ?s { ?s ?p ?o } LIMIT 7", limit=7))
    assert (answer.rows, answer.truncated) == (7, False)


def test_rows_without_variables_or_values_are_counted(pool):
    assert pool.run(Job(query="SELECT * {}")).rows == 1
    assert pool.run(Job(query="SELECT ?x { VALUES ?x { UNDEF UNDEF } }")).rows == 2


def test_runaway_query_is_stopped_and_the_next_one_answers(build):
    with Pool(build, workers=1, limit_ms=3_000) as pool:
        before = pool.run(Job(query="ASK {}"))
        with pytest.raises(TooSlow, match="stopped"):
            pool.run(Job(query=RUNAWAY))
        assert pool.run(Job(query="ASK {}")) == before


def pids(pool: Pool) -> list[int]:
    return [worker.pid for worker in pool.fair._idle]


def gone(pid: int) -> bool:
    """Wait for a process to end, for a second at most."""
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.01)
    return False


def test_dead_worker_is_replaced(build):
    with Pool(build, workers=1) as pool:
        (pid,) = pids(pool)
        os.kill(pid, signal.SIGKILL)
        pool.death(pid)
        assert pool.run(Job(query="ASK {}")).kind == "boolean"
        assert pids(pool) != [pid]


def test_worker_that_dies_while_answering_is_an_error_and_is_replaced(build):
    with Pool(build, workers=1, limit_ms=30_000) as pool:
        (pid,) = pids(pool)
        threading.Timer(0.5, os.kill, (pid, signal.SIGSEGV)).start()
        with pytest.raises(WorkerDied):
            pool.run(Job(query=RUNAWAY))
        assert pool.run(Job(query="ASK {}")).kind == "boolean"


def test_query_of_a_worker_killed_from_outside_is_asked_again_once(build):
    query = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d }"
    with Pool(build, workers=2, limit_ms=60_000) as pool:
        whole = rows(pool.run(Job(query=query)))
        busy = threading.Thread(target=lambda: found.append(pool.run(Job(query=query))))
        found: list[Answer] = []
        busy.start()
        time.sleep(0.05)
        for running in pool.running:
            os.kill(running.worker.pid, signal.SIGKILL)
        busy.join(60)
        assert rows(found[0]) == whole


def test_query_without_enough_memory_says_so(build):
    wide = "SELECT (GROUP_CONCAT(CONCAT(?b, ?d, ?f)) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
    with Pool(build, workers=1, limit_ms=60_000, memory=64 * 2**20) as pool:
        with pytest.raises(OutOfMemory, match="memory"):
            pool.run(Job(query=wide))
        assert pool.run(Job(query="ASK {}")).kind == "boolean"


def test_cancelled_query_stops_at_once(build):
    with Pool(build, workers=1, limit_ms=30_000) as pool:
        start = time.monotonic()
        threading.Timer(0.3, pool.cancel, ("mine",)).start()
        with pytest.raises(Cancelled):
            pool.run(Job(query=RUNAWAY), Call(id="mine"))
        assert time.monotonic() - start < 5
        assert not pool.running
        assert not pool.cancel("mine")
        assert pool.run(Job(query="ASK {}")).kind == "boolean"


def test_call_may_have_less_time_than_the_pool_gives(build):
    with Pool(build, workers=1, limit_ms=60_000) as pool, pytest.raises(TooSlow, match=r"0\.5 s"):
        pool.run(Job(query=RUNAWAY), Call(limit=0.5))


def test_one_client_leaves_a_worker_to_others(build):
    with Pool(build, workers=2, limit_ms=3_000) as pool, ThreadPoolExecutor(4) as threads:
        attack = [
            threads.submit(pool.run, Job(query=RUNAWAY), Call(client="greedy")) for _ in range(3)
        ]
        time.sleep(0.3)
        start = time.monotonic()
        assert pool.run(Job(query="ASK {}"), Call(client="modest")).kind == "boolean"
        assert time.monotonic() - start < 1
        assert {type(one.exception()) for one in attack} <= {TooSlow, TooBusy}


def test_too_many_waiting_queries_are_refused(build):
    with Pool(build, workers=1, limit_ms=2_000) as pool, ThreadPoolExecutor(32) as threads:
        found = [
            threads.submit(pool.run, Job(query=RUNAWAY), Call(client="greedy")) for _ in range(24)
        ]
        kinds = [type(one.exception()) for one in found]
        assert kinds.count(TooBusy) >= 24 - 16 - 1
        assert TooSlow in kinds


def test_large_graph_comes_in_pieces(build):
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    with Pool(build, workers=1) as pool:
        head, pieces = pool.stream(Job(query=query, graph="application/n-triples"))
        assert (head.body, head.kind, pieces.whole) == (b"", "graph", None)
        found = list(pieces)
        assert len(found) > 1
        assert b"".join(found).count(b" .\n") == ROWS
        assert pool.run(Job(query=query, graph="application/n-triples")).body.count(b"\n") == ROWS


def test_stream_that_is_not_read_gives_its_worker_back(build):
    query = "CONSTRUCT { ?s ?p ?o . ?s ?p ?a } WHERE { ?s ?p ?o . ?a ?p ?b }"
    with Pool(build, workers=1, limit_ms=20_000) as pool:
        _, pieces = pool.stream(Job(query=query))
        pieces.close()
        assert not pool.running
        assert pool.run(Job(query="ASK {}")).kind == "boolean"


def test_whole_dataset_is_dumped(pool):
    dump = pool.run(Job(query="", dump=True, graph="application/n-quads")).body
    assert dump.count(b"\n") == ROWS + 1
    assert f"<{GRAPH.value}>".encode() in dump


def test_threads_share_the_workers(pool):
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(lambda i: pool.run(Job(query=f"SELECT ({i} AS ?i) {{}}")), range(40))
        )
    assert [rows(answer)[0]["i"]["value"] for answer in found] == [str(i) for i in range(40)]


def test_closed_pool_leaves_no_process(build):
    with Pool(build, workers=2, fast=1, service=SERVICE) as pool:
        found = [*pids(pool), pool._process.pid]
    assert all(map(gone, found))


def test_missing_build_is_not_ready(tmp_path):
    with Pool(tmp_path, workers=1) as pool, pytest.raises(NotReady, match="kg build"):
        pool.run(Job(query="ASK {}"))


def test_protocol_dataset_beats_the_query(pool):
    everything = "SELECT * { ?s ?p ?o }"
    assert pool.run(Job(query=everything, default_graphs=(GRAPH.value,))).rows == 1
    assert pool.run(Job(query=everything, named_graphs=(GRAPH.value,))).rows == 0
    inside = "SELECT * { GRAPH ?g { ?s ?p ?o } }"
    assert pool.run(Job(query=inside, default_graphs=(GRAPH.value,))).rows == 0


def test_graph_with_a_relative_name_is_a_bad_query(pool):
    with pytest.raises(BadQuery, match="absolute"):
        pool.run(Job(query="ASK {}", default_graphs=("nowhere",)))


def test_from_is_looked_up_and_never_fetched(pool, tmp_path):
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:a> <urn:b> <urn:c> .")
    for iri in (secret.as_uri(), "http://127.0.0.1:1/x"):
        assert pool.run(Job(query=f"SELECT * FROM <{iri}> {{ ?s ?p ?o }}")).rows == 0


def test_syntax_error_has_a_place(pool):
    with pytest.raises(BadQuery) as caught:
        pool.run(Job(query="SELECT *\nWHERE { ?s ?p }"))
    details = caught.value.details
    assert details["line"] == 2
    assert details["excerpt"] == "WHERE { ?s ?p }"
    assert isinstance(details["column"], int)


def test_unknown_prefix_is_named(pool):
    with pytest.raises(BadQuery, match="prefix nope: is not declared") as caught:
        pool.run(Job(query="SELECT * { ?s nope:p ?o }"))
    assert "PREFIX nope:" in (caught.value.hint or "")


def test_wrong_kind_of_format_is_not_acceptable(pool):
    with pytest.raises(NotAcceptable):
        pool.run(Job(query="ASK {}", rows=None))
    with pytest.raises(NotAcceptable):
        pool.run(Job(query="CONSTRUCT WHERE { ?s ?p ?o }", graph=None))


SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:PORT/> SELECT * { { SELECT * { service x:a { ?s ?p ?o } } } }",
    "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } } }",
    "SELECT * { VALUES ?u { <http://127.0.0.1:PORT/> } SERVICE ?u { ?s ?p ?o } }",
    "ASK { SERVICE#c {\n<http://127.0.0.1:PORT/>#d\n{ ?s ?p ?o } }",
    "ASK { SERVICESILENT<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    "PREFIX x: <http://127.0.0.1:PORT/> ASK { SERVICEx:a{ ?s ?p ?o } }",
    "ASK { ?s ?p 1SERVICE<http://127.0.0.1:PORT/>{ ?s ?p ?o } }",
    'ASK { ?a ?b ?c FILTER(?a <#x> """\n 5) SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } #"""\n}',
    "ASK { ?a ?b ?c FILTER(?a<'>') SERVICE <http://127.0.0.1:PORT/> { ?x ?y ?z } FILTER(?a<'>') }",
    "ASK { ?s ?p 'it''s' . SERVICE <http://127.0.0.1:PORT/> { ?x ?y 'z' } }",
]
HARMLESS = [
    'SELECT * { ?s ?p "SERVICE" }',
    'SELECT * { ?s ?p "SERVICE <http://x/> { ?s ?p ?o }" }',
    "SELECT * { ?s ?p '''a 'SERVICE <http://x/> {' b''' }",
    "# SERVICE <http://x/> { ?s ?p ?o }\nSELECT * { ?s ?p ?o }",
    "SELECT ?service { ?service ?p ?o }",
    "SELECT * { GRAPH ?service { ?s ?p ?o } }",
    "SELECT * { ?s <http://e/service> ?o FILTER(?o < 5 && 7 > ?o) }",
    "PREFIX service: <http://e/> SELECT * { ?s service:p ?o }",
    "PREFIX x: <http://e/> SELECT * { ?s x:service ?o . { ?o x:service ?q } }",
]


@pytest.mark.parametrize("query", SERVICES)
def test_service_is_refused(pool, query):
    with pytest.raises(Refused, match="SERVICE"):
        pool.run(Job(query=query))


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_service_is_no_call(pool, query):
    assert pool.run(Job(query=query, limit=5)).kind == "rows"


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")
@pytest.mark.parametrize("query", SERVICES[:2])
def test_sandbox_holds_when_the_check_is_fooled(build, query):
    """Run a query unchecked, in a confined process: no connection arrives."""
    import subprocess

    code = (
        "import sys; from kg.pool.sandbox import confine; confine()\n"
        "from pyoxigraph import Store\n"
        "try: list(Store().query(sys.argv[1]))\n"
        "except OSError as error: print('stopped')\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        text = query.replace("PORT", str(server.getsockname()[1]))
        done = subprocess.run(
            [sys.executable, "-c", code, text], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:a> <b:b> <c:c> }",
        "PREFIX x: <http://e/>\n# c\nDELETE WHERE { ?s ?p ?o }",
        "LOAD <http://127.0.0.1/>",
        "CLEAR ALL",
        "DROP ALL",
    ],
)
def test_update_is_refused(pool, text):
    assert is_update(text)
    with pytest.raises(Refused, match="read-only"):
        pool.run(Job(query=text))


def test_query_is_no_update():
    assert not is_update("PREFIX insert: <http://e/> SELECT * { ?s insert:p ?o }")
    assert not asks_service("SELECT * { ?s ?p ?o }")


def test_workers_draw_different_random_terms(tmp_path):
    """A dump with a blank node makes the loader draw a name for it, as ours does."""
    (tmp_path / "manifest.json").write_text('{"fingerprint": "f1"}')
    (tmp_path / "graph.trig").write_text("[] <http://e/p> [] .")
    with Pool(tmp_path, workers=3) as pool:
        found = [pool.run(Job(query="SELECT (UUID() AS ?u) {}")).body for _ in range(6)]
    assert len(set(found)) == 6


@pytest.mark.parametrize(
    ("query", "lasts"),
    [
        ("SELECT (NOW() AS ?t) {}", False),
        ("SELECT (struuid ( ) AS ?t) {}", False),
        ("SELECT (RAND#x\n() AS ?t) {}", False),
        ("SELECT ?now { ?now ?p ?rand }", True),
    ],
)
def test_answers_of_the_moment_are_known(query, lasts):
    assert lasting(query) is lasts
