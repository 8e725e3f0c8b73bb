"""Import Alliance Treaty Obligations and Provisions (Leeds et al. 2002), ATOP v5.1, member level.

A row is an alliance, a member and a phase. Obligations are the member's own, so commitments
are directed. The day of entry is the dataset's coding and matches signature; it is not read as
legal entry into force. Fields whose coding is not known for certain are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
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
from kg.importers.pacts import (
    Spell,
    between_two,
    domains,
    joined,
    label,
    owed_to_all,
    participations,
    sides,
)
from kg.importers.parties import doubt, is_oic, may_be_oic, name_of, state_of
from kg.importers.rows import Row, partial_date, read_rows
from kg.vocab import BASE

__all__ = ["read"]

FILE = "atop5_1m.csv"
COLUMNS = [
    "atopid",
    "cow4id",
    "member",
    "yrent",
    "moent",
    "dayent",
    "yrexit",
    "moexit",
    "dayexit",
    "ineffect",
    "bilat",
    "phase",
    "defense",
    "offense",
    "neutral",
    "nonagg",
    "consul",
    "milaid",
    "base",
]
#: What makes a row; a member that leaves and comes back has two rows of one phase.
KEY = ("atopid", "member", "phase", "yrent", "moent", "dayent")
#: Column of a promise to its name.
PLEDGES = {
    "defense": "defence",
    "offense": "offence",
    "neutral": "neutrality",
    "nonagg": "non-aggression",
    "consul": "consultation",
}
YES = {"0": False, "1": True}
#: Training or technology transfer; other values of milaid are not told apart.
AID = {3, 4}
#: The last day the dataset covers.
END = "2018-12-31"


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of alliances with an OIC state, one an alliance, two sides or more."""
    report = Report()
    triples: list[Triple] = []
    rows = sorted(read_rows(path, FILE, COLUMNS, KEY), key=lambda row: row["atopid"])
    for key, group in groupby(rows, key=lambda row: row["atopid"]):
        members = sorted(group, key=lambda row: (_entry(row), row["phase"], row["member"]))
        if not any(may_be_oic(row["member"]) for row in members):
            continue
        triples += _alliance(key, members, minter, report)
    return Imported(tuple(triples), report)


def _alliance(key: str, rows: list[Row], minter: Minter, report: Report) -> Iterator[Triple]:
    live = {row["member"] for row in rows if _live(row)}
    two = any(row.code("bilat", YES) for row in rows)
    report.count("alliances with an OIC state and a bilateral row", when=two)
    report.count("… of them in effect at the end for some member", when=two and bool(live))
    unsure = next(filter(None, (doubt(row, "member", _entry(row)) for row in rows)), "")
    if unsure:
        report.leave(f"atopid {key}", unsure)
        return
    report.kept += 1
    two = _bilateral(rows)
    every = live == {row["member"] for row in rows}
    report.count("bilateral records", when=two)
    report.count("… of them in effect at the end", when=two and bool(live))
    report.count("… … for every state ever listed", when=two and every)
    report.count("… of them with both parties OIC", when=two and all(map(is_oic, _parties(rows))))
    report.count("plurilateral records", when=not two)
    report.count("… of them in effect at the end for some member", when=not two and bool(live))
    _note(key, rows, report)
    yield from _record(key, rows, minter)


def _entry(row: Row) -> str:
    entry = partial_date(row, "yrent", "moent", "dayent")
    if not entry:
        raise row.bad("yrent", f"{row['yrent']!r}; expected the year of entry")
    return entry


def _live(row: Row) -> bool:
    return row.code("ineffect", YES)


def _exit(row: Row) -> str:
    return "" if _live(row) else partial_date(row, "yrexit", "moexit", "dayexit")


def _member(row: Row) -> str:
    return state_of(row, "member", _entry(row))


def _signers(rows: list[Row]) -> list[str]:
    """Return the states of the first day."""
    return sorted({_member(row) for row in rows if _entry(row) == _entry(rows[0])})


def _bilateral(rows: list[Row]) -> bool:
    """Say whether an alliance has two sides, though successor states may be added to them."""
    return all(row.code("bilat", YES) for row in rows) and len(_signers(rows)) == 2


def _parties(rows: list[Row]) -> list[str]:
    """Return the two states that signed, or every state that was ever a member."""
    return _signers(rows) if _bilateral(rows) else sorted({_member(row) for row in rows})


def _spells(rows: list[Row]) -> list[Spell]:
    return [
        Spell(
            _member(row),
            _entry(row),
            _exit(row),
            row["phase"],
            frozenset(name for column, name in PLEDGES.items() if row.code(column, YES)),
        )
        for row in rows
    ]


def _note(key: str, rows: list[Row], report: Report) -> None:
    joined = sorted({_member(row) for row in rows} - set(_parties(rows)))
    if joined:
        report.note(
            f"atopid {key}", f"successors {', '.join(joined)}: in commitments, not among parties"
        )
    for gap in _gaps(rows):
        report.note(f"atopid {key}", f"coded as without effect between {gap}")


def _gaps(rows: list[Row]) -> list[str]:
    """Return the breaks between spans of effect: `2011-02-27 and 2011-12-15`."""
    spans = joined([(_entry(row), _exit(row)) for row in rows])
    return [f"{one[1]} and {two[0]}" for one, two in pairwise(spans)]


def _record(key: str, rows: list[Row], minter: Minter) -> Iterator[Triple]:
    record, signed, parties = f"{BASE}id/record/atop/{key}", _entry(rows[0]), _parties(rows)
    spells = _spells(rows)
    pledges = sorted({name for spell in spells for name in spell.pledges})
    promise = between_two if _bilateral(rows) else owed_to_all
    commitments, members = list(promise(record, spells)), list(participations(record, spells))
    live = any(map(_live, rows))
    cow = sorted({row.name("cow4id") for row in rows} - {""})
    gaps = "; ".join(_gaps(rows))
    yield from facts(
        record,
        "Record",
        {
            "describes": NamedNode(minter.agreement(record, parties, signed)),
            "source": NamedNode(BASE + "id/source/atop"),
            "locator": Literal(f"atopid {key}"),
            "retrievedOn": typed(RETRIEVED),
            "confidence": concept("confidence", "high"),
            "evidence": concept("evidence", "attested"),
            "title": text(f"{label(pledges)}, {sides(map(name_of, parties))}, {signed[:4]}"),
            "titleGenerated": Literal(True),
            "party": [state(party) for party in parties],
            "signedOn": typed(signed),
            "inEffectFrom": typed(signed),
            "inForceUntil": None if live else typed(max(map(_exit, rows))),
            "lastAttestedInForce": typed(END) if live else None,
            "domain": [concept("domain", name) for name in _domains(rows, pledges)],
            "instrument": concept("instrument-type", "unknown"),
            "bindingness": concept("bindingness", "binding"),
            "atopId": Literal(key),
            "cowAllianceId": [Literal(one) for one in cow],
            "commitment": [NamedNode(iri) for iri, _ in commitments],
            "participation": [NamedNode(iri) for iri, _ in members],
            "http://purl.org/dc/terms/description": text(
                f"The dataset codes it as without effect between {gaps}." if gaps else ""
            ),
        },
    )
    for _, triples in (*commitments, *members):
        yield from triples


def _domains(rows: list[Row], pledges: list[str]) -> list[str]:
    found = domains(pledges)
    if any((row.number("base") or 0) > 0 for row in rows):
        found.add("basing-access")
    if any(row.number("milaid") in AID for row in rows):
        found.add("military-assistance")
    return sorted(found) or ["defence"]
