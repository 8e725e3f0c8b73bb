"""Measure how long the server takes for each type of page, on the whole graph.

`python benchmarks/pages.py` prints a table: milliseconds of the first answer, of one with another
day (nothing kept of the page, names and coverage read already), and of the page kept; beside the
processor time of the first two, which other work on the machine changes less.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from kg import settings as config
from kg.web import create_app

ROOT = Path(__file__).resolve().parent.parent
HTML = {"Accept": "text/html"}
PAGES = {
    "start": "/",
    "state": "/page/state/PAK",
    "state, the largest": "/page/state/TUR",
    "two states": "/between/PAK/TUR",
    "two states, the most": "/between/TUR/USA",
    "agreement": "/page/agreement/PAK-TUR-1954-04-02",
    "agreement, alleged": "/page/agreement/PAK-TUR-undated",
    "organisation": "/page/organisation/OIC",
    "field": "/page/scheme/domain/defence",
    "field, the largest": "/page/scheme/domain/commerce",
    "source": "/page/source/atop",
    "source, the largest": "/page/source/wti",
    "states": "/states",
    "fields": "/domains",
    "sources": "/sources",
    "changes": "/changes",
}
#: Days that nothing is kept for.
DAYS = ("2011-03-02", "2012-03-02", "2013-03-02")


def children() -> list[int]:
    """Return the processes that this one started, and theirs."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, left = [], [os.getpid()]
    while left:
        those = parents.get(left.pop(), [])
        found += those
        left += those
    return found


def burnt() -> float:
    """Return the processor seconds of this process and those it started."""
    total = time.process_time()
    for pid in children():
        with contextlib.suppress(OSError):  # one that ended takes its time with it
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return total


def main() -> None:
    """Print the table."""
    client = create_app(config.load(ROOT)).test_client()

    def took(address: str) -> tuple[float, float]:
        before = burnt()
        begun = time.perf_counter()
        response = client.get(address, headers=HTML)
        assert response.status_code == 200, (address, response.status)
        wall = (time.perf_counter() - begun) * 1000
        return wall, (burnt() - before) * 1000

    took("/sources"), took("/page/agreement/PAK-TUR-undated")  # names, sources, coverage are read
    print(f"{'page':24}{'first':>9}{'CPU':>8}{'uncached':>10}{'CPU':>8}{'cached':>9}{'kB':>7}")
    for name, address in PAGES.items():
        first, cold = took(address)
        other = [took(f"{address}?on={day}") for day in DAYS]
        kept = min(took(address)[0] for _ in range(5))
        size = len(client.get(address, headers=HTML).data) / 1000
        uncached = min(wall for wall, _ in other)
        cpu = min(cpu for _, cpu in other if cpu > 0)
        print(
            f"{name:24}{first:9.0f}{cold:8.0f}{uncached:10.0f}{cpu:8.0f}{kept:9.1f}{size:7.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
