"""Import the International Environmental Agreements Database from two files of manytreaties.

Cite R. Mitchell et al. (2020), Global Environmental Politics 20(1) 103–121. `mitchID` of
`agreements_IEADB.csv` is `ieadbID` of `parties_IEADB_oic.csv`; `treatyID` joins nothing, since
one treaty has as many as it has days of accession. Signature on 1 January is a year in the
parties file, which fills it so where the agreements file has none; in the agreements file it is
read as the day (`620` was "done at Maputo on 1 January 1982"). In force in 2599, 2899 or 2999 is
not known to be in force. `Begin` is the first of other dates and not read; `Term` may be assumed,
and is read only with a ground. Titles have lost their punctuation.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pyoxigraph import Triple

from kg.importers.actors import Actor, Doubt, find
from kg.importers.base import Imported, Minter, Report
from kg.importers.codes import meaning
from kg.importers.entry import Entry, pair
from kg.importers.keywords import said
from kg.importers.parties import is_oic
from kg.importers.rows import Row, iso_date, read_rows

__all__ = ["read"]

FILE, PARTIES = "agreements_IEADB.csv", "parties_IEADB_oic.csv"
CODED = ["TypeAmbit", "TypeAgree", "TypeSubject", "Grounds", "Location", "TextURL"]
COLUMNS = ["mitchID", "treatyID", "Title", "Signature", "Force", "Term", *CODED]
MEMBERS = ["ieadbID", "treatyID", "stateID", "Title", "Signature", "stateSignature", "Force"]
AMBITS = {"Bilateral": "", "Multilateral": "multilateral"}
#: A year that stands for "not known to be in force".
NEVER = re.compile(r"2[5-9]99-01-01")
URL = re.compile(r"https?://(?!.*no_IEA_source)[^\s<>\"{}|\\^`]+")
FRENCH = re.compile(r"^(Accord|Convention|Protocole) .*\bEntre\b")
GOVERNMENT = re.compile(r"\b(The|Government Of) ")
#: Codes at the head of a `treatyID`, which is made of the title.
HEAD = re.compile(r"([A-Z]{3})-([A-Z]{3})[_\[]")
#: Longer than this it is no title that we keep.
LONGEST = 320
#: A field, and the narrower ones that say it better.
NARROWER = {"energy": {"nuclear-energy", "electricity", "renewables"}}
#: Forms that the coding knows better than the title.
BETTER = ("exchange-of-notes", "amending-protocol")
#: A day on which a code of the parties file names the state of today.
TODAY = "2020-12-31"


class _Agreement:
    """What the two files have of one agreement; either may have nothing."""

    def __init__(self, key: str, coded: Row | None, members: Sequence[Row]) -> None:
        self.key, self.coded, self.members = key, coded, members
        self.row = coded or members[0]
        #: Parties of agreements that the parties file lacks, read by hand from the title.
        self.told = meaning("ieadb-pairs", key, Report()).words.split() if not members else []

    def is_ours(self) -> bool:
        """Say whether an OIC state is a party, or may be one by the made-up `treatyID`."""
        head = HEAD.match(self.row["treatyID"])
        if not self.members and not self.told and head:
            return not self.row.code("TypeAmbit", AMBITS) and any(map(is_oic, head.groups()))
        return any(actor.is_oic for actor in self.actors(TODAY))

    def actors(self, date: str) -> list[Actor]:
        """Return the parties on a day."""
        given = [find("ieadb", row, "stateID", date) for row in self.members]
        told = [find("ieadb", self.row, "mitchID", date, code) for code in self.told]
        return sorted({*given, *told})

    def signed(self) -> str:
        """Return the day or year of signature."""
        day = iso_date(self.coded, "Signature") if self.coded else ""
        filled = iso_date(self.members[0], "Signature") if self.members else ""
        return day or (filled[:4] if filled.endswith("-01-01") else filled)

    def force(self) -> str:
        """Return the day of entry into force that the agreements file has, else the parties'."""
        days = {row["Force"] for row in ([self.coded] if self.coded else self.members)}
        known = len(days) == 1 and not any(map(NEVER.fullmatch, days))
        return iso_date(self.row, "Force") if known else ""

    def defect(self) -> str:
        """Return why it is not for us; "" when it is."""
        fault = meaning("ieadb-faults", self.key, Report()).words
        kind = self.coded.code("TypeAmbit", AMBITS) if self.coded else ""
        alone = [row for row in self.members if row["stateSignature"] != row["Signature"]]
        if not (fault or kind or self.coded) and alone:
            return "not in the agreements file, and joined by one state at a time"
        return fault or kind or ("" if self.members or self.told else "no parties given")


def read(path: Path, minter: Minter) -> Imported:
    """Return the records of agreements of two parties, one an OIC state at least.

    The path is the folder of the two files, or the file of the agreements.
    """
    report = Report()
    triples: list[Triple] = []
    seen: dict[tuple[tuple[Actor, ...], str], list[Entry]] = defaultdict(list)
    for entry in _entries(path, report):
        same = seen[(tuple(entry.parties), entry.signed)]
        first = next((one.key for one in same if _alike(one.title, entry.title)), "")
        same.append(entry)
        if first:
            report.leave(entry.key, f"repeats {first}: same title, parties and day")
        else:
            report.kept += 1
            report.count(
                "records with both parties OIC", when=all(p.is_oic for p in entry.parties)
            )
            triples += entry.triples("ieadb", minter)
    return Imported(tuple(triples), report)


def _alike(one: str, two: str) -> bool:
    one, two = GOVERNMENT.sub("", one), GOVERNMENT.sub("", two)
    return bool(one and two) and (one.startswith(two) or two.startswith(one))


def _entries(path: Path, report: Report) -> Iterator[Entry]:
    coded = {row["mitchID"]: row for row in read_rows(path, FILE, COLUMNS, key=("mitchID",))}
    members = _members(path if path.is_dir() else path.parent, report)
    # Keys that both files have come first, so that a repeat is the poorer one.
    for key in sorted({*coded, *members}, key=lambda key: (key not in coded, len(key), key)):
        one = _Agreement(key, coded.get(key), members.get(key, ()))
        if one.is_ours():
            _count(one, report)
            entry = _entry(one, report)
            if entry:
                yield entry


def _members(folder: Path, report: Report) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    batches: dict[str, set[str]] = defaultdict(set)
    for row in read_rows(folder / PARTIES, PARTIES, MEMBERS):
        found[row["ieadbID"].removesuffix(".0")].append(row)
        batches[row["treatyID"]].add(row["stateID"])
    for states in batches.values():
        report.count("treatyIDs of two states in the parties file", when=len(states) == 2)
    return found


def _count(one: _Agreement, report: Report) -> None:
    two = len({row["stateID"] for row in one.members}) == 2
    bilateral = bool(one.coded) and not one.row.code("TypeAmbit", AMBITS)
    report.count("agreements of two states in the parties file", when=two)
    report.count("… of them bilateral in the agreements file", when=two and bilateral)
    report.count("… of them not in the agreements file", when=two and not one.coded)
    report.count("agreements that the parties file lacks", when=not one.members)


def _entry(one: _Agreement, report: Report) -> Entry | None:
    """Return what the files say; None, and the reason in the report, when it is not for us."""
    signed, reason = one.signed(), one.defect()
    parties: Sequence[Actor] = ()
    if not reason:
        try:
            parties = one.actors(signed)
            reason = pair(parties)
        except Doubt as doubt:
            reason = str(doubt)
    if reason:
        report.leave(one.key, reason)
        return None
    return _agreement(one, parties, signed, report)


def _agreement(one: _Agreement, parties: Sequence[Actor], signed: str, report: Report) -> Entry:
    title = one.row["Title"] if len(one.row["Title"]) <= LONGEST else ""
    coded, force = one.coded, one.force()
    name = "mitchID" if coded else "ieadbID"
    return Entry(
        key=one.key,
        locator=f"{name} {one.key}",
        parties=parties,
        words="Environmental agreement",
        domains=_domains(one, report),
        confidence="high" if coded and one.members else "medium",
        title=title,
        language="fr" if FRENCH.search(title) else "en",
        signed=signed,
        force=force,
        until=_until(one, report),
        instrument=_form(one, report),
        bindingness="binding" if force else "unknown",
        place=coded.name("Location") if coded else "",
        page=coded["TextURL"] if coded and URL.fullmatch(coded["TextURL"]) else "",
        ids={"ieadbId": one.key},
    )


def _until(one: _Agreement, report: Report) -> str:
    if not one.coded or not iso_date(one.coded, "Term"):
        return ""
    ground = one.coded.name("Grounds")
    if ground and "assume" not in ground:
        return iso_date(one.coded, "Term")
    report.note(one.key, f"end {one.coded['Term']} without a ground, or assumed: not read")
    return ""


def _domains(one: _Agreement, report: Report) -> Sequence[str]:
    coded = [meaning("ieadb-subject", one.coded["TypeSubject"], report)] if one.coded else []
    told = [*coded, *said("ieadb-title", one.row["Title"])]
    found = {domain for mean in told for domain in mean.domains} or {"environment"}
    return sorted(domain for domain in found if not NARROWER.get(domain, set()) & found)


def _form(one: _Agreement, report: Report) -> str:
    coded = meaning("ieadb-agree", one.coded["TypeAgree"], report).instrument if one.coded else ""
    told = said("ieadb-title", one.row["Title"])
    word = next((mean.instrument for mean in told if mean.instrument), "")
    return coded if coded in BETTER else word or coded or "unknown"
