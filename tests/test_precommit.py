"""The hooks work as pre-commit runs them: installed from a repository, on a commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import EXAMPLE, ROOT
from tests.packaged import bare_copy, environment, git

pytest.importorskip("pre_commit", reason="pre-commit is not installed")

HOOKS = [hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the hooks, as pre-commit clones it."""
    folder = bare_copy(tmp_path_factory.mktemp("origin") / "kg")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "hooks")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def repository(origin: Path, tmp_path: Path) -> Path:
    """The example under version control, with the hooks set up."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "graph"))
    hooks = [{"id": name} for name in HOOKS]
    revision = git(origin, "rev-parse", "HEAD")
    config = {"repos": [{"repo": str(origin), "rev": revision, "hooks": hooks}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    return folder


def run(repository: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"],
        cwd=repository,
        env=os.environ | environment() | {"PRE_COMMIT_HOME": str(cache)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_a_clean_repository_passes(repository: Path, cache: Path):
    done = run(repository, cache)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Passed") == len(HOOKS)


def test_a_violation_stops_the_commit_and_is_shown(repository: Path, cache: Path):
    path = repository / "data/records/books.ttl"
    path.write_text(path.read_text("utf-8").replace('"1377"', '"1177"'), "utf-8")
    done = run(repository, cache)
    assert done.returncode == 1
    assert "data/records/books.ttl:" in done.stdout
    assert "published-before-birth-violation" in done.stdout


def test_a_file_out_of_form_is_written_in_form(repository: Path, cache: Path):
    path = repository / "data/records/books.ttl"
    text = path.read_text("utf-8")
    path.write_text(text + "\n\n", "utf-8")
    done = run(repository, cache)
    assert done.returncode == 1
    assert "files were modified by this hook" in done.stdout
    assert path.read_text("utf-8") == text
