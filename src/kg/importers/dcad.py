"""Import the Defense Cooperation Agreement Dataset (Kinne 2020), DCAD v1.0.

Codes follow its codebook 1.0. `category2` and `category3` are alternatives under doubt and
are not read; `endYearEstimate` is imputed and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.base import (
    Imported,
    Minter,
    Report,
    Row,
    concept,
    facts,
    is_oic,
    name_of,
    partial_date,
    read_rows,
    state_of,
    text,
    typed,
)
from kg.vocab import BASE, XSD

__all__ = ["read"]

FILE = "DCAD-v1.0-main.csv"
COLUMNS = [
    "ccode1",
    "ccode2",
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
    "-44": "none",
    "-55": "by-consent",
    "-56": "automatic-once",
    "-57": "by-consent",
    "-58": "by-consent",
    "-66": "automatic",
    "-77": "indefinite",
    "-88": "unknown",
}
#: The last day the dataset covers.
END = "2010-12-31"
#: Below this the codebook advises against using a press row.
PRESS_CONFIDENCE = 3


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements with an OIC state; raise BadData for another layout."""
    report = Report()
    triples: list[Triple] = []
    for row in read_rows(path, FILE, COLUMNS, key="DCAid"):
        signed = partial_date(row, "signYear", "signMonth", "signDay")
        parties = [state_of(row, column, signed) for column in ("ccode1", "ccode2")]
        if not any(is_oic(party) for party in parties):
            continue
        reason = _defect(row, parties)
        if reason:
            report.leave(row["DCAid"], reason)
            continue
        report.kept += 1
        triples += _record(row, parties, signed, minter, report)
    return Imported(tuple(triples), report)


def _defect(row: Row, parties: list[str]) -> str:
    if row["ccode1"] == row["ccode2"]:
        return f"both parties are COW {row['ccode1']}: one of them is a typing error"
    if row["factivaSign"] == "0":
        return "not signed, only negotiated (factivaSign 0)"
    return f"both parties are {parties[0]}" if parties[0] == parties[1] else ""


def _record(
    row: Row, parties: list[str], signed: str, minter: Minter, report: Report
) -> Iterator[Triple]:
    key = row["DCAid"]
    record = f"{BASE}id/record/dcad/{key.removeprefix('DCADv1.0-')}"
    force = partial_date(row, "EIFYear", "EIFMonth", "EIFDay")
    domains, words = CATEGORIES[row["category1"]]
    press = row["sourceType"] == "factiva"
    doubtful = press and (row.number("factivaConf") or 0) < PRESS_CONFIDENCE
    if force and force < signed[: len(force)]:
        report.note(key, f"enters into force ({force}) before signature ({signed})")
    if doubtful:
        report.note(key, f"press row of confidence {row['factivaConf']}: kept with confidence low")
    until, attested, how = _end(row, force or signed)
    yield from facts(
        record,
        "Record",
        {
            "describes": NamedNode(minter.agreement(record, parties, signed)),
            "source": NamedNode(BASE + "id/source/dcad"),
            "locator": Literal(f"DCAid {key}"),
            "retrievedOn": typed("2026-11-22"),
            "confidence": concept("confidence", "low" if doubtful else _confidence(row)),
            "evidence": concept("evidence", "reported" if press else "attested"),
            "title": text(f"{words}, {_pair(parties)}{f', {signed[:4]}' if signed else ''}"),
            "titleGenerated": Literal(True),
            "party": [NamedNode(f"{BASE}id/state/{party}") for party in parties],
            "signedOn": typed(signed) if signed else None,
            "inForceFrom": typed(force) if force else None,
            "inForceUntil": typed(until) if until else None,
            "lastAttestedInForce": typed(attested) if attested else None,
            "term": _term(row),
            "renewal": concept("renewal", RENEWAL.get(row["renewType"], "unknown")),
            "domain": [concept("domain", domain) for domain in domains],
            "instrument": concept("instrument-type", "unknown"),
            "bindingness": concept("bindingness", "unknown" if press else "binding"),
            "dcadId": Literal(key),
            "untsNumber": Literal(row["UNTS"]) if row["UNTS"] else None,
            "http://purl.org/dc/terms/description": text(how) if how else None,
        },
    )


def _confidence(row: Row) -> str:
    return CONFIDENCE[row["categoryConf"]]


def _pair(parties: list[str]) -> str:
    return "–".join(sorted(name_of(party) for party in parties))


def _term(row: Row) -> Literal | None:
    years = row.number("span")
    return Literal(f"P{years}Y", datatype=NamedNode(XSD + "duration")) if years else None


def _end(row: Row, start: str) -> tuple[str, str, str]:
    """Return end, last attestation and a word on the derivation."""
    if row["terminated"] == "0":
        return "", END, ""
    years = row.number("durationActual")
    if row["terminated"] == "1" and years is not None and start:
        end = f"{int(start[:4]) + years:04d}"
        return end, "", f"Ended after {years} years as the dataset counts: {start[:4]} + {years}."
    return "", "", ""
