"""Labour agreements: two files, days as month/day/year, and columns that contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.bla import CODED, CODING, COLUMNS, FILE, read
from tests.test_importers import put, values

JORDAN, PHILIPPINES, EGYPT, MOZAMBIQUE, SOUTH_AFRICA = "663", "840", "651", "541", "560"
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "treatyID": "738",
    "countryA": "Jordan",
    "countryB": "Philippines",
    "codeA": JORDAN,
    "codeB": PHILIPPINES,
    "year": "1988",
    "datesigned": " 11/3/1988",
    "copy_available": "1",
    "evidence_available": "0",
    "evidence_notavailable": "0.0",
}
TEXT = {
    **dict.fromkeys(CODED, ""),
    "treatyID": "738",
    "agreement_title": ' "Agreement on Manpower  between A and B" ',
    "coded_orig_lang": "English",
    "autorenew": "1.0",
    "bla_duration": "The BLA is valid for a specified number of years",
    "bla_duration_years": "3",
}
RECORD = "bla/738"


def bla(
    tmp_path: Path, *changes: dict[str, str], texts: list[dict[str, str]] | None = None
) -> Imported:
    put(tmp_path / CODING, CODED, [TEXT | t for t in texts or []])
    return read(put(tmp_path / FILE, COLUMNS, [ROW | c for c in changes]), Minter({}, ()))


def test_row_without_a_text_becomes_a_record(tmp_path: Path):
    done = bla(tmp_path, {})
    said = {
        "party": ["JOR", "PHL"],
        "signedOn": ["1988-11-03"],
        "inForceFrom": [],
        "domain": ["labour"],
        "instrument": ["unknown"],
        "bindingness": ["unknown"],
        "confidence": ["high"],
        "title": ["Labour agreement, Jordan–Philippines, 1988"],
        "titleGenerated": ["true"],
        "term": [],
        "renewal": [],
        "blaId": ["738"],
    }
    assert {name: values(done, RECORD, name) for name in said} == said


def test_text_gives_title_form_and_term(tmp_path: Path):
    done = bla(tmp_path, {"ratified": "12/4/1988"}, texts=[{}])
    said = {
        "title": ["Agreement on Manpower between A and B"],
        "titleGenerated": [],
        "instrument": ["agreement"],
        "bindingness": ["binding"],
        "term": ["P3Y"],
        "renewal": ["automatic"],
        "inForceFrom": [],
        "description": ["The dataset's column “ratified”, which it does not define: 1988-12-04."],
    }
    assert {name: values(done, RECORD, name) for name in said} == said


@pytest.mark.parametrize(
    ("duration", "renews", "term", "renewal"),
    [
        ("The BLA is valid for a specified number of years", "0.0", ["P3Y"], []),
        ("The BLA is valid until terminated", "1.0", [], ["indefinite"]),
        ("The BLA does not mention when it terminates", "1.0", [], []),
        ("Other", "", [], []),
    ],
)
def test_each_duration(
    tmp_path: Path, duration: str, renews: str, term: list[str], renewal: list[str]
):
    done = bla(tmp_path, {}, texts=[{"bla_duration": duration, "autorenew": renews}])
    assert values(done, RECORD, "term") == term
    assert values(done, RECORD, "renewal") == renewal


@pytest.mark.parametrize(
    ("title", "instrument", "domains"),
    [
        ("Memorandum of Understanding on the Agreement of 1980", "mou", ["labour"]),
        ("Additional Protocol to the Agreement", "protocol", ["labour"]),
        ("Protocol amending the memorandum of understanding", "amending-protocol", ["labour"]),
        ("Convention on the Movement of Persons", "convention", ["labour", "visa-mobility"]),
        ("Agreement in the field of Vocational Training", "agreement", ["education", "labour"]),
        ("Agreement on health services", "agreement", ["health", "labour"]),
        ("Principles and Controls", "unknown", ["labour"]),
        ("Joint Statement", "joint-statement", ["labour"]),
    ],
)
def test_title_says_form_and_fields(
    tmp_path: Path, title: str, instrument: str, domains: list[str]
):
    done = bla(tmp_path, {}, texts=[{"agreement_title": title}])
    assert values(done, RECORD, "instrument") == [instrument]
    assert values(done, RECORD, "domain") == domains


def test_joint_statement_is_political(tmp_path: Path):
    done = bla(tmp_path, {}, texts=[{"agreement_title": "Joint Statement"}])
    assert values(done, RECORD, "bindingness") == ["political"]


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ('"1997 Agreement of A and B', "1997 Agreement of A and B"),
        ('Notes amending "Agreement of 1964"', 'Notes amending "Agreement of 1964"'),
        ('"Joint Statement"; "Basis"', '"Joint Statement"; "Basis"'),
    ],
)
def test_quotes_around_a_title_are_dropped(tmp_path: Path, title: str, kept: str):
    assert values(bla(tmp_path, {}, texts=[{"agreement_title": title}]), RECORD, "title") == [kept]


def test_headnote_is_no_title_and_language_is_told(tmp_path: Path):
    done = bla(
        tmp_path, {}, texts=[{"agreement_title": "Agreement " * 40, "coded_orig_lang": "Arabic"}]
    )
    assert values(done, RECORD, "titleGenerated") == ["true"]
    assert values(done, RECORD, "description") == ["The dataset read the text in Arabic."]


@pytest.mark.parametrize(
    ("found", "confidence"),
    [(("1", "0", "0.0"), "high"), (("0", "1", "0.0"), "medium"), (("0", "0", "1.0"), "low")],
)
def test_confidence_is_how_near_the_text_is(
    tmp_path: Path, found: tuple[str, str, str], confidence: str
):
    names = ("copy_available", "evidence_available", "evidence_notavailable")
    done = bla(tmp_path, dict(zip(names, found, strict=True)))
    assert values(done, RECORD, "confidence") == [confidence]


@pytest.mark.parametrize(
    ("cells", "signed"),
    [
        ({"datesigned": ""}, ["1988"]),
        ({"datesigned": "", "year": "9999"}, []),
        ({"year": "9999"}, ["1988-11-03"]),
        ({"year": "1991"}, []),
    ],
)
def test_day_else_year_else_nothing(tmp_path: Path, cells: dict[str, str], signed: list[str]):
    assert values(bla(tmp_path, cells), RECORD, "signedOn") == signed


def test_contradiction_is_told_and_lowers_confidence(tmp_path: Path):
    done = bla(tmp_path, {"year": "1991"})
    assert values(done, RECORD, "confidence") == ["low"]
    assert values(done, RECORD, "description") == [
        "The dataset gives the day of signature as 1988-11-03 and the year as 1991."
    ]
    assert [key for key, _ in done.report.notes] == ["738"]


def test_known_error_is_read_as_the_year(tmp_path: Path):
    done = bla(tmp_path, {"treatyID": "659", "datesigned": "5/2/2997", "year": "2007"})
    assert values(done, "bla/659", "signedOn") == ["2007"]
    assert values(done, "bla/659", "confidence") == ["medium"]
    assert "cannot be" in done.report.notes[0][1]


@pytest.mark.parametrize(
    ("ratified", "note"), [("5/29/2007 or sooner", "is no date"), ("1/9/1961", "before signature")]
)
def test_odd_ratification_is_noted(tmp_path: Path, ratified: str, note: str):
    done = bla(tmp_path, {"ratified": ratified})
    assert note in done.report.notes[0][1]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"codeB": "709"}, "Macao is territory, not a party here"),
        (
            {"codeA": SOUTH_AFRICA, "codeB": MOZAMBIQUE, "year": "1966", "datesigned": ""},
            "territory",
        ),
        ({"codeA": EGYPT, "year": "1958", "datesigned": ""}, "may be"),
    ],
)
def test_left_out_with_its_reason(tmp_path: Path, cells: dict[str, str], reason: str):
    done = bla(tmp_path, cells)
    assert done.report.kept == 0
    assert [key for key, _ in done.report.left_out] == ["738"]
    assert reason in done.report.left_out[0][1]


def test_rows_of_the_same_pair_and_day_are_both_kept(tmp_path: Path):
    done = bla(tmp_path, {}, {"treatyID": "739"})
    assert (done.report.kept, len(done.report.notes)) == (2, 2)


def test_row_without_an_oic_party_is_not_ours(tmp_path: Path):
    done = bla(tmp_path, {"codeA": "2"})
    assert (done.report.kept, done.report.left_out) == (0, [])


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"codeA": "999"}, "codeA"),
        ({"datesigned": "3.11.1988"}, "datesigned"),
        ({"datesigned": "13/11/1988"}, "datesigned"),
        ({"datesigned": "2/30/1988"}, "datesigned"),
        ({"treatyID": "x"}, "treatyID"),
        ({"copy_available": "maybe"}, "copy_available"),
    ],
)
def test_bad_cell_names_its_column(tmp_path: Path, change: dict[str, str], column: str):
    with pytest.raises(BadData, match=rf"{FILE}:2:{column}:"):
        bla(tmp_path, change)


def test_unknown_duration_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=":bla_duration:"):
        bla(tmp_path, {}, texts=[{"bla_duration": "for ever"}])


def test_layout_is_checked(tmp_path: Path):
    with pytest.raises(BadData, match="stands already in row 2"):
        bla(tmp_path, {}, {})
    with pytest.raises(BadData, match="no column evidence_notavailable"):
        read(put(tmp_path / FILE, COLUMNS[:-1], [ROW]), Minter({}, ()))
    path = put(tmp_path / FILE, COLUMNS, [ROW])
    path.write_text(path.read_text("utf-8").replace(",", "|"), "utf-8")
    with pytest.raises(BadData, match="no column treatyID"):
        read(path, Minter({}, ()))
    (tmp_path / CODING).unlink()
    with pytest.raises(BadData, match=CODING):
        read(path, Minter({}, ()))


def test_same_file_gives_the_same_bytes_in_any_order(tmp_path: Path):
    rows = [{"treatyID": str(n)} for n in range(1, 12)]
    first = turtle.write(bla(tmp_path, *rows).triples)
    assert first == turtle.write(bla(tmp_path, *reversed(rows)).triples)
