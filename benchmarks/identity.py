"""Measure the merges of the graph on labelled pairs of records: precision and recall.

The labelled pairs (`tests/cases/identity/*.csv`) were drawn at random within bands of score.
Here they are put into strata by today's score and by whether the graph merges them; each stands
for as many candidate pairs as its stratum holds for one that is labelled. A pair is merged when
its two records describe one agreement in the graph. Pairs labelled unsure are left out.

Exit 1 when precision is under 0.99 or recall under 0.90.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Store

from kg import identity
from kg.files import Layout
from kg.identity.claims import Fields, read_claims
from kg.identity.decide import pairs
from kg.store import load

ROOT = Path(__file__).resolve().parent.parent
LABELS = sorted((ROOT / "tests/cases/identity").glob("*.csv"))
#: Lower ends of the bands, in bits.
BANDS = (float("-inf"), 0.0, 4.0, 7.0, 9.0, 11.0, 14.0, 18.0)
PRECISION, RECALL = 0.99, 0.90

Stratum = tuple[int, bool]


def main() -> int:
    """Print the strata, precision and recall; return 1 when either is too low."""
    store = load(Layout(ROOT))
    claims = read_claims(store)
    home = homes(store)
    agreement = {key(claim.record): home(claim.agreement) for claim in claims}
    found = pairs(claims, Fields(store))
    score = {frozenset((key(p.one.record), key(p.two.record))): p.evidence.bits for p in found}

    def stratum(one: str, two: str) -> Stratum:
        bits = score.get(frozenset((one, two)), BANDS[0])
        return max(n for n, low in enumerate(BANDS) if bits >= low), agreement[one] == agreement[
            two
        ]

    size = Counter(stratum(*pair) for pair in score)
    label = Counter(
        (stratum(row["record_a"], row["record_b"]), row["label"]) for row in labelled()
    )
    for one in sorted(size):
        same, other = label[one, "same"], label[one, "different"]
        low, merged = BANDS[one[0]], "merged" if one[1] else "not"
        print(
            f"from {low:5} bits {merged:7} {size[one]:6} pairs; same {same:4}, different {other:4}"
        )
    good, wrong = (counted(size, label, True, said) for said in ("same", "different"))
    missed = counted(size, label, False, "same")
    precision, recall = good / (good + wrong), good / (good + missed)
    print(f"{label.total()} labelled pairs; precision {precision:.3f}, recall {recall:.3f}")
    return int(precision < PRECISION or recall < RECALL)


def labelled() -> list[dict[str, str]]:
    """Return the rows of the label files."""
    return [row for path in LABELS for row in csv.DictReader(path.read_text("utf-8").splitlines())]


def counted(
    size: Counter[Stratum], label: Counter[tuple[Stratum, str]], merged: bool, said: str
) -> float:
    """Return how many candidate pairs the labelled ones of a kind stand for."""
    total = 0.0
    for one, pairs_in_it in size.items():
        sure = label[one, "same"] + label[one, "different"]
        if one[1] == merged and sure:
            total += pairs_in_it * label[one, said] / sure
    return total


def homes(store: Store) -> Callable[[str], str]:
    """Return what leads from an agreement to the one that it is merged into."""
    found = identity.decisions(quad.triple for quad in store)
    into = {claim: candidate for claim, candidate, verdict in found if verdict == "confirmed"}

    def home(agreement: str) -> str:
        while agreement in into:
            agreement = into[agreement]
        return agreement

    return home


def key(record: str) -> str:
    """Return `source/key` of the IRI of a record."""
    return record.split("/id/record/")[1]


if __name__ == "__main__":
    sys.exit(main())
