"""Parts of a graph, judged one by one, give what the whole gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse, serialize

from kg import parts, validate
from kg.files import Layout
from kg.validate.links import looks_forward
from tests.conftest import ROOT
from tests.test_shapes import INVALID, VALID

SHAPES = validate.shapes_graph(Layout(ROOT).shapes())


def triples(*paths: Path) -> bytes:
    """Return the cases as one graph."""
    found = [quad.triple for path in paths for quad in parse(path=path, format=RdfFormat.TURTLE)]
    return serialize(dict.fromkeys(found), format=RdfFormat.N_TRIPLES)


@pytest.fixture(scope="module")
def mixed() -> bytes:
    return triples(*INVALID, *VALID)


@pytest.mark.parametrize(("count", "hub"), [(1, 50), (2, 50), (5, 3), (40, 1), (7, 0)])
def test_the_parts_break_the_rules_that_the_whole_breaks(
    mixed: bytes, count: int, hub: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(parts, "HUB", hub)
    made = list(parts.cut(mixed, count))
    assert len(made) <= count
    assert {line for part in made for line in part.splitlines()} == set(mixed.splitlines())
    found = {result for part in made for result in validate.validate(part, SHAPES)}
    assert found == set(validate.validate(mixed, SHAPES)) != set()


def test_what_links_stays_together_and_what_many_point_to_is_everywhere():
    lines = [b"<a> <p> <b> .\n", b"<b> <p> <hub> .\n", b"<c> <p> <hub> .\n", b"<d> <p> <hub> .\n"]
    lines += [b"<hub> <p> <behind> .\n", b'<behind> <p> "x" .\n', b'<e> <p> "y" .\n']
    lines += [b"<f%d> <p> <hub> .\n" % n for n in range(parts.HUB)]
    made = [part.splitlines(keepends=True) for part in parts.cut(b"".join(lines), 3)]
    assert len(made) == 3
    assert all(set(lines[4:6]) <= set(part) for part in made)
    assert [lines[0] in part for part in made] == [lines[1] in part for part in made]
    assert sorted(line for part in made for line in part) == sorted([*lines, *2 * lines[4:6]])


def test_a_large_graph_is_judged_in_parts(mixed: bytes, monkeypatch: pytest.MonkeyPatch):
    store = Store()
    for number, quad in enumerate(parse(mixed, RdfFormat.N_TRIPLES)):
        home = DefaultGraph() if number % 2 else NamedNode("urn:graph")
        store.add(Quad(quad.subject, quad.predicate, quad.object, home))
    whole = validate.validate(validate.union(store), SHAPES)
    monkeypatch.setattr(validate.stored, "PART", len(mixed) // 3)
    assert validate.validate_store(store, SHAPES) == whole != []


def test_a_large_graph_is_reported_on_where_nodes_fail(
    mixed: bytes, monkeypatch: pytest.MonkeyPatch
):
    whole = validate.validate(mixed, SHAPES)
    monkeypatch.setattr(validate.engines, "LARGE", 0)
    assert validate.validate(mixed, SHAPES) == whole
    assert validate.validate(triples(VALID[0]), SHAPES) == []


def test_ahead_of_a_node_is_all_that_links_lead_to():
    lines = [b"<a> <p> <b> .\n", b"<b> <p> _:c .\n", b'_:c <p> "<d> ." .\n', b"<d> <p> <b> .\n"]
    lines += [b"<b> <q> <b> .\n"]
    found = parts.ahead(b"".join(lines), {b"<b>", b"<nowhere>"})
    assert sorted(found.splitlines(keepends=True)) == sorted(lines[n] for n in (1, 2, 4))


def test_a_node_that_a_shape_names_is_judged_in_the_whole():
    shapes = validate.shapes.graph_of(
        quad.triple
        for quad in parse(
            b"@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ;"
            b" sh:targetNode <urn:n> ; sh:property [ sh:path <urn:p> ; sh:minCount 1 ] .",
            RdfFormat.TURTLE,
        )
    )
    assert not looks_forward(shapes)
    assert looks_forward(SHAPES)


def test_nothing_is_one_empty_part():
    assert list(parts.cut(b"", 4)) == [b""]
