"""UK Treaties Online: parties told from extent, readings of single rows, days that take effect."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg import turtle
from kg.errors import BadData
from kg.importers.base import Imported, Minter
from kg.importers.fcdo import COLUMNS, FILE, read
from kg.importers.readings import LONGEST, clip, readings
from kg.vocab import BASE, local

#: A row that is in order; a test changes some cells.
ROW = {
    **dict.fromkeys(COLUMNS, ""),
    "title": "Agreement between the United Kingdom and Turkey for Air Services",
    "type": "bilateral",
    "subject": "AVIATION",
    "parties": "TURKEY ; UNITED KINGDOM",
    "party_iso3": "GBR TUR",
    "signed": "1946-02-12",
    "place": "Ankara",
    "document_url": "https://treaties.fcdo.gov.uk/data/Library2/html/1.html",
}


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
    rows = [ROW | {"fcdo_id": str(n)} | cells for n, cells in enumerate(changes, 1)]
    return read(put(path, rows, **dialect), Minter({}, ()))


def values(done: Imported, name: str, record: str = "1") -> list[str]:
    """Return the values of a property of a record or event, IRIs by their last part."""
    found = [
        t.object
        for t in done.triples
        if t.subject == NamedNode(f"{BASE}id/record/fcdo/{record}")
        and local(t.predicate.value) == name
        and isinstance(t.object, NamedNode | Literal)
    ]
    return sorted(local(o.value) if isinstance(o, NamedNode) else o.value for o in found)


def test_row_becomes_a_record(tmp_path: Path):
    done = made(tmp_path, {"in_force": "1946-04-01"})
    said = {
        "party": ["GBR", "TUR"],
        "signedOn": ["1946-02-12"],
        "inForceFrom": ["1946-04-01"],
        "domain": ["air-services"],
        "instrument": ["agreement"],
        "bindingness": ["binding"],
        "confidence": ["high"],
        "evidence": ["attested"],
        "place": ["Ankara"],
        "fcdoId": ["1"],
        "title": [ROW["title"]],
        "titleGenerated": [],
        "locator": ["lb_document_id 1"],
    }
    assert {name: values(done, name) for name in said} == said
    assert done.report.counts["bilateral rows that list an OIC state"] == 1
    assert (done.report.kept, done.report.left_out, done.report.unmapped) == (1, [], {})


def test_rows_that_are_not_ours_are_passed_over(tmp_path: Path):
    others = {"parties": "FRANCE ; UNITED KINGDOM", "party_iso3": "FRA GBR"}
    done = made(tmp_path, others, {"type": "multilateral"})
    assert (done.triples, done.report.left_out) == ((), [])


def test_territories_are_extent_and_not_parties(tmp_path: Path):
    listed = "Aden Colony ; KENYA ; TURKEY ; UGANDA ; UNITED KINGDOM"
    done = made(tmp_path, {"parties": listed, "party_iso3": "GBR KEN TUR UGA"})
    assert values(done, "party") == ["GBR", "TUR"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (
            {"parties": "FRANCE ; UGANDA ; UNITED KINGDOM", "party_iso3": "FRA GBR UGA"},
            "the OIC states that are listed are territories to which it extends",
        ),
        (
            {"parties": "EUROPEAN ECONOMIC COMMUNITY ; TURKEY", "party_iso3": "TUR"},
            "European Economic Community is organisation, not a party here",
        ),
        (
            {"parties": "FRANCE ; TURKEY ; UNITED KINGDOM", "party_iso3": "FRA GBR TUR"},
            "3 parties: France, United Kingdom, Türkiye",
        ),
        (
            {"parties": "PERSIAN GULF STATES ; UNITED KINGDOM", "party_iso3": "GBR IRN"},
            "Persian Gulf States is group, not a party here",
        ),
        ({"parties": "UGANDA ; UNITED KINGDOM", "party_iso3": "UGA"}, "1 parties: United Kingdom"),
    ],
)
def test_row_without_two_parties_is_left_out(tmp_path: Path, cells: dict[str, str], reason: str):
    assert made(tmp_path, cells).report.left_out == [("1", reason)]


@pytest.mark.parametrize(
    ("name", "signed", "party"),
    [
        ("PERSIA", "1928-05-10", "IRN"),
        ("MUSCAT", "1891-03-19", "OMN"),
        ("TRANSJORDAN", "1946-03-22", "JOR"),
        ("TRIPOLI", "1825-01-01", "TRIPOLI"),
        ("JOHANNA", "1850-06-03", "JOHANNA"),
        ("TURKEY", "1913-07-29", "OTT"),
        ("EGYPT", "1959-02-28", "UAR"),
        ("YEMEN", "1934-02-11", "YAR"),
        ("YEMEN, PEOPLES'S DEMOCRATIC REPUBLIC OF", "1968-01-01", "YMD"),
        ("DAHOMEY", "1877-05-12", "DAHOMEY"),
        ("DAHOMEY", "1969-01-01", "BEN"),
        ("UGANDA", "1962-10-10", "UGA"),
        ("BORNEO", "1847-05-27", "BRN"),
    ],
)
def test_party_is_the_polity_of_that_day(tmp_path: Path, name: str, signed: str, party: str):
    cells = {"parties": f"{name} ; UNITED KINGDOM", "party_iso3": "GBR IRN", "signed": signed}
    assert values(made(tmp_path, cells), "party") == sorted(["GBR", party])


def test_our_reading_of_a_row_goes_before_its_column(tmp_path: Path):
    done = made(
        tmp_path,
        {"fcdo_id": "59144", "parties": "IRAQ ; UNITED KINGDOM", "party_iso3": "GBR IRQ"},
        {"fcdo_id": "62872"},
        {"fcdo_id": "59450", "parties": "UNITED KINGDOM", "party_iso3": "GBR"},
    )
    assert values(done, "party", "59144") == ["IRQ", "NEJD"]
    assert values(done, "party", "59450") == ["GBR", "PERAK"]
    assert done.report.left_out == [("62872", readings("fcdo-row")["62872"].leave)]
    assert done.report.counts["rows more whose title alone names an OIC party"] == 1


def test_day_that_takes_effect_is_read(tmp_path: Path):
    done = made(
        tmp_path,
        {
            "in_force": "1946-03-01",
            "in_force_effective": "1946-05-01",
            "provisional": "1946-02-12",
            "terminated": "1955-01-01",
            "terminated_effective": "1955-07-01",
        },
    )
    assert values(done, "inForceFrom") == ["1946-05-01"]
    assert values(done, "inForceUntil") == ["1955-07-01"]
    assert values(done, "kind", "1/event/1") == ["provisional-application"]
    assert values(done, "kind", "1/event/2") == ["termination"]
    assert values(done, "date", "1/event/2") == ["1955-07-01"]


def test_odd_days_are_noted(tmp_path: Path):
    done = made(tmp_path, {"in_force": "1945-01-01", "terminated": "1940-01-01"})
    assert values(done, "inForceFrom") == ["1945-01-01"]
    assert values(done, "inForceUntil") == []
    assert [note for _, note in done.report.notes] == [
        "enters into force (1945-01-01) before signature (1946-02-12)",
        "ends (1940-01-01) before it begins: not read",
    ]


@pytest.mark.parametrize(
    ("title", "instrument", "bindingness"),
    [
        ("Exchange of Notes constituting an Agreement", "exchange-of-notes", "binding"),
        ("Notes exchanged between the two", "exchange-of-notes", "binding"),
        ("Treaty with Notes", "treaty", "binding"),
        ("Protocol amending the Convention", "amending-protocol", "binding"),
        ("Memorandum of Understanding and Agreement", "mou", "unknown"),
        ("Agreed Minute on Trade", "minutes", "unknown"),
        ("Letters of Intent about a Loan", "letter-of-intent", "unknown"),
        ("Boundaries of Aden", "unknown", "unknown"),
    ],
)
def test_opening_words_tell_the_form(
    tmp_path: Path, title: str, instrument: str, bindingness: str
):
    done = made(tmp_path, {"title": title})
    assert values(done, "instrument") == [instrument]
    assert values(done, "bindingness") == [bindingness]


@pytest.mark.parametrize(
    ("subject", "title", "domains", "confidence"),
    [
        ("DEFENCE", "Agreement", ["defence"], "high"),
        ("DISPUTES", "Notes on a Commercial 'Modus Vivendi'", ["trade"], "medium"),
        ("INVESTMENT PROTECTION", "Notes on Commercial Relations", ["trade"], "medium"),
        (
            "LOANS, CREDITS & GRANTS",
            "An Interest-free Development Loan",
            ["development-aid", "finance"],
            "high",
        ),
        ("MISCELLANEOUS", "Agreement", ["political"], "low"),
    ],
)
def test_words_of_the_title_go_before_the_subject(
    tmp_path: Path, subject: str, title: str, domains: list[str], confidence: str
):
    done = made(tmp_path, {"subject": subject, "title": title})
    assert values(done, "domain") == domains
    assert values(done, "confidence") == [confidence]


def test_subject_without_a_meaning_is_reported(tmp_path: Path):
    done = made(tmp_path, {"subject": "WHALING"})
    assert done.report.unmapped == {"fcdo-subject 'WHALING'": 1}


@pytest.mark.parametrize(
    ("references", "signed", "series", "number"),
    [
        ("UN Registration United/0: 6 79;PRO FO 93/1/0: 0", "1946-02-12", ["UNTS 6:79"], []),
        ("UN Registration United/0: 167 91", "1935-06-04", ["LNTS 167:91"], []),
        ("UN Registration United/0: 633 0", "1967-04-24", [], []),
        ("UN Registration 9127/0: 0", "1967-07-17", [], ["I-9127"]),
        ("UN Registration 2727/0: 0", "1930-08-19", [], []),
        ("League of Nations Treaty Series Vol.5 (p.59) /0: 0", "1920-02-11", ["LNTS 5:59"], []),
        ("United Nations Treaty Series 90/137/0: 0", "1949-06-20", ["UNTS 90:137"], []),
    ],
)
def test_references_tell_the_place_in_a_series(
    tmp_path: Path, references: str, signed: str, series: list[str], number: list[str]
):
    done = made(tmp_path, {"references": references, "signed": signed})
    assert values(done, "treatySeries") == series
    assert values(done, "untsNumber") == number


def test_uk_series_is_described(tmp_path: Path):
    cells = {"references": "Treaty Series 008/1971: Cmnd 4601||https://example.org/a.pdf"}
    assert values(made(tmp_path, cells), "description") == [
        "UK Treaty Series 8 (1971), Cmnd. 4601."
    ]


def test_lost_characters_are_put_in(tmp_path: Path):
    done = made(tmp_path, {"title": "Officers&#65533; Pay of &#65533;5,000"})
    assert values(done, "title") == ["Officers' Pay of £5,000"]
    assert done.report.notes[-1] == ("1", "the title has lost a character: £ or ' put in")


def test_number_sign_before_an_amount_is_a_pound_sign(tmp_path: Path):
    done = made(tmp_path, {"title": "Loan of #25.0 Million Sterling, file #B"})
    assert values(done, "title") == ["Loan of £25.0 Million Sterling, file #B"]


def test_long_title_is_cut_between_words():
    cut = clip("Agreement " * 40)
    assert len(cut) <= LONGEST
    assert cut.endswith("Agreement …")
    assert clip("Short\n title") == "Short title"


@pytest.mark.parametrize(
    ("cells", "dialect", "match"),
    [
        ({"signed": "1946-02-30"}, {}, "signed: '1946-02-30' is no day"),
        ({"signed": "12/02/1946"}, {}, "signed: '12/02/1946' is no date"),
        ({"type": "other"}, {}, "type: 'other' is no code"),
        ({"parties": "TURKIA ; UNITED KINGDOM"}, {}, "parties: no party for 'TURKIA'"),
        ({}, {"without": "parties"}, "no column parties"),
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
        made(tmp_path, {}, {"fcdo_id": "1"})


def test_same_file_gives_the_same_bytes(tmp_path: Path):
    rows = [{"in_force": "1946-04-01"}, {"signed": "1947-01-01"}]
    first, again = made(tmp_path, *rows), made(tmp_path, *rows)
    assert turtle.write(first.triples) == turtle.write(again.triples)
