"""The dyad-year panel: who promised what to whom in which year, and which years are covered."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from kg import settings as config
from kg.errors import BadData, BadParameter, NotFound
from kg.panel import COLUMNS, FORMATS, codebook, put, rows
from kg.store import quads
from tests.test_cli import kg

HEAD = """
@prefix : <https://w3id.org/mithaq/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix s: <https://w3id.org/mithaq/id/state/> .
@prefix src: <https://w3id.org/mithaq/id/source/> .
@prefix k: <https://w3id.org/mithaq/scheme/commitment-kind/> .
@prefix dom: <https://w3id.org/mithaq/scheme/domain/> .
@prefix c: <https://w3id.org/mithaq/id/coverage/> .
"""
REFERENCE = """
s:PAK a :State ; :cowCode 770 ; :gwCode 770 ; :iso3 "PAK" ; skos:prefLabel "Pakistan"@en .
s:IRN a :State ; :cowCode 630 ; :gwCode 630 ; :iso3 "IRN" ; skos:prefLabel "Iran"@en .
s:PSE a :State ; :iso3 "PSE" ; skos:prefLabel "Palestine"@en .
s:USA a :State ; :cowCode 2 ; :gwCode 2 ; :iso3 "USA" ; skos:prefLabel "United States"@en .
s:GBR a :State ; :cowCode 200 ; :gwCode 200 ; :iso3 "GBR" ; skos:prefLabel "United Kingdom"@en .
s:DEU a :State ; :cowCode 255 ; :gwCode 260 ; :iso3 "DEU" ; skos:prefLabel "Germany"@en .
s:OTT a :State ; :cowCode 640 ; :gwCode 640 ; skos:prefLabel "Ottoman Empire"@en .
s:TUR a :State ; :cowCode 640 ; :gwCode 640 ; :iso3 "TUR" ; :existedFrom "1923-10-29"^^xsd:date ;
  skos:prefLabel "Türkiye"@en .
s:EGY a :State ; :cowCode 651 ; :gwCode 651 ; :iso3 "EGY" ; skos:prefLabel "Egypt"@en .
s:UAR a :State ; :cowCode 651 ; :gwCode 651 ; :existedFrom "1958-02-01"^^xsd:date ;
  :existedUntil "1961-09-28"^^xsd:date ; skos:prefLabel "United Arab Republic"@en .
src:atop :covers c:atop .
c:atop :coversAllStates true ; :coversFrom "1815-01-01"^^xsd:date ;
  :coversUntil "2018-12-31"^^xsd:date .
src:cow :covers c:cow .
c:cow :coversAllStates true ; :coversFrom "1816-01-01"^^xsd:date ;
  :coversUntil "2012-12-31"^^xsd:date .
src:dcad :covers c:dcad .
c:dcad :coversAllStates true ; :coversFrom "1980-01-01"^^xsd:date ;
  :coversUntil "2010-12-31"^^xsd:date .
"""


def literal(text: str) -> str:
    kind = {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)]
    return f'"{text}"^^xsd:{kind}'


def dates(begin: str, end: str) -> str:
    first = f" ; :from {literal(begin)}" if begin else ""
    return first + (f" ; :until {literal(end)}" if end else "")


def pact(
    source: str,
    key: str,
    members: list[tuple[str, str, str]],
    promises: list[tuple[str, str, str, str, str]] = (),  # type: ignore[assignment]
) -> str:
    """Return a record of an alliance: (member, from, until), (kind, by, to, from, until)."""
    iri = f"<https://w3id.org/mithaq/id/record/{source}/{key}>"
    text = f"{iri} a :Record ; :describes <https://w3id.org/x/{key}> ; :source src:{source} .\n"
    for number, (member, begin, end) in enumerate(members):
        node = f"{iri[:-1]}/participation/{number}>"
        text += (
            f"{iri} :participation {node} . {node} :participant s:{member}{dates(begin, end)} .\n"
        )
    for number, (kind, obligor, obligees, begin, end) in enumerate(promises):
        node = f"{iri[:-1]}/commitment/{number}>"
        to = ", ".join(f"s:{one}" for one in obligees.split())
        text += f"{iri} :commitment {node} . {node} :kind k:{kind} ; :obligor s:{obligor}"
        text += f" ; :obligee {to}{dates(begin, end)} .\n"
    return text


def store_of(*texts: str) -> Store:
    store = Store()
    for text in (REFERENCE, *texts):
        triples = [quad.triple for quad in parse((HEAD + text).encode(), RdfFormat.TURTLE)]
        store.extend(quads(triples, "test"))
    return store


def table(store: Store, source: str = "atop", **options: object) -> list[dict[str, object]]:
    names = [column.name for column in COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in rows(store, source, **options)]


def held(found: list[dict[str, object]], one: str, two: str, column: str = "defence") -> list[int]:
    """Return the years in which a column of a pair is 1."""
    return [r["year"] for r in found if (r["state1"], r["state2"]) == (one, two) and r[column]]


TWO = [("PAK", "1990-05-01", "1993-02-01"), ("USA", "1990-05-01", "1993-02-01")]
ONE_SIDED = pact("atop", "1", TWO, [("defence", "USA", "PAK", "1990-05-01", "1993-02-01")])


def test_a_one_sided_promise_shows_one_way():
    found = table(store_of(ONE_SIDED))
    assert held(found, "USA", "PAK") == [1990, 1991, 1992, 1993]
    assert held(found, "PAK", "USA") == []
    assert held(found, "PAK", "USA", "alliances") == [1990, 1991, 1992, 1993]


def test_undirected_gives_a_pair_once_with_the_promises_of_either():
    found = table(store_of(ONE_SIDED), directed=False)
    assert [(r["ccode1"], r["ccode2"]) for r in found] == [(2, 770)] * 4
    assert [(r["defence"], r["offence"], r["alliances"]) for r in found] == [(1, 0, 1)] * 4


def test_a_promise_to_all_is_owed_to_a_member_while_both_take_part():
    members = [
        ("PAK", "1954-09-08", "1973-11-08"),
        ("GBR", "1954-09-08", ""),
        ("IRN", "1960-03-01", "1962-04-01"),
    ]
    promise = ("defence", "GBR", "PAK IRN", "1954-09-08", "")
    found = table(store_of(pact("atop", "1", members, [promise])))
    assert held(found, "GBR", "IRN") == [1960, 1961, 1962]
    assert held(found, "GBR", "PAK") == list(range(1954, 1974))
    assert held(found, "PAK", "GBR") == []
    assert held(found, "PAK", "IRN", "alliances") == [1960, 1961, 1962]


def test_a_promise_of_some_years_of_a_membership_holds_in_those():
    promise = ("consultation", "PAK", "USA", "1992-12-31", "1993-01-01")
    found = table(store_of(pact("atop", "1", TWO, [promise])))
    assert held(found, "PAK", "USA", "consultation") == [1992, 1993]


@pytest.mark.parametrize(
    ("left", "joined", "years"),
    [
        ("1990-05-22", "1990-05-22", []),
        ("1990-05-23", "1990-05-22", [1990]),
        ("1990-05", "1990-06-01", []),
        ("1990-05", "1990-05-22", [1990]),
        ("1990", "1990-05-22", [1990]),
        ("1991-01-01", "1990-12-31", [1990, 1991]),
    ],
)
def test_members_are_allies_when_they_share_more_than_one_day(
    left: str, joined: str, years: list[int]
):
    members = [("PAK", "1980-01-01", left), ("USA", joined, "")]
    assert held(table(store_of(pact("atop", "1", members))), "PAK", "USA", "alliances") == years


def test_an_open_end_goes_to_the_end_of_the_coverage():
    members = [("PAK", "2015-01-01", ""), ("USA", "2015-01-01", "")]
    found = table(store_of(pact("atop", "1", members)))
    assert held(found, "PAK", "USA", "alliances") == [2015, 2016, 2017, 2018]


def test_only_pairs_with_an_oic_state_have_rows():
    members = [(name, "1990-01-01", "1990-12-31") for name in ("USA", "GBR", "PAK")]
    found = table(store_of(pact("atop", "1", members)))
    pairs = {(r["state1"], r["state2"]) for r in found}
    assert ("PAK", "USA") in pairs
    assert ("GBR", "USA") not in pairs


def test_a_code_is_the_state_that_it_was_in_that_year():
    members = [("OTT", "1921-01-01", "1925-01-01"), ("IRN", "1921-01-01", "1925-01-01")]
    found = [r for r in table(store_of(pact("atop", "1", members))) if r["ccode1"] == 640]
    shown = [(r["year"], r["state1"], r["iso3_1"]) for r in found]
    empire = [(year, "OTT", None) for year in (1921, 1922, 1923)]
    assert shown == [*empire, (1924, "TUR", "TUR"), (1925, "TUR", "TUR")]


def test_the_younger_of_two_states_of_a_code_is_shown():
    members = [("EGY", "1957-01-01", "1962-01-01"), ("USA", "1957-01-01", "1962-01-01")]
    found = [r for r in table(store_of(pact("atop", "1", members))) if r["ccode1"] == 651]
    assert [r["state1"] for r in found] == ["EGY", "UAR", "UAR", "UAR", "UAR", "EGY"]


def test_germany_changes_its_code_on_unification():
    members = [("DEU", "1989-01-01", "1991-01-01"), ("PAK", "1989-01-01", "1991-01-01")]
    found = table(store_of(pact("atop", "1", members)), directed=False)
    assert [(r["ccode1"], r["year"], r["state1"]) for r in found] == [
        (255, 1990, "DEU"),
        (255, 1991, "DEU"),
        (260, 1989, "DEU"),
        (260, 1990, "DEU"),
    ]


def test_a_state_without_a_code_is_kept_under_its_key():
    members = [("PSE", "1990-01-01", "1990-12-31"), ("PAK", "1990-01-01", "1990-12-31")]
    found = table(store_of(pact("atop", "1", members)), directed=False)
    assert [(r["ccode1"], r["ccode2"], r["state2"]) for r in found] == [(770, None, "PSE")]


def test_nothing_promised_is_0_and_not_coded_is_blank():
    found = table(store_of(pact("cow", "1", TWO)), "cow", first=1990, last=1990)
    assert {r["defence"] for r in found} == {0}
    assert {r["offence"] for r in found} == {None}
    assert {r["dca_signed"] for r in found} == {None}
    assert {(r["atop_covered"], r["cow_covered"], r["dcad_covered"]) for r in found} == {(1, 1, 1)}


AGREEMENT = """<https://w3id.org/mithaq/id/record/dcad/1> a :Record ;
  :describes <https://w3id.org/x/9> ; :source src:dcad ; :party s:PAK, s:USA ;
  :domain dom:military-training, dom:joint-exercises ;
  :signedOn "1985-03-01"^^xsd:date ; :inForceFrom "1986"^^xsd:gYear ;
  :inForceUntil "1988"^^xsd:gYear .
"""


def test_cooperation_counts_by_field_when_signed_and_when_in_force():
    found = table(store_of(AGREEMENT), "dcad", directed=False)
    names = (
        "year",
        "dca_signed",
        "dca_signed_training",
        "dca_in_force_training",
        "dca_signed_arms",
    )
    assert [tuple(r[name] for name in names) for r in found] == [
        (1985, 1, 1, 0, 0),
        (1986, 0, 0, 1, 0),
        (1987, 0, 0, 1, 0),
        (1988, 0, 0, 1, 0),
    ]
    assert {r["defence"] for r in found} == {None}


def test_cooperation_without_an_end_is_sure_in_its_first_year_only():
    text = AGREEMENT.replace(' ;\n  :inForceUntil "1988"^^xsd:gYear', "")
    found = table(store_of(text), "dcad")
    assert held(found, "PAK", "USA", "dca_in_force") == [1986]


def test_the_resolved_view_holds_while_the_status_says_yes(mini_store: Store):
    found = table(mini_store, "all")
    assert held(found, "PAK", "TUR", "consultation") == [1954, 1955]
    assert held(found, "TUR", "PAK", "consultation") == [1954, 1955]
    assert held(found, "PAK", "SAU")[:2] == [2025, 2026]
    one = next(r for r in found if r["year"] == 1954)
    assert (one["consultation"], one["defence"], one["atop_covered"]) == (1, None, 0)


def test_years_are_chosen():
    found = table(store_of(ONE_SIDED), first=1991, last=1992)
    assert {r["year"] for r in found} == {1991, 1992}
    with pytest.raises(BadParameter, match="after the last"):
        rows(store_of(ONE_SIDED), "atop", first=1992, last=1991)


def test_a_source_without_records_or_coverage_says_so():
    with pytest.raises(NotFound, match="kg import atop"):
        rows(store_of(), "atop")
    bare = store_of(ONE_SIDED)
    bare.update("DELETE WHERE { ?s <https://w3id.org/mithaq/ns#covers> ?c }")
    with pytest.raises(NotFound, match="covers"):
        rows(bare, "atop")


def test_rows_are_sorted_and_bytes_do_not_change():
    texts = [ONE_SIDED, pact("atop", "2", TWO), pact("atop", "3", [*TWO, ("IRN", "1991", "")])]
    first = FORMATS["csv"](rows(store_of(*texts), "atop"))
    assert first == FORMATS["csv"](rows(store_of(*reversed(texts)), "atop"))
    found = list(csv.DictReader(io.StringIO(first.decode())))
    keys = [(int(r["ccode1"]), int(r["ccode2"]), int(r["year"])) for r in found]
    assert keys == sorted(set(keys))


def test_parquet_says_what_csv_says():
    parquet = pytest.importorskip("pyarrow.parquet")
    store = store_of(ONE_SIDED, AGREEMENT)
    read = parquet.read_table(io.BytesIO(FORMATS["parquet"](rows(store, "atop")))).to_pylist()
    lines = csv.DictReader(io.StringIO(FORMATS["csv"](rows(store, "atop")).decode()))
    shown = [{k: "" if v is None else str(v) for k, v in row.items()} for row in read]
    assert shown == list(lines)
    empty = FORMATS["parquet"](rows(store, "atop", first=1800, last=1801))
    assert parquet.read_table(io.BytesIO(empty)).num_rows == 0


def test_without_pyarrow_parquet_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadParameter, match=r"pip install 'mithaq\[parquet\]'"):
        FORMATS["parquet"]([])


def test_the_codebook_lists_the_columns_of_the_csv():
    header = FORMATS["csv"]([]).decode().strip().split(",")
    book = json.loads(codebook("panel.csv", "a graph"))
    columns = book["tableSchema"]["columns"]
    assert [column["name"] for column in columns] == header
    assert len(set(header)) == len(header)
    assert set(book["tableSchema"]["primaryKey"]) <= set(header)
    for column in columns:
        assert all(column[name] for name in ("titles", "datatype", "dc:description", "dc:source"))
        assert column["null"] == ""


def test_required_columns_are_never_blank():
    required = [column.name for column in COLUMNS if column.required]
    for row in table(store_of(ONE_SIDED, AGREEMENT), "atop"):
        assert all(row[name] is not None for name in required)


def test_a_file_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path):
    with pytest.raises(BadData, match="folder that exists"):
        put(tmp_path / "nowhere/panel.csv", b"")
    (tmp_path / "panel.csv").mkdir()
    with pytest.raises(BadData, match="cannot be written"):
        put(tmp_path / "panel.csv", b"")
    assert [path.name for path in tmp_path.iterdir()] == ["panel.csv"]


def test_command_writes_the_panel_and_its_codebook_beside(built: config.Settings, tmp_path: Path):
    out = tmp_path / "panel.csv"
    done = kg(built.root, "export", "dyad-year", "--undirected", "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    lines = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert {line["year"] for line in lines} >= {"1954", "1955"}
    assert max(line["year"] for line in lines) <= built.status_date[:4]
    book = json.loads((tmp_path / "panel.csv-metadata.json").read_text("utf-8"))
    assert book["url"] == "panel.csv"
    assert "source all; undirected" in book["dc:provenance"]
    assert kg(built.root, "export", "dyad-year", "--undirected").stdout == out.read_text("utf-8")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["dyad-year", "--source", "atop"], "no records of atop"),
        (["dyad-year", "--source", "cows"], "cows"),
        (["dyad-year", "--from", "2000", "--to", "1999"], "swap them"),
        (["dyad-year", "--out", "nowhere/x.csv"], "nowhere/x.csv: cannot be written"),
        (["--out", "nowhere/x.trig"], "nowhere/x.trig: cannot be written"),
        (["--graph", "dcad", "dyad-year"], "Options follow the table"),
        (["dyad-years"], "dyad-years"),
    ],
)
def test_misuse_is_one_line_and_exit_2(built: config.Settings, args: list[str], message: str):
    done = kg(built.root, "export", *args)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
