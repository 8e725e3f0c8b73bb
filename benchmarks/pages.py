"""Measure how long the server takes for each type of page, on the whole graph.

`python benchmarks/pages.py` prints a table: milliseconds of processor time, of this process and of
those that answer its queries, for the first view of a page, with those on the clock; processor
time for the same on other days, for which nothing of the page is kept; and milliseconds on the
clock for the page kept. With `--write`
it is put into docs/performance.md.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import time
from pathlib import Path

from page import put

from kg import settings as config
from kg.pool.cache import Cache
from kg.web import create_app
from kg.web.derived import Derived, settle
from kg.web.warming import rehearse

ROOT = Path(__file__).resolve().parent.parent
HTML = {"Accept": "text/html"}
#: What a page is, and its address: the largest of each type, and some that people ask for.
PAGES = {
    "start": "/",
    "state: PAK": "/page/state/PAK",
    "state: EGY": "/page/state/EGY",
    "state: FRA": "/page/state/FRA",
    "state: GBR": "/page/state/GBR",
    "state: USA": "/page/state/USA",
    "state: TUR": "/page/state/TUR",
    "state: RUS with predecessors": "/page/state/RUS?succession=yes",
    "two states: PAK, TUR": "/between/PAK/TUR",
    "two states: TUR, USA": "/between/TUR/USA",
    "agreement": "/page/agreement/PAK-TUR-1954-04-02",
    "agreement, alleged": "/page/agreement/PAK-TUR-undated",
    "organisation: OIC": "/page/organisation/OIC",
    "organisation: OIC, promises": "/page/organisation/OIC?show=promises",
    "organisation: Arab League": "/page/organisation/ArabLeague",
    "organisation: AU": "/page/organisation/AU",
    "field: defence": "/page/scheme/domain/defence",
    "field: commerce": "/page/scheme/domain/commerce",
    "source: dcad": "/page/source/dcad",
    "source: wti": "/page/source/wti",
    "network": "/network",
    "network, any field": "/network?domain=",
    "network, any field and form": "/network?domain=&form=",
    "network as data, any field": "/network.json?domain=",
    "find: Turkey": "/find?q=Turkey",
    "find: agreement": "/find?q=agreement",
    "suggestions: tur": "/suggest?q=tur",
    "suggestions: pakistan turkey str": "/suggest?q=pakistan+turkey+str",
    "question: support map": "/queries/support-map?state=PAK",
    "states": "/states",
    "fields": "/domains",
    "sources": "/sources",
    "changes": "/changes",
    "ontology": "/ns",
}
PAGES_KEPT = 64 * 1024**2
#: Days that nothing is kept for.
DAYS = ("2011-03-02", "2012-03-02", "2013-03-02")
HEAD = ("Page", "First view, CPU ms", "on the clock", "Another day, CPU ms", "Kept, ms", "kB")
#: Milliseconds: the most that a page, a kept page and a suggestion may take.
PAGE, AGAIN, SUGGESTION = 150, 10, 20
Measured = tuple[str, float, float, float, float, float]


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


def burnt() -> dict[str, float]:
    """Return the processor seconds of each thread of the processes that this one started."""
    found = {}
    for pid in children():
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):  # it has ended
                found[str(thread)] = int(thread.read_text().split()[0]) / 1e9
    return found


def measured(lines: dict[str, str]) -> list[Measured]:
    """Return a row for each page."""
    app = create_app(config.load(ROOT))
    client = app.test_client()

    def took(address: str) -> tuple[float, float, int]:
        before, mine, begun = burnt(), time.process_time(), time.perf_counter()
        response = client.get(address, headers=HTML)
        wall, own = time.perf_counter() - begun, time.process_time() - mine
        assert response.status_code == 200, (address, response.status)
        # A thread that ended meanwhile takes its time with it; one that began has only its own.
        theirs = sum(now - before.get(thread, 0.0) for thread, now in burnt().items())
        return (own + theirs) * 1000, wall * 1000, len(response.data)

    for one in app.extensions.values():
        if isinstance(one, Derived):
            one.renew(app.extensions["kg"].graph)
    settle()
    rehearse(app)  # as at the start of a server; the pages that it made are forgotten
    settle()
    app.extensions["kg"].graph.pages = Cache(PAGES_KEPT)
    rows = []
    for name, address in lines.items():
        first, clock, size = took(address)
        mark = "&" if "?" in address else "?"
        other = statistics.median(took(f"{address}{mark}on={day}")[0] for day in DAYS)
        kept = min(took(address)[1] for _ in range(5))
        row = (name, first, clock, other, kept, size / 1000)
        rows.append(row)
        print(f"{name:34}" + "".join(f"{value:9.1f}" for value in row[1:]), flush=True)
    app.extensions["kg"].close()
    return rows


def over(row: Measured) -> bool:
    """Say whether a page takes more than it may."""
    most = SUGGESTION if row[0].startswith("suggestions") else PAGE
    return row[1] > most or row[3] > most or row[4] > AGAIN


def main() -> None:
    """Print the table, and put it into the documentation where that is asked for."""
    rows = measured(PAGES)
    if "--write" not in sys.argv:
        return
    table = [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    for row in rows:
        name, first, clock, other, kept, size = row
        missed = " (missed)" if over(row) else ""
        table.append(
            f"| {name}{missed} | {first:.0f} | {clock:.0f} | {other:.0f} "
            f"| {kept:.1f} | {size:.0f} |"
        )
    text = (
        "## Pages\n\n"
        "Written by `benchmarks/pages.py --write` (`make bench-pages`), of the whole graph, other "
        "work beside: processor time of the server with its queries for the first view of a page, "
        "with the time on the clock; for the same page on other days, of which nothing is kept; "
        "and the time on the clock for the page when it is kept. What a server makes at its start "
        f"is there. Allowed are {PAGE} ms, {AGAIN} ms for a page that is kept, {SUGGESTION} ms "
        "for suggestions.\n\n"
    )
    put("pages", text + "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
