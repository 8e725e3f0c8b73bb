"""Files to take away are what other programs read, and harmless whatever a label says."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest
from pyarrow import parquet

from kg.citation import Citation, bibtex, csl, facts, ris, text
from kg.downloads import NETWORKS, TABLES, as_network, as_table
from kg.errors import NotAcceptable, TooLarge
from kg.jsonld import document, dumps
from tests.peers import bibutils_program, environment

#: Labels that mean harm to whatever opens them.
HOSTILE = (
    '=HYPERLINK("http://evil/","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1",
    "<script>alert(1)</script>",
    "\u202egnirts\u202c",
    "x" * 10_000,
    "javascript:alert(1)",
    "]]>\x00\x0b\ufffe",
    "a\r\nER  - \r\nTY  - BOOK",
    "}\n@evil{x, title={\\input{/etc/passwd}",
)
IRI = "https://w3id.org/mithaq/id/state/"
ROWS = [
    ["text", 1, 1.5, True, datetime.date(1954, 4, 2), None],
    ["=1+1", -7, -0.5, False, datetime.date(1850, 1, 1), "x"],
]
NAMES = ["text", "count", "share", "yes", "day", "gap"]


def test_numbers_and_days_keep_their_types():
    table = as_table("t", ROWS, NAMES)
    found = parquet.read_table(io.BytesIO(TABLES["parquet"](table)))
    assert [str(kind) for kind in found.schema.types] == [
        *("string", "int64", "double", "bool", "date32[day]", "string")
    ]
    assert found.to_pylist()[1]["text"] == "=1+1"
    rows = list(csv.reader(io.StringIO(TABLES["csv"](table).decode("utf-8-sig"))))
    assert rows[2] == ["'=1+1", "-7", "-0.5", "false", "1850-01-01", "x"]
    lines = TABLES["jsonl"](table).decode().splitlines()
    assert json.loads(lines[0])["gap"] is None


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_no_spreadsheet_finds_a_formula(label: str):
    table = as_table(label, [[label, label]], ["a", label])
    for suffix, delimiter in (("csv", ","), ("tsv", "\t")):
        body = TABLES[suffix](table).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter))
        assert len(rows) == 2
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    book = zipfile.ZipFile(io.BytesIO(TABLES["xlsx"](table)))
    for name in book.namelist():
        ElementTree.fromstring(book.read(name))
        assert b"<f>" not in book.read(name)
        assert b"<hyperlink " not in book.read(name)


def test_excel_opens_with_what_it_is_about():
    table = as_table("Title", ROWS, NAMES)
    body = TABLES["xlsx"](table)
    book = zipfile.ZipFile(io.BytesIO(body))
    strings = book.read("xl/sharedStrings.xml").decode()
    assert "Title" in strings
    assert "1850-01-01" in strings
    assert body == TABLES["xlsx"](table)


def test_too_many_rows_for_excel_is_said():
    class Many(list):
        def __len__(self) -> int:
            return 2_000_000

    with pytest.raises(TooLarge, match="parquet"):
        TABLES["xlsx"](as_table("t", [], ["a"]).__class__("t", [], Many()))


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("suffix", NETWORKS)
def test_networks_are_well_formed_whatever_a_label_says(suffix: str, label: str):
    rows = [[IRI + "PAK", IRI + "TUR", label, 3]]
    made = as_network(label, ["a", "b", label, "n"], rows, {IRI + "PAK": label})
    root = ElementTree.fromstring(NETWORKS[suffix](made))
    tags = [one.tag.rpartition("}")[2] for one in root.iter()]
    assert tags.count("node") == 2
    assert tags.count("edge") == 1
    assert "\u202e" not in "".join(root.itertext())
    assert "script" not in tags


def test_a_network_needs_two_columns_of_actors():
    with pytest.raises(NotAcceptable) as told:
        as_network("t", ["a"], [[IRI + "PAK"]], {})
    assert "edge-list" in str(told.value.hint)


def cite(label: str) -> Citation:
    said = {
        "prefLabel": [label],
        "party": [label, "Türkiye"],
        "signedOn": ["1954-04-02"],
        "untsNumber": ["I-2858"],
        "evidence": ["reported"],
        "page": ["https://treaties.un.org/x"],
    }
    about = {"version": "0.1.0", "fingerprint": "abc", "built": "2026-11-24"}
    return facts("https://w3id.org/mithaq/id/agreement/PAK-TUR-1", "https://x.org/p", about, said)


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_citations_stay_one_record(label: str):
    made = cite(label)
    lines = ris(made).split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines if line)
    assert [line[:2] for line in lines if line].count("ER") == 1
    assert [line[:2] for line in lines if line].count("TY") == 1
    entry = bibtex(made)
    assert len(re.findall(r"^@", entry, re.MULTILINE)) == 1
    plain = entry.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    assert r"\input" not in entry
    item = json.loads(csl(made))[0]
    assert item["type"] == "treaty"
    assert item["issued"] == {"date-parts": [[1954, 4, 2]]}


def test_a_citation_says_who_when_and_where():
    made = cite("Agreement for Friendly Co-operation & more")
    assert "title = {{Agreement for Friendly Co-operation \\& more}}" in bibtex(made)
    assert "DA  - 1954/04/02/" in ris(made)
    assert "Reported in the press" in csl(made)
    assert "I-2858" in text(made)
    assert "Page cited: https://treaties.un.org/x" in bibtex(made)


#: Variables of CSL 1.0.2 (appendix IV) that may be in an item of ours, by what they hold.
TEXTS = {
    *("archive_location", "container-title", "event-place", "note", "number", "publisher"),
    *("title", "URL", "version"),
}
DATES = {"accessed", "issued"}


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_csl_json_has_variables_of_csl_alone(label: str):
    whole = replace(cite(label), place=label, series=label, publisher=label, version=label)
    for made in (whole, replace(cite(label), kind="dataset", date="1954", parties=())):
        (item,) = json.loads(csl(made))
        assert item.pop("type") in ("treaty", "dataset")
        assert isinstance(item.pop("id"), str)
        assert all(set(one) == {"literal"} and one["literal"] for one in item.pop("author", []))
        for name in DATES & set(item):
            ((*parts,),) = item.pop(name)["date-parts"]
            assert all(isinstance(part, int) for part in parts)
            assert 1 <= len(parts) <= 3
        assert set(item) <= TEXTS
        assert all(isinstance(value, str) and value for value in item.values())


@pytest.mark.skipif(not bibutils_program("ris2xml"), reason="no bibutils; `make virtuoso` has it")
@pytest.mark.parametrize(("program", "write"), [("bib2xml", bibtex), ("ris2xml", ris)])
def test_another_program_reads_our_citations(program: str, write: Callable[[Citation], str]):
    title = "Agreement & protocol of 50% {annexed}, for ميثاق — #1"
    made = replace(cite(title), parties=("Saudi Arabia", "Türkiye", "Côte d’Ivoire"))
    root = _read_by(program, write(made))
    assert [one.text for one in root.iter("title")] == [title]
    # It takes names of RIS for those of persons, in parts: RIS has no sign for others.
    names = [
        " ".join(part.text or "" for part in one.iter("namePart")) for one in root.iter("name")
    ]
    assert sorted(names) == sorted(made.parties)
    assert root.findtext(".//dateIssued") == made.date[: 7 if program == "bib2xml" else 10]
    assert root.findtext(".//url") == made.url
    assert any((one.text or "").endswith(made.note) for one in root.iter("note"))


@pytest.mark.skipif(not bibutils_program("ris2xml"), reason="no bibutils; `make virtuoso` has it")
@pytest.mark.parametrize(("program", "write"), [("bib2xml", bibtex), ("ris2xml", ris)])
def test_another_program_reads_one_citation_whatever_a_label_says(
    program: str, write: Callable[[Citation], str]
):
    for label in HOSTILE:
        root = _read_by(program, write(cite(label)))
        assert [one.get("ID") for one in root.iter("mods")] == ["PAK-TUR-1"]


def _read_by(program: str, text: str) -> ElementTree.Element:
    """Return what a program of bibutils reads, without its namespace."""
    told = subprocess.run(
        [str(bibutils_program(program)), "-i", "utf8", "-un"],
        input=text.encode(),
        capture_output=True,
        check=True,
        timeout=60,
        env=environment("bibutils"),
    )
    xml = re.sub("[\x00-\x08\x0b\x0c\ufffe]", "", told.stdout.decode())
    return ElementTree.fromstring(xml.replace(' xmlns="http://www.loc.gov/mods/v3"', ""))


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_json_ld_ends_no_script(label: str):
    from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

    name = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    label = label.replace("\x00", "").replace("\ufffe", "")
    triple = Triple(NamedNode(IRI + "PAK"), name, Literal(label, language="en"))
    made = dumps(document([triple], IRI + "PAK", {}))
    assert "<" not in made
    assert [quad.triple for quad in parse(made.encode(), RdfFormat.JSON_LD)] == [triple]


def test_pandas_reads_our_tables():
    table = as_table("t", ROWS, NAMES)
    assert list(pd.read_parquet(io.BytesIO(TABLES["parquet"](table)))["count"]) == [1, -7]
    assert list(pd.read_csv(io.BytesIO(TABLES["csv"](table)))["count"]) == [1, -7]
