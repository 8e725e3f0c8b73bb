"""Türkiye's defence agreements: rows, statuses, the row of three parties, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.gt import COLUMNS, FILE, read
from tests.test_importers import put, values

ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "source_id": "som-2024",
    "parties": "TUR|SOM",
    "title_en": "Defence & Economic Cooperation Framework Agreement",
    "instrument_kind": "treaty",
    "signed": "2024-02-08",
    "status": "signed",
    "source_urls": "https://www.aa.com.tr/1|https://www5.tbmm.gov.tr/2",
}
MECCA = {
    "source_id": "mecca",
    "parties": "TUR|SAU|PAK",
    "title_en": "Mecca Joint Defence Agreement",
}


def file(tmp_path: Path, *changes: dict[str, str]) -> Path:
    return put(tmp_path / FILE, list(COLUMNS), [ROW | change for change in changes])


def gt(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read(file(tmp_path, *changes), Minter({}, ()))


def test_row_becomes_a_record(tmp_path: Path):
    done = gt(tmp_path, {})
    said = {
        "party": ["SOM", "TUR"],
        "signedOn": ["2024-02-08"],
        "domain": ["defence", "economic-framework"],
        "instrument": ["framework-agreement"],
        "bindingness": ["binding"],
        "evidence": ["reported"],
        "confidence": ["medium"],
        "title": ["Defence & Economic Cooperation Framework Agreement"],
        "locator": ["som-2024"],
        "page": ["2"],
        "lastAttestedInForce": [],
        "notInForceOn": [],
    }
    assert {name: values(done, "gt/som-2024-1", name) for name in said} == said


def test_rows_of_one_id_are_numbered(tmp_path: Path):
    done = gt(tmp_path, {}, {"parties": "TUR|KEN"}, {"source_id": "ken"})
    assert values(done, "gt/som-2024-2", "party") == ["KEN", "TUR"]
    assert values(done, "gt/ken-1", "party") == ["SOM", "TUR"]
    assert done.report.counts == {
        "rows": 3,
        "rows of two parties": 3,
        "rows of more parties": 0,
        "… with another OIC state": 2,
    }


@pytest.mark.parametrize(
    ("status", "attested", "denied"),
    [
        ("in force", ["2026-09-18"], []),
        ("signed; awaiting TBMM approval", [], ["2026-09-18"]),
        ("in force (2018)", [], []),
        ("approved by law", [], []),
        ("ratified", [], []),
    ],
)
def test_status_speaks_for_the_last_day(
    tmp_path: Path, status: str, attested: list[str], denied: list[str]
):
    done = gt(tmp_path, {"status": status})
    assert values(done, "gt/som-2024-1", "lastAttestedInForce") == attested
    assert values(done, "gt/som-2024-1", "notInForceOn") == denied
    assert values(done, "gt/som-2024-1", "inForceFrom") == []
    assert values(done, "gt/som-2024-1", "description") == [f"The list says: {status}."]


def test_dated_acts_are_events_and_undated_ones_are_not(tmp_path: Path):
    dated = (
        "Law 1, Official Gazette 2026-07-04; Presidential Decision 2, Official Gazette 2026-09-18"
    )
    done = gt(tmp_path, {"legal_ref": dated}, {"legal_ref": "Law 6854", "signed": "2015"})
    events = [f"gt/som-2024-1/event/{n}" for n in values(done, "gt/som-2024-1", "event")]
    assert [values(done, one, "kind") + values(done, one, "date") for one in events] == [
        ["approval", "2026-07-04"],
        ["ratification", "2026-09-18"],
    ]
    assert values(done, "gt/som-2024-2", "event") == []
    assert values(done, "gt/som-2024-2", "locator") == ["som-2024, Law 6854"]


def test_range_of_days_is_its_month(tmp_path: Path):
    done = gt(tmp_path, {"signed": "2026-07-13/2026-07-14"})
    assert values(done, "gt/som-2024-1", "signedOn") == ["2026-07"]
    assert "2026-07-13 to 2026-07-14" in values(done, "gt/som-2024-1", "description")[0]


def test_undated_row_is_of_low_confidence(tmp_path: Path):
    done = gt(tmp_path, {"signed": ""})
    assert values(done, "gt/som-2024-1", "signedOn") == []
    assert values(done, "gt/som-2024-1", "confidence") == ["low"]


@pytest.mark.parametrize(
    ("kind", "instrument", "bindingness"),
    [
        ("mou", "mou", "unknown"),
        ("protocol", "protocol", "binding"),
        ("declaration", "joint-declaration", "unknown"),
        ("plan", "executive-programme", "unknown"),
        ("letter_of_intent", "letter-of-intent", "unknown"),
        ("agency_agreement", "agreement", "unknown"),
        ("partnership_document", "joint-declaration", "unknown"),
    ],
)
def test_kind_gives_the_form_where_the_title_gives_none(
    tmp_path: Path, kind: str, instrument: str, bindingness: str
):
    done = gt(tmp_path, {"instrument_kind": kind, "title_en": "New text"})
    assert values(done, "gt/som-2024-1", "instrument") == [instrument]
    assert values(done, "gt/som-2024-1", "bindingness") == [bindingness]
    assert values(done, "gt/som-2024-1", "domain") == ["defence"]
    assert done.report.unmapped == {"gt-title 'New text'": 1}


def test_row_for_several_texts_is_noted(tmp_path: Path):
    title = "Defence and defence-industry cooperation letters of intent"
    assert gt(tmp_path, {"title_en": title}).report.notes == [
        ("som-2024-1", "stands for more than one text")
    ]


def test_row_of_three_parties_is_a_plurilateral_record(tmp_path: Path):
    done = gt(tmp_path, {}, MECCA)
    assert done.report.left_out == []
    assert done.report.counts["rows of more parties"] == 1
    assert values(done, "gt/mecca-1", "party") == ["PAK", "SAU", "TUR"]
    assert values(done, "gt/mecca-1", "signedOn") == ["2024-02-08"]
    assert values(done, "gt/mecca-1", "domain") == ["collective-defence"]


def test_row_of_one_party_is_left_out(tmp_path: Path):
    done = gt(tmp_path, {"parties": "TUR"})
    assert done.report.left_out == [("som-2024-1", "1 parties: Türkiye")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"signed": "2024-02-31"}, "signed"),
        ({"signed": "spring 2024"}, "signed"),
        ({"parties": "TUR|XYZ"}, "parties"),
        ({"status": "rumoured"}, "status"),
        ({"instrument_kind": "song"}, "instrument_kind"),
    ],
)
def test_bad_cell_stops_the_import_and_names_its_place(
    tmp_path: Path, cells: dict[str, str], column: str
):
    with pytest.raises(BadData, match=f"{FILE}:2:{column}:"):
        gt(tmp_path, cells)


def test_same_row_twice_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=f"{FILE}:3:source_id: .* stands already in row 2"):
        gt(tmp_path, {}, {})


def test_missing_column_and_other_separator_stop_the_import(tmp_path: Path):
    path = put(tmp_path / FILE, [name for name in COLUMNS if name != "status"], [])
    with pytest.raises(BadData, match="no column status"):
        read(path, Minter({}, ()))
    path.write_text(";".join(COLUMNS), "utf-8")
    with pytest.raises(BadData, match="no column source_id"):
        read(tmp_path, Minter({}, ()))


def test_same_rows_give_the_same_bytes(tmp_path: Path):
    once, again = (gt(tmp_path, {}, {"parties": "TUR|KEN"}, MECCA) for _ in range(2))
    assert turtle.write(once.triples) == turtle.write(again.triples)
