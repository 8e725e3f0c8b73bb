"""Import Correlates of War Formal Interstate Alliances (Gibler 2009), v4.1, member level.

A row is an alliance, a member and a spell of membership. `all_st` is the alliance's own start:
it agrees with the day of signature that ATOP gives for 377 of 393 linked alliances, and is read
as that. `left_censor` clips only the member's start at 1816. The promises are those of the row's
own member: they differ within an alliance just where the dyad file calls it asymmetric.
`ss_type` mislabels neutrality pacts and is not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
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
    label,
    owed_to_all,
    participations,
    sides,
)
from kg.importers.parties import doubt, is_oic, may_be_oic, name_of, state_of
from kg.importers.rows import Row, partial_date, read_rows
from kg.vocab import BASE

__all__ = ["read"]

FILE = "alliance_v4.1_by_member.csv"
DATES = [
    f"{what}_{part}"
    for what in ("all_st", "all_end", "mem_st", "mem_end")
    for part in ("day", "month", "year")
]
#: Column of a promise to its name; an entente is a promise to consult.
PLEDGES = {
    "defense": "defence",
    "neutrality": "neutrality",
    "nonaggression": "non-aggression",
    "entente": "consultation",
}
COLUMNS = ["version4id", "ccode", *DATES, "left_censor", "right_censor", *PLEDGES]
#: What makes a row; a member that leaves and comes back has two.
KEY = ("version4id", "ccode", "mem_st_year", "mem_st_month", "mem_st_day")
#: A blank stands in a few rows whose other promises are coded: nothing promised that is known.
YES = {"0": False, "1": True, "": False}
#: The last day the dataset covers.
END = "2012-12-31"


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of alliances with an OIC state; raise BadData for another layout."""
    report = Report()
    triples: list[Triple] = []
    rows = read_rows(path, FILE, COLUMNS, KEY)
    rows.sort(key=lambda row: (int(row["version4id"]), _date(row, "mem_st"), row["ccode"]))
    for key, group in groupby(rows, key=lambda row: row["version4id"]):
        members = list(group)
        if any(may_be_oic(row["ccode"]) for row in members):
            triples += _alliance(key, members, minter, report)
    return Imported(tuple(triples), report)


def _alliance(key: str, rows: list[Row], minter: Minter, report: Report) -> Iterator[Triple]:
    report.count("alliances with an OIC state")
    unsure = next(filter(None, (doubt(row, "ccode", _begin(row)) for row in rows)), "")
    if unsure:
        report.leave(f"version4id {key}", unsure)
        return
    two = len({_member(row) for row in rows}) == 2
    report.kept += 1
    report.count("bilateral records", when=two)
    report.count(
        "… of them with both parties OIC", when=two and all(is_oic(_member(row)) for row in rows)
    )
    report.count("plurilateral records", when=not two)
    if any(row.code("left_censor", YES) for row in rows):
        report.note(f"version4id {key}", "older than 1816: the members' start is clipped there")
    yield from _record(key, rows, minter)


def _date(row: Row, what: str) -> str:
    return partial_date(row, f"{what}_year", f"{what}_month", f"{what}_day")


def _begin(row: Row) -> str:
    begin = _date(row, "mem_st")
    if not begin:
        raise row.bad("mem_st_year", "blank; expected the year of entry")
    return begin


def _end(row: Row) -> str:
    end = _date(row, "mem_end")
    if bool(end) == row.code("right_censor", YES):
        raise row.bad("mem_end_year", "a member has an end, or is censored at the right: not both")
    return end


def _member(row: Row) -> str:
    return state_of(row, "ccode", _begin(row))


def _spell(row: Row) -> Spell:
    pledges = frozenset(name for column, name in PLEDGES.items() if row.code(column, YES))
    return Spell(_member(row), _begin(row), _end(row), "", pledges)


def _record(key: str, rows: list[Row], minter: Minter) -> Iterator[Triple]:
    record, signed = f"{BASE}id/record/cow/{key}", _date(rows[0], "all_st")
    spells = [_spell(row) for row in rows]
    parties = sorted({spell.member for spell in spells})
    pledges = sorted({name for spell in spells for name in spell.pledges})
    promise = between_two if len(parties) == 2 else owed_to_all
    commitments, members = list(promise(record, spells)), list(participations(record, spells))
    ends = [spell.end for spell in spells]
    live = not all(ends)
    yield from facts(
        record,
        "Record",
        {
            "describes": NamedNode(minter.agreement(record, parties, signed)),
            "source": NamedNode(BASE + "id/source/cow"),
            "locator": Literal(f"version4id {key}"),
            "retrievedOn": typed(RETRIEVED),
            "confidence": concept("confidence", "high"),
            "evidence": concept("evidence", "attested"),
            "title": text(f"{label(pledges)}, {sides(map(name_of, parties))}, {signed[:4]}"),
            "titleGenerated": Literal(True),
            "party": [state(party) for party in parties],
            "signedOn": typed(signed),
            "inEffectFrom": typed(signed),
            "inForceUntil": None if live else typed(max(ends)),
            "lastAttestedInForce": typed(END) if live else None,
            "domain": [concept("domain", one) for one in sorted(domains(pledges)) or ["defence"]],
            "instrument": concept("instrument-type", "unknown"),
            "bindingness": concept("bindingness", "binding"),
            "cowAllianceId": Literal(key),
            "commitment": [NamedNode(iri) for iri, _ in commitments],
            "participation": [NamedNode(iri) for iri, _ in members],
        },
    )
    for _, triples in (*commitments, *members):
        yield from triples
