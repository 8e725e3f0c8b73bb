"""Ask git which files differ from a revision."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kg.errors import BadData

__all__ = ["differing"]

#: What of a repository a check reads.
PARTS = ("ontology", "data", "queries")


def differing(root: Path, revision: str) -> set[str]:
    """Return the files of a repository that differ from a revision, untracked ones too.

    Raises BadData (exit 2) when there is no such revision, or no git.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if commit is None or revision.startswith("-"):
        raise BadData(f"{revision}: no git revision here; try HEAD or a branch")
    sha = commit.strip()
    names = ("diff", "--name-only", "--no-renames", "--relative", "-z")
    changed = _git(root, *names, sha, "--", *PARTS)
    fresh = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", *PARTS)
    if changed is None or fresh is None:
        raise BadData(f"{revision}: git cannot tell what differs from it")
    return {name for name in (changed + fresh).split("\0") if name}


def _git(root: Path, *words: str) -> str | None:
    """Return what git says, None when it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, check=False)
    except OSError as error:
        raise BadData(f"git cannot be run: {error.strerror}; leave the revision out") from error
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
