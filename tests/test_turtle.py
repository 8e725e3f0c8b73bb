"""Turtle is written sorted, byte-stable, and with the same triples."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad

from kg.errors import BadData
from kg.turtle import RDF, form, read, write
from tests.conftest import ROOT


def canonical(triples: list) -> set[str]:
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


FILES = sorted((ROOT / "ontology").rglob("*.ttl")) + sorted((ROOT / "data").rglob("*.ttl"))[:40]


def test_there_are_files_to_write():
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_writing_keeps_every_triple_and_is_stable(path: Path):
    triples = read(path.read_bytes(), path.name)
    text = write(triples)
    again = read(text.encode(), path.name)
    assert canonical(again) == canonical(triples)
    assert write(reversed(again)) == text


@pytest.mark.parametrize(
    ("turtle", "written"),
    [
        ("<a:s> <a:p> 1, 01, +1 .", "01,\n        1"),
        ('<a:s> <a:p> "tab\\t\\"q\\"" .', '"tab\\t\\"q\\""'),
        ("<a:s> <a:p> ( 1 [ <a:q> 2 ] ) .", "( 1 ["),
        ("<a:s> <a:p> () .", "()"),
        (f"<a:s> <a:p> [ <{RDF}first> 1, 2 ; <{RDF}rest> () ] .", "rdf:first 1,"),
        ("<a:s> a <a:C> ; <a:b> 1 .", "a <a:C> ;\n    <a:b> 1"),
        ('<a:s> <a:p> "x"@en, "y"@ar .', '"x"@en,'),
        ("<https://w3id.org/mithaq/ns#a.b> <a:p> true .", "mq:a.b"),
        ("<https://w3id.org/mithaq/ns#a/b> <a:p> 1 .", "<https://w3id.org/mithaq/ns#a/b>"),
    ],
)
def test_written_forms(turtle: str, written: str):
    assert written in write(read(turtle.encode(), "x"))


@pytest.mark.parametrize(
    ("turtle", "head"),
    [
        ("@prefix ex: <http://ex.org/> . ex:s ex:p 1 .", "@prefix ex: <http://ex.org/> .\n\nex:s"),
        ("@prefix m: <https://w3id.org/mithaq/ns#> . m:s m:p 1 .", "@prefix mq: <https"),
        ("@prefix mq: <http://ex.org/> . mq:s mq:p 1 .", "@prefix mq: <http://ex.org/> .\n\nmq:s"),
        ("@prefix no: <http://no.org/> . <a:s> <a:p> 1 .", "\n<a:s>"),
    ],
)
def test_a_file_keeps_the_prefixes_that_are_its_own(turtle: str, head: str):
    text = form(turtle.encode(), "x")
    assert text.startswith(head)
    assert form(text.encode(), "x") == text


def test_shared_blank_node_is_refused():
    with pytest.raises(BadData, match="twice"):
        write(read(b"<a:s> <a:p> _:b . <a:t> <a:p> _:b .", "x"))


@pytest.mark.parametrize("turtle", ["_:b <a:p> _:b .", "_:a <a:p> _:b . _:b <a:p> _:a ."])
def test_a_cycle_of_blank_nodes_is_refused(turtle: str):
    with pytest.raises(BadData, match="cycle"):
        write(read(turtle.encode(), "x"))


def test_broken_turtle_names_file_line_and_column():
    with pytest.raises(BadData, match=r"broken\.ttl:2:\d+"):
        read(b"<a:s> <a:p> 1 .\n<a:s> nope:x 1 .", "broken.ttl")


CONFORMANCE = ROOT.parent / "shared" / "conformance" / "turtle"


@pytest.mark.skipif(not CONFORMANCE.is_dir(), reason="no W3C Turtle suite here")
def test_w3c_files_survive_a_round_trip():
    seen = 0
    for path in sorted(CONFORMANCE.glob("*.ttl")):
        try:
            triples = read(path.read_bytes(), path.name)
            text = write(triples)
        except BadData:
            continue  # negative syntax tests, and shared blank nodes
        seen += 1
        assert canonical(read(text.encode(), path.name)) == canonical(triples), path.name
    assert seen > 100
