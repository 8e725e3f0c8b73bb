"""Coded promises: a record a page, a commitment a direction, kinds recoded, nothing said twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.commitments import COLUMNS, FILE, read
from kg.importers.commitments_known import standing
from kg.importers.commitments_pages import key_of
from kg.vocab import BASE
from tests.test_importers import promises, put, values

TREATY = {
    **dict.fromkeys(COLUMNS, ""),
    "agreement_title": "Treaty of Neutrality and Mutual Non-Aggression",
    "party_a_iso3": "AFG",
    "party_b_iso3": "SUN",
    "signed": "1931-06-24",
    "article": "1",
    "commitment_kind": "neutrality",
    "obligor_iso3": "AFG;SUN",
    "obligee_iso3": "AFG;SUN",
    "condition": "War of the other with a third state.",
    "domain": "neutrality",
    "bindingness": "binding",
    "paraphrase": "Each keeps neutral.",
    "duration_and_termination": "Not seen.",
    "source_url": "https://student2.ru/page",
    "source_title": "Student2.ru (Russian), extract of the 1931 treaty",
    "confidence": "high",
}
STUDENT = f"{key_of('https://student2.ru/page')}/AFG-SUN-1931-06-24"
#: The fourth row of this agreement is recoded.
ALLIANCE = {"article": "2", "commitment_kind": "non-assistance", "domain": "non-aggression"}
BOOK = {
    "source_url": "https://issuhub.com/view/index/23326?pageIndex=310",
    "source_title": "Gibler, International Military Alliances 1648-2008, page view 310 (summary)",
}
PAIR = (frozenset({"AFG", "SUN"}), "1931-06-24")


def file(tmp_path: Path, *changes: dict[str, str]) -> Path:
    told = [{"paraphrase": f"Each keeps neutral, {n}."} for n in range(1, len(changes) + 1)]
    rows = [TREATY | one | change for one, change in zip(told, changes, strict=True)]
    return put(tmp_path / FILE, list(COLUMNS), rows)


def coded(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    return read(file(tmp_path, *changes), Minter({}, ()))


def test_row_becomes_a_record_with_a_promise_in_each_direction(tmp_path: Path):
    done = coded(tmp_path, {})
    said = {
        "party": ["AFG", "SUN"],
        "signedOn": ["1931-06-24"],
        "domain": ["neutrality"],
        "instrument": ["treaty"],
        "bindingness": ["binding"],
        # Coded as high, but the page names no author.
        "confidence": ["medium"],
        "evidence": ["reported"],
        "title": ["Treaty of Neutrality and Mutual Non-Aggression"],
        "locator": ["article 1"],
        "commitment": ["1", "2"],
        "describes": ["AFG-SUN-1931-06-24"],
    }
    assert {name: values(done, STUDENT, name) for name in said} == said
    assert promises(done, STUDENT) == {
        ("AFG", "SUN", "neutrality", "", ""),
        ("SUN", "AFG", "neutrality", "", ""),
    }
    first = f"{STUDENT}/commitment/1"
    assert values(done, first, "article") == ["1"]
    assert values(done, first, "condition") == ["War of the other with a third state."]
    assert values(done, first, "description") == ["Each keeps neutral, 1."]


def test_promise_of_one_side_has_one_direction(tmp_path: Path):
    done = coded(tmp_path, {"obligor_iso3": "SUN", "obligee_iso3": "AFG"})
    assert promises(done, STUDENT) == {("SUN", "AFG", "neutrality", "", "")}


def test_kind_that_the_coder_lacked_is_recoded_by_row(tmp_path: Path):
    done = coded(tmp_path, *[{}] * 3, ALLIANCE)
    assert ("AFG", "SUN", "alliance-restraint", "", "") in promises(done, STUDENT)
    assert done.report.counts["… of them recoded"] == 1


def test_row_in_the_place_of_a_recoded_one_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=f"{FILE}:5:article: row 4 of AFG-SUN-1931-06-24 is another"):
        coded(tmp_path, *[{}] * 4)


@pytest.mark.parametrize("article", ["not given", "number not shown", "unnumbered paragraph", ""])
def test_article_without_a_number_is_none(tmp_path: Path, article: str):
    done = coded(tmp_path, {"article": article})
    assert values(done, f"{STUDENT}/commitment/1", "article") == []
    assert values(done, STUDENT, "locator") == ["page, read in excerpt"]


def test_page_is_described_as_a_source(tmp_path: Path):
    done = coded(tmp_path, {"source_title": "Student2 (date: COW alliances v4.1)"}, {})
    lines = turtle.write(done.triples)
    assert lines.count("a mq:Source ;") == 1
    assert 'dcterms:title "Student2"@en' in lines
    assert "source-tier/unattributed" in lines


def test_two_pages_tell_of_one_agreement(tmp_path: Path):
    done = coded(tmp_path, {}, {"source_url": "https://helpiks.org/7"})
    other = f"{key_of('https://helpiks.org/7')}/AFG-SUN-1931-06-24"
    assert values(done, STUDENT, "describes") == values(done, other, "describes")
    assert done.report.counts["agreements by page"] == 2


def test_copy_of_the_handbook_cites_the_handbook(tmp_path: Path):
    done = coded(tmp_path, BOOK, BOOK | {"source_title": "Gibler, page view 311"})
    record = "gibler-2009/AFG-SUN-1931-06-24"
    assert values(done, record, "locator") == ["page view 310, 311; article 1"]
    assert values(done, record, "evidence") == ["attested"]
    assert "a mq:Source" not in turtle.write(done.triples)


def test_text_that_was_read_says_so(tmp_path: Path):
    page = {"source_url": "https://github.com/x/BWBV1"}
    record = f"{key_of(page['source_url'])}/AFG-SUN-1931-06-24"
    said = values(coded(tmp_path, page), record, "description")[0]
    assert said.startswith("Coded from the text")
    said = values(
        coded(tmp_path, {"duration_and_termination": "Five years."}), STUDENT, "description"
    )
    assert said[0].startswith("Read in part")
    assert said[0].endswith("On its term: Five years.")


def test_record_is_as_sure_as_its_weakest_row(tmp_path: Path):
    done = coded(tmp_path, {}, {"confidence": "low", "bindingness": "political"})
    assert values(done, STUDENT, "confidence") == ["low"]
    assert values(done, STUDENT, "bindingness") == ["unknown"]


def test_dates_of_another_dataset_are_not_read(tmp_path: Path):
    cells = {
        "agreement_title": "Treaty of Friendship and Alliance",
        "party_a_iso3": "GBR",
        "party_b_iso3": "LBY",
        "signed": "1953-07-29",
        "obligor_iso3": "GBR",
        "obligee_iso3": "LBY",
        "in_force": "1953-12-07",
        "ended": "1972-01-25",
    }
    done = coded(tmp_path, cells, {"in_force": "1931-10-15"})
    record = f"{key_of(TREATY['source_url'])}/GBR-LBY-1953-07-29"
    assert values(done, record, "inForceFrom") == values(done, record, "inForceUntil") == []
    assert values(done, record, "term") == ["P20Y"]


def test_curated_agreement_is_the_one_described(tmp_path: Path):
    path, curated = file(tmp_path, {}), f"{BASE}id/agreement/AFG-SUN-1931"
    done = read(path, Minter({}, ()), {PAIR: curated})
    assert values(done, STUDENT, "describes") == ["AFG-SUN-1931"]


def test_record_that_stands_is_left_out_and_its_source_not_described(tmp_path: Path):
    path = file(tmp_path, {}, {"source_url": "https://helpiks.org/7"})
    pages = [key_of(url) for url in (TREATY["source_url"], "https://helpiks.org/7")]
    described = {f"{BASE}id/record/{STUDENT}", *(f"{BASE}id/source/{page}" for page in pages)}
    done = read(path, Minter({}, ()), described=described)
    assert done.report.left_out == [(STUDENT, "stands in data/agreements")]
    assert done.report.kept == 1
    assert "a mq:Source" not in turtle.write(done.triples)


def test_curated_files_tell_agreements_and_nodes(tmp_path: Path):
    once = coded(tmp_path, {}).triples
    known, described = standing(once)
    assert known == {PAIR: f"{BASE}id/agreement/AFG-SUN-1931-06-24"}
    assert f"{BASE}id/record/{STUDENT}" in described
    other = read(file(tmp_path, BOOK), Minter({}, {known[PAIR]})).triples
    assert standing([*once, *other])[0] == {}


def test_agreement_of_a_curated_file_has_its_key(tmp_path: Path):
    cells = {
        "agreement_title": "Strategic Mutual Defense Agreement",
        "party_a_iso3": "PAK",
        "party_b_iso3": "SAU",
        "signed": "2025-09-17",
        "obligor_iso3": "PAK;SAU",
        "obligee_iso3": "PAK;SAU",
    }
    taken = {f"{BASE}id/agreement/PAK-SAU-2025-09-17"}
    done = read(file(tmp_path, cells), Minter({}, taken))
    record = f"{key_of(TREATY['source_url'])}/PAK-SAU-2025-09-17"
    assert values(done, record, "describes") == ["PAK-SAU-2025-09-17"]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"signed": "1931-06-31"}, "signed"),
        ({"signed": "1931-06-25"}, "agreement_title"),
        ({"agreement_title": "Another"}, "agreement_title"),
        ({"commitment_kind": "love"}, "commitment_kind"),
        ({"obligor_iso3": "XYZ"}, "obligor_iso3"),
        ({"obligee_iso3": "AFG;XYZ"}, "obligee_iso3"),
        ({"confidence": "certain"}, "confidence"),
        ({"bindingness": "soft"}, "bindingness"),
        ({"source_url": "https://example.org/"}, "source_url"),
    ],
)
def test_bad_cell_stops_the_import_and_names_its_place(
    tmp_path: Path, cells: dict[str, str], column: str
):
    with pytest.raises(BadData, match=f"{FILE}:2:{column}:"):
        coded(tmp_path, cells)


def test_promise_that_stands_twice_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=f"{FILE}:3:agreement_title: .* stands already in row 2"):
        coded(tmp_path, *[{"paraphrase": "Each keeps neutral."}] * 2)


def test_missing_column_and_other_separator_stop_the_import(tmp_path: Path):
    path = put(tmp_path / FILE, [name for name in COLUMNS if name != "article"], [])
    with pytest.raises(BadData, match="no column article"):
        read(path, Minter({}, ()))
    path.write_text(";".join(COLUMNS), "utf-8")
    with pytest.raises(BadData, match="no column agreement_title"):
        read(tmp_path, Minter({}, ()))


def test_same_rows_give_the_same_bytes(tmp_path: Path):
    once, again = (coded(tmp_path, {}, BOOK) for _ in range(2))
    assert turtle.write(once.triples) == turtle.write(again.triples)
