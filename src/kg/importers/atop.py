"""Import Alliance Treaty Obligations and Provisions (Leeds et al. 2002), ATOP v5.1, member level.

A row is an alliance, a member and a phase. Obligations are the member's own, so commitments
are directed. The day of entry is the dataset's coding and matches signature; it is not read as
legal entry into force. Fields whose coding is not known for certain are not read.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import groupby, pairwise, permutations
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
#: Column of a promise to kind of commitment, field, and word of a generated label.
PLEDGES = {
    "defense": ("defence", "collective-defence", "defence"),
    "offense": ("offence", "collective-defence", "offence"),
    "neutral": ("neutrality", "neutrality", "neutrality"),
    "nonagg": ("non-aggression", "non-aggression", "non-aggression"),
    "consul": ("consultation", "defence-policy-dialogue", "consultation"),
}
YES = {"0": False, "1": True}
#: Training or technology transfer; other values of milaid are not told apart.
AID = {3, 4}
#: The last day the dataset covers.
END = "2018-12-31"


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of bilateral alliances with an OIC state, one an alliance."""
    report = Report()
    triples: list[Triple] = []
    rows = sorted(read_rows(path, FILE, COLUMNS, KEY), key=lambda row: row["atopid"])
    for key, group in groupby(rows, key=lambda row: row["atopid"]):
        members = sorted(group, key=lambda row: (_entry(row), row["phase"], row["member"]))
        if not any(may_be_oic(row["member"]) for row in members):
            continue
        if any(row.code("bilat", YES) for row in members):
            triples += _alliance(key, members, minter, report)
    return Imported(tuple(triples), report)


def _alliance(key: str, rows: list[Row], minter: Minter, report: Report) -> Iterator[Triple]:
    live = {row["member"] for row in rows if _live(row)}
    report.count("alliances with an OIC state and a bilateral row")
    report.count("… of them in effect at the end for some member", when=bool(live))
    reason = _defect(rows)
    if reason:
        report.leave(f"atopid {key}", reason)
        return
    report.kept += 1
    every = live == {row["member"] for row in rows}
    report.count("records in effect at the end", when=bool(live))
    report.count("… of them for every state ever listed", when=every)
    report.count("records with both parties OIC", when=all(map(is_oic, _parties(rows))))
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


def _parties(rows: list[Row]) -> list[str]:
    """Return the states that signed: those of the first day."""
    return sorted({_member(row) for row in rows if _entry(row) == _entry(rows[0])})


def _phases(rows: list[Row]) -> list[list[Row]]:
    ordered = sorted(rows, key=lambda row: row.number("phase") or 0)
    return [list(group) for _, group in groupby(ordered, key=lambda row: row["phase"])]


def _defect(rows: list[Row]) -> str:
    """Return why an alliance is not one between two known sides; "" when it is."""
    plural = sorted({row["phase"] for row in rows if not row.code("bilat", YES)})
    if plural:
        states = {row["member"] for row in rows}
        return f"plurilateral: bilat is 0 in phase {', '.join(plural)}; {len(states)} states"
    unsure = next(filter(None, (doubt(row, "member", _entry(row)) for row in rows)), "")
    if unsure:
        return unsure
    for phase in _phases(rows):
        if len({row["member"] for row in phase}) != 2 or len(phase) != 2:
            return f"phase {phase[0]['phase']} has {len(phase)} rows: the two sides are not plain"
    sides = _parties(rows)
    return "" if len(sides) == 2 else f"{len(sides)} sides at signature: {', '.join(sides)}"


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
    spans = _joined([(_entry(row), _exit(row)) for row in rows])
    return [f"{one[1]} and {two[0]}" for one, two in pairwise(spans)]


def _record(key: str, rows: list[Row], minter: Minter) -> Iterator[Triple]:
    record, signed, parties = f"{BASE}id/record/atop/{key}", _entry(rows[0]), _parties(rows)
    pledges = [name for name in PLEDGES if any(row.code(name, YES) for row in rows)]
    commitments = list(_commitments(record, rows))
    live = any(map(_live, rows))
    cow = next(filter(None, (row.name("cow4id") for row in rows)), "")
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
            "title": text(_title(pledges, parties, signed)),
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
            "cowAllianceId": Literal(cow) if cow else None,
            "commitment": [NamedNode(iri) for iri, _ in commitments],
            "http://purl.org/dc/terms/description": text(
                f"The dataset codes it as without effect between {gaps}." if gaps else ""
            ),
        },
    )
    for _, triples in commitments:
        yield from triples


def _title(pledges: list[str], parties: list[str], signed: str) -> str:
    words = [PLEDGES[name][2] for name in pledges]
    listed = " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
    kind = f"{listed[0].upper()}{listed[1:]} pact" if listed else "Alliance"
    return f"{kind}, {'–'.join(sorted(map(name_of, parties)))}, {signed[:4]}"


def _domains(rows: list[Row], pledges: list[str]) -> list[str]:
    found = {PLEDGES[name][1] for name in pledges}
    if any((row.number("base") or 0) > 0 for row in rows):
        found.add("basing-access")
    if any(row.number("milaid") in AID for row in rows):
        found.add("military-assistance")
    return sorted(found) or ["defence"]


def _commitments(record: str, rows: list[Row]) -> Iterator[tuple[str, list[Triple]]]:
    """Yield a commitment for each promise and unbroken span of phases that have it."""
    found = sorted(_promises(rows).items())
    every = ((*promise, *span) for promise, spans in found for span in _joined(spans))
    for count, (obligor, obligee, name, begin, end) in enumerate(every, 1):
        iri = f"{record}/commitment/{count}"
        kind, domain, _ = PLEDGES[name]
        yield (
            iri,
            list(
                facts(
                    iri,
                    "Commitment",
                    {
                        "kind": concept("commitment-kind", kind),
                        "obligor": state(obligor),
                        "obligee": state(obligee),
                        "domain": concept("domain", domain),
                        "bindingness": concept("bindingness", "binding"),
                        "from": typed(begin),
                        "until": typed(end),
                    },
                )
            ),
        )


def _promises(rows: list[Row]) -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    """Return obligor, obligee and promise to the spans of its phases."""
    found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for phase in _phases(rows):
        for own, other in permutations(phase, 2):
            begin = max(_entry(own), _entry(other))
            end = min(filter(None, (_exit(own), _exit(other))), default="")
            for name in PLEDGES:
                if own.code(name, YES):
                    promise = (_member(own), _member(other), name)
                    found.setdefault(promise, []).append((begin, end))
    return found


def _joined(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return spans in order, those that touch or overlap made one; an end of "" is open."""
    done: list[tuple[str, str]] = []
    for begin, end in sorted(spans):
        if done and _touch(done[-1][1], begin):
            first, last = done.pop()
            begin, end = first, max(last, end) if last and end else ""
        done.append((begin, end))
    return done


def _touch(end: str, begin: str) -> bool:
    if len(end) < len("2001-05-04"):
        return begin[: len(end)] <= end
    return begin <= (datetime.date.fromisoformat(end) + datetime.timedelta(days=1)).isoformat()
