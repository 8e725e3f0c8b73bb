"""Measure the merges of the graph on labelled pairs of records: precision and recall.

    python benchmarks/identity.py [LABELS.csv ...]

Each file of labelled pairs is measured alone, and several also together; those of
`tests/cases/identity/` when none is named. The pairs were drawn at random within bands of score.
Here they are put into strata by today's score and by whether the graph merges them; each stands
for as many candidate pairs as its stratum holds for one that is labelled. A pair is merged when
its two records describe one agreement in the graph. Pairs labelled unsure are left out; so are
strata in which nothing is labelled, and the candidate pairs in them are counted.

Exit 1 when precision is under 0.99 or recall under 0.90, in any file or together.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
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

Row = dict[str, str]
Stratum = tuple[int, bool]
#: What was said of the pairs of a stratum, and how often.
Labels = Counter[tuple[Stratum, str]]


def main(names: Sequence[str] = ()) -> int:
    """Print the strata, precision and recall of each file; return 1 when any is too low."""
    files = [Path(name).resolve() for name in names] or LABELS
    rows = {path.stem: labelled(path) for path in files}
    if len(files) > 1:
        rows["together"] = [row for path in files for row in labelled(path)]
    stratum, size = strata()
    enough = [measured(name, of_file, stratum, size) for name, of_file in rows.items()]
    return int(not all(enough))


def strata() -> tuple[Callable[[str, str], Stratum], Counter[Stratum]]:
    """Return what tells the stratum of a pair, and how many candidate pairs each holds."""
    store = load(Layout(ROOT))
    claims = read_claims(store)
    home = homes(store)
    agreement = {key(claim.record): home(claim.agreement) for claim in claims}
    found = pairs(claims, Fields(store))
    score = {frozenset((key(p.one.record), key(p.two.record))): p.evidence.bits for p in found}

    def stratum(one: str, two: str) -> Stratum:
        bits = score.get(frozenset((one, two)), BANDS[0])
        band = max(n for n, low in enumerate(BANDS) if bits >= low)
        return band, agreement[one] == agreement[two]

    return stratum, Counter(stratum(*pair) for pair in score)


def measured(
    name: str, rows: Iterable[Row], stratum: Callable[[str, str], Stratum], size: Counter[Stratum]
) -> bool:
    """Print what some labelled pairs say of the merges; say whether it is good enough."""
    label = Counter((stratum(row["record_a"], row["record_b"]), row["label"]) for row in rows)
    print(f"{name}:")
    for one in sorted(size):
        same, other = label[one, "same"], label[one, "different"]
        low, merged = BANDS[one[0]], "merged" if one[1] else "not"
        print(
            f"from {low:5} bits {merged:7} {size[one]:6} pairs; same {same:4}, different {other:4}"
        )
    blank = sum(n for one, n in size.items() if not sure(label, one))
    good, wrong = (counted(size, label, True, said) for said in ("same", "different"))
    missed = counted(size, label, False, "same")
    precision, recall = good / (good + wrong), good / (good + missed)
    print(f"{blank} candidate pairs in strata without a label")
    print(f"{label.total()} labelled pairs; precision {precision:.3f}, recall {recall:.3f}")
    return precision >= PRECISION and recall >= RECALL


def labelled(path: Path) -> list[Row]:
    """Return the rows of a label file."""
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def counted(size: Counter[Stratum], label: Labels, merged: bool, said: str) -> float:
    """Return how many candidate pairs the labelled ones of a kind stand for."""
    return sum(
        n * label[one, said] / sure(label, one)
        for one, n in size.items()
        if one[1] == merged and sure(label, one)
    )


def sure(label: Labels, one: Stratum) -> int:
    """Return how many pairs of a stratum are labelled one way or the other."""
    return label[one, "same"] + label[one, "different"]


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
    sys.exit(main(sys.argv[1:]))
