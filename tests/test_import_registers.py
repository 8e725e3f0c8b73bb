"""Official registers: a row of each publishing state, what a reader corrected, bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import turtle
from kg.errors import BadData
from kg.importers import Imported, Minter
from kg.importers.registers import COLUMNS, FILE, REGISTERS, reader
from tests.test_importers import put, values

ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "title": "Acordo sobre Comércio",
    "language": "pt",
    "instrument": "agreement",
    "party_a_iso3": "BRA",
    "party_b_iso3": "MOZ",
    "signed": "2005-03-01",
    "domain": "trade",
    "url": "https://example.org/1",
}
#: What a row of each register has beside, or instead.
OWN = {
    "br": {"status": "Em Vigor", "topics": "Comércio"},
    "ch": {"party_a_iso3": "CHE", "language": "de", "title": "Abkommen über den Handel"},
    "sk": {"party_a_iso3": "SVK", "published": "2006-01-02", "notice": "conclusion"},
    "gr": {
        "party_a_iso3": "GRC",
        "published": "2006-01-02",
        "reference": "Law 9/2006, FEK 1/2006",
    },
    "ar": {"party_a_iso3": "ARG", "law_date": "2006-01-02", "reference": "Ley 9 (2006-02-03)"},
    "lu": {"party_a_iso3": "LUX", "reference": "Loi du 2006-01-02"},
    "uy": {"party_a_iso3": "URY", "law_date": "2006-01-02", "reference": "Ley 9 (2006-02-03)"},
}


def register(tmp_path: Path, source: str, *changes: dict[str, str]) -> Imported:
    prefix = REGISTERS[source].prefix
    rows = [
        ROW | OWN[source] | {"source_id": f"{prefix}{n}"} | c for n, c in enumerate(changes, 1)
    ]
    columns = [*COLUMNS, *(name for name in OWN[source] if name not in COLUMNS)]
    return reader(source)(put(tmp_path / FILE, columns, rows), Minter({}, ()))


def test_row_becomes_a_record(tmp_path: Path):
    cells = {"in_force": "2006-05-01", "place": "Maputo", "reference": "UNTS reg. 44.518"}
    done = register(tmp_path, "br", cells)
    said = {
        "party": ["BRA", "MOZ"],
        "signedOn": ["2005-03-01"],
        "inForceFrom": ["2006-05-01"],
        "lastAttestedInForce": ["2021-02-26"],
        "domain": ["trade"],
        "instrument": ["agreement"],
        "bindingness": ["binding"],
        "confidence": ["high"],
        "evidence": ["attested"],
        "place": ["Maputo"],
        "title": ["Acordo sobre Comércio"],
        "generatedTitle": ["Agreement on trade, Brazil–Mozambique, 2005"],
        "untsNumber": ["I-44518"],
        "locator": ["1"],
        "page": ["1"],
    }
    assert {name: values(done, "br/1", name) for name in said} == said


@pytest.mark.parametrize(
    ("cells", "attested", "denied"),
    [
        ({"status": "Em Vigor"}, ["2021-02-26"], []),
        ({"status": "Expirado", "ended": "2010-01-01"}, [], []),
        ({"status": "Expirado"}, [], ["2021-02-26"]),
        ({"status": "Superado"}, [], ["2021-02-26"]),
        ({"status": "Tramitação MRE"}, [], ["2021-02-26"]),
        ({"status": "Tramitação MRE", "in_force": "2005-03-01"}, [], []),
        ({"status": "Em promulgação/MRE", "in_force": "2009-01-01"}, [], []),
        ({"status": "Situação especial"}, [], []),
        ({"status": "Em Vigor", "ended": "2010-01-01"}, [], []),
        ({"status": "Em Vigor", "in_force": "2022-01-01"}, [], []),
    ],
)
def test_status_of_brazil_speaks_for_one_day(
    tmp_path: Path, cells: dict[str, str], attested: list[str], denied: list[str]
):
    done = register(tmp_path, "br", cells)
    assert values(done, "br/1", "lastAttestedInForce") == attested
    assert values(done, "br/1", "notInForceOn") == denied


def test_switzerland_lists_what_is_in_force(tmp_path: Path):
    done = register(tmp_path, "ch", {"in_force": "2006-01-01"}, {"in_force": "2026-05-01"})
    assert values(done, "ch/1", "lastAttestedInForce") == ["2026-04-17"]
    assert values(done, "ch/2", "lastAttestedInForce") == []


@pytest.mark.parametrize("source", ["sk", "gr", "ar", "lu", "uy"])
def test_law_proves_no_force(tmp_path: Path, source: str):
    done = register(tmp_path, source, {})
    assert values(done, f"{source}/1", "lastAttestedInForce") == []
    assert values(done, f"{source}/1", "inForceFrom") == []
    assert values(done, f"{source}/1", "bindingness") == ["binding"]


@pytest.mark.parametrize(
    ("source", "events"),
    [
        ("gr", [("approval", "2006", "GRC"), ("publication", "2006-01-02", "GRC")]),
        ("ar", [("approval", "2006-01-02", "ARG")]),
        ("lu", [("approval", "2006-01-02", "LUX")]),
        ("uy", [("approval", "2006-01-02", "URY")]),
        ("br", []),
    ],
)
def test_law_is_an_event(tmp_path: Path, source: str, events: list[tuple[str, ...]]):
    done = register(tmp_path, source, {})
    found = [f"{source}/1/event/{n}" for n in values(done, f"{source}/1", "event")]
    names = ("kind", "date", "actor")
    assert [tuple("".join(values(done, one, name)) for name in names) for one in found] == events


def test_notice_of_termination_describes_an_older_agreement(tmp_path: Path):
    ended = {"party_a_iso3": "CSK", "signed": "", "notice": "termination notice"}
    done = register(tmp_path, "sk", ended | {"ended": "2005-04-05"}, ended | {"domain": "health"})
    assert values(done, "sk/1", "inForceUntil") == ["2005-04-05"]
    assert values(done, "sk/1/event/1", "kind") == ["termination"]
    assert values(done, "sk/1", "signedOn") == []
    assert values(done, "sk/1", "party") == ["CSK", "MOZ"]
    assert values(done, "sk/2", "inForceUntil") == []
    assert values(done, "sk/2", "description") == [
        "A notice of 2006-01-02 says that it was terminated; the day is not known."
    ]


def test_undated_row_has_the_parties_of_the_day_it_was_published(tmp_path: Path):
    undated = {"party_a_iso3": "CSK", "signed": ""}
    egypt = {"party_b_iso3": "EGY", "published": "1960-03-29"}
    yemen = {"party_b_iso3": "YEM", "published": "1967-03-02"}
    done = register(tmp_path, "sk", undated | egypt, undated | yemen)
    assert values(done, "sk/1", "party") == ["CSK", "UAR"]
    assert values(done, "sk/2", "party") == ["CSK", "YAR"]


@pytest.mark.parametrize(
    ("title", "label", "instrument", "bindingness"),
    [
        ("Comunicado Conjunto", "", "joint-statement", "political"),
        ("Declaração Conjunta", "", "joint-declaration", "political"),
        (
            "Programa Executivo Cultural",
            "implementing arrangement",
            "executive-programme",
            "unknown",
        ),
        ("Emenda ao Acordo", "agreement", "amending-protocol", "binding"),
        ("Protocolo de Intenções", "protocol", "letter-of-intent", "unknown"),
        ("Memorando", "memorandum of understanding", "mou", "unknown"),
        ("Ajuste Complementar", "implementing arrangement", "arrangement", "unknown"),
        ("Acordo", "exchange of notes", "exchange-of-notes", "binding"),
        ("Sem nome", "", "unknown", "unknown"),
    ],
)
def test_form_is_what_the_title_opens_with_else_the_label(
    tmp_path: Path, title: str, label: str, instrument: str, bindingness: str
):
    done = register(tmp_path, "br", {"title": title, "instrument": label})
    assert values(done, "br/1", "instrument") == [instrument]
    assert values(done, "br/1", "bindingness") == [bindingness]


def test_corrected_cells_replace_those_of_the_register(tmp_path: Path):
    yemen = {"source_id": "sk-zz:ZZ-2014-90", "party_a_iso3": "CSK", "party_b_iso3": "YEM"}
    morocco = {"source_id": "ch-sr:cc-1996-1420_1420_1420", "signed": "1996-03-31"}
    notes = {"source_id": "gr-fek:law-5228-A-156-2025", "signed": "2010-01-18"}
    tourism = {"source_id": "br-concordia:10996", "domain": "culture-media"}
    assert values(register(tmp_path, "sk", yemen), "sk/ZZ-2014-90", "party") == ["CSK", "YMD"]
    done = register(tmp_path, "ch", morocco)
    assert values(done, "ch/1996-1420_1420_1420", "signedOn") == ["1993-03-31"]
    assert "1993" in dict(done.report.notes)["ch-sr:cc-1996-1420_1420_1420"]
    assert values(register(tmp_path, "gr", notes), "gr/law-5228-A-156-2025", "signedOn") == []
    done = register(tmp_path, "br", tourism)
    assert values(done, "br/10996", "domain") == ["culture-media"]
    assert values(done, "br/10996", "generatedTitle") == [
        "Agreement on tourism, Brazil–Mozambique, 2005"
    ]


def test_row_that_is_no_bilateral_agreement_is_left_out_with_its_reason(tmp_path: Path):
    chad = {"source_id": "sk-zz:ZZ-2001-541", "party_b_iso3": "TCD"}
    done = register(tmp_path, "sk", chad, {"party_b_iso3": "FRA"}, {"party_b_iso3": "HKG"})
    assert dict(done.report.left_out) == {
        "sk-zz:ZZ-2001-541": "between Slovakia and Czechia; Chad was read into Čadca or Českej",
        "sk-zz:2": "no OIC state",
        "sk-zz:3": "Hong Kong is territory, not a party here",
    }
    assert done.report.counts["rows of the register"] == 3


def test_undated_row_that_may_have_two_parties_is_left_out(tmp_path: Path):
    cells = {"party_a_iso3": "CSK", "party_b_iso3": "YEM", "signed": "1990"}
    done = register(tmp_path, "sk", cells)
    assert dict(done.report.left_out)["sk-zz:1"].startswith(
        "YEM on 1990 may be Yemen Arab Republic"
    )


def test_repeat_of_a_row_is_left_out(tmp_path: Path):
    done = register(tmp_path, "br", {}, {"url": "https://example.org/2"}, {"place": "Maputo"})
    assert done.report.left_out == [("br-concordia:2", "repeats br-concordia:1")]
    assert done.report.kept == 2


def test_several_agreements_of_one_law_have_keys_of_their_own(tmp_path: Path):
    one = {"source_id": "lu-legilux:leg-loi-2010-03-31-n1#1"}
    two = {"source_id": "lu-legilux:leg-loi-2010-03-31-n1#2", "signed": "2009-07-03"}
    done = register(tmp_path, "lu", one, two)
    assert values(done, "lu/leg-loi-2010-03-31-n1-2", "signedOn") == ["2009-07-03"]


def test_force_before_signature_is_kept_and_noted(tmp_path: Path):
    done = register(tmp_path, "br", {"in_force": "2005-02-01"})
    assert values(done, "br/1", "inForceFrom") == ["2005-02-01"]
    assert values(done, "br/1", "confidence") == ["medium"]
    assert "before signature" in done.report.notes[0][1]


def test_field_that_no_table_maps_is_reported(tmp_path: Path):
    done = register(tmp_path, "ch", {"domain": "trade astrology"})
    assert values(done, "ch/1", "domain") == ["trade"]
    assert done.report.unmapped == {"registers-domain 'astrology'": 1}


@pytest.mark.parametrize(
    ("source", "cells", "column"),
    [
        ("br", {"signed": "2005-02-30"}, "signed"),
        ("br", {"in_force": "1 May 2005"}, "in_force"),
        ("br", {"status": "Vigente"}, "status"),
        ("br", {"party_b_iso3": "XYZ"}, "party_b_iso3"),
        ("sk", {"notice": "rumour"}, "notice"),
        ("ar", {"law_date": "2006-13-01"}, "law_date"),
    ],
)
def test_bad_cell_stops_the_import_and_names_its_place(
    tmp_path: Path, source: str, cells: dict[str, str], column: str
):
    with pytest.raises(BadData, match=f"{FILE}:2:{column}:"):
        register(tmp_path, source, cells)


def test_key_that_stands_twice_stops_the_import(tmp_path: Path):
    with pytest.raises(BadData, match=f"{FILE}:3:source_id: br-concordia:7 stands already"):
        register(tmp_path, "br", *[{"source_id": "br-concordia:7"}] * 2)


def test_missing_column_and_other_separator_stop_the_import(tmp_path: Path):
    path = put(tmp_path / FILE, [name for name in COLUMNS if name != "signed"], [])
    with pytest.raises(BadData, match="no column signed, status"):
        reader("br")(path, Minter({}, ()))
    path.write_text(";".join(COLUMNS), "utf-8")
    with pytest.raises(BadData, match="no column"):
        reader("br")(path, Minter({}, ()))


@pytest.mark.parametrize("source", REGISTERS)
def test_same_rows_give_the_same_bytes(tmp_path: Path, source: str):
    rows = [{}, {"domain": "health"}, {"domain": "education culture-media"}]
    first, again = register(tmp_path, source, *rows), register(tmp_path, source, *rows)
    assert turtle.write(first.triples) == turtle.write(again.triples)
