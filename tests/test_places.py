"""A finding is placed at its triple, and names the other triples it concerns."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.check.places import locate
from kg.check.saying import with_rules
from kg.check.subjects import Subjects
from kg.files import Layout, read_bytes
from kg.findings import Finding, Place, Related, Span
from kg.turtle import read
from tests.conftest import ROOT

EX = "http://ex.org/"
FILES = {
    "one.ttl": """\
@prefix ex: <http://ex.org/> .

ex:record-1
    ex:describes ex:agreement ;
    ex:party ex:PAK ;
    ex:signed "1954" ;
.
""",
    "two.ttl": """\
@prefix ex: <http://ex.org/> .

ex:record-2
    ex:describes ex:agreement ;
    ex:party ex:TUR ; ex:signed "1955" ;
.
ex:PAK ex:name "Pakistan", "Pākistān" .
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def store() -> Store:
    """The graph of the files, with what a rule made of them."""
    graph = Store()
    graph.extend(
        Quad(t.subject, t.predicate, t.object)
        for text in FILES.values()
        for t in read(text.encode(), "x")
    )
    made = NamedNode(EX + "spell")
    graph.add(Quad(NamedNode(EX + "agreement"), NamedNode(EX + "spell-of"), made))
    graph.add(Quad(made, NamedNode(EX + "from"), Literal("1954")))
    return graph


def placed(folder: Path, store: Store | None, finding: Finding) -> Finding:
    layout = Layout(folder)
    subjects = Subjects(sorted(folder.glob("*.ttl")), layout.name, read_bytes)
    (found,) = locate([finding], subjects, store, links=(EX + "describes",))
    return found


def a_finding(focus: str, path: str = "", value: str = "") -> Finding:
    path = EX + path if path else ""
    return Finding("a-rule", "violation", "Do it.", EX + focus, path, value)


@pytest.mark.parametrize(
    ("finding", "file", "span"),
    [
        (a_finding("record-1", "signed", "1954"), "one.ttl", Span(6, 15, 6, 21)),
        (a_finding("record-1", "signed", "1999"), "one.ttl", Span(6, 5, 6, 14)),
        (a_finding("record-1", "signed"), "one.ttl", Span(6, 5, 6, 14)),
        (a_finding("record-1", "ended"), "one.ttl", Span(3, 1, 3, 12)),
        (a_finding("record-1"), "one.ttl", Span(3, 1, 3, 12)),
        (a_finding("record-2", "", EX + "TUR"), "two.ttl", Span(5, 14, 5, 20)),
        (a_finding("PAK", "name", "Pākistān"), "two.ttl", Span(7, 28, 7, 38)),
    ],
)
def test_the_value_then_the_property_then_the_node(folder, store, finding, file, span):
    assert placed(folder, store, finding).place == Place(file, span)


def test_a_resolved_node_is_placed_at_the_records_that_describe_it(folder, store):
    found = placed(folder, store, a_finding("agreement", "signed", "1955"))
    assert found.place == Place("two.ttl", Span(5, 33, 5, 39))
    other = Related(Place("one.ttl", Span(6, 5, 6, 14)), 'signed is "1954" here')
    assert found.related == (other,)


def test_what_a_rule_made_is_placed_at_the_records_that_led_to_it(folder, store):
    found = placed(folder, store, a_finding("spell", "from", "1954"))
    assert found.place == Place("one.ttl", Span(3, 1, 3, 12))


def test_another_node_that_is_meant_is_named(folder, store):
    found = placed(folder, store, a_finding("record-1", "signed", EX + "record-2"))
    other = Related(Place("two.ttl", Span(3, 1, 3, 12)), "record-2 is described here")
    assert found.related == (other,)


def test_without_a_graph_only_what_files_describe_is_placed(folder):
    assert placed(folder, None, a_finding("record-1")).place
    assert placed(folder, None, a_finding("agreement")).place is None


def test_a_place_that_is_known_stays(folder, store):
    finding = a_finding("record-1").at(Place("x.ttl"))
    assert placed(folder, store, finding) is finding


def test_a_node_written_in_another_way_is_found(folder, store):
    (folder / "one.ttl").write_text(
        "@prefix rec: <http://ex.org/record->. rec:1 <http://ex.org/signed> 1 .", "utf-8"
    )
    assert placed(folder, store, a_finding("record-1")).place == Place(
        "one.ttl", Span(1, 39, 1, 44)
    )


def test_a_file_of_rdf_1_2_is_named_without_a_line(folder, store):
    (folder / "one.ttl").write_text("<http://ex.org/record-1> <a:p> <<( <a:s> <a:p> 1 )>> .")
    assert placed(folder, store, a_finding("record-1")).place == Place("one.ttl")


def test_many_findings_are_placed_as_few_are(folder, store):
    layout = Layout(folder)
    subjects = Subjects(sorted(folder.glob("*.ttl")), layout.name, read_bytes)
    many = [a_finding(f"nothing-{n}") for n in range(100)] + [a_finding("PAK")]
    found = locate(many, subjects, store)
    assert [one.place is None for one in found] == [True] * 100 + [False]


def test_the_shape_or_the_check_that_says_so_is_named():
    layout = Layout(ROOT)
    shapes = Subjects(layout.shapes(), layout.name, read_bytes)
    rules = ["shape/State-prefLabel-ar", "broader-cycle-violation", "source/prefix-unused"]
    found = with_rules(
        [Finding(rule, "violation", "") for rule in rules],
        layout,
        shapes,
        "https://w3id.org/mithaq/",
    )
    (shape,), (check,), none = (one.related for one in found)
    assert shape.place.file.startswith("ontology/shapes/")
    assert shape.place.span
    assert str(check.place) == "ontology/checks/broader-cycle-violation.rq:1:1"
    assert none == ()
