"""A write is made whole or not at all, says exactly what it changed, and keeps the shapes."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse
from rdflib import Graph

from kg.errors import (
    BadData,
    BadQuery,
    Conflict,
    Invalid,
    KgError,
    NotFound,
    OutOfMemory,
    PreconditionFailed,
    Refused,
    TooSlow,
    UnsupportedMedia,
)
from kg.files import Layout
from kg.validate import ENGINES, SH, shapes_graph
from kg.vocab import BASE, MQ, RDF_TYPE
from kg.writing import ALL, DEFAULT, Body, Drop, Expect, Load, Update, Writer
from kg.writing.difference import make
from kg.writing.judge import Judge
from kg.writing.operations import split, with_dataset
from kg.writing.patch import Difference, apply, read, write
from kg.writing.reach import reach

P = "PREFIX e: <http://e/> "
#: Whether to try all there is to try, which takes half an hour.
MANY = os.environ.get("FUZZ") == "many"
SEED = """
<http://e/a> <http://e/p> <http://e/b> .
<http://e/a> <http://e/q> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://e/b> <http://e/p> _:x .
_:x <http://e/q> "x" .
<http://e/a> <http://e/p> <http://e/c> <http://e/g> .
<http://e/c> <http://e/q> "2"^^<http://www.w3.org/2001/XMLSchema#integer> <http://e/g> .
<http://e/c> <http://e/p> <http://e/a> <http://e/h> .
"""


def seed() -> list[Quad]:
    return list(parse(SEED, format=RdfFormat.N_QUADS))


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    found = Writer(tmp_path / "written", None, seed(), seconds=5)
    yield found
    found.close()


def journal(tmp_path: Path) -> bytes:
    return (tmp_path / "written/journal-1.rdfp").read_bytes()


def turtle(text: str, graph: str = "http://e/new", *, replace: bool = True) -> Load:
    body = Body(text.encode(), "text/turtle", graph if ":" in graph else "http://e/")
    return Load(graph=graph, bodies=(body,), replace=replace)


# Exactly what was changed

TERM = st.sampled_from(["e:a", "e:b", "e:c", "e:p", "e:q", "1", '"x"', "?s", "?o", "?v"])
NODE = st.sampled_from(["e:a", "e:b", "e:c", "?s", "?o"])
EDGE = st.sampled_from(["e:p", "e:q", "?p"])
HOME = st.sampled_from(["e:g", "e:h", "e:n", "?g"])


@st.composite
def block(draw: st.DrawFn, *, ground: bool = False) -> str:
    """Quads between braces, some of them in named graphs."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        triple = f"{draw(NODE)} {draw(EDGE)} {draw(TERM)} ."
        found.append(f"GRAPH {draw(HOME)} {{ {triple} }}" if draw(st.booleans()) else f"{triple} ")
    text = " ".join(found)
    if ground:
        for variable in ("?s", "?o", "?p", "?g", "?v"):
            text = text.replace(variable, "e:z")
    return f"{{ {text} }}"


@st.composite
def operation(draw: st.DrawFn) -> str:
    kind = draw(st.integers(0, 6))
    if kind == 0:
        return f"INSERT DATA {draw(block(ground=True))}"
    if kind == 1:
        return f"DELETE DATA {draw(block(ground=True))}"
    if kind == 2:
        return f"DELETE WHERE {draw(block())}"
    if kind == 3:
        graph = draw(st.sampled_from(["GRAPH e:g", "GRAPH e:n", "DEFAULT", "NAMED", "ALL"]))
        return f"{draw(st.sampled_from(['CLEAR', 'DROP']))} SILENT {graph}"
    if kind == 4:
        word = draw(st.sampled_from(["COPY", "MOVE", "ADD"]))
        ends = [draw(st.sampled_from(["DEFAULT", "e:g", "GRAPH e:h", "e:n"])) for _ in "ab"]
        return f"{word} SILENT {ends[0]} TO {ends[1]}"
    if kind == 5:
        return "CREATE SILENT GRAPH e:n"
    dataset = draw(st.sampled_from(["", "WITH e:g ", "WITH e:n "]))
    using = draw(st.sampled_from(["", "", "USING e:g ", "USING NAMED e:h "]))
    delete = f"DELETE {draw(block())} " if draw(st.booleans()) else ""
    insert = draw(block())
    blank = " _:n e:q ?s . " if draw(st.booleans()) else ""
    insert = f"INSERT {{ {blank} {insert[1:-1]} }} "
    graph = draw(st.sampled_from(["{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }"]))
    return f"{dataset}{delete}{insert}{using}WHERE {graph}"


@settings(max_examples=3000 if MANY else 100, deadline=None)
@given(st.lists(operation(), min_size=1, max_size=4).map(";\n".join))
@example("INSERT DATA { e:a e:p 01, 1 , 1.0 }; DELETE DATA { e:a e:q 1 }")
@example('INSERT { ?s e:p "}" } WHERE { ?s ?p ?o FILTER(?o<3&&?o>1) } # ; {')
@example("DELETE { ?s ?p ?o } INSERT { GRAPH e:n { ?s ?p ?o } } WHERE { ?s ?p ?o }")
@example("INSERT DATA { e:a e:p 5 }; DELETE WHERE { e:a e:p 5 }; INSERT DATA { e:a e:p 5 }")
def test_difference_is_that_of_the_stores(text: str):
    told_exactly(text)


def told_exactly(text: str) -> None:
    """Make an update here, and straight in a store: the difference is that of the stores."""
    before, tried, straight = Store(), Store(), Store()
    for store in (before, tried, straight):
        store.extend(seed())
    found = make(tried, Update(text=P + text), len(before))
    straight.update(P + text, base_iri=BASE)
    assert len(tried) == len(straight)
    assert set(found.added) == set(tried) - set(before)
    assert set(found.removed) == set(before) - set(tried)
    again = read(write(found), "here")
    apply(before, again)
    assert set(before) == set(tried)
    assert set(before.named_graphs()) == set(straight.named_graphs())
    assert without_blank(before) == without_blank(straight)


def without_blank(store: Store) -> list[str]:
    return sorted(
        " ".join("_" if isinstance(term, BlankNode) else str(term) for term in quad)
        for quad in store
    )


@pytest.mark.parametrize(
    "text",
    [
        "DELETE { ?s ?p ?o } INSERT { ?s ?p <#x> } WHERE { ?s ?p ?o }",
        "INSERT { ?s e:less true } WHERE { ?s ?p ?o, ?x FILTER(?o<'#'||?x>?o) }",
        "WITH e:g DELETE { ?s ?p ?o } INSERT { GRAPH e:h { ?o ?p ?s } } WHERE { ?s ?p ?o }",
        "BASE <http://b/> DELETE WHERE { ?s e:p ?o }; INSERT DATA { <x> e:p <y> }",
        "PREFIX f: <http://e/> INSERT DATA { f:a f:p ( 1 [ f:q '''a}\";''' ] ) }",
    ],
)
def test_difference_of_what_is_hard_to_cut(text: str):
    told_exactly(text)


# Updates


def test_update_is_committed_and_counted(writer: Writer, tmp_path: Path):
    done = writer.apply(
        Update(text=P + "DELETE { ?s e:p ?o } INSERT { ?s e:r ?o } WHERE { ?s e:p ?o }")
    )
    assert (done.added, done.removed, done.created) == (2, 2, False)
    assert journal(tmp_path).count(b"TX .\n") == 1
    assert len(writer.store) == writer.count == len(seed())


def test_change_that_changes_nothing_is_not_written_down(writer: Writer, tmp_path: Path):
    before = journal(tmp_path), writer.version
    for text in (
        "INSERT DATA { e:a e:q 1 }",
        "DELETE DATA { e:z e:q 1 }",
        "",
        "CREATE SILENT GRAPH e:g",
    ):
        assert writer.apply(Update(text=P + text)).added == 0
    same = turtle(
        "<http://e/a> <http://e/p> <http://e/c> . <http://e/c> <http://e/q> 02 .", "http://e/g"
    )
    assert writer.apply(same).removed == 0
    assert (journal(tmp_path), writer.version) == before


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA {\n e:a f:p 1 }", BadQuery),
        ("SELECT * { ?s ?p ?o }", BadQuery),
        ("DROP GRAPH e:nothing", Conflict),
        ("INSERT DATA { e:a e:b 9 }; CREATE GRAPH e:g", Conflict),
        ("LOAD <http://127.0.0.1:9/>", Refused),
        ("INSERT DATA { e:a e:b 9 }; load silent <file:///etc/passwd> into graph e:g", Refused),
        (
            "INSERT { ?s ?p ?o } WHERE { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
            Refused,
        ),
    ],
)
def test_update_that_fails_leaves_nothing(
    writer: Writer, tmp_path: Path, text: str, error: type[KgError]
):
    before = journal(tmp_path), set(writer.store)
    with pytest.raises(error):
        writer.apply(Update(text=P + text))
    assert (journal(tmp_path), set(writer.store)) == before


def test_syntax_error_has_line_and_column(writer: Writer):
    with pytest.raises(BadQuery) as caught:
        writer.apply(Update(text="INSERT DATA {\n <http://e/a> }"))
    assert (caught.value.details["line"], caught.value.details["column"]) == (2, 15)


def test_words_that_look_like_load_are_no_load(writer: Writer):
    text = "PREFIX load: <http://e/load#> INSERT DATA { load:a load:load 'LOAD <x>' } # LOAD <y>"
    assert writer.apply(Update(text=text)).added == 1


def test_graphs_stay_when_empty_and_are_read_again(writer: Writer, tmp_path: Path):
    writer.apply(Update(text=P + "CREATE GRAPH e:n ; CLEAR GRAPH e:g ; DROP GRAPH e:h"))
    writer.close()
    again = Writer(tmp_path / "written", None)
    assert {str(one) for one in again.store.named_graphs()} == {"<http://e/n>", "<http://e/g>"}
    again.close()


def test_using_of_the_protocol(writer: Writer):
    text = P + "DELETE WHERE { ?s e:q ?o } ; INSERT { ?s e:new ?o } WHERE { ?s e:p ?o }"
    done = writer.apply(Update(text=text, using=("http://e/g",)))
    assert (done.added, done.removed) == (1, 0)
    named = P + "INSERT { ?s e:named ?g } WHERE { GRAPH ?g { ?s ?p ?o } }"
    done = writer.apply(Update(text=named, using_named=("http://e/h",)))
    assert done.added == 1


@pytest.mark.parametrize(
    "text", ["WITH e:g INSERT { ?s ?p 1 } WHERE {}", "INSERT { ?s ?p 1 } USING e:g WHERE {}"]
)
def test_dataset_told_twice_is_refused(writer: Writer, text: str):
    with pytest.raises(BadQuery, match="USING or WITH"):
        writer.apply(Update(text=P + text, using=("http://e/h",)))


def test_dataset_is_put_before_where():
    text = "DELETE { ?where ?p 'WHERE {' } WHERE { ?where ?p ?o }"
    found = with_dataset(text, ("http://e/g",), ())
    assert found == text.replace(" WHERE { ?w", " USING <http://e/g>  WHERE { ?w").replace(
        ">  W", "> W"
    )
    assert [one.kind for one in split(found) or ()] == ["DELETE"]


# Graphs


def test_graph_is_put_and_added_to_and_dropped(writer: Writer):
    assert writer.apply(turtle("<> <p> _:a .")).created
    more = writer.apply(turtle("<> <p> _:a .", replace=False))
    assert (more.created, more.added) == (False, 1)
    assert writer.apply(turtle("<> <p> 1 .")).removed == 2
    assert writer.apply(Drop(graph="http://e/new")).removed == 1
    with pytest.raises(NotFound):
        writer.apply(Drop(graph="http://e/new"))


def test_blank_nodes_of_two_writes_are_two(writer: Writer):
    for _ in range(3):
        assert writer.apply(Update(text=P + "INSERT DATA { _:a e:w [] }")).added == 1
        assert writer.apply(turtle("_:a <p> [] .", replace=False)).added == 1
    quads = writer.store.quads_for_pattern(None, NamedNode("http://e/w"), None)
    assert len({quad.subject for quad in quads}) == 3


def test_empty_graph_is_put(writer: Writer):
    assert writer.apply(turtle("")).created
    assert not writer.apply(turtle("")).created


def test_default_graph_is_new_when_it_was_empty(writer: Writer):
    assert not writer.apply(turtle("<> <p> 1 .", DEFAULT)).created
    writer.apply(Drop(graph=DEFAULT))
    assert writer.apply(turtle("<> <p> 1 .", DEFAULT)).created


def test_dataset_is_put_whole(writer: Writer):
    trig = Body(b"<http://e/k> { <http://e/a> <http://e/p> 1 }", "application/trig", "http://e/")
    writer.apply(Load(graph=ALL, bodies=(trig,), replace=True))
    assert [str(quad.graph_name) for quad in writer.store] == ["<http://e/k>"]
    assert [str(name) for name in writer.store.named_graphs()] == ["<http://e/k>"]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">
<rdf:Description rdf:about="http://e/a"><e:p>&b;</e:p></rdf:Description></rdf:RDF>"""


@pytest.mark.parametrize(
    ("data", "media", "error", "message"),
    [
        (b"<a> <b>\n <c> <d>", "text/turtle", BadData, "body:2:"),
        (b"{", "application/ld+json", BadData, "body"),
        (BOMB, "application/rdf+xml", BadData, "entities"),
        (BOMB.decode().encode("utf-16"), "application/rdf+xml", BadData, "entities"),
        (b'{"@context":"http://127.0.0.1:9/"}', "application/ld+json", BadData, "not fetched"),
        (b'{"@context":{"@import":"http://e/"}}', "application/ld+json", BadData, "not fetched"),
        (b"<http://e/g> { <a> <b> <c> }", "application/trig", BadData, "body"),
        (b"a,b", "text/csv", UnsupportedMedia, "text/csv"),
    ],
)
def test_body_that_is_not_read(
    writer: Writer, data: bytes, media: str, error: type[KgError], message: str
):
    before = set(writer.store)
    body = Body(data, media, "http://e/base")
    with pytest.raises(error, match=message):
        writer.apply(Load(graph="http://e/g", bodies=(body,), replace=True))
    assert set(writer.store) == before


# Conditions and limits


def test_write_on_condition(writer: Writer):
    new, old = Expect(exists=False), Expect(exists=True)
    body = turtle("<> <p> 1 .").bodies
    with pytest.raises(PreconditionFailed):
        writer.apply(Load(graph="http://e/new", bodies=body, replace=True, expect=old))
    seen = writer.version
    assert writer.apply(Load(graph="http://e/new", bodies=body, replace=True, expect=new)).created
    for expect in (new, Expect(versions=(seen,))):
        with pytest.raises(PreconditionFailed):
            writer.apply(Load(graph="http://e/new", bodies=body, replace=True, expect=expect))
    writer.apply(Drop(graph="http://e/new", expect=Expect(versions=("x", writer.version))))


CROSS = (
    P
    + "INSERT { e:x e:n ?n } WHERE { SELECT (COUNT(*) AS ?n) {"
    + " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(12))
    + "} }"
)
GROWING = (
    P
    + f'INSERT {{ ?a e:long ?x }} WHERE {{ ?a ?b ?c BIND("{"x" * 1000}" AS ?s)'
    + ' BIND(REPLACE(?s, "x", ?s) AS ?t) BIND(REPLACE(?t, "x", ?s) AS ?x) }'
)


def test_write_that_takes_too_long_is_stopped_and_leaves_nothing(tmp_path: Path):
    writer = Writer(tmp_path / "written", None, seed(), seconds=0.5)
    before = journal(tmp_path), set(writer.store)
    with pytest.raises(TooSlow):
        writer.apply(Update(text=CROSS))
    assert (journal(tmp_path), set(writer.store)) == before
    assert writer.apply(Update(text=P + "INSERT DATA { e:a e:p 7 }")).added == 1
    writer.close()


def test_write_that_takes_too_much_memory_leaves_nothing(tmp_path: Path):
    writer = Writer(tmp_path / "written", None, seed(), memory=64 * 1024**2)
    before = journal(tmp_path), set(writer.store)
    faulthandler.disable()  # The process that is to die would tell of it.
    with pytest.raises(OutOfMemory):
        writer.apply(Update(text=GROWING))
    assert (journal(tmp_path), set(writer.store)) == before
    writer.close()


# Shapes


@pytest.fixture(scope="module")
def kept(
    mini: Path, mini_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Writer]:
    found = Writer(tmp_path_factory.mktemp("kept"), mini, mini_store)
    yield found
    found.close()


def agreement(store: Store) -> NamedNode:
    quads = store.quads_for_pattern(None, NamedNode(RDF_TYPE), NamedNode(MQ + "Agreement"))
    return min((quad.subject for quad in quads), key=str)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "property_"),
    [
        ("INSERT DATA {{ agr:new a mq:Agreement }}", "prefLabel"),
        ("DELETE WHERE {{ {0} skos:prefLabel ?x }}", "prefLabel"),
        ("INSERT DATA {{ GRAPH <http://e/g> {{ {0} mq:signedOn 'soon' }} }}", "signedOn"),
        ("DELETE WHERE {{ ?state a mq:State }}", "party"),
        ("DROP DEFAULT", ""),
    ],
)
def test_write_that_breaks_a_shape_is_refused_whole(kept: Writer, text: str, property_: str):
    before = set(kept.store), kept.version
    text = text.format(agreement(kept.store)) + "; INSERT DATA { <http://e/a> <http://e/b> 1 }"
    with pytest.raises(Invalid) as caught:
        kept.apply(Update(text=text))
    assert (set(kept.store), kept.version) == before
    assert caught.value.status == 422
    report = Graph().parse(data=caught.value.report, format="nt")
    paths = {str(path) for path in report.objects(None, SH.resultPath)}
    assert any(path.endswith(property_) for path in paths)
    assert (None, SH.conforms, None) in report
    assert caught.value.details["results"]


def test_graph_that_breaks_a_shape_is_a_conflict(kept: Writer):
    with pytest.raises(Invalid) as caught:
        kept.apply(turtle(f"<http://e/x> a <{MQ}Agreement> .", "http://e/g"))
    assert caught.value.status == 409


def test_write_that_keeps_the_shapes_is_made(kept: Writer):
    one = agreement(kept.store)
    done = kept.apply(Update(text=f"INSERT DATA {{ {one} skos:note 'read again'@en }}"))
    assert done.added == 1
    assert (
        kept.apply(Update(text=f"DELETE WHERE {{ {one} skos:note 'read again'@en }}")).removed == 1
    )


def test_what_was_broken_before_is_no_reason_to_refuse(mini: Path, tmp_path: Path):
    broken = [Quad(NamedNode("http://e/x"), NamedNode(RDF_TYPE), NamedNode(MQ + "Agreement"))]
    writer = Writer(tmp_path / "written", mini, broken)
    assert writer.apply(Update(text="INSERT DATA { <http://e/x> skos:note 'more'@en }")).added == 1
    with pytest.raises(Invalid):
        writer.apply(Update(text="INSERT DATA { <http://e/x> mq:signedOn 'soon' }"))
    writer.close()


def test_blank_nodes_keep_the_shapes_too(mini: Path, tmp_path: Path):
    writer = Writer(tmp_path / "written", mini)
    bad = "INSERT DATA { [] a mq:Agreement }"
    with pytest.raises(Invalid):
        writer.apply(Update(text=bad))
    writer.close()
    blank = Quad(BlankNode(), NamedNode(RDF_TYPE), NamedNode(MQ + "Agreement"))
    writer = Writer(tmp_path / "broken", mini, [blank])
    for text in (bad, "INSERT DATA { <http://e/x> <http://e/p> [ a mq:Agreement ] }"):
        with pytest.raises(Invalid):
            writer.apply(Update(text=text))
    same = "DELETE { ?x a ?t } INSERT { [] a ?t } WHERE { ?x a ?t }"
    assert writer.apply(Update(text=same)).added == 1
    assert writer.apply(Update(text="INSERT DATA { <http://e/x> a mq:Unknown }")).added == 1
    writer.close()


@pytest.mark.parametrize("value", ['"x"@en--ltr', "<<( <http://e/s> <http://e/p> 1 )>>"])
def test_rdf_1_2_is_held_against_shapes_of_rdf_1_1(mini: Path, tmp_path: Path, value: str):
    writer = Writer(tmp_path / "written", mini)
    assert writer.apply(Update(text=f"INSERT DATA {{ <http://e/x> <http://e/p> {value} }}")).added
    with pytest.raises(Invalid) as caught:
        writer.apply(
            Update(text=f"INSERT DATA {{ <http://e/x> a mq:Agreement ; mq:from {value} }}")
        )
    rules = {result["path"] for result in caught.value.details["results"]}  # type: ignore[attr-defined]
    assert any(rule.endswith("prefLabel") for rule in rules)
    text = (
        "INSERT DATA { mq:Agreement rdfs:subClassOf <http://e/C> } ; DROP SILENT GRAPH <http://e/>"
    )
    assert writer.apply(Update(text=text)).added == 1
    with pytest.raises(Invalid):
        writer.apply(
            Update(
                text="INSERT DATA { <http://e/D> rdfs:subClassOf mq:Agreement ."
                " <http://e/y> a <http://e/D> }"
            )
        )
    writer.close()


CASES = sorted((Path(__file__).parent / "cases/shapes").rglob("*.ttl"))[:: 1 if MANY else 20]


def test_our_shapes_look_a_bounded_way(mini: Path):
    found = reach(shapes_graph(Layout(mini).shapes()))
    assert found is not None
    assert found.levels == {0: None, 1: {RDF_TYPE}}


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_judged_where_it_matters_as_judged_whole(path: Path, shapes: Graph):
    """Take each triple out of a case, and put it back: near and whole agree on what is new."""
    quads = [Quad(*quad.triple) for quad in parse(path=path, format=RdfFormat.TURTLE)]
    judge = Judge(shapes)
    for at in range(0, len(quads), max(1, len(quads) // (6 if MANY else 2))):
        rest = quads[:at] + quads[at + 1 :]
        for difference, old, new in (
            (Difference(removed=[quads[at]]), quads, rest),
            (Difference(added=[quads[at]]), rest, quads),
        ):
            expected = found(new, shapes) - found(old, shapes)
            store = Store()
            store.extend(new)
            if not expected:
                judge.check(store, difference)
                continue
            with pytest.raises(Invalid) as caught:
                judge.check(store, difference)
            assert caught.value.details["found"] == len(expected)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return shapes_graph(Layout(Path(__file__).parent.parent).shapes())


def found(quads: list[Quad], shapes: Graph) -> set[object]:
    data = "".join(f"{quad.triple} .\n" for quad in quads).encode()
    return {one for one in ENGINES["fast"](data, shapes) if one.severity == "violation"}


@pytest.mark.parametrize(
    ("path", "depth"),
    [
        ("<http://e/p>", 0),
        ("( <http://e/p> <http://e/q> )", 1),
        ("[ sh:alternativePath ( <http://e/p> ( <http://e/p> <http://e/q> <http://e/r> ) ) ]", 2),
        ("[ sh:inversePath <http://e/p> ]", None),
        ("[ sh:zeroOrMorePath <http://e/p> ]", None),
    ],
)
def test_reach_of_a_path(path: str, depth: int | None):
    text = f"""@prefix sh: <{SH}> . <http://e/s> a sh:NodeShape ; sh:targetClass <http://e/C> ;
        sh:property [ sh:path {path} ; sh:minCount 1 ] ."""
    found = reach(Graph().parse(data=text, format="turtle"))
    assert (found.depth if found else None) == depth
