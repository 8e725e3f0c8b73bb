"""The position reader reads what the reference parser reads, and knows where it stands."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)
from rdflib import Graph

from kg.errors import BadData
from kg.findings import Span
from kg.positions import Index, index
from kg.turtle import read, write
from kg.vocab import BASE, XSD
from tests.conftest import ROOT

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
W3C = "https://w3c.github.io/rdf-tests/rdf/rdf11/rdf-turtle/"
SUITE: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "conformance" / "turtle.json").read_text("utf-8")
)
GOOD = [name for name, test in SUITE.items() if test["kind"] != "NegativeSyntax"]
BAD = [name for name in SUITE if name not in GOOD]


def canonical(quads: Iterable[Quad]) -> set[str]:
    dataset = Dataset(quads)
    dataset.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def quads_of(found: Index) -> set[str]:
    return canonical(Quad(*row) if row[3] else Quad(*row[:3]) for row in found.rows)


def expected(text: str, base: str = BASE, form: RdfFormat = RdfFormat.TURTLE) -> set[str]:
    return canonical(parse(text.encode(), form, base_iri=base))


def assert_spans_read_back(found: Index, base: str = BASE) -> None:
    """Hold that the text of each span is that of its term, with the prefixes declared so far."""
    for number, row in enumerate(found.rows):
        stands = found.standing(number)
        for term, span in zip(
            row, (stands.subject, stands.predicate, stands.object), strict=False
        ):
            text = found.written(span)
            if term.value in (RDF + "type", RDF + "first", RDF + "rest", RDF + "nil"):
                continue  # `a`, and what a list implies
            if row[1].value == RDF + "rest":
                continue
            declared = [p for p in found.prefixes if found.span(p.start, p.end) < span]
            head = "".join(f"@prefix {p.name}: <{p.namespace}> .\n" for p in declared)
            turtle = f"{head}<test:s> <test:p> {text} ."
            again = [
                quad.object
                for quad in parse(turtle.encode(), RdfFormat.TURTLE, base_iri=base)
                if quad.subject == NamedNode("test:s")
            ]
            if isinstance(term, BlankNode) and text[0] in "[(":
                assert isinstance(again[0], BlankNode)
            else:
                assert again == [term]


# The test suite of W3C


@pytest.mark.parametrize("name", GOOD)
def test_w3c_file_has_the_triples_of_the_reference_parser(name: str):
    text, base = SUITE[name]["action"], W3C + name
    found = index(text.encode(), name, base=base)
    assert quads_of(found) == expected(text, base)
    if "base" not in text.lower():
        assert_spans_read_back(found, base)


@pytest.mark.parametrize("name", [name for name in GOOD if "result" in SUITE[name]])
def test_w3c_result_is_what_is_read(name: str):
    result = expected(SUITE[name]["result"], W3C, RdfFormat.N_TRIPLES)
    assert quads_of(index(SUITE[name]["result"].encode(), name)) == result
    assert quads_of(index(SUITE[name]["action"].encode(), name, base=W3C + name)) == result


@pytest.mark.parametrize("name", BAD)
def test_what_w3c_says_is_no_turtle_is_refused(name: str):
    with pytest.raises(BadData, match=name):
        index(SUITE[name]["action"].encode(), name, base=W3C + name)


def test_the_suite_is_whole():
    assert (len(GOOD), len(BAD)) == (219, 94)


# Graphs at random

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LOCAL = st.text(st.sampled_from("abzAZ09_-.~!$&'()*+,;=/?@%é文"), max_size=6)
IRIS = st.builds(
    lambda namespace, local: NamedNode(namespace + local.replace("%", "%2f")),
    st.sampled_from(["https://w3id.org/mithaq/ns#", "http://example.org/", "urn:x:"]),
    LOCAL,
)
LITERALS = st.one_of(
    TEXT.map(Literal),
    st.builds(
        lambda text, tag: Literal(text, language=tag), TEXT, st.sampled_from(["en", "ar-eg"])
    ),
    st.builds(lambda text, kind: Literal(text, datatype=kind), TEXT, IRIS),
    st.sampled_from(["1", "-2", "+3", "007"]).map(
        lambda text: Literal(text, datatype=NamedNode(XSD + "integer"))
    ),
    st.sampled_from(["1.5", ".5", "1.0E5", "INF"]).map(
        lambda text: Literal(text, datatype=NamedNode(XSD + "double"))
    ),
)
NODES = st.integers(0, 3).map(lambda number: BlankNode(f"b{number}"))
TRIPLES = st.lists(
    st.builds(Triple, IRIS | NODES, IRIS, IRIS | LITERALS | NODES), min_size=1, max_size=12
)


@given(TRIPLES)
@settings(deadline=None, max_examples=150)
def test_what_rdflib_writes_is_read_back(triples: list[Triple]):
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    graph = Graph().parse(data=data, format="nt")
    for form in ("turtle", "longturtle", "nt"):
        text = graph.serialize(format=form)
        try:
            reference = expected(text)
        except SyntaxError:
            continue  # rdflib writes some names that are no Turtle
        assert quads_of(index(text.encode(), form)) == reference


@given(TRIPLES)
@settings(deadline=None, max_examples=150)
def test_what_the_reference_writes_is_read_back(triples: list[Triple]):
    prefixes = {"mq": "https://w3id.org/mithaq/ns#", "ex": "http://example.org/"}
    text = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes).decode()
    found = index(text.encode(), "x")
    assert quads_of(found) == canonical(Quad(t.subject, t.predicate, t.object) for t in triples)
    assert_spans_read_back(found)
    quads = [Quad(t.subject, t.predicate, t.object, t.predicate) for t in triples]
    trig = serialize(quads, format=RdfFormat.TRIG, prefixes=prefixes)
    assert quads_of(index(trig, "x", trig=True)) == canonical(quads)


@given(TRIPLES)
@settings(deadline=None, max_examples=150)
def test_what_we_write_is_read_back(triples: list[Triple]):
    try:
        text = write(triples)
    except BadData:
        return  # a blank node used twice
    found = index(text.encode(), "x")
    assert quads_of(found) == canonical(Quad(t.subject, t.predicate, t.object) for t in triples)
    assert_spans_read_back(found)


MARKS = [
    *"<>\"'\\.;,()[]{}@^_:a# \n%-+0e",
    "@prefix",
    "BASE",
    '"""',
    "[]",
    "()",
    "true",
    "^^",
    "é",
]
SHORT = [test["action"] for test in SUITE.values() if len(test["action"]) < 1500]
NEWER = re.compile(r"<<|\{\||~|--|version", re.IGNORECASE)


def mutant(chance: random.Random) -> str:
    """Return a test of W3C with up to three changes: a mark more, some letters less, a piece."""
    text = chance.choice(SHORT)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        gone = chance.choice([0, 0, chance.randint(1, 4)])
        other = chance.choice(SHORT)
        start = chance.randrange(len(other) + 1)
        new = chance.choice([chance.choice(MARKS), "", other[start : start + 12]])
        text = text[:at] + new + text[at + gone :]
    return text


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("form", [RdfFormat.TURTLE, RdfFormat.TRIG], ids=["turtle", "trig"])
def test_changed_texts_are_read_as_the_reference_reads_them(seed: int, form: RdfFormat):
    chance = random.Random(seed)
    for text in (mutant(chance) for _ in range(500)):
        try:
            reference = expected(text, form=form)
        except SyntaxError:
            with pytest.raises(BadData):
                index(text.encode(), "x", trig=form == RdfFormat.TRIG)
            continue
        try:
            assert quads_of(index(text.encode(), "x", trig=form == RdfFormat.TRIG)) == reference
        except BadData:
            assert NEWER.search(text), text


# Our own files


@pytest.mark.parametrize("folder", ["ontology", "data"])
def test_our_files_have_the_triples_of_the_reference_parser(folder: str):
    paths = sorted((ROOT / folder).rglob("*.ttl"), key=lambda path: path.stat().st_size)
    assert paths
    # A quarter of the data, the largest file included, so that it takes seconds.
    paths = paths[::-4] if folder == "data" else paths
    for path in paths:
        data = path.read_bytes()
        rows = [row[:3] for row in index(data, path.name).rows]
        triples = [(t.subject, t.predicate, t.object) for t in read(data, path.name)]
        if folder == "data":
            assert rows == triples, path.name
        else:
            assert canonical(Quad(*row) for row in rows) == canonical(
                Quad(*triple) for triple in triples
            ), path.name


# TriG and places


@pytest.mark.parametrize(
    "text",
    [
        "<a:g> { <a:s> <a:p> 1 } <a:s> <a:p> 2 .",
        "GRAPH <a:g> { <a:s> <a:p> 1 . } { <a:s> <a:p> 2 ; }",
        "graph _:g { [ <a:p> 1 ] . [ <a:p> 2 ] }",
        "[] { <a:s> <a:p> ( 1 2 ) } {}",
        "PREFIX : <a:> :g { :s a :C , :D . :t :p [ :q [] ] . }",
    ],
)
def test_trig_is_read_as_the_reference_parser_does(text: str):
    found = index(text.encode(), "x", trig=True)
    assert quads_of(found) == expected(text, form=RdfFormat.TRIG)


@pytest.mark.parametrize(
    "text",
    [
        "<a:g> { <a:s> <a:p> 1 ",
        "<a:s> <a:p> 1 }",
        "<a:g> { @prefix x: <a:> . }",
        "{ <a:g> { <a:s> <a:p> 1 } }",
        "GRAPH { <a:s> <a:p> 1 }",
        "( 1 ) { <a:s> <a:p> 1 }",
        "[ <a:p> 1 ] { <a:s> <a:p> 1 }",
        "GRAPH <a:g> <a:s> <a:p> 1 .",
    ],
)
def test_what_is_no_trig_is_refused(text: str):
    with pytest.raises(SyntaxError):
        list(parse(text.encode(), RdfFormat.TRIG))
    with pytest.raises(BadData, match="x:1:"):
        index(text.encode(), "x", trig=True)


@pytest.mark.parametrize(
    "text",
    [
        "<a:s> <a:p> <<( <a:s> <a:p> 1 )>> .",
        "<< <a:s> <a:p> 1 >> <a:p> 1 .",
        "<a:s> <a:p> 1 {| <a:q> 2 |} .",
        "<a:s> <a:p> 1 ~ <a:r> .",
        '<a:s> <a:p> "x"@ar--rtl .',
        'VERSION "1.2" <a:s> <a:p> 1 .',
    ],
)
def test_rdf_1_2_is_left_out(text: str):
    list(parse(text.encode(), RdfFormat.TURTLE))
    with pytest.raises(BadData, match="x:1:"):
        index(text.encode(), "x")


PLACES = """\
@prefix ex: <http://ex.org/> .
ex:s a ex:C ; # "not a literal"
    ex:title "Ünïcode 🕊 \\"x\\""@en , '''two
lines''' ; ex:list ( 1 [ ex:p 2 ] ) .
"""


@pytest.mark.parametrize(
    ("row", "subject", "predicate", "value"),
    [
        (0, (2, 1, 2, 5), (2, 6, 2, 7), (2, 8, 2, 12)),
        (1, (2, 1, 2, 5), (3, 5, 3, 13), (3, 14, 3, 34)),
        (2, (2, 1, 2, 5), (3, 5, 3, 13), (3, 37, 4, 9)),
        (3, (2, 1, 2, 5), (4, 12, 4, 19), (4, 20, 4, 36)),
        (4, (4, 20, 4, 36), (4, 22, 4, 23), (4, 22, 4, 23)),
        (7, (4, 24, 4, 34), (4, 26, 4, 30), (4, 31, 4, 32)),
        (8, (4, 20, 4, 36), (4, 35, 4, 36), (4, 35, 4, 36)),
    ],
)
def test_places_are_lines_and_columns_in_characters(row, subject, predicate, value):
    stands = index(PLACES.encode(), "x").standing(row)
    assert (stands.subject, stands.predicate, stands.object) == (
        Span(*subject),
        Span(*predicate),
        Span(*value),
    )


def test_a_node_a_property_and_a_value_are_found():
    found = index(PLACES.encode(), "x")
    node, title = "http://ex.org/s", "http://ex.org/title"
    assert found.find(node) == [0, 1, 2, 3]
    assert found.find(node, title) == [1, 2]
    assert found.find(node, title, "two\nlines") == [2]
    assert found.find(node, title, "three") == found.find("http://ex.org/t") == []
    assert found.mention("http://ex.org/C") == Span(2, 8, 2, 12)
    assert found.mention("http://ex.org/D") is None
    assert found.written(found.standing(1).pair) == 'ex:title "Ünïcode 🕊 \\"x\\""@en'


def test_a_triple_said_twice_is_found():
    found = index(b"<a:s> <a:p> 1 , 2 . <a:s> <a:p> 01 , 1 .", "x")
    assert list(found.repeated()) == [(3, 0)]


def test_prefixes_are_known_with_their_use():
    text = b"@prefix a: <a:> . PREFIX b: <b:>\nb:s b:p b:o . @prefix b: <c:> ."
    assert [(p.name, p.namespace, p.used) for p in index(text, "x").prefixes] == [
        ("a", "a:", False),
        ("b", "b:", True),
        ("b", "c:", False),
    ]


def test_nesting_is_not_bound_by_the_stack_of_python():
    deep = 20_000
    text = "<a:s> <a:p> " + "[ <a:p> ( " * deep + "1" + " ) ]" * deep + " ."
    assert len(index(text.encode(), "x")) == 4 * deep - deep + 1


def test_a_keyword_ends_where_a_letter_goes_on():
    with pytest.raises(BadData, match="x:1:1"):
        index(b"@prefixp: <a:> . p:s p:p 1 .", "x")


def test_what_is_not_utf8_is_refused():
    with pytest.raises(BadData, match="UTF-8"):
        index(b"<a:s> <a:p> '\xff' .", "x")
