"""Know findings again: the baseline holds those that were there before, one a line.

Lines are sorted and each stands alone, so that git merges two changes of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from kg.errors import BadShapes
from kg.files import read_bytes, replace_file
from kg.findings import Finding
from kg.report import Known

__all__ = ["entry", "read", "write"]

HEAD = (
    "# Known findings of kg check: rule, node or file, fingerprint. kg check --update-baseline\n"
)
FINGERPRINT = re.compile(r"[0-9a-f]{32}")


def entry(finding: Finding) -> Known:
    """Return the line of the baseline that a finding has."""
    file = finding.place.file if finding.place else ""
    about = " ".join((finding.focus or file or "-").split())
    return Known(finding.rule, about, finding.fingerprint)


def read(path: Path) -> list[Known]:
    """Return the entries of a baseline; raise BadShapes naming the line that is none."""
    if not path.is_file():
        raise BadShapes(f"{path}: no baseline here; --update-baseline writes one")
    text = read_bytes(path).decode("utf-8")
    found = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t")
        if len(parts) != 3 or not FINGERPRINT.fullmatch(parts[2]):
            raise BadShapes(
                f"{path}:{number}: not a line of a baseline (rule, node or file, fingerprint,"
                " with tabs between); mend the merge, or --update-baseline"
            )
        found.add(Known(*parts))
    return sorted(found)


def write(path: Path, entries: Iterable[Known]) -> bool:
    """Put a baseline in place, whole or not at all; return whether it changed."""
    lines = [f"{one.rule}\t{one.about}\t{one.fingerprint}\n" for one in sorted(set(entries))]
    return replace_file(path, HEAD + "".join(lines))
