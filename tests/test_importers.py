"""Importers: every row of a file ends in a record or in the report, and no sentinel in a date."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from kg import turtle
from kg.errors import BadData
from kg.importers import IMPORTERS, Imported, Minter, run
from kg.importers.atop import COLUMNS as ATOP
from kg.importers.atop import FILE as ATOP_FILE
from kg.importers.base import slug, typed
from kg.importers.dcad import COLUMNS as DCAD
from kg.importers.dcad import FILE as DCAD_FILE
from kg.importers.parties import doubt, is_oic, may_be_oic, other_name, state_of
from kg.importers.rows import Row
from kg.vocab import BASE, MQ, local

PAKISTAN, TURKEY, IRAN, ITALY = "770", "640", "630", "325"
#: A DCAD row that is in order; a test changes some cells.
DCAD_ROW = {
    **dict.fromkeys(DCAD, ""),
    "ccode1": TURKEY,
    "cowName1": "TUR",
    "ccode2": PAKISTAN,
    "cowName2": "PAK",
    "signYear": "2001",
    "signMonth": "5",
    "signDay": "4",
    "category1": "DCA",
    "terminated": "-88",
    "categoryConf": "high",
    "sourceType": "treaty",
    "DCAid": "DCADv1.0-0001",
}
ATOP_ROW = {
    **dict.fromkeys(ATOP, "0"),
    "atopid": "5000",
    "cow4id": "",
    "yrent": "1980",
    "moent": "1",
    "dayent": "2",
    "ineffect": "1",
    "bilat": "1",
}


def put(path: Path, columns: list[str], rows: list[dict[str, str]]) -> Path:
    """Write a CSV file with the columns of a dataset."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), "utf-8")
    return path


def dcad(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    rows = [DCAD_ROW | {"DCAid": f"DCADv1.0-{n:04}"} | c for n, c in enumerate(changes, 1)]
    return run("dcad", put(tmp_path / DCAD_FILE, DCAD, rows), Minter({}, ()))


def atop(tmp_path: Path, *changes: dict[str, str]) -> Imported:
    rows = [ATOP_ROW | change for change in changes]
    return run("atop", put(tmp_path / ATOP_FILE, ATOP, rows), Minter({}, ()))


def span(member: str, phase: str, begin: str, end: str = "", **cells: str) -> dict[str, str]:
    """Return the cells of a member in a phase; no end is still in effect."""
    year, month, day = (str(int(part)) for part in begin.split("-"))
    row = {"member": member, "phase": phase, "yrent": year, "moent": month, "dayent": day}
    if end:
        year, month, day = (str(int(part)) for part in end.split("-"))
        row |= {"yrexit": year, "moexit": month, "dayexit": day, "ineffect": "0"}
    return row | cells


def values(done: Imported, record: str, name: str) -> list[str]:
    """Return the values of a property of a record or commitment, IRIs by their last part."""
    found = [
        t.object
        for t in done.triples
        if t.subject == NamedNode(f"{BASE}id/record/{record}")
        and local(t.predicate.value) == name
        and isinstance(t.object, NamedNode | Literal)
    ]
    return sorted(local(o.value) if isinstance(o, NamedNode) else o.value for o in found)


def promises(done: Imported, record: str) -> set[tuple[str, ...]]:
    """Return obligor, obligee, kind, from and until of each commitment of a record."""
    names = ("obligor", "obligee", "kind", "from", "until")
    found = [f"{record}/commitment/{number}" for number in values(done, record, "commitment")]
    return {tuple("".join(values(done, one, name)) for name in names) for one in found}


def literals(triples: tuple[Triple, ...]) -> list[Literal]:
    return [t.object for t in triples if isinstance(t.object, Literal)]


# What is kept


def test_rows_without_an_oic_party_are_not_ours(tmp_path: Path):
    done = dcad(tmp_path, {}, {"ccode1": ITALY, "cowName1": "ITA", "ccode2": "200"})
    assert done.report.kept == 1
    assert done.report.left_out == []


def test_counts_tell_one_oic_party_from_two(tmp_path: Path):
    done = dcad(tmp_path, {}, {"ccode1": ITALY, "cowName1": "ITA"})
    assert done.report.counts == {
        "rows with an OIC party": 2,
        "… of them between two states, not one code twice": 2,
        "rows with both parties OIC": 1,
        "… of them between two OIC states, not one code twice": 1,
        "records with both parties OIC": 1,
    }
    assert done.report.summary() == "2 records, 0 rows left out, 0 notes"


def test_self_dyad_is_left_out_with_its_reason(tmp_path: Path):
    done = dcad(tmp_path, {}, {"ccode1": PAKISTAN, "cowName1": "PAK"})
    assert done.report.left_out == [
        ("DCADv1.0-0002", "self-dyad: both parties are COW 770, named PAK and PAK")
    ]
    assert "left out DCADv1.0-0002: self-dyad" in "\n".join(done.report.lines())
    assert values(done, "dcad/0002", "party") == []


def test_agreement_that_was_only_negotiated_is_left_out(tmp_path: Path):
    press = {"sourceType": "factiva", "factivaConf": "4"}
    done = dcad(tmp_path, press | {"factivaSign": "0"}, press | {"factivaSign": "1"})
    assert [key for key, _ in done.report.left_out] == ["DCADv1.0-0001"]
    assert done.report.kept == 1


# What a DCAD row says


def test_dcad_row_becomes_a_record(tmp_path: Path):
    cells = {"category1": "TREX", "span": "5", "renewType": "-66", "UNTS": "12345"}
    done = dcad(tmp_path, cells)
    said = {
        "describes": ["PAK-TUR-2001-05-04"],
        "party": ["PAK", "TUR"],
        "signedOn": ["2001-05-04"],
        "term": ["P5Y"],
        "renewal": ["automatic"],
        "domain": ["joint-exercises", "military-training"],
        "instrument": ["unknown"],
        "bindingness": ["binding"],
        "evidence": ["attested"],
        "confidence": ["high"],
        "locator": ["DCAid DCADv1.0-0001"],
        "dcadId": ["DCADv1.0-0001"],
        "untsNumber": ["I-12345"],
        "title": ["Training and exchange agreement, Pakistan–Türkiye, 2001"],
        "titleGenerated": ["true"],
        "commitment": [],
        "lastAttestedInForce": [],
        "inForceUntil": [],
    }
    assert {name: values(done, "dcad/0001", name) for name in said} == said


@pytest.mark.parametrize(
    ("cells", "date", "kind"),
    [
        ({}, "2001-05-04", "date"),
        ({"signDay": ""}, "2001-05", "gYearMonth"),
        ({"signDay": "", "signMonth": ""}, "2001", "gYear"),
    ],
)
def test_date_keeps_its_precision(tmp_path: Path, cells: dict[str, str], date: str, kind: str):
    done = dcad(tmp_path, cells)
    found = [t.object for t in done.triples if t.predicate == NamedNode(MQ + "signedOn")]
    assert found == [typed(date)]
    assert isinstance(found[0], Literal)
    assert local(found[0].datatype.value) == kind


def test_undated_agreement_has_no_date(tmp_path: Path):
    done = dcad(tmp_path, {"signDay": "", "signMonth": "", "signYear": "", "ccode1": IRAN})
    assert values(done, "dcad/0001", "signedOn") == []
    assert values(done, "dcad/0001", "describes") == ["IRN-PAK-undated"]


def test_sentinels_are_never_literals(tmp_path: Path):
    cells = {"span": "-77", "renewType": "-77", "UNTS": "-99", "durationActual": "-88"}
    done = dcad(tmp_path, cells, {"EIFYear": "9999", "terminated": "-99"}, {"span": "-88"})
    for literal in literals(done.triples):
        assert not literal.value.startswith("-"), literal
        assert "9999" not in literal.value
    assert values(done, "dcad/0001", "term") == []
    assert values(done, "dcad/0001", "renewal") == ["indefinite"]
    assert values(done, "dcad/0002", "inForceFrom") == []


def test_in_force_at_the_end_of_the_data_is_attested_on_that_day(tmp_path: Path):
    done = dcad(tmp_path, {"terminated": "0"})
    assert values(done, "dcad/0001", "lastAttestedInForce") == ["2010-12-31"]


def test_entry_into_force_after_the_data_end_is_not_attested_before_it(tmp_path: Path):
    force = {"EIFYear": "2012", "EIFMonth": "4", "EIFDay": "24", "terminated": "0"}
    done = dcad(tmp_path, force)
    assert values(done, "dcad/0001", "inForceFrom") == ["2012-04-24"]
    assert values(done, "dcad/0001", "lastAttestedInForce") == []
    assert "after the data end" in done.report.notes[0][1]


@pytest.mark.parametrize(
    ("force", "end", "what"),
    [("1996", "1999", "entry into force 1996 + 3"), ("", "2004", "signature 2001 + 3")],
)
def test_derived_end_says_so(tmp_path: Path, force: str, end: str, what: str):
    done = dcad(tmp_path, {"terminated": "1", "durationActual": "3", "EIFYear": force})
    assert values(done, "dcad/0001", "inForceUntil") == [end]
    assert what in values(done, "dcad/0001", "description")[0]


@pytest.mark.parametrize(
    ("given", "rating", "confidence"),
    [("med", "3", "medium"), ("med", "2", "low"), ("high", "", "low"), ("atypical", "5", "low")],
)
def test_press_row_is_reported(tmp_path: Path, given: str, rating: str, confidence: str):
    press = {"sourceType": "factiva", "factivaSign": "1", "factivaConf": rating}
    done = dcad(tmp_path, press | {"categoryConf": given})
    assert values(done, "dcad/0001", "evidence") == ["reported"]
    assert values(done, "dcad/0001", "bindingness") == ["unknown"]
    assert values(done, "dcad/0001", "confidence") == [confidence]


def test_unclear_signature_is_noted(tmp_path: Path):
    press = {"sourceType": "factiva", "factivaConf": "4", "factivaSign": "-99"}
    done = dcad(tmp_path, press)
    assert done.report.kept == 1
    assert "factivaSign -99" in done.report.notes[0][1]


def test_code_that_contradicts_the_name_is_noted_and_doubted(tmp_path: Path):
    done = dcad(tmp_path, {"ccode1": "652", "cowName1": "EGY"})
    assert done.report.notes[0][1].startswith("ccode1 is 652 but cowName1 is EGY")
    assert values(done, "dcad/0001", "confidence") == ["low"]


def test_force_before_signature_is_noted_not_refused(tmp_path: Path):
    done = dcad(tmp_path, {"EIFYear": "2001", "EIFMonth": "5", "EIFDay": "3"})
    assert done.report.kept == 1
    assert "before signature" in done.report.notes[0][1]


# What an ATOP alliance says


def test_alliance_becomes_one_record_with_directed_commitments(tmp_path: Path):
    done = atop(
        tmp_path,
        {"member": PAKISTAN, "defense": "1", "consul": "1", "cow4id": "200", "base": "3"},
        {"member": "2", "consul": "1", "cow4id": "200", "milaid": "3"},
    )
    assert promises(done, "atop/5000") == {
        ("PAK", "USA", "defence", "1980-01-02", ""),
        ("PAK", "USA", "consultation", "1980-01-02", ""),
        ("USA", "PAK", "consultation", "1980-01-02", ""),
    }
    said = {
        "describes": ["PAK-USA-1980-01-02"],
        "signedOn": ["1980-01-02"],
        "inEffectFrom": ["1980-01-02"],
        "inForceFrom": [],
        "lastAttestedInForce": ["2018-12-31"],
        "domain": [
            "basing-access",
            "collective-defence",
            "defence-policy-dialogue",
            "military-assistance",
        ],
        "atopId": ["5000"],
        "cowAllianceId": ["200"],
        "locator": ["atopid 5000"],
        "title": ["Defence and consultation pact, Pakistan–United States, 1980"],
    }
    assert {name: values(done, "atop/5000", name) for name in said} == said


def test_ended_alliance_has_the_last_exit_as_precise_as_it_is(tmp_path: Path):
    end = {"ineffect": "0", "yrexit": "1985", "moexit": "7", "dayexit": ""}
    done = atop(tmp_path, {"member": PAKISTAN} | end, {"member": IRAN, "consul": "1"} | end)
    assert values(done, "atop/5000", "inForceUntil") == ["1985-07"]
    assert values(done, "atop/5000", "lastAttestedInForce") == []
    assert promises(done, "atop/5000") == {("IRN", "PAK", "consultation", "1980-01-02", "1985-07")}


def test_phases_date_commitments_and_equal_ones_in_a_row_are_one(tmp_path: Path):
    first, second = ("1", "1980-01-02", "1989-12-31"), ("2", "1990-01-01")
    done = atop(
        tmp_path,
        span(IRAN, *first, nonagg="1", consul="1"),
        span(PAKISTAN, *first, nonagg="1"),
        span(IRAN, *second, nonagg="1"),
        span(PAKISTAN, *second, nonagg="1", neutral="1"),
    )
    assert done.report.kept == 1
    assert promises(done, "atop/5000") == {
        ("IRN", "PAK", "non-aggression", "1980-01-02", ""),
        ("PAK", "IRN", "non-aggression", "1980-01-02", ""),
        ("IRN", "PAK", "consultation", "1980-01-02", "1989-12-31"),
        ("PAK", "IRN", "neutrality", "1990-01-01", ""),
    }


def test_break_between_phases_splits_a_commitment_and_is_told(tmp_path: Path):
    first, second = ("1", "2008-08-30", "2011-02-27"), ("2", "2011-12-15")
    done = atop(
        tmp_path,
        span(ITALY, *first, nonagg="1"),
        span("620", *first),
        span(ITALY, *second, nonagg="1"),
        span("620", *second),
    )
    assert promises(done, "atop/5000") == {
        ("ITA", "LBY", "non-aggression", "2008-08-30", "2011-02-27"),
        ("ITA", "LBY", "non-aggression", "2011-12-15", ""),
    }
    assert "2011-02-27 and 2011-12-15" in done.report.notes[0][1]
    assert "2011-02-27 and 2011-12-15" in values(done, "atop/5000", "description")[0]


def test_successors_are_bound_and_owed_but_did_not_sign(tmp_path: Path):
    one, two, three = ("1", "1961-05-29", "1992-12-31"), ("2", "1993-01-01"), ("3", "1993-01-01")
    done = atop(
        tmp_path,
        *(span(member, *one, nonagg="1") for member in ("850", "315")),
        *(span(member, *two, nonagg="1") for member in ("850", "316")),
        *(span(member, *three, "2008-07-25", nonagg="1") for member in ("850", "317")),
    )
    assert values(done, "atop/5000", "party") == ["CSK", "IDN"]
    owed = {promise for promise in promises(done, "atop/5000") if promise[0] == "IDN"}
    assert owed == {
        ("IDN", "CSK", "non-aggression", "1961-05-29", "1992-12-31"),
        ("IDN", "CZE", "non-aggression", "1993-01-01", ""),
        ("IDN", "SVK", "non-aggression", "1993-01-01", "2008-07-25"),
    }
    assert done.report.notes == [
        ("atopid 5000", "successors CZE, SVK: in commitments, not among parties")
    ]
    assert done.report.counts["… of them in effect at the end"] == 1
    assert done.report.counts["… … for every state ever listed"] == 0


def test_alliance_with_a_bilateral_phase_is_plurilateral(tmp_path: Path):
    wide = [span(one, "1", "1954-09-08", "1977-06-30", bilat="0") for one in ("2", "770", "800")]
    done = atop(tmp_path, *wide, span("2", "2", "1977-06-30"), span("800", "2", "1977-06-30"))
    assert values(done, "atop/5000", "party") == ["PAK", "THA", "USA"]
    assert done.report.counts["plurilateral records"] == 1


def test_members_of_a_pact_have_their_own_dates_and_owe_each_other(tmp_path: Path):
    cells = {"bilat": "0", "defense": "1"}
    done = atop(
        tmp_path,
        span(IRAN, "0", "1955-02-24", "1979-03-16", **cells),
        span(TURKEY, "0", "1955-02-24", "1979-03-16", **cells),
        span(PAKISTAN, "0", "1955-09-23", "1958-01-01", **cells),
        span("645", "0", "1959-02-24", "1979-03-16", bilat="0"),
    )
    members = {
        (
            *values(done, f"atop/5000/participation/{number}", "participant"),
            *values(done, f"atop/5000/participation/{number}", "from"),
            *values(done, f"atop/5000/participation/{number}", "until"),
        )
        for number in range(1, 5)
    }
    assert ("PAK", "1955-09-23", "1958-01-01") in members
    assert ("IRQ", "1959-02-24", "1979-03-16") in members
    owed = {
        values(done, f"atop/5000/commitment/{number}", "obligor")[0]: values(
            done, f"atop/5000/commitment/{number}", "obligee"
        )
        for number in range(1, 4)
    }
    assert owed == {
        "IRN": ["IRQ", "PAK", "TUR"],
        "PAK": ["IRN", "TUR"],
        "TUR": ["IRN", "IRQ", "PAK"],
    }
    assert done.report.counts["plurilateral records"] == 1
    assert values(done, "atop/5000", "title") == [
        "Defence pact, Iran, Iraq, Pakistan and Türkiye, 1955"
    ]


# Which state a code is


@pytest.mark.parametrize(
    ("code", "date", "state"),
    [
        ("365", "1914-08-01", "RUE"),
        ("365", "1991-12-24", "SUN"),
        ("365", "1991-12-25", "RUS"),
        ("365", "1990", "SUN"),
        ("640", "1922-10-31", "OTT"),
        ("640", "1922-11-01", "TUR"),
        ("651", "1958-01-31", "EGY"),
        ("651", "1958-02-01", "UAR"),
        ("651", "1961-09-28", "UAR"),
        ("651", "1971", "EGY"),
        ("345", "1991-06", "YUG"),
        ("345", "2004", "SCG"),
        ("345", "2010", "SRB"),
        ("255", "1914", "DEK"),
        ("255", "1997", "DEU"),
        ("260", "1960", "DEU"),
        ("265", "1979", "DDR"),
        ("678", "1934", "YAR"),
        ("679", "1998", "YEM"),
        ("680", "1979", "YMD"),
        ("315", "1961", "CSK"),
        ("770", "", "PAK"),
    ],
)
def test_code_is_a_state_on_a_day(code: str, date: str, state: str):
    assert state_of(Row("f:2", {"member": code}), "member", date) == state


@pytest.mark.parametrize("date", ["1991", "1991-12", ""])
def test_code_is_never_guessed_where_a_partial_date_spans_two_states(date: str):
    row = Row("f.csv:2", {"member": "365"})
    assert "SUN or RUS" in doubt(row, "member", date)
    with pytest.raises(BadData, match=r"^f\.csv:2:member: COW code 365 on .* may be "):
        state_of(row, "member", date)


def test_row_whose_state_is_unsure_is_left_out(tmp_path: Path):
    year_only = {"signDay": "", "signMonth": "", "signYear": "1991", "ccode1": "365"}
    done = dcad(tmp_path, year_only | {"cowName1": "RUS"}, {})
    assert done.report.left_out == [("DCADv1.0-0001", "COW code 365 on 1991 may be SUN or RUS")]


def test_unknown_code_names_its_cell(tmp_path: Path):
    with pytest.raises(
        BadData, match=r"DCAD-v1\.0-main\.csv:2:ccode1: no state for COW code 8152"
    ):
        dcad(tmp_path, {"ccode1": "8152"})


def test_member_states_and_their_predecessors_are_oic():
    assert all(map(is_oic, ["PAK", "PSE", "OTT", "UAR", "YAR", "YMD"]))
    assert not any(map(is_oic, ["RUS", "SUN", "THA", "BIH"]))
    assert may_be_oic("640")
    assert not may_be_oic("365")


def test_name_of_another_state_is_seen_and_an_alias_is_not():
    assert other_name("652", "EGY")
    assert not other_name("732", "KOR")
    assert not other_name("255", "GER")


# The same input gives the same bytes


def test_import_twice_gives_the_same_bytes(tmp_path: Path):
    rows = [DCAD_ROW | {"DCAid": f"DCADv1.0-{n:04}"} for n in range(1, 5)]
    path = put(tmp_path / DCAD_FILE, DCAD, rows)
    minter = Minter({}, ())
    first = turtle.write(run("dcad", path, minter).triples)
    assert turtle.write(run("dcad", path, minter).triples) == first
    random.Random(1).shuffle(rows)
    put(path, DCAD, rows)
    assert turtle.write(run("dcad", tmp_path, Minter({}, ())).triples) == first


def test_record_keeps_its_agreement(tmp_path: Path):
    path = put(tmp_path / DCAD_FILE, DCAD, [DCAD_ROW])
    kept = BASE + "id/agreement/PAK-TUR-2001-05-04-7"
    done = run("dcad", path, Minter({BASE + "id/record/dcad/0001": kept}, {kept}))
    assert values(done, "dcad/0001", "describes") == ["PAK-TUR-2001-05-04-7"]


def test_new_agreement_avoids_iris_in_use(tmp_path: Path):
    path = put(tmp_path / DCAD_FILE, DCAD, [DCAD_ROW, DCAD_ROW | {"DCAid": "DCADv1.0-0002"}])
    done = run("dcad", path, Minter({}, {BASE + "id/agreement/PAK-TUR-2001-05-04"}))
    assert values(done, "dcad/0001", "describes") == ["PAK-TUR-2001-05-04-2"]
    assert values(done, "dcad/0002", "describes") == ["PAK-TUR-2001-05-04-3"]


def test_minter_answers_alike_when_asked_again():
    minter = Minter({}, ())
    once = minter.agreement("r", ["TUR", "PAK"], "2001")
    assert minter.agreement("r", ["TUR", "PAK"], "2001") == once
    assert minter.agreement("other", ["TUR", "PAK"], "2001") == once + "-2"
    assert slug(["TUR", "PAK"], "") == "PAK-TUR-undated"


# A file that cannot be read


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"signMonth": "2", "signDay": "30"}, "2:signDay: 2001-2-30 is no date"),
        ({"signMonth": "13"}, "2:signMonth: 13 is no month; expected 1 to 12"),
        ({"signMonth": ""}, "2:signMonth: day 4 of 2001 has no month"),
        ({"signYear": "20011"}, "2:signYear: 20011 is no year; expected 1500 to 2100"),
        ({"signYear": "MMI"}, "2:signYear: 'MMI' is not a whole number; expected"),
        ({"signYear": "2001.5"}, "2:signYear: '2001.5' is not a whole number; expected"),
        ({"EIFYear": "1999", "EIFMonth": "2", "EIFDay": "29"}, "2:EIFDay: 1999-2-29 is no date"),
        ({"category1": "SALE"}, "2:category1: 'SALE' is no code we know; expected 'DCA'"),
        ({"categoryConf": ""}, "2:categoryConf: '' is no code we know; expected 'high'"),
        ({"renewType": "-11"}, "2:renewType: '-11' is no code we know"),
        ({"sourceType": "rumour"}, "2:sourceType: 'rumour' is no code we know"),
    ],
)
def test_bad_cell_names_file_row_and_column(tmp_path: Path, cells: dict[str, str], place: str):
    with pytest.raises(BadData) as error:
        dcad(tmp_path, cells)
    assert str(error.value).startswith(f"{tmp_path / DCAD_FILE}:{place}")
    assert (error.value.status, error.value.exit_code) == (400, 2)


@pytest.mark.parametrize(
    ("cells", "place"),
    [
        ({"defense": "2"}, "2:defense: '2' is no code we know; expected '0', '1'"),
        ({"bilat": ""}, "2:bilat: '' is no code we know"),
        ({"yrent": ""}, "2:yrent: ''; expected the year of entry"),
        ({"ineffect": "0", "yrexit": "1981", "moexit": "2", "dayexit": "29"}, "2:dayexit: 1981-"),
    ],
)
def test_bad_cell_of_an_alliance_is_named(tmp_path: Path, cells: dict[str, str], place: str):
    with pytest.raises(BadData) as error:
        atop(tmp_path, {"member": IRAN} | cells, {"member": PAKISTAN})
    assert str(error.value).startswith(f"{tmp_path / ATOP_FILE}:{place}")


@pytest.mark.parametrize(("name", "columns"), [("dcad", DCAD), ("atop", ATOP)])
def test_missing_column_is_named(tmp_path: Path, name: str, columns: list[str]):
    path = put(tmp_path / "mine.csv", columns[:-1], [])
    with pytest.raises(BadData, match=rf"mine\.csv:1: no column {columns[-1]}; expected"):
        run(name, path, Minter({}, ()))


@pytest.mark.parametrize("name", sorted(IMPORTERS))
def test_missing_file_names_what_was_expected(tmp_path: Path, name: str):
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(BadData, match=r"cannot be read: .*; expected .*\.[ct]sv"):
            run(name, path, Minter({}, ()))


def test_empty_file_lacks_its_columns(tmp_path: Path):
    (tmp_path / DCAD_FILE).write_text("")
    with pytest.raises(BadData, match=r"csv:1: no column ccode1"):
        run("dcad", tmp_path, Minter({}, ()))


def test_wrong_encoding_names_the_byte(tmp_path: Path):
    path = put(tmp_path / DCAD_FILE, DCAD, [DCAD_ROW | {"cowName1": "TÜR"}])
    path.write_bytes(path.read_text("utf-8").encode("latin-1"))
    with pytest.raises(BadData, match=r"csv:2:6: byte 0xdc; expected UTF-8"):
        run("dcad", path, Minter({}, ()))


def test_byte_order_mark_is_no_matter(tmp_path: Path):
    path = put(tmp_path / DCAD_FILE, DCAD, [DCAD_ROW])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert run("dcad", path, Minter({}, ())).report.kept == 1


def test_key_that_stands_twice_is_refused(tmp_path: Path):
    same = {"DCAid": "DCADv1.0-0001"}
    with pytest.raises(BadData, match=r"csv:3:DCAid: DCADv1\.0-0001 stands already in row 2"):
        dcad(tmp_path, same, same)


def test_row_of_one_alliance_member_and_phase_that_stands_twice_is_refused(tmp_path: Path):
    with pytest.raises(
        BadData, match=r"csv:3:atopid: 5000/630/0/1980/1/2 stands already in row 2"
    ):
        atop(tmp_path, {"member": IRAN}, {"member": IRAN})


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("640,770", "expected 21 cells; the row ends before [a-zA-Z0-9]+$"),
        (",".join(["640"] * 22), "expected 21 cells; the row has more"),
        ('640,"TUR"x', "not CSV: "),
    ],
)
def test_broken_row_is_refused(tmp_path: Path, row: str, what: str):
    path = put(tmp_path / DCAD_FILE, DCAD, [DCAD_ROW])
    path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")
    with pytest.raises(BadData, match=rf"csv:3: {what}"):
        run("dcad", path, Minter({}, ()))


def test_unknown_importer_names_those_there_are(tmp_path: Path):
    with pytest.raises(BadData, match="no importer 'none'; there are ar, atop, bla, br"):
        run("none", tmp_path, Minter({}, ()))
