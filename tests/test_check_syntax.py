"""Each file that cannot be read is told of, with its place; it hides no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import settings as config
from kg.check.syntax import RULES, findings
from kg.check.work import Work
from kg.errors import BadData
from kg.findings import Finding
from kg.turtle import read

GOOD = {
    "ontology/ex.ttl": "@prefix ex: <http://ex.org/> .\nex:C a ex:D .\n",
    "data/things.ttl": "@prefix ex: <http://ex.org/> .\n\nex:one a ex:C .\n",
    "queries/all.rq": "#+ summary: All\nSELECT ?s WHERE { ?s ?p ?o }\n",
    "ontology/checks/none-violation.rq": "SELECT ?focus WHERE { ?focus ?p ?o }\n",
}
QUERY = b"PREFIX ex: <http://ex.org/>\nSELECT ?s WHERE { ?s ex:p ?o "


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in GOOD.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def found(folder: Path) -> list[Finding]:
    return list(findings(Work(config.load(folder, {}))))


def test_what_can_be_read_is_silent(folder: Path):
    assert found(folder) == []


@pytest.mark.parametrize(
    ("name", "data", "rule", "place", "words"),
    [
        (
            "data/x.ttl",
            b"<a:s> <a:p> 1 .\n<a:s> no:p 1 .",
            "turtle",
            "2:7",
            "add @prefix no: <…> .",
        ),
        ("data/x.ttl", b"<a:s> <a:p> owll:x .", "turtle", "1:13", "did you mean owl:?"),
        ("data/x.ttl", b"<a:s> a owl:Class .", "turtle", "1:9", "add @prefix owl: <http://www"),
        ("data/x.ttl", b"<a:s> <a:p> 1", "turtle", "1:14", "unexpected end"),
        ("data/x.ttl", "<a:s> <a:p> 'é' <b c> .".encode(), "turtle", "1:17", "IRI code point"),
        ("data/x.ttl", b"<a:s> <a:p> 'caf\xe9' .", "encoding", "1:17", "0xE9 is not UTF-8"),
        ("data/x.ttl", "<a:s> <a:p> 1 .".encode("utf-16"), "encoding", "1:1", "UTF-16"),
        ("data/x.ttl", "<a:s> <a:p> 1 .".encode("utf-16-le"), "encoding", "1:1", "UTF-16"),
        ("data/x.ttl", b"\xef\xbb\xbf<a:s> <a:p> 1 .", "byte-order-mark", "1:1", "plain UTF-8"),
        ("data/x.ttl", b"\n<a:s>\r\n<a:p> 1 .\r\n", "line-ending", "2:6", "kg fmt"),
        ("data/x.ttl", b"", "empty", "", "no triples"),
        ("data/x.ttl", b"# nothing\n", "empty", "", "no triples"),
        ("data/x.ttl", b"\n<a:s> <a:p> '" + b"x" * 10**6 + b"' .", "long-line", "2:1", "break it"),
        ("data/x.ttl", b"\n<a:s> <a:p> '" + b"x\n" * 9 * 10**6, "turtle", "2:1", "16 MiB"),
        ("data/x.trig", b"<a:g> { <a:s> <a:p> 1 ", "turtle", "1:23", "unexpected end"),
        ("data/agreements/deep/x.ttl", b"<a:s> .", "turtle", "1:7", "not a valid predicate"),
        ("ontology/shapes/x.ttl", b"nonsense", "turtle", "1:1", "not a valid subject"),
        (
            "queries/x.rq",
            b"SELECT ?x WHERE {\n  ?x ex:p 1 }",
            "sparql",
            "2:6",
            "ex: is not declared",
        ),
        ("queries/x.rq", QUERY, "sparql", "2:17", "this { is not closed"),
        ("queries/x.rq", b"", "sparql", "1:1", "the query is empty"),
        ("queries/x.rq", b"\xef\xbb\xbfASK {}", "byte-order-mark", "1:1", "UTF-8"),
        ("queries/x.rq", b"INSERT DATA { <a:s> <a:p> 1 }", "sparql", "1:1", "An update"),
        ("queries/x.rq", b"ASK { SERVICE <http://x/> { ?s } }", "sparql", "1:7", "Expected"),
        ("queries/x.rq", b"ASK " + b"{" * 500 + b"}" * 500, "sparql", "", "deep"),
        ("ontology/rules/x.rq", b"# \xff", "encoding", "1:3", "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(folder: Path, name, data, rule, place, words):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    (finding,) = found(folder)
    assert finding.rule == f"syntax/{rule}"
    assert finding.severity == RULES[finding.rule][0]
    assert str(finding.place) == (f"{name}:{place}" if place else name)
    assert words in finding.message


def test_a_line_of_millions_of_values_is_refused_at_once(folder: Path):
    data = b"#\n<a:s> <a:p> " + b"1," * 50 * 10**6 + b"1 .\n"
    (folder / "data/x.ttl").write_bytes(data)
    long, turtle = found(folder)
    assert (long.rule, turtle.rule) == ("syntax/long-line", "syntax/turtle")
    assert str(turtle.place) == "data/x.ttl:2:1"
    assert "a line of its own" in turtle.message
    with pytest.raises(BadData, match=r"x\.ttl:2:1: a line of more than 16 MiB"):
        read(data, "x.ttl")


def test_a_literal_beyond_what_the_parser_reads_is_told_of(folder: Path):
    data = b"<a:s> <a:p> 1 .\n<a:s> <a:p> '" + b"x" * 100_000_000 + b"' .\n"
    (folder / "data/x.ttl").write_bytes(data)
    assert [(one.rule, str(one.place)) for one in found(folder)] == [
        ("syntax/long-line", "data/x.ttl:2:1"),
        ("syntax/turtle", "data/x.ttl:2:1"),
    ]


def test_a_link_to_nothing_and_a_folder_are_told_of(folder: Path):
    (folder / "data/link.ttl").symlink_to("nowhere.ttl")
    (folder / "data/folder.ttl").mkdir()
    assert [(one.rule, str(one.place)) for one in found(folder)] == [
        ("syntax/unreadable", "data/folder.ttl"),
        ("syntax/unreadable", "data/link.ttl"),
    ]


def test_one_file_hides_no_other(folder: Path):
    for number in range(3):
        (folder / f"data/{number}.ttl").write_bytes(b"\xef\xbb\xbf<a:s>\r\n")
    assert [one.rule for one in found(folder)] == [
        f"syntax/{rule}" for _ in range(3) for rule in ("byte-order-mark", "line-ending", "turtle")
    ]


def test_a_query_that_asks_another_endpoint_is_read_and_never_sent(folder: Path):
    (folder / "queries/x.rq").write_text("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert found(folder) == []


def test_our_ontology_queries_and_a_sample_of_our_data_are_silent(tree: Path):
    assert found(tree) == []


def test_a_part_of_the_files_is_judged(folder: Path):
    paths = [folder / name for name in ("data/x.ttl", "data/y.ttl", "queries/x.rq")]
    for path in paths:
        path.write_text("nonsense")
    work = Work(config.load(folder, {}))
    assert len(list(findings(work))) == 3
    for path in paths:
        (one,) = findings(work, only={path})
        assert one.place
        assert folder / one.place.file == path


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ([], "no ontology/ and no data/"),
        (["ontology"], "no data/"),
        (["ontology", "data"], "no Turtle files"),
    ],
)
def test_what_is_no_repository_is_an_error(tmp_path: Path, made: list[str], words: str):
    for name in made:
        (tmp_path / name).mkdir()
    with pytest.raises(BadData, match=words):
        found(tmp_path)


def test_a_message_names_its_file_not_its_line_so_that_it_stays(folder: Path):
    path = folder / "data/x.ttl"
    path.write_text("<a:s> no:p 1 .")
    (first,) = found(folder)
    path.write_text("# moved\n<a:s> no:p 1 .")
    (second,) = found(folder)
    assert first.fingerprint == second.fingerprint
