"""DESTA: numbers of ISO 3166 as parties, years as dates, and only base treaties."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.desta import COLUMNS, FILE, SIDES, read
from tests.test_importers import put, values

TURKEY, EGYPT, INDIA, CHILE, KOSOVO, HONG_KONG = "792", "818", "356", "152", "900", "344"
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    **dict.fromkeys(SIDES, "NA"),
    "base_treaty": "1",
    "name": "Egypt Turkey",
    "entry_type": "base_treaty",
    "year": "2005",
    "entryforceyear": "2007",
    "language": "English",
    "c1": EGYPT,
    "c2": TURKEY,
}


def file(tmp_path: Path, *changes: dict[str, str]) -> Path:
    rows = [ROW | {"number": str(n)} | change for n, change in enumerate(changes, 1)]
    path = put(tmp_path / FILE, [*COLUMNS, *SIDES], rows)
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    return path


def desta(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read(file(tmp_path, *changes), Minter({}, ()))


def test_row_becomes_a_record_with_years_as_dates(tmp_path: Path):
    done = desta(tmp_path, {})
    said = {
        "party": ["EGY", "TUR"],
        "signedOn": ["2005"],
        "inForceFrom": ["2007"],
        "domain": ["free-trade"],
        "instrument": ["unknown"],
        "bindingness": ["binding"],
        "confidence": ["high"],
        "evidence": ["attested"],
        "title": ["Preferential trade agreement, Egypt–Türkiye, 2005"],
        "titleGenerated": ["true"],
        "destaId": ["1"],
        "locator": ["number 1"],
    }
    assert {name: values(done, "desta/1", name) for name in said} == said


def test_name_that_is_more_than_its_parties_is_a_title(tmp_path: Path):
    done = desta(tmp_path, {"name": "Ghana Upper Volta Trade Agreement"}, {"name": "A B Union"})
    assert values(done, "desta/1", "title") == ["Ghana Upper Volta Trade Agreement"]
    assert values(done, "desta/1", "titleGenerated") == []
    assert values(done, "desta/1", "instrument") == ["agreement"]
    assert values(done, "desta/2", "instrument") == ["unknown"]


def test_unknown_dates_and_languages_say_nothing(tmp_path: Path):
    done = desta(tmp_path, {"entryforceyear": "NA", "language": "NA"})
    assert values(done, "desta/1", "inForceFrom") == []
    assert values(done, "desta/1", "bindingness") == ["unknown"]
    assert values(done, "desta/1", "confidence") == ["medium"]


def test_party_is_the_state_of_that_year(tmp_path: Path):
    done = desta(tmp_path, {"c1": "688", "year": "2003"}, {"c1": EGYPT, "year": "1958"})
    assert values(done, "desta/1", "party") == ["SCG", "TUR"]
    assert done.report.left_out == [("2", "818 on 1958 may be Egypt or United Arab Republic")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"entry_type": "accession", "base_treaty": "16"}, "accession to 16"),
        ({"entry_type": "consolidated"}, "consolidated text of 1"),
        ({"entry_type": "protocol or amendment"}, "protocol or amendment to 1"),
        ({"entry_type": "withdrawal"}, "withdrawal from 1"),
        ({"entry_type": "negotiation"}, "negotiation, nothing signed: 1"),
        ({"c3": INDIA}, "3 parties"),
        ({"c1": HONG_KONG}, "Hong Kong is territory, not a party here"),
    ],
)
def test_row_that_is_not_for_us_is_left_out_with_its_reason(
    tmp_path: Path, cells: dict[str, str], reason: str
):
    done = desta(tmp_path, cells)
    assert done.report.left_out == [("1", reason)]
    assert done.report.kept == 0


def test_rows_without_an_oic_party_are_not_ours(tmp_path: Path):
    done = desta(tmp_path, {"c1": INDIA, "c2": CHILE}, {"c1": KOSOVO})
    assert done.report.left_out == []
    assert done.report.counts == {
        "base treaties": 2,
        "rows with an OIC party": 1,
        "… of them base treaties": 1,
        "… of them base treaties of two parties": 1,
        "records with both parties OIC": 0,
    }


def test_entry_into_force_long_before_signature_is_an_error_of_the_source(tmp_path: Path):
    done = desta(tmp_path, {"year": "2019", "entryforceyear": "2003"}, {"entryforceyear": "2004"})
    assert values(done, "desta/1", "inForceFrom") == []
    assert values(done, "desta/1", "confidence") == ["medium"]
    assert values(done, "desta/2", "inForceFrom") == ["2004"]
    assert [key for key, _ in done.report.notes] == ["1"]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"year": "1066"}, "year"),
        ({"year": "2005.5"}, "year"),
        ({"c1": "999"}, "c1"),
        ({"entry_type": "treaty"}, "entry_type"),
    ],
)
def test_bad_cell_stops_the_import_and_names_its_place(
    tmp_path: Path, cells: dict[str, str], column: str
):
    with pytest.raises(BadData, match=f"{FILE}:2:{column}:"):
        desta(tmp_path, cells)


def test_key_that_stands_twice_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=f"{FILE}:3:number: 7 stands already in row 2"):
        desta(tmp_path, {"number": "7"}, {"number": "7"})


def test_missing_column_or_other_separator_stops_the_import(tmp_path: Path):
    path = file(tmp_path, {})
    text = path.read_text("utf-8")
    path.write_text(text.replace(";", ","), "utf-8")
    with pytest.raises(BadData, match="no column number"):
        read(tmp_path, Minter({}, ()))
    path.write_text(text.replace("entryforceyear", "force"), "utf-8")
    with pytest.raises(BadData, match="no column entryforceyear"):
        read(tmp_path, Minter({}, ()))


def test_same_file_gives_the_same_bytes(tmp_path: Path):
    once, again = (desta(tmp_path, {}, {"c1": INDIA}) for _ in range(2))
    assert turtle.write(once.triples) == turtle.write(again.triples)
