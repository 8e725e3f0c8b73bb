"""TFDD: rows by basin country, signatories as names, and days that are years."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.tfdd import COLUMNS, FILE, KEY, read
from tests.test_importers import put, values

ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "Entry ID": "1",
    "CCODE": "JOR",
    KEY: "166",
    "TFDDID": "82",
    "DocumentName": "Agreement between Syria and Jordan concerning the Yarmuk waters",
    "DateSigned": "04.06.1953",
    "Signatories": "Jordan, Syria ",
    "DocType": "4",
    "Format": "Electronic",
    "Issue Area": "Water Quantity, Hydro-power/Hydro-electricity",
    "Source": "54 UNTS 545",
    "LocationSigned": "Damascus",
}
RECORD = "tfdd/166"


def tfdd(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    rows = [ROW | {"Entry ID": str(n)} | change for n, change in enumerate(changes, 1)]
    return read(put(tmp_path / FILE, COLUMNS, rows), Minter({}, ()))


def test_rows_of_a_document_become_one_record(tmp_path: Path):
    done = tfdd(tmp_path, {}, {"CCODE": "SYR"}, {KEY: ""})
    said = {
        "party": ["JOR", "SYR"],
        "signedOn": ["1953-06-04"],
        "domain": ["electricity", "water"],
        "instrument": ["agreement"],
        "bindingness": ["unknown"],
        "confidence": ["high"],
        "place": ["Damascus"],
        "title": [ROW["DocumentName"]],
        "titleGenerated": [],
        "tfddId": ["166"],
        "treatySeries": ["UNTS 54:545"],
        "untsNumber": [],
        "locator": ["2016Update ID 166, TFDDID 82"],
    }
    assert {name: values(done, RECORD, name) for name in said} == said
    assert done.report.kept == 1


@pytest.mark.parametrize(
    ("given", "signed"),
    [
        ("04.06.1953", "1953-06-04"),
        ("3/11/1862", "1862-03-11"),
        ("28.05.1905", "1975"),
        ("19.06.1905", "1997"),
        ("26.10.1905", "1905-10-26"),
        ("01.01.1996", "1996"),
    ],
)
def test_date_keeps_what_the_source_knew(tmp_path: Path, given: str, signed: str):
    done = tfdd(tmp_path, {"DateSigned": given, "Signatories": "Iran, Italy"})
    assert values(done, RECORD, "signedOn") == [signed]


def test_year_that_was_a_day_is_noted_unless_the_title_has_1905(tmp_path: Path):
    done = tfdd(tmp_path, {"DateSigned": "15.05.1905", "Signatories": "Iran, Italy"})
    assert done.report.notes == [("166", "DateSigned 15.05.1905 read as the year 1962")]
    assert values(done, RECORD, "confidence") == ["medium"]
    assert values(done, RECORD, "description")
    title = {"DocumentName": "Exchange of notes, 15 May 1905", "Signatories": "Iran, Italy"}
    done = tfdd(tmp_path, {"DateSigned": "15.05.1905"} | title)
    assert values(done, RECORD, "signedOn") == ["1905-05-15"]
    assert done.report.notes == []


def test_document_without_a_date_keeps_its_parties(tmp_path: Path):
    done = tfdd(tmp_path, {"DateSigned": ""})
    assert values(done, RECORD, "signedOn") == []


@pytest.mark.parametrize(
    ("names", "parties"),
    [
        ("Albania, Yugoslavia, People's Republic of", ["ALB", "YUG"]),
        ("Sudan, United Arab Republic", ["SDN", "UAR"]),
        ("Great Britain, Aden (Yemen), AF63", ["GBR", "LAHEJ"]),
        (
            "Australia, Australia acting on the behalf of Papua New Guinea, Indonesia",
            ["AUS", "IDN"],
        ),
    ],
)
def test_signatories_are_names_and_ends_of_names(tmp_path: Path, names: str, parties: list[str]):
    done = tfdd(tmp_path, {"Signatories": names})
    assert values(done, RECORD, "party") == parties


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            {"Signatories": "France, Great Britain"},
            "an OIC state has part of the basin today, none signed",
        ),
        ({"Signatories": "Mali, Mauritania, Senegal"}, "3 signatories"),
        ({"Signatories": "#N/A"}, "no signatories"),
        ({"Signatories": "Iraq, EEC"}, "EEC is organisation, not a party here"),
        (
            {"Signatories": "Egypt, Italy", "DateSigned": ""},
            "Egypt on an unknown day may be Egypt or United Arab Republic",
        ),
        ({KEY: "346"}, "repeats 356 under its French title"),
    ],
)
def test_document_that_is_not_for_us_is_left_out_with_its_reason(
    tmp_path: Path, cells: dict[str, str], reason: str
):
    done = tfdd(tmp_path, cells)
    assert [why for _, why in done.report.left_out] == [reason]
    assert done.report.kept == 0


def test_rows_of_a_document_that_differ_are_left_out(tmp_path: Path):
    done = tfdd(tmp_path, {}, {"DateSigned": "05.06.1953"})
    assert done.report.left_out == [("166", "its rows differ in DateSigned")]


def test_document_that_no_oic_state_shares_is_not_ours(tmp_path: Path):
    done = tfdd(tmp_path, {"CCODE": "FRA", "Signatories": "France, Spain"})
    assert done.report.left_out == []
    assert done.report.counts["documents"] == 1


def test_row_with_shifted_cells_is_noted_and_not_read(tmp_path: Path):
    done = tfdd(tmp_path, {}, {"Entry ID": "2740", "CCODE": "SYR", "DateSigned": "4"})
    assert [key for key, _ in done.report.notes] == ["166"]
    assert done.report.counts["documents of two basin countries, one OIC"] == 1
    assert done.report.kept == 1


@pytest.mark.parametrize(
    ("title", "form", "fields"),
    [
        ("Minutes on cooperation in fighting terrorism", "minutes", ["counter-terrorism"]),
        ("Protocol (to the 1959 agreement) on the state frontier", "protocol", ["boundaries"]),
        ("Memorandum of understanding on the Ganga", "mou", []),
        ("Joint use of transboundary rivers", "unknown", []),
    ],
)
def test_title_tells_form_and_further_fields(
    tmp_path: Path, title: str, form: str, fields: list[str]
):
    done = tfdd(tmp_path, {"DocumentName": title, "Issue Area": "0"})
    assert values(done, RECORD, "instrument") == [form]
    assert values(done, RECORD, "domain") == [*fields, "water"]


def test_what_stands_for_a_title_is_none(tmp_path: Path):
    known = "Protocol on the Ishim.  Agreement text is not available."
    done = tfdd(
        tmp_path,
        {KEY: "1", "DocumentName": known},
        {KEY: "2", "DocumentName": "Title of agreement is not known. It sets up a commission"},
        {KEY: "3", "DocumentName": "Accord du Nil entre l'Iran et l'Irak"},
    )
    assert values(done, "tfdd/1", "title") == ["Protocol on the Ishim"]
    assert values(done, "tfdd/2", "title") == ["Water agreement, Jordan–Syria, 1953"]
    assert values(done, "tfdd/2", "confidence") == ["low"]
    assert values(done, "tfdd/3", "generatedTitle") == ["Water agreement, Jordan–Syria, 1953"]


def test_year_before_unts_is_no_volume(tmp_path: Path):
    done = tfdd(tmp_path, {"Source": "1968 UNTS 103; No. 9156"})
    assert values(done, RECORD, "treatySeries") == []
    assert values(done, RECORD, "untsNumber") == ["I-9156"]


def test_issue_that_no_table_has_is_reported(tmp_path: Path):
    done = tfdd(tmp_path, {"Issue Area": "Ice"})
    assert done.report.unmapped == {"tfdd-issue 'Ice'": 1}
    assert values(done, RECORD, "domain") == ["water"]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"DateSigned": "31.06.1953"}, "DateSigned"),
        ({"DateSigned": "June 1953"}, "DateSigned"),
        ({"Signatories": "Jordan, Atlantis"}, "Signatories"),
    ],
)
def test_bad_cell_stops_the_import_and_names_its_place(
    tmp_path: Path, cells: dict[str, str], column: str
):
    with pytest.raises(BadData, match=f"{FILE}:2:{column}:"):
        tfdd(tmp_path, cells)


def test_missing_column_other_separator_or_repeated_row_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match="Entry ID: '9' stands already"):
        tfdd(tmp_path, {"Entry ID": "9"}, {"Entry ID": "9"})
    path = put(tmp_path / FILE, COLUMNS[:-1], [ROW])
    with pytest.raises(BadData, match="no column LocationSigned"):
        read(path, Minter({}, ()))
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    with pytest.raises(BadData, match="no column Entry ID"):
        read(path, Minter({}, ()))


def test_same_file_gives_the_same_bytes(tmp_path: Path):
    once, again = (tfdd(tmp_path, {}, {KEY: "2"}) for _ in range(2))
    assert turtle.write(once.triples) == turtle.write(again.triples)
