"""Import two editions of UNCTAD's International Investment Agreements Navigator.

2020 (Nguyen 2019) has every bilateral investment treaty on 2 January 2020, with status and days;
2026 has names, years and pages, read from page addresses. `short_title`, and a title that ends in
"BIT", are UNCTAD's labels and not the agreement's own title. The Belgium-Luxembourg Economic
Union is one side, and both its states are parties.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find, state_on
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, pair
from kg.importers.keywords import said
from kg.importers.parties import is_oic
from kg.importers.rows import Row, iso_date, read_rows
from kg.importers.unctad_life import END, LIFE, STATUS, confused, endings, note, steps

__all__ = ["read_2020", "read_2026"]

FILE_2020 = "iia_2020-01.csv"
COLUMNS_2020 = ["title", "short_title", "party_iso3", "type", "status", "signed", *LIFE]
FILE_2026 = "agreements_oic.csv"
COLUMNS_2026 = ["source_id", "title", "party_a_iso3", "party_b_iso3", "signed", "url", "iia_type"]
#: Rows of 2026 whose title or page address names more parties than its two columns.
PLURILATERAL = {
    "3493": "Belarus, Kazakhstan and Russia are parties",
    "4946": "the Southern African Customs Union and Mozambique are one side",
}
#: Parts of the Soviet Union that UNCTAD names as parties to what it had signed.
SOVIET = frozenset({"AZE", "KAZ", "KGZ", "TJK", "TKM", "UZB"})
SOVIET_END = "1991-12-26"
UNION = "BLEU"
MEMBERS = ("BEL", "LUX")


def read_2020(path: Path, minter: Minter) -> Imported:
    """Return the records of the edition of January 2020; raise BadData for another layout."""
    rows = read_rows(path, FILE_2020, COLUMNS_2020, key=("party_iso3", "signed"))
    return _read(sorted(rows, key=_key_2020), _entry_2020, "unctad-iia-2020", minter)


def read_2026(path: Path, minter: Minter) -> Imported:
    """Return the records of the edition of 2026; raise BadData for another layout."""
    rows = read_rows(path, FILE_2026, COLUMNS_2026, key=("source_id",))
    return _read(sorted(rows, key=_number), _entry_2026, "unctad-iia-2026", minter)


def _read(
    rows: Sequence[Row], entry: Callable[[Row, Report], Entry | str], source: str, minter: Minter
) -> Imported:
    report = Report()
    triples: list[Triple] = []
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        codes = _codes(row)
        if not any(map(is_oic, codes)):
            continue
        report.count("rows with an OIC party")
        report.count("… with both parties OIC", when=all(map(is_oic, codes)))
        found = entry(row, report)
        if isinstance(found, str):
            report.leave(_key(row), found)
            continue
        union = len(found.parties) > 2
        same = (*sorted(one.key for one in found.parties), found.signed)
        if union and same in seen:
            report.leave(
                found.key, f"repeat of {seen[same]}: one treaty of Belgium and Luxembourg"
            )
            continue
        seen[same] = found.key
        report.kept += 1
        report.count("records of the Belgium-Luxembourg Economic Union", when=union)
        triples += found.triples(source, minter)
    return Imported(tuple(triples), report)


def _codes(row: Row) -> list[str]:
    if "party_iso3" in row.cells:
        return sorted(row["party_iso3"].split())
    return sorted((row["party_a_iso3"], row["party_b_iso3"]))


def _key(row: Row) -> str:
    return _key_2020(row) if "party_iso3" in row.cells else str(_number(row))


def _key_2020(row: Row) -> str:
    return "-".join([*_codes(row), row["signed"] or "undated"])


def _number(row: Row) -> int:
    found = re.fullmatch(r"unctad-iia:([0-9]+)", row["source_id"])
    if not found:
        raise row.bad("source_id", f"{row['source_id']!r}; expected unctad-iia: and a number")
    return int(found[1])


def _entry_2020(row: Row, report: Report) -> Entry | str:
    in_force, signed = row.code("status", STATUS), iso_date(row, "signed")
    if in_force is None or not signed:
        return f"not signed: UNCTAD's status is {row['status']!r}"
    parties = _parties(row, "party_iso3", signed, split="Belgium/Luxembourg" in row["short_title"])
    if isinstance(parties, str):
        return parties
    force, end = iso_date(row, "in_force"), iso_date(row, "terminated")
    note(row, report, _key_2020(row))
    what, title = meaning("unctad-type", row["type"], report), _own(row["title"])
    history = _history(parties, signed)
    return Entry(
        key=_key_2020(row),
        locator=f"{row['short_title']}, signed {signed}",
        parties=parties,
        words=what.words or "Investment agreement",
        domains=what.domains or ("investment",),
        confidence="medium" if history or confused(row) else "high",
        title=title,
        language=_language(title),
        signed=signed,
        force=force,
        until=end if force else "",
        attested=END if in_force and force <= END else "",
        not_in_force_on="" if in_force or (force and end) else END,
        instrument="agreement" if title else "unknown",
        bindingness="binding",
        steps=steps(row, end),
        description=" ".join(filter(None, (history, _side(parties), endings(row, force, end)))),
    )


def _entry_2026(row: Row, report: Report) -> Entry | str:
    number, year = str(_number(row)), iso_date(row, "signed")
    if number in PLURILATERAL:
        return f"plurilateral: {PLURILATERAL[number]}"
    split = row["url"].rsplit("/", 1)[-1].startswith("belgium-luxembourg---")
    parties = _parties(row, "party_a_iso3", year, split=split)
    if isinstance(parties, str):
        return parties
    kind, title = meaning("unctad-type", row["iia_type"], report), _own(row["title"])
    named = said("unctad-title", row["title"]) if row["iia_type"] == "TIPs" else []
    what = named[0] if named else kind
    history = _history(parties, year)
    return Entry(
        key=number,
        locator=f"UNCTAD IIA Navigator {number}",
        parties=parties,
        words=what.words or "Investment agreement",
        domains=what.domains or ("investment",),
        confidence="medium",
        title=title,
        language=_language(title),
        signed=year,
        instrument=what.instrument or ("agreement" if title else "unknown"),
        bindingness="binding",
        page=row["url"],
        description=" ".join(filter(None, (history, _side(parties)))),
        ids={"unctadId": number},
    )


def _parties(row: Row, column: str, date: str, *, split: bool) -> list[Actor] | str:
    """Return the parties, or why they are no bilateral agreement; `split` names both of BLEU."""
    try:
        sides = [_side_of(row, column, date, code, split=split) for code in _codes(row)]
    except Doubt as doubt:
        return str(doubt)
    return pair([side[0] for side in sides]) or [one for side in sides for one in side]


def _side_of(row: Row, column: str, date: str, code: str, *, split: bool) -> list[Actor]:
    if code == UNION or (split and code in MEMBERS):
        return [state_on(member, date) for member in MEMBERS]
    return [find("iso3", row, column, date, code)]


def _own(title: str) -> str:
    """Return a title that is the agreement's own; "" for UNCTAD's label."""
    words = title.casefold()
    named = any(word in words for word in ("agreement", "accord"))
    return title if named and not re.search(r"\bbits?( \([0-9]{4}\))?$", words) else ""


def _language(title: str) -> str:
    return "fr" if title.startswith("Accord ") else "en"


def _history(parties: Sequence[Actor], signed: str) -> str:
    found = [one.name for one in parties if one.key in SOVIET and signed < SOVIET_END]
    where = "was part of the Soviet Union on that day; UNCTAD names it as the party."
    return f"{found[0]} {where}" if found else ""


def _side(parties: Sequence[Actor]) -> str:
    if len(parties) == 2:
        return ""
    return "Belgium and Luxembourg, the Belgium-Luxembourg Economic Union, are one side."
