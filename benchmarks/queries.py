"""Time every saved query on the built graph; the peer is rdflib on three of them."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from kg import settings as config
from kg.queries import load
from kg.store import open_built

ROOT = Path(__file__).resolve().parent.parent
#: Milliseconds a saved query may take.
LIMIT = 100


def main() -> int:
    """Print median and maximum milliseconds of each query over five runs; 1 when one is slow."""
    store = open_built(config.load(ROOT).build)
    slow = 0
    print(f"{'query':38} {'rows':>6} {'median ms':>10} {'max ms':>8}")
    for name, query in load(ROOT / "queries").items():
        times, rows = [], 0
        for _ in range(6):
            start = time.perf_counter()
            rows = sum(1 for _ in store.query(query.text))
            times.append((time.perf_counter() - start) * 1000)
        median = statistics.median(times[1:])
        slow += median > LIMIT
        print(f"{name:38} {rows:6} {median:10.1f} {max(times[1:]):8.1f}")
    print(f"{slow} over {LIMIT} ms")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
