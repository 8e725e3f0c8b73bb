"""Virtuoso 7, as Debian packages it, answers in place of the built graph.

Its default graph is the union of all, so ours is published under a name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import BadData, Unreachable
from kg.pool import Job
from kg.publish import Publisher
from kg.queries import load
from kg.remote import Remote
from kg.settings import Settings
from kg.web import create_app
from tests.conftest import ROOT
from tests.peers import Peer, comparable, virtuoso, virtuoso_program

pytestmark = pytest.mark.skipif(
    virtuoso_program() is None,
    reason="virtuoso-t is not here; `make virtuoso` unpacks it from Debian's packages",
)

NAME = "https://w3id.org/mithaq/graph/answers"
#: Saved queries that Virtuoso 7.2.5 answers wrongly or not at all, and what it does.
GAPS = {
    "agreements-by-decade": "CONCAT with an unbound value is no error: undated is 0s",
    "agreements-by-field": "YEAR of an unbound value ends the query",
    "bonds-of-members": "most members are left out, as of members-of",
    "disagreements": "the difference of two dates is a number of seconds",
    "domains-of-pair": "MIN leaves out what is unbound",
    "dyad-years": "a date less a duration is not compiled",
    "find-by-date-and-parties": "there is no xsd:dayTimeDuration",
    "members-of": "most members are left out",
    "possible-duplicates": "a date less a duration is not compiled",
    "support-map": "BOUND is true of an unbound value: declared in place of promised",
}


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso"), rows=5000) as running:
        yield running


def publisher(built: Settings, peer: Peer, **more: object) -> Publisher:
    options = {"user": "dba:dba", "default": NAME, "pause": 0.01} | more
    return Publisher(built.build, peer.store, query=peer.query, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def published(built: Settings, peer: Peer) -> Peer:
    """The mini graph, put there in many pieces by a user of HTTP Digest."""
    publisher(built, peer, chunk=20_000).publish()
    return peer


@pytest.fixture(scope="module")
def remote(published: Peer) -> Iterator[Remote]:
    one = Remote(published.query, limit_ms=10_000)
    yield one
    one.close()


def test_every_graph_is_there_with_every_triple(built: Settings, published: Peer):
    one = publisher(built, published)
    theirs = one.sizes()
    assert {graph: theirs[graph] for graph in one.graphs} == one.publish()


def test_wrong_password_is_told(built: Settings, peer: Peer, published: Peer):
    with pytest.raises(Unreachable, match="401"):
        publisher(built, peer, user="dba:wrong", default=NAME + "-2").publish()


def test_default_graph_wants_a_name_here(built: Settings, peer: Peer, published: Peer):
    with pytest.raises((Unreachable, BadData)) as caught:
        publisher(built, peer, default="default").publish()
    assert "--default-graph" in (caught.value.hint or "")
    publisher(built, peer).publish()


def test_default_graph_is_ours_alone(remote: Remote):
    assert remote.about["fingerprint"]
    assert b"true" in remote.run(Job(query="ASK { GRAPH ?g { ?r a mq:Record } }")).body
    assert b"false" in remote.run(Job(query="ASK { ?r a mq:Record }")).body
    assert b"true" in remote.plain(Job(query="ASK { ?r a mq:Record }")).body


def test_rows_cut_there_are_told(remote: Remote):
    """5000 rows is the limit of that server; it does not say in the answer that it cuts."""
    job = Job(query="SELECT * { { ?a ?b ?c } UNION { ?a ?b ?c } UNION { ?a ?b ?c } }")
    answer = remote.run(job)
    assert (answer.rows, answer.truncated) == (5000, True)


def test_graphs_are_read(remote: Remote):
    graph = remote.run(Job(query="CONSTRUCT WHERE { state:PAK a ?kind }"))
    assert b"state:PAK a" in graph.body


@pytest.mark.parametrize("name", sorted(load(ROOT / "queries")))
def test_saved_query(built: Settings, published: Peer, name: str):
    there = create_app(replace(built, store_url=published.query))
    here = create_app(built)
    try:
        ours, theirs = (app.test_client().get(f"/queries/{name}.csv") for app in (here, there))
    finally:
        for app in (here, there):
            app.extensions["kg"].close()
    same = theirs.status_code == 200 and rows(ours.text) == rows(theirs.text)
    assert same == (name not in GAPS), theirs.text[:1000]


def rows(text: str) -> list[object]:
    head, *body = csv.reader(text.splitlines())
    return comparable(head, body)


def test_gaps_are_saved_queries():
    assert set(GAPS) <= set(load(ROOT / "queries"))
    page = Path(ROOT / "docs/deploy.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in GAPS)


def test_more_named_graphs_than_it_can_be_told(built: Settings, published: Peer, tmp_path: Path):
    """Virtuoso repeats each that a query names in a field of its answer."""
    file = tmp_path / "many.trig"
    record = "a <https://w3id.org/mithaq/ns#Record>"
    graphs = (f"<https://many.example/{n}> {{ <a:{n}> {record} }}" for n in range(150))
    file.write_text("<a:a> <b:b> <c:c> . " + " ".join(graphs))
    name = "https://many.example/default"
    publisher(built, published, data=file, default=name).publish()
    try:
        remote = Remote(published.query)
        job = Job(query="ASK { GRAPH <https://many.example/7> { ?r a mq:Record } }")
        assert b"true" in remote.run(job).body
        assert b"false" in remote.run(Job(query="ASK { ?r a mq:Record }")).body
        remote.close()
    finally:
        publisher(built, published).publish()
