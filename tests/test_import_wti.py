"""The World Treaty Index: every row of an OIC party ends in a record or in the report."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg import turtle
from kg.errors import BadData
from kg.importers.base import Imported, Minter
from kg.importers.wti import COLUMNS, FILE, read
from kg.importers.wti_text import fields, subject, title
from kg.vocab import BASE, local

#: A row that is in order; a test changes some cells.
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "treaty_id": "110001",
    "Source": "UNTS",
    "Vol": "700",
    "Page": "12",
    "Signed": "1969-05-04",
    "Force": "1970-01-02",
    "Regis": "1970-03-05 00:00:00",
    "party1": "PAKIST",
    "party2": "TURKEY",
    "laterality": "BILAT",
    "headnote": "AIR TRANSPORT",
    "topic1": "5AIR",
    "title": "AGREEM",
}


def put(tmp_path: Path, *changes: dict[str, str], delimiter: str = "\t") -> Path:
    """Write rows with the keys 110001, 110002 and so on, unless a change says another."""
    rows = [ROW | {"treaty_id": str(110000 + n)} | c for n, c in enumerate(changes, 1)]
    lines = [COLUMNS, *([row[name] for name in COLUMNS] for row in rows)]
    path = tmp_path / FILE
    path.write_text("".join(delimiter.join(line) + "\n" for line in lines), "utf-8")
    return path


def wti(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read(put(tmp_path, *changes), Minter({}, ()))


def said(done: Imported, key: str = "110001") -> dict[str, list[str]]:
    """Return the values of a record by property, IRIs by their last part."""
    values: dict[str, list[str]] = {}
    for triple in done.triples:
        if triple.subject == NamedNode(f"{BASE}id/record/wti/{key}"):
            node = triple.object
            assert isinstance(node, NamedNode | Literal)
            value = local(node.value) if isinstance(node, NamedNode) else node.value
            values.setdefault(local(triple.predicate.value), []).append(value)
    return {name: sorted(found) for name, found in values.items()}


def left(done: Imported) -> dict[str, str]:
    return dict(done.report.left_out)


# A row and its record


def test_row_becomes_a_record(tmp_path: Path):
    done = wti(tmp_path, {})
    assert said(done) == {
        "type": ["Record"],
        "describes": ["PAK-TUR-1969-05-04"],
        "source": ["wti"],
        "locator": ["treaty_id 110001; UNTS 700:12"],
        "retrievedOn": said(done)["retrievedOn"],
        "confidence": ["high"],
        "evidence": ["attested"],
        "title": ["Air transport (agreement), Pakistan–Türkiye, 1969"],
        "titleGenerated": ["true"],
        "party": ["PAK", "TUR"],
        "signedOn": ["1969-05-04"],
        "inForceFrom": ["1970-01-02"],
        "domain": ["air-services"],
        "instrument": ["agreement"],
        "bindingness": ["binding"],
        "wtiId": ["110001"],
        "untsNumber": ["I-10001"],
        "treatySeries": ["UNTS 700:12"],
        "event": ["1"],
    }
    assert said(done, "110001/event/1") == {
        "type": ["Event"],
        "kind": ["registration"],
        "date": ["1970-03-05"],
    }


def test_same_file_gives_the_same_bytes(tmp_path: Path):
    changes = ({}, {"headnote": "TRADE", "topic1": "3TRADE"}, {"party2": "IDA"})
    first, second = (turtle.write(wti(tmp_path, *changes).triples) for _ in range(2))
    assert first == second


def test_order_of_the_rows_does_not_matter(tmp_path: Path):
    one, two = {"treaty_id": "110007"}, {"treaty_id": "400001", "Source": "TURG"}
    first, second = (wti(tmp_path, *pair).triples for pair in ((one, two), (two, one)))
    assert first == second


def test_no_force_is_no_entry_into_force(tmp_path: Path):
    done = wti(tmp_path, {"Force": "", "Regis": ""})
    assert "inForceFrom" not in said(done)
    assert "event" not in said(done)
    assert done.report.counts["… of them without a date of entry into force"] == 1


def test_headnote_that_is_a_title_is_kept(tmp_path: Path):
    text = "Agreement between the Government of Pakistan and the Republic of Turkey on trade"
    done = wti(tmp_path, {"headnote": text})
    assert said(done)["title"] == [text]
    assert "titleGenerated" not in said(done)


# Codes


@pytest.mark.parametrize(
    ("code", "day", "party"),
    [
        ("TUKEY", "1928-02-04", "TUR"),
        ("TURKEY", "1921-03-16", "OTT"),
        ("EGYPT", "1960-05-04", "UAR"),
        ("YEMEN", "1980-05-04", "YAR"),
        ("YEMENA", "1994-02-01", "YEM"),
        ("YEMES", "1980-05-04", "YMD"),
        ("SAUDI", "1915-12-26", "NEJD"),
        ("HEDJAZ", "1927-05-20", "SAU"),
        ("PLO", "1978-02-01", "PSE"),
        ("ABUDHA", "1971-12-01", "ABU-DHABI"),
        ("NEGERI", "1985-11-19", "NGA"),
        ("SENEGA", "1960-02-11", "SEN"),
    ],
)
def test_party_code_is_the_party_of_the_day(tmp_path: Path, code: str, day: str, party: str):
    done = wti(tmp_path, {"party1": "FRANCE", "party2": code, "Signed": day, "Force": ""})
    assert said(done)["party"] == sorted(["FRA", party])


@pytest.mark.parametrize(
    ("code", "day", "party"),
    [
        ("USSR", "1921-03-16", "SUN"),
        ("GERME", "1972-03-16", "DDR"),
        ("GERMAN", "1930-03-16", "DEK"),
        ("GERMAN", "1989-03-12", "DEU"),
        ("CZECHO", "1950-03-16", "CSK"),
        ("YUGOSL", "1970-03-16", "YUG"),
        ("YUGOSL", "1995-03-16", "SCG"),
        ("TAIWAN", "1957-03-16", "TWN"),
        ("VIETS", "1960-03-16", "VDR"),
        ("BRIT. INDIA", "1933-03-13", "IND"),
        ("CONGO", "1970-03-13", "COG"),
    ],
)
def test_partner_code_is_the_partner_of_the_day(tmp_path: Path, code: str, day: str, party: str):
    done = wti(tmp_path, {"party2": code, "party1": "IRAN", "Signed": day})
    assert said(done)["party"] == sorted(["IRN", party])


@pytest.mark.parametrize(
    ("topic", "headnote", "domains"),
    [
        ("9MILIT", "MILITARY COOPERATION", ["defence"]),
        ("9MILIT", "WAR GRAVES", ["people"]),
        ("4MILIT", "TRAINING OF ARMED FORCES", ["military-training"]),
        ("1AMITY", "FRIENDSHIP AND NEUTRALITY", ["friendship", "neutrality"]),
        ("6POST", "EXCHANGE OF MONEY ORDERS", ["finance"]),
        ("4RESOU", "LOAN FOR DAMASCUS-DER'A HIGHWAY", ["road-rail-transit"]),
        ("4RESOU", "EUPHRATES RIVER DAM", ["water"]),
        ("", "RELATIONS", ["political"]),
        ("4LOAN", "A.I.D. GRANT FOR A HOSPITAL", ["development-aid", "finance", "health"]),
        ("4LOAN", "GRANT FOR SOCIAL ENVIRONMENT IMPROVEMENT PROJECT", ["finance"]),
        ("1ESTAB", "ESTABLISHMENT", ["economic-framework"]),
    ],
)
def test_topic_and_headnote_tell_the_field(
    tmp_path: Path, topic: str, headnote: str, domains: list[str]
):
    assert said(wti(tmp_path, {"topic1": topic, "headnote": headnote}))["domain"] == domains


def test_our_reading_of_a_row_tells_the_field(tmp_path: Path):
    row = {"treaty_id": "433338", "topic1": "1ESTAB", "headnote": "ESTABLISHMENT"}
    assert said(wti(tmp_path, row), "433338")["domain"] == ["visa-mobility"]


def test_two_topics_are_two_fields(tmp_path: Path):
    done = wti(tmp_path, {"headnote": "MATTERS", "topic1": "8FISH", "topic2": "9XTRAD"})
    assert said(done)["domain"] == ["agriculture-food", "extradition"]


def test_interchanged_topic_and_title_are_read(tmp_path: Path):
    done = wti(tmp_path, {"topic1": "TREATY", "title": "1AMITY", "headnote": "FRIENDSHIP"})
    assert said(done)["domain"] == ["friendship"]
    assert said(done)["instrument"] == ["treaty"]


@pytest.mark.parametrize(
    ("code", "instrument"),
    [("EXCHAN", "exchange-of-notes"), ("MEMORA", "mou"), ("PORTOC", "protocol"), ("", "unknown")],
)
def test_title_code_is_the_instrument(tmp_path: Path, code: str, instrument: str):
    assert said(wti(tmp_path, {"title": code}))["instrument"] == [instrument]


def test_unknown_code_is_reported(tmp_path: Path):
    done = wti(tmp_path, {"topic1": "9NEW", "title": "NEW", "Source": "NEW"})
    codes = ["wti-source 'NEW'", "wti-title 'NEW'", "wti-topic '9NEW'"]
    assert done.report.unmapped == dict.fromkeys(codes, 1)
    assert said(done)["domain"] == ["political"]
    assert said(done)["confidence"] == ["low"]


# Where it is published


@pytest.mark.parametrize(
    ("cells", "number", "series"),
    [
        ({"treaty_id": "200054"}, ["II-54"], ["UNTS 700:12"]),
        ({"treaty_id": "36792"}, ["I-36792"], ["UNTS 700:12"]),
        ({"treaty_id": "31650", "Vol": "2086"}, [], ["UNTS 2086:12"]),
        ({"treaty_id": "100001", "Vol": "2095"}, [], ["UNTS 2095:12"]),
        ({"Source": "UNXX", "Vol": "95", "Page": "5"}, ["I-10001"], []),
        ({"treaty_id": "300118", "Source": "LTS", "Vol": "5"}, [], ["LNTS 5:12"]),
        ({"treaty_id": "487196", "Source": "USIA", "Vol": "0"}, [], ["TIAS 12"]),
        ({"treaty_id": "486411", "Source": "UST", "Page": ""}, [], []),
        ({"treaty_id": "466123", "Source": "TURG", "Vol": "61"}, [], []),
    ],
)
def test_place_of_publication(
    tmp_path: Path, cells: dict[str, str], number: list[str], series: list[str]
):
    done = wti(tmp_path, cells)
    record = said(done, cells.get("treaty_id", "110001"))
    assert record.get("untsNumber", []) == number
    assert record.get("treatySeries", []) == series


def test_row_of_a_national_source_is_less_certain(tmp_path: Path):
    done = wti(tmp_path, {"treaty_id": "466123", "Source": "TURG", "Vol": "69"})
    assert said(done, "466123")["confidence"] == ["medium"]
    assert said(done, "466123")["bindingness"] == ["unknown"]
    assert "event" not in said(done, "466123")


# What is left out


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"party2": "IDA"}, "International Development Association is organisation"),
        ({"party2": "BNLXEC"}, "Union is group"),
        ({"party2": "HONGKO"}, "Hong Kong is territory"),
        ({"party2": "PALESTINE"}, "Palestine under British mandate is territory"),
        ({"party2": "congo"}, "one of the two Congos is none"),
        ({"party2": "TURKEY", "party1": "TUKEY"}, "2 parties: Türkiye, Türkiye"),
        ({"party2": "", "laterality": "UNILAT"}, "unilateral"),
        ({"party1": "NIGERI", "Signed": "1955-05-18"}, "British Nigeria is territory"),
        ({"party1": "YEMES", "Signed": "1962-11-14"}, "Aden and its protectorates is territory"),
        ({"party1": "GERME", "Signed": "1910-03-04"}, "GERME on 1910-03-04 may be nothing"),
    ],
)
def test_other_than_two_parties_is_left_out(tmp_path: Path, cells: dict[str, str], reason: str):
    done = wti(tmp_path, cells)
    assert reason in left(done)["110001"]
    assert done.triples == ()


def test_row_without_an_oic_party_is_not_ours(tmp_path: Path):
    done = wti(tmp_path, {"party1": "FRANCE", "party2": "ITALY"})
    assert (done.triples, done.report.left_out, done.report.counts) == ((), [], {})


def test_row_of_a_gazette_repeats_the_registered_row(tmp_path: Path):
    gazette = {"treaty_id": "010001", "Source": "TURG", "Vol": "70", "headnote": "AIR TRANSPORT."}
    done = wti(tmp_path, {}, gazette)
    assert left(done) == {"010001": "repeats 110001: same day, parties and headnote"}
    assert done.report.counts["… between two parties, repeating another row"] == 1


def test_second_copy_of_a_registered_row_is_left_out(tmp_path: Path):
    done = wti(tmp_path, {}, {"treaty_id": "110001B"})
    assert list(left(done)) == ["110001B"]


def test_agreement_of_the_union_stands_once(tmp_path: Path):
    day = {"Signed": "1960-03-24", "Source": "SYRP"}
    egypt = {"party2": "EGYPT", "headnote": "CULTURE (UAR)", "treaty_id": "556045"}
    syria = {"party2": "SYRIA", "headnote": "CULTURE (EGYPT)", "treaty_id": "556001"}
    done = wti(tmp_path, day | egypt, day | syria)
    assert left(done) == {"556045": "repeats 556001: same day, parties and headnote"}
    assert said(done, "556001")["party"] == ["PAK", "UAR"]


def test_agreement_of_egypt_before_the_union_is_not_syrias(tmp_path: Path):
    row = {"Signed": "1951-04-26", "party1": "SPAIN", "Source": "SYRP"}
    egypt = row | {"treaty_id": "556049", "party2": "EGYPT", "headnote": "CULTURE (UAR)"}
    syria = row | {"treaty_id": "556006", "party2": "SYRIA", "headnote": "CULTURE (EGYPT)"}
    done = wti(tmp_path, egypt, syria)
    assert "extended to Syria" in left(done)["556006"]
    assert said(done, "556049")["confidence"] == ["low"]


def test_two_registered_agreements_of_a_day_are_both_kept(tmp_path: Path):
    done = wti(tmp_path, {}, {"Page": "15"}, *[{"Source": "UNXX", "Vol": "70", "Page": "3"}] * 2)
    assert done.report.kept == 4
    assert said(done, "110002")["describes"] == ["PAK-TUR-1969-05-04-2"]


# Odd dates


def test_date_of_this_century_is_not_read(tmp_path: Path):
    cells = {"Signed": "1927-11-03", "Force": "2028-05-15", "Regis": "2028-05-31 00:00:00"}
    done = wti(tmp_path, cells | {"party1": "AFGHAN"})
    assert "inForceFrom" not in said(done)
    assert "event" not in said(done)
    assert said(done)["description"] == [
        "The source dates entry into force 2028-05-15, after its own end in 2003: not taken over."
        " The source dates registration 2028-05-31, after its own end in 2003: not taken over."
    ]
    assert len(done.report.notes) == 2


def test_entry_into_force_before_signature_is_kept_and_noted(tmp_path: Path):
    done = wti(tmp_path, {"Force": "1969-01-01"})
    assert said(done)["inForceFrom"] == ["1969-01-01"]
    assert done.report.notes == [
        ("110001", "enters into force (1969-01-01) before signature (1969-05-04)")
    ]


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"Regis": "1969-01-01 00:00:00"}, "registered (1969-01-01) before it was signed"),
        ({"Source": "WGBA", "Vol": "1952"}, "published (WGBA 1952) before it was signed"),
        ({"Force": "1979-05-04"}, "on one day of different years"),
        ({"Force": "1959-05-14"}, "in force (1959-05-14) long before it was signed"),
        ({"Source": "UNXX", "Vol": "70", "Page": "4"}, "but the UN's statement is of 70-04"),
    ],
)
def test_contradicting_dates_lower_the_confidence(
    tmp_path: Path, cells: dict[str, str], fault: str
):
    done = wti(tmp_path, cells)
    assert said(done)["confidence"] == ["low"]
    assert fault in done.report.notes[0][1]


# What stops the import


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Signed": "1969-02-30"}, "Signed"),
        ({"Signed": "4 May 1969"}, "Signed"),
        ({"Force": "0970-01-01"}, "Force"),
        ({"party2": "TURKIYE"}, "party2"),
        ({"laterality": "MULTI"}, "laterality"),
        ({"treaty_id": "110 001"}, "treaty_id"),
    ],
)
def test_bad_cell_names_file_row_and_column(tmp_path: Path, cells: dict[str, str], column: str):
    with pytest.raises(BadData, match=rf"{FILE}:2:{column}: "):
        wti(tmp_path, cells)


def test_key_that_stands_twice_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match="110001 stands already in row 2"):
        wti(tmp_path, {}, {"treaty_id": "110001"})


def test_wrong_separator_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match="no column treaty_id"):
        read(put(tmp_path, {}, delimiter=";"), Minter({}, ()))


def test_cut_row_stops_the_import(tmp_path: Path):
    path = put(tmp_path, {})
    path.write_text(path.read_text("utf-8").rsplit("\t", 3)[0] + "\n", "utf-8")
    with pytest.raises(BadData, match="the row ends before topic1"):
        read(path, Minter({}, ()))


def test_missing_column_stops_the_import(tmp_path: Path):
    path = put(tmp_path, {})
    path.write_text(path.read_text("utf-8").replace("\tForce\t", "\tforce\t"), "utf-8")
    with pytest.raises(BadData, match="no column Force"):
        read(path, Minter({}, ()))


# Headnotes


@pytest.mark.parametrize(
    ("headnote", "words"),
    [
        ("LOAN FOR NIGER DAMS PROJECT.", "Loan for Niger dams project"),
        ("IRAN TURKEY AND USSR BORDERS", "Iran Turkey and USSR borders"),
        ("WITHDRAWAL FROM SUEZ CANAL BASE", "Withdrawal from Suez Canal base"),
        ("cinematography", "Cinematography"),
        ("CULTURE (UAR)", "Culture"),
        ("120", ""),
        ("AGREEM", ""),
        ("X" * 300, ""),
    ],
)
def test_headnote_in_sentence_case(headnote: str, words: str):
    assert subject(headnote) == words


def test_capitals_are_no_title():
    assert title("TREATY BETWEEN THE REPUBLIC OF IRAN AND THE REPUBLIC OF IRAQ") == ""


def test_word_with_a_full_stop_matches_whole_words():
    assert fields("4RESOU", "HIGH DAM") == ("water",)
    assert fields("4RESOU", "DAMAGE") == ()
