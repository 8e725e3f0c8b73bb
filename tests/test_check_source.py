"""Each fault of how Turtle is written is told of where it stands; what is right is silent."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, Store

from kg import settings as config
from kg.check.source import RULES, findings
from kg.check.source.lexical import canonical, fault, known
from kg.check.work import Work
from kg.findings import Finding
from kg.vocab import XSD
from tests.conftest import ROOT

ONTOLOGY = """\
@prefix owl: <http://www.w3.org/2002/07/owl#> .

<https://ex.org/kg/ns>
    a owl:Ontology ;
.
"""
TABLE = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://ex.org/kg/ns/prefixes>
    sh:declare [
        sh:namespace "https://ex.org/kg/id/"^^xsd:anyURI ;
        sh:prefix "id" ;
    ],
        [
        sh:namespace "https://ex.org/kg/ns#"^^xsd:anyURI ;
        sh:prefix "ex" ;
    ] ;
.
"""
HEAD = "@prefix ex: <https://ex.org/kg/ns#> .\n"
MORE = HEAD + "@prefix id: <https://ex.org/kg/id/> .\n"
NAMES = MORE + "".join(f"\nid:name-{n}\n    ex:p {n} ;\n.\n" for n in sorted(range(40), key=str))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "ontology/ex.ttl": ONTOLOGY,
        "ontology/prefixes.ttl": TABLE,
        "data/actors/names.ttl": NAMES,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def found(folder: Path) -> list[Finding]:
    return list(findings(Work(config.load(folder, {}))))


def of(text: str, *, typed: bool = False) -> str:
    """Return a file in the form of `kg fmt` that says one thing of one node."""
    head = HEAD + "@prefix id: <https://ex.org/kg/id/> .\n"
    head += "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" if typed else ""
    return f"{head}\nid:one\n    ex:p {text} ;\n.\n"


def test_what_kg_fmt_writes_is_silent(folder: Path):
    assert found(folder) == []


@pytest.mark.parametrize(
    ("text", "rule", "place", "words"),
    [
        # How the file is written
        (HEAD + "@prefix no: <http://no.org/> .\n" + of("1")[38:], "prefix-unused", "2:1", "no:"),
        (
            of("1").replace("\n\nid", "\n@prefix ex: <a:b> .\nid"),
            "prefix-rebound",
            "3:1",
            "already",
        ),
        (of("1") + "@prefix ex: <a:b> .\nid:two ex:q 1 .", "prefix-rebound", "7:1", "already"),
        (of("1").replace("ex:", "xx:"), "prefix-differs", "1:1", "ex: in this repository"),
        (
            of("<http://no.org/a>") + "@prefix owl: <http://no.org/> .\nid:b ex:p owl:b .",
            "prefix-differs",
            "7:1",
            "means <http://www.w3.org/2002/07/owl#> in",
        ),
        (of("1 , 2, 1"), "duplicate-triple", "5:5", "Said already"),
        (of("2,\n        1"), "not-formatted", "5:10", "kg fmt"),
        (of("1") + "\n", "not-formatted", "7:1", "kg fmt"),
        (of("1").rstrip(), "not-formatted", "6:1", "kg fmt"),
        (of("_:b") + "id:two ex:q _:b .", "not-formatted", "", "twice"),
        # Literals
        (of("01"), "literal-not-canonical", "5:10", "Write 1, not 01"),
        (of("+1"), "literal-not-canonical", "5:10", "Write 1, not +1"),
        (of('"1"^^xsd:boolean', typed=True), "literal-not-canonical", "6:10", "Write true"),
        (of('".5"^^xsd:decimal', typed=True), "literal-not-canonical", "6:10", "Write 0.5"),
        (of('"TRUE"^^xsd:boolean', typed=True), "literal-ill-typed", "6:10", "like true"),
        (of('"2021-02-29"^^xsd:date', typed=True), "literal-ill-typed", "6:10", "not exist"),
        (of('"2021-2-9"^^xsd:date', typed=True), "literal-ill-typed", "6:10", "like 2026-01-31"),
        (of('"x"^^xsd:integer', typed=True), "literal-ill-typed", "6:10", "no xsd:integer"),
        (of('"300"^^xsd:byte', typed=True), "literal-ill-typed", "6:10", "bounds"),
        (of('"1"^^xsd:interger', typed=True), "datatype-unknown", "6:10", "no xsd:interger"),
        (of('"x"@en-GB'), "language-tag", "5:10", "Write @en-gb"),
        (of('"x\\u0007"'), "control-character", "5:10", "U+0007"),
        (of('"x\u200by"'), "control-character", "5:10", "zero width space"),
        (of('"x\u202ey"'), "bidi-character", "5:10", "right-to-left override"),
        (of('"x\u200fy"'), "bidi-character", "5:10", "right-to-left mark"),
        (of('"caf\ufffd"'), "replacement-character", "5:10", "lost"),
        (of('"cafe\u0301"'), "not-nfc", "5:10", "character 4"),
        # IRIs
        (of("<http://ex.org/kg/id/two>"), "iri-scheme", "5:10", "Write https:"),
        (of("<https://ex.org/kg/id/a%20b>"), "iri-character", "5:10", "%20"),
        (of("<https://ex.org/kg/id//b>"), "iri-character", "5:10", "//"),
        (of("<https://ex.org/kg/id/b.>"), "iri-character", "5:10", "."),
        (of("<http://no.org/a\u200bb>"), "iri-character", "5:10", "zero width space"),
        (of("1").replace("id:one", "id:One"), "iri-name", "4:1", "rename One"),
        (of("1").replace("<https", "<http", 1), "iri-scheme", "1:1", "Write https:"),
        (of("1").replace("id:one", "id:two_b"), "iri-name", "4:1", "lower case"),
        (
            HEAD + "\n<http://no.org/a>\n    ex:p 1 ;\n.\n",
            "iri-foreign-subject",
            "3:1",
            "Not under https://ex.org/kg/",
        ),
    ],
)
def test_a_fault_is_told_of_at_its_place(folder: Path, text, rule, place, words):
    name = "data/actors/x.ttl"
    (folder / name).write_text(text, "utf-8", newline="")
    (finding,) = found(folder)
    assert finding.rule == f"source/{rule}"
    assert finding.severity == RULES[finding.rule][0]
    assert str(finding.place) == (f"{name}:{place}" if place else name)
    assert words in finding.message


@pytest.mark.parametrize(
    "text",
    [
        of('"1954-04-02"^^xsd:date', typed=True),
        of('"2024-02-29"^^xsd:date', typed=True),
        of('"1.50"^^xsd:decimal', typed=True),
        of('"x"^^<http://no.org/type>'),
        of('"x"@ar-latn'),
        of('"مي\u200cروم"@fa'),
        of('"معاهدة \u200f(1954)\u200e"@ar'),
        of('"line\\nand\\ttab"'),
        of('"@EN in a text"'),
        of('"café"'),
        of("<http://no.org/a%20b//c.>"),
        of("<http://no.org/é>"),
    ],
)
def test_what_is_right_is_silent(folder: Path, text: str):
    (folder / "data/actors/x.ttl").write_text(text, "utf-8")
    assert found(folder) == []


def test_a_triple_in_two_files_is_told_of_with_the_other_place(folder: Path):
    (folder / "data/actors/x.ttl").write_text(of("1,\n        2").replace("one", "name-1"))
    (finding,) = found(folder)
    assert (finding.rule, str(finding.place)) == (
        "source/triple-in-two-files",
        "data/actors/x.ttl:5:5",
    )
    (other,) = finding.related
    assert str(other.place) == "data/actors/names.ttl:9:5"


def test_a_node_described_in_two_files_by_other_triples_is_silent(folder: Path):
    (folder / "data/actors/x.ttl").write_text(of("2").replace("one", "name-1"))
    assert found(folder) == []


def test_a_file_that_nothing_reads_is_told_of(folder: Path):
    (folder / "data/x.ttl").write_text("<a:s> <a:p> +1 .")
    assert [(one.rule, str(one.place)) for one in found(folder)] == [
        ("source/not-read", "data/x.ttl")
    ]


def test_a_file_that_cannot_be_read_is_left_to_syntax(folder: Path):
    (folder / "data/actors/x.ttl").write_bytes(b"<a:s> nonsense")
    (folder / "data/actors/y.ttl").write_bytes(b"<a:s> <a:p> '\xff' .")
    assert found(folder) == []


def test_a_duplicate_names_its_first_place(folder: Path):
    (folder / "data/actors/x.ttl").write_text(of("1 , 2, 1"))
    (finding,) = found(folder)
    assert [(str(one.place), one.message) for one in finding.related] == [
        ("data/actors/x.ttl:5:5", "said first here")
    ]


def test_each_use_of_a_wrong_literal_is_told_of(folder: Path):
    text = of("01") + "\nid:two\n    ex:p 01 ;\n.\n"
    (folder / "data/actors/x.ttl").write_text(text)
    assert [str(one.place) for one in found(folder)] == [
        "data/actors/x.ttl:5:10",
        "data/actors/x.ttl:9:10",
    ]


def test_names_with_a_word_beside_codes_are_silent(folder: Path):
    """In a folder of codes, only a name without any capital is odd."""
    names = sorted(["PAK-undated", "tur", *(f"P{n}K" for n in range(80))])
    blocks = "".join(f"\nid:state\\/{name} ex:p {n} ." for n, name in enumerate(names))
    (folder / "data/actors/x.ttl").write_text(MORE + blocks)
    odd = [one for one in found(folder) if one.rule == "source/iri-name"]
    assert [one.focus for one in odd] == ["https://ex.org/kg/id/state/tur"]


def test_a_carriage_return_is_told_of_by_syntax_alone(folder: Path):
    (folder / "data/actors/x.ttl").write_bytes(of("1").replace("\n", "\r\n").encode())
    assert found(folder) == []


def test_without_a_base_that_is_known_rules_about_it_are_silent(folder: Path):
    (folder / "ontology/ex.ttl").unlink()
    (folder / "data/actors/x.ttl").write_text(HEAD + "\n<http://no.org/a>\n    ex:p 1 ;\n.\n")
    assert found(folder) == []


def test_the_base_may_be_a_setting(folder: Path):
    (folder / "pyproject.toml").write_text('[tool.kg]\nbase_iri = "https://ex.org/kg/ns"\n')
    rules = {one.rule for one in found(folder)}
    assert rules == {"source/iri-foreign-subject"}


def test_of_rdf_1_2_the_file_is_named_without_a_line(folder: Path):
    text = of("01") + "id:a ex:p <<( id:b ex:p 1 )>> ."
    (folder / "data/actors/x.ttl").write_text(text)
    rules = [(one.rule, str(one.place)) for one in found(folder)]
    assert rules == [
        ("source/literal-not-canonical", "data/actors/x.ttl"),
    ]


def test_a_part_of_the_files_is_judged_with_what_others_say_of_its_nodes(folder: Path):
    one, two = folder / "data/actors/a.ttl", folder / "data/actors/x.ttl"
    one.write_text(of("01"))
    two.write_text(of("1,\n        2").replace("one", "name-1"))
    work = Work(config.load(folder, {}))
    assert [f.rule for f in findings(work, only={two})] == ["source/triple-in-two-files"]
    assert [f.rule for f in findings(work, only={one})] == ["source/literal-not-canonical"]
    names = folder / "data/actors/names.ttl"
    assert [str(f.place) for f in findings(work, only={names})] == ["data/actors/x.ttl:5:5"]
    assert list(findings(work, only=set())) == []


def test_our_ontology_and_actors_are_silent(tmp_path: Path):
    for name in ("ontology", "data/actors"):
        shutil.copytree(ROOT / name, tmp_path / name)
    assert found(tmp_path) == []


# Lexical forms


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("boolean", "true false 1 0", "True yes"),
        ("integer", "0 -1 +1 007", "1.0 1e0 -"),
        ("decimal", "1 1.5 .5 1. -0.0", "1e0 INF ."),
        ("double", "1 1e5 -INF NaN 1.E-3", "inf nan e5"),
        (
            "date",
            "2024-02-29 -0044-03-15 12024-01-01 2024-01-01Z",
            "2023-02-29 24-1-1 02024-01-01",
        ),
        (
            "dateTime",
            "2024-01-01T24:00:00 2024-01-01T00:00:00.5+14:00",
            "2024-01-01 2024-13-01T00:00:00",
        ),
        ("dateTimeStamp", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00"),
        ("time", "23:59:59", "24:00:01 23:59"),
        ("gYear", "1954 -0001", "54"),
        ("gYearMonth", "1954-04", "1954-13 1954-4"),
        ("gMonthDay", "--02-29", "--02-30"),
        ("gDay", "---31", "---32"),
        ("duration", "P1Y PT1S -P1DT0.5S P1M", "P PT P1S 1Y P1YT"),
        ("dayTimeDuration", "P1D PT5H", "P1Y"),
        ("yearMonthDuration", "P1Y6M", "P1D"),
        ("anyURI", "https://a/b ../c", "https://a/<b>"),
        ("unsignedByte", "0 255", "256 -1"),
        ("positiveInteger", "1", "0"),
        ("language", "en ar-EG", "e_n toolonglanguage"),
        ("string", "anything", ""),
    ],
)
def test_forms_of_datatypes(kind: str, good: str, bad: str):
    assert known(XSD + kind)
    assert [value for value in good.split() if fault(value, XSD + kind)] == []
    assert [value for value in bad.split() if not fault(value, XSD + kind)] == []


#: Datatypes that the store reads strictly, and a value of each to change at random.
STRICT = {
    "date": ["2024-02-29", "-0044-03-15Z", "12024-04-30+14:00"],
    "dateTime": ["2024-02-29T24:00:00", "1954-04-02T23:59:59.5-05:00"],
    "time": ["23:59:59", "24:00:00Z"],
    "gYear": ["1954", "-0001"],
    "gYearMonth": ["1954-04"],
    "gDay": ["---31"],
    "gMonth": ["--12Z"],
    "boolean": ["true", "0"],
    "integer": ["-007", "+3"],
    "decimal": ["1.5", ".5", "-1."],
}
EDITS = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 1), st.sampled_from([*"0123456789-+:.TZ", ""])),
    max_size=3,
)


@pytest.mark.parametrize("kind", STRICT)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_value_is_one_where_the_store_casts_it(kind: str, data: st.DataObject):
    value = data.draw(st.sampled_from(STRICT[kind]))
    for at, gone, new in data.draw(EDITS):
        value = value[:at] + new + value[at + gone :]
    cast = f"SELECT (<{XSD}{kind}>({Literal(value)}) AS ?value) {{}}"
    (row,) = Store().query(cast)
    assert bool(fault(value, XSD + kind)) == (row["value"] is None), value


@given(st.dates())
def test_every_day_is_a_date(day: datetime.date):
    assert not fault(day.isoformat(), XSD + "date")


@given(st.integers())
def test_the_canonical_form_of_a_number_is_its_own(number: int):
    assert canonical(str(number), XSD + "integer") == str(number)
    assert canonical(f"{number:+05}", XSD + "integer") == str(number)


def test_a_number_of_many_digits_is_no_trouble():
    assert not fault("9" * 10_000, XSD + "integer")
    assert canonical("0" + "9" * 10_000, XSD + "integer") == "9" * 10_000


def test_a_datatype_of_others_is_not_judged():
    assert known("http://no.org/integer")
    assert not fault("x", "http://no.org/integer")
