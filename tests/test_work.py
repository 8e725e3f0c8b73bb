"""The graph that a check judges is a build of these files, or is made of them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import kg.check.work
from kg import settings as config
from kg.build import build
from kg.check.work import Work
from kg.store import up_to_date


@pytest.fixture
def folder(mini: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(mini, tmp_path / "repo", ignore=shutil.ignore_patterns("build")))


def texts(work: Work) -> list[str]:
    return sorted(re.sub(r"_:\w+", "_:", str(quad)) for quad in work.store)


def test_a_build_of_these_files_is_the_graph(folder: Path, monkeypatch: pytest.MonkeyPatch):
    settings = config.load(folder, {})
    made = texts(Work(settings))
    build(settings)
    assert up_to_date(settings)
    with monkeypatch.context() as patch:
        patch.setattr(kg.check.work, "load", None)
        assert texts(Work(settings)) == made


def test_a_build_of_other_files_is_not(folder: Path):
    settings = config.load(folder, {})
    build(settings)
    before = texts(Work(settings))
    path = folder / "data/records/all.ttl"
    path.write_text(path.read_text("utf-8").replace("1954-04-02", "1954-04-03"), "utf-8")
    assert not up_to_date(settings)
    after = texts(Work(settings))
    assert after != before
    assert any("1954-04-03" in line for line in after)
