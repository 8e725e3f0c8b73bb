"""Read what a headnote of the World Treaty Index says: a title, a subject, fields of cooperation.

A headnote is an indexer's line in capitals (`AIR TRANSPORT`), seldom the title of the text.
`tables/wti-headnote.csv` has the words that tell a field more exactly than the topic does (`*`
is any topic); `tables/wti-words.csv` how a word is written that keeps a capital.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

__all__ = ["fields", "subject", "title"]

#: A title up to this length is kept; a longer text is not ours to copy.
LONGEST = 220
TITLE = re.compile(
    r"(air transport agreement|maritime agreement|agreement|arrangement|treaty|convention"
    r"|protocol|exchange of letters|exchange of notes)\b.* between .*"
    r"\b(government|republic|kingdom|emirates|federal)\b",
    re.IGNORECASE,
)
BLANKS = re.compile(r"[^A-Z0-9]+")


def title(headnote: str) -> str:
    """Return a headnote that is the title of the text, as it stands; "" for any other."""
    if headnote.isupper() or len(headnote) > LONGEST or not TITLE.match(headnote):
        return ""
    return headnote.rstrip(" .")


def subject(headnote: str) -> str:
    """Return a headnote as a subject in sentence case; "" when it is no subject or too long."""
    plain = " ".join(headnote.split()).rstrip(" .,;")
    if not re.search(r"[A-Za-z]{3}", plain) or len(plain) > LONGEST:
        return ""
    written = _written(plain) if sum(map(str.isupper, plain)) > len(plain) / 3 else plain
    return written[0].upper() + written[1:]


def fields(topic: str, headnote: str) -> tuple[str, ...]:
    """Return the fields that the words of a headnote name under a topic; () when none do."""
    line = f" {BLANKS.sub(' ', headnote.upper()).strip()} "
    rules = (*_rules().get(topic, ()), *_rules()["*"])
    found = [domain for words, domains in rules if f" {words}" in line for domain in domains]
    return tuple(dict.fromkeys(found))


def _written(capitals: str) -> str:
    return _capitals().sub(lambda found: _words()[found[0]], capitals.lower())


@cache
def _capitals() -> re.Pattern[str]:
    longest = sorted(_words(), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


@cache
def _words() -> dict[str, str]:
    return {cells["code"].lower(): cells["words"] for cells in _table("wti-words")}


@cache
def _rules() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    rules: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {"*": ()}
    for cells in _table("wti-headnote"):
        rule = (cells["words"], tuple(cells["domains"].split()))
        rules[cells["topic"]] = (*rules.get(cells["topic"], ()), rule)
    return rules


def _table(name: str) -> list[dict[str, str]]:
    content = files("kg.importers").joinpath("tables", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(content.splitlines()))
