"""Write a new repository: a small graph that is checked, built and served at once."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from kg.errors import BadData, BadParameter

__all__ = ["BASE", "create"]

TEMPLATES = Path(__file__).parent / "templates" / "init"
#: Base of the IRIs in the templates.
BASE = "https://example.org/kg/"
#: How the names of hidden files begin in the templates; packages leave hidden files out.
DOT = "dot-"
IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+/")


def create(folder: Path, *, base: str = BASE) -> list[str]:
    """Put a repository in an empty or new folder, whole or not at all; return its files.

    Raises BadData when the folder holds something, BadParameter when `base` is no base IRI.
    """
    if not IRI.fullmatch(base):
        raise BadParameter(f"{base!r} is no base of IRIs: http(s)://… ending in /")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BadData(f"{folder}: not an empty folder; name another, nothing was written")
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            names = [_write(path, fresh, base) for path in _files()]
            fresh.chmod(0o755)
            fresh.replace(folder)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    except OSError as error:
        raise BadData(f"{folder}: cannot be written: {error.strerror}") from error
    return sorted(names)


def _files() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]


def _write(template: Path, folder: Path, base: str) -> str:
    parts = template.relative_to(TEMPLATES).parts
    name = Path(*("." + p.removeprefix(DOT) if p.startswith(DOT) else p for p in parts))
    text = template.read_text("utf-8").replace(BASE, base)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return name.as_posix()
