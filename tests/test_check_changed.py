"""A check of a change finds what a check of everything finds."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from kg.check import changed
from kg.check.changed.base import read
from kg.check.changed.footprint import predicates
from kg.check.changed.locality import NotLocal, Profile, prove
from kg.check.work import Work
from kg.settings import load
from kg.turtle import read as read_turtle
from kg.turtle import write

PROFILE = Profile(
    of_hubs=frozenset({"urn:label", "urn:is"}),
    of_local=frozenset({"urn:of", "urn:is", "urn:in"}),
    to_else=frozenset({"urn:in", "urn:is", "urn:label"}),
    to_others=frozenset({"urn:label", "urn:in"}),
    to_local=frozenset(),
    hubs=frozenset({"urn:hub"}),
)
RECORDS = "data/records/all.ttl"
LOCAL = [
    "SELECT ?a { ?a <urn:of> ?b . ?b <urn:in> ?c . ?c <urn:label> ?l }",
    "SELECT ?a { ?a <urn:is> ?k FILTER NOT EXISTS { ?a <urn:of> ?b } }",
    "SELECT ?a { ?a <urn:in> ?c OPTIONAL { ?b <urn:of> ?a . ?b <urn:in> ?d } }",
    "SELECT ?a (COUNT(?b) AS ?n) { ?a <urn:of> ?b } GROUP BY ?a",
    "SELECT ?h { ?h <urn:label> ?l . ?i <urn:label> ?l }",
    "SELECT ?s ?o { ?s ?p ?o FILTER NOT EXISTS { ?o ?q ?r } }",
    "CONSTRUCT { ?a <urn:made> ?new . ?new <urn:in> ?c } { ?a <urn:of>/<urn:in> ?c"
    " BIND(IRI(CONCAT(STR(?a), '/new')) AS ?new) }",
]
NOT_LOCAL = [
    "SELECT ?a { ?a <urn:in> ?c . ?b <urn:in> ?c }",
    "SELECT ?c { ?a <urn:in> ?c }",
    "SELECT ?c (COUNT(?a) AS ?n) { ?a <urn:in> ?c } GROUP BY ?c",
    "SELECT ?h { ?h <urn:label> ?l FILTER EXISTS { ?a <urn:in> ?h } }",
    "SELECT ?a { ?a <urn:in> ?c OPTIONAL { ?b <urn:in> ?c } }",
    "SELECT ?a { ?a <urn:of> ?b MINUS { ?c <urn:in> ?d } }",
    "SELECT ?a { ?a <urn:of> ?b BIND(IRI(STR(?b)) AS ?d) ?d <urn:in> ?c }",
    "SELECT ?a { ?a <urn:of> ?b } LIMIT 1",
    "SELECT ?a { <urn:other> <urn:of> ?a }",
    "CONSTRUCT { ?c <urn:made> true } { ?a <urn:in> ?c }",
]


@pytest.mark.parametrize("text", LOCAL)
def test_local_queries_are_shown_to_be(text: str):
    prove(text, PROFILE)


@pytest.mark.parametrize("text", NOT_LOCAL)
def test_queries_that_join_components_are_not_taken_for_local(text: str):
    with pytest.raises(NotLocal):
        prove(text, PROFILE)


def test_all_rules_and_most_checks_of_ours_are_local(tree: Path):
    work = Work(load(tree, {}))
    changed.full(work)
    base = read(work)
    assert base is not None
    assert base.unfit == ""
    assert {path.stem for path in work.layout.rules()} & base.apart.keys() == set()
    assert len(base.apart) <= 9


def test_without_a_base_everything_is_checked_and_kept(tree: Path):
    first = changed.check_changed(Work(load(tree, {})))
    assert first.whole == "no earlier check is kept"
    again = changed.check_changed(Work(load(tree, {})))
    assert again.whole == ""
    assert again.findings == first.findings


@pytest.mark.parametrize("name", ["ontology/shapes/agreement.ttl", "ontology/mithaq.ttl"])
def test_a_change_of_shapes_or_ontology_forces_all(tree: Path, name: str):
    changed.full(Work(load(tree, {})))
    path = tree / name
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert "changed" in changed.check_changed(Work(load(tree, {}))).whole


def edited(path: Path, chance: random.Random) -> str:
    """Return a file with one to three small edits: triples gone, given another value, or moved."""
    triples = read_turtle(path.read_bytes(), path.name)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(triples))
        one = triples[at]
        alike = [t.object for t in triples if t.predicate == one.predicate]
        other = chance.choice(triples)
        triples[at] = chance.choice(
            [
                other,
                Triple(one.subject, one.predicate, chance.choice(alike)),
                Triple(other.subject, one.predicate, one.object),
                Triple(one.subject, one.predicate, NamedNode("urn:nowhere")),
            ]
        )
    return write(triples)


@pytest.fixture(scope="module")
def kept(mini: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini repository with a full check kept."""
    ignore = shutil.ignore_patterns("build")
    home = Path(shutil.copytree(mini, tmp_path_factory.mktemp("kept") / "repo", ignore=ignore))
    changed.full(Work(load(home, {})))
    return home


@pytest.mark.parametrize("seed", range(8))
def test_small_edits_give_what_a_full_run_gives(kept: Path, tmp_path: Path, seed: int):
    chance = random.Random(seed)
    tree = Path(shutil.copytree(kept, tmp_path / "repo"))
    path = chance.choice(sorted((tree / "data/records").rglob("*.ttl")))
    path.write_text(edited(path, chance), "utf-8")
    work = Work(load(tree, {}))
    try:
        partly = changed.partly(work)
    except changed.Full:
        assert seed != 0, "the first edit can be told apart"
        return
    assert set(partly.findings) ^ set(changed.full(Work(load(tree, {})))) == set()
    assert partly.files == [str(path.relative_to(tree))]


def test_a_new_agreement_is_found_where_it_stands(kept: Path, tmp_path: Path):
    tree = Path(shutil.copytree(kept, tmp_path / "repo"))
    lines = (tree / RECORDS).read_text("utf-8").splitlines()
    (like,) = [line for line in lines if "record/news/2>" in line]
    like = like.replace("news/2>", "news/99>").replace("TUR-2013-09-17", "TUR-1777-01-01")
    text = "\n".join([*(line for line in lines if line.startswith("@prefix")), like])
    (tree / RECORDS).with_name("new.ttl").write_text(text, "utf-8")
    found = changed.partly(Work(load(tree, {}))).findings
    assert any("1777" in one.focus and one.place for one in found)
    assert set(found) ^ set(changed.full(Work(load(tree, {})))) == set()


def test_what_a_check_joins_is_taken_along(kept: Path, tmp_path: Path):
    tree = Path(shutil.copytree(kept, tmp_path / "repo"))
    check = tree / "ontology/checks/same-day-warning.rq"
    text = (
        "#+ summary: Two on one day\n{}PREFIX mq: <https://w3id.org/mithaq/ns#>\n"
        "SELECT ?focus (?other AS ?value) {{ ?focus mq:signedOn ?day . ?other mq:signedOn ?day ."
        " ?focus a mq:Agreement . ?other a mq:Agreement FILTER(STR(?focus) < STR(?other)) }}"
    )
    path = tree / RECORDS
    for header, how in (
        ("#+ joins: mq:signedOn\n", " 0 on the whole graph"),
        ("", "same-day-warning"),
    ):
        check.write_text(text.format(header), "utf-8")
        before = path.read_text("utf-8")
        changed.full(Work(load(tree, {})))
        path.write_text(before.replace('signedOn "2013-09-17', 'signedOn "1999-03-01'), "utf-8")
        told = changed.partly(Work(load(tree, {})))
        assert told.notes[-1].endswith(how)
        assert any(one.rule == "same-day-warning" for one in told.findings)
        assert set(told.findings) ^ set(changed.full(Work(load(tree, {})))) == set()
        path.write_text(before, "utf-8")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELECT * { ?s <urn:a>/^<urn:b> ?o }", {"urn:a", "urn:b"}),
        ("SELECT * { ?s <urn:a> ?o FILTER NOT EXISTS { ?s <urn:b> ?z } }", {"urn:a", "urn:b"}),
        (
            "SELECT * { ?s <urn:a> ?o FILTER(?o = 1 || EXISTS { ?s <urn:b> ?z }) }",
            {"urn:a", "urn:b"},
        ),
        ("SELECT * { VALUES ?p { <urn:a> <urn:b> } ?s ?p ?o }", {"urn:a", "urn:b"}),
        (
            "SELECT * { VALUES ?p { <urn:a> } GRAPH ?g { ?s ?p ?o OPTIONAL { ?o ?p ?z } } }",
            {"urn:a"},
        ),
        ("SELECT * { ?s <urn:a> ?o . ?o <urn:b>* ?z }", {"urn:a", "urn:b"}),
        ("SELECT * { ?s ?p ?o }", None),
        ("SELECT * { ?s !<urn:a> ?o }", None),
        ("SELECT * { ?s <urn:b>* ?o }", None),
        ("SELECT * { ?s ?p ?o OPTIONAL { VALUES ?p { <urn:a> } } }", None),
        ("SELECT * { VALUES ?p { <urn:a> UNDEF } ?s ?p ?o }", None),
        ("SELECT * { VALUES ?p { <urn:a> } { SELECT ?s { ?s ?p ?o } } }", None),
        ("SELECT * { ?s <urn:a> ?o MINUS { ?s ?p ?z } VALUES ?p { <urn:b> } }", None),
    ],
)
def test_a_footprint_has_all_that_a_query_looks_at(text: str, named: set[str] | None):
    assert predicates(text) == named
