"""Measure `kg export site` on the whole graph: seconds, processor time, files, dead links.

`python benchmarks/export.py` writes the site into a folder that it removes again, and prints a
table; with `--write` it goes into docs/performance.md. It needs 2 GB of disk.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from page import put

from kg.web.frozen import dead

ROOT = Path(__file__).resolve().parent.parent
#: Seconds that the export may take on two cores with nothing beside.
TARGET = 180


def main() -> int:
    """Measure, print the table, and return 1 when a target is missed."""
    with tempfile.TemporaryDirectory(prefix="mithaq-site-") as home:
        out = Path(home) / "site"
        begin, before = time.monotonic(), os.times()
        told = subprocess.run(
            [Path(sys.executable).with_name("kg"), "export", "site", out],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        wall, after = time.monotonic() - begin, os.times()
        found = re.search(r"([\d,]+) files, ([\d,]+) bytes", told.stdout + told.stderr)
        assert found, told.stderr[-500:]
        lost = sum(1 for _ in dead(out))
    user = after.children_user - before.children_user
    kernel = after.children_system - before.children_system
    size = int(found[2].replace(",", ""))
    missed = wall > TARGET
    late = " (missed)" if missed else ""
    text = f"""## The site as files

Written by `benchmarks/export.py --write`, {os.cpu_count()} cores, other work beside: CPU seconds
say more than wall time.

| what | measured | target |
|---|---|---|
| `kg export site` of the whole graph | {wall:.0f} s{late} | ≤ {TARGET} s |
| CPU | {user:.0f} s, and {kernel:.0f} s in the kernel | |
| files | {found[1]}, {size / 1e6:,.0f} MB | |
| links that lead to no file | {lost}{" (missed)" if lost else ""} | 0 |
"""
    print(text)
    if "--write" in sys.argv[1:]:
        put("site", text)
    return int(missed or lost > 0)


if __name__ == "__main__":
    sys.exit(main())
