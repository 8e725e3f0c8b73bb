"""Find the place of a triple, of a property, of a node."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from kg.errors import BadData
from kg.findings import Span
from kg.positions.reader import Reader, Unread
from kg.positions.terms import Prefix, Term
from kg.vocab import BASE

__all__ = ["Index", "Standing", "index"]

K = TypeVar("K")
Row = tuple[Term, Term, Term, Term | None]


@dataclass(frozen=True, order=True)
class Standing:
    """Where the subject, the predicate and the object of a triple stand.

    A blank node in brackets and a list stand from bracket to bracket. What a list implies is
    nowhere written: `rdf:first` and `rdf:rest` stand where the item does, `rdf:nil` at the
    closing bracket.
    """

    subject: Span
    predicate: Span
    object: Span

    @property
    def pair(self) -> Span:
        """Return the stretch from the predicate to the end of the object."""
        return _between(self.predicate, self.object)


@dataclass(frozen=True)
class Index:
    """The triples of a text and where they stand, first mention first."""

    text: str = field(repr=False)
    #: Subject, predicate, object, and graph (None is the default graph).
    rows: list[Row] = field(repr=False)
    prefixes: list[Prefix]
    _spans: array[int] = field(repr=False)
    _ends: dict[int, int] = field(repr=False)

    def __len__(self) -> int:
        """Return how many triples are written, those written twice counted twice."""
        return len(self.rows)

    def standing(self, number: int) -> Standing:
        """Return where a row stands."""
        at = self._spans[6 * number : 6 * number + 6]
        return Standing(*(self.span(at[i], at[i + 1]) for i in (0, 2, 4)))

    def span(self, start: int, end: int) -> Span:
        """Return the lines and columns of two offsets; an end of 0 is that of the bracket."""
        end = end or self._ends[start]
        return Span(*self._point(start), *self._point(end))

    def written(self, span: Span) -> str:
        """Return the text of a span."""
        lines = self._lines
        start = lines[span.line - 1] + span.column - 1
        return self.text[start : lines[span.end_line - 1] + span.end_column - 1]

    def find(self, subject: str, predicate: str = "", value: str | None = None) -> list[int]:
        """Return the rows of a node, of its property, or of one value, by their plain strings."""
        if not predicate:
            return self._by_subject.get(subject, [])
        rows = self._by_property.get((subject, predicate), [])
        return rows if value is None else [n for n in rows if self.rows[n][2].value == value]

    def mention(self, term: str) -> Span | None:
        """Return where an IRI or a literal stands first, in whatever place of a triple."""
        at = self._mentions.get(term)
        return None if at is None else self.span(*at)

    def repeated(self) -> Iterator[tuple[int, int]]:
        """Yield each row that says again what an earlier one says, and the earlier one."""
        first: dict[Row, int] = {}
        for number, row in enumerate(self.rows):
            earlier = first.setdefault(row, number)
            if earlier != number:
                yield number, earlier

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def _point(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    @cached_property
    def _by_subject(self) -> dict[str, list[int]]:
        return _grouped((row[0].value, number) for number, row in enumerate(self.rows))

    @cached_property
    def _by_property(self) -> dict[tuple[str, str], list[int]]:
        return _grouped(
            ((row[0].value, row[1].value), number) for number, row in enumerate(self.rows)
        )

    @cached_property
    def _mentions(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for number, row in enumerate(self.rows):
            for place in (0, 1, 2):
                at = self._spans[6 * number + 2 * place]
                term = row[place]
                assert term is not None
                if term.value not in found or at < found[term.value][0]:
                    found[term.value] = (at, self._spans[6 * number + 2 * place + 1])
        return found


def index(data: bytes, name: str, *, base: str = BASE, trig: bool = False) -> Index:
    """Return the triples of Turtle, or of TriG, with their places.

    Raises BadData with `name:line:column` for what is not UTF-8, or not Turtle read here.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadData(f"{name}: not UTF-8; save the file as UTF-8") from error
    reader = Reader(text, base, trig=trig)
    found = Index(text, reader.rows, reader.terms.declared, reader.spans, reader.ends)
    try:
        reader.read()
    except Unread as error:
        line, column = found._point(error.offset)
        details = {"file": name, "line": line, "column": column}
        raise BadData(f"{name}:{line}:{column}: {error}", details=details) from error
    except (SyntaxError, ValueError) as error:
        raise BadData(f"{name}: {error}") from error
    return found


def _grouped(pairs: Iterable[tuple[K, int]]) -> dict[K, list[int]]:
    groups: dict[K, list[int]] = {}
    for key, number in pairs:
        groups.setdefault(key, []).append(number)
    return groups


def _between(first: Span, last: Span) -> Span:
    return Span(first.line, first.column, last.end_line, last.end_column)
