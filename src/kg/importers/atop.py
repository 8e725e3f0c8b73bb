"""Import Alliance Treaty Obligations and Provisions (Leeds et al. 2002), ATOP v5.1, member level.

A row is an alliance, a member and a phase. Obligations are the member's own, so commitments
are directed. The day of entry is the dataset's coding and matches signature; it is not read as
legal entry into force. Fields whose coding is not known for certain are not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg.importers.base import (
    Imported,
    Minter,
    Report,
    Row,
    concept,
    facts,
    may_be_oic,
    name_of,
    partial_date,
    read_rows,
    state_of,
    text,
    typed,
)
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
#: Column of a promise to kind of commitment, field, and word of a generated label.
PLEDGES = {
    "defense": ("defence", "collective-defence", "defence"),
    "offense": ("offence", "collective-defence", "offence"),
    "neutral": ("neutrality", "neutrality", "neutrality"),
    "nonagg": ("non-aggression", "non-aggression", "non-aggression"),
    "consul": ("consultation", "defence-policy-dialogue", "consultation"),
}
#: The last day the dataset covers.
END = "2018-12-31"


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of bilateral alliances with an OIC state."""
    report = Report()
    triples: list[Triple] = []
    rows = sorted(read_rows(path, FILE, COLUMNS), key=lambda row: row["atopid"])
    for key, members in groupby(rows, key=lambda row: row["atopid"]):
        group = list(members)
        if all(row["bilat"] != "1" for row in group) or not any(
            may_be_oic(row["member"]) for row in group
        ):
            continue
        if any(row["bilat"] != "1" for row in group):
            report.leave(f"atopid {key}", "bilateral only in a late phase: plurilateral")
            continue
        report.kept += 1
        triples += _alliance(key, group, minter, report)
    return Imported(tuple(triples), report)


def _entry(row: Row) -> str:
    return partial_date(row, "yrent", "moent", "dayent")


def _exit(row: Row) -> str:
    return "" if row["ineffect"] == "1" else partial_date(row, "yrexit", "moexit", "dayexit")


def _member(row: Row) -> str:
    return state_of(row, "member", _entry(row))


def _alliance(key: str, rows: list[Row], minter: Minter, report: Report) -> Iterator[Triple]:
    signed = min(map(_entry, rows))
    parties = sorted({_member(row) for row in rows if _entry(row) == signed})
    joined = sorted({_member(row) for row in rows} - set(parties))
    if len(parties) != 2:
        report.leave(f"atopid {key}", f"{len(parties)} sides at signature: {', '.join(parties)}")
        report.kept -= 1
        return
    if joined:
        report.note(f"atopid {key}", f"successors {', '.join(joined)}: commitments, not parties")
    record = f"{BASE}id/record/atop/{key}"
    commitments = list(_commitments(record, rows))
    pledges = [name for name in PLEDGES if any(row[name] == "1" for row in rows)]
    live = any(row["ineffect"] == "1" for row in rows)
    words = ", ".join(PLEDGES[name][2] for name in pledges) or "alliance"
    names = "–".join(sorted(name_of(party) for party in parties))
    cow = next((row["cow4id"] for row in rows if row["cow4id"]), "")
    yield from facts(
        record,
        "Record",
        {
            "describes": NamedNode(minter.agreement(record, parties, signed)),
            "source": NamedNode(BASE + "id/source/atop"),
            "locator": Literal(f"atopid {key}"),
            "retrievedOn": typed("2026-11-22"),
            "confidence": concept("confidence", "high"),
            "evidence": concept("evidence", "attested"),
            "title": text(f"Alliance ({words}), {names}, {signed[:4]}"),
            "titleGenerated": Literal(True),
            "party": [NamedNode(f"{BASE}id/state/{party}") for party in parties],
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
        },
    )
    for _, triples in commitments:
        yield from triples


def _domains(rows: list[Row], pledges: list[str]) -> list[str]:
    found = {PLEDGES[name][1] for name in pledges}
    if any((row.number("base") or 0) > 0 for row in rows):
        found.add("basing-access")
    if any(row.number("milaid") in {3, 4} for row in rows):
        found.add("military-assistance")
    return sorted(found) or ["defence"]


def _commitments(record: str, rows: list[Row]) -> Iterator[tuple[str, list[Triple]]]:
    """Yield a commitment for each member, partner, promise and unbroken span of phases."""
    count = 0
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in sorted(rows, key=lambda row: (_entry(row), row["member"])):
        for other in rows:
            if other["member"] == row["member"] or not _meet(row, other):
                continue
            begin = max(_entry(row), _entry(other))
            end = min(filter(None, (_exit(row), _exit(other))), default="")
            for name in PLEDGES:
                if row[name] == "1":
                    pair = (_member(row), _member(other), name)
                    _add(spans.setdefault(pair, []), begin, end)
    for (obligor, obligee, name), found in sorted(spans.items()):
        kind, domain, _ = PLEDGES[name]
        for begin, end in found:
            count += 1
            iri = f"{record}/commitment/{count}"
            yield (
                iri,
                list(
                    facts(
                        iri,
                        "Commitment",
                        {
                            "kind": concept("commitment-kind", kind),
                            "obligor": NamedNode(f"{BASE}id/state/{obligor}"),
                            "obligee": NamedNode(f"{BASE}id/state/{obligee}"),
                            "domain": concept("domain", domain),
                            "bindingness": concept("bindingness", "binding"),
                            "from": typed(begin),
                            "until": typed(end) if end else None,
                        },
                    )
                ),
            )


def _meet(one: Row, two: Row) -> bool:
    """Say whether two members of one alliance are bound to each other at the same time."""
    if "0" in (one["phase"], two["phase"]) and one["phase"] != two["phase"]:
        return False
    return (not _exit(two) or _entry(one) < _exit(two)) and (
        not _exit(one) or _entry(two) < _exit(one)
    )


def _add(spans: list[tuple[str, str]], begin: str, end: str) -> None:
    """Add a span; join it to one that it continues or overlaps."""
    for index, (first, last) in enumerate(spans):
        if not last or begin <= last:
            joined = "" if not last or not end else max(last, end)
            spans[index] = (min(first, begin), joined)
            return
    spans.append((begin, end))
