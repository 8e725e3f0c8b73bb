"""Import every dataset again, from the reader's own copies, and compare with the records we keep.

Usage: python benchmarks/imports.py SOURCES, the folder that holds a folder for each dataset.

Each is imported into a scratch file and compared with data/records/ byte by byte: an importer is
idempotent, and what is committed is what it makes. Exit 1 when one differs, 2 when a dataset is
not there.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from kg import turtle
from kg.files import Layout, read_bytes
from kg.importers import IMPORTERS, existing, parts, run
from kg.importers.registers import REGISTERS

ROOT = Path(__file__).resolve().parent.parent
#: Name of a dataset to the folder of the reader's copy.
FOLDERS = {
    "ar": "argentina-infoleg-2026",
    "atop": "atop-v5.1",
    "bla": "bilateral-labour-agreements",
    "br": "brazil-concordia-2021",
    "ch": "switzerland-sr-2026",
    "cow": "cow-alliances-v4.1",
    "dcad": "dcad-v1.0",
    "desta": "manytreaties",
    "fcdo": "fcdo-uk-treaties",
    "gr": "greece-fek-2026",
    "gt": "turkiye-defence-agreements-2026",
    "ieadb": "manytreaties",
    "lu": "luxembourg-legilux-2026",
    "nca": "nca-v2.0",
    "nl": "nl-treaties",
    "sk": "slovakia-zz-2026",
    "tfdd": "manytreaties",
    "treaty-commitments": "treaty-commitments",
    "unctad-iia-2020": "unctad-iia-2020",
    "unctad-iia-2026": "unctad-iia-2026",
    "uy": "uruguay-impo-2026",
    "wti": "wti-treaty-index",
}


def main() -> int:
    """Print a line a dataset; return 1 when what it gives is not what we keep."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    unlisted = {*IMPORTERS, *REGISTERS} - FOLDERS.keys()
    assert not unlisted, f"no folder is given for {unlisted}"
    layout = Layout(ROOT)
    known = existing(layout)
    written = [t for one in (*layout.curated(), *layout.reference()) for t in triples(one)]
    other = 0
    for name, folder in FOLDERS.items():
        start = time.perf_counter()
        done = run(name, Path(sys.argv[1]) / folder, known, written)
        kept = {path.name: path.read_text("utf-8") for path in records(layout, name)}
        made = {part: turtle.write(found) for part, found in parts(name, done.triples).items()}
        other += made != kept
        said = "as kept" if made == kept else "DIFFERS from what is kept"
        print(
            f"{name:20} {done.report.kept:6} records {time.perf_counter() - start:6.1f} s  {said}"
        )
    return int(other > 0)


def triples(path: Path) -> list[object]:
    """Return the triples of a file."""
    return list(turtle.read(read_bytes(path), str(path)))


def records(layout: Layout, name: str) -> list[Path]:
    """Return the files that hold the records of a dataset."""
    folder = layout.root / "data/records"
    return sorted({*folder.glob(f"{name}.ttl"), *folder.glob(f"{name}-[0-9]*s.ttl")})


if __name__ == "__main__":
    sys.exit(main())
