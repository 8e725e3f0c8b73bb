"""Write a comparison as text, as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby

from kg.difference.entries import STATES, Entry
from kg.difference.words import short

__all__ = ["as_json", "as_markdown", "as_text"]

#: Entries of a section that are shown; more are folded away.
SHOWN = 12
#: Characters that Markdown, HTML or a code host reads as more than text.
SPECIAL = re.compile(r"[\\`*_{}\[\]()<>#+|~!&@$\"'^=]|://|(?<=www)\.|(?i:(?<=gh)-(?=\d))")
#: Characters that nobody sees, or that turn the order of others round.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
MARKS = {"added": "+", "removed": "-", "merged": ">", "renamed": ">", "changed": "~"}


def _plain(text: str) -> str:
    """Return a text without what a terminal obeys."""
    return UNSEEN.sub("�", text)


def _safe(text: str) -> str:
    """Return a text that Markdown shows as it is, whatever it holds."""
    return SPECIAL.sub(lambda m: "".join(f"&#{ord(c)};" for c in m[0]), _plain(text))


def _counts(entries: Iterable[Entry]) -> str:
    count = Counter(entry.state for entry in entries)
    return ", ".join(f"{count[state]} {state}" for state in STATES if count[state])


def _sections(entries: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    for name, some in groupby(entries, key=lambda entry: entry.section):
        yield name, list(some)


def as_text(old: str, new: str, entries: list[Entry]) -> str:
    """Return the changes as text for a terminal."""
    if not entries:
        return f"No difference between {_plain(old)} and {_plain(new)}.\n"
    lines = [f"{_plain(old)} → {_plain(new)}"]
    lines += [f"  {name}: {_counts(some)}" for name, some in _sections(entries)]
    for name, some in _sections(entries):
        lines += ["", name]
        for entry in some:
            kind = f" ({_plain(entry.kind)})" if entry.kind and entry.state != "changed" else ""
            mark = f"{MARKS[entry.state]} {entry.state}"
            lines.append(f"  {mark}: {_plain(entry.label)}{kind}  {short(_plain(entry.iri))}")
            lines += [f"      {_plain(line.text)}" for line in entry.lines]
    return "\n".join(lines) + "\n"


def as_markdown(old: str, new: str, entries: list[Entry]) -> str:
    """Return the changes as Markdown: counts first, long sections folded, any text escaped."""
    lines = ["## What this changes in the graph", ""]
    if not entries:
        return "\n".join([*lines, f"No difference between {_safe(old)} and {_safe(new)}.", ""])
    lines += [f"{_safe(old)} → {_safe(new)}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {_counts(some)} |" for name, some in _sections(entries)]
    for name, some in _sections(entries):
        lines += ["", f"### {name}", ""]
        for entry in some[:SHOWN]:
            lines += _item(entry)
        if len(some) > SHOWN:
            rest = some[SHOWN:]
            lines += ["", f"<details><summary>{len(rest)} more: {_counts(rest)}</summary>", ""]
            for entry in rest:
                lines += _item(entry)
            lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _item(entry: Entry) -> Iterator[str]:
    kind = f" ({_safe(entry.kind)})" if entry.kind and entry.state != "changed" else ""
    yield f"- **{_safe(entry.label)}**{kind} {_safe(short(entry.iri))}: {entry.state}"
    for line in entry.lines:
        yield f"  - {_safe(line.text)}"


def as_json(old: str, new: str, entries: list[Entry]) -> str:
    """Return the changes as JSON."""
    counts = {
        name: dict(Counter(entry.state for entry in some)) for name, some in _sections(entries)
    }
    told = {"old": old, "new": new, "counts": counts, "changes": [asdict(e) for e in entries]}
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
