"""Fixtures: a small repository of real files, its resolved store, its build."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from kg import settings as config
from kg.build import build, resolved
from tests.live import graphs_served
from tests.serving import Running

ROOT = Path(__file__).resolve().parent.parent
MINI = Path(__file__).parent / "cases" / "mini"
LIVES = Path(__file__).parent / "cases" / "lives"
EXAMPLE = Path(__file__).parent / "cases" / "example"


@pytest.fixture(scope="session")
def mini(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copied mini repository: our ontology, rules and queries, a handful of agreements."""
    root = tmp_path_factory.mktemp("mini")
    ours = shutil.ignore_patterns("accepted-warnings.ttl")
    shutil.copytree(ROOT / "ontology", root / "ontology", ignore=ours)
    shutil.copytree(ROOT / "queries", root / "queries")
    shutil.copytree(MINI, root / "data")
    return root


@pytest.fixture
def tree(mini: Path, tmp_path: Path) -> Path:
    """The mini repository, to change at will."""
    return Path(shutil.copytree(mini, tmp_path / "repo", ignore=shutil.ignore_patterns("build")))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A small repository of another field, to change at will; nothing is wrong in it."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example"))


@pytest.fixture(scope="session")
def mini_store(mini: Path) -> Store:
    """The resolved store of the mini repository."""
    return resolved(config.load(mini, {}))


@pytest.fixture(scope="session")
def built(mini: Path) -> config.Settings:
    """Settings of the mini repository, with its graph built."""
    settings = config.load(mini, {})
    build(settings)
    return settings


@pytest.fixture(scope="session")
def lives(mini: Path, tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    """Settings of the mini repository with states that began and ended, with its graph built."""
    root = tmp_path_factory.mktemp("lives") / "repo"
    shutil.copytree(mini, root, ignore=shutil.ignore_patterns("build"))
    shutil.copy(LIVES / "lives.ttl", root / "data/records/lives.ttl")
    settings = config.load(root, {})
    build(settings)
    return settings


@pytest.fixture(scope="session")
def live(built: config.Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of the mini repository, with the graphs that the W3C's tests expect."""
    home = tmp_path_factory.mktemp("live")
    limits = {"query_time_limit_ms": 2000, "max_returned_rows": 1000}
    names = [f"http://kasei.us/2009/09/sparql/data/data{number}.rdf" for number in (1, 2, 3)]
    with graphs_served(built, home, *names, **limits) as server:
        yield server
