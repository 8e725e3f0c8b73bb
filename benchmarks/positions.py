"""Time the position reader, the stages of syntax and source, and the placing of findings.

CPU seconds of one process; the reader on our records, three times over, beside pyoxigraph.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from kg import settings as config
from kg.check import source, syntax
from kg.check.places import locate
from kg.check.work import Work
from kg.findings import Finding
from kg.positions import index

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print the figures."""
    work = Work(config.load(ROOT, {}))
    print(f"{'what':44} {'CPU s':>8} {'count':>10}")
    told("stage of syntax, our files", lambda: len(list(syntax.findings(work))))
    told("stage of source, our files", lambda: len(list(source.findings(work))))
    files = work.layout.records()
    nodes = [sorted({str(t.subject)[1:-1] for t in work.triples_of(path)})[0] for path in files]
    some = [Finding("benchmark", "info", "", node) for node in nodes[:1000]]
    told("one finding placed", lambda: len(locate(some[:1], work.subjects, None)))
    told("1,000 findings placed, in as many files", lambda: len(locate(some, work.subjects, None)))
    data = b"\n".join(path.read_bytes() for path in files) * 3
    told("pyoxigraph reads", lambda: sum(1 for _ in parse(data, RdfFormat.TURTLE)))
    before = memory()
    spent = told("position index", lambda: (found := index(data, "records"), len(found))[1])
    more = memory() - before
    print(f"\na million triples: {spent * 1e6:.1f} s; {more:,.0f} MB more for all of them")
    return 0


def told(what: str, run: Callable[[], int]) -> float:
    """Print the CPU seconds of a call; return those of one of what it counts."""
    start = time.process_time()
    count = run()
    spent = time.process_time() - start
    print(f"{what:44} {spent:8.2f} {count:10,}")
    return spent / max(count, 1)


def memory() -> float:
    """Return the most memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
