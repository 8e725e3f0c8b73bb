"""Copy a repository and edit it as a case says: what the tests of lints and faults share."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Case", "case", "cases", "copy", "edit"]

#: Ways to edit a file.
HOW = ("find", "replace", "append", "text", "bytes", "ends", "encoding", "delete")


@dataclass(frozen=True)
class Case:
    """A repository with some edits, and what is to be found there."""

    name: str
    #: Each a file with `find` and `replace`, `append`, `text`, `bytes` (hexadecimal, before the
    #: rest), `ends` (what ends lines), `encoding` or `delete = true`.
    edits: tuple[dict[str, Any], ...]
    rule: str
    #: Where the finding stands: a file, and a text on its line; no text for the whole file.
    file: str = ""
    at: str = ""
    #: Which occurrence of the text, from 1.
    nth: int = 1
    severity: str = ""
    #: A part of the message.
    says: str = ""
    #: Rules that the same edit breaks besides.
    also: tuple[str, ...] = ()
    silent: bool = False

    def line(self, root: Path) -> int | None:
        """Return the line where the finding is to be; None for the whole file."""
        if not self.at:
            return None
        text = (root / self.file).read_text("utf-8")
        offset = -1
        for _ in range(self.nth):
            offset = text.index(self.at, offset + 1)
        return text.count("\n", 0, offset) + 1


def cases(path: Path, rule: str = "") -> list[Case]:
    """Read the cases of a TOML file: `[[found]]`, and `[[silent]]`."""
    data = tomllib.loads(path.read_text("utf-8"))
    return [
        _case(f"{path.stem}-{kind}-{number}", table, rule or data.get("rule", ""), kind)
        for kind in ("found", "silent")
        for number, table in enumerate(data.get(kind, []), 1)
    ]


def case(path: Path) -> Case:
    """Read a TOML file that is one case."""
    table = tomllib.loads(path.read_text("utf-8"))
    table.pop("what")
    return _case(f"{path.parent.name}/{path.stem}", table, "", "found")


def _case(name: str, table: dict[str, Any], rule: str, kind: str) -> Case:
    edits = table.pop("edits", None)
    if edits is None:
        edits = [{key: table[key] for key in ("file", *HOW) if key in table}]
    for key in HOW:
        table.pop(key, None)
    table["also"] = tuple(table.get("also", ()))
    if "silent" not in table and kind == "found":
        table.setdefault("file", edits[0]["file"])
    else:
        table.pop("file", None)
    return Case(name, tuple(edits), table.pop("rule", rule), silent=kind == "silent", **table)


def copy(source: Path, target: Path) -> Path:
    """Return a copy of a repository, to edit."""
    return Path(shutil.copytree(source, target))


def edit(root: Path, edits: tuple[dict[str, Any], ...]) -> None:
    """Edit the files of a repository; an edit that changes nothing is an error."""
    for one in edits:
        path = root / one["file"]
        if one.get("delete"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif "text" in one:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one["text"], "utf-8", newline="")
        elif "append" in one:
            path.write_text(path.read_text("utf-8") + one["append"], "utf-8", newline="")
        elif "bytes" in one:
            path.write_bytes(bytes.fromhex(one["bytes"]) + path.read_bytes())
        elif "ends" in one:
            path.write_bytes(path.read_bytes().replace(b"\n", one["ends"].encode()))
        else:
            text = path.read_text("utf-8")
            assert one["find"] in text, f"{one['file']} has no {one['find']!r}"
            text = text.replace(one["find"], one["replace"], 1)
            path.write_bytes(text.encode(one.get("encoding", "utf-8")))
