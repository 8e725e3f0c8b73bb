"""Importers read a user's copy, keep its precision, and say what they left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import BadData
from kg.importers import IMPORTERS, Imported, Minter
from kg.importers.atop import COLUMNS as ATOP
from kg.importers.base import slug
from kg.importers.dcad import COLUMNS as DCAD
from kg.turtle import write

DCAD_ROW = dict.fromkeys(DCAD, "") | {
    "ccode1": "640", "ccode2": "770", "signYear": "2001", "category1": "DCA",
    "categoryConf": "med", "sourceType": "treaty", "terminated": "-88", "DCAid": "DCADv1.0-0001",
}  # fmt: skip
ATOP_ROW = dict.fromkeys(ATOP, "0") | {
    "atopid": "1", "cow4id": "", "member": "640", "yrent": "1960", "moent": "3", "dayent": "2",
    "ineffect": "1", "bilat": "1",
}  # fmt: skip


def table(path: Path, columns: list[str], *rows: dict[str, str]) -> Path:
    lines = [",".join(columns), *(",".join(row[c] for c in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def dcad(tmp_path: Path, *rows: dict[str, str]) -> Imported:
    path = table(tmp_path / "d.csv", DCAD, *({**DCAD_ROW, **row} for row in rows))
    return IMPORTERS["dcad"](path, Minter({}, ()))


def atop(tmp_path: Path, *rows: dict[str, str]) -> Imported:
    path = table(tmp_path / "a.csv", ATOP, *({**ATOP_ROW, **row} for row in rows))
    return IMPORTERS["atop"](path, Minter({}, ()))


def test_a_year_stays_a_year(tmp_path: Path):
    text = write(dcad(tmp_path, {}).triples)
    assert 'mq:signedOn "2001"^^xsd:gYear' in text
    assert "agr:PAK-TUR-2001" in text


@pytest.mark.parametrize(
    ("row", "fact"),
    [
        ({"signMonth": "5"}, 'mq:signedOn "2001-05"^^xsd:gYearMonth'),
        ({"signMonth": "5", "signDay": "4"}, 'mq:signedOn "2001-05-04"^^xsd:date'),
        ({"terminated": "0"}, 'mq:lastAttestedInForce "2010-12-31"^^xsd:date'),
        ({"terminated": "1", "durationActual": "4"}, 'mq:inForceUntil "2005"^^xsd:gYear'),
        ({"span": "5", "renewType": "-66"}, 'mq:term "P5Y"^^xsd:duration'),
        ({"category1": "TREX"}, "dom:military-training"),
        ({"UNTS": "144407"}, 'mq:untsNumber "144407"'),
    ],
)
def test_dcad_codes(tmp_path: Path, row: dict[str, str], fact: str):
    assert fact in write(dcad(tmp_path, row).triples)


def test_sentinels_are_never_literals(tmp_path: Path):
    text = write(
        dcad(tmp_path, {"span": "-77", "renewType": "-77", "durationActual": "-88"}).triples
    )
    assert '"-' not in text
    assert "P-" not in text
    assert "renewal/indefinite" in text


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"ccode2": "640"}, "both parties are COW 640"),
        ({"factivaSign": "0"}, "not signed"),
    ],
)
def test_defective_rows_are_left_out_with_their_reason(
    tmp_path: Path, row: dict[str, str], reason: str
):
    done = dcad(tmp_path, row)
    assert done.triples == ()
    assert reason in done.report.left_out[0][1]


def test_rows_without_an_oic_state_are_not_ours(tmp_path: Path):
    done = dcad(tmp_path, {"ccode1": "2", "ccode2": "200"})
    assert (done.triples, done.report.left_out) == ((), [])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"signMonth": "2", "signDay": "30"}, r"d\.csv:2:signDay: 2001-2-30 is no date"),
        ({"signYear": "MMI"}, r"d\.csv:2:signYear: 'MMI' is not a whole number"),
        ({"ccode2": "9"}, r"d\.csv:2:ccode2: no state for COW code 9"),
    ],
)
def test_bad_cells_name_file_row_and_column(tmp_path: Path, row: dict[str, str], message: str):
    with pytest.raises(BadData, match=message):
        dcad(tmp_path, row)


def test_missing_column_duplicate_key_and_cut_file(tmp_path: Path):
    path = table(tmp_path / "x.csv", DCAD[:-1], DCAD_ROW)
    with pytest.raises(BadData, match=r"x\.csv:1: no column DCAid"):
        IMPORTERS["dcad"](path, Minter({}, ()))
    with pytest.raises(BadData, match="stands already in row 2"):
        dcad(tmp_path, {}, {})
    path = table(tmp_path / "y.csv", DCAD, DCAD_ROW)
    path.write_text(path.read_text("utf-8") + "640,770", "utf-8")
    with pytest.raises(BadData, match=r"y\.csv:3: expected \d+ cells"):
        IMPORTERS["dcad"](path, Minter({}, ()))


def test_the_same_input_gives_the_same_bytes_and_keeps_its_agreements(tmp_path: Path):
    one = write(dcad(tmp_path, {}, {"DCAid": "DCADv1.0-0002"}).triples)
    two = write(dcad(tmp_path, {}, {"DCAid": "DCADv1.0-0002"}).triples)
    assert one == two
    assert "agr:PAK-TUR-2001-2" in one
    record = "https://w3id.org/mithaq/id/record/dcad/0001"
    kept = Minter({record: "https://w3id.org/mithaq/id/agreement/OLD"}, ())
    done = IMPORTERS["dcad"](tmp_path / "d.csv", kept)
    assert "agr:OLD" in write(done.triples)


def test_atop_commitments_are_directed(tmp_path: Path):
    done = atop(tmp_path, {"defense": "1"}, {"member": "770"})
    text = write(done.triples)
    assert text.count("a mq:Commitment") == 1
    assert "mq:obligor state:TUR" in text
    assert "mq:obligee state:PAK" in text
    assert 'mq:lastAttestedInForce "2018-12-31"^^xsd:date' in text
    assert "inForceFrom" not in text


def test_atop_phases_that_join_are_one_span(tmp_path: Path):
    phase = {
        "nonagg": "1",
        "ineffect": "0",
        "phase": "1",
        "yrexit": "1970",
        "moexit": "1",
        "dayexit": "1",
    }
    later = {"nonagg": "1", "phase": "2", "yrent": "1970", "moent": "1", "dayent": "1"}
    rows = [phase, {**phase, "member": "770"}, later, {**later, "member": "770"}]
    text = write(atop(tmp_path, *rows).triples)
    assert text.count("a mq:Commitment") == 2
    assert "mq:until" not in text


def test_atop_successor_has_commitments_but_is_no_party(tmp_path: Path):
    first = {
        "nonagg": "1",
        "ineffect": "0",
        "phase": "1",
        "yrexit": "1990",
        "moexit": "5",
        "dayexit": "22",
    }
    later = {"nonagg": "1", "phase": "2", "yrent": "1990", "moent": "5", "dayent": "22"}
    done = atop(
        tmp_path,
        {**first, "member": "670"}, {**first, "member": "678"},
        {**later, "member": "670"}, {**later, "member": "679"},
    )  # fmt: skip
    text = write(done.triples)
    assert "agr:SAU-YAR-1960-03-02" in text
    assert "mq:party state:SAU,\n        state:YAR ;" in text
    assert "mq:obligor state:YEM" in text
    assert "successors YEM" in done.report.notes[0][1]


def test_a_code_means_the_state_of_its_day(tmp_path: Path):
    early = atop(tmp_path, {"yrent": "1910", "nonagg": "1"}, {"member": "630", "yrent": "1910"})
    assert "state:OTT" in write(early.triples)
    late = atop(tmp_path, {"nonagg": "1"}, {"member": "365", "yrent": "1960"})
    assert "state:SUN" in write(late.triples)


def test_slug_is_sorted():
    assert slug(["TUR", "PAK"], "1954-04-02") == "PAK-TUR-1954-04-02"
    assert slug(["TUR", "PAK"], "") == "PAK-TUR-undated"
