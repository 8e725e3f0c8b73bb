"""Treaties of the Netherlands: inferred days, second copies, titles in three languages."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg import turtle
from kg.errors import BadData
from kg.importers.base import Imported, Minter
from kg.importers.nl import COLUMNS, DISPUTED, FILE, read
from kg.vocab import BASE, local

OLDEST = "date of the oldest repository version"
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "title_nl": "Overeenkomst tussen het Koninkrijk en Maleisië inzake luchtdiensten",
    "instrument_type": "agreement",
    "party_a": "NLD",
    "party_b": "MYS",
    "signed": "1996-12-15",
    "place": "Kuala Lumpur",
    "status_in_repo": "listed at 2015-11",
    "domain": "air-services",
    "url": "https://wetten.overheid.nl/1",
}
ENGLISH = "Agreement between the Kingdom of the Netherlands and Malaysia for air services"


def put(path: Path, rows: list[dict[str, str]], **dialect: str) -> Path:
    """Write rows as the dataset's file in a folder; return the folder."""
    out = io.StringIO(newline="")
    delimiter = dialect.get("delimiter", ",")
    names = [name for name in COLUMNS if name != dialect.get("without")]
    writer = csv.DictWriter(out, names, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    (path / FILE).write_text(out.getvalue(), "utf-8")
    return path


def made(path: Path, *changes: dict[str, str], **dialect: str) -> Imported:
    rows = [ROW | {"bwb_id": f"BWBV{n}"} | cells for n, cells in enumerate(changes, 1)]
    return read(put(path, rows, **dialect), Minter({}, ()))


def terms(done: Imported, name: str, record: str = "BWBV1") -> list[NamedNode | Literal]:
    return [
        t.object
        for t in done.triples
        if t.subject == NamedNode(f"{BASE}id/record/nl/{record}")
        and local(t.predicate.value) == name
        and isinstance(t.object, NamedNode | Literal)
    ]


def values(done: Imported, name: str, record: str = "BWBV1") -> list[str]:
    """Return the values of a property of a record or event, IRIs by their last part."""
    found = terms(done, name, record)
    return sorted(local(o.value) if isinstance(o, NamedNode) else o.value for o in found)


def test_row_becomes_a_record(tmp_path: Path):
    done = made(tmp_path, {"in_force": "1997-06-01", "in_force_basis": OLDEST})
    said = {
        "party": ["MYS", "NLD"],
        "signedOn": ["1996-12-15"],
        "inForceFrom": ["1997-06-01"],
        "lastAttestedInForce": [],
        "notInForceOn": [],
        "domain": ["air-services"],
        "instrument": ["agreement"],
        "bindingness": ["binding"],
        "confidence": ["medium"],
        "place": ["Kuala Lumpur"],
        "locator": ["BWB BWBV1"],
    }
    assert {name: values(done, name) for name in said} == said
    assert done.report.counts == {"rows": 1, "rows that are no second copy": 1}


@pytest.mark.parametrize(
    ("cells", "title", "language"),
    [
        ({}, ROW["title_nl"], "nl"),
        ({"title_original": ENGLISH, "title_original_lang": "en"}, ENGLISH, "en"),
        ({"title_original": "Arrangement", "title_original_lang": "en"}, ROW["title_nl"], "nl"),
        ({"title_original": ENGLISH, "title_original_lang": "ru"}, ROW["title_nl"], "nl"),
    ],
)
def test_title_has_its_language(tmp_path: Path, cells: dict[str, str], title: str, language: str):
    done = made(tmp_path, cells)
    assert terms(done, "title") == [Literal(title, language=language)]
    generated = values(done, "generatedTitle")
    assert generated == ([] if language == "en" else ["Agreement, Malaysia–Netherlands, 1996"])


@pytest.mark.parametrize(
    ("cells", "confidence"),
    [
        ({}, "high"),
        ({"in_force": "1996-12-15", "in_force_basis": "text: on signature"}, "high"),
        ({"in_force": "1997-06-01", "in_force_basis": OLDEST}, "medium"),
        ({"terminated": "2011-07-07"}, "medium"),
    ],
)
def test_inferred_day_is_less_sure(tmp_path: Path, cells: dict[str, str], confidence: str):
    assert values(made(tmp_path, cells), "confidence") == [confidence]


def test_disputed_day_is_noted(tmp_path: Path):
    key = sorted(DISPUTED)[0]
    done = made(tmp_path, {"bwb_id": key, "in_force": "1997-06-01", "in_force_basis": OLDEST})
    assert values(done, "confidence", key) == ["low"]
    assert "contradicts entry into force 1997-06-01" in done.report.notes[0][1]


def test_pending_is_not_in_force_then(tmp_path: Path):
    done = made(tmp_path, {"status_in_repo": "pending at 2015-11"})
    assert values(done, "notInForceOn") == ["2015-11"]


def test_provisional_application_and_end_are_events(tmp_path: Path):
    done = made(tmp_path, {"provisional_from": "1996-12-15", "terminated": "2011-07-07"})
    assert values(done, "kind", "BWBV1/event/1") == ["provisional-application"]
    assert values(done, "kind", "BWBV1/event/2") == ["termination"]
    assert values(done, "inForceUntil") == ["2011-07-07"]
    assert values(done, "inForceFrom") == []


def test_relation_first_note_and_part_are_described(tmp_path: Path):
    done = made(
        tmp_path,
        {
            "relation": "extends_territory",
            "related_bwb_id": "BWBV9",
            "first_note": "1996-11-01",
            "nl_caribbean_part": "Aruba",
            "note": "odd",
        },
    )
    assert values(done, "description") == [
        "Extends the territory of BWBV9. The first note is of 1996-11-01."
        " For the part of the Kingdom: Aruba."
    ]
    assert done.report.notes == [("BWBV1", "odd")]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"same_text_as": "BWBV9"}, "second copy of BWBV9"),
        ({"relation": "as_amended", "related_bwb_id": "BWBV9"}, "later text of BWBV9"),
        (
            {"party_b": "SUN", "successor_iso3": "KAZ UZB"},
            "with the USSR; not said whether it binds KAZ UZB",
        ),
    ],
)
def test_row_that_is_no_agreement_of_its_own_is_left_out(
    tmp_path: Path, cells: dict[str, str], reason: str
):
    assert made(tmp_path, cells).report.left_out == [("BWBV1", reason)]


@pytest.mark.parametrize(
    ("code", "signed", "party"),
    [
        ("TUR", "1856-10-24", "OTT"),
        ("EGY", "1960-12-08", "UAR"),
        ("YEM", "1985-03-18", "YAR"),
        ("IRN", "1930-03-12", "IRN"),
    ],
)
def test_party_is_the_state_of_that_day(tmp_path: Path, code: str, signed: str, party: str):
    done = made(tmp_path, {"party_b": code, "signed": signed})
    assert values(done, "party") == sorted(["NLD", party])


def test_undated_party_in_doubt_is_left_out(tmp_path: Path):
    done = made(tmp_path, {"party_b": "YEM", "signed": ""})
    assert done.report.left_out[0][1].startswith("YEM on an unknown day may be")


@pytest.mark.parametrize(
    ("form", "instrument", "bindingness"),
    [
        ("treaty", "treaty", "binding"),
        ("exchange of notes", "exchange-of-notes", "binding"),
        ("administrative arrangement", "arrangement", "unknown"),
        ("declaration", "joint-declaration", "unknown"),
        ("memorandum", "unknown", "unknown"),
    ],
)
def test_forms_are_mapped(tmp_path: Path, form: str, instrument: str, bindingness: str):
    done = made(tmp_path, {"instrument_type": form})
    assert values(done, "instrument") == [instrument]
    assert values(done, "bindingness") == [bindingness]


def test_field_that_no_table_has_is_reported(tmp_path: Path):
    done = made(tmp_path, {"domain2": "whaling"})
    assert values(done, "domain") == ["air-services"]
    assert done.report.unmapped == {"nl-domain 'whaling'": 1}


@pytest.mark.parametrize(
    ("cells", "dialect", "match"),
    [
        ({"signed": "1996-02-30"}, {}, "signed: '1996-02-30' is no day"),
        ({"in_force_basis": "guess"}, {}, "in_force_basis: 'guess' is no code"),
        ({"status_in_repo": "gone"}, {}, "status_in_repo: 'gone' is no code"),
        ({"relation": "replaces"}, {}, "relation: 'replaces' is no code"),
        ({"party_b": "XXX"}, {}, "party_b: no party for 'XXX'"),
        ({}, {"without": "domain"}, "no column domain"),
        ({}, {"delimiter": ";"}, "no column"),
    ],
)
def test_bad_input_stops_the_import(
    tmp_path: Path, cells: dict[str, str], dialect: dict[str, str], match: str
):
    with pytest.raises(BadData, match=match):
        made(tmp_path, cells, **dialect)


def test_key_that_stands_twice_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match="stands already in row 2"):
        made(tmp_path, {}, {"bwb_id": "BWBV1"})


def test_same_file_gives_the_same_bytes(tmp_path: Path):
    rows = [{"first_note": "1996-11-01"}, {"signed": "1997-01-01"}]
    first, again = made(tmp_path, *rows), made(tmp_path, *rows)
    assert turtle.write(first.triples) == turtle.write(again.triples)
