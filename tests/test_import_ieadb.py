"""IEADB: two files joined by number, sentinels in dates, and parties read from titles by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.ieadb import COLUMNS, FILE, MEMBERS, PARTIES, read
from tests.test_importers import put, values

ROW = {
    **dict.fromkeys(COLUMNS, "<NA>"),
    "mitchID": "1089",
    "treatyID": "GEO-TUR_1997A",
    "Title": "Agreement Between Turkey And Georgia On Cooperation In The Field Of Environment",
    "Signature": "1997-07-14",
    "Force": "1998-02-03",
    "TypeAmbit": "Bilateral",
    "TypeAgree": "Agreement",
    "TypeSubject": "General environmental cooperation",
}
MEMBER = {
    **dict.fromkeys(MEMBERS, "<NA>"),
    "ieadbID": "1089.0",
    "treatyID": "GEO-TUR[EIF]_1997A",
    "Title": ROW["Title"],
    "Signature": "1997-07-14",
    "stateSignature": "1997-07-14",
    "Force": "1998-02-03",
}
PAIR = ("GEO", "TUR")
RECORD = "ieadb/1089"


def members(states: Sequence[str], **cells: str) -> list[dict[str, str]]:
    return [MEMBER | {"stateID": state} | cells for state in states]


def ieadb(tmp_path: Path, coded: list[dict[str, str]], parties: list[dict[str, str]]) -> Imported:
    put(tmp_path / PARTIES, MEMBERS, parties)
    put(tmp_path / FILE, COLUMNS, [ROW | cells for cells in coded])
    return read(tmp_path, Minter({}, ()))


def one(tmp_path: Path, **cells: str) -> Imported:
    return ieadb(tmp_path, [cells], members(PAIR))


def test_rows_of_both_files_become_one_record(tmp_path: Path):
    done = one(tmp_path, TextURL="https://example.org/text.pdf", Location="Ankara")
    said = {
        "party": ["GEO", "TUR"],
        "signedOn": ["1997-07-14"],
        "inForceFrom": ["1998-02-03"],
        "inForceUntil": [],
        "domain": ["environment"],
        "instrument": ["agreement"],
        "bindingness": ["binding"],
        "confidence": ["high"],
        "title": [ROW["Title"]],
        "place": ["Ankara"],
        "page": ["https://example.org/text.pdf"],
        "ieadbId": ["1089"],
        "locator": ["mitchID 1089"],
    }
    assert {name: values_of(done, name) for name in said} == said


def values_of(done: Imported, name: str) -> list[str]:
    """Return the values of a property of the record; a page whole."""
    if name != "page":
        return values(done, RECORD, name)
    return [str(t.object.value) for t in done.triples if t.predicate.value.endswith("/page")]


def test_path_may_be_the_file_of_the_agreements(tmp_path: Path):
    one(tmp_path)
    assert read(tmp_path / FILE, Minter({}, ())).report.kept == 1


@pytest.mark.parametrize("never", ["2599-01-01", "2899-01-01", "2999-01-01", "<NA>"])
def test_sentinel_is_no_entry_into_force(tmp_path: Path, never: str):
    done = one(tmp_path, Force=never)
    assert values(done, RECORD, "inForceFrom") == []
    assert values(done, RECORD, "bindingness") == ["unknown"]


def test_first_of_january_is_a_year_in_the_parties_file_alone(tmp_path: Path):
    padded = members(PAIR, Signature="1996-01-01", stateSignature="1996-01-01")
    done = ieadb(tmp_path, [{"Signature": "<NA>"}], padded)
    assert values(done, RECORD, "signedOn") == ["1996"]
    assert values(one(tmp_path, Signature="1982-01-01"), RECORD, "signedOn") == ["1982-01-01"]


@pytest.mark.parametrize(
    ("ground", "until"),
    [
        ("Terminated by Romania joining the EU", ["2007-01-11"]),
        ("the IEADB assumes it is terminated by the next", []),
        ("<NA>", []),
    ],
)
def test_end_is_read_only_with_a_ground(tmp_path: Path, ground: str, until: list[str]):
    done = one(tmp_path, Term="2007-01-11", Grounds=ground)
    assert values(done, RECORD, "inForceUntil") == until
    assert len(done.report.notes) == (not until)


def test_agreement_that_only_the_parties_file_has_is_kept(tmp_path: Path):
    title = "Convention Between Kazakhstan And Bulgaria On Veterinary Medicine"
    done = ieadb(tmp_path, [], members(("BGR", "KAZ"), Title=title))
    assert values(done, RECORD, "party") == ["BGR", "KAZ"]
    assert values(done, RECORD, "inForceFrom") == ["1998-02-03"]
    assert values(done, RECORD, "domain") == ["agriculture-food"]
    assert values(done, RECORD, "instrument") == ["convention"]
    assert values(done, RECORD, "confidence") == ["medium"]
    assert values(done, RECORD, "locator") == ["ieadbID 1089"]


def test_parties_that_the_file_lacks_come_from_the_table_of_titles(tmp_path: Path):
    done = ieadb(tmp_path, [{"mitchID": "1097", "treatyID": "ARG-DZA_1997A"}], [])
    assert values(done, "ieadb/1097", "party") == ["ARG", "DZA"]
    assert values(done, "ieadb/1097", "confidence") == ["medium"]


def test_party_is_the_state_of_that_day(tmp_path: Path):
    row = {"Signature": "1935-05-06"}
    done = ieadb(tmp_path, [row], members(("AFG", "RUS"), Signature="1935-05-06"))
    assert values(done, RECORD, "party") == ["AFG", "SUN"]
    done = ieadb(tmp_path, [{}], members(("ALG", "SWA - SWZ")))
    assert values(done, RECORD, "party") == ["DZA", "SWZ"]


@pytest.mark.parametrize(
    ("cells", "parties", "reason"),
    [
        ({"TypeAmbit": "Multilateral"}, members(PAIR), "multilateral"),
        ({}, members(("SEN",)), "1 parties: Senegal"),
        ({"mitchID": "2324"}, [], "European Union is organisation, not a party here"),
        ({"mitchID": "4052", "treatyID": "DZA-FRA_1881A"}, [], "no parties given"),
        (
            {"mitchID": "8388"},
            members(("JOR", "RUS"), ieadbID="8388.0"),
            "the title names Japan, the parties file Jordan",
        ),
    ],
)
def test_agreement_that_is_not_for_us_is_left_out_with_its_reason(
    tmp_path: Path, cells: dict[str, str], parties: list[dict[str, str]], reason: str
):
    done = ieadb(tmp_path, [cells], parties)
    assert [why for _, why in done.report.left_out] == [reason]


def test_doubt_about_the_state_of_a_year_is_left_out(tmp_path: Path):
    padded = members(("BGR", "EGY"), Signature="1958-01-01", stateSignature="1958-01-01")
    done = ieadb(tmp_path, [{"Signature": "<NA>"}], padded)
    assert done.report.left_out == [("1089", "EGY on 1958 may be Egypt or United Arab Republic")]


def test_states_that_joined_one_by_one_are_no_pair(tmp_path: Path):
    joined = members(("GUY",), stateSignature="<NA>") + members(("SUR",), stateSignature="<NA>")
    done = ieadb(tmp_path, [], joined)
    assert done.report.left_out == [
        ("1089", "not in the agreements file, and joined by one state at a time")
    ]


def test_agreement_that_repeats_another_is_left_out(tmp_path: Path):
    title = ROW["Title"].replace("Turkey", "The Government Of Turkey")
    done = ieadb(tmp_path, [{}], members(PAIR) + members(PAIR, ieadbID="735.0", Title=title))
    assert done.report.left_out == [("735", "repeats 1089: same title, parties and day")]
    assert done.report.kept == 1


def test_agreement_of_other_states_is_not_ours(tmp_path: Path):
    done = ieadb(tmp_path, [{"treatyID": "FRA-GBR_1857A"}], members(("FRA", "GBR")))
    assert done.report.left_out == []
    assert done.report.kept == 0


@pytest.mark.parametrize(
    ("subject", "title", "domains"),
    [
        ("Energy", "Agreement On Peaceful Uses Of Atomic Energy", ["nuclear-energy"]),
        ("Energy", "Agreement On The Energy Sector", ["energy"]),
        ("Fish and fisheries", "Fisheries Convention", ["agriculture-food"]),
        ("Freshwater", "Agreement On The Yarmuk", ["water"]),
        ("Trade & environment", "Free Trade Agreement", ["free-trade"]),
        ("Others", "Agreement On Cooperation", ["environment"]),
        ("<NA>", "Agreement On Marine Transportation", ["shipping"]),
    ],
)
def test_subject_and_title_tell_the_fields(
    tmp_path: Path, subject: str, title: str, domains: list[str]
):
    done = one(tmp_path, TypeSubject=subject, Title=title)
    assert values(done, RECORD, "domain") == domains


@pytest.mark.parametrize(
    ("coded", "title", "form"),
    [
        ("Agreement", "Memorandum Of Understanding On Water", "mou"),
        ("Exchange of Notes Constituting An Agreement", "Arrangement", "exchange-of-notes"),
        ("Amendment", "Protocol Amending The Agreement", "amending-protocol"),
        ("Statute-Commission", "Statute Of The Commission", "unknown"),
        ("Arrangement-Agreement", "Cooperation", "arrangement"),
    ],
)
def test_form_comes_from_the_title_or_the_coding(
    tmp_path: Path, coded: str, title: str, form: str
):
    assert values(one(tmp_path, TypeAgree=coded, Title=title), RECORD, "instrument") == [form]


def test_codes_that_no_table_has_are_reported(tmp_path: Path):
    done = one(tmp_path, TypeAgree="Oath", TypeSubject="Stars")
    assert set(done.report.unmapped) == {"ieadb-agree 'Oath'", "ieadb-subject 'Stars'"}


@pytest.mark.parametrize(
    "text", ["112 Canadian Treaty Series 31", "http://iea.uoregon.edu/no_IEA_source_text"]
)
def test_only_an_address_of_a_text_is_a_page(tmp_path: Path, text: str):
    assert values_of(one(tmp_path, TextURL=text), "page") == []


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Signature": "1997-02-30"}, "Signature"),
        ({"Force": "1998.02.03"}, "Force"),
        ({"TypeAmbit": "Both"}, "TypeAmbit"),
    ],
)
def test_bad_cell_stops_the_import_and_names_its_place(
    tmp_path: Path, cells: dict[str, str], column: str
):
    with pytest.raises(BadData, match=f"{FILE}:2:{column}:"):
        one(tmp_path, **cells)


def test_bad_file_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=f"{FILE}:3:mitchID: 1089 stands already in row 2"):
        ieadb(tmp_path, [{}, {}], members(PAIR))
    with pytest.raises(BadData, match=f"{PARTIES}:2:stateID: no party for 'XXX'"):
        ieadb(tmp_path, [{}], members(("XXX", "TUR")))
    put(tmp_path / PARTIES, MEMBERS[:-1], members(PAIR))
    with pytest.raises(BadData, match="no column Force"):
        read(tmp_path, Minter({}, ()))
    (tmp_path / PARTIES).unlink()
    with pytest.raises(BadData, match=f"cannot be read.*expected {PARTIES}"):
        read(tmp_path, Minter({}, ()))


def test_other_separator_stops_the_import(tmp_path: Path):
    one(tmp_path)
    path = tmp_path / FILE
    path.write_text(path.read_text("utf-8").replace(",", ";"), "utf-8")
    with pytest.raises(BadData, match="no column mitchID"):
        read(tmp_path, Minter({}, ()))


def test_same_files_give_the_same_bytes(tmp_path: Path):
    once, again = (one(tmp_path) for _ in range(2))
    assert turtle.write(once.triples) == turtle.write(again.triples)
