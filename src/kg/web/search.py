"""Find agreements by words, whatever their accents or script variants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Hits", "fold", "search", "words"]

#: Letters that people type one for another, and marks nobody types.
SAME = str.maketrans("يىكةı", "ییکهi", "ـ’'")
IGNORED = frozenset({"a", "an", "and", "between", "for", "in", "of", "on", "the", "to"})
NEAREST = 10


@dataclass(frozen=True)
class Hits:
    """The agreements found; `exact` says whether each has every word."""

    iris: tuple[str, ...]
    exact: bool


def fold(text: str) -> str:
    """Return the text without case, accents and script variants."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(SAME))
    return "".join(char for char in plain if not unicodedata.combining(char)).translate(SAME)


def words(question: str) -> tuple[str, ...]:
    """Return the words that count."""
    found = dict.fromkeys(re.findall(r"\w+", fold(question)))
    return tuple(word for word in found if word not in IGNORED)


def search(index: Mapping[str, str], question: str) -> Hits:
    """Look the words up in folded texts by IRI; without a full match, give the nearest."""
    asked = words(question)
    if not asked:
        return Hits((), exact=True)
    score = {iri: sum(word in text for word in asked) for iri, text in index.items()}
    full = tuple(sorted(iri for iri, count in score.items() if count == len(asked)))
    if full:
        return Hits(full, exact=True)
    enough = [iri for iri, count in score.items() if count > len(asked) / 2]
    near = sorted(enough, key=lambda iri: (-score[iri], iri))[:NEAREST]
    return Hits(tuple(near), exact=False)
