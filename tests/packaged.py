"""Copy what a package is made of, and install it as people do, without asking any index."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

__all__ = ["OFFLINE", "bare_copy", "environment", "git"]

#: What is installed is what the tests run with; pip is to build the package alone.
OFFLINE = {
    "PIP_NO_DEPS": "1",
    "PIP_NO_INDEX": "1",
    "PIP_NO_BUILD_ISOLATION": "0",  # read as --build-isolation=0
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
}
FILES = ("pyproject.toml", "README.md", "LICENSE", "action.yml", ".pre-commit-hooks.yaml")


def bare_copy(folder: Path) -> Path:
    """Copy the code and what describes it, without the graph."""
    folder.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def environment() -> dict[str, str]:
    """Return the variables by which another Python finds the packages of this one."""
    places = [path for path in sys.path if path.endswith("site-packages")]
    return OFFLINE | {"PYTHONPATH": ":".join(places), "PYTHONUTF8": "1"}


def git(folder: Path, *args: str) -> str:
    """Run git as nobody in particular, with no settings of this machine."""
    who = ["-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *who, "-c", "init.defaultBranch=main", *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()
