"""Read what a headnote of the World Treaty Index says: a title, a subject, fields of cooperation.

A headnote is an indexer's line in capitals (`AIR TRANSPORT`), seldom the title of the text.
`tables/wti-headnote.csv` has the words that tell a field more exactly than the topic does. Words
match the start of a word, or all of it when they end with a full stop; rules of the topic `*`
hold for any topic and come first. `tables/wti-words.csv` has the words that keep their capitals.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

__all__ = ["bare", "fields", "subject", "title"]

#: A title up to this length is kept; a longer text is not ours to copy.
LONGEST = 220
TITLE = re.compile(
    r"(air transport agreement|maritime agreement|agreement|arrangement|treaty|convention"
    r"|protocol|exchange of letters|exchange of notes)\b.* between .*"
    r"\b(government|republic|kingdom|emirates|federal)\b",
    re.IGNORECASE,
)
#: One row has the instrument code in place of the headnote.
FORM = "AGREEM"
#: A mark of agreements that the index lists for both regions of the United Arab Republic.
REGION = re.compile(r"\((EGYPT|UAR)\)")
BLANKS = re.compile(r"[^A-Z0-9]+")


def bare(headnote: str) -> str:
    """Return a headnote without the mark of a region, in single blanks."""
    return " ".join(REGION.sub(" ", headnote).split())


def title(headnote: str) -> str:
    """Return a headnote that is the title of the text, as it stands; "" for any other."""
    if headnote.isupper() or len(headnote) > LONGEST or not TITLE.match(headnote):
        return ""
    return headnote.rstrip(" .")


def subject(headnote: str) -> str:
    """Return a headnote as a subject in sentence case; "" when it is no subject or too long."""
    plain = bare(headnote).rstrip(" .,;")
    if not re.search(r"[A-Za-z]{3}", plain) or len(plain) > LONGEST or plain == FORM:
        return ""
    written = _written(plain) if sum(map(str.isupper, plain)) > len(plain) / 3 else plain
    return written[0].upper() + written[1:]


def fields(topic: str, headnote: str) -> tuple[str, ...]:
    """Return the fields that the words of a headnote name under a topic; () when none do."""
    line = f" {BLANKS.sub(' ', headnote.upper()).strip()} "
    for rules in (_rules()["*"], _rules().get(topic, ())):
        found = [domain for words, domains in rules if words in line for domain in domains]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


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
        rule = (f" {cells['words'].replace('.', ' ')}", tuple(cells["domains"].split()))
        rules[cells["topic"]] = (*rules.get(cells["topic"], ()), rule)
    return rules


def _table(name: str) -> list[dict[str, str]]:
    content = files("kg.importers").joinpath("tables", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(content.splitlines()))
