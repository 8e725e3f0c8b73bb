"""Find things by words: whatever their accents and script variants, with a typo or two.

Texts and questions are folded alike before tantivy sees them, so the index holds plain words and
ranks them. A word that the index does not have stands for those that begin with it, or else for
those a slip of the finger away.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA
from tantivy import Occur, Query

from kg.web import identifiers

__all__ = ["Entry", "Hits", "Index", "fold", "words"]

#: Letters that people type one for another, and marks nobody types.
SAME = str.maketrans("يىئكةہھۃۀٱıøđłð", "ییئکهههههاiodld", "ـ’'ʼ‘`´")
IGNORED = frozenset({"a", "an", "and", "between", "for", "in", "of", "on", "the", "to"})
#: Words of a question that are looked at, and letters of a word.
WORDS, LETTERS = 24, 40
#: Words that one word may stand for, and entries that an answer without a full match has.
VARIANTS, NEAREST = 20, 10
#: Words that are written in two ways; both are one word here.
SPELT = re.compile(r"\bco[-‐‑ ](?=oper|prod|ordin)|(?<=\bdefen)s(?=(?:e|es|ive)\b)")
WORD = re.compile(r"[^\W_]+")
#: How much a word counts by where it is, and as what it is found.
WEIGHTS = {"name": 3.0, "code": 2.0, "party": 1.0}
BEGINNING, SLIP = 0.6, 0.35
#: How much a thing counts beside an agreement.
KINDS = {"state": 3.0, "organisation": 3.0, "concept": 1.2, "term": 0.5, "source": 0.4}


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found."""

    iri: str
    kind: str
    #: Names by language; "" for the language of none.
    names: dict[str, str]
    #: Every title, alias and name of another script.
    texts: tuple[str, ...] = ()
    #: Names of each party, in all languages.
    parties: tuple[tuple[str, ...], ...] = ()
    #: Identifiers, in all ways they are written.
    codes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    signed: str = ""
    evidence: str = ""
    status: str = ""
    #: Whether it is alleged and real instruments are known that it may mean.
    claimed: bool = False

    def label(self, language: str) -> str:
        """Return the name in a language, or in English, or any."""
        names = self.names
        return names.get(language) or names.get("en") or next(iter(names.values()), self.iri)


@dataclass(frozen=True)
class Hits:
    """The entries found, best first; `exact` says whether each has every word."""

    entries: tuple[Entry, ...]
    exact: bool = True
    #: Words of the question that nothing has, with those looked up in their place.
    read_as: dict[str, list[str]] = field(default_factory=dict)
    #: The identifier as which the question was read; "" for words.
    identifier: str = ""


def fold(text: str) -> str:
    """Return the text without case, accents and script variants, with digits as 0 to 9."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    plain = unicodedata.normalize("NFKC", text).casefold().translate(SAME)
    plain = unicodedata.normalize("NFKD", plain)
    return plain.translate(SAME) if plain.isascii() else "".join(map(_plain, plain))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.category(char) in ("Mn", "Cf"):
        return ""
    digit = unicodedata.decimal(char, None)
    return char.translate(SAME) if digit is None else str(digit)


def words(question: str) -> tuple[str, ...]:
    """Return the words that count."""
    return _counting(_split(question))


def _split(text: str) -> list[str]:
    return [word[:LETTERS] for word in WORD.findall(SPELT.sub(_one_way, fold(text)))]


def _counting(found: list[str]) -> tuple[str, ...]:
    return tuple([word for word in dict.fromkeys(found) if word not in IGNORED][:WORDS])


@lru_cache(maxsize=1024)
def _words_of(names: tuple[str, ...]) -> frozenset[str]:
    """Return the words of the names of a party, which many agreements have."""
    return frozenset(word for name in names for word in _split(name))


def _one_way(match: re.Match[str]) -> str:
    return "c" if match[0] == "s" else "co"


class Index:
    """All that can be found in one state of the graph."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index the entries, in memory."""
        self.entries = tuple(entries)
        self.by_iri = {entry.iri: entry for entry in self.entries}
        self._known: Counter[str] = Counter()
        self._whole: dict[tuple[str, ...], list[int]] = {}
        self._coded: dict[str, list[int]] = {}
        builder = tantivy.SchemaBuilder()
        for name in WEIGHTS:
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
        builder.add_unsigned_field("number", stored=True)
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        writer = index.writer(heap_size=128_000_000, num_threads=1)
        for number, entry in enumerate(self.entries):
            writer.add_document(self._document(number, entry))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        #: In a single segment documents are numbered as they came.
        self._direct = self._searcher.num_segments <= 1
        self._sorted = sorted(self._known)
        self._letters: dict[int, list[str]] = {}
        for word in self._sorted:
            if word.isalpha():
                self._letters.setdefault(len(word), []).append(word)
        self.find = lru_cache(maxsize=256)(self._find)

    def _document(self, number: int, entry: Entry) -> tantivy.Document:
        name, code = (self._read(number, texts) for texts in (entry.texts, entry.codes))
        for one in dict.fromkeys(map(identifiers.plain, entry.codes)):
            self._coded.setdefault(one, []).append(number)
        party = frozenset[str]().union(*map(_words_of, entry.parties))
        self._known.update(name | party | code)
        texts = {"name": " ".join(name), "party": " ".join(party), "code": " ".join(code)}
        return tantivy.Document(number=number, **texts)

    def _read(self, number: int, texts: tuple[str, ...]) -> set[str]:
        """Return the words of texts, each of which is noted as a whole too."""
        found: set[str] = set()
        for text in texts:
            parts = _split(text)
            found.update(parts)
            self._whole.setdefault(_counting(parts), []).append(number)
        return found

    def _find(self, question: str) -> Hits:
        """Return what has all the words; without any, the nearest that has most of them."""
        if asked_for := identifiers.read(question):
            return self._identified(asked_for)
        asked = words(question)
        if not asked:
            return Hits(())
        variants = {word: self._variants(word) for word in asked}
        read_as = {word: list(found) for word, found in variants.items() if _slips(word, found)}
        clauses = [self._clause(found) for found in variants.values() if found]
        if len(clauses) == len(asked):
            every = Query.boolean_query([(Occur.Must, clause) for clause in clauses])
            if numbers := self._numbers(every, len(self.entries)):
                return Hits(self._ranked(numbers, asked), read_as=read_as)
        least = len(asked) // 2 + 1
        if len(clauses) < least:
            return Hits((), exact=False)
        some = Query.boolean_query([(Occur.Should, one) for one in clauses], least)
        return Hits(self._ranked(self._numbers(some, NEAREST), asked), exact=False)

    def _identified(self, asked_for: tuple[str, ...]) -> Hits:
        """Return what carries an identifier; it is told even where nothing does."""
        for one in asked_for:
            numbers = self._coded.get(one) or self._coded.get(one.removeprefix("UNTS "))
            if numbers:
                entries = sorted((self.entries[number] for number in numbers), key=_by_date)
                return Hits(tuple(entries), identifier=one)
        return Hits((), identifier=asked_for[0])

    def suggest(self, question: str, *, most: int = 10) -> tuple[Entry, ...]:
        """Return the best entries for a question whose last word is still being typed."""
        asked = words(question)
        if not asked:
            return ()
        found = [self._variants(word) for word in asked[:-1]]
        last = self._beginnings(asked[-1], least=1) or self._variants(asked[-1])
        if not all((*found, last)):
            return ()
        clauses = [(Occur.Must, self._clause(one)) for one in (*found, last)]
        numbers = self._numbers(Query.boolean_query(clauses), most * 4)
        return self._ranked(numbers, asked)[:most]

    def _ranked(self, scores: dict[int, float], asked: tuple[str, ...]) -> tuple[Entry, ...]:
        """Order by: the very name asked for, a claim with candidates, score, date."""
        whole = set(self._whole.get(asked, ()))
        scores = scores | {number: scores.get(number, 0.0) for number in whole}

        def order(number: int) -> tuple[object, ...]:
            entry = self.entries[number]
            named = number in whole
            return (
                not (named and entry.kind != "agreement"),
                not (entry.claimed and len(asked) > 1),
                not named,
                -round(scores[number] * KINDS.get(entry.kind, 1.0), 2),
                entry.signed or "9999",
                entry.iri,
            )

        return tuple(self.entries[number] for number in sorted(scores, key=order))

    def _numbers(self, query: Query, most: int) -> dict[int, float]:
        found = self._searcher.search(query, limit=most, count=False).hits
        if self._direct:
            return {address.doc: score for score, address in found}
        documents = ((score, self._searcher.doc(address)) for score, address in found)
        return {int(document["number"][0]): score for score, document in documents}

    def _clause(self, variants: dict[str, float]) -> Query:
        terms = [
            Query.boost_query(Query.term_query(self._schema, name, word, "basic"), weight * part)
            for word, part in variants.items()
            for name, weight in WEIGHTS.items()
        ]
        return Query.disjunction_max_query(terms)

    def _variants(self, word: str) -> dict[str, float]:
        """Return the words of the index that a word stands for, with what each counts."""
        return self._beginnings(word) if word in self._known else self._guessed(word)

    def _guessed(self, word: str) -> dict[str, float]:
        if len(word) > 2 and (found := self._beginnings(word)):
            return found
        return dict.fromkeys(self._near(word), SLIP)

    def _beginnings(self, word: str, *, least: int = 2) -> dict[str, float]:
        found = {word: 1.0} if word in self._known else {}
        if len(word) < least or (found and word.isdigit()):
            return found
        start = bisect.bisect_left(self._sorted, word)
        stop = bisect.bisect_left(self._sorted, word + "\U0010ffff", lo=start)
        longer = self._sorted[start : min(stop, start + 20 * VARIANTS)]
        frequent = sorted(longer, key=lambda one: -self._known[one])[:VARIANTS]
        return dict.fromkeys(frequent, BEGINNING) | found

    def _near(self, word: str) -> Iterator[str]:
        """Yield words one or two slips away, those of many entries first."""
        if len(word) < 4 or not word.isalpha():
            return
        slips = 1 if len(word) < 7 else 2
        sizes = range(len(word) - slips, len(word) + slips + 1)
        nearby = [one for size in sizes for one in self._letters.get(size, ())]
        found = process.extract(
            word, nearby, scorer=OSA.distance, score_cutoff=slips, limit=VARIANTS
        )
        least = min((distance for _, distance, _ in found), default=0)
        near = [one for one, distance, _ in found if distance == least]
        yield from sorted(near, key=lambda one: -self._known[one])[:5]


def _by_date(entry: Entry) -> tuple[str, str]:
    return (entry.signed or "9999", entry.iri)


def _slips(word: str, found: dict[str, float]) -> bool:
    return bool(found) and not any(one.startswith(word) for one in found)
