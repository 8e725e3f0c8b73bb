"""A graph that is written to while it is asked, by the processes that serve it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from urllib.parse import quote

import pytest

from kg.settings import Settings
from tests.live import TOKEN, send
from tests.serving import Running, children, serving
from tests.test_serving import RUNAWAY, counter

COUNT = "SELECT (COUNT(*) AS ?n) { ?s <http://e/p> ?o }"
JSON = {"Accept": "application/sparql-results+json"}
WRITER = {"Authorization": f"Bearer {TOKEN}"}
LIMIT = 1.5


@pytest.fixture
def server(built: Settings, tmp_path: Path) -> Iterator[Running]:
    """A writable server that begins with the built graph."""
    folder = tmp_path / "written"
    names = {
        "write_folder": folder,
        "write_token": TOKEN,
        "query_time_limit_ms": int(LIMIT * 1000),
    }
    with serving(built, "--writable", **names) as running:
        yield running


def insert(server: Running, number: int) -> int:
    text = f"INSERT DATA {{ <http://e/{number}> <http://e/p> {number} }}"
    return send(server, "POST", "/sparql", form={"update": text}, headers=WRITER).status


class Client:
    """One connection that is kept."""

    def __init__(self, server: Running, more: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.path = f"/sparql?query={quote(COUNT)}{more}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *of: object) -> None:
        self.connection.close()

    def count(self) -> int:
        self.connection.request("GET", self.path, headers=JSON)
        answer = self.connection.getresponse()
        found = json.loads(answer.read())
        assert answer.status == 200, found
        return int(found["results"]["bindings"][0]["n"]["value"])


@pytest.mark.parametrize("more", ["", "&other=1"], ids=["fast", "slow"])
def test_what_is_written_is_seen_by_whoever_asks_then(server: Running, more: str):
    with ExitStack() as stack:
        clients = [stack.enter_context(Client(server, more)) for _ in range(4)]
        for number in range(1, 9):
            assert insert(server, number) == 204
            assert [client.count() for client in clients] == [number] * 4
            assert [client.count() for client in clients] == [number] * 4
    if not more:
        assert counter(server, "kg_fast_answers_total") > 0


def test_counts_never_go_back_while_others_write(server: Running):
    """Each client sees every write once it has seen it, and all of them in the end."""
    done = threading.Event()

    def watch(more: str) -> int:
        seen = [0]
        with Client(server, more) as client:
            while not done.is_set():
                seen.append(client.count())
                assert seen[-1] >= seen[-2]
            return client.count()

    with ThreadPoolExecutor(8) as threads:
        watchers = [threads.submit(watch, more) for more in ("", "", "&other=1")]
        wrote = threads.map(lambda number: insert(server, number), range(20))
        assert list(wrote) == [204] * 20
        done.set()
        assert [watcher.result(60) for watcher in watchers] == [20] * 3


def test_tag_changes_with_a_write_and_only_with_one(server: Running):
    path = f"/sparql?query={quote(COUNT)}"
    tag = send(server, "GET", path, headers=JSON).headers["ETag"]
    known = JSON | {"If-None-Match": tag}
    assert send(server, "GET", path, headers=known).status == 304
    assert insert(server, 1) == 204
    changed = send(server, "GET", path, headers=known)
    assert (changed.status, changed.headers["ETag"] == tag) == (200, False)
    again = insert(server, 1)
    assert again == 204
    known = JSON | {"If-None-Match": changed.headers["ETag"]}
    assert send(server, "GET", path, headers=known).status == 304


def test_query_that_runs_comes_to_its_end_on_the_graph_of_before(server: Running):
    heavy = """SELECT (COUNT(*) AS ?n) (SUM(?one) AS ?m) {
      { ?a ?p ?b . ?c ?q ?d FILTER(STRLEN(STR(?b)) = STRLEN(STR(?d)) + 100000) BIND(1 AS ?one) }
      UNION { ?s <http://e/p> ?o BIND(2 AS ?one) } }"""
    with ThreadPoolExecutor(1) as thread:
        path = f"/sparql?query={quote(heavy)}&other=1"
        answer = thread.submit(send, server, "GET", path, headers=JSON)
        time.sleep(0.3)
        began = time.monotonic()
        assert insert(server, 1) == 204
        assert time.monotonic() - began < LIMIT
        assert answer.result(30).status == 503
    path = f"/sparql?query={quote(RUNAWAY)}"
    assert send(server, "GET", path, headers=JSON).status == 503
    assert insert(server, 2) == 204


def test_workers_are_as_many_as_before_after_many_writes(server: Running):
    before = len(children(server.process.pid))
    for number in range(12):
        assert insert(server, number) == 204
    deadline = time.monotonic() + 10
    while len(children(server.process.pid)) != before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(children(server.process.pid)) == before


def test_write_that_runs_too_long_or_is_refused_leaves_the_server_as_it_was(server: Running):
    bad = "INSERT DATA { <https://w3id.org/mithaq/id/state/PAK> mq:iso3 'wrong', 'two' }"
    refused = send(server, "POST", "/sparql", form={"update": bad}, headers=WRITER)
    assert refused.status == 422
    assert "iso3" in refused.text
    with Client(server) as client:
        assert client.count() == 0
        assert insert(server, 1) == 204
        assert client.count() == 1


def test_too_many_writers_are_told_so(server: Running):
    with ThreadPoolExecutor(40) as threads:
        found = list(threads.map(lambda number: insert(server, number), range(40)))
    assert set(found) <= {204, 429}
    with Client(server) as client:
        assert client.count() == found.count(204) >= 16


def test_nothing_is_lost_when_the_holder_dies(server: Running):
    (holder,) = [pid for pid in children(server.process.pid) if children(pid)]
    assert insert(server, 1) == 204
    os.kill(holder, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (told := insert(server, 2)) == 503 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert told == 204
    with Client(server) as client:
        assert client.count() == 2


def test_writes_are_counted_by_what_came_of_them(server: Running):
    insert(server, 1)
    insert(server, 1)
    bad = "INSERT DATA { <https://w3id.org/mithaq/id/state/PAK> mq:iso3 'two' }"
    send(server, "POST", "/sparql", form={"update": bad}, headers=WRITER)
    text = send(server, "GET", "/metrics").text
    for outcome in ("made", "nothing to do", "Invalid"):
        assert f'kg_writes_total{{outcome="{outcome}"}} 1.0' in text
