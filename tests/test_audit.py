"""Each audited record is one of the graph, judged in full, and mended where it was wrong."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.files import Layout
from tests.conftest import ROOT

FILES = sorted((ROOT / "tests/cases/audit").glob("*.csv"))
VERDICTS = {"ok", "wrong", "doubt", "read", "row only", "other page", "not found"}
#: Sources with fewer records than a sample.
SMALL = {"lu": 41, "uy": 39}


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def text() -> str:
    return "".join(path.read_text("utf-8") for path in Layout(ROOT).records())


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_verdicts_are_given_of_records_that_exist(path: Path, text: str):
    found = rows(path)
    assert len({row["record"] for row in found}) == len(found)
    for row in found:
        assert f"/id/record/{row['record']}>" in text, row["record"]
        said = {name: row[name] for name in row if name not in ("record", "locator", "note")}
        assert set(said.values()) <= VERDICTS, row
        plain = {"ok", "read", "other page", "row only"}
        assert bool(row["note"]) or set(said.values()) <= plain, row


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_what_was_wrong_says_how_it_was_corrected(path: Path):
    for row in rows(path):
        if "wrong" in row.values():
            assert "corrected" in row["note"].lower(), row


def test_every_dataset_is_audited():
    from kg.importers import IMPORTERS

    sizes = {path.stem: len(rows(path)) for path in FILES}
    for name in (*IMPORTERS, "treaty-commitments"):
        assert sizes.get(name, 0) == SMALL.get(name, 50), name
