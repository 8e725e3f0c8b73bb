"""Weigh the evidence that two claims are of one agreement, in bits.

The weights stand in `weights.csv`: log-odds in the manner of Fellegi and Sunter (1969, A Theory
for Record Linkage, JASA 64), set by hand and checked on the labelled pairs of
`tests/cases/identity/`.
"""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rapidfuzz import fuzz

from kg.identity.claims import Claim, Date, Fields

__all__ = ["Evidence", "compare", "near", "weight"]

#: Keys that say where a text is printed or registered.
PRINTED = {"treatySeries", "untsNumber", "swissSeries"}
#: Dates further apart than this are never compared.
WINDOW = datetime.timedelta(days=400)
#: Bits against: two near claims of one pair of states are seldom of one agreement.
PRIOR = 8.0
#: Fields that a source uses when it names no subject, and those of a treaty that it may be.
VAGUE = {"political", "friendship", "economic-framework", "development-aid", "commerce"}
#: What an alliance or a treaty of friendship promises: sources name one or another of these.
ALLIANCE = {
    "collective-defence",
    "non-aggression",
    "neutrality",
    "defence-policy-dialogue",
    "strategic-partnership",
}
#: Fields in which a pair of states seldom makes two agreements in a year.
ONCE = {"investment", "free-trade", "taxation", "extradition", "nuclear-energy"}
BASES = {"agreement", "convention", "treaty", "framework-agreement"}
ALIKE, PARTLY = 85, 55


@dataclass(frozen=True)
class Evidence:
    """The value of each feature of a pair of claims."""

    values: tuple[tuple[str, str], ...]

    @property
    def bits(self) -> float:
        """The sum of the weights."""
        return sum(weight(feature, value) for feature, value in self.values)

    @property
    def probability(self) -> float:
        """The chance that a pair with this evidence is one agreement, given the prior odds."""
        return 1 / (1 + 2 ** -(self.bits - PRIOR))

    @property
    def reason(self) -> str:
        """The evidence in words, what says nothing left out."""
        told = (f"{feature}: {value}" for feature, value in self.values if value != "unknown")
        return "; ".join(told)


@cache
def _weights() -> dict[tuple[str, str], float]:
    content = files("kg.identity").joinpath("weights.csv").read_text("utf-8")
    rows = csv.DictReader(content.splitlines())
    return {(row["feature"], row["value"]): float(row["bits"]) for row in rows}


def weight(feature: str, value: str) -> float:
    """Return the bits that a value of a feature speaks for one agreement, or against it."""
    return _weights()[feature, value]


def near(one: Claim, two: Claim) -> bool:
    """Say whether two claims of one block are near enough in time to be compared."""
    a, b = Date.of(one.signed), Date.of(two.signed)
    if a is None or b is None:
        return bool(one.keys & two.keys)
    return a.first - WINDOW <= b.last and b.first - WINDOW <= a.last


def compare(one: Claim, two: Claim, fields: Fields, rivals: str = "none") -> Evidence:
    """Return the evidence of two claims; `rivals` is known only to who sees the other claims."""
    return Evidence(
        (
            ("date", date(one.signed, two.signed)),
            ("domain", domain(one, two, fields)),
            ("title", title(one, two)),
            ("instrument", instrument(one.instrument, two.instrument)),
            ("force", force(one, two)),
            ("key", key(one, two)),
            ("parties", "same" if one.parties == two.parties else "succession"),
            ("rivals", rivals),
        )
    )


def date(one: str, two: str) -> str:
    """Return how two dates of signature compare."""
    a, b = Date.of(one), Date.of(two)
    if a is None or b is None:
        return "undated"
    if one == two and len(one) == 10:
        return "same day"
    if len(one) == len(two) == 10:
        return _days(a.first, b.first)
    if a.first <= b.last and b.first <= a.last:
        return "same year" if 4 in (len(one), len(two)) else "same month"
    return "a year" if abs(a.first.year - b.first.year) <= 1 else "undated"


def _days(a: datetime.date, b: datetime.date) -> str:
    apart = abs((a - b).days)
    if apart <= 3:
        return "three days"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "turned"
    if sum(x != y for x, y in zip(a.timetuple()[:3], b.timetuple()[:3], strict=True)) == 1:
        return "one part"
    return "a month" if apart <= 31 else "a year"


def domain(one: Claim, two: Claim, fields: Fields) -> str:
    """Return how the fields of two claims compare, by their place in the scheme."""
    if one.domains & two.domains & ONCE:
        return "same and seldom twice"
    if one.domains & two.domains - VAGUE or (one.domains & ALLIANCE and two.domains & ALLIANCE):
        return "same"
    if not (one.domains - VAGUE and two.domains - VAGUE):
        return _vague(one, two, fields)
    best = "other"
    for left in one.domains:
        for right in two.domains:
            shared = set(fields.path(left)) & set(fields.path(right))
            if len(shared) > 1 or left in shared or right in shared:
                return "kin"
            best = "top" if shared else best
    return best


def _vague(one: Claim, two: Claim, fields: Fields) -> str:
    """Return how fields compare of which one side names none but politics or cooperation."""
    if one.domains & two.domains:
        return "same"
    if (one.domains | two.domains) & ALLIANCE:
        return "friendship and alliance"
    tops = [{fields.path(field)[-1] for field in claim.domains} for claim in (one, two)]
    return "top" if tops[0] & tops[1] else "vague"


def title(one: Claim, two: Claim) -> str:
    """Return how the words of two titles in one language compare, those of form left out."""
    if one.language != two.language or not one.words or not two.words:
        return "unknown"
    alike = fuzz.token_set_ratio(" ".join(sorted(one.words)), " ".join(sorted(two.words)))
    return "alike" if alike >= ALIKE else "partly" if alike >= PARTLY else "unlike"


def instrument(one: str, two: str) -> str:
    """Return how two types of instrument compare."""
    if "unknown" in (one, two):
        return "unknown"
    if one == two:
        return "same"
    changes = {"amending-protocol", "protocol"}
    return "base and change" if {one, two} & changes and {one, two} & BASES else "differs"


def force(one: Claim, two: Claim) -> str:
    """Return how two entries into force compare, where they tell more than the signature."""
    full = len(one.force) == len(two.force) == 10
    if not full:
        return "unknown"
    if one.force == two.force:
        return "unknown" if one.force in (one.signed, two.signed) else "same day"
    apart = abs(
        (datetime.date.fromisoformat(one.force) - datetime.date.fromisoformat(two.force)).days
    )
    return "differs" if apart > 10 else "unknown"


def key(one: Claim, two: Claim) -> str:
    """Return how the numbers and pages that both give compare."""
    shared = {name for name, _ in one.keys & two.keys}
    if shared:
        # A later instrument is often cited by the number or page of the one it changes.
        cited = shared <= PRINTED and one.signed != two.signed
        return "same on another day" if cited else "same"
    series = [
        {v.split(":")[0].split(" ")[0] if n == "treatySeries" else n for n, v in c.keys}
        for c in (one, two)
    ]
    return "differs" if series[0] & series[1] & {"UNTS", "LNTS", "swissSeries"} else "unknown"
