"""The register of agreements says what queries say; pages kept are of their host and form."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg import settings as config
from kg.build import build
from kg.web import create_app
from kg.web.register import read
from tests.conftest import ROOT
from tests.test_web import HTML

DAY = "1980-06-01"
STATUS = f"""SELECT ?a ?status WHERE {{ ?a mq:statusSpell ?spell .
  ?spell mq:from ?from ; mq:until ?until ; mq:status ?status .
  FILTER(?from <= "{DAY}"^^xsd:date && "{DAY}"^^xsd:date < ?until) }}"""
OWED = f"""SELECT ?c ?a ?from ?to ?kind WHERE {{
  ?c mq:obligor ?from ; mq:obligee ?to ; mq:kind ?kind ; mq:holdsFrom ?first ;
    mq:holdsUntil ?after . ?a mq:commitment ?c .
  FILTER(?first <= "{DAY}"^^xsd:date && "{DAY}"^^xsd:date < ?after) }}"""
THERE = f"""SELECT ?a ?x WHERE {{ ?a mq:participation ?p .
  ?p mq:participant ?x ; mq:holdsFrom ?first ; mq:holdsUntil ?after .
  FILTER(?first <= "{DAY}"^^xsd:date && "{DAY}"^^xsd:date < ?after) }}"""
#: Name of a field to the property that it holds.
LISTS = {
    "parties": "party",
    "said_by": "saidBy",
    "fields": "coversDomainOrNarrower",
    "frames": "framesSupport",
}


@pytest.fixture(scope="module")
def app(built):
    app = create_app(built)
    yield app
    app.extensions["kg"].close()


@pytest.fixture(scope="module")
def graph(app):
    return app.extensions["kg"].graph


@pytest.fixture(scope="module")
def book(graph):
    return read(graph)


def asked(graph, query: str) -> set[tuple[str, ...]]:
    return {tuple(cell["value"] for cell in row.values()) for row in graph.select(query)}


@pytest.mark.parametrize("name", LISTS)
def test_values_are_those_of_the_graph(graph, book, name: str):
    found = {(one.iri, x) for one in book.agreements.values() for x in getattr(one, name)}
    wanted = asked(graph, f"SELECT ?s ?o WHERE {{ ?s mq:{LISTS[name]} ?o }}")
    assert wanted
    assert found == wanted


def test_the_status_of_a_day_is_that_of_the_graph(graph, book):
    spells = {iri: one.spell(DAY) for iri, one in book.agreements.items()}
    wanted = asked(graph, STATUS)
    assert wanted
    assert {(iri, one.status) for iri, one in spells.items() if one} == wanted


def test_promises_of_a_day_are_those_of_the_graph(graph, book):
    found = {
        (one.iri, one.agreement, one.obligor, one.obligee, one.kind)
        for those in book.owed_to.values()
        for one in those
        if one.holds(DAY)
    }
    wanted = asked(graph, OWED)
    assert wanted
    assert found == wanted
    assert set(book.promises) == {one for those in book.owed_by.values() for one in those}


@pytest.fixture(scope="module")
def pact(mini: Path, tmp_path_factory):
    """The graph of the mini repository with a pact of four, one of whom joins late and leaves."""
    root = tmp_path_factory.mktemp("pact") / "repo"
    shutil.copytree(mini, root, ignore=shutil.ignore_patterns("build"))
    shutil.copy(ROOT / "tests/cases/pact/pact.ttl", root / "data/records/pact.ttl")
    settings = config.load(root, {})
    build(settings)
    app = create_app(settings)
    yield app.extensions["kg"].graph
    app.extensions["kg"].close()


@pytest.mark.parametrize(
    ("day", "members"),
    [
        ("1955-10-31", {"CHN", "PAK", "TUR"}),
        ("1955-11-01", {"CHN", "IRN", "PAK", "TUR"}),
        ("1979-12-31", {"CHN", "IRN", "PAK", "TUR"}),
        ("1980-06-01", {"CHN", "PAK", "TUR"}),
    ],
)
def test_who_is_in_a_pact_on_a_day(pact, day: str, members: set[str]):
    agreements = read(pact).agreements.values()
    found = {(one.iri, x) for one in agreements for x in one.present(day)}
    assert {x.rpartition("/")[2] for _, x in found} == members
    assert found == asked(pact, THERE.replace(DAY, day))


def test_titles_are_english_where_there_is_one(graph, book):
    english = asked(graph, 'SELECT ?s ?o { ?s skos:prefLabel ?o FILTER(LANG(?o) = "en") }')
    found = {(one.iri, one.title) for one in book.agreements.values() if one.language == "en"}
    assert found
    assert found <= english
    assert not {iri for iri, _ in english} & {
        one.iri for one in book.agreements.values() if one.language != "en"
    }


def test_a_page_that_is_kept_names_no_other_host(app):
    client, address = app.test_client(), "/page/state/PAK"
    here, there = (
        client.get(address, headers=HTML, base_url=f"http://{host}").text
        for host in ("one.example", "two.example")
    )
    assert "http://one.example/" in here
    assert "one.example" not in there


def test_what_is_kept_is_of_the_form_that_is_asked_for(app):
    client = app.test_client()
    for _ in range(2):
        for media in ("application/json", "text/turtle", "text/html"):
            assert client.get("/prefixes", headers={"Accept": media}).mimetype == media


def test_what_is_kept_is_sent_as_it_was_first(app):
    client = app.test_client()
    for address in ("/network.json?on=1990-01-01", "/queries/support-map?state=PAK", "/ns"):
        first, again = (client.get(address, headers=HTML) for _ in range(2))
        assert first.data == again.data
        unlike = {"Query-Id", "Server-Timing"}
        assert [one for one in first.headers if one[0] not in unlike] == [
            one for one in again.headers if one[0] not in unlike
        ]
