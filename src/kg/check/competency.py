"""Ask the competency questions: each is answered by a saved query, and the query answers.

The setting `questions` names a Markdown file with a numbered list; a star marks a question
that must have an answer: `1. * Which bridges are the longest?`. A query answers the questions
that its tags name, `#+ tags: cq1, cq7`; a command in backquotes at the end of a question
answers it too. `#+ expect: rows >= 2; name = The Iron Bridge` says what a query finds with its
defaults; without it, at least one row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import eq, ge, le
from pathlib import Path

from pyoxigraph import QueryBoolean, QuerySolutions

from kg.check.covered import kept
from kg.check.queries.read import Text, faulty, saved
from kg.check.queries.shape import order_of
from kg.check.work import Work
from kg.errors import BadQuery
from kg.explain import explain
from kg.findings import Finding, Place, Span

__all__ = ["RULES", "findings"]

#: The rules of this stage: severity and what is wrong.
RULES = {
    "competency/no-questions": ("warning", "A query that answers a question of no list"),
    "competency/no-query": ("warning", "A starred question that no query answers"),
    "competency/no-question": ("warning", "A query that answers a question that is not asked"),
    "competency/empty": ("violation", "A query whose defaults find nothing"),
    "competency/unmet": ("violation", "A query that does not find what it should"),
    "competency/ties": ("warning", "Rows whose order is left to chance"),
    "competency/expect-form": ("violation", "An expectation that is not understood"),
}

QUESTION = re.compile(r"^(\d+)\.\s+(\*\s+)?(.+)$", re.MULTILINE)
TAG = re.compile(r"\bcq(\d+)\b", re.IGNORECASE)
ROWS = re.compile(r"rows\s*(>=|<=|=)\s*(\d+)")
CELL = re.compile(r"(\w+)\s*=\s*(.+)")
COMPARE: dict[str, Callable[[int, int], bool]] = {">=": ge, "<=": le, "=": eq}


@dataclass(frozen=True)
class Question:
    """A question of the list."""

    number: int
    starred: bool
    text: str
    line: int


def findings(work: Work) -> Iterator[Finding]:
    """Yield questions without an answer, and queries that do not find what they should."""
    yield from kept(work, _questions(work, saved(work)))
    yield from kept(work, (f for text in saved(work) for f in _answer(work, text)))


def _questions(work: Work, queries: list[Text]) -> Iterator[Finding]:
    path = work.layout.root / work.settings.questions
    tags = {text: [int(n) for n in TAG.findall(text.header.get("tags", ""))] for text in queries}
    if not path.is_file():
        for text in (text for text, numbers in tags.items() if numbers):
            message = f"There is no {work.settings.questions} with the questions that it answers"
            at = text.at_header("tags")
            yield text.finding("competency/no-questions", "warning", message, at)
        return
    questions = _read(work, path)
    answered = {number for numbers in tags.values() for number in numbers}
    name = work.layout.name(path)
    for one in questions:
        if one.starred and one.number not in answered and not re.search(r"`[^`]+`", one.text):
            message = (
                f"No saved query answers question {one.number}; tag one with cq{one.number}, "
                "or take the star away"
            )
            place = Place(name, Span(one.line))
            key = str(one.number)
            yield Finding("competency/no-query", "warning", message, place=place, key=key)
    known = {one.number for one in questions}
    for text, numbers in tags.items():
        for number in numbers:
            if number not in known:
                message = f"There is no question {number} in {name}; correct the tag cq{number}"
                yield text.finding(
                    "competency/no-question", "warning", message, text.at_header("tags")
                )


def _read(work: Work, path: Path) -> list[Question]:
    text = work.bytes_of(path).decode("utf-8")
    return [
        Question(int(m[1]), bool(m[2]), m[3], text.count("\n", 0, m.start()) + 1)
        for m in QUESTION.finditer(text)
    ]


def _answer(work: Work, text: Text) -> Iterator[Finding]:
    """Yield where a query does not find with its defaults what it should."""
    if text.words("service") or text.name in faulty(work):
        return
    expected = [part.strip() for part in text.header.get("expect", "").split(";") if part.strip()]
    at = text.at_header("expect")
    odd = [part for part in expected if not ROWS.fullmatch(part) and not CELL.fullmatch(part)]
    for part in odd:
        message = f"{part!r} is not understood; write `rows >= 1` or `column = value`"
        yield text.finding("competency/expect-form", "violation", message, at, value=part)
    rows = None if odd else _rows(work, text)
    if rows is None:
        return
    if not expected and not rows:
        message = f"Its defaults find nothing{_why(work, text)}; put the query or the data right"
        yield text.finding("competency/empty", "violation", message, None, value="empty")
    if tie := _tie(order_of(text), rows):
        names = " ".join(f"?{name}" for name in order_of(text))
        message = f"Rows {tie} and {tie + 1} are equal in {names}; order them by a column more"
        yield text.finding("competency/ties", "warning", message, text.words("order")[-1])
    for part in expected:
        if reason := _unmet(part, rows):
            message = f"Not as expected: {reason}; put query, data or expectation right"
            yield text.finding("competency/unmet", "violation", message, at, value=part)


def _rows(work: Work, text: Text) -> list[dict[str, str]] | None:
    """Return the rows of a query; None when it cannot be asked or does not give rows."""
    try:
        answer = work.store.query(text.text)
    except (SyntaxError, RuntimeError):
        return None  # told by the stage of queries
    if isinstance(answer, QueryBoolean):
        return [{"answer": str(bool(answer)).lower()}]
    if not isinstance(answer, QuerySolutions):
        return None
    names = [variable.value for variable in answer.variables]
    return [
        {name: term.value for name in names if (term := row[name]) is not None and _plain(term)}
        for row in answer
    ]


def _tie(order: list[str], rows: list[dict[str, str]]) -> int:
    """Return the number of the first row that the order does not tell from the next, or 0."""
    for number, (one, other) in enumerate(pairwise(rows if order else ()), 1):
        if one != other and all(one.get(name) == other.get(name) for name in order):
            return number
    return 0


def _plain(term: object) -> bool:
    return isinstance(getattr(term, "value", None), str)


def _unmet(part: str, rows: list[dict[str, str]]) -> str:
    """Return why an expectation is not met, or ""."""
    if count := ROWS.fullmatch(part):
        met = COMPARE[count[1]](len(rows), int(count[2]))
        return "" if met else f"{len(rows)} rows come, where {part}"
    cell = CELL.fullmatch(part)
    assert cell
    name, value = cell[1], cell[2].strip()
    if any(row.get(name) in (value, value.strip('"')) for row in rows):
        return ""
    return f"no row has {value!r} for {name}"


def _why(work: Work, text: Text) -> str:
    """Return what empties a query, as far as that is known."""

    def select(query: str) -> list[str]:
        rows = work.store.query(query)
        assert isinstance(rows, QuerySolutions)
        name = rows.variables[0].value
        return [term.value for row in rows if (term := row[name]) is not None and _plain(term)]

    try:
        empty = explain(text.text, select, {})
    except BadQuery:
        return ""
    return f": {empty.message}{f', {empty.pattern}' if empty.pattern else ''}"
