"""Nuclear cooperation: rows of one pair, year and type are one record, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.nca import COLUMNS, FILE, read
from tests.test_importers import put, values

PAKISTAN, LIBYA, EGYPT, USSR, CANADA, YUGOSLAVIA = "770", "620", "651", "365", "20", "345"
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "ccode1": PAKISTAN,
    "ccode2": LIBYA,
    "year": "1977",
    "nca": "1",
    "nca_type": "3",
}


def nca(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read(put(tmp_path / FILE, COLUMNS, [ROW | c for c in changes]), Minter({}, ()))


def test_row_becomes_a_record(tmp_path: Path):
    done = nca(tmp_path, {})
    said = {
        "describes": ["LBY-PAK-1977"],
        "party": ["LBY", "PAK"],
        "signedOn": ["1977"],
        "domain": ["nuclear-energy"],
        "instrument": ["unknown"],
        "bindingness": ["unknown"],
        "evidence": ["attested"],
        "confidence": ["medium"],
        "title": ["Nuclear materials cooperation, Libya–Pakistan, 1977"],
        "titleGenerated": ["true"],
        "description": ["The dataset lists Pakistan as supplier and Libya as recipient."],
        "ncaId": ["620-770-1977-3"],
        "inForceFrom": [],
    }
    assert {name: values(done, "nca/620-770-1977-3", name) for name in said} == said


@pytest.mark.parametrize(
    ("code", "domains", "confidence", "evidence"),
    [
        ("1", ["nuclear-energy"], "medium", "attested"),
        ("2", ["nuclear-energy", "scientific-research"], "medium", "attested"),
        ("3", ["nuclear-energy"], "medium", "attested"),
        ("4", ["nuclear-energy", "scientific-research"], "medium", "attested"),
        ("5", ["nuclear-energy"], "medium", "attested"),
        ("6", ["nuclear-energy"], "medium", "attested"),
        ("7", ["defence"], "low", "reported"),
    ],
)
def test_each_type(tmp_path: Path, code: str, domains: list[str], confidence: str, evidence: str):
    done = nca(tmp_path, {"nca_type": code})
    record = f"nca/620-770-1977-{code}"
    assert values(done, record, "domain") == domains
    assert values(done, record, "confidence") == [confidence]
    assert values(done, record, "evidence") == [evidence]
    assert done.report.unmapped == {}


def test_unknown_type_is_reported(tmp_path: Path):
    done = nca(tmp_path, {"nca_type": "8"})
    assert done.report.unmapped == {"nca-nca_type '8'": 1}
    assert values(done, "nca/620-770-1977-8", "confidence") == ["low"]


def test_both_directions_are_one_record(tmp_path: Path):
    done = nca(tmp_path, {}, {"ccode1": LIBYA, "ccode2": PAKISTAN})
    assert done.report.kept == 1
    assert done.report.left_out == [
        ("620-770-1977-3", "part of record 620-770-1977-3: the other direction")
    ]
    record = "nca/620-770-1977-3"
    assert values(done, record, "description") == ["The dataset lists it in both directions."]


def test_row_that_stands_twice_is_left_out_with_its_reason(tmp_path: Path):
    done = nca(tmp_path, {}, {})
    assert [key for key, _ in done.report.left_out] == ["770-620-1977-3"]
    assert "perhaps another agreement" in done.report.left_out[0][1]


def test_counts_are_of_rows_and_of_pairs(tmp_path: Path):
    done = nca(tmp_path, {}, {}, {"ccode2": CANADA}, {"ccode1": USSR, "ccode2": CANADA})
    assert done.report.counts == {
        "rows with an OIC party": 3,
        "pairs, years and types with an OIC party": 2,
        "… with both parties OIC": 1,
    }


@pytest.mark.parametrize(
    ("year", "party"),
    [("1960", "UAR"), ("1956", "EGY"), ("1975", "EGY"), ("1961", ""), ("1958", "")],
)
def test_egypt_is_the_state_of_that_year_or_in_doubt(tmp_path: Path, year: str, party: str):
    done = nca(tmp_path, {"ccode1": USSR, "ccode2": EGYPT, "year": year})
    assert values(done, f"nca/365-651-{year}-3", "party") == (
        sorted([party, "SUN"]) if party else []
    )
    assert [key for key, _ in done.report.left_out] == ([] if party else [f"365-651-{year}-3"])


def test_doubt_outside_the_oic_is_not_ours(tmp_path: Path):
    done = nca(tmp_path, {"ccode1": YUGOSLAVIA, "ccode2": CANADA, "year": "1992"})
    assert (done.report.kept, done.report.left_out) == (0, [])


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"ccode1": "999"}, "ccode1"),
        ({"ccode1": "PAK"}, "ccode1"),
        ({"year": "77"}, "year"),
        ({"year": "1977-05"}, "year"),
        ({"year": ""}, "year"),
        ({"nca": "0"}, "nca"),
    ],
)
def test_bad_cell_names_its_column(tmp_path: Path, change: dict[str, str], column: str):
    with pytest.raises(BadData, match=rf"{FILE}:2:{column}:"):
        nca(tmp_path, change)


def test_missing_column_and_other_separator_stop_the_import(tmp_path: Path):
    with pytest.raises(BadData, match="no column nca_type"):
        read(put(tmp_path / FILE, COLUMNS[:-1], [ROW]), Minter({}, ()))
    path = put(tmp_path / FILE, COLUMNS, [ROW])
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    with pytest.raises(BadData, match="no column ccode1"):
        read(path, Minter({}, ()))


def test_same_file_gives_the_same_bytes_in_any_order(tmp_path: Path):
    rows = [{"year": str(year)} for year in range(1970, 1980)]
    first = turtle.write(nca(tmp_path, *rows).triples)
    assert first == turtle.write(nca(tmp_path, *rows).triples)
    assert first == turtle.write(nca(tmp_path, *reversed(rows)).triples)
