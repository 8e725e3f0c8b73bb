"""Investment treaties: status and days of 2020, names and years of 2026, BLEU as one side."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.unctad import (
    COLUMNS_2020,
    COLUMNS_2026,
    FILE_2020,
    FILE_2026,
    read_2020,
    read_2026,
)
from tests.test_importers import put, values

OLD = {
    **dict.fromkeys(COLUMNS_2020, ""),
    "short_title": "Pakistan - Turkey BIT (1995)",
    "party_iso3": "PAK TUR",
    "type": "Bilateral Investment Treaties",
    "status": "In force",
    "signed": "1995-03-16",
    "in_force": "1997-09-03",
    "amendment_protocols": "No",
    "side_instruments": "No",
}
NEW = {
    "source_id": "unctad-iia:3200",
    "title": "Pakistan - Turkey BIT (2012)",
    "party_a_iso3": "PAK",
    "party_b_iso3": "TUR",
    "signed": "2012",
    "url": "https://example.org/bits/3200/pakistan---turkey-bit-2012-",
    "iia_type": "BITs",
}
ENDED = {"status": "Terminated", "terminated": "2012-05-22"}
AMENDED = "- sign date: 06/04/2009, entry into force date: 06/04/2009\n"


def old(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read_2020(put(tmp_path / FILE_2020, COLUMNS_2020, [OLD | c for c in changes]), fresh())


def new(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read_2026(put(tmp_path / FILE_2026, COLUMNS_2026, [NEW | c for c in changes]), fresh())


def fresh() -> Minter:
    return Minter({}, ())


def one(tmp_path: Path, name: str, change: dict[str, str]) -> list[str]:
    return values(old(tmp_path, change), "unctad-iia-2020/PAK-TUR-1995-03-16", name)


# The edition of 2020


def test_treaty_in_force_becomes_a_record(tmp_path: Path):
    done = old(tmp_path, {})
    said = {
        "describes": ["PAK-TUR-1995-03-16"],
        "party": ["PAK", "TUR"],
        "signedOn": ["1995-03-16"],
        "inForceFrom": ["1997-09-03"],
        "lastAttestedInForce": ["2020-01-02"],
        "inForceUntil": [],
        "notInForceOn": [],
        "event": [],
        "domain": ["investment"],
        "instrument": ["unknown"],
        "bindingness": ["binding"],
        "confidence": ["high"],
        "evidence": ["attested"],
        "title": ["Bilateral investment treaty, Pakistan–Türkiye, 1995"],
        "titleGenerated": ["true"],
        "locator": ["Pakistan - Turkey BIT (1995), signed 1995-03-16"],
    }
    found = {name: values(done, "unctad-iia-2020/PAK-TUR-1995-03-16", name) for name in said}
    assert found == said
    assert done.report.counts["… with both parties OIC"] == 1


@pytest.mark.parametrize(
    ("change", "until", "not_on"),
    [
        ({"status": "Signed", "in_force": ""}, [], ["2020-01-02"]),
        (ENDED, ["2012-05-22"], []),
        (ENDED | {"in_force": ""}, [], ["2020-01-02"]),
    ],
)
def test_status_says_whether_it_is_in_force(
    tmp_path: Path, change: dict[str, str], until: list[str], not_on: list[str]
):
    assert one(tmp_path, "inForceUntil", change) == until
    assert one(tmp_path, "notInForceOn", change) == not_on
    assert one(tmp_path, "lastAttestedInForce", change) == []


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("", "termination"),
        ("Unilaterally denounced", "termination"),
        ("Terminated by consent", "termination"),
        ("Expired", "termination"),
        ("Replaced by new treaty", "replacement"),
    ],
)
def test_each_ending_is_an_event(tmp_path: Path, how: str, kind: str):
    done = old(tmp_path, ENDED | {"termination_type": how})
    event = "unctad-iia-2020/PAK-TUR-1995-03-16/event/1"
    assert values(done, event, "kind") == [kind]
    assert values(done, event, "date") == ["2012-05-22"]


def test_amendment_comes_before_the_end(tmp_path: Path):
    done = old(tmp_path, ENDED | {"amendment_protocols": AMENDED})
    record = "unctad-iia-2020/PAK-TUR-1995-03-16"
    assert values(done, f"{record}/event/1", "kind") == ["amendment"]
    assert values(done, f"{record}/event/1", "date") == ["2009-04-06"]
    assert values(done, f"{record}/event/2", "kind") == ["termination"]


def test_side_instrument_is_described(tmp_path: Path):
    described = one(tmp_path, "description", {"side_instruments": AMENDED})
    assert described == ["It has a side instrument of 2009-04-06."]


def test_treaty_in_negotiation_is_left_out(tmp_path: Path):
    done = old(tmp_path, {"status": "In negotiation", "signed": "", "in_force": ""})
    assert done.report.left_out == [
        ("PAK-TUR-undated", "not signed: UNCTAD's status is 'In negotiation'")
    ]


def test_hong_kong_is_no_party(tmp_path: Path):
    done = old(tmp_path, {"party_iso3": "HKG TUR"})
    assert done.report.left_out == [
        ("HKG-TUR-1995-03-16", "Hong Kong is territory, not a party here")
    ]


def test_row_without_an_oic_party_is_not_ours(tmp_path: Path):
    done = old(tmp_path, {"party_iso3": "RUS "}, {"party_iso3": "FRA BLEU"})
    assert (done.report.kept, done.report.left_out) == (0, [])


def test_union_is_two_parties_on_one_side(tmp_path: Path):
    done = old(tmp_path, {"party_iso3": "BLEU TUR"})
    record = "unctad-iia-2020/BLEU-TUR-1995-03-16"
    assert values(done, record, "party") == ["BEL", "LUX", "TUR"]
    assert "are one side" in values(done, record, "description")[0]


def test_treaty_split_between_belgium_and_luxembourg_is_one(tmp_path: Path):
    shared = {"short_title": "Belgium/Luxembourg - Tajikistan BIT (1989)", "signed": "1989-02-09"}
    done = old(tmp_path, shared | {"party_iso3": "LUX TJK"}, shared | {"party_iso3": "BEL TJK"})
    assert values(done, "unctad-iia-2020/BEL-TJK-1989-02-09", "party") == ["BEL", "LUX", "TJK"]
    assert [key for key, _ in done.report.left_out] == ["LUX-TJK-1989-02-09"]


def test_part_of_the_soviet_union_is_told(tmp_path: Path):
    done = old(tmp_path, {"party_iso3": "AZE ESP", "signed": "1990-10-26", "in_force": ""})
    record = "unctad-iia-2020/AZE-ESP-1990-10-26"
    assert values(done, record, "confidence") == ["medium"]
    assert "was part of the Soviet Union" in values(done, record, "description")[0]


@pytest.mark.parametrize(
    ("iso3", "day", "party"), [("YEM", "1985-03-18", "YAR"), ("RUS", "", "SUN")]
)
def test_predecessor_is_the_party_of_that_day(tmp_path: Path, iso3: str, day: str, party: str):
    day = day or "1990-12-14"
    done = old(tmp_path, {"party_iso3": f"{iso3} TUR", "signed": day})
    assert party in values(
        done, f"unctad-iia-2020/{'-'.join(sorted((iso3, 'TUR')))}-{day}", "party"
    )


@pytest.mark.parametrize(
    ("title", "own", "language"),
    [
        ("Agreement between Japan and Oman", True, "en"),
        ("Accord entre le Maroc et le Mali", True, "fr"),
        ("Pakistan - Turkey BIT", False, "en"),
        ("Armenia Kuwait BITs", False, "en"),
        ("Belarus - Oman Services Agreement 2025 BIT", False, "en"),
        ("Bilateral Investment Treaty", False, "en"),
    ],
)
def test_label_of_the_source_is_no_title(tmp_path: Path, title: str, own: bool, language: str):
    assert (one(tmp_path, "title", {"title": title}) == [title]) is own
    assert one(tmp_path, "titleGenerated", {"title": title}) == ([] if own else ["true"])
    assert one(tmp_path, "generatedTitle", {"title": title}) == (
        ["Bilateral investment treaty, Pakistan–Türkiye, 1995"] if own and language == "fr" else []
    )


def test_odd_rows_are_noted_and_kept(tmp_path: Path):
    odd = [
        {"short_title": "Pakistan - Turkey BIT (2002)"},
        {"signed": "1998-01-01"},
        {"signed": "1995-03-17", "in_force": ""},
        ENDED | {"signed": "1995-03-18", "in_force": ""},
    ]
    done = old(tmp_path, *odd)
    assert done.report.kept == 4
    assert {key for key, _ in done.report.notes} >= {
        "PAK-TUR-1995-03-16",
        "PAK-TUR-1998-01-01",
        "PAK-TUR-1995-03-17",
        "PAK-TUR-1995-03-18",
    }


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"party_iso3": "QQQ TUR"}, "party_iso3"),
        ({"signed": "1995-02-30"}, "signed"),
        ({"signed": "16/03/1995"}, "signed"),
        ({"in_force": "1997-13-01"}, "in_force"),
        ({"status": "Pending"}, "status"),
        (ENDED | {"termination_type": "Lost"}, "termination_type"),
        ({"amendment_protocols": "yes"}, "amendment_protocols"),
        ({"amendment_protocols": AMENDED.replace("06/04", "31/02")}, "amendment_protocols"),
    ],
)
def test_bad_cell_names_its_column(tmp_path: Path, change: dict[str, str], column: str):
    with pytest.raises(BadData, match=rf"{FILE_2020}:\d+:{column}:"):
        old(tmp_path, change)


def test_layout_is_checked(tmp_path: Path):
    with pytest.raises(BadData, match="stands already in row 2"):
        old(tmp_path, {}, {})
    with pytest.raises(BadData, match="no column side_instruments"):
        read_2020(put(tmp_path / FILE_2020, COLUMNS_2020[:-1], [OLD]), fresh())
    path = put(tmp_path / FILE_2026, COLUMNS_2026, [NEW])
    path.write_text(path.read_text("utf-8").replace(",", "\t"), "utf-8")
    with pytest.raises(BadData, match="no column"):
        read_2026(path, fresh())


# The edition of 2026


def test_row_of_2026_has_year_page_and_number(tmp_path: Path):
    done = new(tmp_path, {})
    said = {
        "party": ["PAK", "TUR"],
        "signedOn": ["2012"],
        "inForceFrom": [],
        "lastAttestedInForce": [],
        "notInForceOn": [],
        "domain": ["investment"],
        "confidence": ["medium"],
        "title": ["Bilateral investment treaty, Pakistan–Türkiye, 2012"],
        "titleGenerated": ["true"],
        "unctadId": ["3200"],
        "page": ["pakistan---turkey-bit-2012-"],
    }
    assert {name: values(done, "unctad-iia-2026/3200", name) for name in said} == said


@pytest.mark.parametrize(
    ("title", "domains", "instrument"),
    [
        ("Free Trade Agreement between A and B", ["free-trade", "investment"], "agreement"),
        ("Jordan - Oman Cepa 2024 BIT", ["free-trade", "investment"], "agreement"),
        (
            "Trade and Investment Framework Agreement between A and B",
            ["investment", "trade"],
            "framework-agreement",
        ),
        (
            "Agreement on Investment under the Framework Agreement establishing a Free Trade Area",
            ["investment"],
            "agreement",
        ),
        ("The Association Agreement Establishing a Free Trade Area", None, "agreement"),
        ("Something else", ["investment", "trade"], "agreement"),
    ],
)
def test_title_says_the_field(
    tmp_path: Path, title: str, domains: list[str] | None, instrument: str
):
    done = new(tmp_path, {"title": title, "iia_type": "TIPs"})
    record = "unctad-iia-2026/3200"
    assert values(done, record, "domain") == (domains or ["free-trade", "investment"])
    assert values(done, record, "instrument") == [instrument]


def test_plurilateral_and_territory_are_left_out(tmp_path: Path):
    done = new(
        tmp_path,
        {"source_id": "unctad-iia:3493"},
        {"source_id": "unctad-iia:5", "party_a_iso3": "JEY"},
    )
    assert [key for key, _ in done.report.left_out] == ["5", "3493"]


def test_two_agreements_of_a_year_are_two(tmp_path: Path):
    done = new(tmp_path, {}, {"source_id": "unctad-iia:3201", "iia_type": "TIPs"})
    assert done.report.kept == 2


def test_page_that_names_belgium_and_luxembourg_has_both(tmp_path: Path):
    page = {"url": "https://example.org/1/belgium-luxembourg---tajikistan-bit-1989-"}
    cells = page | {"party_a_iso3": "LUX", "party_b_iso3": "TJK", "signed": "1989"}
    done = new(tmp_path, cells, cells | {"source_id": "unctad-iia:3201"})
    assert values(done, "unctad-iia-2026/3200", "party") == ["BEL", "LUX", "TJK"]
    assert [key for key, _ in done.report.left_out] == ["3201"]


def test_party_in_doubt_is_left_out(tmp_path: Path):
    done = new(tmp_path, {"party_a_iso3": "RUS", "signed": "1991"})
    assert "may be" in done.report.left_out[0][1]


def test_number_of_2026_must_be_unctads(tmp_path: Path):
    with pytest.raises(BadData, match=r":source_id: .* expected unctad-iia: and a number"):
        new(tmp_path, {"source_id": "3200"})
    with pytest.raises(BadData, match="stands already in row 2"):
        new(tmp_path, {}, {})


def test_same_file_gives_the_same_bytes_in_any_order(tmp_path: Path):
    days = [{"signed": f"1995-03-{day}"} for day in range(10, 20)]
    first = turtle.write(old(tmp_path, *days).triples)
    assert first == turtle.write(old(tmp_path, *reversed(days)).triples)
    rows = [{"source_id": f"unctad-iia:{n}"} for n in range(1, 12)]
    assert turtle.write(new(tmp_path, *rows).triples) == turtle.write(
        new(tmp_path, *reversed(rows)).triples
    )
