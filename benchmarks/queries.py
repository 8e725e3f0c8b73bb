"""Time every saved query on the built graph, in memory and on disk, each in a process of its own.

The server answers from memory; the disk store of the same engine is the peer. A query may take
100 ms, or 500 where its tags say that it reads the whole graph. Exit 1 when one takes longer.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from pathlib import Path

from pyoxigraph import Store

from kg import settings as config
from kg.queries import load
from kg.store import open_built

ROOT = Path(__file__).resolve().parent.parent
#: Milliseconds that a query may take; with the tag `whole`, one that reads the whole graph.
LIMIT, WHOLE = 100, 500
RUNS = 7
#: Seconds after which a query that does not end is given up.
PATIENCE = 60


def main() -> int:
    """Print a row a query; return 1 when one is over its limit."""
    disk = open_built(config.load(ROOT).build)
    memory = Store()
    memory.bulk_extend(disk)
    slow = 0
    print(f"{len(memory):,} quads; median of {RUNS} runs, in milliseconds\n")
    print(f"{'query':38} {'rows':>6} {'memory':>8} {'disk':>8} {'disk/memory':>12} {'limit':>6}")
    for name, query in load(ROOT / "queries").items():
        limit = WHOLE if "whole" in query.tags else LIMIT
        (rows, ours), (_, peer) = (timed(store, query.text) for store in (memory, disk))
        slow += ours > limit
        over = "  over" if ours > limit else ""
        print(f"{name:38} {rows:6} {ours:8.1f} {peer:8.1f} {peer / ours:12.1f} {limit:6}{over}")
    print(f"\n{slow} over their limit")
    return int(bool(slow))


def timed(store: Store, text: str) -> tuple[int, float]:
    """Return the number of rows and the median milliseconds; infinite when it was given up."""
    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    process = fork.Process(target=_run, args=(store, text, theirs))
    process.start()
    theirs.close()
    found = ours.recv() if ours.poll(PATIENCE) else (0, float("inf"))
    process.kill()
    process.join()
    return found


def _run(store: Store, text: str, out: multiprocessing.connection.Connection) -> None:
    times, rows = [], 0
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        rows = sum(1 for _ in store.query(text))
        times.append((time.perf_counter() - start) * 1000)
    # The first run warms the caches of both stores.
    out.send((rows, statistics.median(times[1:])))


if __name__ == "__main__":
    sys.exit(main())
