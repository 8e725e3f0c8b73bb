"""Import the Defense Cooperation Agreement Dataset (Kinne 2020), DCAD v1.0.

`category2` and `category3` are alternatives under doubt, not further topics, and
`endYearEstimate` is imputed: none of them is read. An agreement of this dataset promises
nothing in one direction, so it has no commitments.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.base import (
    RETRIEVED,
    Imported,
    Minter,
    Report,
    concept,
    facts,
    state,
    text,
    typed,
)
from kg.importers.parties import doubt, is_oic, may_be_oic, name_of, other_name, state_of
from kg.importers.rows import Row, partial_date, read_rows
from kg.importers.unts import registered
from kg.vocab import BASE, XSD

__all__ = ["read"]

FILE = "DCAD-v1.0-main.csv"
COLUMNS = [
    "ccode1",
    "cowName1",
    "ccode2",
    "cowName2",
    "signDay",
    "signMonth",
    "signYear",
    "EIFDay",
    "EIFMonth",
    "EIFYear",
    "category1",
    "span",
    "renewType",
    "terminated",
    "durationActual",
    "categoryConf",
    "UNTS",
    "sourceType",
    "factivaConf",
    "factivaSign",
    "DCAid",
]
SIDES = ("ccode1", "ccode2")
NAMES = ("cowName1", "cowName2")
#: category1 to fields of cooperation, and the words of a generated label.
CATEGORIES = {
    "DCA": (("defence",), "Defence cooperation agreement"),
    "DIC": (("defence-industry",), "Defence industry agreement"),
    "PROCUREMENT": (("arms-transfer",), "Procurement agreement"),
    "TREX": (("military-training", "joint-exercises"), "Training and exchange agreement"),
    "RESEARCH": (("defence-rd",), "Defence research agreement"),
    "COMMISSION": (("defence-policy-dialogue",), "Joint defence commission"),
}
CONFIDENCE = {"high": "high", "med": "medium", "low": "low", "atypical": "low"}
RENEWAL = {
    "": "unknown",
    "-44": "none",
    "-55": "by-consent",
    "-56": "automatic-once",
    "-57": "by-consent",
    "-58": "by-consent",
    "-66": "automatic",
    "-77": "indefinite",
    "-88": "unknown",
}
#: sourceType to evidence and bindingness.
SOURCES = {"treaty": ("attested", "binding"), "factiva": ("reported", "unknown")}
#: The last day the dataset covers.
END = "2010-12-31"
#: Below this the codebook advises against using a press row.
PRESS_CONFIDENCE = 3


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements with an OIC state; raise BadData for another layout."""
    report = Report()
    triples: list[Triple] = []
    rows = read_rows(path, FILE, COLUMNS, key=("DCAid",))
    for row in sorted(rows, key=lambda row: row["DCAid"]):
        if not any(may_be_oic(row[side]) for side in SIDES):
            continue
        _count(row, report)
        reason = _defect(row)
        if reason:
            report.leave(row["DCAid"], reason)
        else:
            triples += _record(row, minter, report)
    return Imported(tuple(triples), report)


def _count(row: Row, report: Report) -> None:
    both, two = all(may_be_oic(row[side]) for side in SIDES), row["ccode1"] != row["ccode2"]
    report.count("rows with an OIC party")
    report.count("… of them between two states, not one code twice", when=two)
    report.count("rows with both parties OIC", when=both)
    report.count("… of them between two OIC states, not one code twice", when=both and two)


def _signed(row: Row) -> str:
    return partial_date(row, "signYear", "signMonth", "signDay")


def _defect(row: Row) -> str:
    """Return why a row is no agreement of two known states; "" when it is one."""
    if row["ccode1"] == row["ccode2"]:
        names = f"{row['cowName1']} and {row['cowName2']}"
        return f"self-dyad: both parties are COW {row['ccode1']}, named {names}"
    if row["factivaSign"] == "0":
        return "not signed, only negotiated (factivaSign 0)"
    return next(filter(None, (doubt(row, side, _signed(row)) for side in SIDES)), "")


def _record(row: Row, minter: Minter, report: Report) -> Iterator[Triple]:
    signed, key = _signed(row), row["DCAid"]
    parties = sorted(state_of(row, side, signed) for side in SIDES)
    record = f"{BASE}id/record/dcad/{key.removeprefix('DCADv1.0-')}"
    domains, words = row.code("category1", CATEGORIES)
    number = registered(row.name("UNTS"))
    evidence, bindingness = row.code("sourceType", SOURCES)
    report.kept += 1
    report.count("records with both parties OIC", when=all(map(is_oic, parties)))
    _note(row, report)
    yield from facts(
        record,
        "Record",
        {
            "describes": NamedNode(minter.agreement(record, parties, signed)),
            "source": NamedNode(BASE + "id/source/dcad"),
            "locator": Literal(f"DCAid {key}"),
            "retrievedOn": typed(RETRIEVED),
            "confidence": concept("confidence", _confidence(row)),
            "evidence": concept("evidence", evidence),
            "title": text(_title(words, parties, signed)),
            "titleGenerated": Literal(True),
            "party": [state(party) for party in parties],
            "signedOn": typed(signed),
            "inForceFrom": typed(_force(row)),
            "inForceUntil": typed(_end(row)),
            "lastAttestedInForce": typed(END) if _attested(row) else None,
            "term": _term(row),
            "renewal": concept("renewal", row.code("renewType", RENEWAL)),
            "domain": [concept("domain", domain) for domain in domains],
            "instrument": concept("instrument-type", "unknown"),
            "bindingness": concept("bindingness", bindingness),
            "dcadId": Literal(key),
            "untsNumber": Literal(number) if number else None,
            "http://purl.org/dc/terms/description": text(_description(row)),
        },
    )


def _note(row: Row, report: Report) -> None:
    signed, force, key = _signed(row), _force(row), row["DCAid"]
    if force and signed and force < signed[: len(force)]:
        report.note(key, f"enters into force ({force}) before signature ({signed})")
    if force > END and row["terminated"] == "0":
        report.note(key, f"in force from {force}, after the data end: not attested on {END}")
    if row["UNTS"] and not registered(row.name("UNTS")):
        report.note(key, f"{row['UNTS']} is no number of registration: not read")
    if row["EIFDay"] and not force:
        report.note(key, "entry into force has a day but no year: not read")
    if _misnamed(row):
        report.note(key, f"{_misnamed(row)}: the code is kept, with confidence low")
    if _weak_press(row):
        given = row["factivaConf"] or "none given"
        report.note(key, f"press row, its confidence {given}: kept with confidence low")
    if row["factivaSign"] == "-99":
        report.note(key, "press row that leaves signature unclear (factivaSign -99): kept")


def _misnamed(row: Row) -> str:
    """Return how the code and the name of a party contradict each other; "" when they agree."""
    for side, name in zip(SIDES, NAMES, strict=True):
        if other_name(row[side], row[name]):
            return f"{side} is {row[side]} but {name} is {row[name]}, another state"
    return ""


def _title(words: str, parties: list[str], signed: str) -> str:
    pair = "–".join(sorted(map(name_of, parties)))
    return ", ".join(filter(None, (words, pair, signed[:4])))


def _weak_press(row: Row) -> bool:
    return row["sourceType"] == "factiva" and (row.number("factivaConf") or 0) < PRESS_CONFIDENCE


def _confidence(row: Row) -> str:
    doubtful = _weak_press(row) or _misnamed(row)
    return "low" if doubtful else row.code("categoryConf", CONFIDENCE)


def _force(row: Row) -> str:
    return partial_date(row, "EIFYear", "EIFMonth", "EIFDay")


def _term(row: Row) -> Literal | None:
    years = row.number("span")
    return Literal(f"P{years}Y", datatype=NamedNode(XSD + "duration")) if years else None


def _attested(row: Row) -> bool:
    # 18 rows enter into force in 2011 to 2013 and are coded as in force at the end of 2010.
    return row["terminated"] == "0" and _force(row) <= END


def _start(row: Row) -> str:
    return (_force(row) or _signed(row))[:4]


def _end(row: Row) -> str:
    """Return the year in which an ended agreement ended: its first year and its duration."""
    years = row.number("durationActual")
    if row["terminated"] != "1" or years is None or not _start(row):
        return ""
    return str(int(_start(row)) + years)


def _description(row: Row) -> str:
    said = []
    if _end(row):
        what = "entry into force" if _force(row) else "signature"
        said.append(
            f"The end is derived: year of {what} {_start(row)}"
            f" + {row['durationActual']} years of actual duration."
        )
    if row["factivaSign"] == "-99":
        said.append("The press reports leave open whether it was signed.")
    if _misnamed(row):
        said.append(f"One party is in doubt: {_misnamed(row)}.")
    return " ".join(said)
