"""Read a query file into its header, its tokens and its algebra."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pyoxigraph import Store
from pyparsing import ParseException
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kg.check.sites import prefixes_of
from kg.check.work import Work
from kg.findings import Finding, Place, Span
from kg.queries import HEADER

__all__ = ["FAULTY", "Text", "Token", "faulty", "saved", "texts"]

#: Name under which the work keeps the queries with a violation.
FAULTY = "faulty queries"

TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
      | (?P<string>\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<variable>[?$]\w+)
      | (?P<blank>_:[\w.\-]*\w)
      | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:(?:[\w:%]|\\.)(?:(?:[\w.:%\-]|\\.)*(?:[\w:%\-]|\\.))?)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<other>\S)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A word of a query, and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Text:
    """A query file."""

    path: Path
    name: str
    text: str

    @cached_property
    def header(self) -> dict[str, str]:
        """Return the `#+ key: value` lines."""
        return {key: value.strip() for key, value in HEADER.findall(self.text)}

    @cached_property
    def tokens(self) -> list[Token]:
        """Return the words of the query without its comments."""
        found = TOKEN.finditer(self.text)
        return [
            Token(m.lastgroup or "", m[0], m.start()) for m in found if m.lastgroup != "comment"
        ]

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Return the prefixes that it declares."""
        return dict(prefixes_of(self.text))

    def words(self, *words: str) -> list[Token]:
        """Return the keywords of these spellings, in any case."""
        wanted = {word.lower() for word in words}
        return [t for t in self.tokens if t.kind == "word" and t.text.lower() in wanted]

    @cached_property
    def readable(self) -> bool:
        """Say whether it is a SPARQL query; one with SERVICE is not tried, but taken for one."""
        if self.words("service"):
            return True  # even on an empty store, it would call another server
        try:
            Store().query(self.text)
        except SyntaxError:
            return False
        return True

    @cached_property
    def tree(self) -> object:
        """Return the parse tree of the query; None where rdflib's parser cannot read it."""
        return _tree(self.text)

    @cached_property
    def algebra(self) -> CompValue | None:
        """Return the algebra of the query; None where rdflib cannot make it."""
        return _algebra(self.text)

    def iri(self, token: Token) -> str:
        """Return the IRI that a token names, or "" when its prefix is not declared."""
        if token.kind == "iri":
            return token.text[1:-1]
        prefix, _, local = token.text.partition(":")
        space = self.prefixes.get(prefix)
        return space + re.sub(r"\\(.)", r"\1", local) if space is not None else ""

    def iris(self) -> Iterator[tuple[Token, str]]:
        """Yield each IRI of the body, with its token; not those that declare prefixes."""
        skip = False
        for token in self.tokens:
            if token.kind == "word" and token.text.lower() in ("prefix", "base"):
                skip = True
            elif token.kind == "iri" and skip:
                skip = False
            elif token.kind in ("iri", "name") and not skip and (iri := self.iri(token)):
                yield token, iri

    def place(self, start: int, end: int | None = None) -> Place:
        """Return the place of a stretch of the text."""
        line, column = self._at(start)
        if end is None:
            return Place(self.name, Span(line, column))
        return Place(self.name, Span(line, column, *self._at(end)))

    def finding(
        self, rule: str, severity: str, message: str, token: Token | None, *, value: str = ""
    ) -> Finding:
        """Return a finding at a token, or at the top of the file."""
        place = self.place(token.start, token.end) if token else self.place(0)
        key = value or (token.text if token else "")
        return Finding(rule, severity, message, value=value, place=place, key=key)

    def at_header(self, key: str) -> Token | None:
        """Return a line of the header as a token."""
        for match in HEADER.finditer(self.text):
            if match[1] == key:
                return Token("header", match[0], match.start())
        return None

    def _at(self, offset: int) -> tuple[int, int]:
        line = self.text.count("\n", 0, offset) + 1
        return line, offset - self.text.rfind("\n", 0, offset)


def texts(work: Work) -> list[Text]:
    """Return the saved queries, rules and checks of a repository, read once."""
    if "queries" not in work.kept:
        root = work.layout.root
        folder = sorted((root / "queries").glob("*.rq"))
        paths = [*folder, *work.layout.rules(), *work.layout.checks()]
        work.kept["queries"] = [
            Text(path, work.layout.name(path), work.bytes_of(path).decode("utf-8"))
            for path in paths
        ]
    found = work.kept["queries"]
    assert isinstance(found, list)
    return found


def faulty(work: Work) -> set[str]:
    """Return the names of the queries in which the stage of queries has found a violation."""
    found = work.kept.get(FAULTY, set())
    assert isinstance(found, set)
    return found


def saved(work: Work) -> list[Text]:
    """Return the saved queries alone."""
    return [text for text in texts(work) if text.path.parent == work.layout.root / "queries"]


@lru_cache(maxsize=1024)
def _tree(text: str) -> object:
    try:
        return parseQuery(text)
    except (ParseException, RecursionError, ValueError):
        return None


@lru_cache(maxsize=1024)
def _algebra(text: str) -> CompValue | None:
    # A tree of its own: the translation takes it apart.
    if _tree(text) is None:
        return None
    try:
        found = translateQuery(parseQuery(text)).algebra
    except (RecursionError, ValueError, AttributeError, TypeError):
        return None
    except Exception as error:  # rdflib raises bare ones, for a variable in use for instance
        if type(error) is Exception:
            return None
        raise
    assert isinstance(found, CompValue)
    return found
